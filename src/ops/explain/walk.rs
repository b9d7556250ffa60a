//! Silent acquisition, step by step, as the rules say: access tokens, id tokens, refresh tokens. Makes answers; finds no
//! words for people.

use super::answer::{Answer, Candidate, Raise};
use super::ask::Ask;
use super::hosts;
use super::identity;
use super::lookup::{Aging, Wish};
use super::outcome::{Pick, Skip, answer, fault};
use super::picks::{Walked, picks};
use super::refresh::{self, Course};
use super::request::{Cached, Request};
use super::rules::{Hosts, Load};
use super::shelf::Shelves;

/// Walks for `ask`.
pub(super) fn walk(request: &Request, ask: &Ask<'_>, shelves: &Shelves<'_>) -> Walked {
    let mut walked = Walked::default();
    let answers = match skip(request, ask, &mut walked.notes) {
        Err(raise) => Err(raise),
        Ok(skip) if ask.rules.hosts == Hosts::OneByOne => hosts::one_by_one(ask, shelves, &skip, &mut walked),
        Ok(skip) => at_once(ask, shelves, &skip, &mut walked),
    };
    walked.answers = answers.unwrap_or_else(|raise| vec![fault(ask.lookup, raise)]);
    walked.candidates.extend(refresh_candidates(ask, shelves));
    walked
}

fn refresh_candidates(ask: &Ask<'_>, shelves: &Shelves<'_>) -> Vec<Candidate> {
    if ask.home.is_some() { refresh::candidates(ask, shelves) } else { Vec::new() }
}

fn skip(request: &Request, ask: &Ask<'_>, notes: &mut Vec<String>) -> Result<Skip, Raise> {
    let forced = request.cached == Cached::Refused;
    let claims = request.claims.as_deref().is_some_and(|claims| is_challenge(claims, ask));
    let wishes = [
        (forced, ask.lookup.force, "a new token was asked for"),
        (claims, ask.lookup.claims, "a claims challenge calls for a new token"),
    ];
    let mut skip = Skip::No;
    for (_, wish, why) in wishes.into_iter().filter(|(is, ..)| *is) {
        match wish {
            Wish::Raises(what) => return Err(Raise(what.to_owned())),
            Wish::Ignored(note) => notes.push(note.to_owned()),
            Wish::Skips => skip = Skip::Unseen(why),
            Wish::Passes => skip = Skip::Unused(why),
        }
    }
    Ok(skip)
}

/// Node takes an empty object, or what is no JSON, for no challenge.
fn is_challenge(claims: &str, ask: &Ask<'_>) -> bool {
    let is_node = ask.rules.load == Load::Mapped;
    let members = || serde_json::from_str::<serde_json::Value>(claims).ok();
    let is_full = |value: serde_json::Value| match value {
        serde_json::Value::Object(members) => !members.is_empty(),
        serde_json::Value::Array(items) => !items.is_empty(),
        serde_json::Value::String(text) => !text.is_empty(),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => false,
    };
    if is_node { members().is_some_and(is_full) } else { !claims.is_empty() }
}

/// All aliases in one search.
fn at_once(ask: &Ask<'_>, shelves: &Shelves<'_>, skip: &Skip, walked: &mut Walked) -> Result<Vec<Answer>, Raise> {
    let is_lost = identity::account_is_missing(ask, &shelves.accounts)?;
    let picks = picks(ask, shelves, skip, walked)?;
    if !matches!(skip, Skip::Unseen(_)) {
        identity::search_in_vain(ask, &shelves.refresh)?;
    }
    let mut courses = courses(ask, shelves, &picks)?;
    for course in courses.iter_mut().filter(|course| is_lost && !course.tokens.is_empty()) {
        let stop = Some(Raise("NullPointerException: there is no Account entry to tell the host by".to_owned()));
        *course = Course { tokens: Vec::new(), stop };
    }
    let mut answers = Vec::new();
    for pick in picks {
        for course in &courses {
            let answer = answer(ask, shelves, pick, course, skip);
            if !answers.contains(&answer) {
                answers.push(answer);
            }
        }
    }
    Ok(answers)
}

/// The refresh tokens, unless no one asks for them: then what they would raise is not raised either.
fn courses(ask: &Ask<'_>, shelves: &Shelves<'_>, picks: &[Pick]) -> Result<Vec<Course>, Raise> {
    if ask.home.is_none() {
        return Ok(vec![Course::default()]);
    }
    let found = refresh::tokens(ask, shelves);
    let reads_always = matches!(ask.lookup.aging, Aging::RenewOrNothing);
    let is_needed = reads_always || picks.contains(&Pick::Nothing);
    // A token that still serves is handed out whatever renewing it raises.
    if is_needed { found } else { Ok(found.unwrap_or_else(|_| vec![Course::default()])) }
}
