//! Access tokens whose stored expiry is not the one that the token itself states.

use crate::cache::{Cache, Entry, Field, Section, claims};
use crate::json::Patch;
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};
use crate::time::UnixSeconds;

/// The rule `expiry-mismatch`.
pub(super) struct ExpiryMismatch;

static ABOUT: About = About {
    id: "expiry-mismatch",
    severity: Severity::Warning,
    title: "The stored expiry is not the token's own",
    text: include_str!("../../../assets/explain/expiry-mismatch.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/issues/3732",
};

/// MSAL renews five minutes ahead: what lies within hurts nobody.
const SLACK: i64 = 300;

impl Rule for ExpiryMismatch {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn takes_long(&self) -> bool {
        true
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(cache) = subject.cache else { return Vec::new() };
        let tokens = cache.entries().filter(|entry| entry.section() == Section::AccessToken);
        let (late, early): (Vec<_>, Vec<_>) = tokens.filter_map(off).partition(|(late, _, _)| *late > 0);
        let told = [
            (late, Severity::Warning, "later than the token itself states: the app sends it when it is dead."),
            (early, Severity::Note, "earlier than the token itself states: the app renews before it must."),
        ];
        let told = told.into_iter().filter(|(tokens, _, _)| !tokens.is_empty());
        told.map(|(tokens, severity, follows)| finding(cache, &tokens, severity, follows)).collect()
    }
}

/// How much later the stored expiry is than the token's own, the claim `exp` of a JWT that can be read; if it is far off.
fn off<'c>(entry: Entry<'c>) -> Option<(i64, UnixSeconds, Entry<'c>)> {
    let stored = entry.time(Field::ExpiresOn)?;
    let own = UnixSeconds::parse(&claims::one_of_token(&entry.secret()?, "exp")?)?;
    let late = stored.since(own);
    (late.abs() > SLACK).then_some((late, own, entry))
}

fn finding(
    cache: &Cache<'_>,
    tokens: &[(i64, UnixSeconds, Entry<'_>)],
    severity: Severity,
    follows: &'static str,
) -> Finding {
    let count = words::counted(tokens.len(), "access token has an expiry", "access tokens have an expiry");
    let says = format!("{count} in the cache that is {follows}");
    let mut fix = Patch::new("Write the expiry that the token states");
    let corrected = |(_, own, entry): &(i64, UnixSeconds, Entry<'_>)| {
        mend::set(cache, entry, Field::ExpiresOn, &own.0.to_string(), "as the token's own claim exp says")
    };
    fix.changes = tokens.iter().filter_map(corrected).collect();
    let spots = tokens.iter().map(|(_, _, entry)| entry.spot()).collect();
    Finding::of(&ABOUT, spots, says).graded(severity).mended_by(fix)
}
