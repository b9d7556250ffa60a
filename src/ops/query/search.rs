//! A query over an index, term by term. Each term's rows are remembered: at the next key only the terms that changed
//! are looked for, and a word that was made longer only where the shorter one stood. So typing on is cheap whatever
//! `!` and `or` do with the terms.

use memchr::memmem::Finder;

use super::bits::Bits;
use super::cells::Column;
use super::index::{Cells, Index};
use super::matching::{Wanted, is_in_time};
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
    /// Of a word: the cells that hold it, by column; `None` of a column that was not searched as a whole.
    cells: Vec<Option<Bits>>,
}

impl Memory {
    /// The rows that `query` takes. `memory` is of this index, or empty; it holds the terms of `query` afterwards.
    pub fn search(&mut self, index: &Index, query: &Query, now: UnixSeconds) -> Bits {
        let mut search = Search { index, now, before: std::mem::take(&mut self.0), known: Vec::new() };
        let rows = search.rows(&query.0);
        self.0 = search.known;
        rows
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
        let rows = match &term {
            Term::Word(word) => return self.word(word, &term),
            Term::Text(field, fit, values) => {
                let wanted = Wanted::of(*field, *fit, values);
                index.column(field.column()).map_or_else(|| Bits::none(index.len()), |cells| fitting(cells, &wanted))
            }
            Term::Claim(name, fit, values) => {
                let wanted = Wanted::claim(*fit, values);
                index.claim(name).map_or_else(|| Bits::none(index.len()), |cells| fitting(&cells, &wanted))
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
        Known { term, now, rows, cells: Vec::new() }
    }

    fn word(&self, word: &str, term: &Term) -> Known {
        let shorter = self.shorter(word);
        let finder = Finder::new(word);
        let mut rows = Bits::none(self.index.len());
        let mut cells = vec![None; Column::OF_WORDS.len()];
        for (at, column) in self.index.words() {
            let left = rows.clone().not();
            // A letter that stands nearly everywhere is soon found of nearly all rows.
            if left.count() < self.index.len() / FEW {
                let hits = left.iter().filter(|row| finder.find(column.of_row(*row).as_bytes()).is_some());
                hits.for_each(|row| rows.put(row));
                continue;
            }
            let holding = match shorter.and_then(|shorter| shorter.cells.get(at)?.as_ref()) {
                Some(shorter) => narrowed(column, shorter, word),
                None => column.holding(word),
            };
            rows = rows.or(&column.rows(&holding));
            cells.get_mut(at).into_iter().for_each(|known| *known = Some(holding.clone()));
        }
        Known { term: term.clone(), now: self.now, rows, cells }
    }

    /// Of the words known before that stand in `word`, the longest.
    fn shorter(&self, word: &str) -> Option<&Known> {
        let standing = |known: &&Known| match &known.term {
            Term::Word(shorter) => word.contains(shorter.as_str()),
            Term::Kind(_) | Term::Text(..) | Term::Claim(..) | Term::Time(..) | Term::Flag(_) => false,
        };
        let length = |known: &&Known| match &known.term {
            Term::Word(shorter) => shorter.len(),
            Term::Kind(_) | Term::Text(..) | Term::Claim(..) | Term::Time(..) | Term::Flag(_) => 0,
        };
        self.before.iter().filter(standing).max_by_key(length)
    }
}

/// Less than one in so many is searched one by one, more as one text.
const FEW: usize = 8;

/// Of the cells that hold the shorter word, those that hold `word`.
fn narrowed(cells: &Cells, shorter: &Bits, word: &str) -> Bits {
    if shorter.count() > cells.count() / FEW {
        return cells.holding(word);
    }
    let finder = Finder::new(word);
    let mut left = Bits::none(cells.count());
    let hits = shorter.iter().filter(|cell| finder.find(cells.get(*cell).as_bytes()).is_some());
    hits.for_each(|cell| left.put(cell));
    left
}

/// The rows with a cell that fits: one that holds a value, and where more is asked, in the right way.
fn fitting(cells: &Cells, wanted: &Wanted<'_>) -> Bits {
    let holding =
        |texts: &[String]| texts.iter().fold(Bits::none(cells.count()), |held, text| held.or(&cells.holding(text)));
    let values = holding(wanted.values);
    // Where a value may stand anywhere, only a cell with nothing but a known name is to be looked at.
    let (mut fitting, looked_at) = match wanted.is_anywhere() {
        true => (values.clone(), holding(&wanted.known).and(&values.not())),
        false => (Bits::none(cells.count()), values.or(&holding(&wanted.known))),
    };
    looked_at.iter().filter(|cell| wanted.fits(cells.get(*cell))).for_each(|cell| fitting.put(cell));
    cells.rows(&fitting)
}
