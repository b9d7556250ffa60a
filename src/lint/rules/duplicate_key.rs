//! Members of one name in one object: every parser that takes them keeps the last.

use std::hash::Hash;

use crate::cache::{QuickMap, Section};
use crate::json::{Change, Document, Edit, EntrySpot, Patch, Path, SectionSpot, Step};
use crate::lint::{About, Finding, Rule, Severity, Subject, words};

/// The rule `duplicate-key`.
pub(super) struct DuplicateKey;

static ABOUT: About = About {
    id: "duplicate-key",
    severity: Severity::Warning,
    title: "One name twice in one object: apps see the last alone",
    text: include_str!("../../../assets/explain/duplicate-key.md"),
    link: "https://www.rfc-editor.org/rfc/rfc8259#section-4",
};

const WHY: &str = "hidden by a later member of the same name";

impl Rule for DuplicateKey {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(document) = subject.cache.map(|cache| cache.document()) else { return Vec::new() };
        let hidden = Hidden::of(document);
        let count = hidden.sections.len() + hidden.entries.len() + hidden.fields.len();
        if count == 0 {
            return Vec::new();
        }
        let says = format!(
            "{} by a later one of the same name: MSAL Python and Node keep the last alone, and their next write drops the rest.",
            words::counted(count, "member is hidden", "members are hidden")
        );
        let spots = hidden.spots(document);
        vec![Finding::of(&ABOUT, spots, says).mended_by(hidden.fix(document))]
    }
}

/// What a later member of the same name hides.
struct Hidden {
    sections: Vec<SectionSpot>,
    entries: Vec<EntrySpot>,
    fields: Vec<(EntrySpot, Path)>,
}

impl Hidden {
    /// What stands in a hidden section is hidden with it, and not counted again.
    fn of(document: &Document) -> Self {
        let sections = earlier(document.sections(), |spot| document.section_name(*spot));
        // In order, as they were found: a damaged text may have very many.
        let seen = || document.sections().filter(|spot| sections.binary_search(spot).is_err());
        let is_known = |spot: &SectionSpot| Section::named(&document.section_name(*spot)) != Section::Other;
        let entries: Vec<_> =
            seen().flat_map(|section| earlier(document.entries(section), |spot| document.key(*spot))).collect();
        let gone: std::collections::HashSet<_> = entries.iter().copied().collect();
        let left = seen().filter(is_known).flat_map(|section| document.entries(section));
        let fields = left.filter(|spot| !gone.contains(spot)).flat_map(|spot| hidden_fields(document, spot)).collect();
        Self { sections, entries, fields }
    }

    fn spots(&self, document: &Document) -> Vec<EntrySpot> {
        let of_sections = self.sections.iter().flat_map(|section| document.entries(*section));
        let of_fields = self.fields.iter().map(|(spot, _)| *spot);
        let mut spots: Vec<_> = of_sections.chain(self.entries.iter().copied()).chain(of_fields).collect();
        spots.sort_unstable();
        spots.dedup();
        spots
    }

    fn fix(&self, document: &Document) -> Patch {
        let sections = self.sections.iter().map(|spot| document.section_path(*spot));
        let entries = self.entries.iter().map(|spot| document.path(*spot));
        let paths = sections.chain(entries).chain(self.fields.iter().map(|(_, path)| path.clone()));
        let changes = paths.map(|path| Change { edit: Edit::Remove(path), why: WHY.into() }).collect();
        Patch { title: "Take out hidden members".to_owned(), changes }
    }
}

/// The fields of one entry that a later one hides.
fn hidden_fields(document: &Document, spot: EntrySpot) -> Vec<(EntrySpot, Path)> {
    let fields = document.fields(spot);
    let hidden = earlier(0..fields.len(), |at| fields.name(*at));
    let step = |at: usize| {
        let name = fields.name(at)?.into_owned();
        let nth = fields.names().take(at + 1).filter(|other| *other == name).count();
        Some((spot, document.path(spot).join(Step { name, nth })))
    };
    hidden.into_iter().filter_map(step).collect()
}

/// Those of `spots` behind which another of the same name comes.
fn earlier<S: Copy, N: Eq + Hash>(spots: impl Iterator<Item = S>, name: impl Fn(&S) -> N) -> Vec<S> {
    let spots: Vec<S> = spots.collect();
    let mut last = QuickMap::with_capacity_and_hasher(spots.len(), Default::default());
    for (at, spot) in spots.iter().enumerate() {
        last.insert(name(spot), at);
    }
    let is_hidden = |(at, spot): (usize, S)| (last.get(&name(&spot)) != Some(&at)).then_some(spot);
    spots.iter().copied().enumerate().filter_map(is_hidden).collect()
}
