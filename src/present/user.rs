//! What lies in one slot of a place with many caches, in a few words: for lists, where a sentence has no room.

use super::words;
use crate::source::{SealTrouble, SourceError};

/// The label of a slot without anything in its cache.
pub const EMPTY: &str = "empty";

/// The label of a slot with a text of something else.
pub const OTHER: &str = "no token cache";

/// Why the cache of a slot cannot be told of, as both faces say it: "encrypted (ASP.NET Data Protection)", "no token
/// cache". Not yet safe.
#[must_use]
pub fn label(error: &SourceError) -> String {
    match error {
        SourceError::Missing { .. } => "gone meanwhile".to_owned(),
        SourceError::Sealed { error, .. } => {
            let is_closed = matches!(error.trouble, SealTrouble::Closed | SealTrouble::NotHere);
            if is_closed && error.why.is_empty() { format!("encrypted ({})", error.by) } else { error.to_string() }
        }
        SourceError::Served { trouble, .. } => trouble.to_string(),
        SourceError::NotACache { .. } => OTHER.to_owned(),
        SourceError::Unreadable { what, .. } | SourceError::Write { what, .. } => what.clone(),
        SourceError::Keyring { .. }
        | SourceError::ReadOnly { .. }
        | SourceError::Link { .. }
        | SourceError::Locked { .. }
        | SourceError::Changed { .. }
        | SourceError::Cancelled { .. }
        | SourceError::Edit { .. }
        | SourceError::NothingToUndo { .. }
        | SourceError::Forbidden(_)
        | SourceError::Refused(_) => words::error(error),
    }
}
