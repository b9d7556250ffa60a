//! What would change an answer, in words: from the nearest miss and from the outcome. Promises nothing of the network.

use super::answer::{Answer, Candidate, Outcome};
use super::request::{Request, Who};
use crate::cache::Section;

/// What would change `answer`.
pub(super) fn advice(request: &Request, answer: &Answer, candidates: &[Candidate]) -> Vec<String> {
    let mut said = Vec::new();
    if answer.outcome == Outcome::Cache || answer.outcome == Outcome::Error {
        return said;
    }
    if let Some(near) = nearest(candidates) {
        said.extend(near.failing().filter_map(|check| hint(check.name, &check.why)));
    }
    if answer.outcome == Outcome::Interaction {
        said.push(match request.who {
            Who::Account(_) => "sign in again: nothing that is cached here gets a token".to_owned(),
            Who::App => "the app must ask with its own credential".to_owned(),
        });
    }
    said
}

/// The access token that fails the fewest filters; of equals the first.
#[must_use]
pub(super) fn nearest(candidates: &[Candidate]) -> Option<&Candidate> {
    let tokens = candidates.iter().filter(|candidate| Section::named(&candidate.named.section) == Section::AccessToken);
    tokens.filter(|candidate| !candidate.fits()).min_by_key(|candidate| candidate.failing().count())
}

fn hint(name: &str, why: &str) -> Option<String> {
    let has = why.split_once(", has ").map(|(_, has)| has);
    let hint = match name {
        "tenant" => format!("ask for tenant {}", has?),
        "environment" => format!("ask at {}", has?),
        "client" => format!("ask as client {}: another app's token is not shared", has?),
        "account" => format!("ask for account {}", has?),
        "scopes" => format!("ask for scopes that it has: {why}"),
        "token_type" => format!("ask for a {} token", has?),
        "key_id" => format!("ask with the key {}", has?),
        "data" => format!("ask with the same extra data: {why}"),
        "key" => format!("the key is another library's: {why}"),
        "credential_type" => "its credential_type is another library's".to_owned(),
        "expired" | "expiry" => format!("the nearest token: {why}"),
        "cached_at" => "set the clock right: it was cached after now".to_owned(),
        "alone" => why.to_owned(),
        _ => return None,
    };
    Some(hint)
}
