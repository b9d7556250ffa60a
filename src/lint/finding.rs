//! What a rule found: which rule, how grave, which entries, in words, and what would mend it.

use crate::json::{EntrySpot, Patch};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Something that costs, or will break one day.
    Warning,
    /// Some app fails on this cache, or loses it, or a secret lies open.
    Error,
}

impl Severity {
    /// The word in JSON: note, warning, error.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The stable id of the rule.
    pub rule: &'static str,
    /// How grave it is here: a rule may find graver and milder cases.
    pub severity: Severity,
    /// The entries that it is about, in file order; none for what surrounds the cache.
    pub entries: Vec<EntrySpot>,
    /// What was found and what follows from it: one or two sentences, no secret.
    pub says: String,
    /// The changes that would mend it, if a change of the cache's text can.
    pub fix: Option<Patch>,
}
