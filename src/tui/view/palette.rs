//! The palette: the letters typed, and the actions that fit, each with its key and, if it can do nothing now, why.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::boxes::{Focus, field};
use super::paint::{cut, dialog, fit, put, role, row_style, word};
use crate::present::Role;
use crate::tui::model::Model;
use crate::tui::palette::{Found, Palette};
use crate::tui::theme::Tone;

/// Draws it.
pub(super) fn draw(model: &Model, open: &Palette, area: Rect, buffer: &mut Buffer) {
    let (frame, list, first) = open.place(area);
    let inside = dialog(model, frame, "Commands", "enter runs   up down choose   esc closes", buffer);
    let found = open.found(model);
    let mut head = vec![word(model.theme, Tone::Key, " : ")];
    head.extend(field(model.theme, &open.words, Focus::Here, usize::from(inside.width / 2)));
    head.push(role(model.theme, Role::Dim, count(found.len())));
    put(&[Line::from(head)], inside, buffer);
    let seen = found.iter().skip(first).take(usize::from(list.height));
    let lines: Vec<_> = seen.map(|found| found_line(model, found, usize::from(list.width))).collect();
    put(&lines, list, buffer);
    if let Some(row) = open.cursor.checked_sub(first).filter(|row| *row < lines.len()) {
        put(&[Line::from(">")], Rect { y: list.y.saturating_add(u16::try_from(row).unwrap_or(0)), ..list }, buffer);
        row_style(list, row, model.theme.style(Tone::Cursor), buffer);
    }
}

fn count(found: usize) -> String {
    match found {
        0 => "   nothing fits".to_owned(),
        1 => "   1 action".to_owned(),
        found => format!("   {found} actions"),
    }
}

/// The columns of the keys, and of the name in settings where there is room for it.
const KEYS: usize = 16;
const NAME: usize = 18;

fn found_line(model: &Model, found: &Found<'_>, width: usize) -> Line<'static> {
    let kind = if found.reason.is_some() { Role::Dim } else { Role::Plain };
    let text = match &found.reason {
        Some(reason) => format!("{} ({reason})", found.bound.words),
        None => found.bound.words.to_owned(),
    };
    let room = width.saturating_sub(KEYS + 3);
    // A reason needs the room more.
    let name = if room > 70 && found.reason.is_none() { NAME } else { 0 };
    Line::from(vec![
        Span::raw("  "),
        word(model.theme, Tone::Key, fit(&found.bound.keys.join("  "), KEYS - 1)),
        Span::raw(" "),
        role(model.theme, kind, fit(&text, room.saturating_sub(name))),
        role(model.theme, Role::Dim, cut(found.bound.id, name)),
    ])
}
