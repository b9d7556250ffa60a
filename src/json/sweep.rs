//! The quick reading: sections, entries and fields in one pass over the text. It knows the usual shape only (objects
//! of objects of fields) and gives up on any other; `read` then reads step by step and says what is wrong. `serde_json`
//! parses here too: what this accepts, it has validated.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::index::{Member, Span};
use super::read::Section;

/// Where a field stands: offsets into the text, which is why texts of 4 GiB are read step by step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    key: (u32, u32),
    value: (u32, u32),
}

impl Field {
    /// The same as any member.
    pub(super) fn member(&self) -> Member {
        let span = |(start, end): (u32, u32)| Span { start: start as usize, end: end as usize };
        Member { key: span(self.key), value: span(self.value) }
    }
}

/// The fields of every entry of a document, in order.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: Vec<Field>,
    /// For each section, where the fields of each of its entries end.
    ends: Vec<Vec<u32>>,
    /// For each section, where the fields of its first entry begin.
    starts: Vec<u32>,
}

impl Fields {
    /// The fields of entry number `entry` of section number `section`; `None` if they were not read.
    pub(super) fn of(&self, section: usize, entry: usize) -> Option<&[Field]> {
        let ends = self.ends.get(section)?;
        let end = *ends.get(entry)?;
        let start = match entry.checked_sub(1) {
            Some(before) => *ends.get(before)?,
            None => *self.starts.get(section)?,
        };
        let range: Range<usize> = start as usize..end as usize;
        self.fields.get(range)
    }
}

/// Reads the object at `whole` in one pass; `None` if it is not what a cache usually is.
pub(super) fn sweep(text: &str, whole: Span) -> Option<(Vec<Section>, Fields)> {
    u32::try_from(text.len()).ok()?;
    let mut sweep = Sweep { text, fields: Fields::default() };
    let mut parser = serde_json::Deserializer::from_str(whole.of(text));
    let sections = Root(&mut sweep).deserialize(&mut parser).ok()?;
    parser.end().ok()?;
    Some((sections, sweep.fields))
}

struct Sweep<'t> {
    text: &'t str,
    fields: Fields,
}

impl Sweep<'_> {
    fn span(&self, raw: &RawValue) -> Span {
        let start = raw.get().as_ptr().addr() - self.text.as_ptr().addr();
        Span { start, end: start + raw.get().len() }
    }

    /// The span of the object that follows `key` and whose last member ends at `last`: nothing but white space and the
    /// colon lies between, since the text has been parsed.
    fn object(&self, key: Span, last: Option<usize>) -> Option<Span> {
        let start = key.end + self.text.get(key.end..)?.find('{')?;
        let inside = last.unwrap_or(start + 1);
        let end = inside + self.text.get(inside..)?.find('}')? + 1;
        Some(Span { start, end })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.fields.fields.len()).unwrap_or(u32::MAX)
    }
}

/// What a level of the text is read with; each gives where its last member ends.
struct Root<'s, 't>(&'s mut Sweep<'t>);
struct Entries<'s, 't>(&'s mut Sweep<'t>);
struct Members<'s, 't>(&'s mut Sweep<'t>);

// Any kind of value but an object is an error in each of them, which ends the sweep.
impl<'de> DeserializeSeed<'de> for Root<'_, '_> {
    type Value = Vec<Section>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = Vec<Member>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> DeserializeSeed<'de> for Members<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_map(self)
    }
}

const SHAPE: &str = "the usual shape of a cache";

impl<'de> Visitor<'de> for Root<'_, '_> {
    type Value = Vec<Section>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHAPE)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut sections = Vec::new();
        while let Some(key) = map.next_key::<&RawValue>()? {
            let key = self.0.span(key);
            self.0.fields.starts.push(self.0.count());
            self.0.fields.ends.push(Vec::new());
            let entries = map.next_value_seed(Entries(&mut *self.0))?;
            let value = self.0.object(key, entries.last().map(|entry| entry.value.end));
            let value = value.ok_or_else(|| serde::de::Error::custom(SHAPE))?;
            sections.push(Section { member: Member { key, value }, entries });
        }
        Ok(sections)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = Vec<Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHAPE)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<&RawValue>()? {
            let key = self.0.span(key);
            let last = map.next_value_seed(Members(&mut *self.0))?;
            let value = self.0.object(key, last).ok_or_else(|| serde::de::Error::custom(SHAPE))?;
            let end = self.0.count();
            self.0.fields.ends.last_mut().into_iter().for_each(|ends| ends.push(end));
            entries.push(Member { key, value });
        }
        Ok(entries)
    }
}

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHAPE)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut last = None;
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            let (key, value) = (self.0.span(key), self.0.span(value));
            last = Some(value.end);
            // The whole text is shorter than 4 GiB.
            let narrow = |span: Span| (span.start as u32, span.end as u32);
            self.0.fields.fields.push(Field { key: narrow(key), value: narrow(value) });
        }
        Ok(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Span {
        Span { start: 0, end: text.len() }
    }

    #[test]
    fn sections_entries_and_fields_stand_where_they_stand() {
        let text = r#"{ "A" : { "k" : {"x": 1.50e+3 , "x":"}"} , "e": { } }, "B":{}}"#;

        let (sections, fields) = sweep(text, whole(text)).expect("the usual shape");

        let spans = |section: usize, entry: usize| {
            let found = fields.of(section, entry).expect("read");
            found
                .iter()
                .map(|field| field.member())
                .map(|field| (field.key.of(text), field.value.of(text)))
                .collect::<Vec<_>>()
        };
        let [a, b] = sections.as_slice() else { panic!("two sections") };
        assert_eq!(a.member.value.of(text), r#"{ "k" : {"x": 1.50e+3 , "x":"}"} , "e": { } }"#);
        assert_eq!(
            a.entries.iter().map(|entry| entry.value.of(text)).collect::<Vec<_>>(),
            [r#"{"x": 1.50e+3 , "x":"}"}"#, "{ }"]
        );
        assert_eq!((spans(0, 0), spans(0, 1)), (vec![("\"x\"", "1.50e+3"), ("\"x\"", "\"}\"")], vec![]));
        assert_eq!((b.member.value.of(text), b.entries.len()), ("{}", 0));
    }

    #[test]
    fn other_shapes_are_left_to_the_slow_reading() {
        for text in [r#"{"A":[]}"#, r#"{"A":{"k":null}}"#, r#"{"A":1e400}"#, r#"{"A":{}"#, r#"{"A":{}} x"#] {
            assert!(sweep(text, whole(text)).is_none(), "{text}");
        }
    }
}
