//! What workers report: places, opened caches, the course and end of writes.

use std::path::PathBuf;
use std::sync::Arc;

use super::{say, sources};
use crate::present::{Role, place};
use crate::source::{Committed, Known, SourceError, Undoable, Undone};
use crate::tui::effect::Effect;
use crate::tui::fresh::Was;
use crate::tui::input::Input;
use crate::tui::model::{Arrival, CacheId, Live, Model, Moment, OpenCache, Places, ReadState};
use crate::tui::msg::Outcome;
use crate::tui::sieve::Sieve;
use crate::tui::users::Scan;

/// Opens the well-known places that `list` would show unasked.
pub(super) fn places(model: &mut Model, known: Vec<Known>) -> Vec<Effect> {
    let is_wanted = matches!(model.places, Places::Searching);
    let open = |(at, place): (usize, &Known)| (place.exists && place.plaintext).then_some(Effect::OpenKnown(at));
    let mut effects: Vec<_> = known.iter().enumerate().filter_map(open).filter(|_| is_wanted).collect();
    model.places = Places::Known(known);
    effects.extend(sources::refresh(model));
    effects
}

/// Lists what was opened, and reads it.
pub(super) fn came(
    model: &mut Model,
    cache: CacheId,
    name: String,
    path: Option<PathBuf>,
    readonly: Option<String>,
) -> Vec<Effect> {
    opened(model, OpenCache::new(cache, name, path, readonly))
}

/// Lists a cache that was opened, and reads it.
pub(super) fn opened(model: &mut Model, mut cache: OpenCache) -> Vec<Effect> {
    cache.browse.filter = Input::of(&model.bar.start);
    cache.browse.sieve = Sieve::of(&model.bar.start);
    let id = cache.id;
    model.caches.push(cache);
    if std::mem::replace(&mut model.arrival, Arrival::Listed) == Arrival::Shown {
        sources::show(model, id);
    }
    load(model, model.caches.len() - 1)
}

/// Reads cache number `at` again, at once or when the reading under way is over.
pub(super) fn load(model: &mut Model, at: usize) -> Vec<Effect> {
    let Moment { now, elapsed } = model.moment;
    if model.caches.get(at).is_some_and(|cache| cache.users.is_some()) {
        return super::users::scan(model, at);
    }
    let Some(cache) = model.caches.get_mut(at) else { return Vec::new() };
    match cache.reading {
        ReadState::Idle => {
            cache.reading = ReadState::Running;
            cache.reading_since = elapsed;
            cache.waiting = 0;
            let was = cache.reading().map(|reading| {
                let (query, key) = (cache.browse.sieve.query().clone(), cache.browse.wanted().key);
                Box::new(Was { reading: Arc::clone(reading), query, key, now })
            });
            vec![Effect::Load { cache: cache.id, was }]
        }
        ReadState::Running | ReadState::RunningAndStale => {
            cache.reading = ReadState::RunningAndStale;
            Vec::new()
        }
    }
}

/// Reads a cache whose file may have changed, unless the screen is frozen.
pub(super) fn changed(model: &mut Model, id: CacheId) -> Vec<Effect> {
    match model.live {
        Live::Frozen => {
            model.caches.iter_mut().filter(|cache| cache.id == id).for_each(|cache| cache.waiting += 1);
            Vec::new()
        }
        Live::Following => load_id(model, id),
    }
}

/// Reads the cache called `id` again.
pub(super) fn load_id(model: &mut Model, id: CacheId) -> Vec<Effect> {
    let at = model.caches.iter().position(|cache| cache.id == id);
    at.map_or_else(Vec::new, |at| load(model, at))
}

/// Shows who holds the lock.
pub(super) fn waiting(model: &mut Model, holder: String) -> Vec<Effect> {
    if let Some(job) = &mut model.job {
        job.holder = Some(holder);
    }
    Vec::new()
}

/// Notes how large a cache is that is being read.
pub(super) fn sized(model: &mut Model, id: CacheId, bytes: u64) -> Vec<Effect> {
    model.caches.iter_mut().filter(|cache| cache.id == id).for_each(|cache| cache.bytes = Some(bytes));
    Vec::new()
}

/// Says how a write ended, and reads the cache again.
pub(super) fn written(model: &mut Model, id: CacheId, result: Result<Outcome, SourceError>) -> Vec<Effect> {
    let intent = model.job.take().map(|job| job.intent);
    match result {
        Ok(Outcome::Committed(committed, done)) => say_committed(model, id, &committed, done),
        Ok(Outcome::Undone(undone)) => say_undone(model, &undone),
        Err(SourceError::Changed { .. }) => model.ask_again = intent,
        Err(error @ SourceError::Cancelled { .. }) => {
            say::say(model, Role::Warn, crate::present::words::error(&error));
        }
        Err(error) => say::error(model, &error),
    }
    load_id(model, id)
}

fn say_committed(model: &mut Model, id: CacheId, committed: &Committed, mut text: String) {
    if !committed.written {
        return say::say(model, Role::Dim, "Nothing had to be written.");
    }
    if let Some(cache) = model.caches.iter_mut().find(|cache| cache.id == id) {
        cache.browse.marks.clear();
        cache.browse.anchor = None;
    }
    if committed.undo == Undoable::Kept {
        text.push_str(&model.keymap.spell("  {undo} takes it back"));
    }
    let mut more = place::committed(committed);
    more.extend(committed.trouble.iter().map(|trouble| crate::present::Line::new().with(Role::Warn, trouble)));
    let trouble = more.iter().any(|line| line.0.iter().any(|word| matches!(word.role, Role::Warn | Role::Bad)));
    for line in &more {
        say::note(model, if trouble { Role::Warn } else { Role::Dim }, line.text());
    }
    if trouble {
        let says: Vec<_> = more.iter().map(crate::present::Line::text).collect();
        text = format!("{text}  {}", says.join(" "));
    }
    say::say(model, if trouble { Role::Warn } else { Role::Good }, text);
}

fn say_undone(model: &mut Model, undone: &Undone) {
    let text =
        if undone.exact { "The last write is taken back." } else { "What we took out is back, as far as it could be." };
    for (path, why) in &undone.skipped {
        let line = crate::present::Line::plain(&format!("not put back: {path}: {why}"));
        say::note(model, Role::Warn, line.text());
    }
    let role = if undone.skipped.is_empty() && undone.durable { Role::Good } else { Role::Warn };
    say::say(model, role, format!("{text}  z does it again"));
}

/// A worker stopped: whatever waited for it waits no more.
pub(super) fn worker_died(model: &mut Model, place: &str) -> Vec<Effect> {
    model.job = None;
    model.planning = None;
    model.exporting = None;
    if let Places::Searching | Places::Listing = model.places {
        model.places = Places::Known(Vec::new());
    }
    for cache in &mut model.caches {
        let was = std::mem::replace(&mut cache.reading, ReadState::Idle);
        let users = cache.users.as_deref_mut().filter(|_| was != ReadState::Idle);
        users.into_iter().for_each(|users| users.scan = Scan::Stopped);
    }
    say::say(model, Role::Bad, format!("a part of saltcellar stopped at {place}; nothing more was written"));
    Vec::new()
}
