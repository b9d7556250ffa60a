//! Lines of `present` cut to a width: at spaces where there are some, within a word where it is
//! longer than the screen. Every grapheme is kept, in its order: searches count on that.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::present::{Line, Role, Word};

/// A part of a line that fits on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The place of its first grapheme in the whole line.
    pub from: usize,
    /// How many graphemes of the line it holds.
    pub count: usize,
    /// How many spaces set it in before them.
    pub lead: usize,
    /// What is painted, those spaces included.
    pub line: Line,
}

/// `lines` in lines of at most `width` columns; what goes on is set in under its label.
#[must_use]
pub fn wrap(lines: &[Line], width: usize) -> Vec<Line> {
    lines.iter().flat_map(|line| pieces(line, width)).map(|piece| piece.line).collect()
}

/// `line` in pieces of at most `width` columns.
#[must_use]
pub fn pieces(line: &Line, width: usize) -> Vec<Piece> {
    let width = width.max(1);
    let indent = indent(line, width);
    let cells: Vec<Cell<'_>> = line.0.iter().flat_map(cells).collect();
    let mut done: Vec<Piece> = Vec::new();
    let mut rest = cells.as_slice();
    loop {
        let lead = if done.is_empty() { 0 } else { indent };
        let (row, behind) = rest.split_at(fitting(rest, width - lead.min(width - 1), indent - lead));
        let from = cells.len() - rest.len();
        done.push(Piece { from, count: row.len(), lead, line: row_of(row, lead) });
        if behind.is_empty() {
            return done;
        }
        rest = behind;
    }
}

/// The width of the label, or of the blanks and the mark, that begin `line`, if that leaves most of the room to what
/// follows.
fn indent(line: &Line, width: usize) -> usize {
    let indent = label(line).unwrap_or_else(|| marked(&line.text()));
    if indent * 2 <= width { indent } else { 0 }
}

fn label(line: &Line) -> Option<usize> {
    let at = line.0.iter().position(|word| word.role == Role::Label)?;
    let (head, _) = line.0.split_at(at + 1);
    let blank = head.iter().rev().skip(1).all(|word| word.text.trim().is_empty());
    blank.then(|| head.iter().map(|word| word.text.width()).sum())
}

/// The blanks that set `text` in, and a mark such as "x " or "ok " behind them.
fn marked(text: &str) -> usize {
    let blanks = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let set_in = blanks(text);
    let behind = text.get(set_in..).unwrap_or("");
    let mark = MARKS.iter().find_map(|mark| behind.strip_prefix(mark).filter(|rest| rest.starts_with(' ')));
    set_in + mark.map_or(0, |rest| behind.len() - rest.len() + blanks(rest))
}

const MARKS: [&str; 8] = ["ok", "x", "!", "-", "+", "~", ".", "run"];

/// What takes its place on the screen as one, in the role of its word.
type Cell<'l> = (&'l str, Role);

fn cells(word: &Word) -> impl Iterator<Item = Cell<'_>> {
    word.text.graphemes(true).map(|grapheme| (grapheme, word.role))
}

/// How many of `cells` go on a line of `width` columns: up to a space where there is one behind the
/// label and what sets the line in; of a long word, such as an id or a URL, up to a joint in its second half.
fn fitting(cells: &[Cell<'_>], width: usize, label: usize) -> usize {
    let mut columns = 0;
    let (mut after_space, mut after_joint) = (None, None);
    let mut in_text = false;
    for (at, (grapheme, _)) in cells.iter().enumerate() {
        columns += grapheme.width();
        if columns > width {
            return after_space.or(after_joint).unwrap_or(at).max(1);
        }
        // The spaces that set a line in are no place to break it.
        in_text |= *grapheme != " " && columns > label;
        if *grapheme == " " && in_text {
            after_space = Some(at + 1);
        }
        if matches!(*grapheme, "-" | "/") && in_text && columns * 2 > width + label {
            after_joint = Some(at + 1);
        }
    }
    cells.len()
}

fn row_of(cells: &[Cell<'_>], lead: usize) -> Line {
    let mut words = Vec::new();
    if lead > 0 {
        words.push(Word { text: " ".repeat(lead), role: Role::Plain });
    }
    for (grapheme, role) in cells {
        match words.last_mut() {
            Some(Word { text, role: last }) if last == role => text.push_str(grapheme),
            Some(_) | None => words.push(Word { text: (*grapheme).to_owned(), role: *role }),
        }
    }
    Line(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, value: &str) -> Line {
        let word = |text: &str, role| Word { text: text.to_owned(), role };
        Line(vec![word(label, Role::Label), word(value, Role::Plain)])
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn long_values_go_on_under_themselves() {
        let wrapped = wrap(&[line("Scopes  ", "User.Read Mail.Read")], 18);

        assert_eq!(texts(&wrapped), ["Scopes  User.Read ", "        Mail.Read"]);
    }

    #[test]
    fn what_is_set_in_stays_set_in() {
        let wrapped = wrap(&[Line::plain("  one two three")], 10);

        assert_eq!(texts(&wrapped), ["  one two ", "  three"]);
        assert_eq!(texts(&wrap(&[Line::plain(" x  one two three")], 12)), [" x  one two ", "    three"]);
    }

    #[test]
    fn wide_characters_never_pass_the_edge() {
        for width in 1..20 {
            let wrapped = wrap(&[line("Name ", "山田太郎 and 山田花子")], width);

            assert!(texts(&wrapped).iter().all(|text| text.width() <= width.max(2)), "{width}");
        }
    }

    #[test]
    fn no_grapheme_is_lost_or_moved() {
        let whole = line("Name ", "山田太郎 and e\u{301}e\u{301} averyveryverylongword");

        for width in 1..40 {
            let pieces = pieces(&whole, width);
            let text: String = pieces.iter().map(|piece| piece.line.text().split_off(piece.lead)).collect();
            let places: usize = pieces.iter().map(|piece| piece.count).sum();

            assert_eq!((text, places), (whole.text(), whole.text().graphemes(true).count()), "{width}");
        }
    }
}
