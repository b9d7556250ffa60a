//! Takes dead or named entries out. Judges by the filter alone: a refresh token goes only where the
//! filter or a mark names it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Filter;
use super::why;
use crate::cache::{Cache, Roster, Row, Section};
use crate::json::{Change, Edit, EntrySpot, Patch};
use crate::threads::both;
use crate::time::UnixSeconds;

/// What to take out.
#[derive(Clone, Debug)]
pub struct PruneOptions {
    /// Which entries.
    pub filter: Filter,
    /// The moment at which expiry is judged.
    pub now: UnixSeconds,
}

/// The patch that removes what the filter takes, each with its why ("expired 3d ago").
#[must_use]
pub fn prune(cache: &Cache<'_>, options: &PruneOptions) -> Patch {
    let roster = Roster::shared(cache);
    let sieve = options.filter.sieve(&roster, options.now);
    let taken: Vec<&Row> = roster.rows.iter().filter(|row| sieve.takes(row)).collect();
    let orphans = options.filter.orphans;
    removal(cache, prune_title(taken.len()), &taken, |row| match orphans {
        true => why::of_orphan(row),
        false => why::of_row(row, options.now),
    })
}

/// The patch that removes exactly these entries (marks of the TUI).
#[must_use]
pub fn prune_entries(cache: &Cache<'_>, spots: &[EntrySpot], now: UnixSeconds) -> Patch {
    let roster = Roster::shared(cache);
    let marked: BTreeSet<&EntrySpot> = spots.iter().collect();
    let taken: Vec<&Row> = roster.rows.iter().filter(|row| marked.contains(&row.spot)).collect();
    removal(cache, prune_title(taken.len()), &taken, |row| match row.section {
        Section::RefreshToken | Section::IdToken if row.orphan => why::of_orphan(row),
        Section::AccessToken
        | Section::RefreshToken
        | Section::IdToken
        | Section::Account
        | Section::AppMetadata
        | Section::Other => why::of_row(row, now),
    })
}

/// From so many entries on, two threads name them sooner than one.
const WORTH_TWO: usize = 2000;

/// The patch called `title` that removes `rows`, each for the reason that `why` gives.
pub(super) fn removal(
    cache: &Cache<'_>,
    title: String,
    rows: &[&Row],
    why: impl Fn(&Row) -> Cow<'static, str> + Sync,
) -> Patch {
    let document = cache.document();
    let change = |row: &&Row| Change { edit: Edit::Remove(document.path(row.spot)), why: why(row) };
    let changes = |rows: &[&Row]| -> Vec<Change> { rows.iter().map(change).collect() };
    if rows.len() < WORTH_TWO {
        return Patch { title, changes: changes(rows) };
    }
    let (front, back) = rows.split_at(rows.len() / 2);
    let (back, mut all) = both(|| changes(back), || changes(front));
    all.extend(back);
    Patch { title, changes: all }
}

fn prune_title(count: usize) -> String {
    format!("Prune {}", why::counted(count, "item"))
}
