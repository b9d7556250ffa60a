//! What the filter takes of a reading. Text that is no query leaves the last good result and says where it fails; what
//! would take too long here waits for a worker, and leaves the last result until then, too. Pure.

use super::model::Reading;
use crate::cache::Cache;
use crate::ops::query::{Bits, Index, Memory, Query, QueryError};
use crate::time::UnixSeconds;

/// The filter as it works.
#[derive(Clone, Debug, Default)]
pub struct Sieve {
    query: Query,
    error: Option<QueryError>,
    state: State,
    memory: Memory,
}

#[derive(Clone, Debug, Default)]
enum State {
    /// Everything passes.
    #[default]
    Open,
    /// These rows pass.
    Taken(Bits),
    /// Nothing is known yet: the names of a large cache, or what its tokens claim. Until then the rows that passed
    /// before pass on; `None` if all did.
    Waiting(Asked, Option<Bits>),
}

/// Whether a worker was asked for what a query needs.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    NotYet,
    For(Need),
}

/// What a worker is to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The names, and what the tokens say in these claims.
    Names(Vec<String>),
    /// The rows that this query takes.
    Rows(Query),
}

/// What a worker found.
#[derive(Debug)]
pub struct Found {
    query: Query,
    rows: Bits,
    memory: Memory,
    as_of: UnixSeconds,
}

impl Found {
    /// What `query` takes of `reading` at `now`, by whoever remembers `memory` of it; `None` as long as its names are not
    /// read.
    #[must_use]
    pub fn of(query: Query, mut memory: Memory, reading: &Reading, now: UnixSeconds) -> Option<Self> {
        let rows = memory.search(reading.known_index()?, &query, now);
        Some(Self { query, rows, memory, as_of: now })
    }

    /// The moment for which it was found.
    #[must_use]
    pub fn as_of(&self) -> UnixSeconds {
        self.as_of
    }
}

/// With no more rows, and tokens that are no longer in all, names and claims are read within a keystroke.
pub(super) const FEW: usize = 1000;
const SHORT: usize = 4 << 20;

/// Whether names and claims of `reading` are read before a frame, rather than by a worker.
#[must_use]
pub fn is_small(reading: &Reading) -> bool {
    reading.roster.rows.len() <= FEW && reading.document.len() <= SHORT
}

impl Sieve {
    /// A filter by `text` before anything was read; what is no query takes everything.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut sieve = Self::default();
        sieve.read(text);
        sieve
    }

    fn read(&mut self, text: &str) {
        match Query::parse(text) {
            Ok(query) => (self.query, self.error) = (query, None),
            Err(error) => self.error = Some(error),
        }
    }

    /// Reads `text` for rows that others judge by the query; `refuse` says what such rows cannot answer.
    pub fn ask_only(&mut self, text: &str, refuse: impl Fn(&Query) -> Option<QueryError>) {
        let was = self.query.clone();
        self.read(text);
        // Keys have colons in them: what is one word and no query is looked for as it is.
        let is_one_word = !text.contains(|c: char| c.is_whitespace() || "()\"".contains(c));
        if self.error.is_some() && is_one_word {
            self.read(&format!("\"{text}\""));
        }
        if self.error.is_none()
            && let Some(error) = refuse(&self.query)
        {
            (self.query, self.error) = (was, Some(error));
        }
    }

    /// Judges the rows of `reading` by `text` at `now`.
    pub fn sift(&mut self, text: &str, reading: &Reading, now: UnixSeconds) {
        self.read(text);
        if self.error.is_none() {
            self.judge(reading, now);
        }
    }

    /// Judges another reading by the last good query, or takes what a worker `found` by it.
    pub fn begin(&mut self, reading: &Reading, found: Option<Found>, now: UnixSeconds) {
        // Of another reading nothing passed yet: it is not shown unfiltered first.
        let nothing = Bits::none(reading.roster.rows.len());
        (self.memory, self.state) = (Memory::default(), State::Waiting(Asked::NotYet, Some(nothing)));
        found.into_iter().for_each(|found| self.take(found));
        if self.is_waiting() {
            self.judge(reading, now);
        }
    }

    /// Judges the rows of the same reading by the last good query.
    pub fn judge(&mut self, reading: &Reading, now: UnixSeconds) {
        if self.query.is_empty() {
            (self.state, self.memory) = (State::Open, Memory::default());
            return;
        }
        if is_small(reading) {
            prepare(reading, &self.query.claims());
        }
        let is_quick = |index: &Index| self.memory.is_quick(index, &self.query);
        match reading.known_index().filter(|index| index.knows(&self.query) && is_quick(index)) {
            Some(index) => self.state = State::Taken(self.memory.search(index, &self.query, now)),
            None if self.is_waiting() => {}
            None => self.state = State::Waiting(Asked::NotYet, self.taken().cloned()),
        }
    }

    /// What a worker is to find out of `reading`, if it was not asked yet.
    pub fn ask(&mut self, reading: &Reading) -> Option<Need> {
        let State::Waiting(asked, _) = &mut self.state else { return None };
        let need = match reading.known_index() {
            Some(index) if index.knows(&self.query) => Need::Rows(self.query.clone()),
            Some(_) | None => Need::Names(self.query.claims().into_iter().map(str::to_owned).collect()),
        };
        let now = Asked::For(need.clone());
        (*asked != now).then(|| {
            *asked = now;
            need
        })
    }

    /// What was remembered of the last query, to go on from there; it comes back with what is found.
    #[must_use]
    pub fn lend_memory(&mut self) -> Memory {
        std::mem::take(&mut self.memory)
    }

    /// Takes in what a worker found, if it is still what is asked.
    pub fn take(&mut self, found: Found) {
        if self.is_waiting() && self.query == found.query {
            (self.state, self.memory) = (State::Taken(found.rows), found.memory);
        }
    }

    /// What a worker was asked for, while it works.
    #[must_use]
    pub fn awaits(&self) -> Option<&Need> {
        match &self.state {
            State::Waiting(Asked::For(need), _) => Some(need),
            State::Waiting(Asked::NotYet, _) | State::Open | State::Taken(_) => None,
        }
    }

    /// A worker has read what it was asked for; what is missing now is to be asked for again.
    pub fn told(&mut self) {
        if let State::Waiting(asked, _) = &mut self.state {
            *asked = Asked::NotYet;
        }
    }

    /// The rows that pass, or passed as long as a worker reads; `None` if all do.
    #[must_use]
    pub fn taken(&self) -> Option<&Bits> {
        match &self.state {
            State::Taken(rows) | State::Waiting(_, Some(rows)) => Some(rows),
            State::Open | State::Waiting(_, None) => None,
        }
    }

    /// Whether a worker must first read what the query asks for.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting(..))
    }

    /// Why the text is no query, if it is none.
    #[must_use]
    pub fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    /// The last good query.
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }
}

/// Reads the names of `reading`, and what its tokens say in `claims`.
pub fn prepare(reading: &Reading, claims: &[&str]) {
    prepare_while(reading, claims, &|| true);
}

/// The same as long as `go_on` says so: claims read in part are dropped.
pub fn prepare_while(reading: &Reading, claims: &[&str], go_on: &dyn Fn() -> bool) {
    let index = reading.index();
    if !claims.iter().all(|name| index.has_claim(name)) {
        index.learn_while(&Cache::of(&reading.document), &reading.roster, claims, go_on);
    }
}

#[cfg(test)]
mod tests;
