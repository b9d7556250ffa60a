//! Bytes to text, whatever was done to them. A byte that is no UTF-8 becomes a NUL, which no JSON value may hold:
//! so nothing moves, and what held the byte is not taken for whole.

use super::super::index::Span;
use super::Damage;
use crate::secret::{SecretBytes, SecretText};

/// A text, and what was wrong with its bytes.
pub(super) struct Decoded {
    pub(super) text: SecretText,
    pub(super) damage: Vec<Damage>,
    pub(super) coding: Coding,
}

/// How the bytes spell the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Utf8,
    /// Behind so many bytes of a byte order mark.
    Utf16(usize),
}

/// Reads `bytes` as text.
pub(super) fn decode(bytes: SecretBytes) -> Decoded {
    if let Some((unit, mark)) = utf_16(bytes.reveal()) {
        let body = bytes.reveal().get(mark..).unwrap_or_default();
        let mut text = String::with_capacity(body.len() / 2 * 3);
        let units = body.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(unit));
        text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\0')));
        return Decoded { text: SecretText::new(text), damage: vec![Damage::Utf16], coding: Coding::Utf16(mark) };
    }
    let mut damage = Vec::new();
    if bytes.reveal().starts_with(b"\xef\xbb\xbf") {
        damage.push(Damage::ByteOrderMark);
    }
    let count = bytes.reveal().iter().filter(|byte| **byte == 0).count();
    let first = bytes.reveal().iter().position(|byte| *byte == 0);
    damage.extend(first.map(|at| Damage::Nul { at, count }));
    let text = match bytes.into_text() {
        Ok(text) => text,
        Err((bytes, at)) => {
            let (text, count) = without_stray_bytes(bytes.reveal());
            damage.push(Damage::NotUtf8 { at, count });
            text
        }
    };
    Decoded { text, damage, coding: Coding::Utf8 }
}

type Unit = fn([u8; 2]) -> u16;

/// How to read UTF-16, and the length of its mark; `None` for anything else. A cache begins with `{`.
fn utf_16(bytes: &[u8]) -> Option<(Unit, usize)> {
    let head: [u8; 2] = bytes.get(..2)?.try_into().ok()?;
    match head {
        [0xff, 0xfe] => Some((u16::from_le_bytes, 2)),
        [0xfe, 0xff] => Some((u16::from_be_bytes, 2)),
        [b'{', 0] if bytes.get(3) == Some(&0) => Some((u16::from_le_bytes, 0)),
        [0, b'{'] if bytes.get(2) == Some(&0) => Some((u16::from_be_bytes, 0)),
        _ => None,
    }
}

/// The text of the same length with a NUL for each byte that is no UTF-8, and how many there are.
fn without_stray_bytes(bytes: &[u8]) -> (SecretText, usize) {
    let mut text = String::with_capacity(bytes.len());
    let mut count = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\0'));
        count += chunk.invalid().len();
    }
    (SecretText::new(text), count)
}

impl Coding {
    /// Leads from the decoded `text` back to the bytes.
    pub(super) fn origin(self, text: &str) -> Origin<'_> {
        Origin { coding: self, text, at: 0, units: 0 }
    }
}

/// From offsets in the decoded text to those in the bytes. Quick for offsets that grow.
pub(super) struct Origin<'t> {
    coding: Coding,
    text: &'t str,
    at: usize,
    units: usize,
}

impl Origin<'_> {
    /// The place of the byte `at` of the text.
    pub(super) fn offset(&mut self, at: usize) -> usize {
        let mark = match self.coding {
            Coding::Utf8 => return at,
            Coding::Utf16(mark) => mark,
        };
        if at < self.at {
            (self.at, self.units) = (0, 0);
        }
        self.units += self.text.get(self.at..at).unwrap_or("").encode_utf16().count();
        self.at = at;
        mark + 2 * self.units
    }

    /// The place of `span` of the text.
    pub(super) fn span(&mut self, span: Span) -> Span {
        Span { start: self.offset(span.start), end: self.offset(span.end) }
    }
}
