//! Takes whole accounts or clients out, as MSAL's `remove_account` does and better: in every tenant,
//! cloud alias and section. A family refresh token that several apps share stays when one app goes.

use super::prune::removal;
use super::{Filter, why};
use crate::cache::{Cache, Roster, Row, Section};
use crate::json::Patch;
use crate::time::UnixSeconds;

/// Whose entries go.
#[derive(Clone, Debug, Default)]
pub struct ForgetOptions {
    /// Home account ids or user names, case-insensitive.
    pub accounts: Vec<String>,
    /// Client ids, or the names of well-known clients.
    pub clients: Vec<String>,
}

impl ForgetOptions {
    /// A named account or client that matches nothing in this cache (exit 3), as (option, value).
    #[must_use]
    pub fn unmatched(&self, roster: &Roster) -> Vec<(&'static str, String)> {
        let filter = Filter { accounts: self.accounts.clone(), clients: self.clients.clone(), ..Filter::default() };
        filter.unmatched(roster)
    }
}

/// The patch that removes everything of the accounts (refresh, access and id tokens, `Account` entries,
/// in all tenants and clouds) and of the clients (their tokens and `AppMetadata`).
///
/// MSAL Python's `remove_account` leaves other aliases' entries behind (application.py:1494); this does not.
#[must_use]
pub fn forget(cache: &Cache<'_>, options: &ForgetOptions) -> Patch {
    let roster = Roster::shared(cache);
    let accounts = Filter { accounts: options.accounts.clone(), ..Filter::default() };
    let clients = Filter { clients: options.clients.clone(), ..Filter::default() };
    // No member of these filters asks for the time.
    let (by_account, by_client) = (accounts.sieve(&roster, UnixSeconds(0)), clients.sieve(&roster, UnixSeconds(0)));
    let taken: Vec<&Row> =
        roster.rows.iter().filter(|row| by_account.takes(row) || (by_client.takes(row) && is_own(row))).collect();
    removal(cache, title(options), &taken, |row| match by_account.takes(row) {
        true => why::of_account(&roster, row),
        false => format!("of {}", row.client_name()).into(),
    })
}

/// The home account ids, each once, of the accounts called `name`: tokens of theirs may lie in a cache that has no
/// account entry to tell whose they are.
#[must_use]
pub fn home_ids<'r>(rosters: impl IntoIterator<Item = &'r Roster>, name: &str) -> Vec<String> {
    let is_meant = |row: &&Row| {
        let names = [row.username.as_deref(), row.home_account_id.as_deref()];
        row.section == Section::Account
            && names.iter().flatten().any(|known| known.to_lowercase() == name.to_lowercase())
    };
    let mut ids: Vec<String> = Vec::new();
    for row in rosters.into_iter().flat_map(|roster| &roster.rows).filter(is_meant) {
        let id = row.home_account_id.as_deref().filter(|id| !id.is_empty());
        ids.extend(id.filter(|id| !ids.iter().any(|known| known.eq_ignore_ascii_case(id))).map(str::to_owned));
    }
    ids
}

fn title(options: &ForgetOptions) -> String {
    let (accounts, clients) = (&options.accounts, &options.clients);
    match (accounts.as_slice(), clients.as_slice()) {
        ([one], []) | ([], [one]) => format!("Forget {one}"),
        (_, []) => format!("Forget {}", why::counted(accounts.len(), "account")),
        ([], _) => format!("Forget {}", why::counted(clients.len(), "client")),
        (_, _) => {
            format!("Forget {} and {}", why::counted(accounts.len(), "account"), why::counted(clients.len(), "client"))
        }
    }
}

/// Whether the entry is its client's alone. A family refresh token is so where the key names the client,
/// as MSAL Python stores it (token_cache.py:214); under `…-refreshtoken-1-…`, as the others do, it is shared.
fn is_own(row: &Row) -> bool {
    let family = row.family_id.as_deref().unwrap_or("");
    if row.section != Section::RefreshToken || family.is_empty() {
        return true;
    }
    let client = row.client_id.as_deref().unwrap_or("").to_lowercase();
    row.key.to_lowercase().contains(&format!("-refreshtoken-{client}"))
}
