//! What a command did with a cache, and why: from what differs after it, and from what its library would have done
//! with the cache as it was before. A guess where both leave one; promises nothing of what the service said.

use super::compare::{Comparison, Difference};
use super::explain::{Answer, Extent, Outcome, Request, Runtime, explain};
use super::moment::Item;
use crate::cache::{Cache, Dialect, Roster, Row, Section, State, names};
use crate::secret::Fingerprint;
use crate::time::{UnixSeconds, span};

/// A cache and its roster.
#[derive(Clone, Copy)]
pub struct Stand<'c> {
    /// The cache.
    pub cache: &'c Cache<'c>,
    /// Its rows and accounts.
    pub roster: &'c Roster,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What it was.
    pub what: What,
    /// For whom: the account's label.
    pub account: Option<String>,
    /// By which application: its well-known name, else its id.
    pub client: Option<String>,
    /// What the new tokens are for.
    pub tokens: Vec<String>,
    /// The refresh token that likely got them, and whether it is the family's.
    pub renewed_by: Option<(Fingerprint, Renewer)>,
    /// Why, as far as the cache tells.
    pub why: Option<String>,
    /// How many entries it concerns.
    pub entries: usize,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An account that the cache did not know signed in.
    SignedIn,
    /// A known account signed in: nothing that was cached got a token.
    SignedInAgain,
    /// A refresh token got new tokens.
    Refreshed,
    /// An app got a token with its own credential.
    Fetched,
    /// A new token came though a cached one would have served.
    Replaced,
    /// An account is gone.
    SignedOut,
    /// Expired access tokens are gone.
    Dropped,
    /// Other entries are gone.
    Removed,
    /// Entries differ in some other way.
    Changed,
}

/// Whose refresh token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewer {
    /// The application's own.
    Own,
    /// One that a family of applications shares.
    Family,
}

/// What was done between `before` and `after`, which differ by `comparison`, by a command that began at `now`.
#[must_use]
pub fn deeds(before: Stand<'_>, after: Stand<'_>, comparison: &Comparison, now: UnixSeconds) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = Vec::new();
    for difference in &comparison.differences {
        let Some(item) = difference.item() else { continue };
        let is_gone = difference.is.is_none();
        let got = || gained(before, after, difference, now);
        let deed =
            if is_gone { lost(after.roster, item, now) } else { got().unwrap_or_else(|| Deed::of(What::Changed)) };
        match deeds.iter_mut().find(|known| known.takes(&deed)) {
            Some(known) => known.absorb(deed),
            None => deeds.push(deed),
        }
    }
    // What comes along with new tokens (ids, accounts, rotated refresh tokens) needs no word of its own.
    let is_gain = |deed: &Deed| !deed.tokens.is_empty();
    if deeds.iter().any(is_gain) {
        deeds.retain(|deed| deed.what != What::Changed);
    }
    deeds
}

impl Deed {
    fn of(what: What) -> Self {
        Self { what, account: None, client: None, tokens: Vec::new(), renewed_by: None, why: None, entries: 1 }
    }

    fn takes(&self, other: &Self) -> bool {
        let key =
            |deed: &Self| (deed.what, deed.account.clone(), deed.client.clone(), deed.renewed_by, deed.why.clone());
        key(self) == key(other)
    }

    fn absorb(&mut self, other: Self) {
        self.entries += other.entries;
        self.tokens.extend(other.tokens);
    }
}

/// A new access token: how it came. `None` for anything else.
fn gained(before: Stand<'_>, after: Stand<'_>, difference: &Difference, now: UnixSeconds) -> Option<Deed> {
    let is = difference.is.as_ref().filter(|item| item.kind() == Section::AccessToken)?;
    let is_new = difference.was.as_ref().is_none_or(|was| was.fingerprint != is.fingerprint);
    let row = after.roster.rows.iter().find(|row| is_new && is_row(is, row))?;
    let mut deed = Deed {
        account: row.account.and_then(|at| after.roster.accounts.get(at)).map(|account| account.label().to_owned()),
        client: row.client_id.as_deref().map(|id| names::client(id).unwrap_or(id).to_owned()),
        tokens: vec![row.title()],
        ..Deed::of(What::SignedIn)
    };
    if row.is_app_only() {
        return Some(Deed { what: What::Fetched, account: None, why: old_one(difference, now), ..deed });
    }
    if !knows(before.roster, row) {
        return Some(deed);
    }
    let asked = Request::of_row(row, after.roster).zip(runtime(after.roster.dialect));
    let answer = asked.map(|(request, runtime)| {
        explain(before.cache, before.roster, &request, runtime, now, Extent::Nearest(0)).answer
    });
    deed.what = what(answer.as_ref());
    deed.renewed_by = answer.as_ref().and_then(|answer| renewer(before.roster, row, answer));
    let reason = || old_one(difference, now).or_else(|| answer.and_then(|answer| answer.why));
    deed.why = if deed.what == What::Replaced { None } else { reason() };
    Some(deed)
}

fn is_row(item: &Item, row: &Row) -> bool {
    let print = item.fingerprint.map(|print| print.0);
    row.section == Section::AccessToken && row.key == item.key && row.fingerprint == print
}

fn knows(roster: &Roster, row: &Row) -> bool {
    let id = row.home_account_id.as_deref().unwrap_or_default();
    roster.accounts.iter().any(|account| account.home_account_id.eq_ignore_ascii_case(id))
}

fn what(answer: Option<&Answer>) -> What {
    match answer.map(|answer| answer.outcome) {
        Some(Outcome::Refresh) => What::Refreshed,
        Some(Outcome::Cache) => What::Replaced,
        Some(Outcome::Interaction | Outcome::Error) => What::SignedInAgain,
        None => What::Changed,
    }
}

/// The library that wrote the cache, if its hand shows.
fn runtime(dialect: Dialect) -> Option<Runtime> {
    match dialect {
        Dialect::Python => Some(Runtime::Python),
        Dialect::DotNet => Some(Runtime::Dotnet),
        Dialect::Node => Some(Runtime::Node),
        Dialect::Java => Some(Runtime::Java),
        Dialect::Go => Some(Runtime::Go),
        Dialect::Unknown => None,
    }
}

/// The refresh token that the library tries first.
fn renewer(roster: &Roster, token: &Row, answer: &Answer) -> Option<(Fingerprint, Renewer)> {
    let first = answer.refresh_tokens.first()?;
    let row = roster.rows.iter().find(|row| row.spot == first.spot)?;
    let is_own = row.client_id.as_deref() == token.client_id.as_deref();
    Some((row.fingerprint?, if is_own { Renewer::Own } else { Renewer::Family }))
}

/// "the cached one expired 3d ago".
fn old_one(difference: &Difference, now: UnixSeconds) -> Option<String> {
    let expires = difference.was.as_ref()?.expires()?;
    let ago = now.since(expires);
    (ago >= 0).then(|| format!("the cached one expired {} ago", span(ago)))
}

fn lost(after: &Roster, item: &Item, now: UnixSeconds) -> Deed {
    let id = item.home_account_id.as_ref().map(|id| &*id.0).filter(|id| !id.is_empty());
    let stays = |id: &str| after.accounts.iter().any(|account| account.home_account_id.eq_ignore_ascii_case(id));
    let account = item.account.as_ref().map(|account| account.0.to_string());
    if id.is_some_and(|id| !stays(id)) && account.is_some() {
        return Deed { account, ..Deed::of(What::SignedOut) };
    }
    let is_expired = item.kind() == Section::AccessToken && State::of(item.expires(), now) == State::Expired;
    Deed::of(if is_expired { What::Dropped } else { What::Removed })
}
