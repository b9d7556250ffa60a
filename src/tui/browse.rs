//! Where one is in a cache: cursors, marks, filter and order, and the rows that these leave.
//! Rows are named by their place in the current reading; `reload.rs` carries them over to the next.

use std::collections::BTreeSet;
use std::time::Duration;

use super::input::Input;
use super::model::Reading;
use super::tally::{Tally, is_in_tenant};
use crate::cache::{Row, Section};
use crate::ops::query::{Look, Query};
use crate::time::UnixSeconds;

/// The state of the lists of one cache.
#[derive(Clone, Debug, Default)]
pub struct Browse {
    /// The line of the accounts pane under the cursor.
    pub whose: Whose,
    /// The first line of the accounts pane shown.
    pub accounts_scroll: usize,
    /// Which kind of entry is shown.
    pub tab: Tab,
    /// In which order.
    pub order: Order,
    /// The filter as typed.
    pub filter: Input,
    /// The rows that account, tab and filter leave, in order.
    pub shown: Vec<usize>,
    /// The place in `shown` under the cursor.
    pub cursor: usize,
    /// The first place in `shown` on the screen.
    pub scroll: usize,
    /// The places in `shown` of what stands in the timeline: access tokens that say when they expire.
    pub timed: Vec<usize>,
    /// The first place in `timed` on the screen.
    pub timeline_scroll: usize,
    /// How many rows each tab would show.
    pub tabs: [usize; 5],
    /// What was counted when the cache was last read.
    pub tally: Tally,
    /// Marked rows.
    pub marks: BTreeSet<usize>,
    /// The place in `shown` where a range began, while one is being drawn.
    pub anchor: Option<usize>,
    /// Rows that the last reload brought or changed.
    pub tinted: BTreeSet<usize>,
    /// When they lose their tint, after the start.
    pub tint_until: Duration,
}

/// Whose entries are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    #[default]
    All,
    /// Those of account number n of the roster.
    Account(usize),
    /// Those of account n in its tenant m.
    Tenant(usize, usize),
    /// Those that name an account that is not there.
    Orphans,
}

/// The tabs of the tokens pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Everything.
    #[default]
    All,
    /// Access tokens.
    AccessTokens,
    /// Refresh tokens.
    RefreshTokens,
    /// Id tokens.
    IdTokens,
    /// App metadata.
    Apps,
}

impl Tab {
    /// The tabs in their order, with their names.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::All, "All"),
        (Self::AccessTokens, "AT"),
        (Self::RefreshTokens, "RT"),
        (Self::IdTokens, "ID"),
        (Self::Apps, "App"),
    ];

    /// Whether an entry of `section` stands under this tab.
    #[must_use]
    pub fn takes(self, section: Section) -> bool {
        match self {
            Self::All => true,
            Self::AccessTokens => section == Section::AccessToken,
            Self::RefreshTokens => section == Section::RefreshToken,
            Self::IdTokens => section == Section::IdToken,
            Self::Apps => section == Section::AppMetadata,
        }
    }
}

/// What rows are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Their place in the file.
    #[default]
    File,
    /// The name in the TARGET column.
    Target,
    /// When they expire; what does not comes last.
    Expiry,
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
            Self::Target => "target",
            Self::Expiry => "expiry",
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

/// How many entries there are of what the title and the smallest screen tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// More than 15 minutes left.
    pub live: usize,
    /// 15 minutes or fewer left.
    pub expiring: usize,
    /// Expired.
    pub expired: usize,
    /// Without an expiry.
    pub none: usize,
}

impl Browse {
    /// The row under the cursor.
    #[must_use]
    pub fn current_row(&self) -> Option<usize> {
        self.shown.get(self.cursor).copied()
    }

    /// Whether the row at place `at` of `shown` is marked or in the range being drawn.
    #[must_use]
    pub fn is_marked(&self, at: usize) -> bool {
        let in_range =
            self.anchor.is_some_and(|anchor| (anchor.min(self.cursor)..=anchor.max(self.cursor)).contains(&at));
        in_range || self.shown.get(at).is_some_and(|row| self.marks.contains(row))
    }

    /// The marked rows, the range being drawn included, in file order.
    #[must_use]
    pub fn marked(&self) -> BTreeSet<usize> {
        let mut marked = self.marks.clone();
        marked.extend(self.range());
        marked
    }

    /// Turns the range being drawn into marks.
    pub fn keep_range(&mut self) {
        let range = self.range();
        self.marks.extend(range);
        self.anchor = None;
    }

    fn range(&self) -> Vec<usize> {
        let Some(anchor) = self.anchor else { return Vec::new() };
        let (first, last) = (anchor.min(self.cursor), anchor.max(self.cursor));
        self.shown.iter().skip(first).take(last - first + 1).copied().collect()
    }

    /// Takes in another state of the cache.
    pub fn take_in(&mut self, reading: &Reading) {
        self.tally = Tally::of(reading);
        self.refresh(reading);
    }

    /// Finds the shown rows anew, and keeps the cursor on its row where that is still shown.
    pub fn refresh(&mut self, reading: &Reading) {
        let current = self.current_row();
        self.shown = self.rows(reading);
        self.sort(reading);
        (self.tabs, self.timed) = (self.tab_counts(reading), self.timed(reading));
        self.anchor = None;
        let place = current.and_then(|row| self.shown.iter().position(|shown| *shown == row));
        self.cursor = place.unwrap_or(self.cursor).min(self.shown.len().saturating_sub(1));
    }

    /// The place in `timed` of the entry under the cursor, else of the one before it.
    #[must_use]
    pub fn timeline_cursor(&self) -> usize {
        self.timed.partition_point(|place| *place <= self.cursor).saturating_sub(1)
    }

    fn tab_counts(&self, reading: &Reading) -> [usize; 5] {
        let mut counts = [0; 5];
        for row in reading.roster.rows.iter().filter(|row| self.belongs(reading, row)) {
            for (count, (tab, _)) in counts.iter_mut().zip(Tab::ALL) {
                *count += usize::from(tab.takes(row.section));
            }
        }
        counts
    }

    /// The places of what can stand in the timeline.
    fn timed(&self, reading: &Reading) -> Vec<usize> {
        let is_timed = |row: &Row| row.section == Section::AccessToken && row.expires_on.is_some();
        let rows = self.shown.iter().enumerate();
        rows.filter(|(_, at)| reading.roster.rows.get(**at).is_some_and(is_timed)).map(|(place, _)| place).collect()
    }

    fn rows(&self, reading: &Reading) -> Vec<usize> {
        let query = Query::parse(self.filter.text()).unwrap_or_default();
        let now = UnixSeconds(0);
        let look = Look { cache: crate::cache::Cache::of(&reading.document), roster: &reading.roster, now };
        let taken = |row: &Row| self.belongs(reading, row) && self.tab.takes(row.section) && query.takes(&look, row);
        let rows = reading.roster.rows.iter().enumerate();
        rows.filter(|(_, row)| taken(row)).map(|(at, _)| at).collect()
    }

    fn belongs(&self, reading: &Reading, row: &Row) -> bool {
        match self.whose {
            Whose::All => true,
            Whose::Account(account) => row.account == Some(account),
            Whose::Tenant(account, tenant) => {
                let own = reading.roster.accounts.get(account).filter(|_| row.account == Some(account));
                own.is_some_and(|own| is_in_tenant(row, own, tenant))
            }
            Whose::Orphans => row.orphan,
        }
    }

    fn sort(&mut self, reading: &Reading) {
        let row = |at: &usize| reading.roster.rows.get(*at);
        let seconds = |time: Option<UnixSeconds>| time.map_or(i64::MAX, |time| time.0);
        match self.order.key {
            SortKey::File => {}
            SortKey::Target => self.shown.sort_by_cached_key(|at| row(at).map(|row| row.title().to_lowercase())),
            SortKey::Expiry => self.shown.sort_by_key(|at| seconds(row(at).and_then(|row| row.expires_on))),
            SortKey::Cached => self.shown.sort_by_key(|at| seconds(row(at).and_then(|row| row.cached_at))),
            SortKey::Account => self.shown.sort_by_key(|at| row(at).map(|row| row.account.unwrap_or(usize::MAX))),
            SortKey::Size => self.shown.sort_by_key(|at| row(at).and_then(|row| size(reading, row))),
        }
        if self.order.direction == Direction::Down {
            self.shown.reverse();
        }
    }
}

fn size(reading: &Reading, row: &Row) -> Option<usize> {
    let span = reading.document.node(row.spot)?.span();
    Some(span.end - span.start)
}
