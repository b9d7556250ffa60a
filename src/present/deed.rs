//! What a command did with a cache in words: one line a deed.

use super::change::{counted, listed};
use super::when;
use super::words::{Line, Role};
use crate::cache::{Health, Roster, Section};
use crate::ops::deed::{Deed, Renewer, What};
use crate::time::UnixSeconds;

/// The word for it in JSON.
#[must_use]
pub fn name(what: What) -> &'static str {
    match what {
        What::SignedIn => "signed-in",
        What::SignedInAgain => "signed-in-again",
        What::Refreshed => "refreshed",
        What::Fetched => "fetched",
        What::Replaced => "replaced",
        What::SignedOut => "signed-out",
        What::Dropped => "dropped",
        What::Removed => "removed",
        What::Changed => "changed",
    }
}

/// "Azure CLI got a new Key Vault token for ada@contoso.com with the family's refresh token a07e44105f3b: …".
#[must_use]
pub fn line(deed: &Deed) -> Line {
    let line = Line::new().with(role(deed.what), &said(deed));
    let line = match deed.renewed_by {
        Some((print, renewer)) if deed.what == What::Refreshed => {
            let whose = match renewer {
                Renewer::Own => " with its refresh token ",
                Renewer::Family => " with the family's refresh token ",
            };
            line.with(Role::Plain, whose).with(Role::Secret, &print.to_string())
        }
        Some(_) | None => line,
    };
    match &deed.why {
        Some(why) => line.with(Role::Plain, ": ").with(Role::Plain, why),
        None => line,
    }
}

fn role(what: What) -> Role {
    match what {
        What::SignedIn | What::SignedInAgain => Role::Warn,
        What::Refreshed | What::Fetched | What::Replaced => Role::Good,
        What::SignedOut | What::Removed => Role::Removed,
        What::Dropped | What::Changed => Role::Plain,
    }
}

fn said(deed: &Deed) -> String {
    let client = deed.client.as_deref().unwrap_or("an app");
    let account = deed.account.as_deref().unwrap_or("an account");
    let entries = counted(deed.entries, "entry", "entries");
    let verb = if deed.entries == 1 { "is" } else { "are" };
    let tokens = match deed.tokens.as_slice() {
        [one] => format!("a new {one} token"),
        several => format!("new tokens for {}", listed(several)),
    };
    match deed.what {
        What::SignedIn => format!("{account} signed in to {client}, new in this cache: {tokens}"),
        What::SignedInAgain => format!("{account} signed in to {client} again for {tokens}"),
        What::Refreshed => format!("{client} got {tokens} for {account} without a sign-in, likely"),
        What::Fetched => format!("{client} got {tokens} for itself, with its own credential"),
        What::Replaced => format!("{client} got {tokens} for {account} though the cached one still served"),
        What::SignedOut => format!("{account} is signed out: {entries} {verb} gone"),
        What::Dropped => {
            let tokens = counted(deed.entries, "expired access token", "expired access tokens");
            format!("{tokens} {verb} gone, as a search for a token drops them")
        }
        What::Removed => format!("{entries} {verb} gone"),
        What::Changed => format!("{entries} differ{}", if deed.entries == 1 { "s" } else { "" }),
    }
}

/// What is to be said of a command that changed nothing and ended with `exit`: what may have served it, and who has
/// nothing to renew with.
#[must_use]
pub fn unchanged(rosters: &[&Roster], exit: u8, now: UnixSeconds) -> Vec<Line> {
    let live = live(rosters, now);
    let says = match (live.as_slice(), exit) {
        ([], 0) => "no live access token was cached, so it asked for none".to_owned(),
        ([], _) => "no live access token was cached, and it got none".to_owned(),
        ([one], 0) => format!("if it asked for a token, the cached one served: {one}"),
        (several, 0) => format!("if it asked for a token, a cached one served: {}", listed(several)),
        (some, _) => format!("it got no new token; cached and live: {}", listed(some)),
    };
    let line = Line::new().with(Role::Good, "nothing changed").with(Role::Plain, ": ").with(Role::Plain, &says);
    let mut lines = vec![line];
    for (roster, at) in rosters.iter().flat_map(|roster| (0..roster.accounts.len()).map(move |at| (roster, at))) {
        let account = roster.accounts.get(at).filter(|_| roster.health(at, None, now) == Health::SignInNeeded);
        lines.extend(account.map(|account| {
            let says = " has nothing to renew with: a command that wants a token of it asks to sign in";
            Line::new().with(Role::Warn, account.label()).with(Role::Plain, says)
        }));
    }
    lines
}

/// How many live tokens are named.
const SHOWN: usize = 3;

/// "Key Vault (41m left)" of what is live, each resource once, the longest-lived first.
fn live(rosters: &[&Roster], now: UnixSeconds) -> Vec<String> {
    let mut live: Vec<(String, i64)> = Vec::new();
    for row in rosters.iter().flat_map(|roster| &roster.rows).filter(|row| row.section == Section::AccessToken) {
        let left = row.expires_on.map_or(0, |at| at.since(now));
        let title = row.title();
        match live.iter_mut().find(|(known, _)| *known == title) {
            Some(known) => known.1 = known.1.max(left),
            None if left > 0 => live.push((title, left)),
            None => {}
        }
    }
    live.sort_by_key(|(_, left)| std::cmp::Reverse(*left));
    let more = live.len().saturating_sub(SHOWN);
    let shown = live.iter().take(SHOWN).map(|(title, left)| format!("{title} ({} left)", when::span(*left)));
    shown.chain((more > 0).then(|| format!("{more} more"))).collect()
}
