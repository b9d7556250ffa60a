//! The start screen: which places were tried and which command of each app would make a cache there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use unicode_width::UnicodeWidthStr as _;

use super::paint::{cut, fit, put, role, word};
use crate::present::Role;
use crate::source::{Known, WhyNot};
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
    let opens = |place: &Known| place.why_not.as_ref().is_some_and(WhyNot::opens_when_asked);
    let sealed = match known.iter().any(opens) {
        true => vec![Span::raw("   "), key("sources"), Span::raw(" opens what is sealed")],
        false => Vec::new(),
    };
    let keys = [
        Span::raw(" "),
        key("demo"),
        Span::raw(" opens the demo   "),
        key("help"),
        Span::raw(" help   "),
        key("quit"),
        Span::raw(" quits"),
    ];
    let mut lines = vec![
        Line::default(),
        Line::from(word(theme, Tone::Title, " No plaintext token cache is found here.")),
        Line::from_iter(keys.into_iter().chain(sealed)),
        Line::default(),
    ];
    if !known.is_empty() {
        lines.push(Line::from(role(theme, Role::Dim, " Places tried:")));
    }
    let home = model.session.home.as_deref();
    let longest = known.iter().map(|place| place.place.short(home).width()).max().unwrap_or(0);
    let layout = Columns::of(width, longest);
    for (at, place) in known.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| known.get(at));
        let is_first = before.is_none_or(|before| before.app != place.app);
        lines.extend(tried(model, place, is_first, &layout));
        if known.get(at + 1).is_none_or(|next| next.made_by != place.made_by) {
            lines.extend(made_by(model, place, layout.indent, width));
        }
    }
    lines
}

/// Where the parts of a place stand.
struct Columns {
    /// The column where paths begin.
    indent: usize,
    /// The width of paths.
    path: usize,
    /// The width of what was seen there.
    state: usize,
}

/// The width of the names of apps, where they have a column.
const APP: usize = 23;
/// What was seen at a place: "the tokens are in the keyring".
const STATE: usize = 30;

impl Columns {
    fn of(width: usize, longest: usize) -> Self {
        let indent = if width >= 76 { APP + 2 } else { 4 };
        let room = width.saturating_sub(indent + 2);
        let path = longest.min(room.saturating_sub(if indent > APP { 20 } else { 12 }));
        Self { indent, path, state: room.saturating_sub(path).min(STATE) }
    }
}

/// The app, its place and what was seen there; the app on a line of its own where the screen is narrow.
fn tried(model: &Model, place: &Known, is_first: bool, columns: &Columns) -> Vec<Line<'static>> {
    let app = if is_first { place.app.as_str() } else { "" };
    let path = fit(&place.place.short(model.session.home.as_deref()), columns.path);
    let state = if place.exists { place.state.as_str() } else { "not there" };
    let state = role(model.theme, Role::Dim, format!("  {}", fit(state, columns.state)));
    if columns.indent > APP {
        return vec![Line::from(vec![Span::raw(format!("  {} ", fit(app, APP - 1))), Span::raw(path), state])];
    }
    let head = is_first.then(|| Line::from(Span::raw(format!("  {}", crate::text::Safe::new(app)))));
    head.into_iter().chain([Line::from(vec![Span::raw(" ".repeat(columns.indent)), Span::raw(path), state])]).collect()
}

/// The command that would make a cache there, below the last place that it makes.
fn made_by(model: &Model, place: &Known, indent: usize, width: usize) -> Option<Line<'static>> {
    let command = place.made_by.as_ref().filter(|_| !place.exists)?;
    let text = format!("{}made by: {}", " ".repeat(indent), crate::text::Safe::new(command));
    Some(Line::from(role(model.theme, Role::Dim, cut(&text, width.saturating_sub(1)))))
}
