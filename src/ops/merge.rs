//! Several caches into one: the first as it is, then what each other one has, as an import takes it. Reads all, changes
//! none.

use super::import::{Import, ImportError, ImportOptions, import};
use crate::cache::Cache;
use crate::json::{Document, EditError};

/// What becomes of the caches.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The one cache.
    pub document: Document,
    /// What came of each cache but the first.
    pub imports: Vec<Import>,
}

/// Why there is no merge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The cache at this place of the list, counted from 0, is refused.
    #[error("{1}")]
    Refused(usize, ImportError),
    /// What was planned does not fit: a fault of ours.
    #[error("the entries cannot be put together")]
    Edit(#[from] EditError),
}

/// The entries of all `caches` in one, in the layout of the first.
///
/// # Errors
/// One of them is redacted, or has a section that cannot take entries.
pub fn merge(caches: &[Document], options: &ImportOptions) -> Result<Merge, MergeError> {
    let Some((first, others)) = caches.split_first() else {
        return Err(MergeError::Refused(0, ImportError::Nothing));
    };
    if super::export::is_redacted(first) {
        return Err(MergeError::Refused(0, ImportError::Redacted));
    }
    let mut merge = Merge { document: first.clone(), imports: Vec::new() };
    for (at, other) in others.iter().enumerate() {
        let import = import(&Cache::of(&merge.document), &Cache::of(other), options);
        let import = import.map_err(|error| MergeError::Refused(at + 1, error))?;
        if !import.patch.is_empty() {
            merge.document = merge.document.apply(&import.patch)?.0;
        }
        merge.imports.push(import);
    }
    Ok(merge)
}
