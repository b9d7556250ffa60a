//! Words with roles to text with colours: the 16 colours that every terminal's own theme rules.
//! Refuses to decide whether there is colour; colour never carries a meaning alone.

use crate::present::{Line, Role, Word};

/// Whether a stream gets colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Sequences around words.
    Colours,
    /// Words alone.
    Plain,
}

impl Paint {
    /// `line` with a newline behind it.
    pub(super) fn line(self, line: &Line) -> String {
        let mut text = self.words(line);
        text.push('\n');
        text
    }

    /// `line` without a newline.
    pub(super) fn words(self, line: &Line) -> String {
        self.parts(line).collect()
    }

    /// What `line` is put together from.
    pub(super) fn parts(self, line: &Line) -> impl Iterator<Item = &str> {
        line.0.iter().flat_map(move |Word { text, role }| match self.sequence(*role) {
            Some(sequence) => ["\x1b[", sequence, "m", text, "\x1b[0m"],
            None => ["", "", "", text, ""],
        })
    }

    fn sequence(self, role: Role) -> Option<&'static str> {
        match (self, role) {
            (Self::Plain, _) | (Self::Colours, Role::Plain) => None,
            (Self::Colours, Role::Dim) => Some("2"),
            (Self::Colours, Role::Strong) => Some("1"),
            (Self::Colours, Role::Good | Role::Added) => Some("32"),
            (Self::Colours, Role::Warn) => Some("33"),
            (Self::Colours, Role::Bad | Role::Removed) => Some("31"),
            (Self::Colours, Role::Label) => Some("36"),
            (Self::Colours, Role::Secret) => Some("35"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        let word = |text: &str, role| Word { text: text.to_owned(), role };
        Line(vec![word("error: ", Role::Bad), word("no", Role::Plain)])
    }

    #[test]
    fn roles_become_sequences_around_words() {
        assert_eq!(Paint::Colours.line(&line()), "\x1b[31merror: \x1b[0mno\n");
    }

    #[test]
    fn without_colour_only_the_words_stand() {
        assert_eq!(Paint::Plain.line(&line()), "error: no\n");
    }
}
