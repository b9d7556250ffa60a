//! A cache was read: cursor, marks and account are carried over by their names, what changed is
//! tinted, and what cannot be read leaves the last good view with a banner.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::{arrivals, browser, filter, order, plan, prune, reader, say, sources};
use crate::present::{self, Role, words};
use crate::source::SourceError;
use crate::time::UnixSeconds;
use crate::tui::browse::Whose;
use crate::tui::dialog::Dialog;
use crate::tui::effect::Effect;
use crate::tui::fresh::{Changes, Fresh, News};
use crate::tui::model::{CacheId, Content, Model, Moment, OpenCache, ReadState, Reading};
use crate::tui::order::Ranked;
use crate::tui::sieve::{Found, is_small};

const TINTED: Duration = Duration::from_secs(2);

/// Takes in what was read.
pub(super) fn loaded(model: &mut Model, id: CacheId, result: Result<Fresh, SourceError>) -> Vec<Effect> {
    let Some(at) = model.caches.iter().position(|cache| cache.id == id) else { return Vec::new() };
    if let Err(error @ SourceError::Cancelled { .. }) = result {
        stopped(model, at, error);
        return Vec::new();
    }
    let mut effects = match result {
        Ok(fresh) => take_in(model, at, fresh),
        Err(error) => {
            fail(model, at, error);
            reader::ask_again(model, id)
        }
    };
    effects.extend(sources::refresh(model));
    effects.extend(read_again(model, at));
    effects
}

/// The user stopped the reading: what was shown stays, and it is not read again by itself.
fn stopped(model: &mut Model, at: usize, error: SourceError) {
    let says = model.keymap.spell("stopped reading: {reload} reads it again");
    let Some(cache) = model.caches.get_mut(at) else { return };
    cache.reading = ReadState::Idle;
    if cache.reading().is_none() {
        cache.content = Content::Failed(Arc::new(error));
    }
    say::say(model, Role::Warn, says);
}

/// Shows the first entries of a cache of which nothing else is known yet.
pub(super) fn glimpsed(model: &mut Model, id: CacheId, reading: Arc<Reading>) -> Vec<Effect> {
    let cache = model.caches.iter_mut().find(|cache| cache.id == id);
    // Of these the filter may take none: whoever wants one waits for the whole.
    let is_wanted =
        |cache: &&mut OpenCache| matches!(cache.content, Content::Loading) && cache.browse.sieve.query().is_empty();
    if let Some(cache) = cache.filter(is_wanted) {
        cache.content = Content::Glimpse(reading);
    }
    Vec::new()
}

/// If it changed while it was read, it is read once more.
fn read_again(model: &mut Model, at: usize) -> Vec<Effect> {
    let Some(cache) = model.caches.get_mut(at) else { return Vec::new() };
    match std::mem::replace(&mut cache.reading, ReadState::Idle) {
        ReadState::Idle | ReadState::Running => Vec::new(),
        ReadState::RunningAndStale => arrivals::load(model, at),
    }
}

fn fail(model: &mut Model, at: usize, error: SourceError) {
    let (says, banner) = (words::error(&error), model.keymap.spell(&banner(&error)));
    let Some(cache) = model.caches.get_mut(at) else { return };
    match cache.content {
        Content::Ready(_) => cache.banner = Some(present::Line::plain(&banner).text()),
        Content::Loading | Content::Glimpse(_) | Content::Failed(_) => cache.content = Content::Failed(Arc::new(error)),
    }
    say::note(model, Role::Bad, says);
}

/// What happened to the file, shortly, and what comes of it; the log has it in full.
fn banner(error: &SourceError) -> String {
    match error {
        SourceError::Missing { .. } => {
            "the file is gone: the last good view stays until an app writes it anew".to_owned()
        }
        SourceError::NotACache { cause, .. } => {
            format!("the file is broken, {}: the last good view stays until it is whole", words::error(cause))
        }
        SourceError::Unreadable { what, .. } => {
            format!("the file cannot be read: the last good view stays, {{reload}} tries again ({what})")
        }
        SourceError::Link { what, .. } => format!("a {what} took the file's place: the last good view stays"),
        SourceError::Sealed { error, .. } => format!("the file was {error}: the last good view stays"),
        SourceError::Keyring { trouble, .. } => {
            format!("{trouble}: the last good view stays, {{reload}} tries again")
        }
        SourceError::Served { trouble, .. } => {
            format!("{trouble}: the last good view stays, {{reload}} tries again")
        }
        SourceError::ReadOnly { .. }
        | SourceError::Forbidden(_)
        | SourceError::Locked { .. }
        | SourceError::Changed { .. }
        | SourceError::Cancelled { .. }
        | SourceError::Write { .. }
        | SourceError::Edit { .. }
        | SourceError::NothingToUndo { .. }
        | SourceError::Refused(_) => {
            format!("the last good view stays, {{reload}} tries again: {}", words::error(error))
        }
    }
}

fn take_in(model: &mut Model, at: usize, fresh: Fresh) -> Vec<Effect> {
    let Moment { now, elapsed } = model.moment;
    let Some(cache) = model.caches.get_mut(at) else { return Vec::new() };
    cache.banner = None;
    cache.since.get_or_insert(now);
    let Fresh { reading, changes, found, ranked } = fresh;
    let same = cache.reading().is_some_and(|was| was.document.hash() == reading.document.hash());
    let first = cache.reading().is_none();
    let mut gone = None;
    if !same {
        carry_over(cache, &reading, &changes, (found.map(|found| *found), ranked), now);
        gone = replace(cache, reading);
    }
    if !same && !first {
        cache.changed_at = Some(elapsed);
        cache.browse.tint_until = elapsed + TINTED;
        cache.browse.tinted = changes.tinted;
    }
    if !same {
        tell(model, at, (!first).then_some(&changes.news));
    }
    let Some(id) = model.caches.get(at).map(|cache| cache.id) else { return Vec::new() };
    let mut effects = ask_or_replan(model, id, same);
    if !same {
        effects.extend(reader::ask_again(model, id));
        effects.extend(filter::ask(model, at));
        effects.extend(order::ask(model, at));
    }
    // A small one is freed at once.
    effects.extend(gone.filter(|gone| !is_small(gone)).map(Effect::Free));
    effects
}

/// Shows `reading`, and hands out what was shown.
fn replace(cache: &mut OpenCache, reading: Arc<Reading>) -> Option<Arc<Reading>> {
    match std::mem::replace(&mut cache.content, Content::Ready(reading)) {
        Content::Ready(was) => Some(was),
        Content::Loading | Content::Glimpse(_) | Content::Failed(_) => None,
    }
}

/// What hung on the old rows is settled with the new ones.
fn ask_or_replan(model: &mut Model, id: CacheId, same: bool) -> Vec<Effect> {
    if let Some(intent) = model.ask_again.take() {
        return plan::ask_again(model, intent);
    }
    if same {
        return Vec::new();
    }
    if matches!(&model.dialog, Some(Dialog::Export(open)) if open.cache == id) {
        model.dialog = None;
        say::say(model, Role::Warn, "The cache changed while this was open: export again.");
    }
    let mut effects = plan::again(model, id);
    effects.extend(prune::again(model, id));
    effects
}

fn tell(model: &mut Model, at: usize, news: Option<&News>) {
    if model.current == at {
        model.reveal = None;
        browser::follow(model);
    }
    if let Some(news) = news {
        tell_news(model, at, news);
    }
}

/// What came, went, was rotated or came back, entry by entry. On a wide screen the newest line is on top: the sum of
/// several comes last.
fn tell_news(model: &mut Model, at: usize, news: &News) {
    let id = model.caches.get(at).map(|cache| cache.id);
    for (line, entry) in &news.first {
        let role = line.0.first().map_or(Role::Plain, |word| word.role);
        say::note_of(model, role, line.text(), id.zip(entry.clone()));
    }
    news.sum.iter().for_each(|sum| say::note(model, Role::Dim, sum.clone()));
    if let Some(what) = &news.back {
        say::say(model, Role::Warn, format!("Put back by another process: {what}. It held them in memory; restart it"));
    }
}

/// Finds every row of the old reading that is pointed at in the new one.
fn carry_over(
    cache: &mut OpenCache,
    new: &Reading,
    changes: &Changes,
    worked: (Option<Found>, Option<Ranked>),
    now: UnixSeconds,
) {
    let old = cache.reading().map(Arc::clone);
    let browse = &mut cache.browse;
    let Some(old) = old else {
        browse.take_in(new, worked, now);
        return;
    };
    browse.keep_range();
    let current = browse.current_row().and_then(|row| changes.now(row));
    browse.marks = browse.marks.iter().filter_map(|row| changes.now(*row)).collect::<BTreeSet<_>>();
    browse.whose = same_account(browse.whose, &old, new);
    let cursor = browse.cursor;
    browse.shown = current.and_then(|row| u32::try_from(row).ok()).into_iter().collect();
    browse.cursor = 0;
    browse.take_in(new, worked, now);
    if current.is_none() {
        browse.cursor = cursor.min(browse.shown.len().saturating_sub(1));
    }
}

/// Whose entries were shown, by the ids of account and tenant; everybody's where they are gone.
fn same_account(whose: Whose, old: &Reading, new: &Reading) -> Whose {
    let place = |account: usize| {
        let id = old.roster.accounts.get(account).map(|account| &account.home_account_id);
        new.roster.accounts.iter().position(|account| Some(&account.home_account_id) == id)
    };
    let found = match whose {
        Whose::All => Some(whose),
        Whose::Orphans => new.tally.has_orphans().then_some(whose),
        Whose::Account(account) => place(account).map(Whose::Account),
        Whose::Tenant(account, tenant) => place(account).map(|now| {
            let realm = old.roster.accounts.get(account).and_then(|account| account.tenants.get(tenant));
            let tenants = new.roster.accounts.get(now).map(|account| account.tenants.as_slice()).unwrap_or_default();
            let same = tenants.iter().position(|tenant| realm.is_some_and(|realm| realm.realm == tenant.realm));
            // Of one tenant alone there is no line.
            same.filter(|_| tenants.len() > 1).map_or(Whose::Account(now), |same| Whose::Tenant(now, same))
        }),
    };
    found.unwrap_or_default()
}
