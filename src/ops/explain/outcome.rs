//! What comes of what was found: an access token, refresh tokens, a wish or a fault become an answer. Looks nothing up.

use super::answer::{Answer, Named, Outcome, Raise};
use super::ask::Ask;
use super::check::is_empty;
use super::lookup::{Aging, Fault, Lookup};
use super::refresh::Course;
use super::shelf::{Held, Shelf, Shelves};

/// The access token that a search ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// None.
    Nothing,
    /// This one, as good as new.
    Good(usize),
    /// This one, whose `refresh_on` has passed.
    Aging(usize),
}

/// Why cached access tokens are not used.
pub(super) enum Skip {
    /// They are.
    No,
    /// They are not looked at.
    Unseen(&'static str),
    /// They are looked at, and not used.
    Unused(&'static str),
}

/// What comes of a fault on the way.
pub(super) fn fault(lookup: &Lookup, raise: Raise) -> Answer {
    match lookup.fault {
        Fault::Raises => error(raise),
        Fault::AsksAnyway => asking(Vec::new(), None, &raise.0),
    }
}

/// The answer of a library that raises.
pub(super) fn error(raise: Raise) -> Answer {
    Answer { outcome: Outcome::Error, why: Some(raise.0), entry: None, refresh_tokens: Vec::new() }
}

/// What comes of an access token and a list of refresh tokens.
pub(super) fn answer(ask: &Ask<'_>, shelves: &Shelves<'_>, pick: Pick, course: &Course, skip: &Skip) -> Answer {
    let tokens: Vec<Named> = named(ask, &shelves.refresh, &course.tokens);
    let held = |at: usize| shelves.access.get(at).map(|held| ask.upgraded(&shelves.access, held));
    let entry = |at: usize| held(at).map(Held::named);
    let asks = ask.home.is_none() || !tokens.is_empty();
    let is_due = "its refresh_on has passed";
    let used = |at: usize, why: Option<&str>| hit(entry(at), why, held(at).is_some_and(is_empty));
    if let (Some(raise), false) = (&course.stop, matches!(pick, Pick::Good(_))) {
        return stopped(tokens, asks, raise);
    }
    match (pick, ask.lookup.aging) {
        (Pick::Nothing, _) => miss(tokens, asks, skip),
        (Pick::Good(at), _) | (Pick::Aging(at), Aging::Ignored) => used(at, None),
        (Pick::Aging(at), Aging::Background) => used(at, Some("it is renewed in the background")),
        (Pick::Aging(at), Aging::RenewOrServe) if !asks => used(at, Some("there is nothing to renew it with")),
        (Pick::Aging(_), Aging::RenewOrNothing) if !asks => miss(tokens, asks, &Skip::Unused(is_due)),
        (Pick::Aging(_), Aging::RenewOrRaise) => asking(tokens, None, is_due),
        (Pick::Aging(at), Aging::RenewOrServe | Aging::RenewOrNothing) => asking(tokens, entry(at), is_due),
    }
}

/// A library that raises after the refresh tokens before the fault were refused, or at once if there are none.
fn stopped(tokens: Vec<Named>, asks: bool, raise: &Raise) -> Answer {
    if !asks {
        return error(raise.clone());
    }
    asking(tokens, None, &format!("and if that fails, it raises: {}", raise.0))
}

/// A token that is used; an empty one is handed out too, and is worth nothing.
fn hit(entry: Option<Named>, why: Option<&str>, empty: bool) -> Answer {
    let why = if empty { Some("the token that fits is empty") } else { why };
    let outcome = if empty { Outcome::Interaction } else { Outcome::Cache };
    let entry = entry.filter(|_| !empty);
    Answer { outcome, why: why.map(str::to_owned), entry, refresh_tokens: Vec::new() }
}

pub(super) fn asking(refresh_tokens: Vec<Named>, entry: Option<Named>, why: &str) -> Answer {
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

/// The names of the refresh tokens at `tokens`.
pub(super) fn named(ask: &Ask<'_>, shelf: &Shelf<'_>, tokens: &[usize]) -> Vec<Named> {
    let held = tokens.iter().filter_map(|at| shelf.get(*at));
    held.map(|held| ask.upgraded(shelf, held).named()).collect()
}
