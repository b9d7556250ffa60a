//! The search for an access token: every entry looked at in the runtime's order, and what follows from several that fit.
//! Changes nothing; tells what the runtime would drop.

use super::answer::{Candidate, Check, Extent, Named, Raise, weight};
use super::ask::Ask;
use super::check::{Purpose, Verdict, check};
use super::lookup::{Filter, Several};
use super::shelf::{Held, Shelf};
use super::sweep::sweep;
use crate::cache::environment::preferred_cache;
use crate::json::EntrySpot;

/// What a search found.
#[derive(Default)]
pub(super) struct Found {
    /// What was looked at, in order.
    pub(super) candidates: Vec<Candidate>,
    /// How many more were looked at.
    pub(super) others: usize,
    /// The entries of which one is used; several only where the order is not fixed.
    pub(super) fitting: Vec<usize>,
    /// What is dropped meanwhile.
    pub(super) deletes: Vec<Named>,
    /// What the library raises instead.
    pub(super) raise: Option<Raise>,
}

/// Searches `shelf` for what `ask` asks for.
pub(super) fn search(ask: &Ask<'_>, shelf: &Shelf<'_>) -> Found {
    let mut walk = Walk { ask, shelf, found: Found::default(), expired: Vec::new(), nearest: Vec::new(), ended: false };
    let very = very_key(ask).and_then(|key| shelf.at_key(&key));
    if let Some(at) = very {
        walk.look(at, ask.lookup.by_key);
    }
    for at in 0..shelf.held.len() {
        if very == Some(at) {
            walk.pass_by(at);
        } else {
            walk.look(at, ask.lookup.search);
        }
    }
    walk.end()
}

/// The key under which MSAL Python would store what is asked for: it looks there first.
fn very_key(ask: &Ask<'_>) -> Option<String> {
    if ask.lookup.by_key.is_empty() || ask.scopes.is_empty() {
        return None;
    }
    let mut scopes = ask.scopes.clone();
    scopes.sort_unstable();
    let home = ask.home.unwrap_or_default();
    let host = ask.hosts.first().map_or("", String::as_str);
    let kind = if ask.hash.is_empty() { "AccessToken" } else { "atext" };
    let key = [home, host, kind, ask.client, &ask.tenant, &scopes.join(" ")].join("-");
    let key = if ask.hash.is_empty() { key } else { format!("{key}-{}", ask.hash) };
    Some(key.to_lowercase())
}

struct Walk<'w, 'd> {
    ask: &'w Ask<'w>,
    shelf: &'w Shelf<'d>,
    found: Found,
    /// Entries that fail [`Filter::Alive`], in order.
    expired: Vec<usize>,
    /// The distances of the nearest that do not fit, in order: as many as are to be told.
    nearest: Vec<usize>,
    /// Whether the runtime looks no further: what comes now is only told.
    ended: bool,
}

impl Walk<'_, '_> {
    fn look(&mut self, at: usize, filters: &[Filter]) {
        let Some(held) = self.shelf.get(at) else { return };
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(filters.len());
        let mut distance = 0;
        for filter in filters {
            let verdict = check(*filter, self.ask, held, Purpose::Token);
            // Of the two that look at its expiry one is told.
            let weighs = !verdict.check.pass && *filter != Filter::Alive;
            distance += if weighs { weight(verdict.check.name) } else { 0 };
            verdicts.push(verdict);
            if self.is_far(distance) {
                break;
            }
        }
        if !self.ended {
            self.judge(at, filters, &verdicts);
        }
        if self.is_far(distance) {
            self.found.others += 1;
        } else {
            let candidate = Candidate { named: held.named(), checks: told(filters, verdicts) };
            self.note_distance(candidate.distance());
            self.found.candidates.push(candidate);
        }
    }

    /// Whether what does not fit by so much is no nearer than as many before it as are to be told.
    fn is_far(&self, distance: usize) -> bool {
        match self.ask.extent {
            Extent::Every => false,
            Extent::Nearest(most) => {
                distance > 0 && self.nearest.iter().filter(|near| **near <= distance).count() >= most
            }
        }
    }

    fn note_distance(&mut self, distance: usize) {
        if let (Extent::Nearest(most), true) = (self.ask.extent, distance > 0) {
            let at = self.nearest.partition_point(|near| *near <= distance);
            self.nearest.insert(at, distance);
            self.nearest.truncate(most);
        }
    }

    fn judge(&mut self, at: usize, filters: &[Filter], verdicts: &[Verdict]) {
        let failing = verdicts.iter().position(|verdict| !verdict.check.pass);
        let Some(failing) = failing else {
            self.found.fitting.push(at);
            self.ended = self.ask.lookup.several == Several::First;
            return;
        };
        if let Some(raise) = verdicts.get(failing).and_then(|verdict| verdict.raise.clone()) {
            self.found.raise = Some(raise);
            self.ended = true;
        } else if filters.get(failing) == Some(&Filter::Alive) {
            self.expired.push(at);
        }
    }

    /// The entry that was found by its key is met again, and dropped if it has expired.
    fn pass_by(&mut self, at: usize) {
        let Some(held) = self.shelf.get(at).filter(|_| !self.ended) else { return };
        let verdicts = [check(Filter::Alive, self.ask, held, Purpose::Token)];
        if verdicts.iter().any(|verdict| !verdict.check.pass) {
            self.judge(at, &[Filter::Alive], &verdicts);
        }
    }

    fn end(mut self) -> Found {
        if !self.ended {
            let (deletes, raise) = sweep(self.shelf, &self.expired);
            self.found.deletes = deletes;
            self.found.raise = raise;
        }
        if self.found.raise.is_none() {
            settle(self.ask, self.shelf, &mut self.found);
        }
        self.found
    }
}

/// What follows from several that fit.
fn settle(ask: &Ask<'_>, shelf: &Shelf<'_>, found: &mut Found) {
    match ask.lookup.several {
        Several::First | Several::Any => {}
        Several::DropAll if found.fitting.len() > 1 => {
            tell_twins(shelf, found, "of several that fit none is used, and all are dropped");
            found.deletes.extend(found.fitting.drain(..).filter_map(|at| shelf.named(at)));
        }
        Several::DropAll => {}
        Several::Raises(what) => raise_if_several(shelf, found, what),
        Several::PreferredOrRaises(what) => {
            let preferred = preferred_cache(ask.hosts.first().map_or("", String::as_str)).to_owned();
            let is_preferred = |at: &usize| {
                let host = shelf.get(*at).and_then(|held| held.entry.written("environment").text());
                host.is_some_and(|host| host.eq_ignore_ascii_case(&preferred))
            };
            if found.fitting.iter().any(is_preferred) {
                found.fitting.retain(is_preferred);
            }
            raise_if_several(shelf, found, what);
        }
    }
}

fn raise_if_several(shelf: &Shelf<'_>, found: &mut Found, what: &str) {
    if found.fitting.len() > 1 {
        tell_twins(shelf, found, "of several that fit none is used");
        found.raise = Some(Raise(format!("{what}: {} tokens fit", found.fitting.len())));
    }
}

/// The checks of one entry. Of the two that look at its expiry one is told.
fn told(filters: &[Filter], verdicts: Vec<Verdict>) -> Vec<Check> {
    let is_dead =
        filters.iter().zip(&verdicts).any(|(filter, verdict)| *filter == Filter::Alive && !verdict.check.pass);
    let spare = if is_dead { Filter::Expiry } else { Filter::Alive };
    let all = filters.iter().zip(verdicts).filter(|(filter, _)| **filter != spare);
    all.map(|(_, verdict)| verdict.check).collect()
}

/// Adds to `found` what the chosen entries undergo beside the search.
///
/// # Errors
/// What the library raises.
pub(super) fn chosen(ask: &Ask<'_>, held: &Held<'_>, found: &mut Found) -> Result<bool, Raise> {
    let spot = held.entry.spot();
    let mut pass = true;
    let mut raise = None;
    for filter in ask.lookup.chosen {
        let verdict = check(*filter, ask, held, Purpose::Token);
        if pass && !verdict.check.pass {
            raise = verdict.raise;
        }
        pass &= verdict.check.pass;
        note(found, spot, verdict.check);
    }
    raise.map_or(Ok(pass), Err)
}

/// Says of each of several that fit that it is not alone.
fn tell_twins(shelf: &Shelf<'_>, found: &mut Found, why: &str) {
    for at in found.fitting.clone() {
        let Some(held) = shelf.get(at) else { continue };
        note(found, held.entry.spot(), Check { name: "alone", pass: false, why: why.to_owned() });
    }
}

/// Adds one more check to what was said of the entry at `spot`.
fn note(found: &mut Found, spot: EntrySpot, check: Check) {
    if let Some(candidate) = found.candidates.iter_mut().find(|candidate| candidate.named.spot == spot) {
        candidate.checks.push(check);
    }
}
