//! The last touch on a painted screen: where the terminal's cursor goes, the theme's own ground, and letters instead
//! of lines where a screen reader reads. The brushes know only the buffer, so tones leave a mark in it for the cursor;
//! it is taken off here, and no terminal ever gets it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use crate::tui::theme::{CHOSEN_HERE, TYPED_HERE, Theme};

/// What the marks in a layer said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Where is typed.
    pub(super) typed: Option<Position>,
    /// Where what is chosen begins.
    pub(super) chosen: Option<Position>,
}

/// Takes the marks off `area`: the first of each kind counts.
pub(super) fn marks(area: Rect, buffer: &mut Buffer) -> Marks {
    let mut found = Marks::default();
    each(area, buffer, |position, cell| {
        if cell.modifier.contains(TYPED_HERE) {
            found.typed = found.typed.or(Some(position));
        }
        if cell.modifier.contains(CHOSEN_HERE) {
            found.chosen = found.chosen.or(Some(position));
        }
        cell.modifier.remove(TYPED_HERE | CHOSEN_HERE);
    });
    found
}

/// Hands over every cell of `area` with its place, row by row.
fn each(area: Rect, buffer: &mut Buffer, mut touch: impl FnMut(Position, &mut Cell)) {
    let (whole, area) = (buffer.area, area.intersection(buffer.area));
    let rows = (whole.y..).zip(buffer.content.chunks_mut(usize::from(whole.width).max(1)));
    let (above, left) = (usize::from(area.y - whole.y), usize::from(area.x - whole.x));
    for (y, row) in rows.skip(above).take(area.height.into()) {
        let cells = (area.x..).zip(row.iter_mut().skip(left).take(area.width.into()));
        cells.for_each(|(x, cell)| touch(Position { x, y }, cell));
    }
}

/// Gives cells without a colour the theme's.
pub(super) fn ground(theme: Theme, area: Rect, buffer: &mut Buffer) {
    let (text, ground) = theme.base();
    if (text, ground) == (Color::Reset, Color::Reset) {
        return;
    }
    each(area, buffer, |_, cell| {
        if cell.fg == Color::Reset {
            cell.fg = text;
        }
        if cell.bg == Color::Reset {
            cell.bg = ground;
        }
    });
}

/// Puts ASCII in place of every other letter, and nothing in place of lines.
pub(super) fn letters(area: Rect, buffer: &mut Buffer) {
    each(area, buffer, |_, cell| {
        if !cell.symbol().is_ascii() {
            spell(cell);
        }
    });
}

fn spell(cell: &mut Cell) {
    let letter = cell.symbol().chars().next().map_or(' ', ascii);
    cell.set_char(letter);
}

/// The ASCII letter that says most of `c`.
fn ascii(c: char) -> char {
    match c {
        ' '..='~' => c,
        '\u{2500}'..='\u{257f}' | '\u{a0}' => ' ',
        '\u{2580}'..='\u{259f}' => '#',
        '…' | '·' | '•' => '.',
        '‐'..='―' | '−' => '-',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '→' => '>',
        '←' => '<',
        '↑' => '^',
        '↓' => 'v',
        '×' => 'x',
        _ if c.is_uppercase() => c.to_lowercase().next().map_or('?', base_letter).to_ascii_uppercase(),
        _ => base_letter(c),
    }
}

/// The letter without its accents, for the Latin ones.
fn base_letter(c: char) -> char {
    match c {
        'à'..='æ' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ð' | 'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'œ' => 'o',
        'ř' => 'r',
        'ś' | 'ş' | 'š' | 'ș' | 'ß' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;
    use crate::tui::theme::Tone;

    #[test]
    fn the_first_mark_of_each_kind_is_told_and_all_are_taken_off() {
        let area = Rect::new(0, 0, 10, 3);
        let mut buffer = Buffer::empty(area);
        buffer.set_style(Rect::new(2, 1, 5, 1), Theme::ANSI.style(Tone::Cursor));
        buffer.set_style(Rect::new(4, 2, 1, 1), Theme::ANSI.style(Tone::Caret));

        let found = marks(area, &mut buffer);

        assert_eq!(found, Marks { typed: Some(Position::new(4, 2)), chosen: Some(Position::new(2, 1)) });
        assert_eq!(marks(area, &mut buffer), Marks::default());
    }

    #[test]
    fn lines_go_and_names_are_spelled_in_ascii() {
        let area = Rect::new(0, 0, 14, 1);
        let mut buffer = Buffer::empty(area);
        buffer.set_string(0, 0, "│ Jürgen Ř山█…", Style::new());

        letters(area, &mut buffer);

        let text: String = buffer.content().iter().map(Cell::symbol).collect();
        assert_eq!(text, "  Jurgen R? #.");
    }
}
