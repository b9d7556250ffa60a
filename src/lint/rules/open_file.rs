//! A file with tokens that other users can read: whoever reads a refresh token can sign in as its account.

use crate::lint::open::opened_to;
use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `open-file`.
pub(super) struct OpenFile;

static ABOUT: About = About {
    id: "open-file",
    severity: Severity::Error,
    title: "Other users can read or write the cache",
    text: include_str!("../../../assets/explain/open-file.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-js/pull/8623",
};

impl Rule for OpenFile {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(mode) = subject.surroundings.file_mode.filter(|_| may_hold_tokens(subject)) else { return Vec::new() };
        let reach = subject.surroundings.others_can_reach;
        let Some((by, severity)) = opened_to(mode, reach) else { return Vec::new() };
        let does = if mode & 0o022 == 0 { "can read the file" } else { "can write the file" };
        let shield = match reach {
            true => "whoever reads a refresh token can sign in as its account.",
            false => "only the mode of a folder above still keeps them out.",
        };
        let says = format!("{} {does} ({mode:04o}): {shield}", by.name());
        vec![Finding { rule: ABOUT.id, severity, entries: Vec::new(), says, fix: None }]
    }

    fn remedy(&self, _surroundings: &Surroundings) -> Option<Remedy> {
        Some(Remedy::CloseFile)
    }
}

/// A cache with a secret in it, or a text that may be the rest of one. What is sealed or empty gives nothing away.
fn may_hold_tokens(subject: &Subject<'_>) -> bool {
    let has_secret = subject.roster.is_some_and(|roster| roster.rows.iter().any(|row| row.fingerprint.is_some()));
    has_secret || subject.unreadable.is_some()
}
