//! Tokens of accounts that nothing can renew any more: what a sign-out, or a removed refresh token, has left.

use crate::cache::{Health, Section, State};
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `left-after-sign-out`.
pub(super) struct LeftAfterSignOut;

static ABOUT: About = About {
    id: "left-after-sign-out",
    severity: Severity::Note,
    title: "Dead tokens of an account that must sign in anyway",
    text: include_str!("../../../assets/explain/left-after-sign-out.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-python/issues/649",
};

impl Rule for LeftAfterSignOut {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let is_over = |(at, _): &(usize, _)| roster.health(*at, None, subject.now) == Health::SignInNeeded;
        let over = roster.accounts.iter().enumerate().filter(is_over);
        let rows = over.flat_map(|(_, account)| account.rows.iter().filter_map(|at| roster.rows.get(*at)));
        let is_left = |row: &&crate::cache::Row| match row.section {
            Section::AccessToken => row.state(subject.now) == State::Expired,
            Section::IdToken => true,
            Section::RefreshToken | Section::Account | Section::AppMetadata | Section::Other => false,
        };
        let mut spots: Vec<_> = rows.filter(is_left).map(|row| row.spot).collect();
        if spots.is_empty() {
            return Vec::new();
        }
        spots.sort_unstable();
        let says = format!(
            "{} without a refresh token: nothing renews {}, and the ID tokens still tell names.",
            words::counted(spots.len(), "dead token is of an account", "dead tokens are of accounts"),
            if spots.len() == 1 { "it" } else { "them" }
        );
        let fix = mend::take_out(cache, "Take out what a sign-out has left", &spots, "nothing renews this account");
        vec![Finding::of(&ABOUT, spots, says).mended_by(fix)]
    }
}
