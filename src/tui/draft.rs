//! From what the user asked for to a plan in words, on one state of a cache. Pure, but not quick on a large cache: there
//! a worker plans.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::dialog::{Intent, Keeps, Plan, Proposal};
use super::model::{Above, CacheId, Reading, WayBack};
use crate::cache::Cache;
use crate::json::{Patch, Path};
use crate::ops::{self, ForgetOptions, RenewOptions, Severity};
use crate::present::{Line, bulk, change};
use crate::time::UnixSeconds;

/// More than anyone reads before a yes.
const DIFF_LINES: usize = 200;

/// What was asked for, in terms that are at hand: naming many entries takes its time, too.
#[derive(Clone)]
pub enum Request {
    /// This.
    Intent(Intent),
    /// These entries go.
    Prune(Chosen),
    /// These access tokens go, where a refresh token stays.
    Renew(Chosen),
}

/// Entries, as rows of one reading.
#[derive(Clone)]
pub struct Chosen {
    /// The reading.
    pub of: Arc<Reading>,
    /// Its rows.
    pub rows: Vec<usize>,
}

impl Chosen {
    fn paths(&self, go_on: &dyn Fn() -> bool) -> Vec<Path> {
        let rows = self.rows.iter().filter_map(|at| self.of.roster.rows.get(*at));
        rows.take_while(|_| go_on()).map(|row| self.of.document.path(row.spot)).collect()
    }
}

impl Request {
    /// The same in terms that outlive a reload, as long as `go_on` says so.
    fn intent(&self, go_on: &dyn Fn() -> bool) -> Intent {
        match self {
            Self::Intent(intent) => intent.clone(),
            Self::Prune(chosen) => Intent::Prune(chosen.paths(go_on)),
            Self::Renew(chosen) => Intent::Renew(chosen.paths(go_on)),
        }
    }
}

/// A plan to be made.
#[derive(Clone)]
pub struct Draft {
    /// For which cache.
    pub cache: CacheId,
    /// Where it lies, as it is shown.
    pub place: String,
    /// What was last read of it.
    pub reading: Arc<Reading>,
    /// What was asked for.
    pub request: Request,
    /// At which moment.
    pub now: UnixSeconds,
    /// When it was asked for, after the start: tells one draft from the next.
    pub since: Duration,
}

impl Draft {
    /// The plan; `None` if there is nothing to do, or once `stop` is set.
    #[must_use]
    pub fn plan(&self, stop: &AtomicBool) -> Option<Plan> {
        let is_wanted = || !stop.load(Ordering::Relaxed);
        let go_on = || is_wanted().then_some(());
        let (document, now) = (&self.reading.document, self.now);
        let lens = Cache::of(document);
        let intent = self.request.intent(&is_wanted);
        go_on()?;
        let patch = patch(&self.reading, &intent, now);
        if patch.is_empty() {
            return None;
        }
        go_on()?;
        let effect = ops::effect_while(&lens, &patch, now, &is_wanted)?;
        let changes = change::changes_while(&lens, &self.reading.roster, &patch, &is_wanted);
        let diff = change::diff_while(&lens, &patch, DIFF_LINES, &is_wanted);
        go_on()?;
        Some(Plan {
            cache: self.cache,
            place: self.place.clone(),
            modified: self.reading.modified,
            keeps: keeps(&intent, self.reading.way_back),
            title: title(&self.reading, &intent, &patch),
            intent,
            shown: document.clone(),
            changes,
            diff,
            effect: meaning(&self.reading, &effect),
            severity: named(effect.severity, &self.place),
            proposal: Proposal::Patch(Arc::new(patch)),
        })
    }
}

/// What the change means, and who may not see it at once.
fn meaning(reading: &Reading, effect: &ops::Effect) -> Vec<Line> {
    let above = (reading.above == Above::Apps).then(bulk::above);
    change::effect(effect).into_iter().chain(above).collect()
}

/// An account is called by its name, not by the id that tells it from others.
fn title(reading: &Reading, intent: &Intent, patch: &Patch) -> String {
    let named = match intent {
        Intent::Forget(id) => reading.roster.accounts.iter().find(|account| account.home_account_id == *id),
        Intent::Prune(_) | Intent::PruneBy(_) | Intent::Renew(_) => None,
        Intent::Mend(_) | Intent::Undo(_) | Intent::Purge(_) => None,
    };
    named.map_or_else(|| patch.title.clone(), |account| format!("Forget {}", account.label()))
}

/// Whoever forgets an account wants its tokens gone, also from the undo.
fn keeps(intent: &Intent, way_back: WayBack) -> Keeps {
    match intent {
        _ if way_back == WayBack::Nowhere => Keeps::Nowhere,
        Intent::Forget(_) | Intent::Purge(_) => Keeps::Nothing,
        Intent::Prune(_) | Intent::PruneBy(_) | Intent::Renew(_) | Intent::Mend(_) | Intent::Undo(_) => Keeps::Undo,
    }
}

/// What has no name of its own is confirmed by the name of the cache.
pub(super) fn named(severity: Severity, place: &str) -> Severity {
    match severity {
        Severity::Severe { names } if names.is_empty() => {
            let file = place.rsplit('/').next().unwrap_or(place);
            Severity::Severe { names: vec![file.to_owned()] }
        }
        Severity::Mild | Severity::Moderate | Severity::Severe { .. } => severity,
    }
}

fn patch(reading: &Reading, intent: &Intent, now: UnixSeconds) -> Patch {
    let cache = Cache::of(&reading.document);
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
        Intent::Mend(_) | Intent::Undo(_) | Intent::Purge(_) => Patch::default(),
    }
}

/// Of what can be renewed at all, only what was chosen.
fn renewal(cache: &Cache<'_>, chosen: &[Path], now: UnixSeconds) -> Patch {
    let options = RenewOptions { accounts: Vec::new(), resources: Vec::new(), clients: Vec::new(), now };
    let mut patch = ops::renew(cache, &options);
    let chosen: HashSet<&Path> = chosen.iter().collect();
    patch.changes.retain(|change| chosen.contains(change.edit.path()));
    patch.title = match patch.changes.len() {
        1 => "Renew 1 access token".to_owned(),
        count => format!("Renew {count} access tokens"),
    };
    patch
}
