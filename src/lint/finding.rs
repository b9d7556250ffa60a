//! What a rule found: which rule, how grave, which entries, in words, and what would mend it.

use super::About;
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

impl Finding {
    /// A finding of the rule `about`, as grave as that can be, which nothing mends yet.
    #[must_use]
    pub fn of(about: &About, entries: Vec<EntrySpot>, says: impl Into<String>) -> Self {
        Self { rule: about.id, severity: about.severity, entries, says: says.into(), fix: None }
    }

    /// The same, as grave as `severity`.
    #[must_use]
    pub fn graded(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The same, mended by `fix`; an empty patch mends nothing.
    #[must_use]
    pub fn mended_by(self, fix: Patch) -> Self {
        Self { fix: (!fix.is_empty()).then_some(fix), ..self }
    }
}
