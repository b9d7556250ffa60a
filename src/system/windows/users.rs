//! Users and rights of Windows, where a list of access counts and not an owner: nothing of it is told.

use std::io;
use std::path::{Path, PathBuf};

use crate::system::User;

/// Whose a file is: not told.
#[must_use]
pub fn owner_of(_path: &Path) -> Option<User> {
    None
}

/// As whom this process acts: not told.
#[must_use]
pub fn us() -> Option<User> {
    None
}

/// Whether this process may pass through a folder: whoever knows a path may.
#[must_use]
pub fn may_pass(_folder: &Path) -> bool {
    true
}

/// Whether the system said that a file system keeps no locks.
#[must_use]
pub fn keeps_no_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// Whether something is mounted at `path` itself: single files are not.
#[must_use]
pub fn is_mount(_path: &Path) -> bool {
    false
}

/// Where the file system of `path` is mounted: not told.
#[must_use]
pub fn mount_of(_path: &Path) -> Option<PathBuf> {
    None
}

/// The name of the file system of `path`: not told.
#[must_use]
pub fn file_system_of(_path: &Path) -> Option<&'static str> {
    None
}
