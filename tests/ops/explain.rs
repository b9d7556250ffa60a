//! Silent acquisition explained: for each rule a small cache and what each library would do. What the libraries really do
//! is asked of them in tests/peers; here each rule stands alone, with its reason. A top: its children hold more tests.

use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::explain::{
    Authority, Cached, Candidate, Explanation, Extent, Outcome, Request, Runtime, Scheme, Who, explain,
};

use super::caches::{NOW, document};

mod refreshing;
mod searching;

const HOST: &str = "login.microsoftonline.com";

/// An access token of Ada and `app` in `contoso`, an hour from its end, with `changes` laid over it; null takes a field away.
fn token(changes: &str) -> String {
    let base = r#"{"credential_type":"AccessToken","secret":"AT-0123456789","home_account_id":"ada.contoso",
        "environment":"login.microsoftonline.com","client_id":"app","realm":"contoso","target":"api://x/Read",
        "token_type":"Bearer","cached_at":"1699990000","expires_on":"1700003600"}"#;
    laid_over(base, changes)
}

/// A refresh token of Ada and `app`, with `changes` laid over it.
fn refresh(changes: &str) -> String {
    let base = r#"{"credential_type":"RefreshToken","secret":"RT-0123456789","home_account_id":"ada.contoso",
        "environment":"login.microsoftonline.com","client_id":"app"}"#;
    laid_over(base, changes)
}

fn laid_over(base: &str, changes: &str) -> String {
    let mut entry: serde_json::Map<String, serde_json::Value> = serde_json::from_str(base).expect("JSON");
    let changes: serde_json::Map<String, serde_json::Value> = serde_json::from_str(changes).expect("JSON");
    for (name, value) in changes {
        if value == "absent" {
            entry.remove(&name)
        } else {
            entry.insert(name, value)
        };
    }
    serde_json::Value::Object(entry).to_string()
}

/// A cache of these access and refresh tokens, each with its key, and Ada's account.
fn cache(access: &[(&str, String)], refresh: &[(&str, String)]) -> String {
    let members = |entries: &[(&str, String)]| {
        entries.iter().map(|(key, entry)| format!("\"{key}\":{entry}")).collect::<Vec<_>>().join(",")
    };
    format!(
        r#"{{"AccessToken":{{{}}},"RefreshToken":{{{}}},"Account":{{"ada":{ACCOUNT}}},"AppMetadata":{{{METADATA}}}}}"#,
        members(access),
        members(refresh)
    )
}

const ACCOUNT: &str = r#"{"home_account_id":"ada.contoso","environment":"login.microsoftonline.com","realm":"contoso",
    "local_account_id":"ada","username":"ada@contoso.com","authority_type":"MSSTS"}"#;
const METADATA: &str =
    r#""appmetadata-login.microsoftonline.com-app":{"client_id":"app","environment":"login.microsoftonline.com"}"#;

/// A key that every library would take: it has all that Node looks for.
const KEY: &str = "ada.contoso-login.microsoftonline.com-accesstoken-app-contoso-api://x/read-";

fn asked() -> Request {
    Request {
        client_id: "app".to_owned(),
        who: Who::Account("ada.contoso".to_owned()),
        authority: Authority { host: HOST.to_owned(), tenant: "contoso".to_owned() },
        scopes: vec!["api://x/Read".to_owned()],
        claims: None,
        scheme: Scheme::Bearer,
        key_id: None,
        data: Vec::new(),
        cached: Cached::Welcome,
    }
}

fn explained(text: &str, request: &Request, runtime: Runtime) -> Explanation {
    let document = document(text);
    let cache = Cache::of(&document);
    let roster = Roster::of(&cache);
    let explained = |extent| explain(&cache, &roster, request, runtime, NOW, extent);
    let every = explained(Extent::Every);
    (0..3).for_each(|most| is_the_same_of_the_nearest(&every, explained(Extent::Nearest(most)), most));
    every
}

/// Whoever is told `most` of the nearest alone is told the same.
fn is_the_same_of_the_nearest(every: &Explanation, near: Explanation, most: usize) {
    let nearest = |explanation: &Explanation| {
        let mut nearest: Vec<Candidate> = explanation.candidates.clone();
        nearest.sort_by_key(Candidate::distance);
        nearest.truncate(most);
        nearest
    };
    assert_eq!(nearest(every), nearest(&near));
    assert_eq!(every.candidates.len(), near.candidates.len() + near.others);
    // What is advised is advised of the nearest.
    let advice = if most == 0 { every.advice.clone() } else { near.advice.clone() };
    assert_eq!(*every, Explanation { candidates: every.candidates.clone(), others: 0, advice, ..near });
}

/// "cache k", "refresh r1 r2 (k)", "interaction", "error" of one library.
fn course(text: &str, request: &Request, runtime: Runtime) -> String {
    let answer = explained(text, request, runtime).answer;
    let tokens: Vec<&str> = answer.refresh_tokens.iter().map(|named| named.key.as_str()).collect();
    let entry = answer.entry.as_ref().map(|named| named.key.as_str());
    match (answer.outcome, entry) {
        (Outcome::Refresh, Some(entry)) => format!("refresh {} ({entry})", tokens.join(" ")),
        (Outcome::Refresh, None) => format!("refresh {}", tokens.join(" ")).trim_end().to_owned(),
        (outcome, entry) => format!("{} {}", outcome.name(), entry.unwrap_or_default()).trim_end().to_owned(),
    }
}

/// The names of the libraries that answer from the cache.
fn cached_by(text: &str, request: &Request) -> Vec<&'static str> {
    let hits = |runtime: &Runtime| explained(text, request, *runtime).answer.outcome == Outcome::Cache;
    Runtime::ALL.into_iter().filter(hits).map(Runtime::name).collect()
}

/// The same for a cache with one access token under [`KEY`].
fn one_cached_by(changes: &str) -> Vec<&'static str> {
    cached_by(&cache(&[(KEY, token(changes))], &[]), &asked())
}

#[test]
fn a_token_that_fits_is_used_by_every_library() {
    assert_eq!(one_cached_by("{}"), ["python", "dotnet", "node", "java", "go"]);
}

#[test]
fn a_request_is_made_of_the_token_that_it_explains() {
    let document = document(&cache(&[(KEY, token("{}"))], &[]));
    let roster = Roster::of(&Cache::of(&document));

    let request = Request::of_row(&roster.rows[0], &roster).expect("it is an access token");

    assert_eq!(request, asked());
}

#[test]
fn a_user_name_stands_for_its_account() {
    let request = Request { who: Who::Account("ADA@contoso.com".to_owned()), ..asked() };

    assert_eq!(cached_by(&cache(&[(KEY, token("{}"))], &[]), &request).len(), 5);
}

#[test]
fn every_check_tells_what_it_compared() {
    let text = cache(&[(KEY, token(r#"{"realm":"fabrikam"}"#))], &[]);

    let told = explained(&text, &asked(), Runtime::Go);

    let failing: Vec<_> = told.candidates[0].failing().map(|check| format!("{}: {}", check.name, check.why)).collect();
    assert_eq!(failing, ["tenant: asked for contoso, has fabrikam"]);
    assert_eq!(told.advice[0], "ask for tenant fabrikam");
}
