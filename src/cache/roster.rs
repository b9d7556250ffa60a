//! Owned rows: what lists, filters and a TUI model need, built once per document in one pass over
//! its entries. Holds no secret: a token is here only as a fingerprint.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::account::{Gathered, Naming, Opened, Realms};
use super::builder::{self, Interner, Keys, Parts, RosterBuilder, RosterPart};
use super::health::{Elsewhere, Standings};
use super::{
    AccountRow, Cache, Dialect, Entry, Field, Health, Scopes, Section, Shared, State, environment, names, scopes,
};
use crate::json::EntrySpot;
use crate::secret::Fingerprint;
use crate::threads::both;
use crate::time::UnixSeconds;

/// The rows and accounts of one cache.
#[derive(Clone)]
pub struct Roster {
    /// One row an entry, in file order.
    pub rows: Vec<Row>,
    /// Accounts in the order of their Account entries; the last one gathers app-only tokens if there are any.
    pub accounts: Vec<AccountRow>,
    /// The runtime that wrote the cache.
    pub dialect: Dialect,
    /// The sections that MSAL does not know, in order.
    pub strangers: Vec<Stranger>,
    standings: Standings,
    realms: Realms,
}

/// A section that MSAL does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Its name.
    pub name: String,
    /// How many entries it has; 0 if it is no object.
    pub entries: usize,
}

/// One entry, owned. Times in Unix seconds.
#[derive(Clone)]
pub struct Row {
    /// Where the entry stands.
    pub spot: EntrySpot,
    /// What its section holds.
    pub section: Section,
    /// The name of its section in the file.
    pub section_name: Shared,
    /// The key under which it is stored; empty where it was not asked for ([`Keys`]).
    pub key: Shared,
    /// The fingerprint of its secret, if it has one.
    pub fingerprint: Option<Fingerprint>,
    /// Whose it is, in all tenants.
    pub home_account_id: Option<Shared>,
    /// The host of the authority.
    pub environment: Option<Shared>,
    /// The application.
    pub client_id: Option<Shared>,
    /// The tenant.
    pub realm: Option<Shared>,
    /// The scopes, as written.
    pub target: Option<Shared>,
    /// `Bearer`, `pop`, `ssh-cert`.
    pub token_type: Option<Shared>,
    /// The family of apps that share it.
    pub family_id: Option<Shared>,
    /// The user name that the entry itself holds (Account entries).
    pub username: Option<Shared>,
    /// When the token was stored.
    pub cached_at: Option<UnixSeconds>,
    /// When the token expires.
    pub expires_on: Option<UnixSeconds>,
    /// When an app renews it ahead of its expiry.
    pub refresh_on: Option<UnixSeconds>,
    /// Index into `Roster::accounts`, if the entry belongs to one.
    pub account: Option<usize>,
    /// A credential whose non-null home account id has no Account entry.
    pub orphan: bool,
}

impl Roster {
    /// The roster of `cache`.
    #[must_use]
    pub fn of(cache: &Cache<'_>) -> Self {
        let mut builder = RosterBuilder::default();
        builder.add(EntrySpot::default(), RosterPart::whole(cache));
        builder.finish()
    }

    /// The same, made once for all who ask and have the text alone.
    #[must_use]
    pub fn shared(cache: &Cache<'_>) -> Arc<Self> {
        cache.document().once(|| Self::of(cache))
    }

    /// Gathers what was read of a cache, part after part.
    pub(super) fn gather(parts: Parts, dialect: Dialect) -> Self {
        let Parts { mut rows, notes, strangers } = parts;
        let (realms, opened) = by_two(rows.len(), || Realms::of(&rows), || Opened::of(&rows));
        let Gathered { mut accounts, realms: realms_of } = Gathered::of(opened, &mut rows);
        let naming = Naming { rows: &rows, notes: &notes, realms: &realms };
        let name = |accounts: &mut [AccountRow], realms: &[Vec<Shared>]| {
            accounts.iter_mut().zip(realms).for_each(|(account, realms)| naming.name(account, realms));
        };
        let mut standings = Standings::of(accounts.len(), dialect);
        let app_only = accounts.iter().position(AccountRow::is_app_only);
        let middle = accounts.len() / 2;
        let (front, back) = accounts.split_at_mut(middle);
        let (of_front, of_back) = realms_of.split_at(front.len());
        let stand = || {
            stand(&mut standings, &rows, &notes.brokered, app_only);
            name(back, of_back);
        };
        by_two(rows.len(), stand, || name(front, of_front));
        Self { rows, accounts, dialect, strangers, standings, realms }
    }

    /// The row of the entry at `spot`: rows stand in file order, as spots do.
    #[must_use]
    pub fn row_at(&self, spot: EntrySpot) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&spot, |row| row.spot).ok()?;
        self.rows.get(at)
    }

    /// The health of account number `account`, with all clients or one, at `now`.
    #[must_use]
    pub fn health(&self, account: usize, client_id: Option<&str>, now: UnixSeconds) -> Health {
        self.standings.health(account, client_id, now)
    }

    /// Whether a refresh token of account number `account` gets new tokens for the client (its own
    /// or its family's), or for any client.
    #[must_use]
    pub fn can_renew(&self, account: usize, client_id: Option<&str>) -> bool {
        self.standings.renews(account, client_id)
    }

    /// The short name of the tenant of `row`: "contoso", else the start of its id; "" without a realm.
    #[must_use]
    pub fn tenant_name(&self, row: &Row) -> Cow<'_, str> {
        let Some(realm) = row.realm.as_deref() else { return "".into() };
        let account = row.account.and_then(|at| self.accounts.get(at));
        let tenant = account.and_then(|account| account.tenant(realm));
        tenant.map_or_else(|| self.realms.name(realm).into(), |tenant| tenant.name.as_str().into())
    }
}

impl Row {
    pub(super) fn of(entry: &Entry<'_>, names: &mut Interner, keys: Keys) -> Self {
        let mut text = |field| entry.text(field).map(|text| names.get(field, &text));
        let client_id = text(Field::ClientId).filter(|id| !id.is_empty());
        let needs_key = keys == Keys::All || client_id.is_none();
        Self {
            home_account_id: text(Field::HomeAccountId),
            environment: text(Field::Environment),
            client_id,
            realm: text(Field::Realm),
            token_type: text(Field::TokenType),
            family_id: text(Field::FamilyId).filter(|id| !id.is_empty()),
            username: text(Field::Username),
            target: builder::target(entry, names),
            spot: entry.spot(),
            section: entry.section(),
            section_name: names.get(Field::CredentialType, &entry.section_name()),
            key: if needs_key { (&*entry.key()).into() } else { Shared::new() },
            fingerprint: entry.secret().map(|secret| secret.fingerprint()),
            cached_at: entry.time(Field::CachedAt),
            expires_on: entry.time(Field::ExpiresOn),
            refresh_on: entry.time(Field::RefreshOn),
            account: None,
            orphan: false,
        }
    }

    /// What the expiry says at `now`; `None` but for access tokens.
    #[must_use]
    pub fn state(&self, now: UnixSeconds) -> State {
        match self.section {
            Section::AccessToken => State::of(self.expires_on, now),
            Section::RefreshToken | Section::IdToken | Section::Account | Section::AppMetadata | Section::Other => {
                State::None
            }
        }
    }

    /// Expired, but a refresh token of this account and client (or its family) renews it: dim, not red.
    #[must_use]
    pub fn renews(&self, roster: &Roster, now: UnixSeconds) -> bool {
        let (Some(account), Some(client)) = (self.account, self.client_id.as_deref()) else { return false };
        self.state(now) == State::Expired && roster.can_renew(account, Some(client))
    }

    /// Access token without an account (service principal, managed identity).
    #[must_use]
    pub fn is_app_only(&self) -> bool {
        let nobody = self.home_account_id.as_deref().is_none_or(str::is_empty);
        self.section == Section::AccessToken && self.client_id.is_some() && nobody
    }

    /// The name for the TARGET column: resource name, "family 1", client name, username…
    #[must_use]
    pub fn title(&self) -> String {
        let name = match self.section {
            Section::AccessToken => self.resource_name(),
            Section::RefreshToken => self.family_id.as_ref().map(|family| format!("family {family}")),
            Section::IdToken | Section::AppMetadata | Section::Other => None,
            Section::Account => [&self.username, &self.home_account_id]
                .into_iter()
                .flatten()
                .find(|s| !s.is_empty())
                .map(ToString::to_string),
        };
        let name = name.or_else(|| Some(self.client_name()).filter(|client| !client.is_empty()));
        name.unwrap_or_else(|| self.key.to_string())
    }

    /// The name of the client: well-known, else its id; "" when there is none.
    #[must_use]
    pub fn client_name(&self) -> String {
        let id = self.client_id.as_deref().unwrap_or("");
        names::client(id).unwrap_or(id).to_owned()
    }

    /// The number of scopes in the target.
    #[must_use]
    pub fn scope_count(&self) -> usize {
        self.target.as_deref().map_or(0, |target| target.split_whitespace().count())
    }

    /// The scopes of the target.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.target.as_deref().map(Scopes::of).unwrap_or_default()
    }

    /// The name of the resource that the scopes belong to, else what stands before the last slash.
    #[must_use]
    pub fn resource_name(&self) -> Option<String> {
        let target = self.target.as_deref()?;
        let scopes = || target.split_whitespace().filter(|scope| !scopes::is_reserved(scope) && *scope != "email");
        if let Some(name) = scopes().find_map(names::resource) {
            return Some(name.to_owned());
        }
        let first = scopes().next()?;
        if self.is_in_known_cloud() && !first.contains(['/', ':']) {
            // A bare scope (User.Read) belongs to Microsoft Graph wherever Entra ID issues tokens.
            return names::resource("https://graph.microsoft.com").map(str::to_owned);
        }
        Some(first.rsplit_once('/').map_or(first, |(resource, _)| resource.trim_end_matches('/')).to_owned())
    }

    fn is_in_known_cloud(&self) -> bool {
        self.environment.as_deref().is_some_and(|host| environment::cloud(host).is_some())
    }
}

fn stand(standings: &mut Standings, rows: &[Row], brokered: &[usize], app_only: Option<usize>) {
    rows.iter().for_each(|row| standings.count(row));
    let brokered = brokered.iter().filter_map(|at| rows.get(*at)?.account);
    brokered.chain(app_only).for_each(|account| standings.note(account, Elsewhere::Something));
}

/// Does both, side by side where there are so many `rows` that it pays.
fn by_two<A: Send, B>(rows: usize, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    if rows >= builder::WORTH_THREADS { both(one, other) } else { (one(), other()) }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} roster of {} rows and {} accounts", self.dialect.name(), self.rows.len(), self.accounts.len())
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} row at {:?}", self.section.short(), self.spot)
    }
}

#[cfg(test)]
mod tests;
