//! A request as one runtime reads it: hosts, tenant, scopes, components. Notes what that runtime cannot be asked for.

use super::answer::Extent;
use super::lookup::{Lookup, Several};
use super::request::{Request, Scheme, Who};
use super::rules::{Components, Extra, Hosts, Reachable, Rules, ScopeRule, Tenant};
use super::shelf::{Held, Shelf};
use super::value;
use crate::cache::environment;
use crate::cache::scopes::is_reserved;
use crate::time::UnixSeconds;

/// What is looked for.
#[derive(Clone)]
pub(super) struct Ask<'a> {
    /// The rules.
    pub(super) rules: &'static Rules,
    /// How access tokens are looked up.
    pub(super) lookup: &'static Lookup,
    /// The client.
    pub(super) client: &'a str,
    /// The home account id; `None` for an app.
    pub(super) home: Option<&'a str>,
    /// The hosts that count as the authority's, its own first.
    pub(super) hosts: Vec<String>,
    /// The tenant.
    pub(super) tenant: String,
    /// The scopes.
    pub(super) scopes: Vec<String>,
    /// How the token is to be bound.
    pub(super) scheme: Scheme,
    /// To which key.
    pub(super) key_id: Option<&'a str>,
    /// Further components of the cache key.
    pub(super) components: Vec<(String, String)>,
    /// Their hash.
    pub(super) hash: String,
    /// The moment.
    pub(super) now: UnixSeconds,
    /// How much is to be told.
    pub(super) extent: Extent,
}

/// The account's own host and tenant, from the first Account entry that has the id.
struct Known {
    host: Option<String>,
    realm: Option<String>,
}

impl<'a> Ask<'a> {
    /// `request` as `rules` read it, and what they cannot be asked for.
    pub(super) fn new(
        request: &'a Request,
        home: Option<&'a str>,
        rules: &'static Rules,
        accounts: &Shelf<'_>,
        now: UnixSeconds,
    ) -> (Self, Vec<String>) {
        let mut notes = Vec::new();
        let lookup = if home.is_some() { &rules.person } else { &rules.app };
        let known = home.map_or(Known { host: None, realm: None }, |home| known(accounts, home));
        let components = components(request, rules, &mut notes);
        let hash = value::hash(&components);
        let scheme = scheme(request, rules, &mut notes);
        let ask = Self {
            rules,
            lookup,
            client: &request.client_id,
            home,
            hosts: hosts(request, rules.hosts, &known),
            tenant: tenant(request, rules.tenant, &known),
            scopes: scopes(&request.scopes, rules.scopes),
            scheme,
            key_id: request.key_id.as_deref().filter(|_| rules.reach.schemes == Reachable::Yes),
            components,
            hash: if matches!(rules.extra, Extra::CasedHash(_)) { hash } else { hash.to_lowercase() },
            now,
            extent: Extent::Every,
        };
        (ask, notes)
    }

    /// MSAL Go moves an entry of its first version to a key in lower case, and prefers what stands there already.
    pub(super) fn upgraded<'h, 'd>(&self, shelf: &'h Shelf<'d>, held: &'h Held<'d>) -> &'h Held<'d> {
        let is_old = self.lookup.several == Several::Any && held.key.chars().any(|letter| letter.is_ascii_uppercase());
        let newer = if is_old { shelf.at_key(&held.key.to_lowercase()) } else { None };
        newer.and_then(|at| shelf.get(at)).unwrap_or(held)
    }

    /// The same, looked for at `host` alone.
    pub(super) fn at_host(&self, host: &str) -> Self {
        Self { hosts: vec![host.to_owned()], ..self.clone() }
    }
}

fn known(accounts: &Shelf<'_>, home: &str) -> Known {
    let text = |at: usize, name: &str| accounts.get(at)?.entry.written(name).text().map(|text| text.into_owned());
    let found = (0..accounts.held.len()).find(|at| text(*at, "home_account_id").as_deref() == Some(home));
    let filled = |at: usize, name: &str| text(at, name).filter(|text| !text.is_empty());
    match found {
        Some(at) => Known { host: filled(at, "environment"), realm: filled(at, "realm") },
        None => Known { host: None, realm: None },
    }
}

fn hosts(request: &Request, hosts: Hosts, known: &Known) -> Vec<String> {
    let authority = &request.authority;
    let account = known.host.clone().unwrap_or_else(|| authority.host.clone());
    match hosts {
        Hosts::OneByOne => vec![authority.host.clone()],
        Hosts::Cloud => authority.aliases(),
        Hosts::OfAccount => {
            let others = environment::cloud(&account).filter(|cloud| cloud.hosts.contains(&account.as_str()));
            let others = others.map_or(&[][..], |cloud| cloud.hosts).iter().filter(|host| **host != account);
            let others: Vec<String> = others.map(|host| (*host).to_owned()).collect();
            std::iter::once(account).chain(others).collect()
        }
        Hosts::OfBoth => {
            let aliases = authority.aliases();
            if aliases.contains(&account) { aliases } else { Vec::new() }
        }
    }
}

fn tenant(request: &Request, tenant: Tenant, known: &Known) -> String {
    let typed = &request.authority.tenant;
    let is_shared = request.authority.is_shared();
    match (tenant, &request.who) {
        (Tenant::Lower, _) => typed.to_lowercase(),
        (Tenant::OfAccount, Who::Account(_)) if is_shared => known.realm.clone().unwrap_or_else(|| typed.clone()),
        (Tenant::Home, Who::Account(account)) if is_shared => {
            account.rsplit_once('.').map_or_else(|| typed.clone(), |(_, home)| home.to_owned())
        }
        (Tenant::AsTyped | Tenant::OfAccount | Tenant::Home, _) => typed.clone(),
    }
}

/// What msal-common counts as scopes of OpenID Connect.
const OIDC: [&str; 4] = ["openid", "profile", "offline_access", "email"];

fn scopes(asked: &[String], rule: ScopeRule) -> Vec<String> {
    let asked = || asked.iter().map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty());
    match rule {
        ScopeRule::Exact | ScopeRule::Counted => asked().collect(),
        ScopeRule::AnyCase => unique(asked()),
        ScopeRule::AnyCaseUnreserved => unique(asked().filter(|scope| !is_reserved(scope))),
        ScopeRule::Sized => {
            let mut all = unique(asked().chain(OIDC.into_iter().take(3).map(str::to_owned)));
            let is_oidc = |scope: &String| OIDC.contains(&scope.to_lowercase().as_str());
            if all.iter().all(is_oidc) {
                all.retain(|scope| scope != "offline_access");
            } else {
                all.retain(|scope| !OIDC.contains(&scope.as_str()));
            }
            all
        }
    }
}

fn unique(scopes: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for scope in scopes {
        if !seen.contains(&scope) {
            seen.push(scope);
        }
    }
    seen
}

fn components(request: &Request, rules: &Rules, notes: &mut Vec<String>) -> Vec<(String, String)> {
    let reach = match request.who {
        Who::Account(_) => rules.reach.person,
        Who::App => rules.reach.app,
    };
    let takes = |name: &str| match reach {
        Components::AnyBut(others) => !others.contains(&name),
        Components::Only(those) => those.contains(&name),
    };
    let (taken, left): (Vec<_>, Vec<_>) =
        request.data.iter().filter(|(_, value)| !value.is_empty()).cloned().partition(|(name, _)| takes(name));
    let title = rules.runtime.title();
    notes.extend(left.iter().map(|(name, _)| format!("{title} keys no token by {name} here: it is asked without")));
    taken
}

fn scheme(request: &Request, rules: &Rules, notes: &mut Vec<String>) -> Scheme {
    if request.scheme == Scheme::Bearer || rules.reach.schemes == Reachable::Yes {
        return request.scheme;
    }
    let (title, wanted) = (rules.runtime.title(), request.scheme.token_type());
    notes.push(format!("{title} cannot be asked for {wanted} tokens here: it is asked for Bearer"));
    Scheme::Bearer
}
