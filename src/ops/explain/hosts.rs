//! One host after another, as MSAL Python asks: what it can at the authority's own host before it looks at an alias, and
//! aliases stand in a set. Decides nothing that `walk` decides.

use super::answer::{Answer, Candidate, Raise};
use super::ask::Ask;
use super::outcome::{Pick, Skip, answer, asking, named};
use super::picks::{Walked, picks};
use super::refresh::{self, Course};
use super::renewal::Reserved;
use super::request::{Authority, Scheme};
use super::shelf::Shelves;

/// Asks at one host after another.
///
/// # Errors
/// What the library raises before it has asked for anything.
pub(super) fn one_by_one(
    ask: &Ask<'_>,
    shelves: &Shelves<'_>,
    skip: &Skip,
    walked: &mut Walked,
) -> Result<Vec<Answer>, Raise> {
    ssh_certificate(ask)?;
    let host = ask.hosts.first().cloned().unwrap_or_default();
    let aliases: Vec<String> = walked_aliases(ask, shelves, &host);
    let first = attempt(ask, shelves, skip, walked)?;
    let mut answers = Vec::new();
    for order in orders(&aliases) {
        let mut course = first.1.clone();
        let mut pick = first.0;
        for alias in order {
            if pick != Pick::Nothing || course.stop.is_some() {
                break;
            }
            match attempt(&ask.at_host(&alias), shelves, skip, walked) {
                Ok((next, more)) => {
                    course.extend(more);
                    pick = next;
                }
                // What was asked before stays asked.
                Err(raise) => course.stop = Some(raise),
            }
        }
        let answer = python_answer(ask, shelves, first.0, pick, &course, skip);
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    Ok(answers)
}

/// What comes of all hosts: a token that is found after refresh tokens were tried serves only if they failed.
fn python_answer(
    ask: &Ask<'_>,
    shelves: &Shelves<'_>,
    first: Pick,
    last: Pick,
    course: &Course,
    skip: &Skip,
) -> Answer {
    let found_late = first == Pick::Nothing && last != Pick::Nothing;
    if let (true, Pick::Good(at) | Pick::Aging(at)) = (found_late, last)
        && (ask.home.is_none() || !course.tokens.is_empty())
    {
        let tokens = named(ask, &shelves.refresh, &course.tokens);
        let entry = shelves.access.named(at);
        return asking(tokens, entry, "what fits is cached under an alias of the host, which comes later");
    }
    answer(ask, shelves, last, course, skip)
}

fn ssh_certificate(ask: &Ask<'_>) -> Result<(), Raise> {
    let is_keyless = ask.scheme == Scheme::SshCert && ask.key_id.is_none();
    let what = "ValueError: an SSH certificate is asked for with a key_id";
    if is_keyless { Err(Raise(what.to_owned())) } else { Ok(()) }
}

/// One host: the access token, and the refresh tokens that are tried if it does not do.
fn attempt(ask: &Ask<'_>, shelves: &Shelves<'_>, skip: &Skip, walked: &mut Walked) -> Result<(Pick, Course), Raise> {
    let (told, others) = (walked.candidates.len(), walked.others);
    let picks = picks(ask, shelves, skip, walked)?;
    if told + others > 0 {
        walked.others = others;
        retell(walked, told);
    }
    let pick = picks.first().copied().unwrap_or(Pick::Nothing);
    if matches!(pick, Pick::Good(_)) || ask.home.is_none() {
        return Ok((pick, Course::default()));
    }
    if let Reserved::Raises(what) = ask.rules.refresh.reserved
        && ask.scopes.iter().any(|scope| RESERVED.contains(&scope.as_str()))
    {
        let stop = Some(Raise(what.to_owned()));
        return Ok((pick, Course { tokens: Vec::new(), stop }));
    }
    Ok((pick, refresh::tokens(ask, shelves)?.into_iter().next().unwrap_or_default()))
}

/// What MSAL Python adds to every request by itself, and takes from no one.
const RESERVED: [&str; 3] = ["openid", "profile", "offline_access"];

/// The first `told` candidates are those of the first host, and what was farther off was counted there: of the same
/// entries at an alias only what fits is news.
fn retell(walked: &mut Walked, told: usize) {
    let candidates = &mut walked.candidates;
    let again = candidates.split_off(told.min(candidates.len()));
    for news in again.into_iter().filter(Candidate::fits) {
        if let Some(old) = candidates.iter_mut().find(|old| old.named == news.named) {
            *old = news;
        } else {
            let behind = candidates.iter().position(|other| other.named.spot > news.named.spot);
            candidates.insert(behind.unwrap_or(candidates.len()), news);
            walked.others = walked.others.saturating_sub(1);
        }
    }
}

/// The aliases for which there is any refresh token.
fn walked_aliases(ask: &Ask<'_>, shelves: &Shelves<'_>, host: &str) -> Vec<String> {
    let authority = Authority { host: host.to_owned(), tenant: ask.tenant.clone() };
    let has_token = |alias: &String| {
        let mut hosts = shelves.refresh.held.iter().map(|held| held.entry.written("environment").text());
        hosts.any(|host| host.as_deref() == Some(alias.as_str()))
    };
    authority.aliases().into_iter().skip(1).filter(has_token).collect()
}

/// Every order of a few aliases.
fn orders(aliases: &[String]) -> Vec<Vec<String>> {
    let mut orders = vec![Vec::new()];
    for alias in aliases {
        let places = |order: &Vec<String>| {
            (0..=order.len())
                .rev()
                .map(|at| {
                    let (before, behind) = order.split_at(at);
                    before.iter().chain([alias]).chain(behind).cloned().collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(places).collect();
    }
    orders
}
