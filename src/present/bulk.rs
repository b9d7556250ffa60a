//! A change over many caches in words: what it would do, how far it is, what it did. Counts; names no account.

use std::collections::BTreeMap;

use super::change::{counted, listed};
use super::collection::Count;
use super::words::{Line, Role, quoted};
use crate::cache::Section;

/// What a change over many caches would do.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// What one cache lies in: "key".
    pub noun: &'static str,
    /// What was looked at.
    pub count: &'a Count,
    /// Caches that change or go.
    pub touched: usize,
    /// Removed entries by the short name of their section.
    pub removed: &'a BTreeMap<String, usize>,
    /// Accounts that must sign in again.
    pub accounts: usize,
    /// Access tokens that go before their time.
    pub live: usize,
    /// Caches of which nothing is left.
    pub emptied: usize,
    /// Those of them that lie in a session, of which the rest stays.
    pub emptied_in_sessions: usize,
    /// Keys that go as a whole.
    pub dropped: usize,
    /// Empty caches inside a session, of which the rest stays.
    pub in_sessions: usize,
    /// Whether keys of empty caches were to go.
    pub drops_empty: bool,
}

/// What a change over many caches did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// What one cache lies in: "key".
    pub noun: &'static str,
    /// Caches out of which entries went.
    pub changed: usize,
    /// Keys that went as a whole.
    pub dropped: usize,
    /// Caches with nothing to do any more.
    pub untouched: usize,
    /// Caches that stayed as they were because of a fault.
    pub failed: usize,
    /// Those of them that were not told by name.
    pub untold: usize,
    /// Caches that another process has written since.
    pub written_since: usize,
    /// Caches into which another process put entries back.
    pub put_back: usize,
    /// Planned caches that were not reached.
    pub left: usize,
}

/// The plan: what changes, what stays, what it means.
#[must_use]
pub fn plan(verb: &str, place: &str, planned: &Planned<'_>) -> Vec<Line> {
    let dim = |says: String| Line::new().with(Role::Dim, &says);
    let mut lines = vec![Line::new().with(Role::Strong, &format!("{verb} in {place}")), Line::plain(&looked(planned))];
    if !planned.removed.is_empty() {
        lines.push(Line::plain(&changes(planned)));
    }
    lines.extend(emptied(planned).map(|says| Line::plain(&says)));
    if planned.accounts > 0 {
        let must = counted(planned.accounts, "account must sign in again.", "accounts must sign in again.");
        lines.push(Line::new().with(Role::Bad, &must));
        lines.push(Line::new().with(Role::Warn, "This is local only: it does not revoke anything at Entra ID."));
    } else if planned.live > 0 {
        let says = counted(planned.live, "access token that goes is", "access tokens that go are");
        lines.push(Line::new().with(Role::Warn, &format!("{says} still valid.")));
    }
    lines.push(above());
    lines.push(dim("No undo is kept. Each cache is compared before it is replaced; its expiry stays.".to_owned()));
    if planned.accounts > 0 || planned.removed.contains_key(Section::RefreshToken.short()) {
        lines.push(copy_first(place));
    }
    lines
}

/// How to keep what is to go where no undo is kept: to be said before it goes.
#[must_use]
pub fn copy_first(place: &str) -> Line {
    let run = format!("saltcellar copy-to {} FILE", quoted(place));
    Line::new().with(Role::Warn, "To keep a copy first: ").with(Role::Strong, &run)
}

/// What stands between such a store and the app: who hides a change there.
#[must_use]
pub fn above() -> Line {
    let says = "An app that holds caches in its own memory too (the first level of Microsoft.Identity.Web, msal-node) \
                sees this when that lapses or it restarts.";
    Line::new().with(Role::Dim, says)
}

fn looked(planned: &Planned<'_>) -> String {
    let Count { tally, empty, no_sign_in, no_cache, sealed, unreadable, .. } = planned.count;
    let caches = counted(tally.caches + empty, "cache", "caches");
    let others = [
        (*no_sign_in, "session without a sign-in", "sessions without a sign-in"),
        (*no_cache, "no cache", "no caches"),
        (*sealed, "encrypted", "encrypted"),
        (*unreadable, "unreadable", "unreadable"),
    ];
    let others: Vec<String> =
        others.iter().filter(|(many, ..)| *many > 0).map(|(many, one, more)| counted(*many, one, more)).collect();
    match others.as_slice() {
        [] => format!("Looked at {caches}."),
        others => format!("Looked at {caches}. Left alone: {}.", listed(others)),
    }
}

fn changes(planned: &Planned<'_>) -> String {
    let kinds = [
        (Section::AccessToken, "access token", "access tokens"),
        (Section::RefreshToken, "refresh token", "refresh tokens"),
        (Section::IdToken, "id token", "id tokens"),
        (Section::Account, "account entry", "account entries"),
        (Section::AppMetadata, "app metadata entry", "app metadata entries"),
        (Section::Other, "unknown entry", "unknown entries"),
    ];
    let gone = kinds.iter().filter_map(|(kind, one, more)| {
        let many = planned.removed.get(kind.short()).copied().filter(|many| *many > 0)?;
        Some(counted(many, one, more))
    });
    let gone: Vec<String> = gone.collect();
    let verb = if planned.touched == 1 { "changes" } else { "change" };
    let caches = counted(planned.touched, "cache", "caches");
    match gone.as_slice() {
        [_] if planned.removed.values().sum::<usize>() == 1 => format!("{caches} {verb}: {} goes.", listed(&gone)),
        gone => format!("{caches} {verb}: {} go.", listed(gone)),
    }
}

fn emptied(planned: &Planned<'_>) -> impl Iterator<Item = String> {
    let noun = planned.noun;
    let keys = |many| counted(many, noun, &format!("{noun}s"));
    let stay = (planned.emptied > 0 && !planned.drops_empty).then(|| {
        let caches = counted(planned.emptied, "cache is", "caches are");
        match planned.emptied_in_sessions {
            1 if planned.emptied == 1 => format!("{caches} empty afterwards; the rest of its session stays."),
            inside if inside == planned.emptied => {
                format!("{caches} empty afterwards; the rest of their sessions stays.")
            }
            _ => format!("{caches} empty afterwards; --drop-empty removes {noun}s with nothing left in them."),
        }
    });
    let go = (planned.dropped > 0).then(|| {
        let go = if planned.dropped == 1 { "goes" } else { "go" };
        format!("{} with nothing left {go} as a whole.", keys(planned.dropped))
    });
    let sessions = (planned.in_sessions > 0).then(|| {
        let stay = if planned.in_sessions == 1 { "stays" } else { "stay" };
        let caches = counted(planned.in_sessions, "empty cache in a session", "empty caches in sessions");
        format!("{caches} {stay}: the rest of a session is not ours to remove.")
    });
    [stay, go, sessions].into_iter().flatten()
}

/// How far the look is.
#[must_use]
pub fn looking(count: &Count) -> String {
    let all = count.tally.caches + count.empty + count.no_sign_in + count.no_cache + count.sealed + count.unreadable;
    format!("looked at {all}")
}

/// How far the change is.
#[must_use]
pub fn going(done: usize, total: usize) -> String {
    format!("{done} of {total}")
}

/// An exact account of what was done, and what is left to do.
#[must_use]
pub fn done(done: &Done) -> Vec<Line> {
    let noun = done.noun;
    let mut parts = Vec::new();
    if done.changed > 0 || done.dropped == 0 {
        parts.push(format!("changed {}", counted(done.changed, "cache", "caches")));
    }
    if done.dropped > 0 {
        parts.push(format!("removed {}", counted(done.dropped, noun, &format!("{noun}s"))));
    }
    let head = super::words::sentence(&listed(&parts));
    let role = if done.failed + done.left > 0 { Role::Warn } else { Role::Good };
    let mut lines = vec![Line::new().with(role, &head)];
    let mut add = |many: usize, one: &str, more: &str, role| {
        if many > 0 {
            lines.push(Line::new().with(role, &counted(many, one, more)));
        }
    };
    let nothing = "had nothing to do any more: another process was there meanwhile.";
    add(done.untouched, &format!("cache {nothing}"), &format!("caches {nothing}"), Role::Dim);
    add(done.written_since, "cache was written by an app since.", "caches were written by apps since.", Role::Dim);
    let back = "their entries put back by a running app; restart it, then run this again.";
    add(done.put_back, &format!("cache had {back}"), &format!("caches had {back}"), Role::Warn);
    add(done.failed, "cache failed and is as it was.", "caches failed and are as they were.", Role::Bad);
    add(done.untold, "of them is not named here.", "of them are not named here.", Role::Dim);
    let rest = "not reached. It stopped between two caches: run it again, it does the rest.";
    add(done.left, &format!("cache was {rest}"), &format!("caches were {rest}"), Role::Warn);
    lines
}
