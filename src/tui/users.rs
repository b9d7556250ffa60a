//! A place with one cache per user, as the screen knows it: a line for each, as they come. Where one is in the list,
//! what is marked and what the filter takes stands in its [`Browse`], as of every cache. Pure.

mod order;
mod row;

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::browse::{Browse, Direction};
use crate::ops::query::{Query, QueryError};
use crate::source::SourceError;
use crate::time::UnixSeconds;

pub use order::{UserOrder, UserSort};
pub use row::{Sum, UserRow, What};

/// The caches of one place.
#[derive(Default)]
pub struct Users {
    /// A line for each, as they came.
    pub rows: Vec<UserRow>,
    /// In which order they are shown.
    pub order: UserOrder,
    /// How far the place was read.
    pub scan: Scan,
    /// Which reading of the place is under way, or was the last; what comes of another is dropped.
    pub number: u64,
    /// Whether the rows are of a reading before that one, of which nothing has come yet.
    pub is_stale: bool,
    /// What stood under the cursor and what was marked before the place was read again.
    pub before: Option<Before>,
}

/// How far a place was read.
#[derive(Clone, Debug, Default)]
pub enum Scan {
    /// Rows are coming.
    #[default]
    Running,
    /// To its end.
    Done,
    /// The user stopped it.
    Stopped,
    /// It could not be reached, or was lost on the way; why.
    Lost(Arc<SourceError>),
}

/// What is found again by its key after another reading.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The key under the cursor.
    pub cursor: Option<String>,
    /// The marked keys.
    pub marks: Vec<String>,
}

impl Users {
    /// Takes in rows that came; what stands under the cursor stays there.
    pub fn extend(&mut self, rows: Vec<UserRow>, browse: &mut Browse, now: UnixSeconds) {
        self.drop_stale(browse);
        let first = self.rows.len();
        self.rows.extend(rows);
        let query = browse.sieve.query();
        let fresh = (first..self.rows.len()).filter(|at| self.takes(query, *at, now));
        let mut fresh: Vec<u32> = fresh.filter_map(|at| u32::try_from(at).ok()).collect();
        self.sort(&mut fresh, now);
        let current = browse.current_row();
        browse.shown = self.merged(&browse.shown, fresh, now);
        keep_cursor(browse, current);
        self.find_again(first, browse);
    }

    /// Judges and orders all rows anew; the cursor stays on its row where that is still shown.
    pub fn refresh(&self, browse: &mut Browse, now: UnixSeconds) {
        let query = browse.sieve.query();
        let taken = (0..self.rows.len()).filter(|at| self.takes(query, *at, now));
        let mut shown: Vec<u32> = taken.filter_map(|at| u32::try_from(at).ok()).collect();
        self.sort(&mut shown, now);
        let current = browse.current_row();
        browse.shown = shown;
        browse.anchor = None;
        keep_cursor(browse, current);
    }

    /// Begins another reading of the place: the rows stay until the first of it comes.
    pub fn begin(&mut self, browse: &Browse) -> u64 {
        let key = |row: usize| self.rows.get(row).map(|row| row.key().to_owned());
        let cursor = browse.current_row().and_then(key);
        let marks = browse.marked().into_iter().filter_map(key).collect();
        self.before = (!self.rows.is_empty()).then_some(Before { cursor, marks });
        self.is_stale = true;
        self.scan = Scan::Running;
        self.number += 1;
        self.number
    }

    /// Shows what lies under some keys now; `None`: nothing any more.
    pub fn replace(&mut self, fresh: Vec<(String, Option<UserRow>)>) {
        let mut fresh: HashMap<String, Option<UserRow>> = fresh.into_iter().collect();
        for row in &mut self.rows {
            if let Some(now) = fresh.remove(row.key()) {
                *row = now.unwrap_or_else(|| row.removed());
            }
        }
    }

    /// The place was read to its end.
    pub fn end(&mut self, browse: &mut Browse) {
        self.drop_stale(browse);
        self.before = None;
        self.scan = Scan::Done;
    }

    /// Something new has come: what was known before counts no more.
    fn drop_stale(&mut self, browse: &mut Browse) {
        if std::mem::take(&mut self.is_stale) {
            self.rows.clear();
            (browse.shown, browse.marks, browse.anchor) = (Vec::new(), BTreeSet::new(), None);
        }
    }

    /// Puts cursor and marks on the keys that had them, as soon as these come.
    fn find_again(&mut self, first: usize, browse: &mut Browse) {
        let Some(before) = &mut self.before else { return };
        for (at, row) in self.rows.iter().enumerate().skip(first) {
            if before.marks.iter().any(|key| key == row.key()) {
                browse.marks.insert(at);
            }
            if before.cursor.as_deref() == Some(row.key()) {
                before.cursor = None;
                browse.cursor = browse.place_of(at).unwrap_or(browse.cursor);
            }
        }
    }

    fn takes(&self, query: &Query, at: usize, now: UnixSeconds) -> bool {
        query.is_empty() || self.rows.get(at).is_some_and(|row| query.takes_whole(&row.whole(), now))
    }

    fn sort(&self, rows: &mut [u32], now: UnixSeconds) {
        match (self.order.key, self.order.direction) {
            (UserSort::Came, Direction::Up) => {}
            (UserSort::Came, Direction::Down) => rows.reverse(),
            (_, _) => rows.sort_by(|a, b| self.compare(*a, *b, now)),
        }
    }

    /// Both in one order; each is in that order already.
    fn merged(&self, old: &[u32], fresh: Vec<u32>, now: UnixSeconds) -> Vec<u32> {
        let mut all = Vec::with_capacity(old.len() + fresh.len());
        let (mut olds, mut news) = (old.iter().copied().peekable(), fresh.into_iter().peekable());
        while let (Some(one), Some(other)) = (olds.peek(), news.peek()) {
            let next = if self.compare(*one, *other, now) == Ordering::Greater { news.next() } else { olds.next() };
            all.extend(next);
        }
        all.extend(olds);
        all.extend(news);
        all
    }

    fn compare(&self, one: u32, other: u32, now: UnixSeconds) -> Ordering {
        let row = |at: u32| self.rows.get(at as usize);
        let Some((a, b)) = row(one).zip(row(other)) else { return Ordering::Equal };
        let up = order::compare(self.order.key, a, b, now).then(one.cmp(&other));
        match self.order.direction {
            Direction::Up => up,
            Direction::Down => up.reverse(),
        }
    }
}

/// Why a query cannot be answered from a list of caches, if so.
#[must_use]
pub fn refusal(query: &Query) -> Option<QueryError> {
    let key = query.beyond_summary()?;
    Some(QueryError { column: 1, says: format!("{key} is asked inside of a cache: open one") })
}

fn keep_cursor(browse: &mut Browse, current: Option<usize>) {
    let place = current.and_then(|row| browse.place_of(row));
    browse.cursor = place.unwrap_or(browse.cursor).min(browse.shown.len().saturating_sub(1));
}

#[cfg(test)]
mod tests;
