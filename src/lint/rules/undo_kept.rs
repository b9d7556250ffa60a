//! Our own undo file: it holds the tokens of before a change, also those that were removed.

use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings};

/// The rule `undo-kept`.
pub(super) struct UndoKept;

static ABOUT: About = About {
    id: "undo-kept",
    severity: Severity::Warning,
    title: "An undo file holds the tokens of before a change",
    text: include_str!("../../../assets/explain/undo-kept.md"),
    link: "https://cwe.mitre.org/data/definitions/312.html",
};

/// How long an undo is good for, in seconds.
const LAPSE: i64 = 3600;

impl Rule for UndoKept {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(age) = subject.surroundings.undo_age else { return Vec::new() };
        let (severity, says) = match (0..LAPSE).contains(&age) {
            true => {
                (Severity::Note, "The undo of the last change is kept for an hour; it holds the tokens of before it.")
            }
            false => (
                Severity::Warning,
                "The undo of an old change is still here: it undoes nothing any more, and holds the tokens of before it.",
            ),
        };
        vec![Finding { rule: ABOUT.id, severity, entries: Vec::new(), says: says.to_owned(), fix: None }]
    }

    fn remedy(&self, _surroundings: &Surroundings) -> Option<Remedy> {
        Some(Remedy::DropUndo)
    }
}
