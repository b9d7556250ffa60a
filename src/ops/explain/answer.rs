//! What a runtime would do, and why. Plain values: words for people are made of them in `present`.

use super::runtime::Runtime;
use crate::json::EntrySpot;

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The network is not asked.
    Cache,
    /// The network is asked.
    Refresh,
    /// There is nothing to try: a person must sign in.
    Interaction,
    /// The library raises.
    Error,
}

impl Outcome {
    /// The word in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Refresh => "refresh",
            Self::Interaction => "interaction",
            Self::Error => "error",
        }
    }
}

/// An entry by its place and by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it stands.
    pub spot: EntrySpot,
    /// The name of its section in the file.
    pub section: String,
    /// Its key.
    pub key: String,
}

/// One course that things may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What comes first.
    pub outcome: Outcome,
    /// Why, in a few words; for an error, what the library raises.
    pub why: Option<String>,
    /// The access token that is used; of a refresh, the one that serves if it fails.
    pub entry: Option<Named>,
    /// The refresh tokens, in the order in which they are tried.
    pub refresh_tokens: Vec<Named>,
}

/// One filter held against one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is compared: `client`, `scopes` …
    pub name: &'static str,
    /// Whether the entry passes.
    pub pass: bool,
    /// The values that were compared.
    pub why: String,
}

/// How much is told of what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every entry, with every check.
    Every,
    /// So many of the nearest at least, and all that fit: most of a large cache is another's, and needs no words.
    Nearest(usize),
}

/// An entry that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub named: Named,
    /// Every filter, in the runtime's order.
    pub checks: Vec<Check>,
}

impl Candidate {
    /// Whether it passes every filter.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.checks.iter().all(|check| check.pass)
    }

    /// How far it is from being used: what time does to a token weighs least, another's token most. 0 for one that fits.
    #[must_use]
    pub fn distance(&self) -> usize {
        self.failing().map(|check| weight(check.name)).sum()
    }

    /// The failing check that weighs most: what a person would want to hear first.
    #[must_use]
    pub fn gravest(&self) -> Option<&Check> {
        let heaviest = self.failing().map(|check| weight(check.name)).max()?;
        self.failing().find(|check| weight(check.name) == heaviest)
    }

    /// The filters that it does not pass.
    pub fn failing(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.pass)
    }
}

/// How much it says of an entry that it does not pass this check.
pub(super) fn weight(check: &str) -> usize {
    match check {
        "expiry" | "cached_at" | "alone" | "secret" | "times" => 1,
        "key" => 2,
        "tenant" | "environment" | "family" | "metadata" => 8,
        "scopes" => 16,
        "client" | "account" => 64,
        _ => 4,
    }
}

/// Why one runtime uses, or does not use, what is cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whose rules.
    pub runtime: Runtime,
    /// What it does.
    pub answer: Answer,
    /// What else it may do, where its own order is not fixed.
    pub also_possible: Vec<Answer>,
    /// What it drops from its cache while it looks.
    pub deletes: Vec<Named>,
    /// What it looks at, in its order: access tokens, then refresh tokens.
    pub candidates: Vec<Candidate>,
    /// How many more it looks at that are farther off than was asked to be told: [`Extent::Nearest`].
    pub others: usize,
    /// What was asked for and this runtime cannot be asked for.
    pub notes: Vec<String>,
    /// What would change the answer.
    pub advice: Vec<String>,
}

/// The library raises: what it says, and of which entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raise(pub(super) String);
