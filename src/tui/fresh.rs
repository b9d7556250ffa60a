//! A cache as a worker read it, together with all that would need a walk over its entries before it can be shown: what
//! changed, what the filter takes, the order of the list. So no frame waits for a large cache. Pure.

use std::sync::Arc;

use super::browse::SortKey;
use super::model::Reading;
use super::order::Ranked;
use super::sieve::{Found, prepare};
use crate::json::Path;
use crate::ops::query::{Bits, Memory, Query};
use crate::ops::{Comparison, Kind};
use crate::present::{Line, difference};
use crate::time::UnixSeconds;

/// A cache as it was just read.
pub struct Fresh {
    /// What was read; the same as before if only the file's stamp changed.
    pub reading: Arc<Reading>,
    /// Against what the screen showed.
    pub changes: Box<Changes>,
    /// What the filter takes of it, as far as a worker found that.
    pub found: Option<Box<Found>>,
    /// Its rows in the order of the list, as far as a worker sorted them.
    pub ranked: Option<Ranked>,
}

/// What the screen shows of a cache that is read again.
pub struct Was {
    /// The reading.
    pub reading: Arc<Reading>,
    /// Its filter.
    pub query: Query,
    /// What its rows are ordered by.
    pub key: SortKey,
    /// When it was asked for.
    pub now: UnixSeconds,
}

/// What a reload brought.
#[derive(Debug, Default)]
pub struct Changes {
    /// New rows and those whose text changed, by their place in the new reading.
    pub tinted: Bits,
    /// Where each row of the old reading is in the new one.
    pub moved: Vec<Option<usize>>,
    /// The same in words.
    pub news: News,
}

/// What a reload brought, by meaning.
#[derive(Debug, Default)]
pub struct News {
    /// The first differences, and which entry each is about, if that is still there.
    pub first: Vec<(Line, Option<Path>)>,
    /// All of them, counted; `None` where the only one is told.
    pub sum: Option<String>,
    /// What another process put back; safe already.
    pub back: Option<String>,
}

/// How many differences of one reload are told one by one.
const TOLD: usize = 12;

impl Fresh {
    /// A cache of which nothing was shown before.
    #[must_use]
    pub fn of(reading: Arc<Reading>) -> Self {
        Self { reading, changes: Box::default(), found: None, ranked: None }
    }

    /// A cache that was shown as `was` and differs from that by `meaning`.
    #[must_use]
    pub fn after(was: &Was, reading: Arc<Reading>, meaning: &Comparison) -> Self {
        let changes = Changes::between(&was.reading, &reading, meaning, was.now);
        let ranked = (was.key != SortKey::File).then(|| Ranked::of(&reading, was.key, was.now));
        let found = found(was, &reading).map(Box::new);
        Self { reading, changes: Box::new(changes), found, ranked }
    }
}

/// Who filters goes on filtering: the names are read, and searched, before the screen sees the cache.
fn found(was: &Was, reading: &Reading) -> Option<Found> {
    let known = was.reading.known_index().map(|index| index.claims());
    let mut claims: Vec<&str> = known.iter().flat_map(|known| known.iter().map(String::as_str)).collect();
    claims.extend(was.query.claims());
    if known.is_some() || !was.query.is_empty() {
        prepare(reading, &claims);
    }
    Found::of(was.query.clone(), Memory::default(), reading, was.now).filter(|_| !was.query.is_empty())
}

impl Changes {
    /// What differs between two readings, by their rows and by `meaning`, told at `at`.
    #[must_use]
    pub fn between(was: &Reading, now: &Reading, meaning: &Comparison, at: UnixSeconds) -> Self {
        let mut moved = vec![None; was.roster.rows.len()];
        let tinted = Bits::of(now.roster.rows.len(), |place| {
            let Some(spot) = now.roster.rows.get(place).map(|row| row.spot) else { return false };
            let Some(old) = was.document.spot(&now.document.path(spot)) else { return true };
            if let Some(from) = was.row_of(old).and_then(|row| moved.get_mut(row)) {
                *from = Some(place);
            }
            was.document.node(old).map(|node| node.raw()) != now.document.node(spot).map(|node| node.raw())
        });
        Self { tinted, moved, news: News::of(meaning, at) }
    }

    /// Where row `row` of the old reading is in the new one.
    #[must_use]
    pub fn now(&self, row: usize) -> Option<usize> {
        self.moved.get(row).copied().flatten()
    }
}

impl News {
    /// What `comparison` says at `now`.
    #[must_use]
    pub fn of(comparison: &Comparison, now: UnixSeconds) -> Self {
        let differences = &comparison.differences;
        let first = differences.get(..TOLD).unwrap_or(differences);
        let about = first.iter().map(|difference| {
            let item = difference.is.as_ref()?;
            Some(Path::entry(&item.section.0, &item.key))
        });
        let back = differences.iter().filter(|difference| difference.kind == Kind::Resurrected);
        let names: Vec<_> = back.filter_map(|difference| Some(&*difference.item()?.title.0)).collect();
        Self {
            first: difference::lines(first, now).into_iter().zip(about).collect(),
            sum: (differences.len() != 1).then(|| difference::summary(comparison)),
            back: named(&names).map(|names| Line::plain(&names).text()),
        }
    }
}

/// "Key Vault, Outlook and 3 more".
fn named(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [one, two, rest @ ..] if rest.len() > 1 => Some(format!("{one}, {two} and {} more", rest.len())),
        few => Some(few.join(", ")),
    }
}
