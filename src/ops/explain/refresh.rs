//! Which refresh tokens are tried, in which order. Asks no network.

use std::cmp::Reverse;

use super::answer::{Candidate, Check, Raise};
use super::ask::Ask;
use super::check::{Purpose, Verdict, check, is_empty};
use super::lookup::Filter;
use super::renewal::{FamilyRule, Group, Metadata, Take};
use super::rules::{Load, Numbers};
use super::shelf::{Held, Shelf, Shelves};
use super::value;
use crate::json::Kind;

/// What the cache knows of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing.
    Unknown,
    /// It is of no family.
    None,
    /// It is of this one.
    Family(String),
}

/// Refresh tokens in the order in which they are tried, and what ends that with a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    /// Places on the shelf.
    pub(super) tokens: Vec<usize>,
    /// What the library raises when these were refused.
    pub(super) stop: Option<Raise>,
}

impl Course {
    fn of(tokens: Vec<usize>) -> Self {
        Self { tokens, stop: None }
    }

    /// Adds what is not in it yet.
    pub(super) fn extend(&mut self, other: Self) {
        if self.stop.is_none() {
            for at in other.tokens {
                if !self.tokens.contains(&at) {
                    self.tokens.push(at);
                }
            }
            self.stop = other.stop;
        }
    }
}

/// The refresh tokens that are tried: one list, or several where the order is not fixed.
///
/// # Errors
/// What the library raises.
pub(super) fn tokens(ask: &Ask<'_>, shelves: &Shelves<'_>) -> Result<Vec<Course>, Raise> {
    let mut courses = Vec::new();
    for standing in standings(ask, &shelves.metadata)? {
        for course in of_standing(ask, &shelves.refresh, &standing)? {
            if !courses.contains(&course) {
                courses.push(course);
            }
        }
    }
    Ok(courses)
}

fn of_standing(ask: &Ask<'_>, shelf: &Shelf<'_>, standing: &Standing) -> Result<Vec<Course>, Raise> {
    let (groups, family) = groups(ask, standing);
    let mut tried = Course::default();
    for group in groups {
        let found = members(ask, shelf, *group, family)?;
        match ask.rules.refresh.take {
            Take::AllNewestFirst => tried.extend(newest_first(shelf, found)),
            // Node tries the same token twice if it is both.
            Take::FirstOfEach => tried.tokens.extend(found.first()),
            Take::FirstOfFirst | Take::AnyOfFirst if found.is_empty() => {}
            Take::FirstOfFirst => {
                // MSAL4J takes the first, and if that is empty it has none.
                let holds = |at: &usize| shelf.get(*at).is_some_and(|held| !is_empty(held));
                return Ok(vec![Course::of(found.into_iter().take(1).filter(holds).collect())]);
            }
            Take::AnyOfFirst => return Ok(found.into_iter().map(|at| Course::of(vec![at])).collect()),
        }
    }
    Ok(vec![tried])
}

fn groups<'s>(ask: &Ask<'_>, standing: &'s Standing) -> (&'static [Group], Option<&'s str>) {
    let rules = &ask.rules.refresh;
    let (groups, family) = match standing {
        Standing::Unknown => (rules.unknown, "1"),
        Standing::None => (rules.of_none, "1"),
        Standing::Family(family) => (rules.of_family, family.as_str()),
    };
    (groups, (rules.family == FamilyRule::Named).then_some(family))
}

fn purpose(group: Group, family: Option<&str>) -> Purpose<'_> {
    match group {
        Group::Family => Purpose::Family(family),
        Group::Own => Purpose::Own,
    }
}

fn verdicts<'v>(
    ask: &'v Ask<'_>,
    held: &'v Held<'_>,
    group: Group,
    family: Option<&'v str>,
) -> impl Iterator<Item = Verdict> + 'v {
    let filters = match group {
        Group::Family => ask.rules.refresh.shared,
        Group::Own => ask.rules.refresh.own,
    };
    filters.iter().map(move |filter| check(*filter, ask, held, purpose(group, family)))
}

/// The refresh tokens of a group, in file order.
fn members(ask: &Ask<'_>, shelf: &Shelf<'_>, group: Group, family: Option<&str>) -> Result<Vec<usize>, Raise> {
    let mut found = Vec::new();
    for (at, held) in shelf.held.iter().enumerate() {
        if let Some(fault) = unreadable(ask, held) {
            return Err(fault);
        }
        match verdicts(ask, held, group, family).find(|verdict| !verdict.check.pass) {
            None => found.push(at),
            Some(Verdict { raise: Some(raise), .. }) => return Err(raise),
            Some(_) => {}
        }
        if !found.is_empty() && ask.rules.refresh.take == Take::FirstOfFirst {
            break;
        }
    }
    Ok(found)
}

/// A refresh token that is no object: MSAL Python and MSAL4J fail when they reach it.
fn unreadable(ask: &Ask<'_>, held: &Held<'_>) -> Option<Raise> {
    let reached = matches!(ask.rules.load, Load::Lazy | Load::Merged) && held.kind != Kind::Object;
    reached.then(|| Raise(format!("{} is no object", held.title())))
}

fn newest_first(shelf: &Shelf<'_>, found: Vec<usize>) -> Course {
    let mut aged = Vec::new();
    for (at, held) in found.into_iter().filter_map(|at| Some((at, shelf.get(at)?))) {
        let written = held.entry.written("last_modification_time");
        let time = if written.is_there() { value::number(Numbers::Python, &written) } else { Ok(None) };
        match time {
            Ok(time) => aged.push((Reverse(time.unwrap_or(0)), at)),
            Err(fault) => {
                let stop = Raise(format!("{fault}: last_modification_time of {}", held.title()));
                return Course { tokens: Vec::new(), stop: Some(stop) };
            }
        }
    }
    // A stable sort: of equal ages the first in the file comes first.
    aged.sort_by_key(|(age, _)| *age);
    let tokens: Vec<usize> = aged.into_iter().map(|(_, at)| at).collect();
    let tokenless = |at: &usize| shelf.get(*at).is_some_and(|held| held.entry.secret().is_none());
    match tokens.iter().position(tokenless) {
        None => Course::of(tokens),
        Some(first) => {
            let stop = tokens
                .get(first)
                .and_then(|at| shelf.get(*at))
                .map(|held| Raise(format!("{} has no secret", held.title())));
            Course { tokens: tokens.into_iter().take(first).collect(), stop }
        }
    }
}

fn standings(ask: &Ask<'_>, metadata: &Shelf<'_>) -> Result<Vec<Standing>, Raise> {
    let rule = ask.rules.refresh.metadata;
    if rule == Metadata::ByKey {
        let host = ask.hosts.first().map_or("", String::as_str);
        let held = metadata.at_key(&format!("appmetadata-{host}-{}", ask.client)).and_then(|at| metadata.get(at));
        return Ok(vec![held.map_or(Standing::Unknown, standing)]);
    }
    let mut mine = Vec::new();
    for held in &metadata.held {
        let is_mine = is_mine(ask, held)?;
        let of_family = is_mine && standing(held) != Standing::None;
        mine.extend(is_mine.then(|| standing(ask.upgraded(metadata, held))));
        if rule == Metadata::FirstOfFamily && of_family {
            return Ok(vec![standing(held)]);
        }
    }
    match rule {
        Metadata::OneOnly(what) if mine.len() > 1 => Err(Raise(what.to_owned())),
        Metadata::FirstOfFamily => Ok(vec![Standing::None]),
        Metadata::AnyOne if !mine.is_empty() => Ok(mine),
        Metadata::ByKey | Metadata::OneOnly(_) | Metadata::AnyOne | Metadata::First => {
            Ok(vec![mine.into_iter().next().map_or(Standing::Unknown, |found| only_family_one(rule, found))])
        }
    }
}

/// Node and .NET know one family, 1.
fn only_family_one(rule: Metadata, found: Standing) -> Standing {
    let knows_one = matches!(rule, Metadata::OneOnly(_) | Metadata::First);
    let is_other = found != Standing::Family("1".to_owned()) && found != Standing::Unknown;
    if knows_one && is_other { Standing::None } else { found }
}

fn is_mine(ask: &Ask<'_>, held: &Held<'_>) -> Result<bool, Raise> {
    let is_node = matches!(ask.rules.refresh.metadata, Metadata::OneOnly(_));
    if is_node && !held.key.starts_with("appmetadata") {
        return Ok(false);
    }
    for filter in [Filter::Client, Filter::Environment] {
        let verdict = check(filter, ask, held, Purpose::Own);
        match verdict.raise {
            Some(raise) => return Err(raise),
            None if !verdict.check.pass => return Ok(false),
            None => {}
        }
    }
    Ok(true)
}

fn standing(held: &Held<'_>) -> Standing {
    let family = held.entry.written("family_id").text().filter(|family| !family.trim().is_empty());
    family.map_or(Standing::None, |family| Standing::Family(family.into_owned()))
}

/// Every refresh token with the filters of the group that it comes nearest to.
pub(super) fn candidates(ask: &Ask<'_>, shelves: &Shelves<'_>) -> Vec<Candidate> {
    let standing = standings(ask, &shelves.metadata).unwrap_or_default().into_iter().next();
    let standing = standing.unwrap_or(Standing::Unknown);
    let (groups, family) = groups(ask, &standing);
    let nearest = |held: &Held<'_>| {
        let ways = groups.iter().map(|group| checks(verdicts(ask, held, *group, family)));
        ways.min_by_key(|checks| checks.iter().filter(|check| !check.pass).count()).unwrap_or_else(|| {
            let why = "MSAL Go uses no refresh token of a client of which it has no AppMetadata".to_owned();
            vec![Check { name: "metadata", pass: false, why }]
        })
    };
    shelves.refresh.held.iter().map(|held| Candidate { named: held.named(), checks: nearest(held) }).collect()
}

fn checks(verdicts: impl Iterator<Item = Verdict>) -> Vec<Check> {
    verdicts.map(|verdict| verdict.check).collect()
}
