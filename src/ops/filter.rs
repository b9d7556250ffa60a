//! FILTER of the command line as a value, and the sieve that it becomes for one cache.
//! Reads rows, never the text: what a row does not say is not matched.

use std::collections::HashSet;

use crate::cache::{Cache, Entry, Roster, Row, Section, State, Tenant, names};
use crate::time::UnixSeconds;

/// Kinds of entries in `--type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenType {
    /// `AT`: what stands in `AccessToken`.
    AccessToken,
    /// `RT`: what stands in `RefreshToken`.
    RefreshToken,
    /// `ID`: what stands in `IdToken`.
    IdToken,
    /// `ACCOUNT`: what stands in `Account`.
    Account,
    /// `APP`: what stands in `AppMetadata`.
    AppMetadata,
}

impl TokenType {
    /// The section that holds this kind.
    #[must_use]
    pub fn section(self) -> Section {
        match self {
            Self::AccessToken => Section::AccessToken,
            Self::RefreshToken => Section::RefreshToken,
            Self::IdToken => Section::IdToken,
            Self::Account => Section::Account,
            Self::AppMetadata => Section::AppMetadata,
        }
    }
}

/// Which entries: different members AND, values of one member OR; empty = matches nothing (`is_empty`).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Access tokens whose expiry can be read and has come.
    pub expired: bool,
    /// Access tokens whose `expires_on` is before this moment.
    pub expires_before: Option<UnixSeconds>,
    /// Home account ids or user names, case-insensitive.
    pub accounts: Vec<String>,
    /// Realms, or the short names of tenants that the list shows.
    pub tenants: Vec<String>,
    /// Client ids, or the names of well-known clients.
    pub clients: Vec<String>,
    /// Beginnings of scopes, or the names of well-known resources. Takes access tokens alone: the
    /// `target` of a refresh token says what it was issued with, not what it is good for.
    pub resources: Vec<String>,
    /// Kinds of entries.
    pub types: Vec<TokenType>,
    /// Access tokens without an account.
    pub app_only: bool,
    /// Credentials whose account has no `Account` entry.
    pub orphans: bool,
}

impl Filter {
    /// Whether nothing was asked for: such a filter takes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let lists = [&self.accounts, &self.tenants, &self.clients, &self.resources];
        let flags = [self.expired, self.expires_before.is_some(), self.app_only, self.orphans];
        lists.iter().all(|list| list.is_empty()) && self.types.is_empty() && !flags.contains(&true)
    }

    /// This filter made ready for the rows of one cache, so that each row costs little.
    #[must_use]
    pub fn sieve<'a>(&'a self, roster: &Roster, now: UnixSeconds) -> Sieve<'a> {
        Sieve {
            filter: self,
            now,
            accounts: home_account_ids(roster, &self.accounts),
            tenants: realms(roster, &self.tenants),
            clients: client_ids(roster, &self.clients),
            resources: self
                .resources
                .iter()
                .filter(|name| !name.is_empty())
                .map(|name| Resource::named(name))
                .collect(),
        }
    }

    /// Whether `entry` is meant. `roster` is that of `cache`. For many entries make a [`Filter::sieve`] once.
    #[must_use]
    pub fn takes(&self, cache: &Cache<'_>, roster: &Roster, entry: &Entry<'_>, now: UnixSeconds) -> bool {
        debug_assert!(cache.document().node(entry.spot()).is_some(), "the entry is another cache's");
        roster.row_at(entry.spot()).is_some_and(|row| self.sieve(roster, now).takes(row))
    }

    /// A named account, client, tenant or resource that matches nothing in this cache (exit 3), as (option, value).
    #[must_use]
    pub fn unmatched(&self, roster: &Roster) -> Vec<(&'static str, String)> {
        let none = Self::default;
        let accounts =
            self.accounts.iter().map(|name| ("--account", name, Self { accounts: vec![name.clone()], ..none() }));
        let tenants =
            self.tenants.iter().map(|name| ("--tenant", name, Self { tenants: vec![name.clone()], ..none() }));
        let clients =
            self.clients.iter().map(|name| ("--client", name, Self { clients: vec![name.clone()], ..none() }));
        let resources =
            self.resources.iter().map(|name| ("--resource", name, Self { resources: vec![name.clone()], ..none() }));
        let alone = accounts.chain(tenants).chain(clients).chain(resources);
        alone
            .filter(|(_, _, filter)| !filter.takes_any(roster))
            .map(|(option, name, _)| (option, name.clone()))
            .collect()
    }

    /// Whether something in the roster has the one name that this filter asks for.
    fn takes_any(&self, roster: &Roster) -> bool {
        // Names do not change with time.
        let sieve = self.sieve(roster, UnixSeconds(0));
        roster.rows.iter().any(|row| sieve.takes(row))
    }
}

/// A filter with the names resolved against one roster.
#[derive(Clone, Debug)]
pub struct Sieve<'a> {
    filter: &'a Filter,
    now: UnixSeconds,
    accounts: HashSet<String>,
    tenants: HashSet<String>,
    clients: HashSet<String>,
    resources: Vec<Resource>,
}

impl Sieve<'_> {
    /// Whether the filter means `row`, which is of the roster that the sieve was made for.
    #[must_use]
    pub fn takes(&self, row: &Row) -> bool {
        let filter = self.filter;
        !filter.is_empty()
            && (!filter.expired || is_expired(row, self.now))
            && filter.expires_before.is_none_or(|moment| expires_before(row, moment))
            && (filter.accounts.is_empty()
                || (has(&self.accounts, row.home_account_id.as_deref())
                    || has(&self.accounts, row.username.as_deref())))
            && (filter.tenants.is_empty() || has(&self.tenants, row.realm.as_deref()))
            && (filter.clients.is_empty() || has(&self.clients, row.client_id.as_deref()))
            && (filter.resources.is_empty() || self.resources.iter().any(|resource| resource.takes(row)))
            && (filter.types.is_empty() || filter.types.iter().any(|kind| kind.section() == row.section))
            && (!filter.app_only || row.is_app_only())
            && (!filter.orphans || row.orphan)
    }
}

fn is_expired(row: &Row, now: UnixSeconds) -> bool {
    row.section == Section::AccessToken && row.state(now) == State::Expired
}

fn expires_before(row: &Row, moment: UnixSeconds) -> bool {
    row.section == Section::AccessToken && row.expires_on.is_some_and(|expires_on| expires_on < moment)
}

fn has(wanted: &HashSet<String>, value: Option<&str>) -> bool {
    value.is_some_and(|value| wanted.contains(&value.to_lowercase()))
}

/// What was asked for, lower case; an empty text asks for nothing.
fn folded(wanted: &[String]) -> HashSet<String> {
    wanted.iter().filter(|name| !name.is_empty()).map(|name| name.to_lowercase()).collect()
}

/// The home account ids, lower case, that `wanted` names by themselves or by a user name.
fn home_account_ids(roster: &Roster, wanted: &[String]) -> HashSet<String> {
    let names = folded(wanted);
    if names.is_empty() {
        return names;
    }
    let named = |row: &&Row| row.username.as_deref().is_some_and(|name| names.contains(&name.to_lowercase()));
    let ids = roster.rows.iter().filter(named).filter_map(|row| row.home_account_id.as_deref()).map(str::to_lowercase);
    names.iter().cloned().chain(ids).collect()
}

/// The realms, lower case, that `wanted` names by themselves or by a tenant's short name.
fn realms(roster: &Roster, wanted: &[String]) -> HashSet<String> {
    let names = folded(wanted);
    if names.is_empty() {
        return names;
    }
    let is_named = |tenant: &&Tenant| {
        let known = names::tenant(&tenant.realm).is_some_and(|name| names.contains(&name.to_lowercase()));
        known || names.contains(&tenant.name.to_lowercase())
    };
    let tenants = roster.accounts.iter().flat_map(|account| &account.tenants).filter(is_named);
    names.iter().cloned().chain(tenants.map(|tenant| tenant.realm.to_lowercase())).collect()
}

/// The client ids, lower case, that `wanted` names by themselves or by a well-known name.
fn client_ids(roster: &Roster, wanted: &[String]) -> HashSet<String> {
    let names = folded(wanted);
    if names.is_empty() {
        return names;
    }
    let present: HashSet<&str> = roster.rows.iter().filter_map(|row| row.client_id.as_deref()).collect();
    let named = |id: &&str| names::client(id).is_some_and(|name| names.contains(&name.to_lowercase()));
    names.iter().cloned().chain(present.into_iter().filter(named).map(str::to_lowercase)).collect()
}

/// A resource as `--resource` names it: by a well-known name, else by the beginning of its scopes.
#[derive(Clone, Debug)]
struct Resource {
    prefix: String,
    known: Option<&'static str>,
}

impl Resource {
    fn named(name: &str) -> Self {
        let known = names::resource_prefixes(name).first().and_then(|url| names::resource(url));
        Self { prefix: name.to_lowercase(), known }
    }

    fn takes(&self, row: &Row) -> bool {
        let target = row.target.as_deref().unwrap_or("");
        let begins = |scope: &str| scope.to_lowercase().starts_with(&self.prefix);
        let is_known = || self.known.is_some_and(|known| row.resource_name().as_deref() == Some(known));
        row.section == Section::AccessToken && (is_known() || target.split_whitespace().any(begins))
    }
}
