//! Moments that no right clock gives: stored in the future, or valid for more than ten years.

use crate::cache::{Row, Section};
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};
use crate::time::UnixSeconds;

/// The rule `wrong-clock`.
pub(super) struct WrongClock;

static ABOUT: About = About {
    id: "wrong-clock",
    severity: Severity::Warning,
    title: "A token from the future, or for ever",
    text: include_str!("../../../assets/explain/wrong-clock.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/blob/main/src/client/Microsoft.Identity.Client/TokenCache.ITokenCacheInternal.cs",
};

/// Clocks of two machines differ by less.
const SLACK: i64 = 300;
/// What MSAL.NET calls too far ahead.
const TEN_YEARS: i64 = 10 * 365 * 24 * 3600;

impl Rule for WrongClock {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let ahead = |at: Option<UnixSeconds>| at.map_or(i64::MIN, |at| at.since(subject.now));
        let is_early = |row: &&Row| ahead(row.cached_at) > SLACK;
        let is_endless = |row: &&Row| !is_early(row) && ahead(row.expires_on) > TEN_YEARS;
        let tokens = || roster.rows.iter().filter(|row| row.section == Section::AccessToken);
        let told = [
            (
                tokens().filter(is_early).map(|row| row.spot).collect::<Vec<_>>(),
                "stored in the future: msal-node and MSAL Go take it for expired and never use it.",
            ),
            (
                tokens().filter(is_endless).map(|row| row.spot).collect(),
                "valid for more than ten years: MSAL.NET refuses it, the others would use it for ever.",
            ),
        ];
        let told = told.into_iter().filter(|(spots, _)| !spots.is_empty());
        told.map(|(spots, follows)| {
            let says = format!("{} {follows}", words::counted(spots.len(), "access token is", "access tokens are"));
            let fix = mend::take_out(cache, "Take out tokens of a wrong clock", &spots, "the app asks for another");
            Finding::of(&ABOUT, spots, says).mended_by(fix)
        })
        .collect()
    }
}
