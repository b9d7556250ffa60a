//! The only way a string from a cache, a path or an error reaches a terminal.
//! Escapes what could drive or confuse it; refuses nothing: every text has a safe form.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;

/// A text made safe to print: controls, bidirectional overrides, zero-width and tag characters
/// are spelled out, stacks of combining marks are cut, and the length is capped.
#[derive(Clone, Copy)]
pub struct Safe<'a> {
    text: &'a str,
    cap: usize,
}

impl<'a> Safe<'a> {
    /// The usual cap in graphemes: longer than any real name, short enough for any screen.
    pub const CAP: usize = 256;
    const MARKS: usize = 4;

    /// `text`, cut after [`Safe::CAP`] graphemes.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, cap: Self::CAP }
    }

    /// `text`, cut after `cap` graphemes: for long values that were asked for.
    #[must_use]
    pub fn capped(text: &'a str, cap: usize) -> Self {
        Self { text, cap }
    }
}

/// Whether `text` is of printable ASCII alone, and so is safe as it is.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    // No early end: so the compiler looks at many bytes at once.
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Most texts are: spare them the search for grapheme borders.
        if self.text.len() <= self.cap && is_plain(self.text) {
            return f.write_str(self.text);
        }
        // A grapheme of a hostile text may be megabytes of marks: bound the bytes looked at first.
        let text = head(self.text, self.cap.saturating_mul(64));
        let mut graphemes = text.graphemes(true);
        for grapheme in graphemes.by_ref().take(self.cap) {
            grapheme.chars().take(1 + Self::MARKS).try_for_each(|c| write_char(f, c))?;
        }
        if graphemes.next().is_some() || text.len() < self.text.len() {
            f.write_str("…")?;
        }
        Ok(())
    }
}

fn head(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn write_char(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\u{0}'..='\u{1f}' => write!(f, "^{}", char::from(c as u8 ^ 0x40)),
        '\u{7f}' => f.write_str("^?"),
        _ if is_hidden(c) => write!(f, "<U+{:04X}>", u32::from(c)),
        _ => write!(f, "{c}"),
    }
}

/// Whether `c` draws nothing of its own, turns the writing direction, or means nothing in common.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_spelled_out() {
        assert_eq!(Safe::new("a\u{1b}[31mb\u{7}\u{7f}\u{9b}c").to_string(), "a^[[31mb^G^?<U+009B>c");
    }

    #[test]
    fn bidirectional_and_invisible_characters_are_named() {
        assert_eq!(Safe::new("a\u{202e}b\u{200b}c\u{e0041}").to_string(), "a<U+202E>b<U+200B>c<U+E0041>");
    }

    #[test]
    fn ordinary_names_pass_untouched() {
        let name = "Jürgen \"Jü\" Müller \\ 山田太郎 e\u{301} 🔑";

        assert_eq!(Safe::new(name).to_string(), name);
    }

    #[test]
    fn stacks_of_marks_and_endless_texts_are_cut() {
        let zalgo = format!("a{}b", "\u{301}".repeat(5000));
        let endless = "x".repeat(2 << 20);

        assert!(Safe::new(&zalgo).to_string().chars().count() < 20);
        assert_eq!(Safe::new(&endless).to_string().chars().count(), Safe::CAP + 1);
    }
}
