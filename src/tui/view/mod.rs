//! Paints what the model says: reads it, never changes it, asks no clock. Every text from a cache,
//! a path or an error goes through [`Safe`](crate::text::Safe) before it is painted.
//! A top: each file beside it paints one part of the screen.

mod accounts;
mod boxes;
mod details;
mod export;
mod footer;
mod gauge;
mod help;
mod logs;
mod paint;
mod plan;
mod reader;
mod start;
mod timeline;
mod title;
mod tokens;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::dialog::Dialog;
use super::layout::{Tier, tier};
use super::model::Model;

/// Draws `model` on `frame`.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    paint(model, area, frame.buffer_mut());
}

/// Draws `model` on `buffer`, so that a caller can see whether anything differs before it writes.
pub fn paint(model: &Model, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    // Between a resize and its message the model may believe in a larger screen.
    if area.width < model.size.width || area.height < model.size.height || area.is_empty() {
        return;
    }
    if tier(model.size) == Tier::Tiny {
        return footer::tiny(model, area, buffer);
    }
    let panes = model.panes();
    title::draw(model, panes.title, buffer);
    if model.caches.is_empty() {
        start::draw(model, start::body(&panes), buffer);
    } else {
        match model.reader() {
            Some(open) => reader::search_line(model, open, panes.filter, buffer),
            None => tokens::filter_line(model, panes.filter, buffer),
        }
        title::tabs(model, panes.tabs, buffer);
        accounts::draw(model, panes.accounts, buffer);
        tokens::draw(model, panes.tokens, buffer);
        details::draw(model, panes.details, buffer);
        timeline::draw(model, panes.timeline, buffer);
        logs::pane(model, panes.activity, buffer);
        reader::draw(model, panes.reader, buffer);
    }
    footer::draw(model, &panes, buffer);
    dialog(model, area, buffer);
}

fn dialog(model: &Model, area: Rect, buffer: &mut Buffer) {
    match &model.dialog {
        Some(Dialog::Plan(open)) => plan::draw(model, open, area, buffer),
        Some(Dialog::Export(open)) => export::draw(model, open, area, buffer),
        Some(Dialog::Ask(ask)) => boxes::ask(model, *ask, area, buffer),
        Some(Dialog::Help(open)) => help::draw(model, open, area, buffer),
        Some(Dialog::Log(line)) => logs::dialog(model, *line, area, buffer),
        Some(Dialog::Caches(at)) => boxes::caches(model, *at, area, buffer),
        None => help::which_key(model, area, buffer),
    }
}
