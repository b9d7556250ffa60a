//! The names of all rows, folded and each kept once, for searching at every key. Built off the screen's thread, once
//! for each reading. Holds no secret, and of tokens only the claims that were asked for by name.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use memchr::memmem::Finder;

use super::Query;
use super::bits::Bits;
use super::cells::{self, BREAK, Column};
use super::matching::claim;
use crate::cache::{Cache, Roster, Row, Section};
use crate::time::UnixSeconds;

#[cfg(test)]
thread_local! {
    /// How many bytes were looked at.
    pub(crate) static LOOKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// What is searched of one reading.
pub struct Index {
    columns: Vec<Cells>,
    /// Columns of claims, by name, as they were asked for.
    claims: RwLock<Vec<(String, Arc<Cells>)>>,
    /// The few facts of each row that are no names.
    pub(super) facts: Vec<Facts>,
}

/// What terms ask of a row beside its names. Kept apart from the rows, which are twenty times as long.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    pub(super) section: Section,
    pub(super) orphan: bool,
    pub(super) app_only: bool,
    pub(super) expires_on: Option<UnixSeconds>,
    pub(super) cached_at: Option<UnixSeconds>,
}

impl Index {
    /// The index of `roster`, without claims.
    #[must_use]
    pub fn of(roster: &Roster) -> Self {
        let columns = Column::ALL.into_iter().map(|column| Cells::of(roster, column)).collect();
        Self { columns, claims: RwLock::default(), facts: roster.rows.iter().map(Facts::of).collect() }
    }

    /// Whether everything that `query` asks for is in it.
    #[must_use]
    pub fn knows(&self, query: &Query) -> bool {
        query.claims().into_iter().all(|name| self.has_claim(name))
    }

    /// Whether the claim `name` is in it.
    #[must_use]
    pub fn has_claim(&self, name: &str) -> bool {
        self.claim(name).is_some()
    }

    /// The claims that are in it.
    #[must_use]
    pub fn claims(&self) -> Vec<String> {
        let claims = self.claims.read().unwrap_or_else(PoisonError::into_inner);
        claims.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Decodes the tokens of `cache`, whose rows these are, for the claims `names`; forgets others.
    pub fn learn(&self, cache: &Cache<'_>, roster: &Roster, names: &[&str]) {
        self.learn_while(cache, roster, names, &|| true);
    }

    /// The same as long as `go_on` says so; once it does not, nothing is learnt.
    pub fn learn_while(&self, cache: &Cache<'_>, roster: &Roster, names: &[&str], go_on: &dyn Fn() -> bool) {
        let decoded = |name: &str| {
            let say = |row: &Row| cache.entry(row.spot).and_then(|entry| claim(&entry, name)).unwrap_or_default();
            Arc::new(Cells::from_texts(roster.rows.iter().take_while(|_| go_on()).map(say)))
        };
        let learnt = names.iter().map(|name| ((*name).to_owned(), self.claim(name).unwrap_or_else(|| decoded(name))));
        let learnt: Vec<_> = learnt.collect();
        if !go_on() {
            return;
        }
        *self.claims.write().unwrap_or_else(PoisonError::into_inner) = learnt;
    }

    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// How much memory the names take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(Cells::bytes).sum::<usize>() + self.facts.len() * size_of::<Facts>()
    }

    pub(super) fn column(&self, column: Column) -> Option<&Cells> {
        self.columns.get(Column::ALL.iter().position(|known| *known == column)?)
    }

    /// The columns in which words are looked for, those with the fewest cells first.
    pub(super) fn words(&self) -> Vec<(Column, &Cells)> {
        let columns = Column::OF_WORDS.into_iter();
        let mut found: Vec<_> = columns.filter_map(|column| Some((column, self.column(column)?))).collect();
        found.sort_by_key(|(_, cells)| cells.count());
        found
    }

    pub(super) fn claim(&self, name: &str) -> Option<Arc<Cells>> {
        let claims = self.claims.read().unwrap_or_else(PoisonError::into_inner);
        claims.iter().find(|(known, _)| known == name).map(|(_, cells)| Arc::clone(cells))
    }
}

impl Facts {
    fn of(row: &Row) -> Self {
        let expires_on = row.expires_on.filter(|_| row.section == Section::AccessToken);
        Self {
            section: row.section,
            orphan: row.orphan,
            app_only: row.is_app_only(),
            expires_on,
            cached_at: row.cached_at,
        }
    }
}

/// One column: every distinct cell once, one behind another, and for each row which cell it has.
#[derive(Default)]
pub(super) struct Cells {
    text: String,
    /// Where each cell begins; one more for the end.
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Cells {
    fn of(roster: &Roster, column: Column) -> Self {
        let mut made = Making::default();
        let mut previous: Option<&Row> = None;
        let mut room = String::new();
        for row in &roster.rows {
            if previous.is_some_and(|previous| cells::is_same(column, previous, row)) {
                made.again();
            } else {
                cells::cell(roster, row, column, &mut room);
                made.add(&room);
            }
            previous = Some(row);
        }
        made.end()
    }

    fn from_texts(texts: impl Iterator<Item = String>) -> Self {
        let mut made = Making::default();
        texts.for_each(|text| made.add(&text));
        made.end()
    }

    /// How long its text is, and what stands beside it.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + (self.starts.len() + self.ids.len()) * size_of::<u32>()
    }

    /// How long `cell` is.
    pub(super) fn length(&self, cell: usize) -> usize {
        let start = self.starts.get(cell).map_or(0, |start| *start as usize);
        self.end(cell).min(self.text.len()).saturating_sub(start)
    }

    /// How long the walk over its rows is.
    pub(super) fn row_bytes(&self) -> usize {
        self.ids.len() * size_of::<u32>()
    }

    /// How many distinct cells there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(super) fn get(&self, cell: usize) -> &str {
        let start = self.starts.get(cell).map_or(0, |start| *start as usize);
        let text = self.text.get(start..self.end(cell)).unwrap_or("");
        #[cfg(test)]
        LOOKED.set(LOOKED.get() + text.len());
        text
    }

    /// Where `cell` ends; behind the last one, past every text.
    fn end(&self, cell: usize) -> usize {
        self.starts.get(cell + 1).map_or(usize::MAX, |end| *end as usize)
    }

    /// The cell of `row`.
    pub(super) fn of_row(&self, row: usize) -> &str {
        self.ids.get(row).map_or("", |id| self.get(*id as usize))
    }

    /// The cells that hold `word`.
    pub(super) fn holding(&self, word: &str) -> Bits {
        self.with(word, |_| true)
    }

    /// The cells of which `text` is one of the texts.
    pub(super) fn having(&self, text: &str) -> Bits {
        if text.contains(BREAK) {
            return Bits::none(self.count());
        }
        self.with(&format!("{text}{BREAK}"), |before| before.is_none_or(is_break))
    }

    /// The cells of scopes of which `scope` is one, or the end of one behind its last slash.
    pub(super) fn granting(&self, scope: &str) -> Bits {
        if scope.contains(|c: char| c == BREAK || c.is_whitespace()) {
            return Bits::none(self.count());
        }
        let begins = |before: Option<u8>| match before {
            None | Some(b' ') => true,
            Some(b'/') => !scope.contains('/'),
            Some(other) => is_break(other),
        };
        // What stands behind it is searched with it: a short one alone stands nearly everywhere.
        let inside = self.with(&format!("{scope} "), begins);
        inside.or(&self.with(&format!("{scope}{BREAK}"), begins))
    }

    /// The cells that hold `word` with the right byte before it, if any: the whole text is searched at once, and of
    /// each cell only up to its first hit.
    fn with(&self, word: &str, begins: impl Fn(Option<u8>) -> bool) -> Bits {
        #[cfg(test)]
        LOOKED.set(LOOKED.get() + self.text.len());
        let finder = Finder::new(word);
        let text = self.text.as_bytes();
        let mut found = Bits::none(self.count());
        let (mut from, mut cell) = (0usize, 0usize);
        while let Some(hit) = text.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + hit;
            let mut end = self.end(cell);
            // One step is the rule where hits are many, and where they are few all steps are cheap.
            while end <= at {
                cell += 1;
                end = self.end(cell);
            }
            // A hit that runs over the edge is none, but the cell may hold another behind it.
            let is_inside = at + word.len() <= end;
            if is_inside && begins(at.checked_sub(1).and_then(|before| text.get(before).copied())) {
                found.put(cell);
                from = end;
            } else {
                from = at + 1;
            }
        }
        found
    }

    /// The rows whose cell is in `cells`.
    pub(super) fn rows(&self, cells: &Bits) -> Bits {
        #[cfg(test)]
        LOOKED.set(LOOKED.get() + self.row_bytes());
        match cells.count() {
            0 => Bits::none(self.ids.len()),
            all if all == self.count() => Bits::all(self.ids.len()),
            _ => Bits::of(self.ids.len(), |row| self.ids.get(row).is_some_and(|id| cells.has(*id as usize))),
        }
    }
}

fn is_break(byte: u8) -> bool {
    char::from(byte) == BREAK
}

/// Cells being gathered.
#[derive(Default)]
struct Making {
    cells: Cells,
    known: HashMap<Box<str>, u32>,
}

impl Making {
    /// A row with the cell of the row before.
    fn again(&mut self) {
        let id = self.cells.ids.last().copied().unwrap_or(0);
        self.cells.ids.push(id);
    }

    fn add(&mut self, cell: &str) {
        let id = self.known.get(cell).copied().unwrap_or_else(|| {
            let id = u32::try_from(self.known.len()).expect("a cache has fewer rows than four billion");
            self.cells.starts.push(self.end_of_text());
            self.cells.text.push_str(cell);
            self.known.insert(cell.into(), id);
            id
        });
        self.cells.ids.push(id);
    }

    fn end(mut self) -> Cells {
        let end = self.end_of_text();
        self.cells.starts.push(end);
        self.cells.text.shrink_to_fit();
        self.cells
    }

    fn end_of_text(&self) -> u32 {
        u32::try_from(self.cells.text.len()).expect("the names of a cache are shorter than four gigabytes")
    }
}
