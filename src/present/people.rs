//! People and their accounts in words: what put the accounts together, what is odd, which command takes one out.
//! Says "seem": local data cannot prove who is who.

use std::collections::BTreeSet;

use super::change::{counted, listed};
use super::when;
use super::words::{Line, Role, quoted};
use crate::cache::Health;
use crate::ops::people::{Bond, Identity, Kind, Person, Sighting};
use crate::ops::{Cause, Clash};
use crate::time::UnixSeconds;

/// How a cache is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The app whose cache it is.
    pub app: String,
    /// The place, short.
    pub short: String,
    /// The place as a command takes it.
    pub argument: String,
}

/// A command that takes one account out of one cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// Index of the cache.
    pub cache: usize,
    /// Index into the accounts of the person.
    pub account: usize,
    /// The command.
    pub command: String,
}

/// Lines about a person, and the cache and the account that they tell of.
pub struct Part {
    /// The number of the cache, and the home account id.
    pub seen: Option<(usize, String)>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One person: accounts with where they were found, what they have in common, what is odd.
#[must_use]
pub fn lines(person: &Person, caches: &[Named], now: UnixSeconds) -> Vec<Line> {
    parts(person, caches, now).into_iter().flat_map(|part| part.lines).collect()
}

/// The same in parts: each place where an account was found is one.
#[must_use]
pub fn parts(person: &Person, caches: &[Named], now: UnixSeconds) -> Vec<Part> {
    let name = person.accounts.iter().find_map(|account| account.name.as_deref()).unwrap_or_default();
    let gap = if name.is_empty() { "" } else { "  " };
    let head = Line::new().with(Role::Strong, &person.label).with(Role::Plain, &format!("{gap}{name}"));
    let mut parts = vec![Part { seen: None, lines: vec![head] }];
    for account in &person.accounts {
        let kind = Line::plain("  ").with(Role::Plain, &what(account));
        let id = Line::plain("    ").with(Role::Dim, &account.home_account_id);
        parts.push(Part { seen: None, lines: vec![kind, id] });
        parts.extend(account.sightings.iter().map(|seen| Part {
            seen: Some((seen.cache, account.home_account_id.clone())),
            lines: vec![sighting(seen, caches, now)],
        }));
    }
    parts.push(Part { seen: None, lines: about(person, caches) });
    parts
}

/// What the accounts of a person have in common, and what is odd.
fn about(person: &Person, caches: &[Named]) -> Vec<Line> {
    let mut lines = Vec::new();
    if person.accounts.len() > 1 {
        let bonds: Vec<String> = person.bonds.iter().map(bond).collect();
        let says = format!("  put together by {}; nobody was asked whether this is one person", listed(&bonds));
        lines.push(Line::new().with(Role::Dim, &says));
    }
    let mut stopped = BTreeSet::new();
    for clash in &person.clashes {
        lines.extend(told(person, clash, caches, clash.stops_azure_cli.filter(|cache| stopped.insert(*cache))));
    }
    lines
}

/// "2 people with 3 accounts in 2 caches; 1 conflict. Local data only."
#[must_use]
pub fn footer(people: &[Person], caches: usize) -> Line {
    let accounts: usize = people.iter().map(|person| person.accounts.len()).sum();
    let conflicts = people.iter().flat_map(|person| &person.clashes).filter(|clash| clash.cause.misleads()).count();
    let (people, accounts) = (counted(people.len(), "person", "people"), counted(accounts, "account", "accounts"));
    let line = Line::plain(&format!("{people} with {accounts} in {}; ", counted(caches, "cache", "caches")));
    let role = if conflicts > 0 { Role::Warn } else { Role::Good };
    let line = line.with(role, &counted(conflicts, "conflict", "conflicts"));
    line.with(Role::Plain, ". Local data only: no directory was asked.")
}

/// The cause of a clash as a sentence.
#[must_use]
pub fn says(person: &Person, clash: &Clash) -> String {
    let first = clash.accounts.first().and_then(|at| person.accounts.get(*at));
    let name = if clash.name.is_empty() { person.label.as_str() } else { clash.name.as_str() };
    match clash.cause {
        Cause::PersonalAndWork => {
            format!("{name} names a personal and a work account: Microsoft keeps them apart, a user name does not")
        }
        Cause::Recycled => format!(
            "{name} names {} accounts of one tenant: the name was given anew, perhaps to somebody else",
            clash.accounts.len()
        ),
        Cause::Tenants => format!(
            "{name} is at home in {} tenants: the account was moved to another one, or both took the name in",
            clash.accounts.len()
        ),
        Cause::AdfsAndCloud => format!("{name} names an account of AD FS on the premises and one of the cloud"),
        Cause::Clouds => {
            format!("{name} has accounts in clouds that know nothing of each other: each needs its own sign-in")
        }
        Cause::Policies => format!("{name} has one account for each B2C policy, as B2C means it"),
        Cause::Guest => format!(
            "{name} is one account, {}: MSAL keeps an entry for each tenant, and that is no conflict",
            tenants(first)
        ),
        Cause::Aliases => format!(
            "{name} is one account under several names of one cloud; `az logout` takes out those of the one it uses and leaves the others, `saltcellar forget` leaves none"
        ),
    }
}

/// The commands that take out one of the clashing accounts, the one in least use first.
#[must_use]
pub fn remedies(person: &Person, clash: &Clash, caches: &[Named]) -> Vec<Remedy> {
    if !clash.cause.misleads() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for at in &clash.accounts {
        let Some(account) = person.accounts.get(*at) else { continue };
        for cache in account.sightings.iter().map(|seen| seen.cache).filter(|cache| clash.caches.contains(cache)) {
            let place = caches.get(cache).map_or("", |named| named.argument.as_str());
            let command = format!("saltcellar forget {} --account {}", quoted(place), quoted(&account.home_account_id));
            found.push(Remedy { cache, account: *at, command });
        }
    }
    found.sort_by_key(|remedy| clash.stalest != Some(remedy.account));
    found
}

/// The clash, with what it means to Azure CLI where that is news.
fn told(person: &Person, clash: &Clash, caches: &[Named], stopped: Option<usize>) -> Vec<Line> {
    let (sign, role) = if clash.cause.misleads() { ("  ! ", Role::Warn) } else { ("  . ", Role::Dim) };
    let mut lines = vec![Line::new().with(role, &format!("{sign}{}.", says(person, clash)))];
    let note = |text: String| Line::plain("    ").with(Role::Plain, &text);
    if let Some(named) = stopped.and_then(|cache| caches.get(cache)) {
        let stops = format!("Azure CLI stops at {}: \"Found multiple accounts with the same username\".", named.short);
        lines.push(note(stops));
        lines.push(note(format!(
            "`az logout --username {}` takes out all of them, `az account clear` everybody.",
            quoted(&clash.name)
        )));
    }
    if clash.cause.misleads() && clash.caches.is_empty() {
        lines.push(note("No cache holds both: each app goes on as the one it knows.".to_owned()));
    }
    let remedies = remedies(person, clash, caches);
    if !remedies.is_empty() {
        lines.push(note("To take one out and keep the rest:".to_owned()));
    }
    lines.extend(remedies.iter().map(|remedy| {
        let line = Line::plain("      ").with(Role::Strong, &remedy.command);
        let is_stalest = clash.stalest == Some(remedy.account);
        if is_stalest { line.with(Role::Dim, "   # least in use") } else { line }
    }));
    lines
}

fn what(account: &Identity) -> String {
    let kind = match account.kind {
        Kind::Work => "work account",
        Kind::Personal => "personal account",
        Kind::Policy => "B2C account",
        Kind::Adfs => "AD FS account",
    };
    let name = account.username.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    match account.kind {
        Kind::Personal if !account.sightings.iter().any(Sighting::is_guest) => format!("{kind}{name}"),
        Kind::Personal | Kind::Work | Kind::Policy | Kind::Adfs => format!("{kind}{name}, {}", tenants(Some(account))),
    }
}

/// "at home in contoso, a guest in fabrikam".
fn tenants(account: Option<&Identity>) -> String {
    let tenants = account.map(Identity::tenants).unwrap_or_default();
    let named = |home: bool| -> Vec<String> {
        tenants.iter().filter(|tenant| tenant.home == home).map(|tenant| tenant.name.clone()).collect()
    };
    match (named(true), named(false)) {
        (home, guest) if home.is_empty() && guest.is_empty() => "of no tenant".to_owned(),
        (home, guest) if guest.is_empty() => format!("at home in {}", listed(&home)),
        (home, guest) if home.is_empty() => format!("a guest in {}", listed(&guest)),
        (home, guest) => format!("at home in {}, a guest in {}", listed(&home), listed(&guest)),
    }
}

fn sighting(seen: &Sighting, caches: &[Named], now: UnixSeconds) -> Line {
    let named = caches.get(seen.cache);
    let app = named.map_or("", |named| named.app.as_str());
    let line =
        Line::plain("    ").with(Role::Plain, &format!("{app}  {}  ", named.map_or("", |named| named.short.as_str())));
    let (words, role) = match seen.health {
        Health::Ok => ("ok", Role::Good),
        Health::Renews => ("renews itself", Role::Good),
        Health::SignInNeeded => ("SIGN-IN NEEDED", Role::Bad),
        Health::Unknown => ("unknown", Role::Dim),
    };
    let line = line.with(role, words);
    match seen.last_written {
        Some(at) => line.with(Role::Dim, &format!("  last token {}", when::relative(at, now))),
        None => line,
    }
}

fn bond(bond: &Bond) -> String {
    match bond {
        Bond::UserName(name) => format!("the same user name {name}"),
        Bond::Object(id) => format!("the same object id {id}"),
    }
}
