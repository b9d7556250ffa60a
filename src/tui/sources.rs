//! The list of sources: the opened caches and the well-known places that are not opened yet, each with what can be said
//! of it from outside. Opens nothing by itself, and nothing in it is decrypted.

use super::model::{CacheId, Content, Model, OpenCache, Places};
use super::users::{Scan, Users};
use crate::ops::summary::standing;
use crate::present::lock::FREE;
use crate::present::{Line, Role, change, discover, when};
use crate::source::{Known, WhyNot};
use crate::time::UnixSeconds;

/// The list, and where one is in it.
#[derive(Default)]
pub struct Sources {
    /// The sources, opened ones first.
    pub rows: Vec<SourceRow>,
    /// Which of them is under the cursor.
    pub cursor: usize,
    /// How many well-known places hold nothing.
    pub absent: usize,
    /// What was seen from outside, as far as it was looked.
    pub surveys: Vec<Survey>,
}

/// Which source a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// An opened cache.
    Open(CacheId),
    /// A well-known place, by its number in the list.
    Known(usize),
}

/// One source.
pub struct SourceRow {
    /// Which one.
    pub which: Which,
    /// The app that keeps it, if its place tells; not safe yet.
    pub app: String,
    /// Its place as it is shown; not safe yet.
    pub place: String,
    /// Whether it can be written: "RW", "RO", or "-" where nobody knows yet.
    pub access: &'static str,
    /// How it is protected and what is in it, as far as it was read.
    pub holds: Line,
    /// Why it is not opened, where it cannot be.
    pub why_not: Option<String>,
}

/// What can be seen of a source without opening it.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Of which source.
    pub which: Which,
    /// Its size in bytes.
    pub bytes: Option<u64>,
    /// When it last changed (Unix seconds).
    pub modified: Option<UnixSeconds>,
    /// Who holds its lock, in safe words; "free" where nobody does.
    pub lock: String,
}

/// Of more accounts than this nobody reads a sum, and it would take its time.
const ACCOUNTS: usize = 2000;

impl Sources {
    /// The sources of `model`, with what was seen of them before.
    #[must_use]
    pub fn of(model: &Model, before: Self) -> Self {
        let known: &[Known] = match &model.places {
            Places::Known(known) => known,
            Places::NotNeeded | Places::Searching | Places::Listing => &[],
        };
        let opened = model.caches.iter().map(|cache| opened(model, cache, known));
        let is_open = |place: &Known| model.caches.iter().any(|cache| is_at(model, cache, place));
        let others = known.iter().enumerate().filter(|(_, place)| place.exists && !is_open(place));
        let rows: Vec<_> = opened.chain(others.map(|(at, place)| not_opened(model, at, place))).collect();
        let absent = known.iter().filter(|place| !place.exists).count();
        let cursor = before.cursor.min(rows.len().saturating_sub(1));
        Self { rows, cursor, absent, surveys: before.surveys }
    }

    /// The source under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Option<&SourceRow> {
        self.rows.get(self.cursor)
    }

    /// What was seen of `which`, in words: "4m ago   25.3 KiB   lock free".
    #[must_use]
    pub fn outside(&self, which: Which, now: UnixSeconds) -> Line {
        let Some(survey) = self.surveys.iter().find(|survey| survey.which == which) else {
            return Line::new();
        };
        let age = survey.modified.map(|at| when::changed(at, now));
        let bytes = survey.bytes.map(|bytes| change::size(usize::try_from(bytes).unwrap_or(usize::MAX)));
        let facts: Vec<_> = [age.map(|age| format!("changed {age}")), bytes].into_iter().flatten().collect();
        let line = Line::new().with(Role::Dim, &facts.join("   "));
        let gap = if facts.is_empty() { "" } else { "   " };
        let role = if survey.lock == FREE { Role::Dim } else { Role::Warn };
        // What lies in no file has no lock.
        if survey.bytes.is_none() && survey.lock == FREE {
            return line;
        }
        line.with(role, &format!("{gap}lock {}", survey.lock))
    }
}

fn opened(model: &Model, cache: &OpenCache, known: &[Known]) -> SourceRow {
    let place = known.iter().find(|place| is_at(model, cache, place));
    let is_readonly = model.session.readonly.is_some() || cache.readonly.is_some();
    SourceRow {
        which: Which::Open(cache.id),
        app: place.map_or_else(String::new, |place| place.app.clone()),
        place: cache.name.clone(),
        access: if is_readonly { "RO" } else { "RW" },
        holds: content(model, cache),
        why_not: None,
    }
}

/// Whether `cache` was opened at `place`: what lies in a keyring has no path.
fn is_at(model: &Model, cache: &OpenCache, place: &Known) -> bool {
    match &cache.path {
        Some(path) => *path == place.path,
        None => cache.name == place.place.short(model.session.home.as_deref()),
    }
}

fn content(model: &Model, cache: &OpenCache) -> Line {
    if let Some(users) = &cache.users {
        return listed(users);
    }
    let reading = match &cache.content {
        Content::Loading | Content::Glimpse(_) => return Line::new().with(Role::Dim, "being read"),
        Content::Failed(error) => {
            return Line::new().with(Role::Bad, "x ").with(Role::Plain, &crate::present::words::error(error));
        }
        Content::Ready(reading) => reading,
    };
    let mode = reading.mode.map_or_else(String::new, |mode| format!("plaintext {:04o}   ", mode & 0o7777));
    let is_open = reading.mode.is_some_and(|mode| mode & 0o077 != 0);
    let entries = discover::entry_count(reading.roster.rows.len());
    let line = Line::new().with(if is_open { Role::Warn } else { Role::Plain }, &mode).with(Role::Plain, &entries);
    if reading.roster.accounts.len() > ACCOUNTS {
        return line;
    }
    line.and(discover::accounts(&standing(&reading.roster, model.moment.now), "   accounts: "))
}

/// What a place with one cache per user holds, as far as it was read.
fn listed(users: &Users) -> Line {
    let count = Line::plain(&format!("{} caches", users.rows.len()));
    match &users.scan {
        Scan::Done => count,
        Scan::Running => count.with(Role::Dim, ", being read"),
        Scan::Stopped => count.with(Role::Warn, ", stopped: not all"),
        Scan::Lost(error) => count.with(Role::Bad, "   x ").with(Role::Plain, &crate::present::words::error(error)),
    }
}

fn not_opened(model: &Model, at: usize, place: &Known) -> SourceRow {
    let opens = place.why_not.as_ref().is_none_or(WhyNot::opens_when_asked);
    let why_not = (!opens).then(|| format!("{}: it is not opened", place.state));
    let says = if opens && !place.plaintext { "   not opened; enter opens it" } else { "   not opened" };
    SourceRow {
        which: Which::Known(at),
        app: place.app.clone(),
        place: place.place.short(model.session.home.as_deref()),
        access: "-",
        holds: Line::new().with(Role::Plain, &place.state).with(Role::Dim, says),
        why_not,
    }
}
