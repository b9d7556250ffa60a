//! The list of sources: three lines each, what it is, what it holds, what can be seen of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{cut, dialog, fit, line, put, role, row_style};
use crate::present::{self, Role};
use crate::text::Safe;
use crate::tui::layout::centered;
use crate::tui::model::{Model, Places};
use crate::tui::sources::{SourceRow, Sources, Which};
use crate::tui::theme::Tone;

/// The lines of one source.
const LINES: usize = 3;
/// The room for an app's name.
const APP: usize = 18;

/// Draws the list.
pub(super) fn draw(model: &Model, list: &Sources, area: Rect, buffer: &mut Buffer) {
    // The first line and the two at the foot stay: what is invented, and what a key just did.
    let room = if area.height < 10 { area } else { Rect { y: area.y + 1, height: area.height - 3, ..area } };
    let keys = match model.caches.is_empty() {
        true => "enter opens   d demo   r looks again   esc leaves",
        false => "enter shows or opens   c closes   r looks again   esc leaves",
    };
    let wanted = u16::try_from(list.rows.len() * LINES + 3).unwrap_or(u16::MAX);
    let inside = dialog(model, centered(room, room.width, wanted), "Sources", keys, buffer);
    let width = usize::from(inside.width);
    let seen = (usize::from(inside.height).saturating_sub(1) / LINES).max(1);
    let first = (list.cursor + 1).saturating_sub(seen);
    let rows = list.rows.iter().enumerate().skip(first).take(seen);
    let mut lines: Vec<_> = rows.flat_map(|(at, row)| source(model, list, at, row, width)).collect();
    lines.push(Line::from(role(model.theme, Role::Dim, format!(" {}", absent(model, list)))));
    put(&lines, inside, buffer);
    if !list.rows.is_empty() {
        row_style(inside, (list.cursor - first.min(list.cursor)) * LINES, model.theme.style(Tone::Cursor), buffer);
    }
}

fn source(model: &Model, list: &Sources, at: usize, row: &SourceRow, width: usize) -> [Line<'static>; LINES] {
    let cursor = if at == list.cursor { ">" } else { " " };
    let is_shown = model.cache().is_some_and(|cache| row.which == Which::Open(cache.id));
    let state = match (row.which, is_shown) {
        (_, true) => "shown",
        (Which::Open(_), false) => "open",
        (Which::Known(_), false) => "",
    };
    let right = format!("{state:>6}  {:<3}", row.access);
    let room = width.saturating_sub(APP + 3 + right.len());
    let head = format!(" {cursor} {}{}{right}", fit(&row.app, APP), fit(&row.place, room));
    let below = |words: &present::Line| {
        let mut words = line(model.theme, words);
        words.spans.insert(0, Span::raw("     "));
        words
    };
    [Line::from(head), below(&row.holds), below(&list.outside(row.which, model.moment.now))]
}

fn absent(model: &Model, list: &Sources) -> String {
    let text = match (&model.places, list.absent) {
        (Places::Searching | Places::Listing | Places::NotNeeded, _) => "looking at the well-known places …".to_owned(),
        (Places::Known(_), 0) => String::new(),
        (Places::Known(_), 1) => "1 more well-known place holds nothing".to_owned(),
        (Places::Known(_), many) => format!("{many} more well-known places hold nothing"),
    };
    cut(&Safe::new(&text).to_string(), 200)
}
