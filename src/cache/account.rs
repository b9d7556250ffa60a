//! Accounts gathered by home account id over tenants and clouds, and short names for tenants.
//! An account is what an Account entry names: tokens without one are orphans and belong to nobody.

use std::fmt;

use super::builder::Notes;
use super::{Entry, Field, QuickMap, QuickSet, Row, Section, Shared, claims, names};

/// One person (or the apps' own tokens) over all tenants and clouds of a cache.
#[derive(Clone)]
pub struct AccountRow {
    /// `uid.utid`; empty for app-only tokens.
    pub home_account_id: String,
    /// The user name, if an Account entry has one.
    pub username: Option<String>,
    /// The display name, if any entry has one.
    pub name: Option<String>,
    /// Hosts, in order of appearance.
    pub environments: Vec<String>,
    /// Tenants, in order of appearance.
    pub tenants: Vec<Tenant>,
    /// Indexes into `Roster::rows`, in file order.
    pub rows: Vec<usize>,
}

/// A tenant in which an account has something.
#[derive(Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The realm as written.
    pub realm: String,
    /// Whether it is the account's home tenant: the part of the home account id behind the dot, or a
    /// realm that stands for it (`organizations`, a B2C tenant's name, AD FS). Guests are the rest.
    pub home: bool,
    /// A short name: "contoso" from a verified domain of the user name at home, else the start of the id.
    pub name: String,
}

impl AccountRow {
    /// The user name, else the home account id, else "app-only".
    #[must_use]
    pub fn label(&self) -> &str {
        let named = self.username.as_deref().filter(|name| !name.is_empty());
        match (named, self.is_app_only()) {
            (Some(name), _) => name,
            (None, true) => "app-only",
            (None, false) => &self.home_account_id,
        }
    }

    /// Whether this gathers the tokens that apps got for themselves.
    #[must_use]
    pub fn is_app_only(&self) -> bool {
        self.home_account_id.is_empty()
    }

    /// The home tenant's id: what stands behind the last dot of the home account id. `None` for AD FS.
    #[must_use]
    pub fn home_tenant(&self) -> Option<&str> {
        self.home_account_id.rsplit_once('.').map(|(_, tenant)| tenant)
    }

    /// The tenant with this realm, ignoring case.
    #[must_use]
    pub fn tenant(&self, realm: &str) -> Option<&Tenant> {
        let as_written = self.tenants.iter().find(|tenant| tenant.realm == realm);
        as_written.or_else(|| self.tenants.iter().find(|tenant| tenant.realm.eq_ignore_ascii_case(realm)))
    }
}

impl fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account with {} tenants and {} rows", self.tenants.len(), self.rows.len())
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.home { "home tenant" } else { "guest tenant" })
    }
}

/// Accounts without the names of their tenants.
pub(super) struct Gathered {
    pub(super) accounts: Vec<AccountRow>,
    /// The realms of each account, in order of appearance; the last accounts may have none.
    pub(super) realms: Vec<Vec<Shared>>,
}

impl Gathered {
    /// The accounts that were `opened` with what they have of `rows`: tells every row whose it is.
    pub(super) fn of(mut opened: Opened, rows: &mut [Row]) -> Self {
        for (at, row) in rows.iter_mut().enumerate() {
            opened.assign(at, row);
        }
        let Opened { mut accounts, realms_of: mut realms, app_only, .. } = opened;
        accounts.extend(app_only);
        realms.resize_with(accounts.len(), Vec::new);
        Self { accounts, realms }
    }
}

/// What accounts and tenants are named after.
pub(super) struct Naming<'a> {
    pub(super) rows: &'a [Row],
    pub(super) notes: &'a Notes,
    pub(super) realms: &'a Realms,
}

impl Naming<'_> {
    /// Names `account`, which has something in `realms`.
    pub(super) fn name(&self, account: &mut AccountRow, realms: &[Shared]) {
        let host = |realm: &str| {
            let is_of = |at: &&usize| self.rows.get(**at).is_some_and(|row| is_id_token(row, realm));
            self.notes.hosts.get(account.rows.iter().rev().find(is_of)?).cloned()
        };
        account.tenants = realms.iter().map(|realm| self.realms.tenant(account, realm, host)).collect();
        account.name = self.display_name(account);
    }

    /// The display name that the Account entries of `account` hold, if one does.
    fn display_name(&self, account: &AccountRow) -> Option<String> {
        let is_account = |at: &&usize| self.rows.get(**at).is_some_and(|row| row.section == Section::Account);
        account.rows.iter().filter(is_account).find_map(|at| self.notes.shown.get(at)).cloned()
    }
}

fn is_id_token(row: &Row, realm: &str) -> bool {
    row.section == Section::IdToken && row.realm.as_deref() == Some(realm)
}

/// Accounts in the making.
#[derive(Default)]
pub(super) struct Opened {
    accounts: Vec<AccountRow>,
    /// By home account id in lower case: .NET compares ids so, and no two people differ by case.
    places: QuickMap<String, usize>,
    app_only: Option<AccountRow>,
    /// The realms of each account, app-only last, in order of appearance.
    realms_of: Vec<Vec<Shared>>,
    /// Of accounts with many realms, those behind the first few.
    more_realms: QuickSet<(usize, Shared)>,
    /// Ids and their accounts by the address of the text that rows share: comparing addresses is cheaper than hashing
    /// texts, of which few are many times there.
    known_ids: QuickMap<usize, Option<usize>>,
    /// What was asked last: the tokens of an account stand together as a rule.
    last_id: Option<(usize, Option<usize>)>,
}

/// So many realms of an account are looked through one by one: few have more.
const FEW: usize = 8;

impl Opened {
    /// An account for each whom the Account entries of `rows` name, with nothing in it.
    pub(super) fn of(rows: &[Row]) -> Self {
        let mut opened = Self::default();
        rows.iter().for_each(|row| opened.open(row));
        opened
    }

    /// Makes room for the account that an Account entry names.
    fn open(&mut self, row: &Row) {
        let Some(id) = row.home_account_id.as_deref().filter(|id| row.section == Section::Account && !id.is_empty())
        else {
            return;
        };
        let next = self.accounts.len();
        let place = *self.places.entry(id.to_ascii_lowercase()).or_insert(next);
        if place == next {
            self.accounts.push(AccountRow::new(id));
        }
        let Some(account) = self.accounts.get_mut(place) else { return };
        let known = account.username.as_deref().is_some_and(|name| !name.is_empty());
        if let Some(username) = row.username.as_deref().filter(|_| !known) {
            account.username = Some(username.to_owned());
        }
    }

    /// Gives `row`, which stands at `at`, to its account, or finds that it is an orphan.
    fn assign(&mut self, at: usize, row: &mut Row) {
        let id = row.home_account_id.as_ref().filter(|id| !id.is_empty());
        let place = match id {
            Some(id) => self.place_of(id),
            None => (row.section == Section::AccessToken && row.client_id.is_some()).then_some(self.accounts.len()),
        };
        row.account = place;
        row.orphan = id.is_some() && place.is_none() && row.section.is_credential();
        let Some(place) = place else { return };
        let account = match self.accounts.get_mut(place) {
            Some(account) => account,
            None => self.app_only.get_or_insert_with(|| AccountRow::new("")),
        };
        account.rows.push(at);
        if let Some(host) =
            row.environment.as_deref().filter(|host| !account.environments.iter().any(|known| known == host))
        {
            account.environments.push(host.to_owned());
        }
        if let Some(realm) = row.realm.as_ref().filter(|realm| !realm.is_empty()) {
            self.note_realm(place, realm);
        }
    }

    fn place_of(&mut self, id: &Shared) -> Option<usize> {
        let Self { known_ids, places, last_id, .. } = self;
        if let Some((_, place)) = last_id.filter(|(last, _)| *last == address(id)) {
            return place;
        }
        let found = || places.get(&**id).or_else(|| places.get(&id.to_ascii_lowercase())).copied();
        let place = *known_ids.entry(address(id)).or_insert_with(found);
        *last_id = Some((address(id), place));
        place
    }

    fn note_realm(&mut self, place: usize, realm: &Shared) {
        self.realms_of.resize_with(self.realms_of.len().max(place + 1), Vec::new);
        let Some(realms) = self.realms_of.get_mut(place) else { return };
        let is_known = realms.iter().take(FEW).any(|known| known == realm);
        if !is_known && (realms.len() < FEW || self.more_realms.insert((place, realm.clone()))) {
            realms.push(realm.clone());
        }
    }
}

/// Where a text lies; texts of rows that live have one each.
fn address(text: &Shared) -> usize {
    text.as_ptr().addr()
}

impl AccountRow {
    fn new(home_account_id: &str) -> Self {
        Self {
            home_account_id: home_account_id.to_owned(),
            username: None,
            name: None,
            environments: Vec::new(),
            tenants: Vec::new(),
            rows: Vec::new(),
        }
    }
}

/// Short names of tenants, by realm in lower case, as the user names of a cache give them away.
#[derive(Clone, Default)]
pub(super) struct Realms(QuickMap<String, String>);

impl Realms {
    /// At home the domain of a user name is a domain of the tenant; an external name
    /// (`ada_contoso.com#EXT#@fabrikam.onmicrosoft.com`) ends in a domain of the tenant it is a guest in.
    pub(super) fn of(rows: &[Row]) -> Self {
        let mut names = QuickMap::<String, String>::default();
        for row in rows.iter().filter(|row| row.section == Section::Account) {
            let (Some(username), Some(id)) = (row.username.as_deref(), row.home_account_id.as_deref()) else {
                continue;
            };
            let home = id.rsplit_once('.').map(|(_, tenant)| tenant);
            let tenant = if is_external(username) { row.realm.as_deref() } else { home };
            if let (Some(tenant), Some(label)) = (tenant, domain_label(username)) {
                names.entry(tenant.to_ascii_lowercase()).or_insert_with(|| label.to_owned());
            }
        }
        Self(names)
    }

    /// The short name of `realm`: what the cache gives away, else the start of the id.
    pub(super) fn name(&self, realm: &str) -> String {
        self.known(realm).unwrap_or_else(|| realm.chars().take(8).collect())
    }

    fn tenant(&self, account: &AccountRow, realm: &str, host: impl Fn(&str) -> Option<String>) -> Tenant {
        let home = self.is_home(account, realm);
        let name = self.known(realm).or_else(|| host(realm));
        Tenant { realm: realm.to_owned(), home, name: name.unwrap_or_else(|| self.name(realm)) }
    }

    fn known(&self, realm: &str) -> Option<String> {
        if is_generic(realm) {
            return Some(realm.to_owned());
        }
        if let Some(name) = names::tenant(realm) {
            return Some(name.to_owned());
        }
        let given_away = self.0.get(&realm.to_ascii_lowercase()).cloned();
        given_away.or_else(|| realm.split_once('.').map(|(label, _)| label.to_owned()))
    }

    fn is_home(&self, account: &AccountRow, realm: &str) -> bool {
        let Some(home) = account.home_tenant() else { return true };
        if home.eq_ignore_ascii_case(realm) || is_generic(realm) {
            return true;
        }
        // A realm may be a domain of the tenant rather than its id; then only names can be compared.
        let Some((label, _)) = realm.split_once('.') else { return false };
        self.0.get(&home.to_ascii_lowercase()).is_none_or(|name| name.eq_ignore_ascii_case(label))
    }
}

/// Realms that stand for "the user's own tenant" in an authority.
fn is_generic(realm: &str) -> bool {
    ["organizations", "common", "consumers"].iter().any(|generic| generic.eq_ignore_ascii_case(realm))
}

fn is_external(username: &str) -> bool {
    username.to_ascii_uppercase().contains("#EXT#")
}

/// "contoso" of `ada@contoso.com`.
fn domain_label(username: &str) -> Option<&str> {
    let (_, domain) = username.rsplit_once('@')?;
    domain.split('.').next().filter(|label| !label.is_empty())
}

/// The name of the guest tenant that its id token gives away by an external user name.
pub(super) fn host_name(entry: &Entry<'_>) -> Option<String> {
    let (id, realm) = (entry.text(Field::HomeAccountId)?, entry.text(Field::Realm)?);
    let is_home = id.rsplit_once('.').is_some_and(|(_, home)| home.eq_ignore_ascii_case(&realm));
    // Decoding costs more than all the rest of a row.
    let claims = (!is_home).then(|| entry.secret()).flatten().map(|secret| claims::of_token(&secret))?;
    let mut names = ["upn", "unique_name", "preferred_username"].into_iter().filter_map(|name| claims.text(name));
    names.find(|name| is_external(name)).and_then(|name| domain_label(&name).map(str::to_owned))
}
