//! What would change an answer, in words: from the nearest miss and from the outcome. Promises nothing of the network, and
//! advises no scope that the app did not mean.

use super::answer::{Answer, Candidate, Check, Outcome};
use super::request::{Cached, Request, Who};
use crate::cache::{Cache, Scopes, Section};

/// What would change `answer`.
pub(super) fn advice(cache: &Cache<'_>, request: &Request, answer: &Answer, candidates: &[Candidate]) -> Vec<String> {
    let near = nearest(candidates);
    let mut said: Vec<String> = Vec::new();
    match answer.outcome {
        Outcome::Cache | Outcome::Error => {}
        Outcome::Refresh if request.cached == Cached::Refused || request.claims.is_some() => {
            said.push("nothing is wrong: the request itself calls for a new token".to_owned());
        }
        Outcome::Refresh if answer.entry.is_some() || near.is_some_and(is_only_old) => {
            let renews = match request.who {
                Who::Account(_) => "a refresh token renews it",
                Who::App => "the app gets another by its own credential",
            };
            said.push(format!("nothing is wrong: the token is old, and {renews}"));
        }
        Outcome::Refresh => said.extend(near.map(|near| hints(cache, request, near)).unwrap_or_default()),
        Outcome::Interaction => {
            said.extend(near.map(|near| hints(cache, request, near)).unwrap_or_default());
            said.push("sign in again: nothing that is cached here gets a token for this request".to_owned());
        }
    }
    said
}

/// The access token that is nearest to being used, and is not.
fn nearest(candidates: &[Candidate]) -> Option<&Candidate> {
    let tokens = candidates.iter().filter(|candidate| Section::named(&candidate.named.section) == Section::AccessToken);
    tokens.filter(|candidate| !candidate.fits()).min_by_key(|candidate| candidate.distance())
}

fn is_only_old(candidate: &Candidate) -> bool {
    candidate.failing().all(|check| check.name == "expiry")
}

/// What an app could ask differently to be given `near`; nothing if that is another's token.
fn hints(cache: &Cache<'_>, request: &Request, near: &Candidate) -> Vec<String> {
    if near.failing().any(|check| ["client", "account"].contains(&check.name)) {
        return Vec::new();
    }
    let scopes = cache.entry(near.named.spot).map(|entry| entry.scopes()).unwrap_or_default();
    let is_scopes = |check: &Check| check.name == "scopes";
    let about_scopes = scope_hint(&request.scopes, &scopes);
    if near.failing().any(is_scopes) && about_scopes.is_none() {
        return Vec::new();
    }
    near.failing().filter_map(|check| if is_scopes(check) { about_scopes.clone() } else { hint(check) }).collect()
}

/// How the scopes that were asked for differ from those of a token for the same resource.
fn scope_hint(asked: &[String], has: &Scopes) -> Option<String> {
    let (wanted, known) = (Scopes(asked.to_vec()).normal(), has.normal());
    if known.hold(&wanted) {
        return Some(
            "the scopes differ only in letters, order or slashes: ask for them as the token has them".to_owned(),
        );
    }
    let resource = |scope: &str| scope.rsplit_once('/').map(|(resource, _)| resource.to_owned());
    let normal = |scope: &str| Scopes(vec![scope.to_owned()]).normal();
    let missing: Vec<&str> = asked.iter().map(String::as_str).filter(|scope| !known.hold(&normal(scope))).collect();
    let is_near = |scope: &&str| {
        let wanted = normal(scope).iter().find_map(resource);
        wanted.is_some() && known.iter().any(|has| resource(has) == wanted)
    };
    let is_same = missing.iter().all(is_near);
    is_same.then(|| format!("the cached token of the same resource lacks {}", missing.join(" ")))
}

fn hint(check: &Check) -> Option<String> {
    let has = check.why.split_once(", has ").map(|(_, has)| has);
    let hint = match check.name {
        "tenant" => format!("ask for tenant {}", has?),
        "environment" => format!("ask at {}", has?),
        "token_type" => format!("ask for a {} token", has?),
        "key_id" => format!("ask with the key {}", has?),
        "data" => "ask with the same extra data".to_owned(),
        "key" => "it stands under another library's key, which this one does not look at".to_owned(),
        "credential_type" => "its credential_type is another library's".to_owned(),
        "cached_at" => "set the clock right: it was cached after now".to_owned(),
        "alone" => "remove its twins: saltcellar doctor finds them".to_owned(),
        _ => return None,
    };
    Some(hint)
}
