//! What rows are ordered by. Ranks all rows of a reading at once, so that a filter need not sort again; those of a large
//! one are ranked by a worker.

use super::model::Reading;
use super::sieve::FEW;
use crate::cache::{Row, Section};
use crate::time::UnixSeconds;

/// What rows are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Their place in the file.
    #[default]
    File,
    /// Their kind.
    Kind,
    /// The name in the TARGET column.
    Target,
    /// The number of their scopes.
    Scopes,
    /// The name of their tenant.
    Tenant,
    /// When they expire; what does not comes last.
    Expiry,
    /// The share of their lifetime that is over; what has none comes last.
    Lifetime,
    /// Their account.
    Account,
    /// When they were stored.
    Cached,
    /// Their length in bytes.
    Size,
}

impl SortKey {
    /// The name in the title of the tokens pane.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Kind => "type",
            Self::Target => "target",
            Self::Scopes => "scopes",
            Self::Tenant => "tenant",
            Self::Expiry => "expiry",
            Self::Lifetime => "lifetime",
            Self::Account => "account",
            Self::Cached => "cached",
            Self::Size => "size",
        }
    }
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub key: SortKey,
    /// Which end first.
    pub direction: Direction,
}

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The least.
    #[default]
    Up,
    /// The greatest.
    Down,
}

impl Direction {
    /// The other one.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// All rows of a reading in one order.
#[derive(Clone, Debug)]
pub struct Ranked {
    key: SortKey,
    rows: Vec<u32>,
}

impl Ranked {
    /// The rows of `reading` ordered by `key` at `now`, the least first; equal ones as in the file.
    #[must_use]
    pub fn of(reading: &Reading, key: SortKey, now: UnixSeconds) -> Self {
        Self { key, rows: ranked(reading, key, now) }
    }

    /// Whether that is done between a key and its frame.
    #[must_use]
    pub fn is_quick(reading: &Reading, key: SortKey) -> bool {
        key == SortKey::File || reading.roster.rows.len() <= FEW
    }

    /// What they are ordered by.
    #[must_use]
    pub fn key(&self) -> SortKey {
        self.key
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }
}

fn ranked(reading: &Reading, key: SortKey, now: UnixSeconds) -> Vec<u32> {
    let rows = &reading.roster.rows;
    let mut ranked: Vec<u32> = (0..rows.len()).filter_map(|at| u32::try_from(at).ok()).collect();
    let row = |at: &u32| rows.get(*at as usize);
    let seconds = |time: Option<UnixSeconds>| time.map_or(i64::MAX, |time| time.0);
    match key {
        SortKey::File => {}
        SortKey::Kind => ranked.sort_by_key(|at| row(at).map(|row| row.section)),
        SortKey::Target => ranked.sort_by_cached_key(|at| row(at).map(|row| target(row).to_lowercase())),
        SortKey::Scopes => ranked.sort_by_cached_key(|at| row(at).map(Row::scope_count)),
        SortKey::Tenant => {
            ranked.sort_by_cached_key(|at| row(at).map(|row| reading.roster.tenant_name(row).to_lowercase()))
        }
        SortKey::Expiry => ranked.sort_by_key(|at| seconds(row(at).and_then(|row| row.expires_on))),
        SortKey::Lifetime => ranked.sort_by_key(|at| row(at).map(|row| gone(row, now))),
        SortKey::Account => ranked.sort_by_key(|at| row(at).map(|row| row.account.unwrap_or(usize::MAX))),
        SortKey::Cached => ranked.sort_by_key(|at| seconds(row(at).and_then(|row| row.cached_at))),
        SortKey::Size => ranked.sort_by_key(|at| row(at).and_then(|row| size(reading, row))),
    }
    ranked
}

/// What stands in the TARGET column: of a section that nobody knows its name too.
pub(super) fn target(row: &Row) -> String {
    match row.section {
        Section::Other => format!("{}: {}", row.section_name, row.title()),
        Section::AccessToken | Section::RefreshToken | Section::IdToken | Section::Account | Section::AppMetadata => {
            row.title()
        }
    }
}

/// How much of its lifetime is over, in thousandths.
fn gone(row: &Row, now: UnixSeconds) -> i64 {
    let Some((from, to)) = row.cached_at.zip(row.expires_on) else { return i64::MAX };
    let (gone, all) = (now.since(from), to.since(from).max(1));
    gone.saturating_mul(1000) / all
}

fn size(reading: &Reading, row: &Row) -> Option<usize> {
    let span = reading.document.node(row.spot)?.span();
    Some(span.end - span.start)
}
