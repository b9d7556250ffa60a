//! Taking users out of a list: asked about as every change is, and what came of it.

use super::{plan, say};
use crate::present::{Role, words};
use crate::source::SourceError;
use crate::tui::dialog::{Dialog, Intent, Keeps, Plan, Proposal};
use crate::tui::effect::Effect;
use crate::tui::model::{CacheId, Model};
use crate::tui::msg::{Purged, Purging};
use crate::tui::purge::{How, MOST, Purge};

/// Asks a worker what taking out the marked users, else the one under the cursor, would mean.
pub(super) fn ask(model: &mut Model, how: How) -> Vec<Effect> {
    let Some((cache, users)) = model.cache().and_then(|cache| Some((cache, cache.users.as_deref()?))) else {
        return Vec::new();
    };
    let marked = cache.browse.marked();
    let rows = if marked.is_empty() { cache.browse.current_row().into_iter().collect() } else { marked };
    let list = cache.id;
    let keys: Vec<String> =
        rows.into_iter().filter_map(|at| users.rows.get(at)).map(|row| row.key().to_owned()).collect();
    if keys.len() > MOST {
        say::hint(model, format!("more than {MOST} users at once: saltcellar prune does that from the command line"));
        return Vec::new();
    }
    let now = model.moment.now;
    say::hint(model, "reading what would go …");
    vec![Effect::PlanPurge { list, keys, how, now }]
}

/// Takes in how far users are taken out.
pub(super) fn told(model: &mut Model, list: CacheId, step: Purging) -> Vec<Effect> {
    match step {
        Purging::Planned(result) => planned(model, list, result),
        Purging::Done(done) => purged(model, list, done),
    }
}

/// Shows the plan, and asks.
fn planned(model: &mut Model, list: CacheId, result: Result<Option<Purge>, SourceError>) -> Vec<Effect> {
    let is_here = model.cache().is_some_and(|cache| cache.id == list) && model.reader().is_none();
    if model.dialog.is_some() || !is_here {
        return Vec::new();
    }
    model.toast = None;
    match result {
        Ok(Some(purge)) => {
            let place = model.cache().map_or_else(String::new, |cache| cache.name.clone());
            model.dialog = Some(Dialog::Plan(Box::new(plan::dialog(as_plan(list, place, purge)))));
        }
        Ok(None) => say::hint(model, "there is nothing to take out"),
        Err(error) => say::error(model, &error),
    }
    Vec::new()
}

fn as_plan(list: CacheId, place: String, purge: Purge) -> Plan {
    let Purge { how, doomed, title, changes, diff, effect, severity, shown } = purge;
    Plan {
        cache: list,
        intent: Intent::Purge(how),
        proposal: Proposal::Purge(how, doomed),
        shown,
        place,
        modified: None,
        keeps: Keeps::Nothing,
        title,
        changes,
        diff,
        effect,
        severity,
    }
}

/// Says what came of it, and shows what is left.
fn purged(model: &mut Model, list: CacheId, purged: Purged) -> Vec<Effect> {
    model.job = None;
    let Purged { how, done, failed } = purged;
    let count = done.len();
    let now = model.moment.now;
    if let Some(cache) = model.caches.iter_mut().find(|cache| cache.id == list) {
        cache.browse.marks.clear();
        cache.browse.anchor = None;
        if let Some(users) = &mut cache.users {
            users.replace(done);
            users.refresh(&mut cache.browse, now);
        }
    }
    super::browser::follow(model);
    let what = match (how, count) {
        (How::Entries, 1) => "1 user is purged".to_owned(),
        (How::Entries, many) => format!("{many} users are purged"),
        (How::Keys, 1) => "1 key is removed".to_owned(),
        (How::Keys, many) => format!("{many} keys are removed"),
    };
    let reasons: Vec<String> = failed.iter().map(|(_, error)| words::error(error)).collect();
    reasons.iter().for_each(|reason| say::note(model, Role::Bad, reason.clone()));
    match reasons.as_slice() {
        [] => say::say(model, Role::Good, format!("{what}.")),
        [one] => say::say(model, Role::Warn, format!("{what}, 1 is not: {one}")),
        [one, ..] => say::say(model, Role::Warn, format!("{what}, {} are not; the first: {one}", reasons.len())),
    }
    Vec::new()
}
