//! What a person does where no change of a cache's text mends a finding. A value: nothing outside the cache is ever
//! changed for a finding, and the faces put places and names into the command.

use crate::cache::Dialect;

/// A deed for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Take the file's mode back to its owner.
    CloseFile,
    /// Take the folder's mode back to its owner.
    CloseFolder,
    /// Clear the locks that dead processes left.
    ClearLocks,
    /// Remove the undo file.
    DropUndo,
    /// Remove these files beside the cache.
    Delete(Vec<String>),
    /// Look into these files beside the cache, then remove them.
    LookAndDelete(Vec<String>),
    /// Take the modes of these files beside the cache back to their owner.
    Close(Vec<String>),
    /// Recover the entries into a new file.
    Salvage,
    /// Write the whole cache in the hand of its runtime.
    Rewrite(Dialect),
    /// Sign this account out, or in again, with the app's own command.
    SignOut(String),
}
