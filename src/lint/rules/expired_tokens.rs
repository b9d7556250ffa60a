//! Many access tokens that have expired and that nobody purges.

use crate::cache::{Dialect, Section, State};
use crate::lint::{About, Finding, Rule, Severity, Subject};
use crate::ops::prune_entries;

/// The rule `expired-tokens`.
pub(super) struct ExpiredTokens;

static ABOUT: About = About {
    id: "expired-tokens",
    severity: Severity::Warning,
    title: "Many expired access tokens that nobody purges",
    text: include_str!("../../../assets/explain/expired-tokens.md"),
    link: "https://github.com/AzureAD/microsoft-identity-web/issues/3961",
};

/// As few as this are daily life: tokens die each hour.
const MANY: usize = 20;
/// MSAL Node's documentation warns of a few hundred tokens.
const TOO_MANY: usize = 300;

impl Rule for ExpiredTokens {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn takes_long(&self) -> bool {
        true
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let tokens: Vec<_> = roster.rows.iter().filter(|row| row.section == Section::AccessToken).collect();
        let is_dead = |row: &&&crate::cache::Row| row.state(subject.now) == State::Expired;
        let spots: Vec<_> = tokens.iter().filter(is_dead).map(|row| row.spot).collect();
        if spots.len() < MANY || spots.len() * 2 < tokens.len() {
            return Vec::new();
        }
        let purges = match subject.runtime() {
            Dialect::Python => "MSAL Python purges them at its next search for a token, if their keys are its own.",
            Dialect::DotNet | Dialect::Node | Dialect::Java | Dialect::Go => "This runtime never purges them.",
            Dialect::Unknown => "Only MSAL Python purges them.",
        };
        let says =
            format!("{} of {} access tokens have expired; each read carries them. {purges}", spots.len(), tokens.len());
        let severity = if spots.len() < TOO_MANY { Severity::Note } else { Severity::Warning };
        let fix = prune_entries(cache, &spots, subject.now);
        vec![Finding::of(&ABOUT, spots, says).graded(severity).mended_by(fix)]
    }
}
