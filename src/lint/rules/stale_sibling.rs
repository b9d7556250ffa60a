//! A file of the app beside the cache that still names an account whose tokens are gone: the app believes that it is
//! signed in, and fails.

use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `stale-sibling`.
pub(super) struct StaleSibling;

static ABOUT: About = About {
    id: "stale-sibling",
    severity: Severity::Warning,
    title: "A file of the app still names an account that is gone",
    text: include_str!("../../../assets/explain/stale-sibling.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-extensions-for-python/pull/150",
};

impl Rule for StaleSibling {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        // Of a cache that cannot be read nobody knows whom it holds.
        if subject.roster.is_none() {
            return Vec::new();
        }
        let finding = |(file, account): &(String, String)| {
            let says = format!(
                "{file} still names {account}, of whom this cache holds nothing: the app believes in a sign-in that is \
                 gone, and fails when it needs a token."
            );
            Finding { rule: ABOUT.id, severity: ABOUT.severity, entries: Vec::new(), says, fix: None }
        };
        subject.surroundings.stale_siblings.iter().map(finding).collect()
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        surroundings.stale_siblings.first().map(|(_, account)| Remedy::SignOut(account.clone()))
    }
}
