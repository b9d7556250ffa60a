//! What an undo brings back and takes away, in words. Compares two texts entry by entry; shows no secret.

use std::collections::BTreeMap;

use super::columns::table;
use super::words::{Line, Role};
use crate::cache::{Cache, Roster, Row};
use crate::json::{Document, EntrySpot, Path};
use crate::source::Undone;

/// Entries that differ between two texts: (path, spot in the text in which it stands).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// In the new text alone.
    pub back: Vec<(Path, EntrySpot)>,
    /// In the old text alone.
    pub gone: Vec<(Path, EntrySpot)>,
    /// In both, with other content.
    pub changed: Vec<(Path, EntrySpot)>,
}

/// What differs between `before` and `after`.
#[must_use]
pub fn difference(before: &Document, after: &Document) -> Difference {
    let (was, is) = (entries(before), entries(after));
    let raw = |document: &Document, spot| document.node(spot).map(|node| node.raw().into_owned());
    let mut difference = Difference::default();
    for (path, spot) in &is {
        match was.get(path) {
            None => difference.back.push((path.clone(), *spot)),
            Some(old) if raw(before, *old) != raw(after, *spot) => difference.changed.push((path.clone(), *spot)),
            Some(_) => {}
        }
    }
    let gone = was.iter().filter(|(path, _)| !is.contains_key(*path));
    difference.gone = gone.map(|(path, spot)| (path.clone(), *spot)).collect();
    difference
}

/// One line an entry: `+` comes back, `-` goes, `~` changes; then what is skipped and why.
#[must_use]
pub fn lines(undone: &Undone) -> Vec<Line> {
    let Difference { back, gone, changed } = difference(&undone.before, &undone.after);
    let named = [
        Named { sign: "+ ", role: Role::Added, rows: rows(&undone.after, &back), more: more(&back) },
        Named { sign: "- ", role: Role::Removed, rows: rows(&undone.before, &gone), more: more(&gone) },
        Named { sign: "~ ", role: Role::Warn, rows: rows(&undone.after, &changed), more: more(&changed) },
    ];
    // One table, so that all stand under one another.
    let all: Vec<[String; 3]> = named.iter().flat_map(|named| named.rows.iter().cloned()).collect();
    let mut told = table(&all, [Role::Plain; 3]).into_iter();
    let mut lines = Vec::new();
    for Named { sign, role, rows, more } in named {
        let of_sort = told.by_ref().take(rows.len());
        lines.extend(of_sort.map(|line| Line::new().with(role, &format!("{sign}{}", line.text()))));
        lines.extend((more > 0).then(|| Line::new().with(role, &format!("{sign}… and {more} more"))));
    }
    let skipped = |(path, why): &(Path, String)| Line::new().with(Role::Warn, &format!("skipped {path}: {why}"));
    lines.extend(undone.skipped.iter().map(skipped));
    lines
}

fn entries(document: &Document) -> BTreeMap<Path, EntrySpot> {
    let spots = document.sections().flat_map(|section| document.entries(section));
    spots.map(|spot| (document.path(spot), spot)).collect()
}

/// The most lines of one sort.
const MOST: usize = 40;

/// Entries of one sort: the columns of their lines, and how many are left out.
struct Named {
    sign: &'static str,
    role: Role,
    rows: Vec<[String; 3]>,
    more: usize,
}

fn more<T>(entries: &[T]) -> usize {
    entries.len().saturating_sub(MOST)
}

/// Section, title and account of each entry.
fn rows(document: &Document, entries: &[(Path, EntrySpot)]) -> Vec<[String; 3]> {
    if entries.is_empty() {
        return Vec::new();
    }
    let roster = Roster::of(&Cache::of(document));
    let rows: BTreeMap<EntrySpot, &Row> = roster.rows.iter().map(|row| (row.spot, row)).collect();
    let cells = |(_, spot): &(Path, EntrySpot)| {
        let row = rows.get(spot)?;
        let account = row.account.and_then(|at| roster.accounts.get(at)).map_or("", |account| account.label());
        Some([row.section_name.to_string(), row.title(), account.to_owned()])
    };
    entries.iter().take(MOST).filter_map(cells).collect()
}
