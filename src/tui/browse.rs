//! Where one is in a cache: cursors, marks, filter and order, and the rows that these leave.
//! Rows are named by their place in the current reading; `reload.rs` carries them over to the next.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::input::Input;
use super::model::Reading;
use super::order::Ranked;
use super::sieve::{Found, Sieve};
use super::tally::Tally;
use crate::cache::Section;
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
    /// The order that a worker sorts the rows by, while one does.
    pub awaited: Option<Order>,
    /// The filter as typed.
    pub filter: Input,
    /// What it takes.
    pub sieve: Sieve,
    /// The moment for which the filter was last judged.
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
    pub tally: Arc<Tally>,
    /// Marked rows.
    pub marks: BTreeSet<usize>,
    /// The place in `shown` where a range began, while one is being drawn.
    pub anchor: Option<usize>,
    /// Rows that the last reload brought or changed.
    pub tinted: Bits,
    /// When they lose their tint, after the start.
    pub tint_until: Duration,
    /// The rows that belong to `whose`, whatever the filter.
    own: Option<(Whose, Bits)>,
    /// All rows by the key of `order`, whatever the filter; `None` for the order of the file.
    ranked: Option<Ranked>,
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

    /// Takes in another state of the cache, with what a worker found in it by the filter, and how it sorted it.
    pub fn take_in(&mut self, reading: &Reading, (found, ranked): (Option<Found>, Option<Ranked>), now: UnixSeconds) {
        self.tally = Arc::clone(&reading.tally);
        self.as_of = Some(found.as_ref().map_or(now, Found::as_of));
        self.sieve.begin(reading, found, now);
        let wanted = self.wanted();
        (self.own, self.awaited) = (None, None);
        self.ranked = ranked.filter(|ranked| ranked.key() == wanted.key);
        self.order = if self.ranked.is_some() { wanted } else { Order::default() };
        self.refresh(reading);
        if self.order != wanted {
            self.sort(reading, wanted, now);
        }
    }

    /// The order that is shown, or will be.
    #[must_use]
    pub fn wanted(&self) -> Order {
        self.awaited.unwrap_or(self.order)
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
    pub fn take_found(&mut self, reading: &Reading, found: Found) {
        self.as_of = Some(found.as_of());
        self.sieve.take(found);
        self.refresh(reading);
    }

    /// Orders the rows as they are at `now`; those of a large cache once a worker has sorted them.
    pub fn sort(&mut self, reading: &Reading, order: Order, now: UnixSeconds) {
        self.awaited = None;
        if order.key != self.order.key {
            if !Ranked::is_quick(reading, order.key) {
                self.awaited = Some(order);
                return;
            }
            self.ranked = (order.key != SortKey::File).then(|| Ranked::of(reading, order.key, now));
        }
        self.order = order;
        self.refresh(reading);
    }

    /// Takes in how a worker sorted the rows, if that is still wanted.
    pub fn take_ranked(&mut self, reading: &Reading, ranked: Ranked) {
        if let Some(order) = self.awaited.take_if(|order| order.key == ranked.key()) {
            (self.order, self.ranked) = (order, Some(ranked));
            self.refresh(reading);
        }
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
        for (counted, tab) in self.tabs.iter_mut().zip(&self.tally.tabs) {
            *counted = count(tab);
        }
        let tab = Tab::ALL.iter().zip(&self.tally.tabs).find(|((tab, _), _)| *tab == self.tab);
        let left = tab.map_or(left.clone(), |(_, rows)| left.and(rows));
        self.shown = self.ordered(&left);
        self.timed =
            (0..self.shown.len()).filter(|at| self.row_at(*at).is_some_and(|row| self.tally.timed.has(row))).collect();
        self.anchor = None;
        let place = current.and_then(|row| self.place_of(row));
        self.cursor = place.unwrap_or(self.cursor).min(self.shown.len().saturating_sub(1));
    }

    /// What account and filter leave, whatever the tab.
    fn left(&mut self, reading: &Reading) -> Bits {
        let (whose, tally) = (self.whose, &self.tally);
        let own = self.own.take().filter(|(of, _)| *of == whose);
        let (_, own) = self.own.insert(own.unwrap_or_else(|| (whose, tally.rows_of(whose, &reading.roster))));
        let own = own.clone();
        match self.sieve.taken() {
            Some(taken) => own.and(taken),
            None => own,
        }
    }

    fn ordered(&self, left: &Bits) -> Vec<u32> {
        let mut shown: Vec<u32> = match &self.ranked {
            Some(ranked) => ranked.rows().iter().copied().filter(|at| left.has(*at as usize)).collect(),
            None => left.iter().filter_map(|at| u32::try_from(at).ok()).collect(),
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
