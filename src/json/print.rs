//! New JSON text: strings quoted as the document's runtime quotes them, and whole texts laid out anew
//! from their own tokens, so that number text, escapes and duplicates stay as they are.

use super::index::{self, Kind, Span};
use super::{Document, Style};
use crate::secret::{SecretBytes, SecretText};

/// A layout to re-serialise into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Nothing changes.
    Keep,
    /// Four spaces a level, as MSAL Python writes.
    Pretty,
    /// No white space, as the other runtimes write.
    Compact,
    /// Compact, with the members of the root, of sections and of entries sorted by name: two caches
    /// that say the same give the same text. Duplicates keep their order.
    Canonical,
}

/// `text` as a JSON string; with `ascii`, everything else as `\uXXXX`, as Python escapes.
#[must_use]
pub fn quote(text: &str, ascii: bool) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    if ascii { escaped(&quoted) } else { quoted }
}

/// The JSON text `raw` with everything that is not ASCII escaped as `\uXXXX`: it stands within strings alone.
#[must_use]
pub fn escaped(raw: &str) -> String {
    // At the worst two bytes become six: a text that grows leaves its tokens in freed memory.
    let mut out = String::with_capacity(raw.len() + 4 * raw.bytes().filter(|byte| !byte.is_ascii()).count());
    for c in raw.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

/// The text of `document` with everything that is not ASCII escaped: what MSAL Python writes.
#[must_use]
pub fn as_ascii(document: &Document) -> SecretBytes {
    SecretBytes::new(escaped(document.text()).into_bytes())
}

/// An object of `members` (decoded name, raw value) in `style`, whose members stand at `depth`.
#[must_use]
pub fn scalar_object(members: &[(&str, String)], style: &Style, depth: usize) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    let (open, close) = (style.break_at(depth), style.break_at(depth.saturating_sub(1)));
    let item = |(name, value): &(&str, String)| format!("{}{}{value}", quote(name, style.ascii), style.colon);
    let items: Vec<_> = members.iter().map(item).collect();
    format!("{{{open}{}{close}}}", items.join(&style.comma_at(depth)))
}

/// The text of `document` in another layout; its BOM goes, which no runtime but .NET's tests can read.
#[must_use]
pub fn relayout(document: &Document, layout: Layout) -> SecretBytes {
    let text = document.text().trim_start_matches('\u{feff}').trim();
    let new = match layout {
        Layout::Keep => return document.to_bytes(),
        Layout::Pretty => spread(text, Some("    ")),
        Layout::Compact => spread(text, None),
        Layout::Canonical => spread(SecretText::new(sorted(text, 3)).reveal(), None),
    };
    SecretBytes::new(new.into_bytes())
}

/// Lays the valid JSON `text` out anew, token by token.
fn spread(text: &str, indent: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut depth = 0usize;
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                out.push_str(token);
                depth += 1;
                if !matches!(tokens.peek(), Some(&"}" | &"]")) {
                    new_line(&mut out, indent, depth);
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                if !out.ends_with(['{', '[']) && depth < DEEPEST {
                    new_line(&mut out, indent, depth);
                }
                out.push_str(token);
            }
            "," => {
                out.push(',');
                new_line(&mut out, indent, depth);
            }
            ":" => out.push_str(if indent.is_some() { ": " } else { ":" }),
            _ => out.push_str(token),
        }
    }
    out
}

/// What lies deeper stays on one line: the indents of 100,000 brackets would fill 40 GB.
const DEEPEST: usize = 64;

fn new_line(out: &mut String, indent: Option<&str>, depth: usize) {
    if let Some(indent) = indent.filter(|_| depth <= DEEPEST) {
        out.push('\n');
        (0..depth).for_each(|_| out.push_str(indent));
    }
}

/// The tokens of `text`, JSON that `serde_json` has already accepted, without the white space between them.
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
    Tokens(text)
}

struct Tokens<'t>(&'t str);

impl<'t> Iterator for Tokens<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.0.trim_start_matches([' ', '\t', '\r', '\n']);
        let end = match text.as_bytes().first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string_end(text),
            _ => text.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(text.len()),
        };
        let (token, rest) = text.split_at_checked(end)?;
        self.0 = rest;
        Some(token)
    }
}

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

/// `text` with the members of its objects sorted by name, `levels` deep.
fn sorted(text: &str, levels: usize) -> String {
    if levels == 0 || Kind::of(text) != Kind::Object {
        return text.to_owned();
    }
    let whole = Span { start: 0, end: text.len() };
    let mut members = index::members(text, whole).unwrap_or_default();
    members.sort_by(|a, b| super::decode(a.key.of(text)).cmp(&super::decode(b.key.of(text))));
    let item = |m: &index::Member| format!("{}:{}", m.key.of(text), sorted(m.value.of(text), levels - 1));
    let items: Vec<_> = members.iter().map(item).collect();
    format!("{{{}}}", items.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str, layout: Layout) -> String {
        let document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid");
        relayout(&document, layout).into_text().expect("UTF-8").reveal().to_owned()
    }

    #[test]
    fn what_is_written_for_python_is_ascii() {
        let document = Document::parse(SecretBytes::new("{\"é\":\"🧂\"}".as_bytes().to_vec())).expect("valid");

        assert_eq!(as_ascii(&document).reveal(), br#"{"\u00e9":"\ud83e\uddc2"}"#);
    }

    #[test]
    fn an_object_is_printed_in_the_style_of_its_text() {
        let members = [("a", "1".to_owned()), ("é", "{}".to_owned())];

        let printed = |style: &Style| scalar_object(&members, style, 2);

        assert_eq!(printed(&Style::of("{\"A\":{}}")), "{\"a\":1,\"\\u00e9\":{}}");
        let pretty = printed(&Style::of("{\n \"é\": {}}"));
        assert_eq!(pretty, "{\n  \"a\": 1,\n  \"é\": {}\n }");
        assert_eq!(scalar_object(&[], &Style::of(""), 2), "{}");
    }

    #[test]
    fn pretty_is_what_python_writes_and_keeps_every_token() {
        let text = r#"{"A":{"k":{"n":1.50e+3,"s":"\ud800,:{}","e":{},"l":[1,"b"]}}}"#;

        let pretty = laid_out(text, Layout::Pretty);

        assert_eq!(
            pretty,
            "{\n    \"A\": {\n        \"k\": {\n            \"n\": 1.50e+3,\n            \"s\": \"\\ud800,:{}\",\n            \"e\": {},\n            \"l\": [\n                1,\n                \"b\"\n            ]\n        }\n    }\n}"
        );
        assert_eq!(laid_out(&pretty, Layout::Compact), text);
    }

    #[test]
    fn canonical_sorts_names_and_keeps_duplicates_in_order() {
        assert_eq!(
            laid_out(r#"{"b":{"z":2,"a":1,"z":1},"a":[2,1]}"#, Layout::Canonical),
            r#"{"a":[2,1],"b":{"a":1,"z":2,"z":1}}"#
        );
    }

    #[test]
    fn quoted_text_is_ascii_when_asked() {
        assert_eq!(quote("é🔑\n", true), "\"\\u00e9\\ud83d\\udd11\\n\"");
        assert_eq!(quote("é", false), "\"é\"");
    }
}
