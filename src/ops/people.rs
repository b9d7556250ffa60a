//! Who stands behind the accounts of one or several caches: accounts are put together by user name, by object id and
//! by home account id, and what put them together is said. Local data only: nobody is asked who is who.

use std::collections::HashMap;

use super::clash::{Clash, clashes};
use crate::cache::{AccountRow, Cache, Field, Health, Roster, Row, Section, Tenant};
use crate::time::UnixSeconds;

/// The tenant of every personal Microsoft account.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// What MSAL.NET writes where a token response told no user name.
const NO_NAME: &str = "missing from the token response";

/// A cache to look for people in.
#[derive(Clone, Copy, Debug)]
pub struct Census<'a> {
    /// The cache.
    pub cache: Cache<'a>,
    /// Its roster.
    pub roster: &'a Roster,
    /// Whose cache it is.
    pub reader: Reader,
}

/// The app that reads a cache, as far as it matters who is in there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Azure CLI, which refuses to choose between two accounts of one user name.
    AzureCli,
    /// Another app.
    Other,
}

impl Reader {
    /// Who reads the cache of `app`, if the place tells that, in the file called `file`.
    #[must_use]
    pub fn of(app: Option<&str>, file: Option<&str>) -> Self {
        let is_its_file = matches!(file, Some("msal_token_cache.json" | "msal_token_cache.bin"));
        if app == Some("Azure CLI") || is_its_file { Self::AzureCli } else { Self::Other }
    }
}

/// Accounts that seem to be of one person.
#[derive(Clone, Debug)]
pub struct Person {
    /// What the person is called: a user name, else an id.
    pub label: String,
    /// The accounts, each once, in order of appearance.
    pub accounts: Vec<Identity>,
    /// What put them together.
    pub bonds: Vec<Bond>,
    /// What is odd about them, and what to do.
    pub clashes: Vec<Clash>,
}

/// One account, in however many caches.
#[derive(Clone, Debug)]
pub struct Identity {
    /// `uid.utid`.
    pub home_account_id: String,
    /// The first user name that was found.
    pub username: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// What sort of account it is.
    pub kind: Kind,
    /// Where it was found.
    pub sightings: Vec<Sighting>,
    keys: Vec<Bond>,
}

/// The sort of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of an organization.
    Work,
    /// A personal Microsoft account.
    Personal,
    /// Of an app's own directory (B2C): one account for each policy.
    Policy,
    /// Of AD FS on the premises.
    Adfs,
}

/// An account in one cache.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Index of the cache.
    pub cache: usize,
    /// Index into the accounts of its roster.
    pub account: usize,
    /// Whose cache it is.
    pub reader: Reader,
    /// The hosts under which it has an account entry that MSAL Python lists, in lower case.
    pub hosts: Vec<String>,
    /// The tenants in which it has something there.
    pub tenants: Vec<Tenant>,
    /// Its health there.
    pub health: Health,
    /// When a token of it was last written there.
    pub last_written: Option<UnixSeconds>,
}

/// Why two accounts are taken to be one person's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Bond {
    /// They are called the same, guest names (`#EXT#`) read as what they stand for.
    UserName(String),
    /// They are the same object of a directory.
    Object(String),
}

impl Kind {
    /// The word in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Personal => "personal",
            Self::Policy => "b2c",
            Self::Adfs => "adfs",
        }
    }
}

impl Sighting {
    /// Whether it has something there in a tenant that is not its home.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.tenants.iter().any(|tenant| !tenant.home)
    }
}

impl Identity {
    /// The tenants of all sightings, each once, its home first.
    #[must_use]
    pub fn tenants(&self) -> Vec<&Tenant> {
        let mut tenants: Vec<&Tenant> = Vec::new();
        for tenant in self.sightings.iter().flat_map(|seen| &seen.tenants) {
            if !tenants.iter().any(|known| known.realm.eq_ignore_ascii_case(&tenant.realm)) {
                tenants.push(tenant);
            }
        }
        tenants.sort_by_key(|tenant| !tenant.home);
        tenants
    }

    /// The home tenant's id; empty for AD FS.
    #[must_use]
    pub fn home_tenant(&self) -> &str {
        self.home_account_id.rsplit_once('.').map_or("", |(_, tenant)| tenant)
    }

    /// The object id in front of the tenant, without a B2C policy.
    pub(super) fn object(&self) -> &str {
        let uid = self.home_account_id.rsplit_once('.').map_or(self.home_account_id.as_str(), |(uid, _)| uid);
        uid.get(..36).filter(|id| is_object_id(id)).unwrap_or(uid)
    }

    /// The user names by which the account was found.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| match key {
            Bond::UserName(name) => Some(name.as_str()),
            Bond::Object(_) => None,
        })
    }

    fn new(account: &AccountRow) -> Self {
        Self {
            home_account_id: account.home_account_id.clone(),
            username: None,
            name: None,
            kind: Kind::Work,
            sightings: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn add(&mut self, at: usize, place: usize, census: &Census<'_>, now: UnixSeconds) {
        let Some(account) = census.roster.accounts.get(at) else { return };
        let named = account.username.clone().filter(|name| !canonical(name).is_empty());
        self.username = self.username.take().or(named);
        self.name = self.name.take().or_else(|| account.name.clone());
        let rows = || account.rows.iter().filter_map(|row| census.roster.rows.get(*row));
        let mut hosts: Vec<String> = Vec::new();
        for row in rows().filter(|row| row.section == Section::Account) {
            self.read(census, row, &mut hosts);
        }
        let health = census.roster.health(at, None, now);
        let last_written = rows().filter_map(|row| written(census, row)).max();
        let (reader, tenants) = (census.reader, account.tenants.clone());
        self.sightings.push(Sighting { cache: place, account: at, reader, hosts, tenants, health, last_written });
    }

    /// Reads one account entry: who it is, and where MSAL Python lists it.
    fn read(&mut self, census: &Census<'_>, row: &Row, hosts: &mut Vec<String>) {
        let text = |field| census.cache.entry(row.spot).and_then(|entry| entry.text(field)).unwrap_or_default();
        let authority = text(Field::AuthorityType);
        self.kind = kind(&self.home_account_id, &authority);
        let host = row.environment.as_deref().unwrap_or("").to_lowercase();
        if ["MSSTS", "ADFS"].contains(&&*authority) && !hosts.contains(&host) {
            hosts.push(host);
        }
        let name = Some(canonical(row.username.as_deref().unwrap_or(""))).filter(|name| !name.is_empty());
        let local = text(Field::LocalAccountId).to_lowercase();
        let objects = [local, self.object().to_lowercase()].into_iter().filter(|id| is_object_id(id));
        for key in name.map(Bond::UserName).into_iter().chain(objects.map(Bond::Object)) {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
    }
}

/// The people behind the accounts of `caches`, in order of appearance, as they stand at `now`.
#[must_use]
pub fn people(caches: &[Census<'_>], now: UnixSeconds) -> Vec<Person> {
    let identities = identities(caches, now);
    let groups = grouped(&identities);
    let mut people: Vec<Vec<Identity>> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for (identity, group) in identities.into_iter().zip(groups) {
        let place = *places.entry(group).or_insert(people.len());
        match people.get_mut(place) {
            Some(accounts) => accounts.push(identity),
            None => people.push(vec![identity]),
        }
    }
    people.into_iter().map(person).collect()
}

fn person(accounts: Vec<Identity>) -> Person {
    let first = accounts.first();
    let named = accounts.iter().find_map(|account| account.names().next());
    let label = named.or(first.map(|account| account.home_account_id.as_str())).unwrap_or_default().to_owned();
    let bonds = bonds(&accounts);
    let clashes = clashes(&accounts);
    Person { label, accounts, bonds, clashes }
}

/// What two or more of the accounts have in common.
fn bonds(accounts: &[Identity]) -> Vec<Bond> {
    let mut found: Vec<(&Bond, usize)> = Vec::new();
    for key in accounts.iter().flat_map(|account| &account.keys) {
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += 1,
            None => found.push((key, 1)),
        }
    }
    found.into_iter().filter(|(_, count)| *count > 1).map(|(bond, _)| bond.clone()).collect()
}

fn identities(caches: &[Census<'_>], now: UnixSeconds) -> Vec<Identity> {
    let mut found: Vec<Identity> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, census) in caches.iter().enumerate() {
        let accounts = census.roster.accounts.iter().enumerate().filter(|(_, account)| !account.is_app_only());
        for (at, account) in accounts {
            let known = *places.entry(account.home_account_id.to_lowercase()).or_insert(found.len());
            if known == found.len() {
                found.push(Identity::new(account));
            }
            found.get_mut(known).into_iter().for_each(|identity| identity.add(at, place, census, now));
        }
    }
    found
}

/// For each identity the number of the group to which its keys bind it.
fn grouped(identities: &[Identity]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..identities.len()).collect();
    let mut owners: HashMap<&Bond, usize> = HashMap::new();
    for (at, identity) in identities.iter().enumerate() {
        for key in &identity.keys {
            let owner = *owners.entry(key).or_insert(at);
            let (a, b) = (root(&parents, owner), root(&parents, at));
            parents.iter_mut().skip(a.max(b)).take(1).for_each(|parent| *parent = a.min(b));
        }
    }
    (0..identities.len()).map(|at| root(&parents, at)).collect()
}

fn root(parents: &[usize], at: usize) -> usize {
    let up = |at: &usize| parents.get(*at).copied().filter(|parent| parent != at);
    std::iter::successors(Some(at), up).last().unwrap_or(at)
}

/// When the token in `row` was written, as far as its entry tells.
fn written(census: &Census<'_>, row: &Row) -> Option<UnixSeconds> {
    match row.section {
        Section::AccessToken => row.cached_at,
        Section::RefreshToken => census.cache.entry(row.spot)?.time(Field::LastModificationTime),
        Section::IdToken | Section::Account | Section::AppMetadata | Section::Other => None,
    }
}

fn kind(home_account_id: &str, authority: &str) -> Kind {
    let Some((uid, tenant)) = home_account_id.rsplit_once('.') else { return Kind::Adfs };
    let has_policy = uid.len() > 37 && uid.get(..36).is_some_and(is_object_id);
    match () {
        () if authority.eq_ignore_ascii_case("ADFS") => Kind::Adfs,
        () if tenant.eq_ignore_ascii_case(CONSUMERS) => Kind::Personal,
        () if has_policy => Kind::Policy,
        () => Kind::Work,
    }
}

/// The user name that `name` stands for, in lower case; empty for what is none.
/// `ada_contoso.com#EXT#@fabrikam.onmicrosoft.com` is `ada@contoso.com`, `live.com#ada@outlook.com` is `ada@outlook.com`.
fn canonical(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let name = name.strip_prefix("live.com#").unwrap_or(&name);
    if name == NO_NAME {
        return String::new();
    }
    let Some((guest, _)) = name.split_once("#ext#") else { return name.to_owned() };
    match guest.rsplit_once('_') {
        Some((user, domain)) => format!("{user}@{domain}"),
        None => guest.to_owned(),
    }
}

/// A GUID that is not all zeros.
fn is_object_id(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    let is_fit = |(at, byte): (usize, u8)| if dashes.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(is_fit) && text.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_names_are_read_as_what_they_stand_for() {
        assert_eq!(canonical("Ada_Contoso.com#EXT#@fabrikam.onmicrosoft.com"), "ada@contoso.com");
        assert_eq!(canonical("a_b_contoso.com#EXT#@x"), "a_b@contoso.com");
        assert_eq!(canonical("live.com#ada@outlook.com"), "ada@outlook.com");
        assert_eq!(canonical("Missing from the token response"), "");
    }

    #[test]
    fn the_sort_of_an_account_is_told_by_its_id() {
        let oid = "bea00000-0000-4000-8000-000000000006";
        assert_eq!(kind(&format!("{oid}.{CONSUMERS}"), "MSSTS"), Kind::Personal);
        assert_eq!(kind(&format!("{oid}-b2c_1_susi.t"), "MSSTS"), Kind::Policy);
        assert_eq!(kind(&format!("{oid}.t"), "MSSTS"), Kind::Work);
        assert_eq!(kind("Zm9v+/bar=", "ADFS"), Kind::Adfs);
    }
}
