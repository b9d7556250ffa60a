//! The order of the tokens: small caches are sorted at once, large ones by a worker, and the order before stays until then.

use std::sync::Arc;

use super::browser;
use crate::tui::browse::{Direction, Order, SortKey};
use crate::tui::effect::Effect;
use crate::tui::model::{CacheId, Model, Reading};
use crate::tui::order::Ranked;
use crate::tui::work::Work;

/// Orders by `key`; by the same again, the other way round.
pub(super) fn sort(model: &mut Model, key: SortKey) -> Vec<Effect> {
    let (Some(reading), now) = (model.reading().cloned(), model.moment.now) else { return Vec::new() };
    let Some(cache) = model.cache_mut() else { return Vec::new() };
    let (id, was) = (cache.id, cache.browse.wanted());
    let was_awaited = cache.browse.awaited.is_some();
    let direction = if was.key == key { was.direction.turned() } else { Direction::Up };
    cache.browse.sort(&reading, Order { key, direction }, now);
    let is_left = was_awaited && cache.browse.awaited.is_none();
    browser::follow(model);
    let mut effects = ask(model, model.current);
    effects.extend(is_left.then_some(Effect::Stop(Work::Sort(id))));
    effects
}

/// Asks a worker for the order that cache number `at` waits for.
pub(super) fn ask(model: &mut Model, at: usize) -> Vec<Effect> {
    let (since, now) = (model.moment.elapsed, model.moment.now);
    let Some(cache) = model.caches.get_mut(at) else { return Vec::new() };
    let Some((order, reading)) = cache.browse.awaited.zip(cache.reading().cloned()) else { return Vec::new() };
    cache.sort_since = since;
    vec![Effect::Rank { cache: cache.id, reading, key: order.key, now }]
}

/// Takes in how a worker sorted the rows, if they are those that are shown.
pub(super) fn ranked(model: &mut Model, id: CacheId, of: &Arc<Reading>, ranked: Ranked) -> Vec<Effect> {
    let Some(cache) = model.caches.iter_mut().find(|cache| cache.id == id) else { return Vec::new() };
    let Some(reading) = cache.reading().filter(|reading| Arc::ptr_eq(reading, of)).cloned() else { return Vec::new() };
    cache.browse.take_ranked(&reading, ranked);
    browser::follow(model);
    Vec::new()
}

/// Waits for no order any more: the one before stays.
pub(super) fn leave(model: &mut Model) {
    if let Some(cache) = model.cache_mut() {
        cache.browse.awaited = None;
    }
}
