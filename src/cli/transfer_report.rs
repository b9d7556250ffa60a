//! The answer of `copy-to` and `move` in JSON.

use serde::Serialize;

use super::import::Told;
use super::report::{self, Named};
use super::session::Session;
use crate::ops::import::Import;
use crate::ops::transfer::{Load, Remains};
use crate::source::Committed;

/// What was done, or would be.
pub(super) struct Outcome<'a> {
    /// What became of the entries there.
    pub(super) import: &'a Import,
    /// What was to go.
    pub(super) load: &'a Load,
    /// The accounts that stay at the first place too.
    pub(super) remains: &'a [Remains],
    /// The write there, if there was one.
    pub(super) committed: Option<&'a Committed>,
    /// The write here, if there was one.
    pub(super) left: Option<&'a Committed>,
    /// Whether nothing was to be written.
    pub(super) dry_run: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    from: String,
    to: String,
    #[serde(flatten)]
    told: Told<'a>,
    /// Access tokens that were meant and do not fit in the time.
    left: Vec<Named<'a>>,
    /// What was taken out at the first place.
    removed: Vec<Named<'a>>,
    /// Accounts that stay there too, for tokens of them stay.
    stays: Vec<&'a str>,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(flatten)]
    outcome: Option<report::Outcome<'a>>,
}

/// Writes the answer.
pub(super) fn answer(session: &Session, (from, to): (String, String), outcome: &Outcome<'_>) {
    let written = outcome.committed.filter(|committed| committed.written);
    let named = |(path, why)| Named::new(path, Some(why));
    let left = outcome.load.left.iter().map(|(path, why)| (path, why.as_ref()));
    let body = Report {
        from,
        to,
        told: Told::new(outcome.import),
        left: left.filter_map(named).collect(),
        removed: outcome.left.map(|left| report::removed(&left.patch)).unwrap_or_default(),
        stays: outcome.remains.iter().map(|one| one.account.as_str()).collect(),
        written: written.is_some() || outcome.left.is_some_and(|left| left.written),
        dry_run: outcome.dry_run.then_some(true),
        outcome: written.map(report::Outcome::of),
    };
    report::answer(session, &body);
}
