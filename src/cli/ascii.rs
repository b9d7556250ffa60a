//! JSON on one line, in ASCII: every other character as `\uXXXX`, so that no pipe, locale or terminal can spoil it
//! and no byte of a cache can drive a terminal. Knows nothing of what is written.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::json::tokens;

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
        for token in tokens(fragment) {
            write_escaped(writer, token)?;
        }
        Ok(())
    }
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
