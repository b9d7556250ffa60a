//! The reader: the window of its page, the cursor in the gutter, what was looked for, and in the
//! border how much there is and what can be done.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::boxes::{Focus, field};
use super::paint::{cut, ends, line, put, role, row_style, word};
use crate::present::Role;
use crate::tui::layout::{GUTTER, has_borders, reader_room};
use crate::tui::model::Model;
use crate::tui::page::Target;
use crate::tui::reader::search::hits;
use crate::tui::reader::{Reader, Row};
use crate::tui::theme::Tone;

/// Draws the reader, if there is one.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some((open, area)) = model.reader().zip(area) else { return };
    if has_borders(model.tier()) {
        framed(model, open, area, buffer);
    } else {
        let (title, place) = heading(model, open, usize::from(area.width));
        ends(title, place, Rect { height: area.height.min(1), ..area }, buffer);
    }
    let room = reader_room(model.tier(), area);
    if open.page.is_none() {
        return put(&[Line::from(role(model.theme, Role::Dim, "looking …"))], room, buffer);
    }
    let seen = open.rows.iter().enumerate().skip(open.scroll).take(usize::from(room.height));
    for (line, (at, row)) in seen.enumerate() {
        draw_row(
            model,
            open,
            at,
            row,
            Rect { y: room.y + u16::try_from(line).unwrap_or(0), height: 1, ..room },
            buffer,
        );
    }
}

fn framed(model: &Model, open: &Reader, area: Rect, buffer: &mut Buffer) {
    let theme = model.theme;
    let room = usize::from(area.width.saturating_sub(2));
    let (title, place) = heading(model, open, room);
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Tone::Focus));
    let block = block.title(title).title(place.right_aligned());
    let hint = hint(model, open);
    let block = if hint.width() <= room { block.title_bottom(hint) } else { block };
    block.render(area, buffer);
}

/// The title and the place in `room` columns: of both, the title is cut.
fn heading(model: &Model, open: &Reader, room: usize) -> (Line<'static>, Line<'static>) {
    let place = place(open);
    let mut left = room.saturating_sub(place.width() + 1);
    let mut title = title(model, open);
    for span in &mut title.spans {
        let kept = cut(&span.content, left);
        left = left.saturating_sub(kept.width());
        span.content = kept.into();
    }
    (title, place)
}

fn title(model: &Model, open: &Reader) -> Line<'static> {
    let mut words = vec![word(model.theme, Tone::Title, format!("{} ", open.topic.name()))];
    if let Some(page) = open.page.as_ref().filter(|page| !page.sum.0.is_empty()) {
        words.push(Span::raw(" "));
        words.extend(line(model.theme, &page.sum).spans);
        words.push(Span::raw(" "));
    }
    Line::from(words)
}

/// Which lines are seen, of how many.
fn place(open: &Reader) -> Line<'static> {
    let count = open.rows.len();
    let last = (open.scroll + open.room.height).min(count);
    match (open.page.is_some(), last - open.scroll.min(last) == count) {
        (false, _) => Line::default(),
        (true, true) if count == 1 => Line::from(" 1 line "),
        (true, true) => Line::from(format!(" {count} lines ")),
        (true, false) => Line::from(format!(" {}-{last}/{count} ", open.scroll + 1)),
    }
}

/// What the line under the cursor is good for.
fn hint(model: &Model, open: &Reader) -> Line<'static> {
    let Some(block) = open.choice() else { return Line::default() };
    let mut words = Vec::new();
    let leads = match &block.opens {
        Some(Target::Entry(_)) => Some("goes to the entry"),
        Some(Target::Account(..)) => Some("goes to the account"),
        Some(Target::Topic(_)) => Some("tells more"),
        None => None,
    };
    for (id, does) in [("reader.open", leads), ("fix", block.fix.as_ref().map(|_| "mends it"))] {
        if let Some(does) = does {
            words.extend([
                word(model.theme, Tone::Key, format!(" {}", model.keymap.key(id))),
                Span::raw(format!(" {does} ")),
            ]);
        }
    }
    Line::from(words)
}

fn draw_row(model: &Model, open: &Reader, at: usize, row: &Row, area: Rect, buffer: &mut Buffer) {
    put(&[line(model.theme, &row.piece.line)], area, buffer);
    let is_head = row.line == 0 && open.is_choice(row.block);
    if is_head && open.chosen == Some(row.block) {
        let gutter = GUTTER.min(area.x);
        let whole = Rect { x: area.x - gutter, width: area.width + gutter, ..area };
        let starts = at.checked_sub(1).and_then(|at| open.rows.get(at)).is_none_or(|before| before.block != row.block);
        if starts {
            put(&[Line::from(">")], whole, buffer);
        }
        row_style(whole, 0, model.theme.style(Tone::Cursor), buffer);
    }
    for (from, count) in found(open, row) {
        let spot = Rect { x: area.x + from, width: count, ..area };
        buffer.set_style(spot.intersection(area), model.theme.style(Tone::Found));
    }
}

/// Where the words looked for stand in `row`: the first column and the number of columns.
fn found(open: &Reader, row: &Row) -> Vec<(u16, u16)> {
    let words = open.search.words.text();
    let whole = open.page.as_ref().and_then(|page| page.blocks.get(row.block)?.lines.get(row.line));
    let Some(whole) = whole.filter(|_| !words.is_empty()) else { return Vec::new() };
    let text = row.piece.line.text();
    let columns = |count: usize| -> usize { text.graphemes(true).take(count).map(UnicodeWidthStr::width).sum() };
    let here = |hit: std::ops::Range<usize>| {
        let from = hit.start.max(row.piece.from).checked_sub(row.piece.from)?;
        let to = hit.end.min(row.piece.from + row.piece.count).checked_sub(row.piece.from)?;
        let (from, to) = (columns(row.piece.lead + from), columns(row.piece.lead + to));
        (to > from).then(|| (from as u16, (to - from) as u16))
    };
    hits(whole, words).into_iter().filter_map(here).collect()
}

/// The line of the search.
pub(super) fn search_line(model: &Model, open: &Reader, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let typing = open.search.typing.is_some();
    let focus = if typing { Focus::Here } else { Focus::Elsewhere };
    let mut left = vec![word(model.theme, Tone::Key, " / ")];
    left.extend(field(model.theme, &open.search.words, focus, usize::from(area.width / 2)));
    let found = match (open.search.found.len(), open.search.words.text().is_empty()) {
        (_, true) => String::new(),
        (0, false) => "not found".to_owned(),
        (count, false) => format!("{} of {count} lines", open.search.at + 1),
    };
    let keys =
        if typing { "enter keeps, esc clears " } else { "{reader.next} next, {reader.previous} before, esc clears " };
    let keys = model.keymap.spell(keys);
    let right = Line::from(role(model.theme, Role::Dim, format!("{found}   {keys}")));
    ends(Line::from(left), right, area, buffer);
}
