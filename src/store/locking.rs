//! What it means for a store that a lock was not had.

use std::io;

use super::{StoreError, StoreErrorKind};
use crate::lock::LockError;

/// The error of a store whose lock was not had.
pub(super) fn lock_error(error: LockError) -> StoreError {
    match error {
        LockError::Busy { path, holder } => StoreErrorKind::Busy { lock: path, holder: *holder }.into(),
        LockError::Cancelled => StoreErrorKind::Cancelled.into(),
        LockError::Symlink { .. } | LockError::NotAFile { .. } => StoreErrorKind::NoLock(error.to_string()).into(),
        LockError::Create { cause, ref path } => no_lock(format!("{} cannot be created", path.display()), cause),
        LockError::NoLocks { cause, ref path } => {
            no_lock(format!("the file system of {} supports no locks", path.display()), cause)
        }
        LockError::Lock { cause, ref path } => no_lock(format!("{} cannot be locked", path.display()), cause),
        LockError::Write { cause, ref path } => no_lock(format!("{} cannot be written", path.display()), cause),
        LockError::Remove { cause, ref path } => no_lock(format!("{} cannot be removed", path.display()), cause),
    }
}

fn no_lock(what: String, cause: io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::NoLock(what), cause)
}
