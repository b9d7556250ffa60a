//! The redacted text diff of a patch: removed entries with key and fields, every secret as
//! `<redacted 1842>`. Reads both texts, never the edits' own: what stands here is what will be written.

use std::collections::BTreeSet;

use super::change::size;
use super::entry::masked_fields;
use super::words::{Line, Role};
use crate::cache::Cache;
use crate::json::{Change, Document, Edit, EntrySpot, Patch, Path, SectionSpot, quote};
use crate::ops;

/// The redacted text diff: lines of role Added, Removed or Dim, at most `limit` lines, then how many more
/// entries change.
#[must_use]
pub fn diff(cache: &Cache<'_>, patch: &Patch, limit: usize) -> Vec<Line> {
    diff_while(cache, patch, limit, &|| true)
}

/// The same as long as `go_on` says so, which is asked before each step and entry; then what was found until then.
#[must_use]
pub fn diff_while(cache: &Cache<'_>, patch: &Patch, limit: usize, go_on: &dyn Fn() -> bool) -> Vec<Line> {
    let old = cache.document();
    // What only removes needs no second text.
    let removals = patch.changes.iter().all(|change| matches!(change.edit, Edit::Remove(_)));
    let new = if removals { None } else { old.apply(patch).ok().map(|(new, _)| new) };
    if let Some(new) = new.as_ref().filter(|_| patch.paths().any(|path| path.0.is_empty())) {
        return vec![dim(format!("  the whole text is laid out anew: {} -> {}", size(old.len()), size(new.len())))];
    }
    if !go_on() {
        return Vec::new();
    }
    let marks = Marks::of(cache, patch, new.as_ref());
    let mut out = Out { lines: Vec::new(), limit, more: 0 };
    for section in old.sections() {
        marks.section(cache, section, new.as_ref(), go_on, &mut out);
    }
    if let Some(new) = &new {
        marks.new_sections(old, new, &mut out);
    }
    out.finish()
}

/// The entries that differ.
struct Marks {
    removed: BTreeSet<EntrySpot>,
    changed: BTreeSet<EntrySpot>,
    /// Spots of the new document.
    added: BTreeSet<EntrySpot>,
}

impl Marks {
    fn of(cache: &Cache<'_>, patch: &Patch, new: Option<&Document>) -> Self {
        let old = cache.document();
        let removed = ops::removed(cache, patch);
        let is_removal = |change: &&Change| matches!(&change.edit, Edit::Remove(path) if path.0.len() <= 2);
        let others = patch.changes.iter().filter(|change| !is_removal(change)).map(|change| change.edit.path());
        let inside = others.filter_map(|path| Some(Path(path.0.get(..2)?.to_vec())));
        let changed = inside.filter_map(|path| old.spot(&path)).filter(|spot| !removed.contains(spot)).collect();
        let mut grown = BTreeSet::new();
        for change in &patch.changes {
            if let Edit::Insert { object, .. } = &change.edit {
                grown.extend(object.0.first());
            }
        }
        let added = new.map(|new| added(old, new, &removed, &grown)).unwrap_or_default();
        Self { removed, changed, added }
    }

    fn section(
        &self,
        cache: &Cache<'_>,
        section: SectionSpot,
        new: Option<&Document>,
        go_on: &dyn Fn() -> bool,
        out: &mut Out,
    ) {
        let old = cache.document();
        let first = |section| EntrySpot { section, entry: 0 };
        let within = |spots: &BTreeSet<EntrySpot>| spots.range(first(section.0)..first(section.0 + 1)).next().is_some();
        let fresh: Vec<EntrySpot> = new.map(|new| self.added_to(old, section, new)).unwrap_or_default();
        if !within(&self.removed) && !within(&self.changed) && fresh.is_empty() {
            return;
        }
        out.push(dim(format!("  {}: {{", quote(&old.section_name(section), false))));
        let mut unchanged = 0;
        for spot in old.entries(section).take_while(|_| go_on()) {
            let (gone, changed) = (self.removed.contains(&spot), self.changed.contains(&spot));
            if !gone && !changed {
                unchanged += 1;
                continue;
            }
            out.unchanged(std::mem::take(&mut unchanged));
            if gone {
                out.entry(cache, spot, Role::Removed);
            } else {
                out.changed(cache, spot, new);
            }
        }
        out.unchanged(unchanged);
        for (new, spot) in new.iter().flat_map(|new| fresh.iter().map(move |spot| (new, *spot))) {
            out.entry(&Cache::of(new), spot, Role::Added);
        }
    }

    fn added_to(&self, old: &Document, section: SectionSpot, new: &Document) -> Vec<EntrySpot> {
        let name = old.section_name(section);
        let here = |spot: &&EntrySpot| new.section_name(SectionSpot(spot.section)) == name;
        self.added.iter().filter(here).copied().collect()
    }

    /// Sections that the patch makes.
    fn new_sections(&self, old: &Document, new: &Document, out: &mut Out) {
        let known: BTreeSet<String> = old.sections().map(|spot| old.section_name(spot).into_owned()).collect();
        for section in new.sections().filter(|spot| !known.contains(&*new.section_name(*spot))) {
            out.push(Line::new().with(Role::Added, &format!("+ {}: {{", quote(&new.section_name(section), false))));
            for spot in self.added.iter().filter(|spot| spot.section == section.0) {
                out.entry(&Cache::of(new), *spot, Role::Added);
            }
        }
    }
}

/// The entries of `new` in the sections called `grown` that are not those which stay from `old`.
fn added(
    old: &Document,
    new: &Document,
    removed: &BTreeSet<EntrySpot>,
    grown: &BTreeSet<&crate::json::Step>,
) -> BTreeSet<EntrySpot> {
    let sections = grown.iter().filter_map(|step| new.find_section(step));
    let spots = sections.flat_map(|section| new.entries(section));
    spots.filter(|spot| old.spot(&new.path(*spot)).is_none_or(|was| removed.contains(&was))).collect()
}

/// The lines so far.
struct Out {
    lines: Vec<Line>,
    limit: usize,
    more: usize,
}

impl Out {
    fn push(&mut self, line: Line) {
        if self.lines.len() < self.limit {
            self.lines.push(line);
        }
    }

    fn unchanged(&mut self, count: usize) {
        if count > 0 {
            self.push(dim(format!("    ... {count} unchanged ...")));
        }
    }

    fn entry(&mut self, cache: &Cache<'_>, spot: EntrySpot, role: Role) {
        if self.lines.len() >= self.limit {
            self.more += 1;
            return;
        }
        let sign = if role == Role::Added { "+" } else { "-" };
        let signed = |text: &str| Line::new().with(role, &format!("{sign}   {text}"));
        self.push(signed(&format!("{}: {{", quote(&cache.document().key(spot), false))));
        for field in cache.entry(spot).iter().flat_map(masked_fields) {
            self.push(signed(&format!("  {field},")));
        }
        self.push(signed("},"));
    }

    /// The fields that differ, under the key.
    fn changed(&mut self, cache: &Cache<'_>, spot: EntrySpot, new: Option<&Document>) {
        if self.lines.len() >= self.limit {
            self.more += 1;
            return;
        }
        let fields = |cache: &Cache<'_>, spot| cache.entry(spot).map(|entry| masked_fields(&entry)).unwrap_or_default();
        let document = cache.document();
        let was = fields(cache, spot);
        let twin = new.and_then(|new| Some((Cache::of(new), new.spot(&document.path(spot))?)));
        let is = twin.map(|(cache, spot)| fields(&cache, spot)).unwrap_or_default();
        self.push(dim(format!("    {}: {{", quote(&document.key(spot), false))));
        for field in was.iter().filter(|field| !is.contains(field)) {
            self.push(Line::new().with(Role::Removed, &format!("-     {field},")));
        }
        for field in is.iter().filter(|field| !was.contains(field)) {
            self.push(Line::new().with(Role::Added, &format!("+     {field},")));
        }
    }

    fn finish(mut self) -> Vec<Line> {
        let cut = self.lines.len() >= self.limit && self.more > 0;
        if cut {
            let entries = if self.more == 1 { "entry" } else { "entries" };
            self.lines.push(dim(format!("  … and {} more {entries}", self.more)));
        }
        self.lines
    }
}

fn dim(text: String) -> Line {
    Line::new().with(Role::Dim, &text)
}
