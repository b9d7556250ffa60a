//! Redacted copies under a strange eye: a search that shares no code with the redaction finds no secret, name or id in
//! any spelling; the real libraries load them; doctor and explain say of them what they say of the original.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::cache::{Cache, Roster, environment, names};
use saltcellar::json::{Document, EntrySpot, Layout};
use saltcellar::lint::{self, Subject, Surroundings};
use saltcellar::ops::explain::{Answer, Explanation, Extent, Request, Runtime, explain};
use saltcellar::ops::export::{Secrets, export};
use saltcellar::ops::reserialise;
use saltcellar::secret::{Pepper, SecretBytes};
use saltcellar::time::UnixSeconds;
use serde_json::Value;

use super::caches::{PEOPLE, document, text};
use crate::support::binary::run;
use crate::support::msal::{Peer, ready};
use crate::support::peers;

/// Texts that name a person, a tenant or an app, by the members that hold them in entries and in claims.
const TELLING: &[&str] = &[
    "secret",
    "home_account_id",
    "local_account_id",
    "realm",
    "client_id",
    "username",
    "name",
    "given_name",
    "family_name",
    "user_assertion_hash",
    "key_id",
    "oid",
    "tid",
    "sub",
    "upn",
    "preferred_username",
    "unique_name",
    "email",
    "appid",
    "azp",
    "uid",
    "utid",
    "sid",
    "uti",
    "ipaddr",
];
/// What many caches of tests hold in the place of a name, and the schema holds too.
const COMMON: &[&str] =
    &["managed_identity", "common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"];

fn redacted(document: &Document) -> Document {
    let copy = export(&Cache::of(document), None, Secrets::Redacted, &Pepper::random()).expect("nothing leaks");
    Document::parse(copy.into_bytes()).expect("it reads")
}

/// Every cache at hand: (name, text).
fn caches() -> Vec<(String, Document)> {
    let mut caches = vec![("demo".to_owned(), document(DEMO)), ("people".to_owned(), document(PEOPLE))];
    for text in [include_str!("../data/two_people.json"), include_str!("../data/one_person.json")] {
        caches.push((format!("data of {} bytes", text.len()), document(text)));
    }
    if let Some(folder) = peers::shared("caches") {
        for file in std::fs::read_dir(folder).expect("a folder").flatten() {
            let read = std::fs::read(file.path()).ok().map(SecretBytes::new);
            let name = file.file_name().to_string_lossy().into_owned();
            caches.extend(read.and_then(|bytes| Document::parse(bytes).ok()).map(|document| (name, document)));
        }
    }
    for peer in ready(&["python-filelock", "node", "java", "go"]) {
        let root = tempfile::tempdir().expect("a folder");
        let bytes = std::fs::read(peer.make(root.path(), "work")).expect("readable");
        caches.push((peer.0.to_owned(), Document::parse(SecretBytes::new(bytes)).expect("it reads")));
    }
    caches.retain(|(_, document)| !document.is_empty());
    caches
}

/// Adds what `value`, a member called `name`, tells: of tokens also what stands in their claims.
fn gather(name: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| gather(name, value, found)),
        Value::Array(items) => items.iter().for_each(|item| gather(name, item, found)),
        Value::String(text) => {
            if TELLING.contains(&name) {
                found.insert(text.clone());
                found.extend(
                    (name == "home_account_id").then(|| text.split('.').map(str::to_owned)).into_iter().flatten(),
                );
            }
            let parts = text.split('.').filter_map(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
            let nested = parts.filter_map(|part| serde_json::from_slice::<Value>(&part).ok());
            nested.filter(Value::is_object).for_each(|nested| gather("", &nested, found));
            if text.starts_with(['{', '[']) {
                serde_json::from_str(text).iter().for_each(|nested| gather("", nested, found));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_public(text: &str, all: &str) -> bool {
    let folded = text.to_lowercase();
    text.len() < 6
        || COMMON.contains(&&*folded)
        || names::client(&folded).is_some()
        || names::resource(&folded).is_some()
        || environment::cloud(&folded).is_some()
        // Caches of tests call a client "client_id": the schema says so too.
        || all.contains(&format!("\"{text}\":"))
}

/// `text` as base64 writes it wherever it may begin in a longer text: without the letters that its neighbours share.
fn in_base64(text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for lead in 0..3 {
        let padded = [&[0; 2][..lead], text].concat();
        let inside = [0, 2, 3][lead]..padded.len() * 8 / 6;
        found.extend(
            [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
                .map(|all| all[inside.clone()].to_owned()),
        );
    }
    found
}

fn percent(text: &str) -> String {
    let coded = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02x}"),
    };
    text.bytes().map(coded).collect()
}

/// What of `original` stands in `copy`, in whatever spelling.
fn survivors(original: &str, copy: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(original.trim_start_matches('\u{feff}')).expect("JSON");
    let mut telling = BTreeSet::new();
    gather("", &value, &mut telling);
    let made: Value = serde_json::from_str(copy.trim_start_matches('\u{feff}')).expect("JSON");
    let folded = format!("{copy}\n{made}").to_lowercase();
    let inside = |text: &str| {
        let spelled = [text.to_owned(), text.to_lowercase(), text.to_uppercase()];
        let plain = folded.contains(&text.to_lowercase()) || folded.contains(&percent(text).to_lowercase());
        plain || spelled.iter().flat_map(|text| in_base64(text.as_bytes())).any(|coded| copy.contains(&coded))
    };
    telling.into_iter().filter(|text| !is_public(text, original) && inside(text)).collect()
}

#[test]
fn no_secret_name_or_id_survives_in_any_spelling() {
    let mut searched = 0;
    for (name, original) in caches() {
        let left = survivors(&text(&original), &text(&redacted(&original)));

        assert!(left.is_empty(), "{name}: {left:?}");
        searched += 1;
    }
    assert!(searched >= 4);
}

#[test]
fn the_search_itself_finds_every_spelling() {
    let original = r#"{"Account":{"k":{"username":"Ada@Contoso.com","oid":"some-object-id"}}}"#;

    for copy in ["ada@contoso.com", "Ada%40contoso%2Ecom", "x ADA@CONTOSO.COM"] {
        assert_eq!(survivors(original, &format!("\"{copy}\"")), ["Ada@Contoso.com"], "{copy}");
    }
    for lead in ["", "a", "ab", "abc"] {
        let copy = STANDARD_NO_PAD.encode(format!("{lead}some-object-id{lead}"));
        assert_eq!(survivors(original, &format!("\"{copy}\"")), ["some-object-id"], "{copy}");
    }
}

#[test]
fn tokens_keep_the_shape_of_their_claims() {
    let claims = r#"{"aud":"https://graph.microsoft.com","iss":"https://sts.windows.net/contoso-id/","exp":1700003600,"upn":"Ada@Contoso.com","tid":"contoso-id","oid":"ada","amr":["pwd","mfa"],"ver":"1.0","scp":"User.Read secret-thing","groups":["aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa"],"Odd one":7,"ipaddr":"10.20.30.40"}"#;
    let parts =
        [r#"{"typ":"JWT","alg":"RS256","kid":"key-of-contoso"}"#, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let token = format!("{}.{}.{}", parts[0], parts[1], "s".repeat(342));
    let original = document(&PEOPLE.replace("AT-ada-graph-0123456789", &token));

    let copy = redacted(&original);

    let copy: Value = serde_json::from_str(&text(&copy)).expect("JSON");
    let entries = copy["AccessToken"].as_object().expect("entries");
    let entry = entries.values().next().expect("the first");
    let made = entry["secret"].as_str().expect("a text");
    let parts: Vec<_> = made.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default()).collect();
    let header: Value = serde_json::from_slice(&parts[0]).expect("a header");
    let claims: Value = serde_json::from_slice(&parts[1]).expect("claims");
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("RS256"), Some("JWT")));
    assert_eq!(
        (&claims["aud"], &claims["exp"], &claims["ver"]),
        (&"https://graph.microsoft.com".into(), &1_700_003_600.into(), &"1.0".into())
    );
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "mfa"]));
    assert_eq!(
        (&claims["tid"], claims["iss"].as_str()),
        (&entry["realm"], Some(&*format!("https://sts.windows.net/{}/", entry["realm"].as_str().expect("text"))))
    );
    let accounts = copy["Account"].as_object().expect("entries");
    let ada = accounts.values().next().expect("the first");
    assert_eq!((&claims["upn"], &claims["oid"]), (&ada["username"], &ada["local_account_id"]));
    assert_eq!(made.len(), token.len());
}

#[test]
fn the_libraries_load_a_redacted_copy() {
    for peer in ready(&["python-filelock", "node", "java", "go"]) {
        let root = tempfile::tempdir().expect("a folder");
        let file = peer.make(root.path(), "work");
        let wanted = accounts(peer, &file);
        let out = file.with_file_name("redacted.json");

        let done = run(["export".as_ref(), file.as_os_str(), "--out".as_ref(), out.as_os_str()]);

        assert_eq!(done.code, Some(0), "{}", done.err);
        assert!(wanted > 0);
        assert_eq!(accounts(peer, &out), wanted, "{peer:?}");
    }
}

fn accounts(peer: Peer, file: &std::path::Path) -> usize {
    peer.run("read", file, &[])["accounts"].as_array().expect("accounts").len()
}

/// Findings and explanations without the names in them; `shift` is how many sections stand before those of the original.
fn answers(document: &Document, shift: usize, now: UnixSeconds, is_exact: bool) -> Vec<String> {
    let cache = Cache::of(document);
    let roster = Roster::of(&cache);
    let surroundings = Surroundings::default();
    let subject =
        Subject { cache: Some(&cache), roster: Some(&roster), unreadable: None, surroundings: &surroundings, now };
    let place = |spot: EntrySpot| (spot.section.wrapping_sub(shift), spot.entry);
    // How grave a finding is hangs on whose cache it is, and that on the layout: an odd one is not kept.
    let grade = |finding: &lint::Finding| if is_exact { finding.severity.name() } else { "any" };
    let mut said = Vec::new();
    for finding in lint::check(&subject) {
        // The mark of the redacted copy is itself a section that nobody knows.
        let spots: Vec<_> = finding.entries.iter().copied().map(place).filter(|(section, _)| *section < 1000).collect();
        let is_mark = spots.is_empty() && !finding.entries.is_empty();
        said.extend(
            (!is_mark).then(|| format!("{} {} {spots:?} {}", finding.rule, grade(&finding), finding.fix.is_some())),
        );
    }
    for row in &roster.rows {
        let Some(request) = Request::of_row(row, &roster) else { continue };
        for runtime in [Runtime::Python, Runtime::Dotnet, Runtime::Node, Runtime::Java, Runtime::Go] {
            let told = explain(&cache, &roster, &request, runtime, now, Extent::Every);
            said.push(format!("{:?} {}", place(row.spot), shape(&told, &place)));
        }
    }
    said
}

fn shape(told: &Explanation, place: &dyn Fn(EntrySpot) -> (usize, usize)) -> String {
    let answer = |answer: &Answer| {
        let entry = answer.entry.as_ref().map(|named| place(named.spot));
        let refresh: Vec<_> = answer.refresh_tokens.iter().map(|named| place(named.spot)).collect();
        format!("{} {entry:?} {refresh:?}", answer.outcome.name())
    };
    let others: Vec<_> = told.also_possible.iter().map(answer).collect();
    let checks = told.candidates.iter().map(|candidate| {
        // Node looks for the digit of a family anywhere in a key: a stand-in may have it, or lack it, by chance.
        let by_chance = told.runtime == Runtime::Node && !candidate.fits();
        let checks = candidate.checks.iter().filter(|_| !by_chance).map(|check| (check.name, check.pass));
        let checks: Vec<_> = checks.collect();
        format!("{:?} {checks:?}", place(candidate.named.spot))
    });
    let checks: BTreeSet<_> = checks.collect();
    format!("{} {} {others:?} {checks:?}", told.runtime.name(), answer(&told.answer))
}

#[test]
fn doctor_and_explain_say_the_same_of_a_redacted_copy() {
    let mut compared = 0;
    let mut differing = Vec::new();
    for (name, original) in caches() {
        for now in [DEMO_NOW, UnixSeconds(1_700_000_000)] {
            let layouts = [Layout::Pretty, Layout::Compact];
            let is_exact = layouts.iter().any(|layout| reserialise(&Cache::of(&original), *layout).is_empty());
            let wanted = answers(&original, 0, now, is_exact);
            let said = answers(&redacted(&original), 1, now, is_exact);
            compared += wanted.len();
            let missing = wanted.iter().filter(|one| !said.contains(one)).map(|one| format!("{name}: - {one}"));
            let more = said.iter().filter(|one| !wanted.contains(one)).map(|one| format!("{name}: + {one}"));
            differing.extend(missing.chain(more));
        }
    }

    println!("{compared} findings and explanations compared, {} differ", differing.len());
    assert!(compared > 100 && differing.is_empty(), "{differing:#?}");
}
