//! Paints what the model says: reads it, never changes it, asks no clock. Every text from a cache,
//! a path or an error goes through [`Safe`](crate::text::Safe) before it is painted.
//! A top: each file beside it paints one part of the screen.

mod accounts;
mod boxes;
mod details;
mod export;
mod filter;
mod finish;
mod footer;
mod gauge;
mod help;
mod logs;
mod paint;
mod palette;
mod plan;
mod prune;
mod reader;
mod sources;
mod start;
mod timeline;
mod title;
mod tokens;
mod users;

use finish::Marks;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget as _};

use super::dialog::{Dialog, Form};
use super::layout::{Panes, Tier};
use super::model::Model;

pub use title::window_title;

/// Draws `model` on `buffer`, so that a caller can see whether anything differs before it writes. Says where the
/// terminal's cursor goes: where is typed, and under `--plain-ui` else on what is chosen.
#[must_use]
pub fn paint(model: &Model, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let area = area.intersection(buffer.area);
    // Between a resize and its message the model may believe in a larger screen.
    if area.width < model.size.width || area.height < model.size.height || area.is_empty() {
        return None;
    }
    let cursor = layers(model, area, buffer);
    finish::ground(model.theme, area, buffer);
    if model.theme.is_plain() {
        finish::letters(area, buffer);
    }
    cursor
}

/// The browser, and what stands over it; the cursor is in what stands on top.
fn layers(model: &Model, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    if model.tier() == Tier::Tiny {
        footer::tiny(model, area, buffer);
        return cursor(model, Marks::default(), area.as_position());
    }
    let panes = model.panes();
    browser(model, &panes, buffer);
    let below = finish::marks(area, buffer);
    let pane = panes.of(model.focus).or(panes.reader).unwrap_or(area);
    if over(model, &panes, area, buffer) {
        cursor(model, finish::marks(area, buffer), area.as_position())
    } else {
        cursor(model, below, pane.as_position())
    }
}

/// Where is typed; to a screen reader also what is chosen, or `else_at` where nothing can be.
fn cursor(model: &Model, marks: Marks, else_at: Position) -> Option<Position> {
    let chosen = model.theme.is_plain().then(|| marks.chosen.unwrap_or(else_at));
    marks.typed.or(chosen)
}

fn browser(model: &Model, panes: &Panes, buffer: &mut Buffer) {
    title::draw(model, panes.title, buffer);
    if model.caches.is_empty() && model.reader().is_none() {
        start::draw(model, start::body(panes), buffer);
    } else {
        match model.reader() {
            Some(open) => reader::search_line(model, open, panes.filter, buffer),
            None => filter::draw(model, panes.filter, buffer),
        }
        title::tabs(model, panes.tabs, buffer);
        accounts::draw(model, panes.accounts, buffer);
        tokens::draw(model, panes.tokens, buffer);
        details::draw(model, panes.details, buffer);
        timeline::draw(model, panes.timeline, buffer);
        logs::pane(model, panes.activity, buffer);
        reader::draw(model, panes.reader, buffer);
    }
    footer::draw(model, panes, buffer);
}

/// Draws what stands over the browser, and says whether anything does.
fn over(model: &Model, panes: &Panes, area: Rect, buffer: &mut Buffer) -> bool {
    let waits = help::waits(model);
    let at_foot = matches!(&model.dialog, Some(Dialog::Plan(open)) if open.form == Form::Foot);
    if at_foot || (model.dialog.is_none() && !waits) {
        return false;
    }
    if model.theme.is_plain() {
        // Nothing beside a box is read as if it were part of it.
        let head = panes.title.map_or(0, |title| title.height);
        let foot = panes.keys.map_or(0, |keys| keys.height);
        let rest = Rect { y: area.y + head, height: area.height.saturating_sub(head + foot), ..area };
        Clear.render(rest, buffer);
    }
    dialog(model, area, buffer);
    true
}

fn dialog(model: &Model, area: Rect, buffer: &mut Buffer) {
    match &model.dialog {
        Some(Dialog::Plan(open)) => plan::draw(model, open, area, buffer),
        Some(Dialog::Prune(menu)) => prune::draw(model, menu, area, buffer),
        Some(Dialog::Export(open)) => export::draw(model, open, area, buffer),
        Some(Dialog::Password(open)) => boxes::password(model, open, area, buffer),
        Some(Dialog::Ask(ask)) => boxes::ask(model, *ask, area, buffer),
        Some(Dialog::Palette(open)) => palette::draw(model, open, area, buffer),
        Some(Dialog::Help(open)) => help::draw(model, open, area, buffer),
        Some(Dialog::Sources(list)) => sources::draw(model, list, area, buffer),
        None => help::which_key(model, area, buffer),
    }
}

#[cfg(test)]
mod tests;
