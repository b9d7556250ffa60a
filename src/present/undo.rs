//! What an undo brings back and takes away, in words. Compares two texts entry by entry; shows no secret.

use std::collections::BTreeMap;

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
    let mut lines = Vec::new();
    lines.extend(named("+ ", Role::Added, &undone.after, &back));
    lines.extend(named("- ", Role::Removed, &undone.before, &gone));
    lines.extend(named("~ ", Role::Warn, &undone.after, &changed));
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

fn named(sign: &str, role: Role, document: &Document, entries: &[(Path, EntrySpot)]) -> Vec<Line> {
    if entries.is_empty() {
        return Vec::new();
    }
    let roster = Roster::of(&Cache::of(document));
    let rows: BTreeMap<EntrySpot, &Row> = roster.rows.iter().map(|row| (row.spot, row)).collect();
    let line = |(_, spot): &(Path, EntrySpot)| {
        let row = rows.get(spot)?;
        let account = row.account.and_then(|at| roster.accounts.get(at)).map_or("", |account| account.label());
        Some(Line::new().with(role, &format!("{sign}{}  {}  {account}", row.section_name, row.title())))
    };
    let mut lines: Vec<Line> = entries.iter().take(MOST).filter_map(line).collect();
    if entries.len() > MOST {
        lines.push(Line::new().with(role, &format!("{sign}… and {} more", entries.len() - MOST)));
    }
    lines
}
