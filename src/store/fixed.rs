//! Files and folders that an administrator fixed (`chattr +i`, `chattr +a`). Looked at before anything is created:
//! in an append-only folder a new file cannot be renamed or removed, so a temp file with tokens and a lock would stay
//! for good. Only looks.

use std::path::Path;

use super::atomic::folder_of;
use super::{StoreError, StoreErrorKind};

/// Refuses a file that cannot be replaced where it lies.
///
/// # Errors
/// Which of the two is fixed, and how.
pub(super) fn refuse(file: &Path) -> Result<(), StoreError> {
    let fixed = fixed(file).map(|how| format!("it is {how}"));
    match fixed.or_else(|| self::fixed(folder_of(file)).map(|how| format!("its folder is {how}"))) {
        Some(says) => Err(StoreErrorKind::Write(says).into()),
        None => Ok(()),
    }
}

/// How `path` is fixed; `None` also where the file system does not tell.
#[cfg(target_os = "linux")]
fn fixed(path: &Path) -> Option<&'static str> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let is = statx(CWD, path, AtFlags::empty(), StatxFlags::empty()).ok()?.stx_attributes;
    match (is.contains(StatxAttributes::IMMUTABLE), is.contains(StatxAttributes::APPEND)) {
        (true, _) => Some("immutable (chattr +i)"),
        (false, true) => Some("append-only (chattr +a)"),
        (false, false) => None,
    }
}

/// Elsewhere flags of this kind show in the error of the first step, and folders have none that let create alone.
#[cfg(not(target_os = "linux"))]
fn fixed(_path: &Path) -> Option<&'static str> {
    None
}
