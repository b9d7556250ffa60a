//! A query over an index, term by term. Each term's rows are remembered, and the cells in which each text was found:
//! at the next key only the texts that changed are looked for, and one that was made longer only where the shorter one
//! stood. So typing on is cheap whatever `!` and `or` do with the terms.

use memchr::memmem::Finder;

use super::bits::Bits;
use super::cells::Column;
use super::index::{Cells, Index};
use super::matching::{How, Wanted, is_in_time};
use super::{Clock, Flag, Node, Query, Term};
use crate::cache::State;
use crate::time::UnixSeconds;

/// What the terms of the last query took, of one index.
#[derive(Clone, Debug, Default)]
pub struct Memory(Vec<Known>);

#[derive(Clone, Debug)]
struct Known {
    term: Term,
    now: UnixSeconds,
    rows: Bits,
    found: Vec<Found>,
}

/// Where a text was found.
#[derive(Clone, Debug)]
struct Found {
    place: Place,
    how: How,
    text: String,
    cells: Bits,
}

/// Cells to look in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Column(Column),
    Claim(String),
}

impl Memory {
    /// The rows that `query` takes. `memory` is of this index, or empty; it holds the terms of `query` afterwards.
    pub fn search(&mut self, index: &Index, query: &Query, now: UnixSeconds) -> Bits {
        let mut search = Search { index, now, before: std::mem::take(&mut self.0), known: Vec::new() };
        let rows = search.rows(&query.0);
        self.0 = search.known;
        rows
    }

    /// Whether `query` can be answered from `index` within a keystroke.
    #[must_use]
    pub fn is_quick(&self, index: &Index, query: &Query) -> bool {
        self.cost(index, query) <= QUICK
    }

    /// How many bytes of `index` are looked at for `query`, at most: nothing of what is remembered, a share of what is
    /// narrowed, and all of the rest, of which the first letter of a word has the most.
    #[must_use]
    pub fn cost(&self, index: &Index, query: &Query) -> usize {
        let terms = query.terms().into_iter().map(|(term, _)| term);
        terms.map(|term| self.cost_of(index, term)).sum()
    }

    fn cost_of(&self, index: &Index, term: &Term) -> usize {
        if self.0.iter().any(|known| known.term == *term && !term.depends_on_time()) {
            return 0;
        }
        let column = |column: &Column, wishes: &[(How, String)]| {
            let cells = index.column(*column);
            cells.map_or(0, |cells| self.cost_in(cells, &Place::Column(*column), wishes))
        };
        match term {
            Term::Word(word) => {
                let wishes = [(How::Part, word.clone())];
                Column::OF_WORDS.iter().map(|of| column(of, &wishes)).sum()
            }
            Term::Text(field, fit, values) => {
                let wanted = Wanted::of(*field, *fit, values);
                field.columns().iter().map(|of| column(of, &wanted.0)).sum()
            }
            Term::Claim(name, fit, values) => {
                let cells = index.claim(name);
                let wanted = Wanted::claim(*fit, values);
                cells.map_or(0, |cells| self.cost_in(&cells, &Place::Claim(name.clone()), &wanted.0))
            }
            // A few bytes of each row.
            Term::Kind(_) | Term::Time(..) | Term::Flag(_) => index.len() * size_of::<u64>(),
        }
    }

    /// What the texts cost in one column, and the walk over its rows behind them.
    fn cost_in(&self, cells: &Cells, place: &Place, wishes: &[(How, String)]) -> usize {
        let texts = wishes.iter().map(|(how, text)| match way(&self.0, cells, place, *how, text) {
            Way::Known(_) => 0,
            // Cells that are looked at one by one cost a step each beside their text.
            Way::Narrow(shorter) => shorter.iter().map(|cell| cells.length(cell) + STEP).sum(),
            // Of scopes there are two to look for.
            Way::Whole if *how == How::Scope => 2 * cells.bytes(),
            Way::Whole => cells.bytes(),
        });
        texts.sum::<usize>() + cells.row_bytes()
    }
}

/// As many bytes are searched in a few milliseconds, also where nearly every cell has a hit.
const QUICK: usize = 8 << 20;
/// As many bytes are searched while one cell is found.
const STEP: usize = 64;

/// How the cells in which a text stands are found.
enum Way<'m> {
    /// They were found before.
    Known(&'m Found),
    /// Among these, in which a shorter text stood.
    Narrow(&'m Bits),
    /// Among all.
    Whole,
}

/// How `text` is found in `cells` by whoever knows `before`.
fn way<'m>(before: &'m [Known], cells: &Cells, place: &Place, how: How, text: &str) -> Way<'m> {
    let found = || before.iter().flat_map(|known| &known.found).filter(|found| found.place == *place);
    if let Some(same) = found().find(|found| found.how == how && found.text == text) {
        return Way::Known(same);
    }
    let shorter = found().filter(|found| found.how == How::Part && text.contains(&found.text));
    let fewest = shorter.map(|found| (found.cells.count(), &found.cells)).min_by_key(|(count, _)| *count);
    match fewest {
        Some((count, shorter)) if count <= cells.count() / FEW => Way::Narrow(shorter),
        Some(_) | None => Way::Whole,
    }
}

struct Search<'i> {
    index: &'i Index,
    now: UnixSeconds,
    before: Vec<Known>,
    known: Vec<Known>,
}

impl Search<'_> {
    fn rows(&mut self, node: &Node) -> Bits {
        match node {
            Node::All(nodes) => nodes.iter().fold(Bits::all(self.index.len()), |rows, node| rows.and(&self.rows(node))),
            Node::Any(nodes) => nodes.iter().fold(Bits::none(self.index.len()), |rows, node| rows.or(&self.rows(node))),
            Node::Not(node) => self.rows(node).not(),
            Node::Is(term) => self.term(term),
        }
    }

    fn term(&mut self, term: &Term) -> Bits {
        let is_it = |known: &&Known| known.term == *term && (known.now == self.now || !term.depends_on_time());
        if let Some(known) = self.known.iter().find(is_it) {
            return known.rows.clone();
        }
        let found = self.before.iter().find(is_it).cloned().unwrap_or_else(|| self.look_for(term));
        let rows = found.rows.clone();
        self.known.push(found);
        rows
    }

    fn look_for(&self, term: &Term) -> Known {
        let (term, now, index) = (term.clone(), self.now, self.index);
        let facts = |has: &dyn Fn(&super::index::Facts) -> bool| {
            Bits::of(index.len(), |at| index.facts.get(at).is_some_and(has))
        };
        let mut found = Vec::new();
        let rows = match &term {
            Term::Word(word) => self.word(word, &mut found),
            Term::Text(field, fit, values) => {
                let wanted = Wanted::of(*field, *fit, values);
                field.columns().iter().fold(Bits::none(index.len()), |rows, column| {
                    let cells = index.column(*column);
                    rows.or(&self.fitting(cells, &Place::Column(*column), &wanted, &mut found))
                })
            }
            Term::Claim(name, fit, values) => {
                let (cells, wanted) = (index.claim(name), Wanted::claim(*fit, values));
                self.fitting(cells.as_deref(), &Place::Claim(name.clone()), &wanted, &mut found)
            }
            Term::Kind(kinds) => facts(&|row| kinds.contains(&row.section)),
            Term::Time(clock, order, bound) => facts(&|row| {
                let time = match clock {
                    Clock::Expires => row.expires_on,
                    Clock::Cached => row.cached_at,
                };
                is_in_time(time, now, *clock, *order, *bound)
            }),
            Term::Flag(flag) => facts(&|row| match flag {
                Flag::Expired => State::of(row.expires_on, now) == State::Expired,
                Flag::Expiring => State::of(row.expires_on, now) == State::Expiring,
                Flag::Orphan => row.orphan,
                Flag::AppOnly => row.app_only,
            }),
        };
        Known { term, now, rows, found }
    }

    fn word(&self, word: &str, found: &mut Vec<Found>) -> Bits {
        let finder = Finder::new(word);
        let mut rows = Bits::none(self.index.len());
        for (column, cells) in self.index.words() {
            let left = rows.clone().not();
            // A letter that stands nearly everywhere is soon found of nearly all rows.
            if left.count() < cells.count().min(self.index.len() / FEW) {
                let hits = left.iter().filter(|row| finder.find(cells.of_row(*row).as_bytes()).is_some());
                hits.for_each(|row| rows.put(row));
                continue;
            }
            let holding = self.cells(cells, &Place::Column(column), How::Part, word);
            rows = rows.or(&cells.rows(&holding.cells));
            found.push(holding);
        }
        rows
    }

    /// The rows with a cell that fits.
    fn fitting(&self, cells: Option<&Cells>, place: &Place, wanted: &Wanted, found: &mut Vec<Found>) -> Bits {
        let Some(cells) = cells else { return Bits::none(self.index.len()) };
        let mut fitting = Bits::none(cells.count());
        for (how, text) in &wanted.0 {
            let held = self.cells(cells, place, *how, text);
            fitting = fitting.or(&held.cells);
            found.push(held);
        }
        cells.rows(&fitting)
    }

    /// The cells where `text` stands as asked: those of before, or of those in which a shorter text stood, or of all.
    fn cells(&self, cells: &Cells, place: &Place, how: How, text: &str) -> Found {
        let held = match way(&self.before, cells, place, how, text) {
            Way::Known(same) => return same.clone(),
            Way::Narrow(shorter) => narrowed(cells, shorter, how, text),
            Way::Whole => match how {
                How::Part => cells.holding(text),
                How::Text => cells.having(text),
                How::Scope => cells.granting(text),
            },
        };
        Found { place: place.clone(), how, text: text.to_owned(), cells: held }
    }
}

/// Less than one in so many is searched one by one, more as one text.
const FEW: usize = 8;

/// Of the cells that hold a shorter text, those where `text` stands as asked.
fn narrowed(cells: &Cells, shorter: &Bits, how: How, text: &str) -> Bits {
    let finder = Finder::new(text);
    let fits = |cell: &str| match how {
        How::Part => finder.find(cell.as_bytes()).is_some(),
        How::Text | How::Scope => how.fits(cell, text),
    };
    let mut left = Bits::none(cells.count());
    shorter.iter().filter(|cell| fits(cells.get(*cell))).for_each(|cell| left.put(cell));
    left
}

#[cfg(test)]
mod tests;
