//! From what the user asked for to a plan in words, on the state that the screen shows. What an undo would do,
//! `undo.rs` says.

use super::say;
use crate::cache::{Cache, Section};
use crate::json::{Patch, Path};
use crate::ops::{self, ForgetOptions, RenewOptions, Severity};
use crate::present::{Role, change};
use crate::tui::available::account_meant;
use crate::tui::browse::Whose;
use crate::tui::dialog::{Dialog, Form, Intent, Keeps, Plan, PlanDialog, PlanFocus, PlanPage, Proposal};
use crate::tui::effect::Effect;
use crate::tui::input::Input;
use crate::tui::layout::Pane;
use crate::tui::model::{CacheId, Model, OpenCache, Reading};

/// More than anyone reads before a yes.
const DIFF_LINES: usize = 200;

/// What `d` is about: the marked entries, else the one under the cursor.
pub(super) fn prune_marked(model: &Model) -> Option<Intent> {
    Some(Intent::Prune(chosen(model)?))
}

/// What `R` is about: the account in the accounts pane, else the marked entries or the current one.
pub(super) fn renew_marked(model: &Model) -> Option<Intent> {
    match (model.focus, model.cache()?.browse.whose) {
        (Pane::Accounts, Whose::Account(account)) => Some(Intent::Renew(access_tokens(model.reading()?, account))),
        (Pane::Accounts | Pane::Tokens | Pane::Details | Pane::Timeline, _) => Some(Intent::Renew(chosen(model)?)),
    }
}

/// What `D` is about.
pub(super) fn forget(model: &Model) -> Option<Intent> {
    let account = model.reading()?.roster.accounts.get(account_meant(model)?)?;
    Some(Intent::Forget(account.home_account_id.clone()))
}

fn chosen(model: &Model) -> Option<Vec<Path>> {
    let (cache, reading) = (model.cache()?, model.reading()?);
    let marked = cache.browse.marked();
    let rows = if marked.is_empty() { cache.browse.current_row().into_iter().collect() } else { marked };
    Some(rows.into_iter().filter_map(|at| path_of(reading, at)).collect())
}

fn path_of(reading: &Reading, at: usize) -> Option<Path> {
    reading.roster.rows.get(at).map(|row| reading.document.path(row.spot))
}

fn access_tokens(reading: &Reading, account: usize) -> Vec<Path> {
    let rows = reading.roster.rows.iter();
    let meant = rows.filter(|row| row.account == Some(account) && row.section == Section::AccessToken);
    meant.map(|row| reading.document.path(row.spot)).collect()
}

/// Plans `intent` on the cache shown and asks about it, or says that there is nothing to do.
pub(super) fn open(model: &mut Model, intent: Option<Intent>) {
    let planned = intent.and_then(|intent| model.cache().and_then(|cache| plan(model, cache, intent)));
    match planned {
        Some(plan) => model.dialog = Some(Dialog::Plan(Box::new(dialog(plan)))),
        None => say::hint(model, "there is nothing to do"),
    }
}

/// Plans anew after the cache changed: the dialog stays, or goes with a word when nothing is left to do.
pub(super) fn again(model: &mut Model, cache: CacheId) -> Vec<Effect> {
    let Some(Dialog::Plan(open)) = &model.dialog else { return Vec::new() };
    if open.plan.cache != cache {
        return Vec::new();
    }
    let intent = open.plan.intent.clone();
    if let Intent::Undo(turn) = intent {
        return vec![Effect::PlanUndo(cache, turn)];
    }
    let found = model.caches.iter().find(|open| open.id == cache);
    let fresh = found.and_then(|cache| plan(model, cache, intent));
    replace(model, fresh);
    Vec::new()
}

/// What a plan says that was made anew.
pub(super) const CHANGED: &str = "The cache changed while this was open: look again.";

fn replace(model: &mut Model, fresh: Option<Plan>) {
    let Some(Dialog::Plan(open)) = &mut model.dialog else { return };
    match fresh {
        Some(plan) => {
            **open = PlanDialog { note: Some(CHANGED), ..dialog(plan) };
        }
        None => {
            model.dialog = None;
            say::say(model, Role::Warn, "The cache changed while this was open; nothing is left to do.");
        }
    }
}

fn plan(model: &Model, cache: &OpenCache, intent: Intent) -> Option<Plan> {
    let reading = cache.reading()?;
    let now = model.moment.now;
    let lens = Cache::of(&reading.document);
    let patch = patch(model, reading, &intent);
    if patch.is_empty() {
        return None;
    }
    let effect = ops::effect(&lens, &patch, now);
    Some(Plan {
        cache: cache.id,
        place: cache.name.clone(),
        keeps: keeps(&intent),
        title: title(reading, &intent, &patch),
        intent,
        shown: reading.document.clone(),
        changes: change::changes(&lens, &patch, now),
        diff: change::diff(&lens, &patch, DIFF_LINES),
        effect: change::effect(&effect),
        severity: named(effect.severity, cache),
        proposal: Proposal::Patch(patch),
    })
}

/// An account is called by its name, not by the id that tells it from others.
fn title(reading: &Reading, intent: &Intent, patch: &Patch) -> String {
    let named = match intent {
        Intent::Forget(id) => reading.roster.accounts.iter().find(|account| account.home_account_id == *id),
        Intent::Prune(_) | Intent::PruneBy(_) | Intent::Renew(_) | Intent::Mend(_) | Intent::Undo(_) => None,
    };
    named.map_or_else(|| patch.title.clone(), |account| format!("Forget {}", account.label()))
}

/// Whoever forgets an account wants its tokens gone, also from the undo.
fn keeps(intent: &Intent) -> Keeps {
    match intent {
        Intent::Forget(_) => Keeps::Nothing,
        Intent::Prune(_) | Intent::PruneBy(_) | Intent::Renew(_) | Intent::Mend(_) | Intent::Undo(_) => Keeps::Undo,
    }
}

/// What has no name of its own is confirmed by the name of the cache.
pub(super) fn named(severity: Severity, cache: &OpenCache) -> Severity {
    match severity {
        Severity::Severe { names } if names.is_empty() => {
            let file = cache.name.rsplit('/').next().unwrap_or(&cache.name);
            Severity::Severe { names: vec![file.to_owned()] }
        }
        Severity::Mild | Severity::Moderate | Severity::Severe { .. } => severity,
    }
}

fn patch(model: &Model, reading: &Reading, intent: &Intent) -> Patch {
    let cache = Cache::of(&reading.document);
    let now = model.moment.now;
    match intent {
        Intent::Prune(paths) => {
            let spots: Vec<_> = paths.iter().filter_map(|path| reading.document.spot(path)).collect();
            ops::prune_entries(&cache, &spots, now)
        }
        Intent::PruneBy(rule) => rule.patch(reading, now),
        Intent::Forget(account) => {
            ops::forget(&cache, &ForgetOptions { accounts: vec![account.clone()], clients: Vec::new() })
        }
        Intent::Renew(paths) => renewal(&cache, paths, now),
        // A fix is right or wrong as a whole: of one for another text, nothing is left.
        Intent::Mend(fix) if fix.fits(&reading.document) => fix.patch.clone(),
        Intent::Mend(_) | Intent::Undo(_) => Patch::default(),
    }
}

/// Of what can be renewed at all, only what was chosen.
fn renewal(cache: &Cache<'_>, chosen: &[Path], now: crate::time::UnixSeconds) -> Patch {
    let options = RenewOptions { accounts: Vec::new(), resources: Vec::new(), clients: Vec::new(), now };
    let mut patch = ops::renew(cache, &options);
    patch.changes.retain(|change| chosen.contains(change.edit.path()));
    patch.title = match patch.changes.len() {
        1 => "Renew 1 access token".to_owned(),
        count => format!("Renew {count} access tokens"),
    };
    patch
}

/// The dialog that asks about `plan`, the harmless button first.
pub(super) fn dialog(plan: Plan) -> PlanDialog {
    let (form, focus) = match plan.severity {
        Severity::Mild => (Form::Foot, PlanFocus::Cancel),
        Severity::Moderate => (Form::Plain, PlanFocus::Cancel),
        Severity::Severe { .. } => (Form::Typed, PlanFocus::Name),
    };
    let (page, typed) = (PlanPage::Sum, Input::default());
    PlanDialog { plan, form, focus, page, scroll: 0, typed, save: None, note: None }
}
