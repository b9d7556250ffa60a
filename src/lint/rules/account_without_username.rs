//! Accounts without a user name: apps that ask for an account by name do not find them.

use std::collections::HashMap;

use crate::cache::{Cache, Dialect, Entry, Field, Roster, Row, Section, claims, environment};
use crate::json::Patch;
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `account-without-username`.
pub(super) struct AccountWithoutUsername;

static ABOUT: About = About {
    id: "account-without-username",
    severity: Severity::Warning,
    title: "An account without a user name",
    text: include_str!("../../../assets/explain/account-without-username.md"),
    link: "https://github.com/Azure/azure-cli/issues/29799",
};

/// What MSAL.NET writes where the token response holds no name.
const MISSING: &str = "Missing from the token response";

impl Rule for AccountWithoutUsername {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let tokens = IdTokens::of(roster);
        let runtime = subject.runtime();
        let nameless: Vec<_> = cache.entries().filter(|entry| is_nameless(entry, runtime)).collect();
        let (known, private): (Vec<_>, Vec<_>) = nameless.into_iter().partition(is_in_known_cloud);
        let findings = [(known, Severity::Warning), (private, Severity::Note)].into_iter();
        findings
            .filter(|(entries, _)| !entries.is_empty())
            .map(|(entries, severity)| {
                let says = format!(
                    "{} no user name: an app that looks for an account by name, as Azure CLI does, does not find it.",
                    words::counted(entries.len(), "account entry has", "account entries have")
                );
                let mut fix = Patch::new("Fill in user names from ID tokens");
                let named = |entry: &Entry<'_>| {
                    let name = tokens.name_of(cache, entry)?;
                    mend::set(cache, entry, Field::Username, &name, "as the account's ID token says")
                };
                fix.changes = entries.iter().filter_map(named).collect();
                let spots = entries.iter().map(Entry::spot).collect();
                Finding::of(&ABOUT, spots, says).graded(severity).mended_by(fix)
            })
            .collect()
    }
}

/// Without a text there MSAL Python fails outright: the rule `missing-field` tells that.
fn is_nameless(entry: &Entry<'_>, runtime: Dialect) -> bool {
    let is_told = runtime == Dialect::Python && entry.text(Field::Username).is_none();
    !is_told
        && entry.section() == Section::Account
        && entry.text(Field::HomeAccountId).is_some()
        && entry.text(Field::Username).is_none_or(|name| name.is_empty() || name == MISSING)
}

/// Customers' directories (B2C) issue tokens without names by design.
fn is_in_known_cloud(entry: &Entry<'_>) -> bool {
    entry.text(Field::Environment).is_some_and(|host| environment::cloud(&host).is_some())
}

/// The ID tokens of a cache by home account id, gathered once: a large cache may hold many accounts.
pub(super) struct IdTokens<'a>(HashMap<String, Vec<&'a Row>>);

impl<'a> IdTokens<'a> {
    /// Those among the rows of `roster`.
    pub(super) fn of(roster: &'a Roster) -> Self {
        let mut tokens: HashMap<String, Vec<&Row>> = HashMap::new();
        for row in roster.rows.iter().filter(|row| row.section == Section::IdToken) {
            let home = row.home_account_id.as_deref().unwrap_or_default().to_lowercase();
            tokens.entry(home).or_default().push(row);
        }
        Self(tokens)
    }

    /// The user name that a token of `account` gives, first of the same tenant.
    pub(super) fn name_of(&self, cache: &Cache<'_>, account: &Entry<'_>) -> Option<String> {
        let mut tokens = self.0.get(&account.text(Field::HomeAccountId)?.to_lowercase())?.clone();
        tokens.sort_by_key(|row| row.realm.as_deref() != account.text(Field::Realm).as_deref());
        let name_in = |row: &&Row| {
            let claims = claims::of_token(&cache.entry(row.spot)?.secret()?);
            ["preferred_username", "upn"].into_iter().find_map(|name| claims.text(name).filter(|name| !name.is_empty()))
        };
        tokens.iter().find_map(name_in)
    }
}
