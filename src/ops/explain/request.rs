//! What an app asks its MSAL for. Knows no runtime: how each reads a request is in `ask`.

use crate::cache::{Roster, Row, environment};

/// A silent request for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The application.
    pub client_id: String,
    /// Whose token.
    pub who: Who,
    /// Who is to issue it.
    pub authority: Authority,
    /// What it is for, one scope each.
    pub scopes: Vec<String>,
    /// A claims challenge: the JSON that a resource sent with its refusal.
    pub claims: Option<String>,
    /// How the token is bound.
    pub scheme: Scheme,
    /// The key that a `pop` or `ssh-cert` token is bound to.
    pub key_id: Option<String>,
    /// Further components of the cache key, such as `client_session` or `fmi_path`.
    pub data: Vec<(String, String)>,
    /// What is to be done with cached access tokens.
    pub cached: Cached,
}

/// Whose token is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person: a home account id, or a user name that the cache knows.
    Account(String),
    /// The app itself, by its own credential.
    App,
}

/// How a token is bound to whoever may use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// To nobody.
    #[default]
    Bearer,
    /// Proof of possession.
    Pop,
    /// An SSH certificate.
    SshCert,
}

/// What is to be done with cached access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cached {
    /// Use one that fits.
    #[default]
    Welcome,
    /// Ask for a new one (`force_refresh`, `forceRefresh`, `skipCache`).
    Refused,
}

/// The host and the tenant of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The host, in lower case.
    pub host: String,
    /// The first segment of the path: a tenant id, a domain, `common`, `organizations`, `consumers`, `adfs`.
    pub tenant: String,
}

impl Scheme {
    /// The token type that Entra ID and the caches call it by.
    #[must_use]
    pub fn token_type(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Pop => "pop",
            Self::SshCert => "ssh-cert",
        }
    }
}

/// Tenants that stand for many.
const SHARED: [&str; 3] = ["common", "organizations", "consumers"];

impl Authority {
    /// Reads `https://host/tenant`.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.trim().strip_prefix("https://")?;
        let (host, path) = rest.split_once('/')?;
        let tenant = path.split(['/', '?', '#']).next().filter(|tenant| !tenant.is_empty())?;
        (!host.is_empty()).then(|| Self { host: host.to_lowercase(), tenant: tenant.to_owned() })
    }

    /// Whether the tenant stands for many: `common`, `organizations`, `consumers`.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(&self.tenant))
    }

    /// The hosts of the same cloud, the authority's own first; that alone where MSAL asks no discovery: ADFS, B2C
    /// and hosts that no cloud knows.
    #[must_use]
    pub(super) fn aliases(&self) -> Vec<String> {
        let known = environment::cloud(&self.host).filter(|_| !self.tenant.eq_ignore_ascii_case("adfs"));
        let others = known.map_or(&[][..], |cloud| cloud.hosts);
        let others = others.iter().filter(|host| **host != self.host).map(|host| (*host).to_owned());
        std::iter::once(self.host.clone()).chain(others).collect()
    }
}

impl std::fmt::Display for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "https://{}/{}", self.host, self.tenant)
    }
}

impl Request {
    /// The request that the access token of `row` answers; `None` for what is no access token, or says not whose.
    #[must_use]
    pub fn of_row(row: &Row, roster: &Roster) -> Option<Self> {
        let account = row.account.and_then(|at| roster.accounts.get(at)).filter(|account| !account.is_app_only());
        let who = match (account, row.is_app_only()) {
            (_, true) => Who::App,
            (Some(account), false) => Who::Account(account.home_account_id.clone()),
            (None, false) => Who::Account(row.home_account_id.as_deref()?.to_owned()),
        };
        let token_type = row.token_type.as_deref().unwrap_or_default();
        let scheme =
            [Scheme::Pop, Scheme::SshCert].into_iter().find(|s| s.token_type().eq_ignore_ascii_case(token_type));
        Some(Self {
            client_id: row.client_id.as_deref()?.to_owned(),
            who,
            authority: Authority {
                host: row.environment.as_deref()?.to_lowercase(),
                tenant: row.realm.as_deref()?.to_owned(),
            },
            scopes: row.scopes().0,
            claims: None,
            scheme: scheme.unwrap_or_default(),
            key_id: None,
            data: Vec::new(),
            cached: Cached::Welcome,
        })
    }
}
