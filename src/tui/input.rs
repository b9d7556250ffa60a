//! A line of text being typed. Knows nothing of keys; holds no secret.

/// A line with a cursor between its characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// In bytes, always on a character's edge.
    at: usize,
}

/// A way to change a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Types a character.
    Type(char),
    /// Takes the character before the cursor.
    Backspace,
    /// Takes the character behind the cursor.
    Delete,
    /// Takes the word before the cursor.
    DeleteWord,
    /// Takes everything before the cursor.
    Clear,
    /// Moves a character back.
    Left,
    /// Moves a character on.
    Right,
    /// Moves to the start.
    Home,
    /// Moves to the end.
    End,
}

impl Input {
    /// A line holding `text`, the cursor behind it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), at: text.len() }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before and behind the cursor.
    #[must_use]
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.at).unwrap_or((&self.text, ""))
    }

    /// Types all of `text`, line breaks and other controls left out.
    pub fn paste(&mut self, text: &str) {
        text.chars().filter(|c| !c.is_control()).for_each(|c| self.stroke(Stroke::Type(c)));
    }

    /// Changes the line.
    pub fn stroke(&mut self, stroke: Stroke) {
        match stroke {
            Stroke::Type(c) => {
                self.text.insert(self.at, c);
                self.at += c.len_utf8();
            }
            Stroke::Backspace => self.cut_from(self.before()),
            Stroke::Delete => {
                let end = self.behind();
                self.text.replace_range(self.at..end, "");
            }
            Stroke::DeleteWord => self.cut_from(self.word_start()),
            Stroke::Clear => self.cut_from(0),
            Stroke::Left => self.at = self.before(),
            Stroke::Right => self.at = self.behind(),
            Stroke::Home => self.at = 0,
            Stroke::End => self.at = self.text.len(),
        }
    }

    fn cut_from(&mut self, start: usize) {
        self.text.replace_range(start..self.at, "");
        self.at = start;
    }

    fn before(&self) -> usize {
        self.at - self.halves().0.chars().next_back().map_or(0, char::len_utf8)
    }

    fn behind(&self) -> usize {
        self.at + self.halves().1.chars().next().map_or(0, char::len_utf8)
    }

    fn word_start(&self) -> usize {
        let before = self.halves().0.trim_end();
        before.rfind(char::is_whitespace).map_or(0, |at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_edit_at_the_cursor_whatever_the_width_of_characters() {
        let mut input = Input::of("añ日");

        for stroke in [Stroke::Left, Stroke::Backspace, Stroke::Type('é'), Stroke::Delete, Stroke::Delete] {
            input.stroke(stroke);
        }

        assert_eq!(input.halves(), ("aé", ""));
    }

    #[test]
    fn a_word_is_taken_with_the_space_behind_it() {
        let mut input = Input::of("graph contoso  ");

        input.stroke(Stroke::DeleteWord);

        assert_eq!(input.text(), "graph ");
    }

    #[test]
    fn pasted_controls_are_left_out() {
        let mut input = Input::default();

        input.paste("a\n\u{1b}[31mb");

        assert_eq!(input.text(), "a[31mb");
    }
}
