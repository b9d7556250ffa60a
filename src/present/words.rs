//! Words and their roles; also the only way an error is printed, through [`Safe`].
//! Knows no colour: each face paints the roles.

use std::borrow::Cow;
use std::error::Error;

use crate::text::{Safe, is_plain};

/// What a word is, so that each face can paint it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Plain,
    /// Text that matters less.
    Dim,
    /// A name or heading.
    Strong,
    /// All is well.
    Good,
    /// Soon something must be done.
    Warn,
    /// Something must be done.
    Bad,
    /// The name of a value.
    Label,
    /// A mask, a fingerprint, or a secret that was asked for.
    Secret,
    /// What a change adds.
    Added,
    /// What a change takes away.
    Removed,
}

/// A word that is safe to print, with its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text, already safe.
    pub text: String,
    /// What it is.
    pub role: Role,
}

/// One line of words; faces join them without adding spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Word>);

impl Line {
    /// The longest word, in graphemes: longer than any key of a real cache.
    const CAP: usize = 8192;
    /// The longest secret, in graphemes: somebody asked for the whole of it.
    const SECRET_CAP: usize = 1 << 20;

    /// A line without words.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `text` (made safe) in `role`. Nothing is added for an empty text.
    #[must_use]
    pub fn with(self, role: Role, text: &str) -> Self {
        let cap = if role == Role::Secret { Self::SECRET_CAP } else { Self::CAP };
        self.with_safe(role, safe(text, cap).into_owned())
    }

    /// Adds `text`, which [`safe_word`] made, in `role`.
    #[must_use]
    pub(super) fn with_safe(mut self, role: Role, text: String) -> Self {
        if !text.is_empty() {
            self.0.push(Word { text, role });
        }
        self
    }

    /// The line with the words of `other` behind it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// A line of one plain word.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self::new().with(Role::Plain, text)
    }

    /// A label of ten columns, then nothing yet: how details begin.
    #[must_use]
    pub(super) fn labelled(label: &str) -> Self {
        Self::new().with(Role::Label, &format!("{label:<9} "))
    }

    /// The words without roles.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|word| word.text.as_str()).collect()
    }
}

/// `name` as a shell takes it whole.
#[must_use]
pub fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@._-+/:".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', r"'\''"))
}

/// `text` made safe, cut after `cap` graphemes.
fn safe(text: &str, cap: usize) -> Cow<'_, str> {
    // Most texts are short and plain: they are not even copied.
    if text.len() <= cap && is_plain(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(Safe::capped(text, cap).to_string())
}

/// `text` made safe, as every word but a secret is.
pub(super) fn safe_word(text: &str) -> Cow<'_, str> {
    safe(text, Line::CAP)
}

/// `says` with a capital and a period.
#[must_use]
pub fn sentence(says: &str) -> String {
    let mut letters = says.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// An error and its causes as one safe line: "a: b: c". A cause that its error already told is left out.
#[must_use]
pub fn error(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !said.ends_with(&words) {
            said = format!("{said}: {words}");
        }
        next = cause.source();
    }
    Line::plain(&said).text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read {0}")]
    struct Outer(String, #[source] std::io::Error);

    #[test]
    fn an_error_is_told_with_its_causes_and_without_control_characters() {
        let failed = Outer("a\u{1b}[2Jb".to_owned(), std::io::Error::other("no\nluck"));

        assert_eq!(error(&failed), "cannot read a^[[2Jb: no^Jluck");
    }

    #[test]
    fn a_hint_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("ada@contoso.com"), "ada@contoso.com");
        assert_eq!(quoted("o'brien $(id)"), r"'o'\''brien $(id)'");
    }

    #[test]
    fn every_word_is_made_safe_at_the_door() {
        let line = Line::plain("a\u{202e}b").with(Role::Secret, &"x".repeat(9000)).with(Role::Dim, "");

        assert_eq!(line.0.len(), 2);
        assert!(line.text().starts_with("a<U+202E>bxxx"));
        assert_eq!(line.text().len(), 11 + 9000 - 1);
    }
}
