//! The filter line: every stroke filters at once. Enter keeps the filter, esc goes back to the one before, up and down
//! bring back filters kept before.

use std::sync::Arc;

use super::{browser, keys};
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Stroke};
use crate::tui::model::{Bar, CacheId, FilterMode, Model, Reading};
use crate::tui::sieve::{Found, Need, Sieve, is_small};
use crate::tui::work::Work;

/// How many filters are remembered.
const REMEMBERED: usize = 50;

/// Gives the keys to the filter line.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    model.filter = FilterMode::Typing;
    let kept = model.cache().map(|cache| cache.browse.filter.text().to_owned()).unwrap_or_default();
    (model.bar.kept, model.bar.back) = (kept, 0);
    read_ahead(model).into_iter().collect()
}

/// The names of a large cache are read while its user still thinks of what to type.
fn read_ahead(model: &Model) -> Option<Effect> {
    let (cache, reading) = (model.cache()?.id, model.reading()?);
    let is_read = is_small(reading) || reading.known_index().is_some();
    (!is_read).then(|| Effect::Index { cache, reading: Arc::clone(reading), claims: Vec::new() })
}

/// Takes in a key while the filter is typed.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    match name {
        "enter" => keep(model),
        "esc" => return leave(model),
        "up" => return recall(model, model.bar.back.saturating_add(1)),
        "down" => return recall(model, model.bar.back.saturating_sub(1)),
        _ => return type_in(model, name),
    }
    Vec::new()
}

/// Takes in pasted text while the filter is typed.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    model.bar.back = 0;
    change(model, |input| input.paste(text))
}

/// Drops a filter that is not being typed.
pub(super) fn drop_it(model: &mut Model) {
    model.filter = FilterMode::Rest;
    change(model, |input| *input = Input::default());
}

/// Asks a worker for what the filter of cache number `at` waits for.
pub(super) fn ask(model: &mut Model, at: usize) -> Vec<Effect> {
    let (since, now) = (model.moment.elapsed, model.moment.now);
    let Some(cache) = model.caches.get_mut(at) else { return Vec::new() };
    let Some(reading) = cache.reading().cloned() else { return Vec::new() };
    let Some(need) = cache.browse.sieve.ask(&reading) else { return Vec::new() };
    cache.filter_since = since;
    vec![match need {
        Need::Names(claims) => Effect::Index { cache: cache.id, reading, claims },
        Need::Rows(query) => {
            Effect::Search { cache: cache.id, reading, query, memory: cache.browse.sieve.lend_memory(), now }
        }
    }]
}

/// Takes in that a worker has read what a filter waited for.
pub(super) fn indexed(model: &mut Model, id: CacheId) -> Vec<Effect> {
    let now = model.moment.now;
    let Some(at) = model.caches.iter().position(|cache| cache.id == id) else { return Vec::new() };
    if let Some(cache) = model.caches.get_mut(at)
        && let Some(reading) = cache.reading().cloned()
        && cache.browse.sieve.is_waiting()
    {
        cache.browse.sieve.told();
        cache.browse.judge(&reading, now);
    }
    browser::follow(model);
    ask(model, at)
}

/// Takes in what a worker found, if it is of what is shown.
pub(super) fn searched(model: &mut Model, id: CacheId, of: &Arc<Reading>, found: Found) -> Vec<Effect> {
    let Some(cache) = model.caches.iter_mut().find(|cache| cache.id == id) else { return Vec::new() };
    let Some(reading) = cache.reading().filter(|reading| Arc::ptr_eq(reading, of)).cloned() else { return Vec::new() };
    cache.browse.take_found(&reading, found);
    browser::follow(model);
    Vec::new()
}

/// Judges anew what changes with the time.
pub(super) fn minute_turned(model: &mut Model) {
    let now = model.moment.now;
    if model.users().is_some() {
        return super::users::minute_turned(model);
    }
    let Some(reading) = model.reading().cloned() else { return };
    let Some(cache) = model.cache_mut() else { return };
    let minute = |at: crate::time::UnixSeconds| at.0.div_euclid(60);
    let is_old = cache.browse.as_of.is_none_or(|at| minute(at) != minute(now));
    if is_old && cache.browse.sieve.query().depends_on_time() {
        cache.browse.judge(&reading, now);
        browser::follow(model);
    }
}

/// Keeps the filter, and remembers it.
fn keep(model: &mut Model) {
    model.filter = FilterMode::Rest;
    let Some(text) = model.cache().map(|cache| cache.browse.filter.text().to_owned()) else { return };
    let past = &mut model.bar.past;
    if !text.trim().is_empty() {
        past.retain(|other| *other != text);
        past.push(text);
        past.drain(..past.len().saturating_sub(REMEMBERED));
    }
}

/// Leaves the line: back to the filter as it was before.
fn leave(model: &mut Model) -> Vec<Effect> {
    model.filter = FilterMode::Rest;
    let kept = std::mem::take(&mut model.bar.kept);
    change(model, |input| *input = Input::of(&kept))
}

/// Shows the filter that was kept `back` filters ago; 0 is the one being typed.
fn recall(model: &mut Model, back: usize) -> Vec<Effect> {
    let Bar { past, back: now, draft, .. } = &mut model.bar;
    if back > past.len() || back == *now {
        return Vec::new();
    }
    if *now == 0 {
        let typed = model.caches.get(model.current).map(|cache| cache.browse.filter.text().to_owned());
        *draft = typed.unwrap_or_default();
    }
    *now = back;
    let text = past.iter().rev().nth(back.wrapping_sub(1)).unwrap_or(draft).clone();
    change(model, |input| *input = Input::of(&text))
}

fn type_in(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(stroke) = keys::stroke(name) else { return Vec::new() };
    let empty = model.cache().is_none_or(|cache| cache.browse.filter.text().is_empty());
    if empty && stroke == Stroke::Backspace {
        model.filter = FilterMode::Rest;
    }
    change(model, |input| input.stroke(stroke))
}

fn change(model: &mut Model, edit: impl FnOnce(&mut Input)) -> Vec<Effect> {
    let (now, reading) = (model.moment.now, model.reading().cloned());
    let Some(cache) = model.cache_mut() else { return Vec::new() };
    let (id, before) = (cache.id, cache.browse.filter.text().to_owned());
    let awaited = cache.browse.sieve.awaits().is_some();
    edit(&mut cache.browse.filter);
    if cache.browse.filter.text() != before {
        if cache.users.is_some() {
            super::users::sift(model);
            return Vec::new();
        }
        match reading {
            Some(reading) => cache.browse.sift(&reading, now),
            None => cache.browse.sieve = Sieve::of(cache.browse.filter.text()),
        }
        model.detail.line = 0;
    }
    let is_left = awaited && model.cache().is_some_and(|cache| !cache.browse.sieve.is_waiting());
    browser::follow(model);
    let mut effects = ask(model, model.current);
    effects.extend(is_left.then_some(Effect::Stop(Work::Filter(id))));
    effects
}
