//! The quick reading: sections, entries and fields in one pass over the text, by two threads where that pays. It knows
//! the usual shape only (objects of objects of fields) and gives up on any other; `read` then reads step by step and says
//! what is wrong. `serde_json` parses every name and every entry here too; what stands between them is read by hand, so
//! that a second thread can begin between two entries. What this accepts is JSON.

use std::fmt;
use std::ops::Range;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::index::{Member, Span, narrow};
use super::joint::joint_in;
use super::read::{BLANK, Section};
use crate::threads::both;

/// Where a field stands: offsets into the text, which is why texts of 4 GiB are read step by step.
#[derive(Clone, Copy, Debug)]
struct Field {
    /// Where its name begins.
    key: u32,
    /// Which of the names it has.
    name: u32,
    value: (u32, u32),
}

/// The fields of one entry.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Swept<'d> {
    fields: &'d [Field],
    names: &'d [(u32, u32)],
}

impl Swept<'_> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Where a name stands that is that of field number `at`: always at the same place for many fields of one name.
    pub(super) fn name(&self, at: usize) -> Option<Span> {
        self.names.get(self.fields.get(at)?.name as usize).copied().map(span)
    }

    /// Field number `at`, the same as any member.
    pub(super) fn member(&self, at: usize) -> Option<Member> {
        let Field { key, value, .. } = *self.fields.get(at)?;
        let name = self.name(at)?;
        let start = key as usize;
        Some(Member { key: Span { start, end: start + (name.end - name.start) }, value: span(value) })
    }
}

fn span((start, end): (u32, u32)) -> Span {
    Span { start: start as usize, end: end as usize }
}

/// The fields of every entry of a document, in order.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: Vec<Field>,
    /// Names that fields have, where each was met first: whoever asks for the names of an entry need not look for them all
    /// over its text. A name may be here twice.
    names: Vec<(u32, u32)>,
    /// For each section, where the fields of each of its entries end.
    ends: Vec<Vec<u32>>,
    /// For each section, where the fields of its first entry begin.
    starts: Vec<u32>,
}

impl Fields {
    /// The fields of entry number `entry` of section number `section`; `None` if they were not read.
    pub(super) fn of(&self, section: usize, entry: usize) -> Option<Swept<'_>> {
        let ends = self.ends.get(section)?;
        let end = *ends.get(entry)?;
        let start = match entry.checked_sub(1) {
            Some(before) => *ends.get(before)?,
            None => *self.starts.get(section)?,
        };
        let range: Range<usize> = start as usize..end as usize;
        Some(Swept { fields: self.fields.get(range)?, names: &self.names })
    }

    /// Adds those of a text that goes on in the last section.
    fn go_on(&mut self, mut rest: Self) {
        let (before, names) = (self.count(), narrow(self.names.len()));
        let behind = |at: u32| at.saturating_add(before);
        self.names.append(&mut rest.names);
        self.fields.extend(rest.fields.iter().map(|field| Field { name: field.name.saturating_add(names), ..*field }));
        rest.ends.iter_mut().flatten().for_each(|end| *end = behind(*end));
        let mut ends = rest.ends.into_iter();
        self.ends.last_mut().into_iter().for_each(|last| last.extend(ends.next().unwrap_or_default()));
        self.ends.extend(ends);
        self.starts.extend(rest.starts.into_iter().skip(1).map(behind));
    }

    fn count(&self) -> u32 {
        narrow(self.fields.len())
    }
}

/// From this size on, the halves are read side by side.
pub(super) const WORTH_TWO: usize = 4 << 20;
/// So many names are looked through for one that is no neighbour's: caches know some forty.
const KNOWN: usize = 64;
/// A joint that is met nowhere.
const NONE: usize = usize::MAX;

/// Reads the object at `whole`, which ends where the text does; `None` if it is not what a cache usually is.
pub(super) fn sweep(text: &str, whole: Span) -> Option<(Vec<Section>, Fields)> {
    u32::try_from(text.len()).ok()?;
    let joint = if text.len() < WORTH_TWO { None } else { joint_behind(text, text.len() / 2) };
    let swept = match joint {
        Some(joint) => by_two(text, whole.start, joint)?,
        None => {
            let mut sweep = Sweep::from(text, whole.start);
            sweep.root(NONE)?;
            sweep
        }
    };
    Some((swept.sections, swept.fields))
}

/// Where the text may be parted behind `middle`.
fn joint_behind(text: &str, middle: usize) -> Option<usize> {
    joint_in(text.as_bytes().get(middle..)?).map(|behind| middle + behind)
}

/// Reads up to `joint` and from there on side by side, and answers what `sweep` does, be it a joint or not: a guess in the
/// midst of a string is one that the first half never meets, and then it reads on to the end.
fn by_two(text: &str, start: usize, joint: usize) -> Option<Sweep<'_>> {
    let rest = || {
        let mut rest = Sweep::from(text, joint);
        rest.go_on().map(|()| rest)
    };
    let mut sweep = Sweep::from(text, start);
    let (rest, reached) = both(rest, || sweep.root(joint));
    match reached? {
        Reached::End => Some(sweep),
        Reached::Joint => rest.map(|rest| sweep.joined(rest)),
    }
}

/// A reading that has come so far.
struct Sweep<'t> {
    text: &'t str,
    at: usize,
    sections: Vec<Section>,
    fields: Fields,
    /// The number of the first field of the entry that was read last.
    begun: usize,
}

/// How far a reading went.
enum Reached {
    /// To the end of the text.
    End,
    /// To the joint, which lies behind the comma of an entry.
    Joint,
}

// In all of these `None` is what is not the usual shape, be it JSON or not.
impl<'t> Sweep<'t> {
    fn from(text: &'t str, at: usize) -> Self {
        Self { text, at, sections: Vec::new(), fields: Fields::default(), begun: 0 }
    }

    /// Reads a whole text, or as far as `joint`.
    fn root(&mut self, joint: usize) -> Option<Reached> {
        self.take(b'{')?;
        match self.next()? {
            b'}' => self.take(b'}').filter(|()| self.is_end()).map(|()| Reached::End),
            _ => self.sections(joint),
        }
    }

    /// Reads from within a section on: its other entries, and what follows.
    fn go_on(&mut self) -> Option<()> {
        let nowhere = Span { start: 0, end: 0 };
        self.begin(Member { key: nowhere, value: nowhere });
        self.entries(NONE)?;
        match self.separator()? {
            b',' => self.sections(NONE).map(drop),
            _ => self.is_end().then_some(()),
        }
    }

    /// This one and `rest`, which went on where it stopped.
    fn joined(mut self, rest: Self) -> Self {
        let mut sections = rest.sections.into_iter();
        for (last, more) in self.sections.last_mut().into_iter().zip(sections.next()) {
            last.entries.extend(more.entries);
            last.member.value.end = more.member.value.end;
        }
        self.sections.extend(sections);
        self.fields.go_on(rest.fields);
        self
    }

    /// Sections, up to the end of the text.
    fn sections(&mut self, joint: usize) -> Option<Reached> {
        loop {
            let key = self.name()?;
            self.take(b':')?;
            self.take(b'{')?;
            self.begin(Member { key, value: Span { start: self.at - 1, end: self.at } });
            if self.next()? == b'}' {
                self.take(b'}')?;
                self.close();
            } else if let Reached::Joint = self.entries(joint)? {
                return Some(Reached::Joint);
            }
            if self.separator()? == b'}' {
                return self.is_end().then_some(Reached::End);
            }
        }
    }

    fn begin(&mut self, member: Member) {
        self.fields.starts.push(self.fields.count());
        self.fields.ends.push(Vec::new());
        self.sections.push(Section { member, entries: Vec::new() });
    }

    /// The section ends here.
    fn close(&mut self) {
        let end = self.at;
        self.sections.last_mut().into_iter().for_each(|section| section.member.value.end = end);
    }

    /// The entries of the section that was begun last, up to its end.
    fn entries(&mut self, joint: usize) -> Option<Reached> {
        loop {
            let entry = self.entry()?;
            self.sections.last_mut()?.entries.push(entry);
            if self.separator()? == b'}' {
                self.close();
                return Some(Reached::End);
            }
            if self.at == joint {
                return Some(Reached::Joint);
            }
        }
    }

    fn entry(&mut self) -> Option<Member> {
        let key = self.name()?;
        self.take(b':')?;
        self.next()?;
        let start = self.at;
        let mut parser = serde_json::Deserializer::from_str(self.text.get(start..)?);
        let alike = std::mem::replace(&mut self.begun, self.fields.fields.len());
        Members { text: self.text, fields: &mut self.fields, alike }.deserialize(&mut parser).ok()?;
        self.at += parser.into_iter::<IgnoredAny>().byte_offset();
        let end = self.fields.count();
        self.fields.ends.last_mut()?.push(end);
        Some(Member { key, value: Span { start, end: self.at } })
    }

    /// The name that comes next.
    fn name(&mut self) -> Option<Span> {
        let start = if self.next()? == b'"' { self.at } else { return None };
        let mut parser = serde_json::Deserializer::from_str(self.text.get(start..)?);
        let name = <&RawValue>::deserialize(&mut parser).ok()?;
        self.at += name.get().len();
        Some(Span { start, end: self.at })
    }

    /// The comma between two members, or the brace behind the last.
    fn separator(&mut self) -> Option<u8> {
        let found = self.next().filter(|byte| matches!(byte, b',' | b'}'))?;
        self.at += 1;
        Some(found)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.next().filter(|next| *next == byte)?;
        self.at += 1;
        Some(())
    }

    /// Passes over white space; what stands behind it.
    fn next(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        let inside = rest.trim_start_matches(BLANK);
        self.at += rest.len() - inside.len();
        inside.as_bytes().first().copied()
    }

    /// Whether nothing but white space follows.
    fn is_end(&mut self) -> bool {
        self.next().is_none()
    }
}

/// Reads the fields of an entry. Any kind of value but an object is an error, which ends the sweep.
struct Members<'f> {
    text: &'f str,
    fields: &'f mut Fields,
    /// The number of a field that has the same name as the next, if the entry is like the one before.
    alike: usize,
}

impl Members<'_> {
    fn add(&mut self, key: &RawValue, value: &RawValue) {
        let place = |raw: &RawValue| {
            // The whole text is shorter than 4 GiB.
            let start = raw.get().as_ptr().addr() - self.text.as_ptr().addr();
            (start as u32, (start + raw.get().len()) as u32)
        };
        let (value, key_at) = (place(value), place(key));
        let Fields { fields, names, .. } = &mut *self.fields;
        let is_it = |name: &(u32, u32)| span(*name).of(self.text) == key.get();
        let alike = fields.get(self.alike).map(|field| field.name);
        let alike = alike.filter(|name| names.get(*name as usize).is_some_and(is_it));
        let name = alike.or_else(|| names.iter().take(KNOWN).position(is_it).map(narrow)).unwrap_or_else(|| {
            names.push(key_at);
            narrow(names.len() - 1)
        });
        fields.push(Field { key: key_at.0, name, value });
        self.alike += 1;
    }
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of an entry")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            self.add(key, value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
