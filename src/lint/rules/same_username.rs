//! Several accounts of one user name: what asks for an account by name finds more than one. Guests are none of these: a
//! person has one home account id in all tenants.

use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{AccountRow, Cache, Dialect, Roster, Row, Section, environment, names};
use crate::json::EntrySpot;
use crate::lint::{About, Finding, Rule, Severity, Subject, words};
use crate::ops::{ForgetOptions, forget};

/// The rule `same-username`.
pub(super) struct SameUsername;

static ABOUT: About = About {
    id: "same-username",
    severity: Severity::Error,
    title: "Several accounts with one user name",
    text: include_str!("../../../assets/explain/same-username.md"),
    link: "https://github.com/Azure/azure-cli/issues/20168",
};

/// The tenant in which every personal Microsoft account lives.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

impl Rule for SameUsername {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let mut by_name: BTreeMap<String, Vec<&AccountRow>> = BTreeMap::new();
        for account in roster.accounts.iter().filter(|account| !account.is_app_only()) {
            let name = account.username.as_deref().unwrap_or_default().to_lowercase();
            by_name.entry(name).or_default().push(account);
        }
        by_name.remove("");
        by_name.remove("missing from the token response");
        let mut findings = Vec::new();
        for accounts in by_name.values() {
            findings.extend(accounts.iter().filter_map(|account| aliases(roster, account)));
            if accounts.len() > 1 {
                findings.push(finding(cache, roster, accounts).graded(gravity(subject, roster, accounts)));
            }
        }
        findings
    }
}

/// Azure CLI looks accounts up by name and stops when it finds two on the host that it signs in at.
fn gravity(subject: &Subject<'_>, roster: &Roster, accounts: &[&AccountRow]) -> Severity {
    let is_azure_cli = |row: &Row| row.client_name() == "Azure CLI";
    let mut hosts = accounts.iter().map(|account| account.environments.iter().collect::<BTreeSet<_>>());
    let first = hosts.next().unwrap_or_default();
    let share_host = hosts.any(|other| !first.is_disjoint(&other));
    let stops = subject.runtime() == Dialect::Python && roster.rows.iter().any(is_azure_cli) && share_host;
    if stops { subject.graded(Severity::Error) } else { Severity::Warning }
}

/// One account under two host names of one cloud: apps list it twice.
fn aliases(roster: &Roster, account: &AccountRow) -> Option<Finding> {
    let entries: Vec<&Row> = account_entries(roster, account).collect();
    let hosts: BTreeSet<_> = entries.iter().filter_map(|row| row.environment.as_deref()).collect();
    let clouds: BTreeSet<_> =
        hosts.iter().filter_map(|host| environment::cloud(host)).map(|cloud| cloud.name).collect();
    if hosts.len() < 2 || clouds.len() != 1 {
        return None;
    }
    let says = format!(
        "{} stands under {} names of one cloud ({}): msal-node lists it twice, and an app that takes the first may take \
         the one without tokens.",
        account.label(),
        hosts.len(),
        hosts.into_iter().collect::<Vec<_>>().join(", ")
    );
    let spots = entries.iter().map(|row| row.spot).collect();
    Some(Finding::of(&ABOUT, spots, says).graded(Severity::Warning))
}

fn finding(cache: &Cache<'_>, roster: &Roster, accounts: &[&AccountRow]) -> Finding {
    let name = accounts.first().map(|account| account.label()).unwrap_or_default();
    let is_personal = |account: &&AccountRow| account.home_tenant().is_some_and(|t| t.eq_ignore_ascii_case(PERSONAL));
    let tenants: BTreeSet<_> =
        accounts.iter().map(|account| account.home_tenant().unwrap_or("").to_lowercase()).collect();
    let recycled = tenants.len() < accounts.len();
    let cause = if accounts.iter().any(is_personal) && !accounts.iter().all(is_personal) {
        "a personal Microsoft account and a work account with one address: both are real"
    } else if recycled {
        "other people (object ids) of one tenant: the name was given to a new user, the older account is the former one's"
    } else {
        "accounts of different home tenants: a move to another tenant, or two sign-ups with one address"
    };
    let count = words::counted(accounts.len(), "account has", "accounts have");
    let says = format!("{count} the user name {name}: {cause}. {}", ids(accounts));
    let found = Finding::of(&ABOUT, spots(roster, accounts), says);
    match former(roster, accounts).filter(|_| recycled) {
        Some(accounts) => found.mended_by(forget(cache, &ForgetOptions { accounts, clients: Vec::new() })),
        None => found,
    }
}

fn ids(accounts: &[&AccountRow]) -> String {
    let shown = accounts.iter().map(|account| {
        let place = account.home_tenant().and_then(names::tenant).map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{}{place}", account.home_account_id)
    });
    format!("Remove one with `forget --account ID`: {}.", shown.collect::<Vec<_>>().join(", "))
}

fn spots(roster: &Roster, accounts: &[&AccountRow]) -> Vec<EntrySpot> {
    let mut spots: Vec<_> =
        accounts.iter().flat_map(|account| account_entries(roster, account)).map(|row| row.spot).collect();
    spots.sort_unstable();
    spots
}

/// Of people who had one name in one tenant after another, all but the last, if dates tell which.
fn former(roster: &Roster, accounts: &[&AccountRow]) -> Option<Vec<String>> {
    let mut by_tenant: BTreeMap<String, Vec<(i64, &str)>> = BTreeMap::new();
    for account in accounts {
        let seen = account.rows.iter().filter_map(|at| roster.rows.get(*at)?.cached_at).map(|at| at.0).max()?;
        let tenant = account.home_tenant().unwrap_or("").to_lowercase();
        by_tenant.entry(tenant).or_default().push((seen, &account.home_account_id));
    }
    let mut former = Vec::new();
    for mut people in by_tenant.into_values() {
        people.sort_unstable();
        let (last, earlier) = people.split_last()?;
        if earlier.iter().any(|(seen, _)| *seen == last.0) {
            return None;
        }
        former.extend(earlier.iter().map(|(_, id)| (*id).to_owned()));
    }
    (!former.is_empty()).then_some(former)
}

fn account_entries<'r>(roster: &'r Roster, account: &'r AccountRow) -> impl Iterator<Item = &'r Row> {
    account.rows.iter().filter_map(|at| roster.rows.get(*at)).filter(|row| row.section == Section::Account)
}
