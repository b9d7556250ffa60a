//! A file that is empty because the tokens lie in a keyring, or should: an empty file here is no empty cache.

use crate::lint::{About, Finding, Rule, Severity, Subject};

/// The rule `empty-signal`.
pub(super) struct EmptySignal;

static ABOUT: About = About {
    id: "empty-signal",
    severity: Severity::Note,
    title: "The file is only the signal of a cache in a keyring",
    text: include_str!("../../../assets/explain/empty-signal.md"),
    link: "https://github.com/Azure/azure-sdk-for-java/issues/32138",
};

impl Rule for EmptySignal {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let around = subject.surroundings;
        // An empty file, or the `{}` that Node writes.
        let is_empty = around.length.is_some_and(|length| length <= 2)
            && subject.roster.is_none_or(|roster| roster.rows.is_empty())
            && subject.unreadable.is_none();
        if !around.may_be_signal || !is_empty {
            return Vec::new();
        }
        let app = around.app.as_deref().unwrap_or("The app");
        let says = format!(
            "{app} keeps its tokens in a keyring and touches this file to say that they changed. If it asks for a \
             sign-in each time, the keyring did not take them."
        );
        vec![Finding { rule: ABOUT.id, severity: ABOUT.severity, entries: Vec::new(), says, fix: None }]
    }
}
