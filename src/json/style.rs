//! How a text is laid out: indent, separators, escapes, newline, BOM. Read from the text, never assumed.

/// The layout of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The white space of one level; `None` when members stand on one line.
    pub indent: Option<String>,
    /// `"\n"`, or `"\r\n"` as Python writes on Windows.
    pub newline: &'static str,
    /// What stands between a name and its value: `": "` or `":"`.
    pub colon: &'static str,
    /// Whether every character is ASCII, as Python writes (`\u00eb`). A Python peer may read with
    /// the locale's encoding, so an ASCII text must stay ASCII.
    pub ascii: bool,
    /// Whether the text begins with a byte order mark.
    pub bom: bool,
}

impl Style {
    /// What MSAL Python writes: four spaces, `\uXXXX`, no final newline.
    #[must_use]
    pub fn pretty() -> Self {
        Self { indent: Some("    ".to_owned()), newline: "\n", colon: ": ", ascii: true, bom: false }
    }

    /// What .NET, Java, Go and Node write: nothing between the tokens.
    #[must_use]
    pub fn compact() -> Self {
        Self { indent: None, newline: "\n", colon: ":", ascii: true, bom: false }
    }

    /// Reads the style of `text`; an empty text gets MSAL Python's.
    #[must_use]
    pub(crate) fn of(text: &str) -> Self {
        Self::laid_out(text, None)
    }

    /// The same of a text of which may be known whether it is ASCII, but for a byte order mark.
    pub(super) fn laid_out(text: &str, ascii: Option<bool>) -> Self {
        let ascii = ascii.unwrap_or_else(|| text.trim_start_matches('\u{feff}').is_ascii());
        let bom = text.starts_with('\u{feff}');
        let body = text.trim_start_matches('\u{feff}').trim_start();
        let Some(inside) = body.strip_prefix('{').filter(|rest| !rest.trim_start().starts_with('}')) else {
            return Self { ascii, bom, ..Self::pretty() };
        };
        let blank = inside.get(..inside.len() - inside.trim_start().len()).unwrap_or("");
        let newline = if blank.contains("\r\n") { "\r\n" } else { "\n" };
        let indent = blank.rsplit_once('\n').map(|(_, indent)| indent.to_owned());
        let colon = if colon_has_space(inside) { ": " } else { ":" };
        Self { indent, newline, colon, ascii, bom }
    }

    /// The line break and indent of `depth` levels; nothing in a compact text.
    #[must_use]
    pub(crate) fn break_at(&self, depth: usize) -> String {
        let Some(indent) = &self.indent else {
            return String::new();
        };
        format!("{}{}", self.newline, indent.repeat(depth))
    }

    /// What parts two members `depth` levels deep: a space follows the comma of a one-line text whose
    /// colons have one, as Python writes without an indent.
    #[must_use]
    pub(crate) fn comma_at(&self, depth: usize) -> String {
        let is_spaced = self.indent.is_none() && self.colon == ": ";
        if is_spaced { ", ".to_owned() } else { format!(",{}", self.break_at(depth)) }
    }
}

/// Whether a space follows the colon of the first member, whose name begins `inside`.
fn colon_has_space(inside: &str) -> bool {
    let mut escaped = false;
    let mut quotes = 0;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quotes += 1,
            b':' if quotes == 2 => return inside.as_bytes().get(at + 1) == Some(&b' '),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_read_from_the_text() {
        assert_eq!(Style::of("{\n    \"A\": {}}"), Style::pretty());
        assert_eq!(Style::of(r#"{"A:":{}}"#), Style::compact());
        let windows = Style::of("\u{feff}{\r\n  \"é\": 1\r\n}");
        assert_eq!((windows.newline, windows.bom, windows.ascii), ("\r\n", true, false));
        assert_eq!(windows.indent.as_deref(), Some("  "));
    }

    #[test]
    fn a_text_without_members_is_written_on_as_python_writes() {
        for text in ["", "{}", " { } "] {
            assert_eq!(Style::of(text), Style::pretty(), "{text:?}");
        }
        assert_eq!(Style::of("\u{feff}{}"), Style { bom: true, ..Style::pretty() });
        assert_eq!(Style::of("{} \u{e9}"), Style { ascii: false, ..Style::pretty() });
    }

    #[test]
    fn a_space_behind_the_first_colon_and_no_other_tells() {
        for (text, colon) in [
            (r#"{"A": {}}"#, ": "),
            (r#"{"A":{}}"#, ":"),
            (r#"{"A: ":{}}"#, ":"),
            (r#"{"A\": \\": {}}"#, ": "),
            (r#"{"A\": \\":{}}"#, ":"),
            (r#"{"A" :{"k": 1}}"#, ":"),
        ] {
            assert_eq!(Style::of(text).colon, colon, "{text}");
        }
    }

    #[test]
    fn members_are_parted_as_deep_as_they_stand() {
        let spaced = Style { colon: ": ", ..Style::compact() };
        let windows = Style { newline: "\r\n", ..Style::pretty() };

        assert_eq!((Style::compact().break_at(2), Style::compact().comma_at(2)), (String::new(), ",".to_owned()));
        assert_eq!((spaced.break_at(2), spaced.comma_at(2)), (String::new(), ", ".to_owned()));
        assert_eq!((windows.break_at(1).as_str(), windows.comma_at(2).as_str()), ("\r\n    ", ",\r\n        "));
    }
}
