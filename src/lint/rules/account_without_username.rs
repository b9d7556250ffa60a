//! Accounts without a user name: apps that ask for an account by name do not find them.

use crate::cache::{Cache, Dialect, Entry, Field, Section, claims, environment};
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
        let Some(cache) = subject.cache else { return Vec::new() };
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
                    let name = name_of(cache, entry)?;
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

/// The name that an ID token of this account gives, first of the same tenant.
pub(super) fn name_of(cache: &Cache<'_>, account: &Entry<'_>) -> Option<String> {
    let home = account.text(Field::HomeAccountId)?;
    let is_its = |entry: &Entry<'_>| {
        entry.section() == Section::IdToken
            && entry.text(Field::HomeAccountId).is_some_and(|id| id.eq_ignore_ascii_case(&home))
    };
    let mut tokens: Vec<_> = cache.entries().filter(is_its).collect();
    tokens.sort_by_key(|token| token.text(Field::Realm) != account.text(Field::Realm));
    let name_in = |token: &Entry<'_>| {
        let claims = claims::of_token(&token.secret()?);
        ["preferred_username", "upn"].into_iter().find_map(|name| claims.text(name).filter(|name| !name.is_empty()))
    };
    tokens.iter().find_map(name_in)
}
