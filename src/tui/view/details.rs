//! The details pane: the page that `detail.rs` made, scrolled to its line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::filter::lit;
use super::paint::{pane, put, role, row_style, tab_words, word};
use crate::present::Role;
use crate::text::Safe;
use crate::tui::available;
use crate::tui::detail;
use crate::tui::layout::{Pane, detail_room};
use crate::tui::model::Model;
use crate::tui::theme::Tone;
use crate::tui::wrap::wrap;
use crate::tui::{seek, tabs};

/// Draws the pane.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let framed = pane(model, Pane::Details, area, title(model), entry_name(model), buffer);
    let inside = detail_room(model.tier(), area);
    let page = wrap(&detail::page(model), usize::from(inside.width));
    if model.current_row().is_none() {
        let why = available::needs_content(model).unwrap_or("no entry is under the cursor");
        put(&[Line::from(role(model.theme, Role::Dim, why))], inside, buffer);
    }
    let height = usize::from(inside.height);
    let (first, marked) = detail::window(model, &page, height);
    let wanted = seek::words(model);
    let seen = page.iter().skip(first).take(height);
    let seen: Vec<Line<'_>> = seen
        .map(|words| words.0.iter().flat_map(|word| lit(model.theme, &word.text, word.role, &wanted)).collect())
        .collect();
    put(&seen, inside, buffer);
    if let Some(marked) = marked.and_then(|at| at.checked_sub(first)).filter(|_| model.focus == Pane::Details) {
        row_style(framed, marked, model.theme.style(Tone::Cursor), buffer);
    }
}

fn title(model: &Model) -> Line<'static> {
    let mut words = vec![word(model.theme, Tone::Title, "3 Details ")];
    words.extend(tab_words(model, tabs::details(model.detail.tab)));
    Line::from(words)
}

fn entry_name(model: &Model) -> Line<'static> {
    let row = model.reading().zip(model.current_row()).and_then(|(reading, at)| reading.roster.rows.get(at));
    let name = row.map(|row| format!(" {} {} ", row.section.short(), Safe::new(&row.title())));
    name.map(|name| Line::from(Span::raw(name))).unwrap_or_default()
}
