//! Why several accounts of one person get in each other's way, which app trips over them, and which one to take out.
//! Decides nothing: removing one is `forget`'s.

use std::collections::BTreeSet;

use super::people::{Identity, Kind, Reader, Sighting};
use crate::cache::{Health, environment};

/// Something odd about the accounts of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Why there are several.
    pub cause: Cause,
    /// The user name that they have in common; empty where an account clashes with itself.
    pub name: String,
    /// The accounts, as indexes into those of the person.
    pub accounts: Vec<usize>,
    /// The caches that hold two or more of them, or twins of the one.
    pub caches: Vec<usize>,
    /// The cache in which Azure CLI stops with "Found multiple accounts with the same username".
    pub stops_azure_cli: Option<usize>,
    /// The account that looks least in use, if one does: the first to take out.
    pub stalest: Option<usize>,
}

/// Why there are several accounts where one was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A personal and a work account with one e-mail address.
    PersonalAndWork,
    /// One name, one tenant, two objects: the name was given anew.
    Recycled,
    /// One name at home in two tenants: the tenant was moved, or two have taken the name in.
    Tenants,
    /// An account of AD FS and one of the cloud.
    AdfsAndCloud,
    /// One name in two clouds that know nothing of each other.
    Clouds,
    /// One account for each B2C policy.
    Policies,
    /// One account that is a guest in other tenants.
    Guest,
    /// One account under several names of one cloud.
    Aliases,
}

impl Cause {
    /// The word in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PersonalAndWork => "personal-and-work",
            Self::Recycled => "recycled-name",
            Self::Tenants => "different-tenants",
            Self::AdfsAndCloud => "adfs-and-cloud",
            Self::Clouds => "different-clouds",
            Self::Policies => "b2c-policies",
            Self::Guest => "guest",
            Self::Aliases => "environment-aliases",
        }
    }

    /// Whether apps can be led to the wrong account by it.
    #[must_use]
    pub fn misleads(self) -> bool {
        match self {
            Self::PersonalAndWork | Self::Recycled | Self::Tenants | Self::AdfsAndCloud => true,
            Self::Clouds | Self::Policies | Self::Guest | Self::Aliases => false,
        }
    }
}

/// What is odd about `accounts`, which are one person's; the gravest first.
pub(super) fn clashes(accounts: &[Identity]) -> Vec<Clash> {
    let names: BTreeSet<&str> = accounts.iter().flat_map(Identity::names).collect();
    let mut found: Vec<Clash> = names.into_iter().flat_map(|name| of_name(accounts, name)).collect();
    for (at, account) in accounts.iter().enumerate() {
        found.extend(guest(at, account).into_iter().chain(aliases(at, account)));
    }
    found.sort_by_key(|clash| clash.cause);
    found
}

/// The clashes of the accounts called `name`: one for each cause.
fn of_name(accounts: &[Identity], name: &str) -> Vec<Clash> {
    let called: Vec<(usize, &Identity)> =
        accounts.iter().enumerate().filter(|(_, account)| account.names().any(|known| known == name)).collect();
    let mut causes: Vec<(Cause, BTreeSet<usize>)> = Vec::new();
    for (nth, (a, first)) in called.iter().enumerate() {
        for (b, second) in called.iter().skip(nth + 1) {
            let cause = cause(first, second);
            match causes.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, both)) => both.extend([*a, *b]),
                None => causes.push((cause, BTreeSet::from([*a, *b]))),
            }
        }
    }
    causes.into_iter().map(|(cause, of)| clash(accounts, cause, name, of)).collect()
}

fn clash(accounts: &[Identity], cause: Cause, name: &str, of: BTreeSet<usize>) -> Clash {
    let of: Vec<usize> = of.into_iter().collect();
    let seen = |at: &usize| accounts.get(*at).map(|account| account.sightings.as_slice()).unwrap_or_default();
    let caches: BTreeSet<usize> = of.iter().flat_map(seen).map(|sighting| sighting.cache).collect();
    let holds = |cache: &usize| of.iter().filter(|at| seen(at).iter().any(|seen| seen.cache == *cache)).count();
    let caches: Vec<usize> = caches.into_iter().filter(|cache| holds(cache) > 1).collect();
    let stops_azure_cli = caches.iter().copied().find(|cache| stops(&of, accounts, *cache));
    let stalest = if cause.misleads() { stalest(accounts, &of, &caches) } else { None };
    Clash { cause, name: name.to_owned(), accounts: of, caches, stops_azure_cli, stalest }
}

/// Whether Azure CLI finds two of the accounts in this cache: MSAL Python lists those of one host, each home account id
/// once (application.py, `_find_msal_accounts`).
fn stops(of: &[usize], accounts: &[Identity], cache: usize) -> bool {
    let sightings = of.iter().filter_map(|at| accounts.get(*at)?.sightings.iter().find(|seen| seen.cache == cache));
    let sightings: Vec<_> = sightings.filter(|seen| seen.reader == Reader::AzureCli).collect();
    let mut hosts = sightings.iter().flat_map(|seen| &seen.hosts);
    hosts.any(|host| sightings.iter().filter(|seen| seen.hosts.contains(host)).count() > 1)
}

fn cause(a: &Identity, b: &Identity) -> Cause {
    let kinds = [a.kind, b.kind];
    let is_personal = kinds.map(|kind| kind == Kind::Personal);
    match () {
        () if kinds.contains(&Kind::Adfs) && kinds != [Kind::Adfs; 2] => Cause::AdfsAndCloud,
        () if kinds == [Kind::Policy; 2] && a.object() == b.object() => Cause::Policies,
        () if !share_a_cloud(a, b) => Cause::Clouds,
        () if is_personal == [true, false] || is_personal == [false, true] => Cause::PersonalAndWork,
        () if a.home_tenant().eq_ignore_ascii_case(b.home_tenant()) => Cause::Recycled,
        () => Cause::Tenants,
    }
}

fn share_a_cloud(a: &Identity, b: &Identity) -> bool {
    let hosts =
        |account: &Identity| -> Vec<String> { account.sightings.iter().flat_map(|seen| seen.hosts.clone()).collect() };
    let (a, b) = (hosts(a), hosts(b));
    let is_same = |host: &String| b.iter().any(|other| environment::same_cloud(host, other));
    a.is_empty() || b.is_empty() || a.iter().any(is_same)
}

/// The account that is of least use in `caches`, or anywhere if there are none: the least healthy, then the one written
/// longest ago. `None` if two are alike.
fn stalest(accounts: &[Identity], of: &[usize], caches: &[usize]) -> Option<usize> {
    let is_meant = |seen: &&Sighting| caches.is_empty() || caches.contains(&seen.cache);
    let rank = |at: &usize| {
        let seen = accounts.get(*at)?.sightings.iter().filter(is_meant);
        let best = seen.clone().map(|seen| usefulness(seen.health)).max();
        Some(((best, seen.filter_map(|seen| seen.last_written).max()), *at))
    };
    let mut ranked: Vec<_> = of.iter().filter_map(rank).collect();
    ranked.sort();
    match ranked.as_slice() {
        [(least, at), (next, _), ..] if least < next => Some(*at),
        _ => None,
    }
}

fn usefulness(health: Health) -> u8 {
    match health {
        Health::SignInNeeded => 0,
        Health::Unknown => 1,
        Health::Renews => 2,
        Health::Ok => 3,
    }
}

/// One account with entries in tenants that are not its home.
fn guest(at: usize, account: &Identity) -> Option<Clash> {
    let caches: Vec<usize> = account.sightings.iter().filter(|seen| seen.is_guest()).map(|seen| seen.cache).collect();
    (!caches.is_empty()).then(|| alone(Cause::Guest, at, caches))
}

/// One account under several hosts of one cloud in one cache.
fn aliases(at: usize, account: &Identity) -> Option<Clash> {
    let is_twin = |hosts: &[String]| {
        let pairs = hosts.iter().enumerate().flat_map(|(nth, a)| hosts.iter().skip(nth + 1).map(move |b| (a, b)));
        pairs.into_iter().any(|(a, b)| environment::same_cloud(a, b))
    };
    let twins = account.sightings.iter().filter(|seen| is_twin(&seen.hosts));
    let caches: Vec<usize> = twins.map(|seen| seen.cache).collect();
    (!caches.is_empty()).then(|| alone(Cause::Aliases, at, caches))
}

fn alone(cause: Cause, at: usize, caches: Vec<usize>) -> Clash {
    Clash { cause, name: String::new(), accounts: vec![at], caches, stops_azure_cli: None, stalest: None }
}
