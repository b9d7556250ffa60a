//! Access tokens for the same, stored twice: under two hosts of one cloud, two spellings of the scopes, two keys.

use std::cmp::Reverse;

use crate::cache::{Cache, Dialect, Entry, Field, State, environment, key};
use crate::json::EntrySpot;
use crate::lint::{About, Finding, Rule, Severity, Subject, mend, words};
use crate::ops::alike;
use crate::time::UnixSeconds;

/// The rule `duplicate-access-token`.
pub(super) struct DuplicateAccessToken;

static ABOUT: About = About {
    id: "duplicate-access-token",
    severity: Severity::Error,
    title: "Access tokens for the same, stored twice",
    text: include_str!("../../../assets/explain/duplicate-access-token.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/6425",
};

impl Rule for DuplicateAccessToken {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        let mut findings = Vec::new();
        for spelled in alike(cache, roster) {
            let firsts: Vec<_> = spelled.iter().filter_map(|twins| twins.first().copied()).collect();
            if firsts.len() > 1 {
                findings.push(slashes(firsts));
            }
            let runtime = subject.runtime();
            let entries =
                |spots: Vec<EntrySpot>| spots.into_iter().filter_map(|spot| cache.entry(spot)).collect::<Vec<_>>();
            let found = spelled.into_iter().filter_map(|spots| finding(cache, &entries(spots), runtime, subject.now));
            findings.extend(found.map(|finding| {
                let severity = subject.graded(finding.severity);
                finding.graded(severity)
            }));
        }
        findings
    }
}

/// Two audiences to the service, one resource to people: each app finds its own.
fn slashes(spots: Vec<EntrySpot>) -> Finding {
    let says = format!(
        "{} access tokens for one resource differ by double slashes in their scopes: each is found only by apps that \
         spell it so.",
        spots.len()
    );
    Finding::of(&ABOUT, spots, says).graded(Severity::Note)
}

fn finding(cache: &Cache<'_>, twins: &[Entry<'_>], runtime: Dialect, now: UnixSeconds) -> Option<Finding> {
    let best = twins.iter().max_by_key(|twin| worth(twin, runtime, now)).filter(|_| twins.len() > 1)?;
    let losers: Vec<_> = twins.iter().map(|twin| twin.spot()).filter(|spot| *spot != best.spot()).collect();
    let (severity, follows) = match runtime {
        Dialect::Node => {
            (Severity::Error, "msal-node finds them all, clears them from its memory and uses none, at every start.")
        }
        Dialect::DotNet if differ_for_dotnet(twins) => {
            (Severity::Error, "MSAL.NET, when it meets them, stops with multiple_matching_tokens_detected.")
        }
        Dialect::DotNet | Dialect::Java | Dialect::Go => (Severity::Note, "Which one an app gets is chance."),
        Dialect::Python => (Severity::Note, "MSAL Python uses the one under its own key."),
        Dialect::Unknown => (
            Severity::Warning,
            "msal-node would use none of them, MSAL.NET may stop with multiple_matching_tokens_detected.",
        ),
    };
    let count = words::counted(twins.len(), "access token", "access tokens");
    let says = format!("{count} for the same stand under {}. {follows}", causes(twins).join(" and "));
    let fix = mend::take_out(cache, "Take out duplicate access tokens", &losers, "a twin is kept");
    let spots = twins.iter().map(|twin| twin.spot()).collect();
    Some(Finding::of(&ABOUT, spots, says).graded(severity).mended_by(fix))
}

/// Which of twins to keep: one that lives, under the host and the key of the runtime, for long, late in the file.
fn worth(entry: &Entry<'_>, runtime: Dialect, now: UnixSeconds) -> impl Ord + use<> {
    let host = entry.text(Field::Environment).unwrap_or_default().to_lowercase();
    let wanted = environment::cloud(&host).and_then(|cloud| match runtime {
        Dialect::DotNet | Dialect::Node => Some(cloud.preferred_cache),
        Dialect::Python | Dialect::Java | Dialect::Go => cloud.hosts.first().copied(),
        Dialect::Unknown => None,
    });
    let lives = entry.state(now) != State::Expired;
    let spoken = key::forms(entry, runtime).iter().position(|form| *form == entry.key());
    let newest_form = spoken.map_or(Reverse(usize::MAX), Reverse);
    (lives, wanted == Some(host.as_str()), newest_form, entry.time(Field::ExpiresOn), entry.spot())
}

/// MSAL.NET makes keys anew when it reads: only tokens of one host whose targets read differently are still two.
fn differ_for_dotnet(twins: &[Entry<'_>]) -> bool {
    let named = |twin: &Entry<'_>| {
        [Field::Environment, Field::Target].map(|field| twin.text(field).unwrap_or_default().to_lowercase())
    };
    let mut named: Vec<_> = twins.iter().map(named).collect();
    named.sort_unstable();
    named.dedup();
    named.windows(2).any(|pair| matches!(pair, [[a, _], [b, _]] if a == b))
}

/// In what the twins differ, in words.
fn causes(twins: &[Entry<'_>]) -> Vec<&'static str> {
    let differ = |value: &dyn Fn(&Entry<'_>) -> String| {
        let mut values = twins.iter().map(value);
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    let host = |entry: &Entry<'_>| entry.text(Field::Environment).unwrap_or_default().to_lowercase();
    let target = |entry: &Entry<'_>| entry.scopes().0.join(" ");
    let claims = |entry: &Entry<'_>| entry.claims_hash().unwrap_or_default().into_owned();
    let mut causes = Vec::new();
    if differ(&host) {
        causes.push("two hosts of one cloud");
    }
    if differ(&target) {
        causes.push("another order or case of the same scopes");
    }
    if differ(&claims) {
        causes.push("hashes of different requested claims");
    }
    if causes.is_empty() { vec!["keys of different runtimes or versions"] } else { causes }
}
