//! What a cache must look like after a random patch, worked out on plain lists: a second opinion that
//! shares nothing with the splices.

use proptest::prelude::*;
use proptest::sample::Index;
use saltcellar::json::{Change, Document, Edit, EntrySpot, Kind, Patch, Path, Position, SectionSpot, Span, Step, Text};
use saltcellar::secret::SecretText;

use super::super::support::caches::{Value, value};

/// One random change; an index picks among what earlier moves left alone.
#[derive(Clone, Debug)]
pub(super) enum Move {
    RemoveEntry(Index),
    RemoveField(Index, Index),
    RemoveSection(Index),
    ReplaceEntry(Index, Value),
    ReplaceSection(Index, Value),
    AddEntry(Index, Position, Value),
    AddToMissing(usize, Position, Value),
    AddSection(Position, Value),
}

/// Some random changes.
pub(super) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let at = || any::<Index>();
    let position = || prop_oneof![Just(Position::First), Just(Position::Last)];
    let one = prop_oneof![
        6 => at().prop_map(Move::RemoveEntry),
        2 => (at(), at()).prop_map(|(entry, field)| Move::RemoveField(entry, field)),
        1 => at().prop_map(Move::RemoveSection),
        2 => (at(), value()).prop_map(|(entry, value)| Move::ReplaceEntry(entry, value)),
        1 => (at(), value()).prop_map(|(section, value)| Move::ReplaceSection(section, value)),
        2 => (at(), position(), value()).prop_map(|(section, at, value)| Move::AddEntry(section, at, value)),
        2 => (0..3usize, position(), value()).prop_map(|(name, at, value)| Move::AddToMissing(name, at, value)),
        1 => (position(), value()).prop_map(|(at, value)| Move::AddSection(at, value)),
    ];
    prop::collection::vec(one, 0..9)
}

/// The sections that should stand after a patch.
pub(super) struct Expected {
    sections: Vec<Section>,
    missing: Vec<Section>,
    patch: Patch,
}

#[derive(Clone)]
struct Section {
    name: String,
    from: Option<SectionSpot>,
    fate: Fate,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Entries(Vec<Entry>),
    Raw(String),
}

#[derive(Clone)]
struct Entry {
    key: String,
    from: Option<EntrySpot>,
    fate: Fate,
    value: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Stays,
    Changes,
    Goes,
}

impl Expected {
    /// Turns `moves` into a patch for `document`, and what must come of it.
    pub(super) fn after(document: &Document, moves: &[Move]) -> (Patch, Self) {
        let sections = document.sections().map(|spot| Section::read(document, spot)).collect();
        let mut expected = Self { sections, missing: Vec::new(), patch: Patch::new("random") };
        for (number, one) in moves.iter().enumerate() {
            expected.make(document, one, number);
        }
        (std::mem::take(&mut expected.patch), expected)
    }

    fn make(&mut self, document: &Document, one: &Move, number: usize) {
        match one {
            Move::RemoveEntry(at) => {
                let gone = self.pick_entry(at, Fate::Goes, |_| {});
                self.edit(gone.map(|spot| Edit::Remove(document.path(spot))));
            }
            Move::RemoveField(at, field) => self.remove_field(document, at, field),
            Move::RemoveSection(at) => {
                let gone = self.pick_section(at).map(|section| section.take(Fate::Goes, None));
                self.edit(gone.map(|spot| Edit::Remove(section_path(document, spot))));
            }
            Move::ReplaceEntry(at, value) => {
                let raw = value.compact();
                let changed = self.pick_entry(at, Fate::Changes, |entry| entry.value.clone_from(&raw));
                self.edit(changed.map(|spot| Edit::Replace(document.path(spot), text(&raw))));
            }
            Move::ReplaceSection(at, value) => {
                let raw = value.compact();
                let changed = self.pick_section(at).map(|section| section.take(Fate::Changes, Some(raw.clone())));
                self.edit(changed.map(|spot| Edit::Replace(section_path(document, spot), text(&raw))));
            }
            Move::AddEntry(section, at, value) => self.add_entry(document, section, *at, value, number),
            Move::AddToMissing(name, at, value) => self.add_to_missing(*name, *at, value, number),
            Move::AddSection(at, value) => self.add_section(*at, value, number),
        }
    }

    fn edit(&mut self, edit: Option<Edit>) {
        self.patch.changes.extend(edit.map(|edit| Change { edit, why: "at random".into() }));
    }

    /// The picked entry among those that nothing touched, after `change`.
    fn pick_entry(&mut self, at: &Index, fate: Fate, change: impl Fn(&mut Entry)) -> Option<EntrySpot> {
        let free: Vec<EntrySpot> = self.sections.iter().flat_map(Section::untouched).collect();
        let spot = *free.get(at.index(free.len().max(1)))?;
        let section = self.sections.iter_mut().find(|section| section.from == Some(SectionSpot(spot.section)))?;
        section.fate = Fate::Changes;
        let entry = section.entries_mut().iter_mut().find(|entry| entry.from == Some(spot))?;
        entry.fate = fate;
        change(entry);
        Some(spot)
    }

    /// The picked section among those that nothing touched.
    fn pick_section(&mut self, at: &Index) -> Option<&mut Section> {
        let mut free: Vec<_> =
            self.sections.iter_mut().filter(|section| section.from.is_some() && section.fate == Fate::Stays).collect();
        (!free.is_empty()).then(|| free.swap_remove(at.index(free.len())))
    }

    fn remove_field(&mut self, document: &Document, at: &Index, field: &Index) {
        let Some(spot) = self.pick_entry(at, Fate::Changes, |_| {}) else { return };
        let mut left: Vec<_> =
            document.fields(spot).iter().map(|(name, node)| (name.to_string(), node.raw().to_string())).collect();
        if left.is_empty() {
            return;
        }
        let gone = field.index(left.len());
        let before: Vec<String> = left.iter().take(gone).map(|(name, _)| name.clone()).collect();
        let (name, _) = left.remove(gone);
        let nth = 1 + before.iter().filter(|other| **other == name).count();
        self.edit(Some(Edit::Remove(document.path(spot).join(Step { name, nth }))));
        let entry = self.sections.iter_mut().flat_map(Section::entries_mut).find(|entry| entry.from == Some(spot));
        entry.expect("it was picked").value = shown(&left);
    }

    fn add_entry(&mut self, document: &Document, at: &Index, position: Position, value: &Value, number: usize) {
        let is_open = |section: &&mut Section| {
            section.from.is_some() && section.fate != Fate::Goes && matches!(section.content, Content::Entries(_))
        };
        let mut open: Vec<_> = self.sections.iter_mut().filter(is_open).collect();
        if open.is_empty() {
            return;
        }
        let section = open.swap_remove(at.index(open.len()));
        section.fate = Fate::Changes;
        section.add(position, number, value);
        let object = section_path(document, section.from.expect("it was read"));
        self.edit(Some(insert(object, position, &format!("added-{number}"), value)));
    }

    fn add_to_missing(&mut self, name: usize, position: Position, value: &Value, number: usize) {
        let name = format!("Missing-{name}");
        let object = Path(vec![Step::first(&*name)]);
        if !self.missing.iter().any(|section| section.name == name) {
            self.missing.push(Section::new(&name, Content::Entries(Vec::new())));
            self.missing.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let section = self.missing.iter_mut().find(|section| section.name == name).expect("it was pushed");
        section.add(position, number, value);
        self.edit(Some(insert(object, position, &format!("added-{number}"), value)));
    }

    fn add_section(&mut self, position: Position, value: &Value, number: usize) {
        let section = Section::new(&format!("added-{number}"), Content::Raw(value.compact()));
        let name = section.name.clone();
        let first = self.sections.iter().take_while(|section| section.is_new_and_first()).count();
        match position {
            Position::First => self.sections.insert(first, Section { fate: Fate::Stays, ..section }),
            Position::Last => self.sections.push(section),
        }
        self.edit(Some(insert(Path(Vec::new()), position, &name, value)));
    }

    /// Compares `new` with what is expected of it, and the text around what stayed with `old`'s.
    pub(super) fn check(&self, old: &Document, new: &Document) -> Result<(), TestCaseError> {
        let all = self.sections.iter().chain(&self.missing);
        let left: Vec<&Section> = all.filter(|section| section.fate != Fate::Goes).collect();
        prop_assert_eq!(new.sections().count(), left.len());
        for (spot, section) in new.sections().zip(&left) {
            prop_assert_eq!(&*new.section_name(spot), &*section.name);
            section.check(old, new, spot)?;
        }
        prop_assert_eq!(around(old), around(new));
        Ok(())
    }
}

impl Section {
    fn new(name: &str, content: Content) -> Self {
        Self { name: name.to_owned(), from: None, fate: Fate::Changes, content }
    }

    fn read(document: &Document, spot: SectionSpot) -> Self {
        let node = document.section_node(spot).expect("it is there");
        let content = match node.kind() {
            Kind::Object => {
                Content::Entries(document.entries(spot).map(|entry| Entry::read(document, entry)).collect())
            }
            Kind::Array | Kind::String | Kind::Number | Kind::Bool | Kind::Null => {
                Content::Raw(node.raw().into_owned())
            }
        };
        Self { from: Some(spot), fate: Fate::Stays, ..Self::new(&document.section_name(spot), content) }
    }

    fn is_new_and_first(&self) -> bool {
        self.from.is_none() && self.fate == Fate::Stays
    }

    fn untouched(&self) -> Vec<EntrySpot> {
        let Content::Entries(entries) = &self.content else { return Vec::new() };
        let stay = entries.iter().filter(|entry| self.fate != Fate::Goes && entry.fate == Fate::Stays);
        stay.filter_map(|entry| entry.from).collect()
    }

    fn entries_mut(&mut self) -> &mut [Entry] {
        match &mut self.content {
            Content::Entries(entries) => entries,
            Content::Raw(_) => &mut [],
        }
    }

    fn take(&mut self, fate: Fate, raw: Option<String>) -> SectionSpot {
        self.fate = fate;
        self.content = raw.map_or_else(|| self.content.clone(), Content::Raw);
        self.from.expect("only sections that were read are picked")
    }

    fn add(&mut self, position: Position, number: usize, value: &Value) {
        let Content::Entries(entries) = &mut self.content else { return };
        let (key, value) = (format!("\"added-{number}\""), value.compact());
        let first = entries.iter().take_while(|entry| entry.is_new_and_first()).count();
        match position {
            Position::First => entries.insert(first, Entry { key, value, from: None, fate: Fate::Stays }),
            Position::Last => entries.push(Entry { key, value, from: None, fate: Fate::Changes }),
        }
    }

    fn check(&self, old: &Document, new: &Document, spot: SectionSpot) -> Result<(), TestCaseError> {
        let node = new.section_node(spot).expect("it is there");
        match (&self.content, self.from.filter(|_| self.fate == Fate::Stays)) {
            (_, Some(from)) => prop_assert_eq!(node.raw(), old.section_node(from).expect("it was read").raw()),
            (Content::Raw(raw), None) => prop_assert_eq!(&*node.raw(), &**raw),
            (Content::Entries(entries), None) => {
                check_entries(entries, old, new, spot)?;
                if let Some(from) = self.from.filter(|_| entries.iter().all(|entry| entry.from.is_some())) {
                    check_gaps(&gaps(old, from), &gaps(new, spot))?;
                }
            }
        }
        Ok(())
    }
}

impl Entry {
    fn read(document: &Document, spot: EntrySpot) -> Self {
        let value = document.node(spot).expect("it is there").raw().into_owned();
        Self { key: document.raw_key(spot).into_owned(), from: Some(spot), fate: Fate::Stays, value }
    }

    fn is_new_and_first(&self) -> bool {
        self.from.is_none() && self.fate == Fate::Stays
    }
}

fn check_entries(all: &[Entry], old: &Document, new: &Document, spot: SectionSpot) -> Result<(), TestCaseError> {
    let left: Vec<&Entry> = all.iter().filter(|entry| entry.fate != Fate::Goes).collect();
    let spots: Vec<EntrySpot> = new.entries(spot).collect();
    prop_assert_eq!(spots.len(), left.len());
    for (entry, at) in left.iter().zip(&spots) {
        let node = new.node(*at).expect("it is there");
        let fields: Vec<_> =
            node.members().iter().map(|(name, node)| (name.to_string(), node.raw().to_string())).collect();
        prop_assert_eq!(&*new.raw_key(*at), &*entry.key);
        prop_assert!(*node.raw() == entry.value || shown(&fields) == entry.value, "{} is {}", entry.value, node.raw());
    }
    let pairs = left.iter().zip(&spots).zip(left.iter().zip(&spots).skip(1));
    for ((a, at), (b, behind)) in pairs {
        let kept = |entry: &Entry| entry.from.filter(|_| entry.fate == Fate::Stays);
        let (Some(from), Some(to)) = (kept(a), kept(b)) else { continue };
        if from.entry + 1 == to.entry {
            prop_assert_eq!(between(old, from, to), between(new, *at, *behind));
        }
    }
    Ok(())
}

/// Where entries only went, the white space inside the braces stays, and none is new between entries.
fn check_gaps(old: &[String], new: &[String]) -> Result<(), TestCaseError> {
    if let [first, inner @ .., last] = new {
        prop_assert_eq!(Some(first), old.first());
        prop_assert_eq!(Some(last), old.last());
        prop_assert!(inner.iter().all(|gap| old.contains(gap)), "{:?} has gaps that are not in {:?}", new, old);
    }
    Ok(())
}

/// What stands in a section before, between and behind its entries; nothing when it has none.
fn gaps(document: &Document, section: SectionSpot) -> Vec<String> {
    let whole = document.section_node(section).expect("it is there").span();
    let values: Vec<Span> = document.entries(section).filter_map(|at| Some(document.node(at)?.span())).collect();
    let starts = std::iter::once(whole.start + 1).chain(values.iter().map(|value| value.end));
    let ends = values.iter().map(|value| value.start).chain([whole.end]);
    let texts = starts.zip(ends).map(|(start, end)| document.slice(Span { start, end }).into_owned());
    let until_key = |text: String| text.split('"').next().unwrap_or_default().to_owned();
    texts.map(until_key).filter(|_| !values.is_empty()).collect()
}

/// The text from the value at `a` to the value at `b`, both included.
fn between(document: &Document, a: EntrySpot, b: EntrySpot) -> String {
    let [a, b] = [a, b].map(|spot| document.node(spot).expect("it is there").span());
    document.slice(Span { start: a.start, end: b.end }).into_owned()
}

/// What stands before the root and behind it.
fn around(document: &Document) -> (String, String) {
    let root = document.get(&Path(Vec::new())).expect("a made cache has a root").span();
    let slice = |start, end| document.slice(Span { start, end }).into_owned();
    (slice(0, root.start), slice(root.end, document.len()))
}

fn section_path(document: &Document, spot: SectionSpot) -> Path {
    let name = document.section_name(spot).into_owned();
    let nth = document.sections().take(spot.0 + 1).filter(|other| document.section_name(*other) == name).count();
    Path(vec![Step { name, nth }])
}

fn insert(object: Path, at: Position, name: &str, value: &Value) -> Edit {
    Edit::Insert { object, at, name: text(&format!("\"{name}\"")), value: text(&value.compact()) }
}

fn text(raw: &str) -> Text {
    Text::Verbatim(SecretText::new(raw.to_owned()))
}

/// Fields in words that no raw value can be mistaken for.
fn shown(fields: &[(String, String)]) -> String {
    format!("fields {fields:?}")
}
