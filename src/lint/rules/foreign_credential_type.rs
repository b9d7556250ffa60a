//! Credentials whose `credential_type` the cache's runtime does not know.

use crate::cache::{Cache, Dialect, Entry, Field, Section, State};
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};

/// The rule `foreign-credential-type`.
pub(super) struct ForeignCredentialType;

static ABOUT: About = About {
    id: "foreign-credential-type",
    severity: Severity::Error,
    title: "A credential type that its runtime chokes on or drops",
    text: include_str!("../../../assets/explain/foreign-credential-type.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-python/blob/dev/msal/token_cache.py",
};

impl Rule for ForeignCredentialType {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(cache) = subject.cache else { return Vec::new() };
        match subject.runtime() {
            Dialect::Python => python(cache, subject),
            Dialect::Node => node(cache, subject),
            Dialect::DotNet | Dialect::Java | Dialect::Go | Dialect::Unknown => Vec::new(),
        }
    }
}

/// Python asserts the type when it removes: an expired access token at the next search, the rest at sign-out.
fn python(cache: &Cache<'_>, subject: &Subject<'_>) -> Vec<Finding> {
    let foreign = cache.entries().filter(|entry| wanted(entry).is_some_and(|wanted| !is_of_type(entry, wanted)));
    let (dead, rest): (Vec<_>, Vec<_>) = foreign.partition(|entry| entry.state(subject.now) == State::Expired);
    let mut findings = Vec::new();
    if !dead.is_empty() {
        let spots: Vec<_> = dead.iter().map(Entry::spot).collect();
        let says = format!(
            "{} of a type other than AccessToken: MSAL Python raises AssertionError at every search that does not find \
             its token at once.",
            words::counted(dead.len(), "expired access token is", "expired access tokens are")
        );
        let fix =
            mend::take_out(cache, "Take out expired tokens of foreign types", &spots, "expired, of a foreign type");
        findings.push(Finding::of(&ABOUT, spots, says).graded(subject.graded(Severity::Error)).mended_by(fix));
    }
    if !rest.is_empty() {
        let spots: Vec<_> = rest.iter().map(Entry::spot).collect();
        let says = format!(
            "{} a credential type that MSAL Python does not expect: it raises AssertionError when it signs the account \
             out, or when a token has expired.",
            words::counted(rest.len(), "credential has", "credentials have")
        );
        let mut fix = mend::take_out(cache, "Name credential types as MSAL Python does", &[], "");
        fix.changes = rest
            .iter()
            .filter_map(|entry| {
                mend::set(cache, entry, Field::CredentialType, wanted(entry)?, "as MSAL Python writes it")
            })
            .collect();
        findings.push(Finding::of(&ABOUT, spots, says).graded(Severity::Warning).mended_by(fix));
    }
    findings
}

/// The type that MSAL Python writes in the section of `entry`; `None` where it writes none.
fn wanted(entry: &Entry<'_>) -> Option<&'static str> {
    match entry.section() {
        Section::AccessToken => Some("AccessToken"),
        Section::RefreshToken => Some("RefreshToken"),
        Section::IdToken => Some("IdToken"),
        Section::Account | Section::AppMetadata | Section::Other => None,
    }
}

fn is_of_type(entry: &Entry<'_>, wanted: &str) -> bool {
    entry.bare_value().is_some() || entry.text(Field::CredentialType).as_deref() == Some(wanted)
}

/// Node keeps access tokens of two types alone; what else stands there is gone after its next write.
fn node(cache: &Cache<'_>, subject: &Subject<'_>) -> Vec<Finding> {
    let types = ["AccessToken", "AccessToken_With_AuthScheme"];
    let is_dropped = |entry: &Entry<'_>| {
        entry.section() == Section::AccessToken && !types.iter().any(|known| is_of_type(entry, known))
    };
    let spots: Vec<_> = cache.entries().filter(is_dropped).map(|entry| entry.spot()).collect();
    if spots.is_empty() {
        return Vec::new();
    }
    let says = format!(
        "{} of a type that msal-node does not know: it cannot use it, and drops it at its next write.",
        words::counted(spots.len(), "access token is", "access tokens are")
    );
    vec![Finding::of(&ABOUT, spots, says).graded(subject.graded(Severity::Error))]
}
