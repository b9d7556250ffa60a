//! Honest health of an account: local data only. Renewal is not tested, revocation not known: a
//! refresh token that is here counts as one that works.

use super::{Dialect, QuickMap, QuickSet, Row, Section, Shared, names};
use crate::time::UnixSeconds;

/// How an account (or an account with one client) stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// A live access token is there.
    Ok,
    /// No live access token, but a refresh token that gets one: normal, never red.
    Renews,
    /// Nothing to get a token with.
    SignInNeeded,
    /// Cannot be told from this cache: a broker keeps the refresh token, or an app renews with its
    /// own credential (service principal, managed identity), which no cache holds.
    Unknown,
}

impl Health {
    /// The word in JSON: ok, renews, sign-in-needed, unknown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Renews => "renews",
            Self::SignInNeeded => "sign-in-needed",
            Self::Unknown => "unknown",
        }
    }
}

/// What renews what, gathered once so that each question is one look-up.
#[derive(Clone, Debug)]
pub(super) struct Standings {
    dialect: Dialect,
    accounts: Vec<Standing>,
    /// The family of each client that has app metadata; `None`: it is known to be in none.
    families: QuickMap<Shared, Option<Shared>>,
}

/// How one account stands.
#[derive(Clone, Debug, Default)]
struct Standing {
    all: Client,
    clients: QuickMap<Shared, Client>,
    /// Families of which the account has a refresh token.
    families: QuickSet<Shared>,
    elsewhere: Elsewhere,
}

/// Whether something outside the cache may get tokens for an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// Nothing that the cache tells of.
    #[default]
    Nothing,
    /// A broker, or the app's own credential.
    Something,
}

/// What an account has for one client, or for all.
#[derive(Clone, Copy, Debug, Default)]
struct Client {
    /// When its last access token expires.
    latest: Option<UnixSeconds>,
    refresh_tokens: usize,
}

impl Standings {
    /// Room for `accounts` accounts of a cache of `dialect`.
    pub(super) fn of(accounts: usize, dialect: Dialect) -> Self {
        Self { dialect, accounts: vec![Standing::default(); accounts], families: QuickMap::default() }
    }

    /// Counts what `row` says.
    pub(super) fn count(&mut self, row: &Row) {
        if row.section == Section::AppMetadata {
            self.count_metadata(row);
        }
        let Some(standing) = row.account.and_then(|account| self.accounts.get_mut(account)) else { return };
        standing.all.count(row);
        if let Some(client) = &row.client_id {
            match standing.clients.get_mut(client) {
                Some(known) => known.count(row),
                None => standing.clients.entry(client.clone()).or_default().count(row),
            }
        }
        if row.section == Section::RefreshToken {
            standing.families.extend(row.family_id.clone());
        }
    }

    /// Notes that account number `account` may get tokens from elsewhere.
    pub(super) fn note(&mut self, account: usize, elsewhere: Elsewhere) {
        if let Some(standing) = self.accounts.get_mut(account).filter(|_| elsewhere == Elsewhere::Something) {
            standing.elsewhere = elsewhere;
        }
    }

    /// The health of account number `account`, with all clients or one, at `now`.
    pub(super) fn health(&self, account: usize, client_id: Option<&str>, now: UnixSeconds) -> Health {
        let Some(standing) = self.accounts.get(account) else { return Health::Unknown };
        let latest = standing.client(client_id).and_then(|client| client.latest);
        if latest.is_some_and(|at| at > now) {
            return Health::Ok;
        }
        match (self.renews(account, client_id), standing.elsewhere) {
            (true, _) => Health::Renews,
            (false, Elsewhere::Something) => Health::Unknown,
            (false, Elsewhere::Nothing) => Health::SignInNeeded,
        }
    }

    /// Whether a refresh token of the account serves the client: its own, or its family's.
    pub(super) fn renews(&self, account: usize, client_id: Option<&str>) -> bool {
        let Some(standing) = self.accounts.get(account) else { return false };
        let own = standing.client(client_id).is_some_and(|client| client.refresh_tokens > 0);
        let shared = || client_id.and_then(|id| self.family(id)).is_some_and(|id| standing.families.contains(id));
        own || (self.dialect.shares_families() && shared())
    }

    /// The family of a client: what its metadata says, else what is known of it in general. A client
    /// whose metadata names no family does not try a family's token (MSAL Python, `application.py`).
    fn family<'a>(&'a self, client_id: &str) -> Option<&'a str> {
        match self.families.get(client_id) {
            Some(family) => family.as_deref(),
            None => names::client_family(client_id),
        }
    }

    fn count_metadata(&mut self, row: &Row) {
        let Some(client) = row.client_id.clone() else { return };
        let family = self.families.entry(client).or_default();
        if row.family_id.is_some() {
            family.clone_from(&row.family_id);
        }
    }
}

impl Standing {
    fn client(&self, client_id: Option<&str>) -> Option<&Client> {
        client_id.map_or(Some(&self.all), |id| self.clients.get(id))
    }
}

impl Client {
    fn count(&mut self, row: &Row) {
        match row.section {
            Section::AccessToken => self.latest = self.latest.max(row.expires_on),
            Section::RefreshToken => self.refresh_tokens += 1,
            Section::IdToken | Section::Account | Section::AppMetadata | Section::Other => {}
        }
    }
}
