//! The list of sources: opened, looked at from outside, chosen from.

use super::{browser, say};
use crate::source::Known;
use crate::tui::dialog::Dialog;
use crate::tui::effect::Effect;
use crate::tui::model::{Arrival, CacheId, Demo, Model, Places};
use crate::tui::sieve::is_small;
use crate::tui::sources::{Sources, Survey, Which};

/// Shows the list, with the cursor on what is shown, and looks for what is not known yet.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let before = Sources { cursor: model.current, ..Sources::default() };
    let list = Sources::of(model, before);
    model.dialog = Some(Dialog::Sources(Box::new(list)));
    if let Places::NotNeeded = model.places {
        model.places = Places::Listing;
        return vec![Effect::Discover, survey(model)];
    }
    vec![survey(model)]
}

/// Asks for what can be seen of every source from outside.
fn survey(model: &Model) -> Effect {
    let known: &[Known] = if let Places::Known(known) = &model.places { known } else { &[] };
    let there = known.iter().enumerate().filter(|(_, place)| place.exists).map(|(at, _)| at);
    Effect::Survey { opened: model.caches.iter().map(|cache| cache.id).collect(), known: there.collect() }
}

/// Tells the list anew what the model knows; nothing where the list is not open.
pub(super) fn refresh(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Sources(list)) = &mut model.dialog else { return Vec::new() };
    let before = std::mem::take(&mut **list);
    let after = Sources::of(model, before);
    model.dialog = Some(Dialog::Sources(Box::new(after)));
    vec![survey(model)]
}

/// Takes in what was seen from outside.
pub(super) fn surveyed(model: &mut Model, surveys: Vec<Survey>) -> Vec<Effect> {
    if let Some(Dialog::Sources(list)) = &mut model.dialog {
        list.surveys = surveys;
    }
    Vec::new()
}

/// Takes in a key of the list.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(Dialog::Sources(list)) = &mut model.dialog else { return Vec::new() };
    let last = list.rows.len().saturating_sub(1);
    match name {
        "j" | "down" => list.cursor = (list.cursor + 1).min(last),
        "k" | "up" => list.cursor = list.cursor.saturating_sub(1),
        "g" | "home" => list.cursor = 0,
        "G" | "end" => list.cursor = last,
        "esc" | "O" | "q" => model.dialog = None,
        "r" => return vec![survey(model)],
        "enter" => return choose(model),
        "c" => return close(model),
        "d" => return demo(model),
        _ => {}
    }
    Vec::new()
}

/// Shows the source under the cursor, opened first if need be.
fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Sources(list)) = &model.dialog else { return Vec::new() };
    let Some(row) = list.chosen() else { return Vec::new() };
    let (which, why_not) = (row.which, row.why_not.clone());
    match (which, why_not) {
        (Which::Open(cache), _) => {
            model.dialog = None;
            show(model, cache);
            Vec::new()
        }
        (Which::Known(_), Some(reason)) => {
            say::hint(model, reason);
            Vec::new()
        }
        // Its clock and its label would be those of a real cache too.
        (Which::Known(_), None) if model.session.demo.is_some() => {
            say::hint(model, "the demo has a clock of its own: run saltcellar without it to see real caches");
            Vec::new()
        }
        (Which::Known(at), None) => {
            model.dialog = None;
            model.arrival = Arrival::Shown;
            vec![Effect::OpenKnown(at)]
        }
    }
}

/// Shows the opened cache called `id`.
pub(super) fn show(model: &mut Model, id: CacheId) {
    let Some(at) = model.caches.iter().position(|cache| cache.id == id) else { return };
    if at != model.current {
        model.current = at;
        model.readers.clear();
        model.detail.line = 0;
    }
    browser::follow(model);
}

/// Shows the cache `by` places further on, round and round.
pub(super) fn turn(model: &mut Model, by: usize) {
    let count = model.caches.len();
    if count < 2 {
        let text = model.keymap.spell("one cache is open; {sources} lists more");
        return say::hint(model, text);
    }
    let next = model.caches.get((model.current + by) % count).map(|cache| cache.id);
    next.into_iter().for_each(|id| show(model, id));
}

/// Closes the cache under the cursor; the last one stays.
fn close(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Sources(list)) = &model.dialog else { return Vec::new() };
    let Some(Which::Open(id)) = list.chosen().map(|row| row.which) else {
        say::hint(model, "this one is not open");
        return Vec::new();
    };
    if model.job.is_some() {
        say::hint(model, "a write is under way");
        return Vec::new();
    }
    if model.caches.len() < 2 {
        say::hint(model, "the last one stays open");
        return Vec::new();
    }
    let shown = model.cache().map(|cache| cache.id).filter(|shown| *shown != id);
    let gone = model.caches.extract_if(.., |cache| cache.id == id).find_map(|cache| cache.reading().cloned());
    model.readers.retain(|reader| reader.cache != id);
    model.current = model.caches.iter().position(|cache| Some(cache.id) == shown).unwrap_or(0);
    browser::follow(model);
    let mut effects = vec![Effect::Close(id)];
    effects.extend(gone.filter(|gone| !is_small(gone)).map(Effect::Free));
    effects.extend(refresh(model));
    effects
}

fn demo(model: &mut Model) -> Vec<Effect> {
    if model.session.demo.is_some() {
        say::hint(model, "the demo is open already");
        return Vec::new();
    }
    if !model.caches.is_empty() {
        say::hint(model, "the demo has a clock of its own: saltcellar --demo shows it");
        return Vec::new();
    }
    model.dialog = None;
    model.arrival = Arrival::Shown;
    vec![Effect::OpenDemo(Demo)]
}
