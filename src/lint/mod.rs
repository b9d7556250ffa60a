//! What is wrong with a cache, one rule a file. Finds and proposes, never changes: a fix is a [`Patch`](crate::json::Patch).
//! A top: it re-exports its children and holds the list of rules.

mod check;
mod finding;
mod mend;
mod open;
mod remedy;
mod rule;
mod rules;
mod subject;
mod together;
mod words;

pub use check::{check, check_while};
pub use finding::{Finding, Severity};
pub use remedy::Remedy;
pub use rule::{About, Rule};
pub use rules::RULES;
pub use subject::{CopyFile, LeftLock, SecretsFile, Subject, Surroundings, Twin};
pub use together::together;

/// What is known of the rule called `id`.
#[must_use]
pub fn about(id: &str) -> Option<&'static About> {
    RULES.iter().map(|rule| rule.about()).find(|about| about.id == id)
}

/// What a person does about the findings of the rule called `id`, where no change of the text mends them.
#[must_use]
pub fn remedy(id: &str, surroundings: &Surroundings) -> Option<Remedy> {
    RULES.iter().find(|rule| rule.about().id == id)?.remedy(surroundings)
}
