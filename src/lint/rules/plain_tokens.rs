//! Refresh tokens in plain text where the app usually seals its cache: a keyring was missing, or was turned off.

use crate::cache::Section;
use crate::lint::{About, Finding, Rule, Severity, Subject};

/// The rule `plain-tokens`.
pub(super) struct PlainTokens;

static ABOUT: About = About {
    id: "plain-tokens",
    severity: Severity::Warning,
    title: "Refresh tokens in plain text, where they are usually sealed",
    text: include_str!("../../../assets/explain/plain-tokens.md"),
    link: "https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/identity/azure-identity/TOKEN_CACHING.md",
};

impl Rule for PlainTokens {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let around = subject.surroundings;
        let (Some(roster), true) = (subject.roster, around.usually_sealed) else { return Vec::new() };
        let is_refresh_token = |section| section == Section::RefreshToken;
        let entries: Vec<_> =
            roster.rows.iter().filter(|row| is_refresh_token(row.section)).map(|row| row.spot).collect();
        if entries.is_empty() {
            return Vec::new();
        }
        let app = around.app.as_deref().unwrap_or("the app");
        let count = match entries.len() {
            1 => "1 refresh token lies".to_owned(),
            many => format!("{many} refresh tokens lie"),
        };
        let says = format!(
            "{count} here in plain text, while {app} usually keeps them in a keyring: whoever copies the file, a backup \
             too, can sign in."
        );
        vec![Finding { rule: ABOUT.id, severity: ABOUT.severity, entries, says, fix: None }]
    }
}
