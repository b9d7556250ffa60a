//! The start screen: which places were tried and which command of each app would make a cache there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{fit, put, role, word};
use crate::present::Role;
use crate::source::Known;
use crate::tui::layout::Panes;
use crate::tui::model::{Model, Places};
use crate::tui::theme::Tone;

/// The room between the first line and the foot.
pub(super) fn body(panes: &Panes) -> Rect {
    let parts = [
        panes.reader,
        panes.tabs,
        panes.filter,
        panes.accounts,
        panes.tokens,
        panes.details,
        panes.timeline,
        panes.activity,
    ];
    parts.into_iter().flatten().reduce(Rect::union).unwrap_or_default()
}

/// Draws the screen.
pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let theme = model.theme;
    let lines = match &model.places {
        Places::NotNeeded | Places::Listing => vec![Line::default(), Line::from(role(theme, Role::Dim, " opening …"))],
        Places::Searching => vec![Line::default(), Line::from(role(theme, Role::Dim, " looking for token caches …"))],
        Places::Known(known) if known.iter().any(|place| place.exists && place.plaintext) => {
            vec![Line::default(), Line::from(role(theme, Role::Dim, " opening …"))]
        }
        Places::Known(known) => nothing(model, known, usize::from(area.width)),
    };
    put(&lines, area, buffer);
}

fn nothing(model: &Model, known: &[Known], width: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let key = |id: &str| word(theme, Tone::Key, model.keymap.key(id));
    let mut lines = vec![
        Line::default(),
        Line::from(word(theme, Tone::Title, " No plaintext token cache was found here.")),
        Line::from(vec![
            Span::raw(" "),
            key("demo"),
            Span::raw(" opens the demo   "),
            key("help"),
            Span::raw(" help   "),
            key("quit"),
            Span::raw(" quits"),
        ]),
        Line::default(),
    ];
    if !known.is_empty() {
        lines.push(Line::from(role(theme, Role::Dim, " Places tried:")));
    }
    for (at, place) in known.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| known.get(at));
        let name = if before.is_some_and(|before| before.app == place.app) { "" } else { place.app.as_str() };
        lines.push(tried(model, name, place, width));
        if known.get(at + 1).is_none_or(|next| next.made_by != place.made_by) {
            lines.extend(made_by(model, place));
        }
    }
    lines
}

/// The width of the names of apps.
const APP: usize = 23;

fn tried(model: &Model, app: &str, place: &Known, width: usize) -> Line<'static> {
    let path = place.place.short(model.session.home.as_deref());
    let state = if place.exists { place.state.as_str() } else { "not there" };
    let room = width.saturating_sub(APP + 2 + 22);
    Line::from(vec![
        Span::raw(format!("  {} ", fit(app, APP - 1))),
        Span::raw(fit(&path, room)),
        role(model.theme, Role::Dim, format!("  {}", fit(state, 20))),
    ])
}

/// The command that would make a cache there, below the last place that it makes.
fn made_by(model: &Model, place: &Known) -> Option<Line<'static>> {
    let command = place.made_by.as_ref().filter(|_| !place.exists)?;
    let text = format!("{}made by: {}", " ".repeat(APP + 2), crate::text::Safe::new(command));
    Some(Line::from(role(model.theme, Role::Dim, text)))
}
