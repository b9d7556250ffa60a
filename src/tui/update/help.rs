//! The help dialog: search, move, and run the binding under the cursor.

use ratatui::layout::{Position, Rect};

use super::keys;
use super::mouse::Gesture;
use crate::tui::dialog::{Dialog, HelpDialog, Typing};
use crate::tui::effect::Effect;
use crate::tui::help::{Headed, page, shown};
use crate::tui::input::Input;
use crate::tui::model::Model;

/// Takes in a key of the dialog.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let last = shown(model).len().saturating_sub(1);
    let Some(Dialog::Help(open)) = &mut model.dialog else { return Vec::new() };
    open.cursor = open.cursor.min(last);
    match name {
        "down" => open.cursor = (open.cursor + 1).min(last),
        "up" => open.cursor = open.cursor.saturating_sub(1),
        "pgdn" | "ctrl-d" => open.cursor = (open.cursor + 10).min(last),
        "pgup" => open.cursor = open.cursor.saturating_sub(10),
        "enter" if open.typing.is_some() => open.typing = None,
        "enter" => return run(model),
        "esc" => step_back(model),
        _ if open.typing.is_some() => {
            keys::stroke(name).into_iter().for_each(|stroke| open.filter.stroke(stroke));
            open.cursor = 0;
        }
        _ => at_rest(model, name, last),
    }
    Vec::new()
}

fn at_rest(model: &mut Model, name: &str, last: usize) {
    let Some(Dialog::Help(open)) = &mut model.dialog else { return };
    match name {
        "/" => open.typing = Some(Typing),
        "j" => open.cursor = (open.cursor + 1).min(last),
        "k" => open.cursor = open.cursor.saturating_sub(1),
        "G" | "end" => open.cursor = last,
        "g" | "home" => open.cursor = 0,
        "?" | "f1" | "q" => model.dialog = None,
        _ => {}
    }
}

fn step_back(model: &mut Model) {
    match &mut model.dialog {
        Some(Dialog::Help(HelpDialog { filter, typing, .. })) if !filter.text().is_empty() || typing.is_some() => {
            (*filter, *typing) = (Input::default(), None);
        }
        _ => model.dialog = None,
    }
}

fn run(model: &mut Model) -> Vec<Effect> {
    let found = shown(model);
    let Some(Dialog::Help(open)) = &model.dialog else { return Vec::new() };
    let binding = found.get(open.cursor).map(|bound| bound.row());
    model.dialog = None;
    binding.map_or_else(Vec::new, |binding| keys::run_binding(model, binding, 1))
}

/// The wheel moves the cursor, a click on a binding runs it, one outside closes.
pub(super) fn turn(model: &mut Model, gesture: Gesture, at: Position) -> Vec<Effect> {
    match gesture {
        Gesture::WheelDown => (0..3).for_each(|_| drop(press(model, "down"))),
        Gesture::WheelUp => (0..3).for_each(|_| drop(press(model, "up"))),
        Gesture::Click => return click(model, at),
    }
    Vec::new()
}

fn click(model: &mut Model, at: Position) -> Vec<Effect> {
    let area = Rect::new(0, 0, model.size.width, model.size.height);
    let Some(Dialog::Help(open)) = &model.dialog else { return Vec::new() };
    let page = page(model, open, area);
    if !page.frame.contains(at) {
        model.dialog = None;
        return Vec::new();
    }
    let line = page.list.contains(at).then(|| usize::from(at.y - page.list.y));
    let Some(Headed::Binding(place, _)) = line.and_then(|line| page.lines.get(line)).copied() else {
        return Vec::new();
    };
    if let Some(Dialog::Help(open)) = &mut model.dialog {
        open.cursor = place;
    }
    run(model)
}
