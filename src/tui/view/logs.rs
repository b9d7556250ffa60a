//! What happened last: a pane on a wide screen. All of it is a page for the reader.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::paint::{framed, put, role, word};
use crate::present::{Role, when};
use crate::tui::model::{Model, Note};
use crate::tui::theme::Tone;

/// Draws the pane: the newest line first.
pub(super) fn pane(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let title = Line::from(word(model.theme, Tone::Title, "Activity"));
    let inside =
        framed(model.theme, Tone::Border, area, title, Line::from(model.keymap.spell(" {log} tells all ")), buffer);
    if model.log.is_empty() {
        put(&[Line::from(role(model.theme, Role::Dim, " nothing has happened yet"))], inside, buffer);
    }
    let lines: Vec<_> = model.log.iter().rev().take(usize::from(inside.height)).map(|note| line(model, note)).collect();
    put(&lines, inside, buffer);
}

fn line(model: &Model, note: &Note) -> Line<'static> {
    let time = when::utc(note.at);
    let time = time.split(' ').nth(1).unwrap_or(&time).to_owned();
    Line::from(vec![
        role(model.theme, Role::Dim, format!(" {time}  ")),
        role(model.theme, note.role, note.text.clone()),
    ])
}
