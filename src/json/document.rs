//! A cache's exact text with its index: an immutable value, cheap to clone. Hands out slices,
//! never the whole text but to a writer.

use std::any::Any;
use std::borrow::Cow;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::index::{Member, Span};
use super::letters::Letters;
use super::names::Names;
use super::read::{self, Outline, Section};
use super::sweep::Swept;
use super::{Members, Node, ParseError, Path, Step, Style, decode};
use crate::secret::{Hash, SecretBytes, SecretText};

/// The root member that marks a redacted text, so that nobody takes it for a cache with tokens.
pub const REDACTED: &str = "saltcellar";

/// The text of one cache and where its sections and entries stand.
#[derive(Clone, Debug)]
pub struct Document(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: Arc<SecretText>,
    letters: Letters,
    outline: Outline,
    hash: OnceLock<Hash>,
    style: OnceLock<Style>,
    sections: OnceLock<Names>,
    entries: OnceLock<Names>,
    made: Mutex<Vec<Made>>,
}

/// What others made of the text.
type Made = Arc<dyn Any + Send + Sync>;

/// Names a section of one document by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionSpot(pub usize);

/// Names an entry of one document by its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntrySpot {
    /// The section's place among the members of the root.
    pub section: usize,
    /// The entry's place in the section.
    pub entry: usize,
}

impl Document {
    /// Reads `bytes` as a cache. No bytes at all are an empty cache, as every runtime reads them.
    ///
    /// # Errors
    /// What is wrong and where, if the text is not one JSON object in UTF-8 (a BOM may stand first).
    pub fn parse(bytes: SecretBytes) -> Result<Self, ParseError> {
        let text = bytes.into_text().map_err(|(bytes, offset)| read::not_utf8(&bytes, offset))?;
        Self::read(Arc::new(text))
    }

    /// The same of a text that others have too.
    pub(super) fn read(text: Arc<SecretText>) -> Result<Self, ParseError> {
        let outline = read::outline(text.reveal())?;
        Ok(Self(Arc::new(Inner {
            letters: Letters::of(text.reveal()),
            text,
            outline,
            hash: OnceLock::new(),
            style: OnceLock::new(),
            sections: OnceLock::new(),
            entries: OnceLock::new(),
            made: Mutex::default(),
        })))
    }

    /// The bytes themselves, if nobody else has this document: to be used again.
    pub(super) fn into_bytes(self) -> Option<SecretBytes> {
        Arc::into_inner(self.0).and_then(|inner| Arc::into_inner(inner.text)).map(SecretText::into_bytes)
    }

    /// The length of the text in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.text.len()
    }

    /// Whether there is no text at all (a zero-byte file).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.text.is_empty()
    }

    /// SHA-256 of the text; computed once.
    #[must_use]
    pub fn hash(&self) -> Hash {
        *self.0.hash.get_or_init(|| Hash::of(self.text().as_bytes()))
    }

    /// What `make` makes of this text: made once for each type, and kept as long as the text. For what many ask again
    /// and again, each of whom has the text alone.
    pub fn once<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let made = || self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        let find = |made: &[Made]| made.iter().find_map(|one| Arc::clone(one).downcast().ok());
        if let Some(found) = find(&made()) {
            return found;
        }
        // Nobody is held up meanwhile, and it may ask for something that is made once itself.
        let new = Arc::new(make());
        let mut made = made();
        find(&made).unwrap_or_else(|| {
            made.push(Arc::<T>::clone(&new));
            new
        })
    }

    /// How the text is laid out.
    #[must_use]
    pub fn style(&self) -> &Style {
        self.0.style.get_or_init(|| Style::laid_out(self.text(), self.0.letters.ascii))
    }

    /// Whether every character is ASCII, but for a byte order mark.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.style().ascii
    }

    /// Writes the text to `out`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.text().as_bytes())
    }

    /// The text itself, shared: for what stores it, or compares it with what is stored.
    #[must_use]
    pub fn shared_text(&self) -> Arc<SecretText> {
        Arc::clone(&self.0.text)
    }

    /// The text, as the pieces of a draft come: in one.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.text())
    }

    /// The text as bytes to seal.
    #[must_use]
    pub fn to_bytes(&self) -> SecretBytes {
        SecretBytes::new(self.text().as_bytes().to_vec())
    }

    /// The verbatim text of `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> Cow<'_, str> {
        Cow::Borrowed(span.of(self.text()))
    }

    /// The members of the root, in order.
    pub fn sections(&self) -> impl Iterator<Item = SectionSpot> + use<> {
        (0..self.0.outline.sections.len()).map(SectionSpot)
    }

    /// The decoded name of a section.
    #[must_use]
    pub fn section_name(&self, spot: SectionSpot) -> Cow<'_, str> {
        self.section(spot.0).map_or(Cow::Borrowed(""), |section| decode(section.member.key.of(self.text())))
    }

    /// A section's value: an object with entries, or whatever stands there.
    #[must_use]
    pub fn section_node(&self, spot: SectionSpot) -> Option<Node<'_>> {
        self.section(spot.0).map(|section| self.node_at(section.member.value))
    }

    /// The number of entries of a section; 0 for what is not an object.
    #[must_use]
    pub fn entry_count(&self, spot: SectionSpot) -> usize {
        self.section(spot.0).map_or(0, |section| section.entries.len())
    }

    /// The verbatim name of a section, quotes included.
    pub(super) fn raw_section_name(&self, spot: SectionSpot) -> &str {
        self.section(spot.0).map_or("", |section| section.member.key.of(self.text()))
    }

    /// The entries of a section, in order, duplicates included.
    pub fn entries(&self, spot: SectionSpot) -> impl Iterator<Item = EntrySpot> + use<> {
        (0..self.entry_count(spot)).map(move |entry| EntrySpot { section: spot.0, entry })
    }

    /// The decoded key of an entry.
    #[must_use]
    pub fn key(&self, spot: EntrySpot) -> Cow<'_, str> {
        self.member(spot).map_or(Cow::Borrowed(""), |member| self.decoded(member.key))
    }

    /// The verbatim key of an entry, quotes included.
    #[must_use]
    pub fn raw_key(&self, spot: EntrySpot) -> Cow<'_, str> {
        self.member(spot).map_or(Cow::Borrowed(""), |member| self.slice(member.key))
    }

    /// An entry's value.
    #[must_use]
    pub fn node(&self, spot: EntrySpot) -> Option<Node<'_>> {
        self.member(spot).map(|member| self.node_at(member.value))
    }

    /// The fields of an entry, in order, duplicates kept; none if it is no object.
    #[must_use]
    pub fn fields(&self, spot: EntrySpot) -> Members<'_> {
        match self.0.outline.fields.of(spot.section, spot.entry) {
            Some(fields) => Members::swept(self, fields),
            None => self.node(spot).map_or_else(|| Members::swept(self, Swept::default()), |node| node.members()),
        }
    }

    /// The path of a section, duplicates counted.
    #[must_use]
    pub fn section_path(&self, spot: SectionSpot) -> Path {
        let name = self.section_name(spot).into_owned();
        let nth = self.section_names().nth(self, None, &name, spot.0);
        Path(vec![Step { name, nth }])
    }

    /// The path of an entry, duplicates counted.
    #[must_use]
    pub fn path(&self, spot: EntrySpot) -> Path {
        let name = self.key(spot).into_owned();
        let nth = self.entry_names().nth(self, Some(spot.section), &name, spot.entry);
        let Path(mut steps) = self.section_path(SectionSpot(spot.section));
        steps.push(Step { name, nth });
        Path(steps)
    }

    /// The entry that `path` names, if it names one.
    #[must_use]
    pub fn spot(&self, path: &Path) -> Option<EntrySpot> {
        let [section, key] = path.0.as_slice() else { return None };
        self.spot_of(section, key)
    }

    /// The entry that `key` names in the section that `section` names.
    pub(super) fn spot_of(&self, section: &Step, key: &Step) -> Option<EntrySpot> {
        let section = self.find_section(section)?;
        let entry = self.nth_entry(section, &key.name, key.nth.checked_sub(1)?)?;
        Some(EntrySpot { section: section.0, entry })
    }

    /// The section that `step` names.
    #[must_use]
    pub fn find_section(&self, step: &Step) -> Option<SectionSpot> {
        self.section_names().find(self, None, &step.name, step.nth.checked_sub(1)?).map(SectionSpot)
    }

    /// The value at `path`, however deep; the root for the empty path.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<Node<'_>> {
        match path.0.as_slice() {
            [] => (!self.is_empty()).then(|| self.node_at(self.0.outline.root)),
            [section] => self.section_node(self.find_section(section)?),
            [section, key, deeper @ ..] => {
                let spot = self.spot_of(section, key)?;
                deeper.iter().try_fold(self.node(spot)?, |node, step| node.child(step))
            }
        }
    }

    /// The entry of a section called `key` that has `before` others of that name before it.
    pub(super) fn nth_entry(&self, section: SectionSpot, key: &str, before: usize) -> Option<usize> {
        self.entry_names().find(self, Some(section.0), key, before)
    }

    /// Where the entries of a section stand.
    pub(super) fn members_of(&self, section: SectionSpot) -> &[Member] {
        self.section(section.0).map_or(&[], |section| &section.entries)
    }

    pub(super) fn text(&self) -> &str {
        self.0.text.reveal()
    }

    /// The content of the string at `span`.
    pub(super) fn decoded(&self, span: Span) -> Cow<'_, str> {
        let raw = span.of(self.text());
        match raw.get(1..raw.len().saturating_sub(1)) {
            Some(inner) if self.0.letters.no_escape && raw.starts_with('"') => Cow::Borrowed(inner),
            Some(_) | None => decode(raw),
        }
    }

    pub(super) fn node_at(&self, span: Span) -> Node<'_> {
        Node::at(self, span)
    }

    fn section(&self, at: usize) -> Option<&Section> {
        self.0.outline.sections.get(at)
    }

    fn member(&self, spot: EntrySpot) -> Option<Member> {
        self.section(spot.section)?.entries.get(spot.entry).copied()
    }

    fn section_names(&self) -> &Names {
        self.0.sections.get_or_init(|| Names::of_sections(self))
    }

    fn entry_names(&self) -> &Names {
        self.0.entries.get_or_init(|| Names::of_entries(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, ParseError> {
        Document::parse(SecretBytes::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn what_is_made_of_a_text_is_made_once_and_by_its_type() {
        let document = parse("{}").expect("valid");

        let made = std::cell::Cell::new(0);
        let count = |number| {
            made.set(made.get() + 1);
            (number, document.once(|| "a word").len())
        };

        let lengths = [1, 2].map(|number| *document.once(|| count(number)));
        let other = parse("{}").expect("valid").once(|| 7);

        assert_eq!((lengths, *other, made.get()), ([(1, 6), (1, 6)], 7, 1));
        assert_eq!(*document.clone().once(|| "another word"), "a word");
    }

    #[test]
    fn entries_are_found_by_path_duplicates_too() {
        let document = parse(r#"{"A":{"k":{"x":1},"k":{"x":2}},"A":{"k":{}}}"#).expect("valid");
        let second: Path = "/A/k#2".parse().expect("a path");

        let spot = document.spot(&second).expect("it is there");

        assert_eq!(document.path(spot), second);
        assert_eq!(document.get(&second.join(Step::first("x"))).map(|n| n.raw().into_owned()).as_deref(), Some("2"));
        assert_eq!(document.get(&"/A#2/k".parse().expect("a path")).map(|n| n.span().start), Some(40));
    }

    #[test]
    fn an_entry_without_fields_is_empty() {
        let document = parse(r#"{"A":{"k":{},"l":{"x":1}}}"#).expect("valid");

        let is_empty = |path: &str| document.get(&path.parse().expect("a path")).map(|node| node.members().is_empty());

        assert_eq!((is_empty("/A/k"), is_empty("/A/l")), (Some(true), Some(false)));
    }

    #[test]
    fn a_mark_before_it_makes_a_text_no_less_ascii() {
        let is_ascii = |text: &str| parse(text).expect("valid").is_ascii();

        assert!(is_ascii("{}") && is_ascii("\u{feff}{\"A\":{}}"));
        assert!(!is_ascii("{\"\u{e9}\":{}}"));
    }

    #[test]
    fn a_zero_byte_text_is_an_empty_cache() {
        let document = parse("").expect("empty is fine");

        assert_eq!(document.sections().count(), 0);
    }
}
