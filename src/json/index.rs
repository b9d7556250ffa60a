//! Where the members of an object stand in a text. `serde_json` parses and validates;
//! `RawValue` borrows from the text, so a slice's address is its offset. No parser of our own.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// A range of bytes in a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// The slice of `text` that this span names; empty when it does not fit.
    #[must_use]
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// A count of what stands in a text, narrow: no text that is read has so many of anything that this is too few.
pub(super) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, in whatever spelling.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

impl Kind {
    /// The kind of the valid JSON value `raw`, by its first byte.
    #[must_use]
    pub(crate) fn of(raw: &str) -> Self {
        match raw.as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::String,
            Some(b't' | b'f') => Self::Bool,
            Some(b'n') => Self::Null,
            _ => Self::Number,
        }
    }
}

/// One member of an object: its name (with quotes) and its value, verbatim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) key: Span,
    pub(crate) value: Span,
}

/// The members of the object that stands at `at` in `text`, in order, duplicates kept.
///
/// # Errors
/// What `serde_json` says of an object that is not valid JSON; positions count from the object.
pub(crate) fn members(text: &str, at: Span) -> Result<Vec<Member>, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(at.of(text));
    let found = parser.deserialize_map(Members { base: text.as_ptr().addr() })?;
    parser.end()?;
    Ok(found)
}

struct Members {
    base: usize,
}

impl Members {
    fn span(&self, raw: &RawValue) -> Span {
        let start = raw.get().as_ptr().addr() - self.base;
        Span { start, end: start + raw.get().len() }
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Vec<Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            found.push(Member { key: self.span(key), value: self.span(value) });
        }
        Ok(found)
    }
}

/// The content of the raw JSON string `raw` (quotes included). A lone surrogate, which Python
/// writes and reads, becomes U+FFFD here; the text of the document keeps it.
#[must_use]
pub fn decode(raw: &str) -> Cow<'_, str> {
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    if let Ok(text) = serde_json::from_str::<String>(raw) {
        return Cow::Owned(text);
    }
    let mut parser = serde_json::Deserializer::from_str(raw);
    let bytes = parser.deserialize_byte_buf(WobblyText).unwrap_or_default();
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes a JSON string as bytes, in which `serde_json` encodes lone surrogates as three bytes.
struct WobblyText;

impl Visitor<'_> for WobblyText {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_of_a_value_tells_its_kind() {
        let kinds = ["{}", "[]", "\"\"", "true", "false", "null", "-1"].map(Kind::of);

        assert_eq!(kinds[..4], [Kind::Object, Kind::Array, Kind::String, Kind::Bool]);
        assert_eq!(kinds[4..], [Kind::Bool, Kind::Null, Kind::Number]);
    }

    #[test]
    fn members_keep_order_duplicates_and_spelling() {
        let text = r#"{ "a": 1.50e+3, "a": "\ud800", "b\u0041" : {} }"#;

        let found = members(text, Span { start: 0, end: text.len() }).expect("the text is valid");

        let shown: Vec<_> = found.iter().map(|m| (m.key.of(text), m.value.of(text))).collect();
        assert_eq!(shown, [("\"a\"", "1.50e+3"), ("\"a\"", "\"\\ud800\""), ("\"b\\u0041\"", "{}")]);
    }

    #[test]
    fn strings_decode_even_with_lone_surrogates() {
        assert_eq!(decode(r#""caf\u00e9""#), "café");
        assert!(decode(r#""a\ud800b""#).contains('\u{fffd}'));
    }
}
