//! A list of users: rows as they come, the reading of the place begun, stopped and lost, one cache of it opened.

use std::sync::Arc;

use super::{browser, say, sources};
use crate::present::{self, Role, words};
use crate::source::SourceError;
use crate::time::UnixSeconds;
use crate::tui::browse::{Browse, Direction};
use crate::tui::effect::Effect;
use crate::tui::layout::Pane;
use crate::tui::model::{Arrival, CacheId, Model, Moment, OpenCache, ReadState};
use crate::tui::msg::Scanning;
use crate::tui::users::{Scan, UserOrder, UserRow, UserSort, Users};

/// Lists a place that was opened, and reads it.
pub(super) fn listed(model: &mut Model, list: OpenCache) -> Vec<Effect> {
    let id = list.id;
    model.caches.push(list);
    if std::mem::replace(&mut model.arrival, Arrival::Listed) == Arrival::Shown {
        sources::show(model, id);
    }
    scan(model, model.caches.len() - 1)
}

/// Reads list number `at` again from its beginning; the reading before it ends then.
pub(super) fn scan(model: &mut Model, at: usize) -> Vec<Effect> {
    let elapsed = model.moment.elapsed;
    let Some(cache) = model.caches.get_mut(at) else { return Vec::new() };
    let Some(users) = &mut cache.users else { return Vec::new() };
    let number = users.begin(&cache.browse);
    (cache.reading, cache.reading_since) = (ReadState::Running, elapsed);
    vec![Effect::Scan { cache: cache.id, number }]
}

/// Takes in how far a list was read.
pub(super) fn told(model: &mut Model, id: CacheId, number: u64, step: Scanning) -> Vec<Effect> {
    match step {
        Scanning::Rows(rows, _) => came(model, id, number, rows),
        Scanning::Ended(result) => scanned(model, id, number, result),
    }
}

/// Takes in some rows.
fn came(model: &mut Model, id: CacheId, number: u64, rows: Vec<UserRow>) -> Vec<Effect> {
    let now = model.moment.now;
    if let Some((users, browse, _)) = list(model, id, number) {
        users.extend(rows, browse, now);
        browser::follow(model);
    }
    Vec::new()
}

/// The place was read to its end, or not.
fn scanned(model: &mut Model, id: CacheId, number: u64, result: Result<(), SourceError>) -> Vec<Effect> {
    let Some((users, browse, cache)) = list(model, id, number) else { return Vec::new() };
    (*cache.reading, *cache.banner) = (ReadState::Idle, None);
    match result {
        Ok(()) => users.end(browse),
        Err(SourceError::Cancelled { .. }) => {
            users.scan = Scan::Stopped;
            let says = model.keymap.spell("stopped: the list is not whole, {reload} reads it again");
            say::say(model, Role::Warn, says);
        }
        Err(error) => lost(model, id, error),
    }
    browser::follow(model);
    sources::refresh(model)
}

/// What had come stays, and the foot says that more is there.
fn lost(model: &mut Model, id: CacheId, error: SourceError) {
    let says = words::error(&error);
    let more = model.keymap.spell("the list is not whole, {reload} tries again");
    let Some(cache) = model.caches.iter_mut().find(|cache| cache.id == id) else { return };
    let Some(users) = &mut cache.users else { return };
    if !users.rows.is_empty() {
        cache.banner = Some(present::Line::plain(&format!("{more}: {says}")).text());
    }
    users.scan = Scan::Lost(Arc::new(error));
    say::note(model, Role::Bad, says);
}

/// What is told of the reading of a list.
struct State<'m> {
    reading: &'m mut ReadState,
    banner: &'m mut Option<String>,
}

/// The list called `id`, if reading `number` of it is the one under way.
fn list(model: &mut Model, id: CacheId, number: u64) -> Option<(&mut Users, &mut Browse, State<'_>)> {
    let cache = model.caches.iter_mut().find(|cache| cache.id == id)?;
    let users = cache.users.as_deref_mut().filter(|users| users.number == number)?;
    Some((users, &mut cache.browse, State { reading: &mut cache.reading, banner: &mut cache.banner }))
}

/// Opens the cache under the cursor, or shows it if it is open.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some((list, users, row)) = under_cursor(model) else { return Vec::new() };
    let Some(key) = users.rows.get(row).map(|row| row.key().to_owned()) else { return Vec::new() };
    let of_it = Some((list, key));
    let known = model.caches.iter().find(|cache| cache.of_user == of_it).map(|cache| cache.id);
    match (known, of_it) {
        (Some(open), _) => {
            sources::show(model, open);
            let at = model.current;
            super::arrivals::load(model, at)
        }
        (None, Some((list, key))) => vec![Effect::OpenUser { list, key }],
        (None, None) => Vec::new(),
    }
}

fn under_cursor(model: &Model) -> Option<(CacheId, &Users, usize)> {
    let cache = model.cache()?;
    Some((cache.id, cache.users.as_deref()?, cache.browse.current_row()?))
}

/// Takes in that the cache of one user of a list was opened.
pub(super) fn user(
    model: &mut Model,
    cache: CacheId,
    name: String,
    readonly: Option<String>,
    of_user: (CacheId, String),
) -> Vec<Effect> {
    opened(model, OpenCache { of_user: Some(of_user), ..OpenCache::new(cache, name, None, readonly) })
}

/// Shows the cache of one user that was opened, and reads it.
fn opened(model: &mut Model, cache: OpenCache) -> Vec<Effect> {
    let id = cache.id;
    model.arrival = Arrival::Shown;
    let effects = super::arrivals::opened(model, cache);
    sources::show(model, id);
    browser::focus(model, Pane::Tokens);
    effects
}

/// Goes back from the cache of one user to the list that it was opened from. Says whether there is one.
pub(super) fn back(model: &mut Model) -> Option<()> {
    let (list, _) = model.cache()?.of_user.clone()?;
    model.caches.iter().find(|cache| cache.id == list)?;
    sources::show(model, list);
    Some(())
}

/// Judges the rows of the list shown by the filter as it is typed.
pub(super) fn sift(model: &mut Model) {
    let Some(cache) = model.cache_mut() else { return };
    let text = cache.browse.filter.text().to_owned();
    cache.browse.sieve.ask_only(&text, crate::tui::users::refusal);
    judge(model);
}

/// Judges and orders the rows of the list shown anew.
pub(super) fn judge(model: &mut Model) {
    let Moment { now, .. } = model.moment;
    let Some(cache) = model.cache_mut() else { return };
    if let Some(users) = &cache.users {
        users.refresh(&mut cache.browse, now);
        cache.browse.as_of = Some(now);
    }
    browser::follow(model);
}

/// Judges anew what changes with the time.
pub(super) fn minute_turned(model: &mut Model) {
    let minute = |at: UnixSeconds| at.0.div_euclid(60);
    let Some((cache, users)) = model.cache().and_then(|cache| Some((cache, cache.users.as_deref()?))) else { return };
    let changes = cache.browse.sieve.query().depends_on_time() || users.order.key == UserSort::Health;
    let is_old = cache.browse.as_of.is_none_or(|at| minute(at) != minute(model.moment.now));
    if changes && is_old {
        judge(model);
    }
}

/// Orders by `key`; by the same again, the other way round.
pub(super) fn sort(model: &mut Model, key: UserSort) {
    let Some(users) = model.cache_mut().and_then(|cache| cache.users.as_deref_mut()) else { return };
    let direction = if users.order.key == key { users.order.direction.turned() } else { Direction::Up };
    users.order = UserOrder { key, direction };
    judge(model);
}
