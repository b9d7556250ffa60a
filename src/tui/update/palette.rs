//! Keys, clicks and pasted text in the palette. It stays open where the action chosen can do nothing, and says why.

use ratatui::layout::{Position, Rect};

use super::mouse::Gesture;
use super::{actions, keys, say};
use crate::tui::dialog::Dialog;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::palette::{Palette, REMEMBERED};

/// Opens it.
pub(super) fn open(model: &mut Model) {
    model.dialog = Some(Dialog::Palette(Palette::default()));
}

/// Takes in a key.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    match name {
        "enter" => return run(model),
        "esc" => model.dialog = None,
        "down" | "ctrl-n" => step(model, 1),
        "up" | "ctrl-p" => step(model, -1),
        "pgdn" => step(model, 10),
        "pgup" => step(model, -10),
        _ => edit(model, name),
    }
    Vec::new()
}

fn edit(model: &mut Model, name: &str) {
    let Some(Dialog::Palette(open)) = &mut model.dialog else { return };
    let Some(stroke) = keys::stroke(name) else { return };
    open.words.stroke(stroke);
    open.cursor = 0;
}

/// Takes in pasted text.
pub(super) fn paste(open: &mut Palette, text: &str) {
    open.words.paste(text);
    open.cursor = 0;
}

fn step(model: &mut Model, lines: isize) {
    let Some(Dialog::Palette(open)) = &model.dialog else { return };
    let last = open.found(model).len().saturating_sub(1);
    let Some(Dialog::Palette(open)) = &mut model.dialog else { return };
    open.cursor = open.cursor.saturating_add_signed(lines).min(last);
}

fn run(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Palette(open)) = &model.dialog else { return Vec::new() };
    let mut found = open.found(model);
    if open.cursor >= found.len() {
        return Vec::new();
    }
    let chosen = found.swap_remove(open.cursor);
    let (row, reason) = (chosen.bound.row(), chosen.reason);
    if let Some(reason) = reason {
        say::hint(model, reason);
        return Vec::new();
    }
    model.dialog = None;
    model.recent.retain(|id| *id != row.id);
    model.recent.push(row.id);
    let surplus = model.recent.len().saturating_sub(REMEMBERED);
    model.recent.drain(..surplus);
    actions::run(model, row.action, 1)
}

/// The wheel moves the cursor, a click on a line runs it, one outside closes.
pub(super) fn turn(model: &mut Model, gesture: Gesture, at: Position) -> Vec<Effect> {
    match gesture {
        Gesture::WheelDown => step(model, 3),
        Gesture::WheelUp => step(model, -3),
        Gesture::Click => return click(model, at),
    }
    Vec::new()
}

fn click(model: &mut Model, at: Position) -> Vec<Effect> {
    let area = Rect::new(0, 0, model.size.width, model.size.height);
    let Some(Dialog::Palette(open)) = &model.dialog else { return Vec::new() };
    let (frame, list, first) = open.place(area);
    if !frame.contains(at) {
        model.dialog = None;
        return Vec::new();
    }
    let line = first + usize::from(at.y.saturating_sub(list.y));
    if !list.contains(at) || line >= open.found(model).len() {
        return Vec::new();
    }
    if let Some(Dialog::Palette(open)) = &mut model.dialog {
        open.cursor = line;
    }
    run(model)
}
