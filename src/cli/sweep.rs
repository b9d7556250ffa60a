//! One change over all caches of a collection: a plan of which caches it touches, then each of them by itself, compared
//! before it is replaced. Asks nobody and prints nothing; what came of each cache is handed to the caller.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::change::is_graver;
use crate::cache::{Cache, Roster};
use crate::json::{Document, Judged, Patch};
use crate::ops::tenure::{Holds, holds};
use crate::ops::{self, Severity};
use crate::present::collection::{Count, Standing};
use crate::source::{Collection, Committed, Loaded, PLAINTEXT, Patience, Row, SourceError, resurrected};
use crate::time::UnixSeconds;

/// How often a whole key is judged anew when other processes keep changing it.
const ROUNDS: usize = 5;
/// So many caches are read again at once, to see whether a peer wrote over the change.
const LOOK_BACK: usize = 64;
/// So many failures without a success between them mean that the place is gone, not that some caches are odd.
const IN_A_ROW: usize = 16;

/// What is to be done in every cache.
pub(super) struct Errand<'a> {
    /// The change to one cache; an empty patch for one that stays as it is.
    pub(super) propose: &'a dyn Fn(&Cache<'_>) -> Patch,
    /// Names of the command line that nothing in one cache bears.
    pub(super) unmatched: &'a dyn Fn(&Roster) -> Vec<(&'static str, String)>,
    /// Whether a key goes as a whole whose cache is, or becomes, empty.
    pub(super) drops_empty: bool,
    /// The moment of the change.
    pub(super) now: UnixSeconds,
}

/// Which caches a change touches, and what goes.
#[derive(Default)]
pub(super) struct Plan {
    /// The keys of the caches that are touched, in the place's order.
    pub(super) keys: Keys,
    /// What was looked at.
    pub(super) count: Count,
    /// Removed entries by the short name of their section.
    pub(super) removed: BTreeMap<String, usize>,
    /// Accounts that must sign in again.
    pub(super) accounts: usize,
    /// Access tokens removed before their time.
    pub(super) live: usize,
    /// Caches of which nothing is left after the change.
    pub(super) emptied: usize,
    /// Those of them that lie in a session, of which the rest stays.
    pub(super) emptied_in_sessions: usize,
    /// Keys that go as a whole.
    pub(super) dropped: usize,
    /// Empty caches inside a session, of which the rest stays.
    pub(super) in_sessions: usize,
    /// The gravest of what goes; `None` if nothing does.
    pub(super) severity: Option<Severity>,
    /// Names that no cache bears, of those that were asked for.
    pub(super) unmatched: Option<Vec<(&'static str, String)>>,
}

/// Many keys without a text of its own for each.
#[derive(Default)]
pub(super) struct Keys {
    text: String,
    ends: Vec<usize>,
}

impl Keys {
    /// Adds one.
    pub(super) fn push(&mut self, key: &str) {
        self.text.push_str(key);
        self.ends.push(self.text.len());
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Each, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.text.get(start..*end))
    }
}

impl Plan {
    /// Looks at every cache of `collection`, or at those of `keys`; `seen` is told after each page.
    ///
    /// # Errors
    /// What the place said.
    pub(super) fn make(
        collection: &Collection,
        keys: Option<&[String]>,
        errand: &Errand<'_>,
        seen: &mut dyn FnMut(&Self),
    ) -> Result<Self, SourceError> {
        let mut plan = Self::default();
        match keys {
            Some(keys) => collection.rows(keys)?.iter().for_each(|row| plan.add(row, errand)),
            None => collection.look(&mut |rows| {
                rows.iter().for_each(|row| plan.add(row, errand));
                seen(&plan);
                ControlFlow::Continue(())
            })?,
        }
        Ok(plan)
    }

    fn add(&mut self, row: &Row, errand: &Errand<'_>) {
        let loaded = match &row.cache {
            Ok(loaded) => loaded,
            Err(error) => return self.count.add(Standing::of_error(error), None, errand.now),
        };
        let cache = Cache::of(&loaded.document);
        let roster = Roster::shared(&cache);
        let standing = Standing::of(loaded, &roster);
        self.count.add(standing, Some(&roster), errand.now);
        if matches!(standing, Standing::NoCache | Standing::NoSignIn) {
            return;
        }
        self.ask_names(&roster, errand);
        let patch = (errand.propose)(&cache);
        let is_left_empty = is_empty_after(loaded, &patch);
        let drops = errand.drops_empty && is_left_empty && is_whole(loaded);
        self.in_sessions += usize::from(errand.drops_empty && is_left_empty && loaded.seal() != PLAINTEXT);
        if patch.is_empty() && !drops {
            return;
        }
        self.keys.push(&row.key);
        let is_emptied = is_left_empty && !patch.is_empty();
        self.emptied += usize::from(is_emptied);
        self.emptied_in_sessions += usize::from(is_emptied && loaded.seal() != PLAINTEXT);
        self.dropped += usize::from(drops);
        let severity = match patch.is_empty() {
            true => Severity::Moderate,
            false => self.count_effect(&cache, &patch, errand.now),
        };
        self.severity = Some(gravest(self.severity.take(), severity));
    }

    fn count_effect(&mut self, cache: &Cache<'_>, patch: &Patch, now: UnixSeconds) -> Severity {
        let effect = ops::effect(cache, patch, now);
        for (section, gone, _) in effect.counts.iter().filter(|(_, gone, _)| *gone > 0) {
            *self.removed.entry(section.clone()).or_default() += gone;
        }
        self.accounts += effect.accounts_gone.len();
        self.live += effect.live_tokens_gone;
        effect.severity
    }

    /// A name must be borne in one cache at least.
    fn ask_names(&mut self, roster: &Roster, errand: &Errand<'_>) {
        if self.unmatched.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
        let missing = (errand.unmatched)(roster);
        match &mut self.unmatched {
            Some(unmatched) => unmatched.retain(|name| missing.contains(name)),
            None => self.unmatched = Some(missing),
        }
    }
}

/// Whether nothing is left of a cache once `patch` is applied.
fn is_empty_after(loaded: &Loaded, patch: &Patch) -> bool {
    let is_empty = |document: &Document| {
        let cache = Cache::of(document);
        holds(&cache, &Roster::of(&cache)) == Holds::Nothing
    };
    match patch.is_empty() {
        true => is_empty(&loaded.document),
        false => loaded.document.apply(patch).is_ok_and(|(after, _)| is_empty(&after)),
    }
}

/// Whether a cache is surely all that lies under its key: a session holds more, and no bytes or `{}` may be anybody's.
fn is_whole(loaded: &Loaded) -> bool {
    loaded.seal() == PLAINTEXT && loaded.document.sections().next().is_some()
}

/// The graver of two, by names that both have in common.
fn gravest(was: Option<Severity>, new: Severity) -> Severity {
    match (was, new) {
        (None, new) => new,
        (Some(Severity::Severe { names }), Severity::Severe { names: others }) => {
            Severity::Severe { names: names.into_iter().filter(|name| others.contains(name)).collect() }
        }
        (Some(severe @ Severity::Severe { .. }), Severity::Mild | Severity::Moderate) => severe,
        (Some(Severity::Mild | Severity::Moderate), severe @ Severity::Severe { .. }) => severe,
        (Some(Severity::Moderate), Severity::Mild | Severity::Moderate)
        | (Some(Severity::Mild), Severity::Moderate) => Severity::Moderate,
        (Some(Severity::Mild), Severity::Mild) => Severity::Mild,
    }
}

/// What came of one cache.
pub(super) enum Deed {
    /// Entries went.
    Changed { durable: bool, trouble: Option<String> },
    /// The key went.
    Dropped,
    /// There was nothing to do any more.
    Untouched,
    /// The key is not there any more.
    Gone,
    /// It is as it was; why.
    Failed(SourceError),
}

/// What came of all.
#[derive(Default)]
pub(super) struct Outcome {
    /// Caches out of which entries went.
    pub(super) changed: usize,
    /// Keys that went.
    pub(super) dropped: usize,
    /// Caches with nothing to do any more, those that are gone among them.
    pub(super) untouched: usize,
    /// Caches that stayed as they were because of a fault.
    pub(super) failed: usize,
    /// Caches that another process has written since.
    pub(super) written_since: usize,
    /// Caches into which another process put entries back.
    pub(super) put_back: usize,
    /// Planned caches that were not reached.
    pub(super) left: usize,
}

/// Changes that are still to be looked back at.
type Recent = Vec<(String, Patch, Judged)>;

/// Carries the plan out, cache after cache; between two of them it stops if the user wants to. `done` hears of each.
pub(super) fn carry_out(
    collection: &Collection,
    plan: &Plan,
    errand: &Errand<'_>,
    patience: &Patience<'_>,
    done: &mut dyn FnMut(&str, &Deed),
) -> Outcome {
    let confirmed = plan.severity.clone().unwrap_or(Severity::Mild);
    let mut sweep = Sweep { collection, errand, confirmed, patience, recent: Recent::new() };
    let mut outcome = Outcome::default();
    let mut in_a_row = 0;
    for (at, key) in plan.keys.iter().enumerate() {
        if patience.is_cancelled() {
            outcome.left = plan.keys.len() - at;
            break;
        }
        let deed = sweep.one(key);
        if matches!(&deed, Deed::Failed(SourceError::Cancelled { .. })) {
            outcome.left = plan.keys.len() - at;
            break;
        }
        outcome.count(&deed);
        done(key, &deed);
        in_a_row = if matches!(deed, Deed::Failed(_)) { in_a_row + 1 } else { 0 };
        if in_a_row == IN_A_ROW {
            outcome.left = plan.keys.len() - at - 1;
            break;
        }
        if sweep.recent.len() >= LOOK_BACK {
            outcome.look_back(collection, &mut sweep.recent);
        }
    }
    outcome.look_back(collection, &mut sweep.recent);
    outcome
}

/// An errand on its way through a collection.
struct Sweep<'a> {
    collection: &'a Collection,
    errand: &'a Errand<'a>,
    /// The gravest that was agreed to.
    confirmed: Severity,
    patience: &'a Patience<'a>,
    recent: Recent,
}

impl Sweep<'_> {
    fn one(&mut self, key: &str) -> Deed {
        let done = if self.errand.drops_empty { self.drop_or_change(key) } else { self.change(key) };
        match done {
            Ok(deed) => deed,
            Err(SourceError::Missing { .. }) => Deed::Gone,
            Err(error) => Deed::Failed(error),
        }
    }

    fn change(&mut self, key: &str) -> Result<Deed, SourceError> {
        let source = self.collection.one_of_many(key);
        let committed = source.commit(self.patience, &|loaded| self.agreed(loaded))?;
        Ok(self.changed(key, committed))
    }

    fn changed(&mut self, key: &str, committed: Committed) -> Deed {
        if !committed.written {
            return Deed::Untouched;
        }
        self.recent.push((key.to_owned(), committed.patch, committed.after));
        Deed::Changed { durable: committed.durable, trouble: committed.trouble }
    }

    /// The plan for what is there now, if it is no graver than what was confirmed.
    fn agreed(&self, loaded: &Loaded) -> Result<Patch, SourceError> {
        let cache = Cache::of(&loaded.document);
        let patch = (self.errand.propose)(&cache);
        let is_graver = || is_graver(&ops::effect(&cache, &patch, self.errand.now).severity, &self.confirmed);
        if !patch.is_empty() && is_graver() {
            return Err(SourceError::Refused("it changed meanwhile, and more would go than was confirmed".to_owned()));
        }
        Ok(patch)
    }

    /// Removes the key, if nothing would be left in it; else changes the cache.
    fn drop_or_change(&mut self, key: &str) -> Result<Deed, SourceError> {
        let source = self.collection.one_of_many(key);
        for _ in 0..ROUNDS {
            let doomed = RefCell::new(None);
            let committed = source.commit(self.patience, &|loaded| {
                let patch = self.agreed(loaded)?;
                if !is_whole(loaded) || !is_empty_after(loaded, &patch) {
                    return Ok(patch);
                }
                *doomed.borrow_mut() = Some(loaded.clone());
                Ok(Patch::default())
            })?;
            let Some(loaded) = doomed.take() else { return Ok(self.changed(key, committed)) };
            match self.collection.remove(key, &loaded, self.patience) {
                Ok(()) => return Ok(Deed::Dropped),
                Err(SourceError::Changed { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(SourceError::Changed { place: source.place().to_string() })
    }
}

impl Outcome {
    fn count(&mut self, deed: &Deed) {
        match deed {
            Deed::Changed { .. } => self.changed += 1,
            Deed::Dropped => self.dropped += 1,
            Deed::Untouched | Deed::Gone => self.untouched += 1,
            Deed::Failed(_) => self.failed += 1,
        }
    }

    /// Sees who has written over the changes since.
    fn look_back(&mut self, collection: &Collection, recent: &mut Recent) {
        let keys: Vec<String> = recent.iter().map(|(key, ..)| key.clone()).collect();
        let rows = if keys.is_empty() { Vec::new() } else { collection.rows(&keys).unwrap_or_default() };
        for row in rows {
            let (Some((_, patch, after)), Ok(now)) = (recent.iter().find(|(key, ..)| *key == row.key), &row.cache)
            else {
                continue;
            };
            if now.document.hash() == after.hash() {
                continue;
            }
            match resurrected(patch, after, &now.document).is_empty() {
                true => self.written_since += 1,
                false => self.put_back += 1,
            }
        }
        recent.clear();
    }
}

#[cfg(test)]
mod tests;
