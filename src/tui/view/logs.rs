//! What happened: as a pane on a wide screen, as a box elsewhere.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::paint::{framed, popup, put, role, word};
use crate::present::{Role, when};
use crate::tui::layout::centered;
use crate::tui::model::{Model, Note};
use crate::tui::theme::Tone;

/// Draws the pane: the newest line first.
pub(super) fn pane(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let title = Line::from(word(model.theme, Tone::Title, "Activity"));
    let inside = framed(model.theme, Tone::Border, area, title, Line::from(" L hides "), buffer);
    let lines: Vec<_> = model.log.iter().rev().take(usize::from(inside.height)).map(|note| line(model, note)).collect();
    put(&lines, inside, buffer);
}

/// Draws the box, `at` being the line at the foot of what is seen.
pub(super) fn dialog(model: &Model, at: usize, area: Rect, buffer: &mut Buffer) {
    let area = centered(area, 100, area.height.saturating_sub(4));
    let inside = popup(model.theme, area, "Activity", "j/k scroll   esc closes", buffer);
    let height = usize::from(inside.height);
    let last = at.min(model.log.len().saturating_sub(1));
    let first = (last + 1).saturating_sub(height);
    let lines: Vec<_> = model.log.iter().skip(first).take(height).map(|note| line(model, note)).collect();
    if lines.is_empty() {
        return put(&[Line::from(role(model.theme, Role::Dim, " nothing has happened yet"))], inside, buffer);
    }
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
