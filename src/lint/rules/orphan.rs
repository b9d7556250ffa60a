//! Credentials whose account has no Account entry: no app lists the account, so none can use or remove them.

use crate::lint::{About, Finding, Rule, Severity, Subject};
use crate::ops::prune_entries;

/// The rule `orphan`.
pub(super) struct Orphan;

static ABOUT: About = About {
    id: "orphan",
    severity: Severity::Warning,
    title: "Tokens of an account that no app can see",
    text: include_str!("../../../assets/explain/orphan.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-python/blob/dev/msal/application.py",
};

impl Rule for Orphan {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let entries: Vec<_> = roster.rows.iter().filter(|row| row.orphan).map(|row| row.spot).collect();
        if entries.is_empty() {
            return Vec::new();
        }
        let says = match entries.len() {
            1 => {
                "1 credential belongs to an account without an Account entry: no app can list, use or remove it.".into()
            }
            many => format!(
                "{many} credentials belong to accounts without an Account entry: no app can list, use or remove them."
            ),
        };
        let fix = Some(prune_entries(cache, &entries, subject.now));
        vec![Finding { rule: ABOUT.id, severity: ABOUT.severity, entries, says, fix }]
    }
}
