//! A text's first reading: where its sections and entries stand, or what is wrong with it and where.
//! An error names the place and the kind, never the text.

use serde_json::error::Category;

use super::index::{self, Kind, Member, Span};
use super::sweep::{self, Fields};
use crate::secret::SecretBytes;

/// Why a text is no cache, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at line {line} column {column} (byte {offset})")]
pub struct ParseError {
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in bytes.
    pub column: usize,
    /// Counted from 0, in bytes.
    pub offset: usize,
}

/// The ways in which a text is no cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// Some byte is not UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// Two bytes a letter, as some editors and shells on Windows save.
    #[error("UTF-16 text, where UTF-8 belongs")]
    Utf16,
    /// NUL bytes, as a power cut leaves them.
    #[error("NUL bytes, where text belongs")]
    Nul,
    /// The text begins with something other than `{`.
    #[error("not a JSON object")]
    NotAnObject,
    /// A whole document, then more: what in-place writes of two processes leave ("Extra data").
    #[error("a complete document is followed by extra data")]
    TrailingData,
    /// The text ends too early: what a killed writer leaves.
    #[error("the text ends too early")]
    Truncated,
    /// Anything else that is not JSON.
    #[error("not valid JSON")]
    Syntax,
}

/// JSON's white space.
pub(super) const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// A member of the root, with its members when it is an object.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) member: Member,
    pub(super) entries: Vec<Member>,
}

/// What a first reading finds.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) root: Span,
    pub(super) sections: Vec<Section>,
    /// The fields of entries, where the text has the usual shape.
    pub(super) fields: Fields,
}

/// The error for `bytes` that stop being UTF-8 at `offset`.
pub(super) fn not_utf8(bytes: &SecretBytes, offset: usize) -> ParseError {
    let bytes = bytes.reveal();
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    error_at(if is_utf16 { ParseErrorKind::Utf16 } else { ParseErrorKind::NotUtf8 }, bytes, offset)
}

/// Where the root and the sections of `text` stand, and the entries in them.
///
/// # Errors
/// What is wrong and where, if `text` is not one JSON object; a BOM may stand first.
pub(super) fn outline(text: &str) -> Result<Outline, ParseError> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let whole = Span { start, end: text.len() };
    if text.is_empty() {
        return Ok(Outline { root: whole, sections: Vec::new(), fields: Fields::default() });
    }
    let body = whole.of(text);
    let inside = body.trim_start_matches(BLANK);
    let blank = body.len() - inside.len();
    if !inside.starts_with('{') {
        let kind = match inside.chars().next() {
            None => ParseErrorKind::Truncated,
            Some('\0') => ParseErrorKind::Nul,
            Some(_) => ParseErrorKind::NotAnObject,
        };
        return Err(error_at(kind, text.as_bytes(), start + blank));
    }
    if inside.starts_with("{\0") {
        // Without a mark, and so few letters beyond ASCII that its bytes are UTF-8 too.
        return Err(error_at(ParseErrorKind::Utf16, text.as_bytes(), start + blank));
    }
    let root = Span { start: start + blank, end: start + body.trim_end_matches(BLANK).len() };
    if let Some((sections, fields)) = sweep::sweep(text, whole) {
        return Ok(Outline { root, sections, fields });
    }
    let found = index::members(text, whole).map_err(|error| syntax_error(text, start, &error))?;
    let sections = found.into_iter().map(|member| Section { member, entries: entries_of(text, member) });
    Ok(Outline { root, sections: sections.collect(), fields: Fields::default() })
}

/// The entries of a section. It parsed once inside the root, so it parses again.
fn entries_of(text: &str, section: Member) -> Vec<Member> {
    match Kind::of(section.value.of(text)) {
        Kind::Object => index::members(text, section.value).unwrap_or_default(),
        Kind::Array | Kind::String | Kind::Number | Kind::Bool | Kind::Null => Vec::new(),
    }
}

/// Places a `serde_json` error. Its own message is dropped: it may quote the text.
fn syntax_error(text: &str, start: usize, error: &serde_json::Error) -> ParseError {
    let (offset, column) = place_of(text.get(start..).unwrap_or(""), error);
    let offset = start + offset;
    // One of two sentences of serde_json's that we read: it tells a whole document with a tail.
    let has_tail = error.to_string().starts_with("trailing characters");
    // The parser stops at the NUL or just beside it.
    let is_nul = text.as_bytes().iter().skip(offset.saturating_sub(1)).take(3).any(|byte| *byte == 0);
    let kind = match error.classify() {
        Category::Io | Category::Syntax | Category::Data if is_nul && !has_tail => ParseErrorKind::Nul,
        Category::Eof => ParseErrorKind::Truncated,
        Category::Io | Category::Syntax | Category::Data if has_tail => ParseErrorKind::TrailingData,
        Category::Io | Category::Syntax | Category::Data => ParseErrorKind::Syntax,
    };
    ParseError { kind, line: error.line(), column, offset }
}

/// Where in `body` the parser stopped.
pub(super) fn offset_of(body: &str, error: &serde_json::Error) -> usize {
    place_of(body, error).0
}

/// The offset in `body` at which the parser stopped, and its column.
fn place_of(body: &str, error: &serde_json::Error) -> (usize, usize) {
    let line_start: usize = body.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = line_start + error.column().saturating_sub(1);
    // Of a control character in a string, the parser tells the byte before it.
    let is_before =
        body.as_bytes().get(at).is_some_and(|byte| *byte >= 0x20) && error.to_string().starts_with("control character");
    let more = usize::from(is_before);
    ((at + more).min(body.len()), error.column() + more)
}

fn error_at(kind: ParseErrorKind, text: &[u8], offset: usize) -> ParseError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    ParseError { kind, line, column, offset }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let parse = |text: &str| Document::parse(SecretBytes::new(text.as_bytes().to_vec()));
        let says = |text| parse(text).expect_err("not a cache").to_string();

        assert_eq!(says("{}\n{}"), "a complete document is followed by extra data at line 2 column 1 (byte 3)");
        assert_eq!(says("[]"), "not a JSON object at line 1 column 1 (byte 0)");
        assert_eq!(says(" "), "the text ends too early at line 1 column 2 (byte 1)");
        assert!(says("{\"secret\":hunter2}").starts_with("not valid JSON at line 1"));
        assert_eq!(says("{\"A\":\0\0"), "NUL bytes, where text belongs at line 1 column 6 (byte 5)");
        assert!(says("\0\0").starts_with("NUL bytes"));
        assert_eq!(says("{\"A\":\"a\0\"}"), "NUL bytes, where text belongs at line 1 column 8 (byte 7)");
        assert!(says("{\"A\":\n\"a\u{1}\"}").ends_with("at line 2 column 3 (byte 8)"));
        assert!(says(" {\0\"\0").ends_with("at line 1 column 2 (byte 1)"), "{}", says(" {\0\"\0"));
        assert!(says("{}\0").starts_with("a complete document is followed by extra data"));
        let utf16 = Document::parse(SecretBytes::new(vec![0xff, 0xfe, b'{', 0, b'}', 0])).expect_err("not a cache");
        assert!(utf16.to_string().starts_with("UTF-16 text"));
    }
}
