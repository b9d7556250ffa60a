//! Asks for plans, on the state that the screen shows, and about them. What an undo would do, `undo.rs` says.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::say;
use crate::cache::Section;
use crate::ops::Severity;
use crate::present::Role;
use crate::tui::available::account_meant;
use crate::tui::browse::Whose;
use crate::tui::dialog::{Dialog, Form, Intent, Occasion, Plan, PlanDialog, PlanFocus, PlanPage, Planning};
use crate::tui::draft::{Chosen, Draft, Request};
use crate::tui::effect::Effect;
use crate::tui::input::Input;
use crate::tui::layout::Pane;
use crate::tui::model::{CacheId, Model, Reading};
use crate::tui::sieve::is_small;

/// What `d` is about: the marked entries, else the one under the cursor.
pub(super) fn prune_marked(model: &Model) -> Option<Request> {
    Some(Request::Prune(chosen(model)?))
}

/// What `R` is about: the account in the accounts pane, else the marked entries or the current one.
pub(super) fn renew_marked(model: &Model) -> Option<Request> {
    let chosen = match (model.focus, model.cache()?.browse.whose) {
        (Pane::Accounts, Whose::Account(account)) => access_tokens(model.reading()?, account),
        (Pane::Accounts | Pane::Tokens | Pane::Details | Pane::Timeline, _) => chosen(model)?,
    };
    Some(Request::Renew(chosen))
}

/// What `D` is about.
pub(super) fn forget(model: &Model) -> Option<Request> {
    let account = model.reading()?.roster.accounts.get(account_meant(model)?)?;
    Some(Request::Intent(Intent::Forget(account.home_account_id.clone())))
}

fn chosen(model: &Model) -> Option<Chosen> {
    let (cache, reading) = (model.cache()?, model.reading()?);
    let marked = cache.browse.marked();
    let rows = if marked.is_empty() { cache.browse.current_row().into_iter().collect() } else { marked };
    Some(Chosen { of: Arc::clone(reading), rows: rows.into_iter().collect() })
}

fn access_tokens(reading: &Arc<Reading>, account: usize) -> Chosen {
    let rows = reading.roster.rows.iter().enumerate();
    let meant = rows.filter(|(_, row)| row.account == Some(account) && row.section == Section::AccessToken);
    Chosen { of: Arc::clone(reading), rows: meant.map(|(at, _)| at).collect() }
}

/// Plans what was asked for on the cache shown and asks about it, or says that there is nothing to do.
pub(super) fn open(model: &mut Model, request: Option<Request>) -> Vec<Effect> {
    let id = model.cache().map(|cache| cache.id);
    match request.zip(id) {
        Some((request, id)) => begin(model, id, request, Occasion::Asked),
        None => finish(model, None, Occasion::Asked),
    }
}

/// Asks again for what another process's write crossed.
pub(super) fn ask_again(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let id = model.cache().map(|cache| cache.id);
    id.map_or_else(Vec::new, |id| begin(model, id, Request::Intent(intent), Occasion::Crossed))
}

/// Plans anew after the cache changed: the dialog stays, or goes with a word when nothing is left to do.
pub(super) fn again(model: &mut Model, cache: CacheId) -> Vec<Effect> {
    if let Some(planning) = model.planning.take_if(|planning| planning.cache == cache) {
        return begin(model, cache, planning.request, planning.occasion);
    }
    let Some(Dialog::Plan(open)) = &model.dialog else { return Vec::new() };
    if open.plan.cache != cache {
        return Vec::new();
    }
    let intent = open.plan.intent.clone();
    if let Intent::Undo(turn) = intent {
        return vec![Effect::PlanUndo(cache, turn)];
    }
    begin(model, cache, Request::Intent(intent), Occasion::Changed)
}

/// Has a plan made: at once of a small cache, else by a worker.
fn begin(model: &mut Model, id: CacheId, request: Request, occasion: Occasion) -> Vec<Effect> {
    let Some(cache) = model.caches.iter().find(|cache| cache.id == id) else { return Vec::new() };
    let Some(reading) = cache.reading() else { return finish(model, None, occasion) };
    let (now, since) = (model.moment.now, model.moment.elapsed);
    let (place, reading) = (cache.name.clone(), Arc::clone(reading));
    let is_quick = is_small(&reading);
    let draft = Draft { cache: id, place, reading, request, now, since };
    if is_quick {
        let plan = draft.plan(&AtomicBool::new(false));
        return finish(model, plan, occasion);
    }
    model.planning = Some(Planning { cache: id, request: draft.request.clone(), occasion, since });
    vec![Effect::Plan(Box::new(draft))]
}

/// Takes in what a worker planned, unless nobody waits for it any more.
pub(super) fn planned(model: &mut Model, cache: CacheId, since: Duration, plan: Option<Plan>) -> Vec<Effect> {
    let is_it = |planning: &mut Planning| (planning.cache, planning.since) == (cache, since);
    let Some(planning) = model.planning.take_if(is_it) else { return Vec::new() };
    if model.cache().is_some_and(|shown| shown.id != cache) {
        say::hint(model, "the plan is dropped: another cache is shown now");
        return Vec::new();
    }
    finish(model, plan, planning.occasion)
}

/// What a plan says that was made anew.
pub(super) const CHANGED: &str = "The cache changed while this was open: look again.";

/// Asks about `plan`, or says that there is none.
fn finish(model: &mut Model, plan: Option<Plan>, occasion: Occasion) -> Vec<Effect> {
    let is_open = matches!(model.dialog, Some(Dialog::Plan(_)));
    // What was opened meanwhile has the user's eye; a plan that was left is not asked about anew.
    let is_wanted = match occasion {
        Occasion::Changed => is_open,
        Occasion::Asked | Occasion::Crossed => is_open || model.dialog.is_none(),
    };
    let note = match occasion {
        Occasion::Asked => None,
        Occasion::Changed => Some(CHANGED),
        Occasion::Crossed => Some("The cache changed meanwhile and nothing was written: look again."),
    };
    match (plan, occasion) {
        _ if !is_wanted => {}
        (Some(plan), _) => {
            let cache = plan.cache;
            model.dialog = Some(Dialog::Plan(Box::new(PlanDialog { note, ..dialog(plan) })));
            return vec![Effect::LookForApps(cache)];
        }
        (None, Occasion::Asked) => say::hint(model, "there is nothing to do"),
        (None, Occasion::Changed) => {
            model.dialog = None;
            say::say(model, Role::Warn, "The cache changed while this was open; nothing is left to do.");
        }
        (None, Occasion::Crossed) => {
            say::say(model, Role::Warn, "The cache changed meanwhile; nothing was written and nothing is left to do.");
        }
    }
    Vec::new()
}

/// The dialog that asks about `plan`, the harmless button first.
pub(super) fn dialog(plan: Plan) -> PlanDialog {
    let (form, focus) = match plan.severity {
        Severity::Mild => (Form::Foot, PlanFocus::Cancel),
        Severity::Moderate => (Form::Plain, PlanFocus::Cancel),
        Severity::Severe { .. } => (Form::Typed, PlanFocus::Name),
    };
    let (page, typed) = (PlanPage::Sum, Input::default());
    PlanDialog { plan, form, focus, page, differing: None, scroll: 0, typed, save: None, note: None }
}
