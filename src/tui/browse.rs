//! Where one is in a cache: cursors, marks, filter and order, and the rows that these leave.
//! Rows are named by their place in the current reading; `reload.rs` carries them over to the next.

use std::collections::BTreeSet;
use std::time::Duration;

use super::input::Input;
use super::model::Reading;
use super::order::ranked;
use super::sieve::{Found, Sieve};
use super::tally::{Tally, is_in_tenant};
use crate::cache::{Row, Section};
use crate::ops::query::Bits;
use crate::time::UnixSeconds;

pub use super::order::{Direction, Order, SortKey};

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
    /// What it takes.
    pub sieve: Sieve,
    /// The moment for which filter and order were last judged.
    pub as_of: Option<UnixSeconds>,
    /// The rows that account, tab and filter leave, in order.
    pub shown: Vec<u32>,
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
    /// What depends on the reading alone, or on it and `whose` or `order`; made when it is first needed.
    ground: Ground,
}

/// Sets of rows that no filter changes.
#[derive(Clone, Debug, Default)]
struct Ground {
    /// Of each tab.
    tabs: Vec<Bits>,
    /// What can stand in the timeline.
    timed: Bits,
    /// What belongs to `whose`.
    own: Option<(Whose, Bits)>,
    /// All rows in an order.
    ranked: Option<(SortKey, Vec<u32>)>,
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
        self.row_at(self.cursor)
    }

    /// The row at `place` of `shown`.
    #[must_use]
    pub fn row_at(&self, place: usize) -> Option<usize> {
        self.shown.get(place).map(|row| *row as usize)
    }

    /// The shown rows from `place` on.
    pub fn rows_from(&self, place: usize) -> impl Iterator<Item = usize> {
        self.shown.iter().skip(place).map(|row| *row as usize)
    }

    /// The place of `row` in `shown`.
    #[must_use]
    pub fn place_of(&self, row: usize) -> Option<usize> {
        self.shown.iter().position(|shown| *shown as usize == row)
    }

    /// Whether the row at place `at` of `shown` is marked or in the range being drawn.
    #[must_use]
    pub fn is_marked(&self, at: usize) -> bool {
        let in_range =
            self.anchor.is_some_and(|anchor| (anchor.min(self.cursor)..=anchor.max(self.cursor)).contains(&at));
        in_range || self.row_at(at).is_some_and(|row| self.marks.contains(&row))
    }

    /// The marked rows, the range being drawn included, in file order.
    #[must_use]
    pub fn marked(&self) -> BTreeSet<usize> {
        let mut marked = self.marks.clone();
        marked.extend(self.range());
        marked
    }

    /// How many rows that are.
    #[must_use]
    pub fn marked_count(&self) -> usize {
        self.marks.len() + self.range().iter().filter(|row| !self.marks.contains(row)).count()
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
        self.rows_from(first).take(last - first + 1).collect()
    }

    /// Takes in another state of the cache.
    pub fn take_in(&mut self, reading: &Reading, now: UnixSeconds) {
        self.tally = Tally::of(reading);
        self.ground = Ground::of(reading);
        self.as_of = Some(now);
        self.sieve.begin(reading, now);
        self.refresh(reading);
    }

    /// Judges filter and order for `now`.
    pub fn judge(&mut self, reading: &Reading, now: UnixSeconds) {
        self.as_of = Some(now);
        self.sieve.judge(reading, now);
        self.refresh(reading);
    }

    /// Judges the rows by the filter as it is typed.
    pub fn sift(&mut self, reading: &Reading, now: UnixSeconds) {
        self.as_of = Some(now);
        self.sieve.sift(self.filter.text(), reading, now);
        self.refresh(reading);
    }

    /// Takes in what a worker found for the filter.
    pub fn take_found(&mut self, reading: &Reading, found: Found, now: UnixSeconds) {
        self.as_of = Some(now);
        self.sieve.take(found);
        self.refresh(reading);
    }

    /// Orders the rows as they are at `now`.
    pub fn sort(&mut self, reading: &Reading, order: Order, now: UnixSeconds) {
        if order.key != self.order.key {
            self.as_of = Some(now);
            self.ground.ranked = None;
        }
        self.order = order;
        self.refresh(reading);
    }

    /// Drops the filter.
    pub fn unfilter(&mut self, reading: &Reading, now: UnixSeconds) {
        self.filter = Input::default();
        self.sift(reading, now);
    }

    /// Finds the shown rows anew, and keeps the cursor on its row where that is still shown.
    pub fn refresh(&mut self, reading: &Reading) {
        let current = self.current_row();
        let left = self.left(reading);
        let count = |tab: &Bits| left.clone().and(tab).count();
        for (counted, tab) in self.tabs.iter_mut().zip(&self.ground.tabs) {
            *counted = count(tab);
        }
        let tab = Tab::ALL.iter().zip(&self.ground.tabs).find(|((tab, _), _)| *tab == self.tab);
        let left = tab.map_or(left.clone(), |(_, rows)| left.and(rows));
        self.shown = self.ordered(reading, &left);
        self.timed =
            (0..self.shown.len()).filter(|at| self.row_at(*at).is_some_and(|row| self.ground.timed.has(row))).collect();
        self.anchor = None;
        let place = current.and_then(|row| self.place_of(row));
        self.cursor = place.unwrap_or(self.cursor).min(self.shown.len().saturating_sub(1));
    }

    /// What account and filter leave, whatever the tab.
    fn left(&mut self, reading: &Reading) -> Bits {
        let len = reading.roster.rows.len();
        let whose = self.whose;
        if self.ground.own.as_ref().is_none_or(|(of, _)| *of != whose) {
            let rows = &reading.roster.rows;
            let own = match whose {
                Whose::All => Bits::all(len),
                Whose::Account(_) | Whose::Tenant(..) | Whose::Orphans => {
                    Bits::of(len, |at| rows.get(at).is_some_and(|row| belongs(whose, reading, row)))
                }
            };
            self.ground.own = Some((whose, own));
        }
        let own = self.ground.own.as_ref().map(|(_, own)| own.clone()).unwrap_or_default();
        match self.sieve.taken() {
            Some(taken) => own.and(taken),
            None => own,
        }
    }

    fn ordered(&mut self, reading: &Reading, left: &Bits) -> Vec<u32> {
        let key = self.order.key;
        let stale = self.ground.ranked.as_ref().is_none_or(|(by, _)| *by != key);
        if stale && key != SortKey::File {
            let now = self.as_of.unwrap_or(UnixSeconds(0));
            self.ground.ranked = Some((key, ranked(reading, key, now)));
        }
        let mut shown: Vec<u32> = match &self.ground.ranked {
            Some((by, ranked)) if *by == key => ranked.iter().copied().filter(|at| left.has(*at as usize)).collect(),
            Some(_) | None => left.iter().filter_map(|at| u32::try_from(at).ok()).collect(),
        };
        if self.order.direction == Direction::Down {
            shown.reverse();
        }
        shown
    }

    /// The place in `timed` of the entry under the cursor, else of the one before it.
    #[must_use]
    pub fn timeline_cursor(&self) -> usize {
        self.timed.partition_point(|place| *place <= self.cursor).saturating_sub(1)
    }
}

impl Ground {
    fn of(reading: &Reading) -> Self {
        // One walk over the rows, which are long; all else looks at what is short.
        let is_timed = |row: &Row| row.section == Section::AccessToken && row.expires_on.is_some();
        let rows = reading.roster.rows.iter();
        let kinds: Vec<_> = rows.map(|row| (row.section, is_timed(row))).collect();
        let all = |has: &dyn Fn(Section, bool) -> bool| {
            Bits::of(kinds.len(), |at| kinds.get(at).is_some_and(|(section, is_timed)| has(*section, *is_timed)))
        };
        Self {
            tabs: Tab::ALL.iter().map(|(tab, _)| all(&|section, _| tab.takes(section))).collect(),
            timed: all(&|_, is_timed| is_timed),
            own: None,
            ranked: None,
        }
    }
}

fn belongs(whose: Whose, reading: &Reading, row: &Row) -> bool {
    match whose {
        Whose::All => true,
        Whose::Account(account) => row.account == Some(account),
        Whose::Tenant(account, tenant) => {
            let own = reading.roster.accounts.get(account).filter(|_| row.account == Some(account));
            own.is_some_and(|own| is_in_tenant(row, own, tenant))
        }
        Whose::Orphans => row.orphan,
    }
}
