//! A second opinion on a change: reads both texts and compares what no edit names. Shares no code with
//! the splices, so that a slip there cannot hide here.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::edit::EditError;
use super::index::{self, Kind, Span};
use super::{Document, Edit, EntrySpot, Patch, Path, SectionSpot, Text};

/// Makes sure that what `patch` does not name is the same in `new` as in `old`, byte for byte and in
/// the same order, and that nothing came but what it names.
pub(super) fn untouched(old: &Document, new: &Document, patch: &Patch) -> Result<(), EditError> {
    let mut check = Check::begin(old, patch);
    check.take(new, false);
    check.finish()
}

/// The comparison, which takes the new text part by part.
pub(super) struct Check<'d>(Option<Comparison<'d>>);

struct Comparison<'d> {
    touched: Touched<'d>,
    /// The rows of the old text.
    rows: Box<dyn Iterator<Item = Row> + 'd>,
    /// The one that comes next in the new text.
    due: Option<Row>,
    came: usize,
}

impl<'d> Check<'d> {
    /// Of what `patch` makes of `old`.
    pub(super) fn begin(old: &'d Document, patch: &'d Patch) -> Self {
        let mut touched =
            Touched { old, sections: HashSet::new(), entries: HashSet::default(), made: HashSet::new(), comes: 0 };
        for change in &patch.changes {
            if !matches!(change.edit, Edit::Insert { .. }) && change.edit.path().0.is_empty() {
                // A whole new text: nothing is to be as it was.
                return Self(None);
            }
            touched.note(&change.edit);
        }
        let mut comparison = Comparison { touched, rows: Box::new(rows(old)), due: None, came: 0 };
        comparison.due = comparison.next();
        Self(Some(comparison))
    }

    /// Takes the next `part` of the new text, whose first section `goes_on` from the part before: it was compared there.
    pub(super) fn take(&mut self, part: &Document, goes_on: bool) {
        let is_known = |row: &Row| goes_on && matches!(row, Row::Section(SectionSpot(0)));
        if let Some(comparison) = &mut self.0 {
            rows(part).filter(|row| !is_known(row)).for_each(|row| comparison.take(part, row));
        }
    }

    /// The verdict, once all parts were taken.
    pub(super) fn finish(self) -> Result<(), EditError> {
        let Some(Comparison { touched, due, came, .. }) = self.0 else { return Ok(()) };
        if due.is_none() && came == touched.comes { Ok(()) } else { Err(EditError::Untouched) }
    }
}

impl Comparison<'_> {
    fn next(&mut self) -> Option<Row> {
        let touched = &self.touched;
        self.rows.find(|row| !touched.holds(*row))
    }

    fn take(&mut self, new: &Document, row: Row) {
        match self.due {
            Some(due) if is_same(self.touched.old, due, new, row) => self.due = self.next(),
            Some(_) | None => self.came += 1,
        }
    }
}

/// A section or an entry: what is compared.
#[derive(Clone, Copy)]
enum Row {
    Section(SectionSpot),
    Entry(EntrySpot),
}

fn rows(document: &Document) -> impl Iterator<Item = Row> {
    let rows = |section| std::iter::once(Row::Section(section)).chain(document.entries(section).map(Row::Entry));
    document.sections().flat_map(rows)
}

/// What a patch names in the old text, and how many rows of the new text that explains.
struct Touched<'p> {
    old: &'p Document,
    sections: HashSet<SectionSpot>,
    entries: HashSet<EntrySpot, RandomState>,
    /// Objects that were not there.
    made: HashSet<&'p Path>,
    comes: usize,
}

impl<'p> Touched<'p> {
    fn note(&mut self, edit: &'p Edit) {
        match (edit, edit.path().0.as_slice()) {
            (Edit::Insert { value, .. }, []) => self.comes += rows_in(value),
            (Edit::Insert { object, .. }, [section]) => {
                let is_new = self.old.find_section(section).is_none() && self.made.insert(object);
                self.comes += 1 + usize::from(is_new);
            }
            (Edit::Remove(_), [section]) => self.sections.extend(self.old.find_section(section)),
            (Edit::Replace(_, text), [section]) => {
                self.sections.extend(self.old.find_section(section));
                self.comes += rows_in(text);
            }
            (Edit::Remove(_), [section, key]) => self.entries.extend(self.old.spot_of(section, key)),
            (_, [section, key, ..]) => match self.old.spot_of(section, key) {
                Some(entry) => self.comes += usize::from(self.entries.insert(entry)),
                None => self.comes += usize::from(self.made.insert(edit.path())),
            },
            (Edit::Remove(_) | Edit::Replace(..), []) => {}
        }
    }

    fn holds(&self, row: Row) -> bool {
        match row {
            Row::Section(section) => self.sections.contains(&section),
            Row::Entry(entry) => self.entries.contains(&entry) || self.sections.contains(&SectionSpot(entry.section)),
        }
    }
}

/// The rows that a section with this value makes: itself, and one for each member.
fn rows_in(value: &Text) -> usize {
    let raw = value.secret().reveal();
    1 + index::members(raw, Span { start: 0, end: raw.len() }).map_or(0, |members| members.len())
}

fn is_same(old: &Document, a: Row, new: &Document, b: Row) -> bool {
    match (a, b) {
        (Row::Section(a), Row::Section(b)) => {
            old.section_name(a) == new.section_name(b) && is_same_scalar(old, a, new, b)
        }
        (Row::Entry(a), Row::Entry(b)) => {
            let (section, other_section) = (SectionSpot(a.section), SectionSpot(b.section));
            let (value, other) = (old.node(a), new.node(b));
            old.section_name(section) == new.section_name(other_section)
                && old.raw_key(a) == new.raw_key(b)
                && value.map(|node| node.raw()) == other.map(|node| node.raw())
        }
        (Row::Section(_), Row::Entry(_)) | (Row::Entry(_), Row::Section(_)) => false,
    }
}

/// Whether two sections have the same text; those with entries are compared entry by entry instead.
fn is_same_scalar(old: &Document, a: SectionSpot, new: &Document, b: SectionSpot) -> bool {
    let (Some(a), Some(b)) = (old.section_node(a), new.section_node(b)) else { return false };
    a.kind() == b.kind() && (a.kind() == Kind::Object || a.raw() == b.raw())
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Position, Step};
    use super::*;
    use crate::secret::{SecretBytes, SecretText};

    const OLD: &str = r#"{"A":{"k":1,"l":{"x":1}},"B":7}"#;

    fn parse(text: &str) -> Document {
        Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid")
    }

    fn text(raw: &str) -> Text {
        Text::Printed(SecretText::new(raw.to_owned()))
    }

    fn says(edit: Edit, new: &str) -> Result<(), EditError> {
        let changes = vec![Change { edit, why: "a test".into() }];
        untouched(&parse(OLD), &parse(new), &Patch { title: String::new(), changes })
    }

    #[test]
    fn a_removal_that_takes_or_alters_more_is_noticed() {
        let remove = || Edit::Remove(Path::entry("A", "k"));

        assert_eq!(says(remove(), r#"{"A":{"l":{"x":1}},"B":7}"#), Ok(()));
        for wrong in [
            OLD,
            r#"{"A":{},"B":7}"#,
            r#"{"A":{"l":{"x": 1}},"B":7}"#,
            r#"{"A":{"\u006c":{"x":1}},"B":7}"#,
            r#"{"A":{"l":{"x":1}},"B":8}"#,
            r#"{"B":7,"A":{"l":{"x":1}}}"#,
            r#"{"A":{"l":{"x":1}},"B":7,"C":{}}"#,
            r#"{"a":{"l":{"x":1}},"B":7}"#,
        ] {
            assert_eq!(says(remove(), wrong), Err(EditError::Untouched), "{wrong}");
        }
    }

    #[test]
    fn an_insert_that_brings_more_or_less_is_noticed() {
        let object = Path(vec![Step::first("C")]);
        let insert = Edit::Insert { object, at: Position::Last, name: text("\"n\""), value: text("1") };

        assert_eq!(says(insert.clone(), r#"{"A":{"k":1,"l":{"x":1}},"B":7,"C":{"n":1}}"#), Ok(()));
        assert_eq!(says(insert.clone(), OLD), Err(EditError::Untouched));
        let two = r#"{"A":{"k":1,"l":{"x":1}},"B":7,"C":{"n":1,"m":1}}"#;
        assert_eq!(says(insert, two), Err(EditError::Untouched));
    }

    #[test]
    fn a_change_inside_an_entry_leaves_its_neighbours() {
        let edit = || Edit::Replace(Path::entry("A", "l").join(Step::first("x")), text("2"));

        assert_eq!(says(edit(), r#"{"A":{"k":1,"l":{"x":2}},"B":7}"#), Ok(()));
        assert_eq!(says(edit(), r#"{"A":{"k":2,"l":{"x":2}},"B":7}"#), Err(EditError::Untouched));
    }
}
