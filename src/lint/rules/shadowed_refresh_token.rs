//! Refresh tokens of one account and app under the keys of different versions: msal-node reads the first in the file,
//! and a sign-in writes another.

use std::collections::BTreeMap;

use crate::cache::{Cache, Dialect, Entry, Field, Roster, Section, key};
use crate::json::EntrySpot;
use crate::lint::{About, Finding, Rule, Severity, Subject, mend};

/// The rule `shadowed-refresh-token`.
pub(super) struct ShadowedRefreshToken;

static ABOUT: About = About {
    id: "shadowed-refresh-token",
    severity: Severity::Error,
    title: "An old refresh token hides the one of the last sign-in",
    text: include_str!("../../../assets/explain/shadowed-refresh-token.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/8835",
};

impl Rule for ShadowedRefreshToken {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let (Some(cache), Some(roster)) = (subject.cache, subject.roster) else { return Vec::new() };
        if !matches!(subject.runtime(), Dialect::Node | Dialect::Unknown) {
            return Vec::new();
        }
        let twins = gather(cache, roster).into_values();
        twins
            .filter(|twins| twins.iter().any(|twin| twin.form < Form::Other))
            .filter_map(|twins| finding(cache, twins))
            .collect()
    }
}

/// Whose key a refresh token stands under, the newest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// `…---`: msal-common 16, in msal-node from version 5.
    Node,
    /// `…----`: msal-common up to 15.
    OlderNode,
    /// Another runtime's.
    Other,
}

/// One of the refresh tokens that an app could read for the same.
struct Twin {
    spot: EntrySpot,
    form: Form,
    modified: Option<i64>,
}

/// Account, host, app or family, and on-behalf-of assertion.
type Owner = [String; 4];

/// The refresh tokens by their owner, in file order.
fn gather(cache: &Cache<'_>, roster: &Roster) -> BTreeMap<Owner, Vec<Twin>> {
    let mut twins: BTreeMap<Owner, Vec<Twin>> = BTreeMap::new();
    for row in roster.rows.iter().filter(|row| row.section == Section::RefreshToken) {
        let Some((entry, form)) = cache.entry(row.spot).and_then(|entry| Some((entry.clone(), Form::of(&entry)?)))
        else {
            continue;
        };
        let text = |field| entry.text(field).unwrap_or_default().to_lowercase();
        let family = Some(text(Field::FamilyId)).filter(|family| !family.is_empty());
        let app = family.unwrap_or_else(|| text(Field::ClientId));
        let owner = [text(Field::HomeAccountId), text(Field::Environment), app, text(Field::UserAssertionHash)];
        let modified = entry.time(Field::LastModificationTime).map(|at| at.0);
        twins.entry(owner).or_default().push(Twin { spot: row.spot, form, modified });
    }
    twins.retain(|_, twins| twins.len() > 1);
    twins
}

impl Form {
    /// `None` for keys that no runtime, or Python alone, would build: Python keeps one token for each set of scopes, and
    /// reads the latest.
    fn of(entry: &Entry<'_>) -> Option<Self> {
        let stored = entry.key();
        let node = key::forms(entry, Dialect::Node);
        match node.iter().position(|form| *form == stored) {
            Some(0) => Some(Self::Node),
            Some(_) => Some(Self::OlderNode),
            None => key::speakers(entry).iter().any(|speaker| *speaker != Dialect::Python).then_some(Self::Other),
        }
    }
}

fn finding(cache: &Cache<'_>, twins: Vec<Twin>) -> Option<Finding> {
    // A date decides where all have one; else the newest key, under which alone new tokens come.
    let all_dated = twins.iter().all(|twin| twin.modified.is_some());
    let rank = |twin: &&Twin| (twin.modified.filter(|_| all_dated), std::cmp::Reverse(twin.form), twin.spot);
    let newest = twins.iter().max_by_key(rank)?.spot;
    let read = twins.first()?.spot;
    let losers: Vec<_> = twins.iter().map(|twin| twin.spot).filter(|spot| *spot != newest).collect();
    let (severity, follows) = if read == newest {
        (Severity::Warning, "The newest stands first, and msal-node reads it; what is behind it only lies there.")
    } else {
        (
            Severity::Error,
            "msal-node reads the first, which is not the newest: when that one dies (90 days), no sign-in heals it, \
             because the new token is written beside it.",
        )
    };
    let says = format!(
        "{} refresh tokens of one account and app stand under keys of different versions. {follows}",
        twins.len()
    );
    let fix = mend::take_out(cache, "Take out shadowing refresh tokens", &losers, "older than its twin");
    let spots = twins.iter().map(|twin| twin.spot).collect();
    Some(Finding::of(&ABOUT, spots, says).graded(severity).mended_by(fix))
}
