//! What a rule is. Contract for the files in `rules/`: each holds one rule and its words.

use super::{Finding, Remedy, Severity, Subject, Surroundings};

/// What is known of a rule without a cache.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The stable id, kebab-case: scripts name it.
    pub id: &'static str,
    /// The gravest that it can find.
    pub severity: Severity,
    /// The finding in a few words, for lists.
    pub title: &'static str,
    /// What it means, whom it hurts and what mends it (`assets/explain/<id>.md`).
    pub text: &'static str,
    /// A public thread or source file that shows the trouble or states the rule of MSAL.
    pub link: &'static str,
}

/// One kind of trouble.
pub trait Rule: Sync {
    /// What is known of it.
    fn about(&self) -> &'static About;
    /// Every case of it in `subject`.
    fn check(&self, subject: &Subject<'_>) -> Vec<Finding>;
    /// Whether it opens every token of a large cache, or builds a plan for all of it.
    fn takes_long(&self) -> bool {
        false
    }
    /// What a person does about it where no change of the text mends it.
    fn remedy(&self, _surroundings: &Surroundings) -> Option<Remedy> {
        None
    }
}
