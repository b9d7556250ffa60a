//! Looking for words in a page: which lines hold them, and where. Capitals do not matter; a word that
//! the screen breaks is found all the same, for the lines are searched before they are cut.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Way;
use crate::present::Line;
use crate::tui::dialog::Typing;
use crate::tui::input::Input;
use crate::tui::page::Page;

/// A search in a page.
#[derive(Default)]
pub struct Search {
    /// The words looked for.
    pub words: Input,
    /// Whether they are being typed.
    pub typing: Option<Typing>,
    /// The lines that hold them, by block and line, in order.
    pub found: Vec<(usize, usize)>,
    /// Which of these was gone to.
    pub at: usize,
}

impl Search {
    /// Whether there is a search at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.typing.is_some() || !self.words.text().is_empty()
    }

    /// Looks through `page`.
    pub(super) fn find(&mut self, page: Option<&Page>) {
        let words = self.words.text();
        let blocks = page.map_or(&[][..], |page| &page.blocks);
        let lines = blocks.iter().enumerate().flat_map(|(block, all)| {
            let lines = all.lines.iter().enumerate();
            lines.map(move |(line, words)| ((block, line), words))
        });
        self.found = lines.filter(|(_, line)| !hits(line, words).is_empty()).map(|(place, _)| place).collect();
        self.at = self.at.min(self.found.len().saturating_sub(1));
    }

    /// The first place found at or behind `top`, else the first of all.
    pub(super) fn begin_at(&mut self, top: (usize, usize)) -> Option<(usize, usize)> {
        self.at = self.found.iter().position(|place| *place >= top).unwrap_or(0);
        self.found.get(self.at).copied()
    }

    /// The place after, or before, the one gone to; round and round.
    pub(super) fn turn(&mut self, way: Way) -> Option<(usize, usize)> {
        let count = self.found.len();
        let by = match way {
            Way::On => 1,
            Way::Back => count.saturating_sub(1),
        };
        self.at = (self.at + by).checked_rem(count)?;
        self.found.get(self.at).copied()
    }
}

/// Where `words` stand in `line`, in graphemes.
#[must_use]
pub fn hits(line: &Line, words: &str) -> Vec<Range<usize>> {
    let wanted = folded(words);
    if wanted.is_empty() {
        return Vec::new();
    }
    // Word by word, as lines are cut.
    let text: Vec<String> = line.0.iter().flat_map(|word| folded(&word.text)).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, window) in text.windows(wanted.len()).enumerate() {
        if window == wanted && found.last().is_none_or(|last| last.end <= at) {
            found.push(at..at + wanted.len());
        }
    }
    found
}

fn folded(text: &str) -> Vec<String> {
    text.graphemes(true).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_capitals_and_widths() {
        assert_eq!(hits(&Line::plain("Key vault, 日本 KEY"), "key"), [0..3, 14..17]);
        assert_eq!(hits(&Line::plain("日本 e\u{301}t"), "E\u{301}"), std::slice::from_ref(&(3..4)));
        assert!(hits(&Line::plain("aaa"), "").is_empty() && hits(&Line::plain("a"), "aa").is_empty());
    }

    #[test]
    fn hits_do_not_overlap() {
        assert_eq!(hits(&Line::plain("aaaa"), "aa"), [0..2, 2..4]);
    }
}
