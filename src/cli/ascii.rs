//! JSON on one line, in ASCII: every other character as `\uXXXX`, so that no pipe, locale or terminal can spoil it
//! and no byte of a cache can drive a terminal. Knows nothing of what is written.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

/// Writes `value` and a newline. What `out` refuses it remembers itself.
pub(super) fn write(out: &mut dyn Write, value: &impl Serialize) {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Ascii);
    if value.serialize(&mut serializer).is_ok() {
        _ = out.write_all(b"\n");
    }
}

/// serde_json's compact form, escaped beyond ASCII.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_escaped(writer, fragment)
    }

    // A raw value is valid JSON as it stood in some layout: white space between its tokens goes, so that
    // one line stays one line. What is not ASCII, and DEL, stand only in strings.
    fn write_raw_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for (kind, part) in strings_and_rest(fragment) {
            match kind {
                Part::String => write_escaped(writer, part)?,
                Part::Between => {
                    part.split_ascii_whitespace().try_for_each(|token| writer.write_all(token.as_bytes()))?
                }
            }
        }
        Ok(())
    }
}

/// What a piece of JSON text is.
#[derive(Clone, Copy)]
enum Part {
    /// A string with its quotes.
    String,
    /// Everything between two strings.
    Between,
}

/// The strings of the valid JSON `text` and what stands between them, in order.
fn strings_and_rest(text: &str) -> impl Iterator<Item = (Part, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, end) = match rest.find('"') {
            None if rest.is_empty() => return None,
            None => (Part::Between, rest.len()),
            Some(0) => (Part::String, string_end(rest)),
            Some(at) => (Part::Between, at),
        };
        let (found, behind) = rest.split_at(end);
        rest = behind;
        Some((part, found))
    })
}

/// Behind the closing quote of the string that begins `text`.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn write_escaped<W: ?Sized + Write>(writer: &mut W, text: &str) -> io::Result<()> {
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| !c.is_ascii() || *c == '\u{7f}') {
        let (plain, behind) = rest.split_at(at);
        writer.write_all(plain.as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(writer, "\\u{unit:04x}")?;
        }
        rest = behind.get(c.len_utf8()..).unwrap_or_default();
    }
    writer.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        write(&mut out, value);
        String::from_utf8(out).expect("ASCII is UTF-8")
    }

    #[test]
    fn what_is_not_ascii_is_escaped() {
        assert_eq!(written(&["é🔑\u{7f}\u{1b}\"a"]), "[\"\\u00e9\\ud83d\\udd11\\u007f\\u001b\\\"a\"]\n");
    }

    #[test]
    fn raw_values_are_escaped_and_put_on_one_line() {
        let text = "{\n  \"é \\\" :\": [1.50e+3,\tnull ],\r\n \"a\": \" \" }".to_owned();
        let raw = serde_json::value::RawValue::from_string(text).expect("valid JSON");

        assert_eq!(written(&raw), "{\"\\u00e9 \\\" :\":[1.50e+3,null],\"a\":\" \"}\n");
    }
}
