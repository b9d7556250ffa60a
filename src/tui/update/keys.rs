//! From a key to what it asks for: counts, sequences, and the few keys that work everywhere.

use std::time::Duration;

use crossterm::event::KeyEvent;

use super::{actions, dialog, filter, order, reader, say, seek};
use crate::tui::action::{Action, View};
use crate::tui::available::{ground, why_not};
use crate::tui::effect::Effect;
use crate::tui::input::Stroke;
use crate::tui::keymap::{self, Binding, Bound, Meaning};
use crate::tui::model::{FilterMode, Model, Pending};
use crate::tui::work::{self, Work};

const POPUP_AFTER: Duration = Duration::from_millis(300);
/// More than any list is long, and far from overflowing.
const GREATEST_COUNT: usize = 1_000_000;

/// Takes in a key.
pub(super) fn press(model: &mut Model, key: &KeyEvent) -> Vec<Effect> {
    let Some(name) = keymap::name(key) else { return Vec::new() };
    model.toast = None;
    match name.as_str() {
        "ctrl-c" => return actions::run(model, Action::View(View::QuitNow), 1),
        "esc" if model.dialog.is_none() && !is_typing(model) => {
            if let Some(effects) = stop(model) {
                return effects;
            }
        }
        _ => {}
    }
    if let Some(action) = always(model, &name).filter(|_| model.pending.keys.is_empty()) {
        return actions::run(model, action, 1);
    }
    if model.dialog.is_some() {
        return dialog::press(model, &name);
    }
    if reader::is_typing(model) {
        return reader::type_in(model, &name);
    }
    match model.filter {
        FilterMode::Typing => filter::press(model, &name),
        FilterMode::Seeking => {
            seek::press(model, &name);
            Vec::new()
        }
        FilterMode::Rest => sequence(model, name),
    }
}

/// What a key asks for even while something is typed: the keys of a few actions, unless they are characters.
fn always(model: &Model, name: &str) -> Option<Action> {
    let is_typed = name == "space" || name.chars().nth(1).is_none();
    let acts = |bound: &&Bound| matches!(bound.action, Action::View(View::Suspend | View::Repaint));
    let bound = model.keymap.all().iter().filter(acts).find(|bound| bound.keys.iter().any(|key| key == name))?;
    (!is_typed).then_some(bound.action)
}

fn is_typing(model: &Model) -> bool {
    reader::is_typing(model) || model.filter != FilterMode::Rest
}

/// Stops what the foot says is waited for; `None` if that is nothing.
fn stop(model: &mut Model) -> Option<Vec<Effect>> {
    if model.job.is_some() {
        return Some(vec![Effect::CancelWrite]);
    }
    let wait = work::shown(model)?;
    match &wait.work {
        Work::Find | Work::Write => return None,
        Work::Answer(..) => _ = model.readers.pop(),
        Work::Plan(_) => model.planning = None,
        Work::Filter(_) => filter::drop_it(model),
        Work::Sort(_) => order::leave(model),
        // The last two stand in dialogs, which have the key themselves.
        Work::Read(_) | Work::Export | Work::Differ(_) => {}
    }
    Some(vec![Effect::Stop(wait.work)])
}

/// The change of a text field that a key asks for.
pub(super) fn stroke(name: &str) -> Option<Stroke> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Some(Stroke::Type(c));
    }
    Some(match name {
        "space" => Stroke::Type(' '),
        "backspace" => Stroke::Backspace,
        "delete" => Stroke::Delete,
        "ctrl-w" => Stroke::DeleteWord,
        "ctrl-u" => Stroke::Clear,
        "left" => Stroke::Left,
        "right" => Stroke::Right,
        "home" | "ctrl-a" => Stroke::Home,
        "end" | "ctrl-e" => Stroke::End,
        _ => return None,
    })
}

fn sequence(model: &mut Model, name: String) -> Vec<Effect> {
    if counts(model, &name) {
        return Vec::new();
    }
    if name == "esc" && (!model.pending.keys.is_empty() || model.pending.count.is_some()) {
        model.pending = Pending::default();
        return Vec::new();
    }
    model.pending.keys.push(name);
    match model.keymap.meaning(ground(model), &model.pending.keys) {
        Meaning::Full(binding) => {
            let count = std::mem::take(&mut model.pending).count.unwrap_or(1);
            run_binding(model, binding, count)
        }
        Meaning::Part => {
            model.pending.popup_at = Some(model.moment.elapsed + POPUP_AFTER);
            Vec::new()
        }
        Meaning::Nothing => {
            model.pending = Pending::default();
            Vec::new()
        }
    }
}

/// A digit that no action has begins a count; then any digit goes on.
fn counts(model: &mut Model, name: &str) -> bool {
    let Some(digit) = name.parse::<usize>().ok().filter(|digit| *digit < 10) else { return false };
    let may_begin = || {
        let meaning = model.keymap.meaning(ground(model), &[name.to_owned()]);
        digit > 0 && matches!(meaning, Meaning::Nothing)
    };
    if !model.pending.keys.is_empty() || (model.pending.count.is_none() && !may_begin()) {
        return false;
    }
    model.pending.count = Some((model.pending.count.unwrap_or(0) * 10 + digit).min(GREATEST_COUNT));
    true
}

/// Does what `binding` is for, or says why not.
pub(super) fn run_binding(model: &mut Model, binding: &'static Binding, count: usize) -> Vec<Effect> {
    if let Some(reason) = why_not(model, binding) {
        let key = model.keymap.key(binding.id);
        let name = if key.is_empty() { binding.id } else { key };
        say::hint(model, format!("{name}: {reason}"));
        return Vec::new();
    }
    actions::run(model, binding.action, count)
}
