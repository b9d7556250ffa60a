//! Help and the which-key popup, both from the key table; a key that can do nothing now says why.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{cut, cut_line, dialog, fit, popup, put, role, row_style, word};
use crate::config::Found;
use crate::present::Role;
use crate::tui::available::{ground, why_not};
use crate::tui::dialog::HelpDialog;
use crate::tui::help::{FOOT, Headed, heading, page};
use crate::tui::keymap::Bound;
use crate::tui::model::Model;
use crate::tui::theme::Tone;

const LEGEND: &str = "* marked  > cursor  ! expires soon  x expired  ~ renews itself";

/// Draws help.
pub(super) fn draw(model: &Model, open: &HelpDialog, area: Rect, buffer: &mut Buffer) {
    let page = page(model, open, area);
    let foot = if open.typing.is_some() { "enter keeps, esc clears" } else { "/ finds   enter runs   ? or esc closes" };
    let inside = dialog(model, page.frame, heading(model), foot, buffer);
    put(&[search(model, open, page.count)], inside, buffer);
    for (line, spot) in page.lines.iter().zip(page.list.rows()) {
        let (text, is_at) = match line {
            Headed::Heading(group) => {
                (Line::from(word(model.theme, Tone::Title, format!(" {}", group.heading()))), false)
            }
            Headed::Binding(place, bound) => {
                (binding_line(model, bound, usize::from(spot.width)), *place == open.cursor)
            }
        };
        put(&[text], spot, buffer);
        if is_at {
            put(&[Line::from(">")], spot, buffer);
            row_style(spot, 0, model.theme.style(Tone::Cursor), buffer);
        }
    }
    let below =
        Rect { y: page.list.bottom(), height: FOOT.min(inside.bottom().saturating_sub(page.list.bottom())), ..inside };
    let dim = |text: &str| Line::from(role(model.theme, Role::Dim, cut(text, usize::from(inside.width))));
    put(&[dim(&format!(" {LEGEND}")), dim(&format!(" {}", settings(model)))], below, buffer);
}

fn search(model: &Model, open: &HelpDialog, count: usize) -> Line<'static> {
    let text = crate::text::Safe::new(open.filter.text()).to_string();
    let cursor = if open.typing.is_some() { word(model.theme, Tone::Caret, " ") } else { Span::raw("") };
    let says = format!("   {count} bindings, this pane first");
    Line::from(vec![word(model.theme, Tone::Key, " / "), Span::raw(text), cursor, role(model.theme, Role::Dim, says)])
}

/// Where the settings are, and whether the file is there.
fn settings(model: &Model) -> String {
    let config = &model.session.config;
    if config.path.is_none() {
        return "Settings: saltcellar config path tells where they would be".to_owned();
    }
    let found = match (config.found, config.warnings.len()) {
        (Found::Nothing, _) => "not there yet".to_owned(),
        (Found::Unreadable, _) => "cannot be read".to_owned(),
        (Found::Read, 0) => "read".to_owned(),
        (Found::Read, count) => format!("{count} wrong: saltcellar config check"),
    };
    format!("Settings {} ({found})", config.short(model.session.home.as_deref()))
}

fn binding_line(model: &Model, binding: &Bound, width: usize) -> Line<'static> {
    let keys = format!("{} ", fit(&binding.keys.join("  "), 15));
    let reason = why_not(model, binding);
    let text = match &reason {
        Some(reason) => format!("{} ({reason})", binding.words),
        None => binding.words.to_owned(),
    };
    let kind = if reason.is_some() { Role::Dim } else { Role::Plain };
    let room = width.saturating_sub(3 + 16);
    // A reason needs the room more.
    let name = if room > 60 && reason.is_none() { 18 } else { 0 };
    let (words, id) = (fit(&text, room.saturating_sub(name)), role(model.theme, Role::Dim, cut(binding.id, name)));
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
    let room = usize::from(inside.width);
    let lines: Vec<_> = next.iter().map(|(key, binding)| cut_line(next_line(model, key, binding), room)).collect();
    put(&lines, inside, buffer);
}

fn next_line(model: &Model, key: &str, binding: &Bound) -> Line<'static> {
    let reason = why_not(model, binding);
    let kind = if reason.is_some() { Role::Dim } else { Role::Plain };
    let text = reason.map_or_else(|| binding.words.to_owned(), |reason| format!("{} ({reason})", binding.words));
    Line::from(vec![word(model.theme, Tone::Key, format!(" {key}  ")), role(model.theme, kind, text)])
}
