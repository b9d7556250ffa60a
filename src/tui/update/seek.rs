//! The search in the details: every stroke looks at once, enter keeps the words, esc drops them.

use super::{browser, keys};
use crate::tui::input::{Input, Stroke};
use crate::tui::layout::{Pane, detail_room};
use crate::tui::model::{FilterMode, Model};
use crate::tui::reader::Way;
use crate::tui::seek;

/// Gives the keys to the search.
pub(super) fn begin(model: &mut Model) {
    model.filter = FilterMode::Seeking;
    browser::follow(model);
}

/// Takes in a key while words are typed.
pub(super) fn press(model: &mut Model, name: &str) {
    let is_empty = model.seek.text().is_empty();
    match (name, keys::stroke(name)) {
        ("enter", _) => model.filter = FilterMode::Rest,
        ("esc", _) => drop_it(model),
        ("down", _) => go(model, Way::On),
        ("up", _) => go(model, Way::Back),
        (_, Some(Stroke::Backspace)) if is_empty => model.filter = FilterMode::Rest,
        (_, Some(stroke)) => {
            model.seek.stroke(stroke);
            look(model);
        }
        (_, None) => {}
    }
}

/// Takes in pasted text while words are typed.
pub(super) fn paste(model: &mut Model, text: &str) {
    model.seek.paste(text);
    look(model);
}

/// Drops the search.
pub(super) fn drop_it(model: &mut Model) {
    (model.filter, model.seek) = (FilterMode::Rest, Input::default());
    browser::follow(model);
}

/// Goes to the next place found, or to the one before.
pub(super) fn go(model: &mut Model, way: Way) {
    let place = seek::turn(&found(model), model.detail.line, way);
    model.detail.line = place.unwrap_or(model.detail.line);
}

/// Goes to the first place at or behind where one is.
fn look(model: &mut Model) {
    let (found, at) = (found(model), model.detail.line);
    let next = found.iter().find(|place| **place >= at).or(found.first());
    model.detail.line = next.copied().unwrap_or(at);
}

fn found(model: &Model) -> Vec<usize> {
    let width = model.panes().of(Pane::Details).map_or(0, |area| detail_room(model.tier(), area).width);
    seek::found(model, usize::from(width))
}
