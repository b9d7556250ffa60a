//! From edits to splices of the text: commas and white space included, everything else untouched.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::iter;

use serde_json::value::RawValue;

use super::index::{Kind, Span};
use super::object::Object;
use super::print;
use super::{Document, Edit, ParseError, Patch, Path, Position, Step, Style, Text};
use crate::secret::SecretText;

/// A range of the text and what takes its place.
#[derive(Clone, Debug)]
pub struct Splice {
    /// The bytes that go.
    pub range: Span,
    /// The text that comes.
    pub with: SecretText,
}

/// Why a patch does not fit a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The member to change is not there.
    #[error("nothing stands at {0}")]
    Missing(Path),
    /// The member that should grow is no object.
    #[error("{0} is not an object")]
    NotAnObject(Path),
    /// Two edits touch the same bytes.
    #[error("two edits touch the same place, at byte {0}")]
    Overlap(usize),
    /// A text to write there is not one JSON value, or a name is not a string.
    #[error("what should be written at {0} is not one JSON value")]
    NotAValue(Path),
    /// The way back belongs to another document.
    #[error("the document is not the one that was changed")]
    OtherDocument,
    /// The changed text is no cache any more.
    #[error("the changed text would not parse: {0}")]
    Broken(ParseError),
    /// An entry changed that no edit names.
    #[error("an entry outside the edits would change")]
    Untouched,
}

/// The splices that do what `patch` says, sorted, none overlapping.
pub(super) fn plan(document: &Document, patch: &Patch) -> Result<Vec<Splice>, EditError> {
    let mut plan = Plan { document, style: document.style().clone(), objects: BTreeMap::new(), splices: Vec::new() };
    for change in &patch.changes {
        plan.add(&change.edit)?;
    }
    plan.settle_missing()?;
    plan.finish()
}

/// The edits so far, gathered by the object in which they fall.
struct Plan<'d> {
    document: &'d Document,
    style: Style,
    objects: BTreeMap<Path, Object<'d>>,
    splices: Vec<Splice>,
}

impl<'d> Plan<'d> {
    fn add(&mut self, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Remove(path) => {
                let (parent, step) = parent_of(path)?;
                let found = self.enter(parent)?.remove(step);
                found.ok_or_else(|| EditError::Missing(path.clone()))
            }
            Edit::Replace(path, text) => {
                let span = self.document.get(path).map(|node| node.span());
                // In place of the root comes a whole text: its BOM and the white space around it go too. A text of no
                // bytes has no root yet.
                let whole = Span { start: 0, end: self.document.len() };
                let range = if path.0.is_empty() { Some(whole) } else { span };
                let range = range.ok_or_else(|| EditError::Missing(path.clone()))?;
                self.splices.push(Splice { range, with: SecretText::new(one_value(path, text)?.to_owned()) });
                Ok(())
            }
            Edit::Insert { object, at, name, value } => self.insert(object, *at, name, value),
        }
    }

    fn insert(&mut self, path: &Path, at: Position, name: &Text, value: &Text) -> Result<(), EditError> {
        let (name, value) = (one_value(path, name)?, one_value(path, value)?);
        if Kind::of(name) != Kind::String {
            return Err(EditError::NotAValue(path.clone()));
        }
        let item = format!("{name}{}{value}", self.style.colon);
        match self.enter(&path.0) {
            Err(EditError::Missing(_)) => {
                self.objects.entry(path.clone()).or_insert_with(|| Object::missing(path)).insert(at, item);
            }
            found => found?.insert(at, item),
        }
        Ok(())
    }

    /// The object at `path`, read from the text when it is first asked for.
    fn enter(&mut self, steps: &[Step]) -> Result<&mut Object<'d>, EditError> {
        if !self.objects.contains_key(steps) {
            let path = Path(steps.to_vec());
            let object = Object::read(self.document, &path)?;
            self.objects.insert(path, object);
        }
        self.objects.get_mut(steps).ok_or_else(|| EditError::Missing(Path(steps.to_vec())))
    }

    /// Turns each object that is not there yet into a new member of its parent, the deepest first.
    fn settle_missing(&mut self) -> Result<(), EditError> {
        let missing = self.objects.iter().filter(|(_, object)| object.is_missing());
        let mut missing: Vec<Path> = missing.map(|(path, _)| path.clone()).collect();
        missing.sort_by_key(|path| Reverse(path.0.len()));
        for path in missing {
            let (parent, step) = parent_of(&path)?;
            let new = self.objects.remove(&path).map(|object| object.printed(&self.style)).unwrap_or_default();
            let item = format!("{}{}{new}", print::quote(&step.name, self.style.ascii), self.style.colon);
            self.enter(parent)?.insert(Position::Last, item);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Splice>, EditError> {
        for object in self.objects.values() {
            object.splices(&self.style, &mut self.splices);
        }
        self.splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
        let mut pairs = self.splices.iter().zip(self.splices.iter().skip(1));
        match pairs.find(|(a, b)| a.range.end > b.range.start) {
            Some((_, second)) => Err(EditError::Overlap(second.range.start)),
            None => Ok(self.splices),
        }
    }
}

fn parent_of(path: &Path) -> Result<(&[Step], &Step), EditError> {
    path.0.split_last().map(|(step, parent)| (parent, step)).ok_or_else(|| EditError::Missing(path.clone()))
}

/// The content of `text`, if it is one JSON value: more would smuggle members in.
fn one_value<'t>(path: &Path, text: &'t Text) -> Result<&'t str, EditError> {
    let raw: Result<&RawValue, _> = serde_json::from_str(text.secret().reveal());
    raw.map(RawValue::get).map_err(|_| EditError::NotAValue(path.clone()))
}

/// The text with `splices` made, piece by piece: what is kept before each, and what comes in its place.
pub(super) fn pieces<'t>(text: &'t str, splices: &'t [Splice]) -> impl Iterator<Item = &'t str> {
    let ends = iter::once(0).chain(splices.iter().map(|splice| splice.range.end));
    let of_each = splices.iter().zip(ends).flat_map(move |(splice, start)| {
        let kept = Span { start, end: splice.range.start };
        [kept.of(text), splice.with.reveal()]
    });
    let behind = splices.last().map_or(0, |last| last.range.end);
    of_each.chain([text.get(behind..).unwrap_or("")])
}

/// The length of the text with `splices` made.
pub(super) fn length(text: &str, splices: &[Splice]) -> usize {
    pieces(text, splices).map(str::len).sum()
}

/// The text with `splices` made, in what `room` gives.
pub(super) fn splice(text: &str, splices: &[Splice], room: &dyn Fn(usize) -> String) -> SecretText {
    // Exactly as much as comes: a text that grew would leave copies behind unwiped.
    let mut new = room(length(text, splices));
    pieces(text, splices).for_each(|piece| new.push_str(piece));
    SecretText::new(new)
}

/// Where the new text of each of `splices` stands once all are made.
pub(super) fn places(splices: &[Splice]) -> Vec<Span> {
    let (mut grown, mut gone) = (0, 0);
    let place = |Splice { range, with }: &Splice| {
        let start = range.start + grown - gone;
        grown += with.len();
        gone += range.end - range.start;
        Span { start, end: start + with.len() }
    };
    splices.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Change;
    use super::*;
    use crate::secret::SecretBytes;

    fn changed(text: &str, edits: &[Edit]) -> Result<String, EditError> {
        let document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid");
        let changes = edits.iter().map(|edit| Change { edit: edit.clone(), why: "a test".into() }).collect();
        let patch = Patch { title: String::new(), changes };
        let (new, _) = document.apply(&patch)?;
        assert_eq!(document.length_with(&patch), new.len());
        Ok(new.text().to_owned())
    }

    fn path(text: &str) -> Path {
        text.parse().expect("a path")
    }

    fn insert(object: &str, name: &str, value: &str) -> Edit {
        let [name, value] = [name, value].map(|raw| Text::Printed(SecretText::new(raw.to_owned())));
        Edit::Insert { object: path(object), at: Position::Last, name, value }
    }

    #[test]
    fn room_is_asked_for_once_and_exactly() {
        for edit in [Edit::Remove(path("/A/k")), insert("/A", "\"n\"", "1"), insert("/N", "\"n\"", "1")] {
            let document = Document::parse(SecretBytes::new(br#"{"A":{"k":{},"l":{}}}"#.to_vec())).expect("valid");
            let patch = Patch { title: String::new(), changes: vec![Change { edit, why: "a test".into() }] };
            let splices = plan(&document, &patch).expect("it fits");
            let asked = std::cell::RefCell::new(Vec::new());
            let room = |length: usize| {
                asked.borrow_mut().push(length);
                String::with_capacity(length)
            };

            let new = splice(document.text(), &splices, &room);

            // A text that outgrows its room leaves a copy behind that nobody wipes.
            assert_eq!(*asked.borrow(), [new.reveal().len()]);
        }
    }

    #[test]
    fn an_edit_inside_another_is_refused() {
        let both = [Edit::Remove(path("/A")), Edit::Remove(path("/A/k"))];
        let into = [Edit::Remove(path("/A")), insert("/A", "\"n\"", "1")];

        assert_eq!(changed(r#"{"A":{"k":1}}"#, &both), Err(EditError::Overlap(6)));
        assert_eq!(changed(r#"{"A":{"k":1}}"#, &into), Err(EditError::Overlap(11)));
    }

    #[test]
    fn a_new_section_is_laid_out_as_its_neighbours_and_replaces_nothing() {
        let made = changed("{\n    \"A\": {}\n}", &[insert("/B", "\"k\"", "1")]);

        assert_eq!(made.expect("fits"), "{\n    \"A\": {},\n    \"B\": {\n        \"k\": 1\n    }\n}");
        assert_eq!(changed("", &[insert("", "\"B\"", "{}")]).expect("fits"), "{\n    \"B\": {}\n}");
    }

    #[test]
    fn a_section_that_is_replaced_may_come_with_any_number_of_entries() {
        let whole = |text: &str| Edit::Replace(path("/A"), Text::Printed(SecretText::new(text.to_owned())));

        for text in ["{}", r#"{"n":1}"#, r#"{"n":1,"m":2,"o":3}"#] {
            let new = changed(r#"{"A":{"k":1},"B":{"j":2}}"#, &[whole(text)]);
            assert_eq!(new.expect("fits"), format!(r#"{{"A":{text},"B":{{"j":2}}}}"#));
        }
    }

    #[test]
    fn a_value_that_would_smuggle_members_in_is_refused() {
        let refused = Err(EditError::NotAValue(path("/A")));

        assert_eq!(changed(r#"{"A":{}}"#, &[insert("/A", "\"n\"", "1,\"m\":2")]), refused);
        assert_eq!(changed(r#"{"A":{}}"#, &[insert("/A", "n", "1")]), refused);
        assert_eq!(changed(r#"{"A":{}}"#, &[insert("/A", "1", "1")]), refused);
    }

    #[test]
    fn a_member_goes_with_its_comma_and_another_takes_its_place() {
        let new = Text::Printed(SecretText::new("300".to_owned()));
        let edits = [Edit::Remove(path("/A/k")), Edit::Replace(path("/A/l"), new)];

        assert_eq!(changed(r#"{"A":{"k":1,"l":2,"m":3}}"#, &edits).as_deref(), Ok(r#"{"A":{"l":300,"m":3}}"#));
    }

    #[test]
    fn a_whole_section_comes_at_once() {
        let section = insert("", "\"B\"", r#"{"k":1,"l":2,"m":3}"#);

        assert_eq!(changed(r#"{"A":{}}"#, &[section]).as_deref(), Ok(r#"{"A":{},"B":{"k":1,"l":2,"m":3}}"#));
    }

    #[test]
    fn a_missing_object_may_stand_in_a_missing_section() {
        let edits = [insert("/A", "\"k\"", "1"), insert("/A/l", "\"x\"", "2")];

        assert_eq!(
            changed("{}", &edits).map(|text| text.split_whitespace().collect()),
            Ok(r#"{"A":{"k":1,"l":{"x":2}}}"#.to_owned())
        );
        assert_eq!(changed("{}", &edits[1..]), Err(EditError::Missing(path("/A"))));
    }

    #[test]
    fn a_one_line_text_with_spaces_keeps_them() {
        let edits = [insert("/A", "\"l\"", "2"), insert("/B", "\"k\"", "3"), insert("/B", "\"l\"", "4")];

        assert_eq!(
            changed(r#"{"A": {"k": 1}}"#, &edits).as_deref(),
            Ok(r#"{"A": {"k": 1, "l": 2}, "B": {"k": 3, "l": 4}}"#)
        );
    }
}
