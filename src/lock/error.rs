//! Why a cache could not be locked or let go, in words that name the lock file and the cause.
//! Holds no hints: what to do is for the faces to say.

use std::io;
use std::path::PathBuf;

use super::holder::Holder;

/// Why a cache could not be locked, or not be let go.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody held it for the whole wait.
    #[error("{path} {}", holder.does())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// Who holds it.
        holder: Box<Holder>,
    },
    /// The caller did not want to wait any longer.
    #[error("the wait for the lock was cancelled")]
    Cancelled,
    /// The lock file cannot be created.
    #[error("cannot create {path}")]
    Create {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A symbolic link stands where the lock file goes: following it could destroy what it points to.
    #[error("{path} is a symbolic link")]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// A folder, FIFO or device stands where the lock file goes.
    #[error("{path} is not a file")]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// The file system takes no locks; waiting would not help.
    #[error("the file system of {path} supports no locks")]
    NoLocks {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The lock file was created, but not locked.
    #[error("cannot lock {path}")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The lock file does not take our name: the disk is full, say.
    #[error("cannot write to {path}")]
    Write {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The lock file cannot be removed.
    #[error("cannot remove {path}")]
    Remove {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}
