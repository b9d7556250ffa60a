//! A cache of MSAL.NET that holds tokens of users and of apps. Taking either out mends nothing: the app looks there again.

use crate::cache::Dialect;
use crate::lint::{About, Finding, Rule, Severity, Subject, words};
use crate::ops::Crowd;

/// The rule `users-and-apps`.
pub(super) struct UsersAndApps;

static ABOUT: About = About {
    id: "users-and-apps",
    severity: Severity::Warning,
    title: "Tokens of users and of apps in one cache of MSAL.NET",
    text: include_str!("../../../assets/explain/users-and-apps.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/blob/main/src/client/Microsoft.Identity.Client/PlatformsCommon/Shared/InMemoryPartitionedAppTokenCacheAccessor.cs",
};

impl Rule for UsersAndApps {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(roster) = subject.roster.filter(|_| subject.runtime() == Dialect::DotNet) else { return Vec::new() };
        if !Crowd::of(roster.rows.iter()).is_mixed() {
            return Vec::new();
        }
        let spots: Vec<_> = roster.rows.iter().filter(|row| row.is_app_only()).map(|row| row.spot).collect();
        let count = words::counted(spots.len(), "token of an app stands", "tokens of apps stand");
        let says =
            format!("{count} beside users: an app that looks for its own finds none, and MSAL.NET deletes the file.");
        vec![Finding::of(&ABOUT, spots, says)]
    }
}
