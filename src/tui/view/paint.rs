//! The brushes: lines of styled words put in rectangles, cut by columns, never past an edge.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::present::{self, Role};
use crate::text::Safe;
use crate::tui::layout::{Pane, Tier, has_borders, inner};
use crate::tui::model::Model;
use crate::tui::tabs::{Named, State};
use crate::tui::theme::{Theme, Tone};

#[cfg(test)]
thread_local! {
    /// How many lines were built to be put somewhere.
    pub(super) static BUILT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// `text`, made safe, in exactly `width` columns: cut with an ellipsis or filled with spaces.
pub(super) fn fit(text: &str, width: usize) -> String {
    let text = cut(&Safe::new(text).to_string(), width);
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Safe text in at most `width` columns, with an ellipsis where it was cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut columns = 1;
    for grapheme in text.graphemes(true) {
        columns += grapheme.width();
        if columns > width {
            break;
        }
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// A line in at most `width` columns, with an ellipsis where it was cut.
pub(super) fn cut_line(mut line: Line<'_>, width: usize) -> Line<'_> {
    if line.width() <= width {
        return line;
    }
    let mut left = width;
    line.spans.retain_mut(|span| {
        // What is cut takes the whole room, and nothing stands behind it.
        let is_last = span.width() >= left;
        if is_last {
            span.content = cut(&format!("{}…", span.content), left).into();
        }
        let is_seen = left > 0;
        left = if is_last { 0 } else { left - span.width() };
        is_seen
    });
    line
}

/// A word in the style of `tone`.
pub(super) fn word(theme: Theme, tone: Tone, text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), theme.style(tone))
}

/// A word in the style of `role`.
pub(super) fn role(theme: Theme, role: Role, text: impl Into<String>) -> Span<'static> {
    word(theme, Tone::Word(role), text)
}

/// The words of tabs: the one that is shown stands out, empty ones stand back.
pub(super) fn tab_words<T>(model: &Model, tabs: Vec<Named<T>>) -> impl Iterator<Item = Span<'static>> {
    let theme = model.theme;
    tabs.into_iter().map(move |tab| match tab.state {
        State::Here => word(theme, Tone::Focus, tab.words),
        State::Filled => Span::raw(tab.words),
        State::Empty => role(theme, Role::Dim, tab.words),
    })
}

/// A line of `present` in the theme's styles; its words are safe already.
pub(super) fn line(theme: Theme, line: &present::Line) -> Line<'static> {
    line.0.iter().map(|word| role(theme, word.role, word.text.clone())).collect()
}

/// Puts `lines` one under another from the top of `area`; what does not fit is left out, and an ellipsis says so where a
/// line goes on.
pub(super) fn put(lines: &[Line<'_>], area: Rect, buffer: &mut Buffer) {
    #[cfg(test)]
    BUILT.set(BUILT.get() + lines.len());
    for (line, row) in lines.iter().zip(area.rows()) {
        if goes_on(line, usize::from(row.width)) {
            cut_line(line.clone(), usize::from(row.width)).render(row, buffer);
        } else {
            line.render(row, buffer);
        }
    }
}

/// Whether more than blanks stands behind the first `width` columns of `line`.
fn goes_on(line: &Line<'_>, width: usize) -> bool {
    let mut blanks = 0;
    for span in line.spans.iter().rev() {
        let text = span.content.trim_end_matches(' ');
        blanks += span.content.len() - text.len();
        if !text.is_empty() {
            break;
        }
    }
    line.width().saturating_sub(blanks) > width
}

/// Paints `style` over what stands in row `at` of `area`, but for words that were looked for: they have a ground of
/// their own, on which other colours could not be read.
pub(super) fn row_style(area: Rect, at: usize, style: Style, buffer: &mut Buffer) {
    for position in area.rows().nth(at).into_iter().flat_map(Rect::positions) {
        if let Some(cell) = buffer.cell_mut(position).filter(|cell| cell.bg == Color::Reset) {
            cell.set_style(style);
        }
    }
}

/// Puts `left` and `right` on one line; where both do not fit, `right` gives way.
pub(super) fn ends(left: Line<'_>, right: Line<'_>, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let room = width.saturating_sub(left.width() + 1);
    left.render(area, buffer);
    if right.width() <= room {
        right.right_aligned().render(area, buffer);
    }
}

/// The frame of a pane with its title, and the room inside it.
pub(super) fn pane(model: &Model, pane: Pane, area: Rect, title: Line<'_>, end: Line<'_>, buffer: &mut Buffer) -> Rect {
    let size = model.tier();
    if has_borders(size) {
        let tone = if model.focus == pane { Tone::Focus } else { Tone::Border };
        framed(model.theme, tone, area, title, end, buffer);
    } else if size == Tier::Plain {
        ends(title, end, Rect { height: area.height.min(1), ..area }, buffer);
    }
    inner(size, area)
}

/// A frame with a title at its left and right.
pub(super) fn framed(
    theme: Theme,
    tone: Tone,
    area: Rect,
    title: Line<'_>,
    end: Line<'_>,
    buffer: &mut Buffer,
) -> Rect {
    let room = usize::from(area.width.saturating_sub(2));
    let both = title.width() + end.width() < room;
    // A line may be fainter than a text can be.
    let words = theme.style(if tone == Tone::Border { Tone::Word(Role::Dim) } else { tone });
    let [title, end] = [title, end].map(|line| {
        let own = line.style;
        line.style(words.patch(own))
    });
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(tone)).title(title);
    let block = if both { block.title(end.right_aligned()) } else { block };
    let inside = block.inner(area);
    block.render(area, buffer);
    inside
}

/// A box over everything else, and the room inside it.
pub(super) fn popup(theme: Theme, area: Rect, title: &str, foot: &str, buffer: &mut Buffer) -> Rect {
    Clear.render(area, buffer);
    let head = Line::from(word(
        theme,
        Tone::Title,
        format!(" {} ", cut(&Safe::new(title).to_string(), usize::from(area.width.saturating_sub(4)))),
    ));
    let mut block =
        Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Tone::Focus)).title(head);
    if !foot.is_empty() {
        let foot = cut(&format!(" {foot} "), usize::from(area.width.saturating_sub(2)));
        block = block.title_bottom(Line::from(role(theme, Role::Dim, foot)));
    }
    let inside = block.inner(area);
    block.render(area, buffer);
    inside
}

/// The box of a dialog: its `keys` stand in its border only where the foot of the screen has no line for them.
pub(super) fn dialog(model: &Model, area: Rect, title: &str, keys: &str, buffer: &mut Buffer) -> Rect {
    let keys = if model.panes().keys.is_some() { "" } else { keys };
    popup(model.theme, area, title, keys, buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitted_texts_have_exactly_the_width_asked_for() {
        for text in
            ["", "a", "Azure Resource Manager", "山田太郎さん", "e\u{301}e\u{301}e\u{301}e\u{301}", "\u{1b}[31mred"]
        {
            for width in 0..12 {
                assert_eq!(fit(text, width).width(), width, "{text:?} in {width}");
            }
        }
    }

    #[test]
    fn a_line_that_goes_on_behind_its_room_says_so_unless_with_blanks() {
        let shown = |spans: &[&str]| {
            let area = Rect::new(0, 0, 6, 1);
            let mut buffer = Buffer::empty(area);
            put(&[spans.iter().map(|text| Span::raw((*text).to_owned())).collect()], area, &mut buffer);
            buffer.content().iter().map(|cell| cell.symbol().to_owned()).collect::<String>()
        };

        assert_eq!(shown(&["Cancel", "  ", " "]), "Cancel");
        assert_eq!(shown(&["Key", " Vault"]), "Key V…");
        assert_eq!(shown(&["Key V", "   x"]), "Key V…");
    }

    #[test]
    fn a_cut_is_marked() {
        assert_eq!(cut("contoso.com", 6), "conto…");
        assert_eq!(cut("contoso", 7), "contoso");
        let line = Line::from(vec![Span::raw("- "), Span::raw("Key Vault"), Span::raw("  expired")]);
        let cases = [
            (20, "- Key Vault  expired"),
            (13, "- Key Vault …"),
            (11, "- Key Vaul…"),
            (6, "- Key…"),
            (2, "-…"),
            (0, ""),
        ];
        for (width, text) in cases {
            let cut: String = cut_line(line.clone(), width).spans.iter().map(|span| span.content.to_string()).collect();
            assert_eq!(cut, text, "{width}");
        }
    }
}
