//! A first look at a text of which only the beginning is there: the complete entries, where they also stand in the
//! whole. Good for showing rows early; never for a change, since nothing behind the cut is known.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Document;
use super::index::{Member, Span};
use crate::secret::{SecretBytes, SecretText};

impl Document {
    /// The sections and entries that stand complete in `head`, the beginning of a longer text. Their spots are those
    /// of the whole text. `None` if there are none, or if `head` is no beginning of a cache.
    #[must_use]
    pub fn glimpse(head: SecretBytes) -> Option<Self> {
        let text = whole_letters(head)?;
        let (end, closing) = last_complete(text.reveal())?;
        let mut closed = text.into_bytes();
        closed.truncate(end);
        closed.extend(closing.as_bytes());
        Self::parse(closed).ok()
    }
}

/// `head` as text; a letter that the cut went through is left out.
fn whole_letters(head: SecretBytes) -> Option<SecretText> {
    let (head, end) = match head.into_text() {
        Ok(text) => return Some(text),
        Err(cut) => cut,
    };
    SecretBytes::new(head.reveal().get(..end)?.to_vec()).into_text().ok()
}

/// Where the last complete entry or section ends, and what closes the text there.
fn last_complete(text: &str) -> Option<(usize, &'static str)> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let sections = complete_members(text, start)?;
    let of_section = sections.open.and_then(|key| {
        let value = text.get(key.end..)?.trim_start().strip_prefix(':')?.trim_start();
        complete_members(text, text.len() - value.len())?.last
    });
    match of_section {
        Some(entry) => Some((entry.value.end, "}}")),
        None => sections.last.map(|section| (section.value.end, "}")),
    }
}

/// How far an object goes before the text ends.
struct Complete {
    last: Option<Member>,
    /// The key behind which the text ends.
    open: Option<Span>,
}

/// The complete members of the object that begins at `start` and whose end is cut off.
fn complete_members(text: &str, start: usize) -> Option<Complete> {
    let mut found = Complete { last: None, open: None };
    let visitor = Collector { base: text.as_ptr().addr(), end: text.len(), found: &mut found };
    let outcome = serde_json::Deserializer::from_str(text.get(start..)?).deserialize_map(visitor);
    outcome.is_err_and(|error| error.is_eof()).then_some(found)
}

struct Collector<'f> {
    base: usize,
    end: usize,
    found: &'f mut Complete,
}

impl Collector<'_> {
    fn span(&self, raw: &RawValue) -> Span {
        let start = raw.get().as_ptr().addr() - self.base;
        Span { start, end: start + raw.get().len() }
    }
}

impl<'de> Visitor<'de> for Collector<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let key = self.span(key);
            self.found.open = Some(key);
            let value = self.span(map.next_value::<&RawValue>()?);
            // A number that reaches the cut may go on behind it.
            if value.end < self.end {
                *self.found = Complete { last: Some(Member { key, value }), open: None };
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{ "A": { "k": {"x": 1}, "é": "ü" }, "n": 123, "B": {}, "C": { "a": {"y": [2]}, "b": {} } }"#;

    fn keys(document: &Document) -> Vec<(usize, String)> {
        let spots = document.sections().flat_map(|section| document.entries(section));
        spots
            .map(|spot| {
                (
                    spot.section,
                    format!(
                        "{}={}",
                        document.key(spot),
                        document.node(spot).map_or_else(String::new, |node| node.raw().into_owned())
                    ),
                )
            })
            .collect()
    }

    #[test]
    fn every_beginning_shows_the_first_entries_of_the_whole() {
        let whole = keys(&Document::parse(SecretBytes::new(WHOLE.as_bytes().to_vec())).expect("valid"));
        let mut most = 0;

        for end in 0..WHOLE.len() {
            let Some(seen) = Document::glimpse(SecretBytes::new(WHOLE.as_bytes()[..end].to_vec())) else { continue };
            let seen = keys(&seen);

            assert_eq!(seen, whole[..seen.len()]);
            most = most.max(seen.len());
        }

        assert_eq!(most, whole.len());
    }

    #[test]
    fn a_number_that_reaches_the_cut_is_not_taken_for_whole() {
        let seen = |end: usize| {
            let seen = Document::glimpse(SecretBytes::new(WHOLE.as_bytes()[..end].to_vec())).expect("a beginning");
            seen.to_bytes().reveal().to_vec()
        };
        let behind = WHOLE.find("123").expect("it stands there") + 3;

        assert!(!seen(behind - 1).ends_with(b"12}"));
        assert!(!seen(behind).ends_with(b"123}"));
        assert!(seen(behind + 1).ends_with(b"123}"));
    }

    #[test]
    fn what_is_no_beginning_of_a_cache_shows_nothing() {
        for text in ["", " ", "[1, 2", "{", r#"{"A": {"#, r#"{"A": {"k": {"x": 1}, wrong"#, r#"{"A": {}}"#] {
            assert!(Document::glimpse(SecretBytes::new(text.as_bytes().to_vec())).is_none(), "{text}");
        }
    }
}
