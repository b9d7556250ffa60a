//! Silent acquisition, step by step, as the rules say: access tokens, id tokens, refresh tokens, one host after another.
//! Makes answers; finds no words for people.

use super::answer::{Answer, Candidate, Named, Outcome, Raise};
use super::ask::Ask;
use super::identity::{self, Spoils};
use super::refresh;
use super::request::{Authority, Cached, Request, Scheme};
use super::rules::{Aging, Hosts, IdTokens, Load, Numbers, Several, Wish};
use super::search::{self, Found};
use super::shelf::{Held, Shelves};
use super::value;
use crate::cache::Written;

/// What came of a walk.
pub(super) struct Walked {
    /// What may happen: one answer, or several where the order is not fixed.
    pub(super) answers: Vec<Answer>,
    /// What was looked at.
    pub(super) candidates: Vec<Candidate>,
    /// What is dropped meanwhile.
    pub(super) deletes: Vec<Named>,
    /// What was wished for in vain.
    pub(super) notes: Vec<String>,
}

/// The access token that a search ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pick {
    /// None.
    Nothing,
    /// This one, as good as new.
    Good(usize),
    /// This one, whose `refresh_on` has passed.
    Aging(usize),
}

/// Why cached access tokens are not used.
enum Skip {
    /// They are.
    No,
    /// They are not looked at.
    Unseen(&'static str),
    /// They are looked at, and not used.
    Unused(&'static str),
}

/// Walks for `ask`.
pub(super) fn walk(request: &Request, ask: &Ask<'_>, shelves: &Shelves<'_>) -> Walked {
    let mut walked = Walked { answers: Vec::new(), candidates: Vec::new(), deletes: Vec::new(), notes: Vec::new() };
    let answers = match skip(request, ask, &mut walked.notes) {
        Err(raise) => Err(raise),
        Ok(skip) if ask.rules.hosts == Hosts::OneByOne => one_by_one(ask, shelves, &skip, &mut walked),
        Ok(skip) => at_once(ask, shelves, &skip, &mut walked),
    };
    walked.answers = answers.unwrap_or_else(|raise| vec![error(raise)]);
    walked.candidates.extend(refresh_candidates(ask, shelves));
    walked
}

fn refresh_candidates(ask: &Ask<'_>, shelves: &Shelves<'_>) -> Vec<Candidate> {
    if ask.home.is_some() { refresh::candidates(ask, shelves) } else { Vec::new() }
}

/// The answer of a library that raises.
pub(super) fn error(raise: Raise) -> Answer {
    Answer { outcome: Outcome::Error, why: Some(raise.0), entry: None, refresh_tokens: Vec::new() }
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
    identity::accounts(ask, &shelves.accounts)?;
    let picks = picks(ask, shelves, skip, walked)?;
    let courses = courses(ask, shelves, &picks)?;
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
fn courses(ask: &Ask<'_>, shelves: &Shelves<'_>, picks: &[Pick]) -> Result<Vec<Vec<usize>>, Raise> {
    if ask.home.is_none() {
        return Ok(vec![Vec::new()]);
    }
    let found = refresh::tokens(ask, shelves);
    let reads_always = matches!(ask.lookup.aging, Aging::RenewOrNothing);
    let is_needed = reads_always || picks.contains(&Pick::Nothing);
    // A token that still serves is handed out whatever renewing it raises.
    if is_needed { found } else { Ok(found.unwrap_or_else(|_| vec![Vec::new()])) }
}

/// The access tokens of which one is used.
fn picks(ask: &Ask<'_>, shelves: &Shelves<'_>, skip: &Skip, walked: &mut Walked) -> Result<Vec<Pick>, Raise> {
    let mut found = search::search(ask, &shelves.access);
    let picks = match skip {
        Skip::Unseen(_) => Ok(vec![Pick::Nothing]),
        Skip::No | Skip::Unused(_) => picked(ask, shelves, &mut found),
    };
    if !matches!(skip, Skip::Unseen(_)) {
        walked.deletes.append(&mut found.deletes);
    }
    walked.candidates.append(&mut found.candidates);
    Ok(if let Skip::Unused(_) = skip { picks.map(|_| vec![Pick::Nothing])? } else { picks? })
}

fn picked(ask: &Ask<'_>, shelves: &Shelves<'_>, found: &mut Found) -> Result<Vec<Pick>, Raise> {
    if let Some(raise) = found.raise.take() {
        return Err(raise);
    }
    let mut picks = Vec::new();
    for at in found.fitting.clone() {
        let Some(held) = shelves.access.get(at) else { continue };
        let held = upgraded(ask, shelves, held);
        let pick = if search::chosen(ask, held, found)? { pick(ask, at, held)? } else { Pick::Nothing };
        picks.push(pick);
    }
    spoil(ask, shelves, found, &mut picks)?;
    if picks.is_empty() {
        picks.push(Pick::Nothing);
    }
    picks.dedup();
    Ok(picks)
}

/// MSAL Go moves an entry of its first version to a key in lower case, and prefers what stands there already.
fn upgraded<'h, 'd>(ask: &Ask<'_>, shelves: &'h Shelves<'d>, held: &'h Held<'d>) -> &'h Held<'d> {
    let is_old = ask.lookup.several == Several::Any && held.key.chars().any(|letter| letter.is_ascii_uppercase());
    let newer = if is_old { shelves.access.at_key(&held.key.to_lowercase()) } else { None };
    newer.and_then(|at| shelves.access.get(at)).unwrap_or(held)
}

/// Id tokens are read once an access token was found; MSAL4J reads them always.
fn spoil(ask: &Ask<'_>, shelves: &Shelves<'_>, found: &mut Found, picks: &mut Vec<Pick>) -> Result<(), Raise> {
    let is_searched = matches!(ask.lookup.id_tokens, IdTokens::Searched(_));
    if !is_searched && picks.iter().all(|pick| *pick == Pick::Nothing) {
        return Ok(());
    }
    let bearing = identity::bearing(ask, &shelves.identity)?;
    found.deletes.extend(bearing.deletes);
    match bearing.spoils {
        Spoils::Never => {}
        Spoils::Perhaps => picks.push(Pick::Nothing),
        Spoils::Always => *picks = vec![Pick::Nothing],
    }
    Ok(())
}

/// Whether the token that was chosen is to be renewed.
fn pick(ask: &Ask<'_>, at: usize, held: &Held<'_>) -> Result<Pick, Raise> {
    if ask.lookup.aging == Aging::Ignored {
        return Ok(Pick::Good(at));
    }
    let written = held.entry.written("refresh_on");
    let is_named = match (ask.rules.numbers, &written) {
        (_, Written::Absent) => false,
        (Numbers::Python, _) => true,
        (_, Written::Null) => false,
        (Numbers::JavaScript, Written::Text(text)) => !text.is_empty(),
        (_, _) => true,
    };
    if !is_named {
        return Ok(Pick::Good(at));
    }
    let fault = |fault: &str| Raise(format!("{fault}: refresh_on of {}", held.title()));
    let read = value::number(ask.rules.numbers, &written).map_err(fault)?;
    let zero_counts = !matches!(ask.rules.numbers, Numbers::Java);
    let is_aging = read.is_some_and(|moment| moment < ask.now.0 && (zero_counts || moment > 0));
    Ok(if is_aging { Pick::Aging(at) } else { Pick::Good(at) })
}

/// What comes of an access token and a list of refresh tokens.
fn answer(ask: &Ask<'_>, shelves: &Shelves<'_>, pick: Pick, course: &[usize], skip: &Skip) -> Answer {
    let tokens: Vec<Named> = course.iter().filter_map(|at| shelves.refresh.named(*at)).collect();
    let entry = |at: usize| shelves.access.get(at).map(|held| upgraded(ask, shelves, held).named());
    let asks = ask.home.is_none() || !tokens.is_empty();
    let is_due = "its refresh_on has passed";
    match (pick, ask.lookup.aging) {
        (Pick::Nothing, _) => miss(tokens, asks, skip),
        (Pick::Good(at), _) | (Pick::Aging(at), Aging::Ignored) => hit(entry(at), None),
        (Pick::Aging(at), Aging::Background) => hit(entry(at), Some("it is renewed in the background")),
        (Pick::Aging(at), Aging::RenewOrServe) if !asks => hit(entry(at), Some("there is nothing to renew it with")),
        (Pick::Aging(_), Aging::RenewOrNothing) if !asks => miss(tokens, asks, &Skip::Unused(is_due)),
        (Pick::Aging(_), Aging::RenewOrRaise) => asking(tokens, None, is_due),
        (Pick::Aging(at), Aging::RenewOrServe | Aging::RenewOrNothing) => asking(tokens, entry(at), is_due),
    }
}

fn hit(entry: Option<Named>, why: Option<&str>) -> Answer {
    Answer { outcome: Outcome::Cache, why: why.map(str::to_owned), entry, refresh_tokens: Vec::new() }
}

fn asking(refresh_tokens: Vec<Named>, entry: Option<Named>, why: &str) -> Answer {
    Answer { outcome: Outcome::Refresh, why: Some(why.to_owned()), entry, refresh_tokens }
}

fn miss(tokens: Vec<Named>, asks: bool, skip: &Skip) -> Answer {
    let why = match skip {
        Skip::No => "no cached access token fits",
        Skip::Unseen(why) | Skip::Unused(why) => why,
    };
    if asks {
        return asking(tokens, None, why);
    }
    let why = Some(format!("{why}, and no refresh token does"));
    Answer { outcome: Outcome::Interaction, why, entry: None, refresh_tokens: Vec::new() }
}

/// One host after another: MSAL Python tries what it can at the authority's own host before it looks at an alias, and
/// aliases stand in a set.
fn one_by_one(ask: &Ask<'_>, shelves: &Shelves<'_>, skip: &Skip, walked: &mut Walked) -> Result<Vec<Answer>, Raise> {
    ssh_certificate(ask)?;
    let host = ask.hosts.first().cloned().unwrap_or_default();
    let aliases: Vec<String> = walked_aliases(ask, shelves, &host);
    let first = attempt(ask, shelves, skip, walked)?;
    let mut answers = Vec::new();
    for order in orders(&aliases) {
        let mut course = first.1.clone();
        let mut pick = first.0;
        for alias in order {
            if pick != Pick::Nothing {
                break;
            }
            let (next, more) = attempt(&ask.at_host(&alias), shelves, skip, walked)?;
            course.extend(more.into_iter().filter(|at| !course.contains(at)).collect::<Vec<_>>());
            pick = next;
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
    course: &[usize],
    skip: &Skip,
) -> Answer {
    let found_late = first == Pick::Nothing && last != Pick::Nothing;
    if let (true, Pick::Good(at) | Pick::Aging(at)) = (found_late, last)
        && (ask.home.is_none() || !course.is_empty())
    {
        let tokens = course.iter().filter_map(|at| shelves.refresh.named(*at)).collect();
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
fn attempt(
    ask: &Ask<'_>,
    shelves: &Shelves<'_>,
    skip: &Skip,
    walked: &mut Walked,
) -> Result<(Pick, Vec<usize>), Raise> {
    let told = walked.candidates.len();
    let picks = picks(ask, shelves, skip, walked)?;
    retell(&mut walked.candidates, told);
    let pick = picks.first().copied().unwrap_or(Pick::Nothing);
    if matches!(pick, Pick::Good(_)) || ask.home.is_none() {
        return Ok((pick, Vec::new()));
    }
    Ok((pick, refresh::tokens(ask, shelves)?.into_iter().next().unwrap_or_default()))
}

/// The first `told` candidates are those of the first host: of the same entries at an alias only what fits is news.
fn retell(candidates: &mut Vec<Candidate>, told: usize) {
    if told == 0 {
        return;
    }
    let again = candidates.split_off(told.min(candidates.len()));
    for news in again.into_iter().filter(Candidate::fits) {
        if let Some(old) = candidates.iter_mut().find(|old| old.named == news.named) {
            *old = news;
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
