//! Drops access tokens and keeps refresh tokens, so that apps get fresh ones at next use.
//! Drops nothing that could not come back without a sign-in.

use std::collections::BTreeSet;

use super::prune::removal;
use super::renewers::Renewers;
use super::{Filter, TokenType, why};
use crate::cache::{Cache, Roster, Row, Section};
use crate::json::{EntrySpot, Patch};
use crate::time::UnixSeconds;

/// Which access tokens: all lists empty = every access token that a refresh token can renew.
#[derive(Clone, Debug)]
pub struct RenewOptions {
    /// Home account ids or user names, case-insensitive.
    pub accounts: Vec<String>,
    /// Beginnings of scopes, or the names of well-known resources.
    pub resources: Vec<String>,
    /// Client ids, or the names of well-known clients. An app-only token, which the app renews with a
    /// credential of its own that this cache does not hold, goes only when its client is named here.
    pub clients: Vec<String>,
    /// The moment of the change.
    pub now: UnixSeconds,
}

impl RenewOptions {
    /// A named account, client or resource that matches nothing in this cache (exit 3), as (option, value).
    #[must_use]
    pub fn unmatched(&self, roster: &Roster) -> Vec<(&'static str, String)> {
        self.filter().unmatched(roster)
    }

    fn filter(&self) -> Filter {
        Filter {
            accounts: self.accounts.clone(),
            resources: self.resources.clone(),
            clients: self.clients.clone(),
            types: vec![TokenType::AccessToken],
            ..Filter::default()
        }
    }
}

const TITLE: &str = "Renew ";

/// Whether `patch` came from [`renew`]: then what it removes comes back by itself.
pub(super) fn is_renewal(patch: &Patch) -> bool {
    patch.title.starts_with(TITLE)
}

/// The patch that removes the access tokens which come back by themselves, and says through what.
#[must_use]
pub fn renew(cache: &Cache<'_>, options: &RenewOptions) -> Patch {
    let roster = Roster::shared(cache);
    let filter = options.filter();
    let sieve = filter.sieve(&roster, options.now);
    let app_only = !options.clients.is_empty();
    renewal(cache, &roster, |row| sieve.takes(row) && (app_only || !row.is_app_only()))
}

/// Of exactly these entries (marks of the TUI), those access tokens that come back by themselves.
#[must_use]
pub fn renew_entries(cache: &Cache<'_>, spots: &[EntrySpot]) -> Patch {
    let roster = Roster::shared(cache);
    let marked: BTreeSet<&EntrySpot> = spots.iter().collect();
    renewal(cache, &roster, |row| row.section == Section::AccessToken && marked.contains(&row.spot))
}

fn renewal(cache: &Cache<'_>, roster: &Roster, wanted: impl Fn(&Row) -> bool) -> Patch {
    let renewers = Renewers::among(cache, &roster.rows);
    let comes_back = |row: &&Row| row.is_app_only() || renewers.of(cache, row).is_some();
    let taken: Vec<&Row> = roster.rows.iter().filter(|row| wanted(row)).filter(comes_back).collect();
    let title = format!("{TITLE}{}", why::counted(taken.len(), "access token"));
    removal(cache, title, &taken, |row| match renewers.of(cache, row) {
        Some(renewer) => format!("renewed by the {}", through(renewer)).into(),
        None => "renewed by the app's own credential".into(),
    })
}

fn through(renewer: &Row) -> String {
    match renewer.family_id.as_deref().filter(|family| !family.is_empty()) {
        Some(family) => format!("refresh token of family {family}"),
        None => format!("refresh token of {}", renewer.client_name()),
    }
}
