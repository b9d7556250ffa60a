//! The filter line: every stroke filters at once; enter keeps the filter, esc drops it.

use super::{browser, keys};
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Stroke};
use crate::tui::model::{FilterMode, Model};

/// Takes in a key while the filter is typed.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    match name {
        "enter" => model.filter = FilterMode::Rest,
        "esc" => clear(model),
        "down" => browser::step(model, 1),
        "up" => browser::step(model, -1),
        _ => type_in(model, name),
    }
    Vec::new()
}

/// Takes in pasted text while the filter is typed.
pub(super) fn paste(model: &mut Model, text: &str) {
    change(model, |input| input.paste(text));
}

/// Drops the filter.
pub(super) fn clear(model: &mut Model) {
    model.filter = FilterMode::Rest;
    change(model, |input| *input = Input::default());
}

fn type_in(model: &mut Model, name: &str) {
    let Some(stroke) = keys::stroke(name) else { return };
    let empty = model.cache().is_none_or(|cache| cache.browse.filter.text().is_empty());
    if empty && stroke == Stroke::Backspace {
        model.filter = FilterMode::Rest;
    }
    change(model, |input| input.stroke(stroke));
}

fn change(model: &mut Model, edit: impl FnOnce(&mut Input)) {
    let Some(reading) = model.reading().cloned() else { return };
    let Some(cache) = model.cache_mut() else { return };
    let before = cache.browse.filter.text().to_owned();
    edit(&mut cache.browse.filter);
    if cache.browse.filter.text() != before {
        cache.browse.refresh(&reading);
        model.detail.line = 0;
    }
    browser::follow(model);
}
