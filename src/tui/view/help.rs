//! Help and the which-key popup, both from the key table; a key that can do nothing now says why.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{fit, popup, put, role, row_style, word};
use crate::present::Role;
use crate::tui::available::{ground, why_not};
use crate::tui::dialog::HelpDialog;
use crate::tui::help::shown;
use crate::tui::keymap::{Bound, Group};
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::theme::Tone;

const LEGEND: &str = "* marked  > cursor  ! expires soon  x over  ~ renews itself";

/// Draws help.
pub(super) fn draw(model: &Model, open: &HelpDialog, area: Rect, buffer: &mut Buffer) {
    let area = centered(area, 78, area.height.saturating_sub(2));
    let foot = if open.typing.is_some() { "enter keeps, esc clears" } else { "/ finds   enter runs   ? or esc closes" };
    let inside = popup(model.theme, area, "Help", foot, buffer);
    let found = shown(model);
    put(&[search(model, open, found.len())], inside, buffer);
    let list = Rect { y: inside.y + inside.height.min(1), height: inside.height.saturating_sub(2), ..inside };
    bindings(model, open, &found, list, buffer);
    if inside.height > 2 {
        let last = Rect { y: inside.bottom() - 1, height: 1, ..inside };
        put(&[Line::from(role(model.theme, Role::Dim, format!(" {LEGEND}")))], last, buffer);
    }
}

fn search(model: &Model, open: &HelpDialog, count: usize) -> Line<'static> {
    let text = crate::text::Safe::new(open.filter.text()).to_string();
    let cursor = if open.typing.is_some() { word(model.theme, Tone::Caret, " ") } else { Span::raw("") };
    let says = format!("   {count} bindings, this pane first");
    Line::from(vec![word(model.theme, Tone::Key, " / "), Span::raw(text), cursor, role(model.theme, Role::Dim, says)])
}

fn bindings(model: &Model, open: &HelpDialog, found: &[&Bound], area: Rect, buffer: &mut Buffer) {
    let lines = headed(found);
    let at =
        lines.iter().position(|line| matches!(line, Headed::Binding(place, _) if *place == open.cursor)).unwrap_or(0);
    let height = usize::from(area.height).max(1);
    let first = at.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    for (row, line) in lines.iter().skip(first).take(usize::from(area.height)).enumerate() {
        let spot = Rect { y: area.y + u16::try_from(row).unwrap_or(0), height: 1, ..area };
        match line {
            Headed::Heading(group) => {
                put(&[Line::from(word(model.theme, Tone::Title, format!(" {}", group.heading())))], spot, buffer)
            }
            Headed::Binding(_, binding) => put(&[binding_line(model, binding, usize::from(area.width))], spot, buffer),
        }
        if first + row == at {
            row_style(area, row, model.theme.style(Tone::Cursor), buffer);
        }
    }
}

enum Headed<'a> {
    Heading(Group),
    Binding(usize, &'a Bound),
}

fn headed<'a>(found: &[&'a Bound]) -> Vec<Headed<'a>> {
    let mut lines = Vec::new();
    let mut group = None;
    for (place, binding) in found.iter().enumerate() {
        if group != Some(binding.group) {
            group = Some(binding.group);
            lines.push(Headed::Heading(binding.group));
        }
        lines.push(Headed::Binding(place, binding));
    }
    lines
}

fn binding_line(model: &Model, binding: &Bound, width: usize) -> Line<'static> {
    let keys = fit(&binding.keys.join("  "), 16);
    let reason = why_not(model, binding);
    let text = match &reason {
        Some(reason) => format!("{} ({reason})", binding.words),
        None => binding.words.to_owned(),
    };
    let kind = if reason.is_some() { Role::Dim } else { Role::Plain };
    let room = width.saturating_sub(3 + 16);
    let id = if room > 60 { role(model.theme, Role::Dim, binding.id) } else { Span::raw("") };
    let words = fit(&text, if room > 60 { room - 18 } else { room });
    Line::from(vec![Span::raw("  "), word(model.theme, Tone::Key, keys), role(model.theme, kind, words), id])
}

/// Whether the keys pressed so far have waited a moment for the next one.
pub(super) fn waits(model: &Model) -> bool {
    model.pending.popup_at.is_some_and(|at| at <= model.moment.elapsed) && !model.pending.keys.is_empty()
}

/// What may follow the keys pressed so far.
pub(super) fn which_key(model: &Model, area: Rect, buffer: &mut Buffer) {
    if !waits(model) {
        return;
    }
    let prefix = format!("{} ", model.pending.keys.join(" "));
    let next: Vec<_> = model
        .keymap
        .on(ground(model))
        .filter_map(|binding| binding.keys.iter().find_map(|key| key.strip_prefix(&prefix)).map(|key| (key, binding)))
        .collect();
    let height = u16::try_from(next.len()).unwrap_or(0).saturating_add(2).min(area.height);
    let width = area.width.min(64);
    let spot = Rect { x: area.right() - width, y: area.bottom().saturating_sub(height + 2).max(area.y), width, height };
    let inside = popup(model.theme, spot.intersection(area), prefix.trim(), "esc", buffer);
    let lines: Vec<_> = next.iter().map(|(key, binding)| next_line(model, key, binding)).collect();
    put(&lines, inside, buffer);
}

fn next_line(model: &Model, key: &str, binding: &Bound) -> Line<'static> {
    let reason = why_not(model, binding);
    let kind = if reason.is_some() { Role::Dim } else { Role::Plain };
    let text = reason.map_or_else(|| binding.words.to_owned(), |reason| format!("{} ({reason})", binding.words));
    Line::from(vec![word(model.theme, Tone::Key, format!(" {key}  ")), role(model.theme, kind, text)])
}
