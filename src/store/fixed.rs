//! Files and folders that an administrator fixed (`chattr +i`, `chattr +a`), and files that are mounts of their own.
//! Looked at before anything is created: in an append-only folder a new file cannot be renamed or removed, so a temp
//! file with tokens and a lock would stay for good. Only looks.

use std::fmt;
use std::path::Path;

use super::atomic::folder_of;
use super::{StoreError, StoreErrorKind};
use crate::system;

/// Why a file cannot be replaced where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// `chattr +i`.
    Immutable(What),
    /// `chattr +a`.
    AppendOnly(What),
    /// The file itself is mounted, as `docker run -v FILE:FILE` does: a rename over it is refused with EBUSY.
    Mounted,
}

/// What is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The file.
    File,
    /// Its folder.
    Folder,
}

impl Fixed {
    /// Whether it is a mount, which nobody fixed.
    #[must_use]
    pub fn is_mounted(self) -> bool {
        self == Self::Mounted
    }

    /// The word for it in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Immutable(_) => "immutable",
            Self::AppendOnly(_) => "append-only",
            Self::Mounted => "bind-mount",
        }
    }

    /// The command that lifts it.
    #[must_use]
    pub fn lifted_by(self) -> &'static str {
        match self {
            Self::Immutable(What::File) => "sudo chattr -i FILE",
            Self::Immutable(What::Folder) => "sudo chattr -i FOLDER",
            Self::AppendOnly(What::File) => "sudo chattr -a FILE",
            Self::AppendOnly(What::Folder) => "sudo chattr -a FOLDER",
            Self::Mounted => "umount FILE",
        }
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = |what: &What| match what {
            What::File => "it",
            What::Folder => "its folder",
        };
        match self {
            Self::Immutable(of) => write!(f, "{} is immutable (chattr +i)", what(of)),
            Self::AppendOnly(of) => write!(f, "{} is append-only (chattr +a)", what(of)),
            Self::Mounted => f.write_str("it is a mount of its own (bind-mounted), which no other file can replace"),
        }
    }
}

/// Refuses a file that cannot be replaced where it lies.
///
/// # Errors
/// Why not.
pub(super) fn refuse(file: &Path) -> Result<(), StoreError> {
    let mounted = || system::is_mount(file).then_some(Fixed::Mounted);
    match fixed(file, What::File).or_else(|| fixed(folder_of(file), What::Folder)).or_else(mounted) {
        Some(fixed) => Err(StoreErrorKind::Fixed(fixed).into()),
        None => Ok(()),
    }
}

/// How `path` is fixed; `None` also where the file system does not tell.
#[cfg(target_os = "linux")]
fn fixed(path: &Path, what: What) -> Option<Fixed> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let is = statx(CWD, path, AtFlags::empty(), StatxFlags::empty()).ok()?.stx_attributes;
    match (is.contains(StatxAttributes::IMMUTABLE), is.contains(StatxAttributes::APPEND)) {
        (true, _) => Some(Fixed::Immutable(what)),
        (false, true) => Some(Fixed::AppendOnly(what)),
        (false, false) => None,
    }
}

/// Elsewhere flags of this kind show in the error of the first step, and folders have none that let create alone.
#[cfg(not(target_os = "linux"))]
fn fixed(_path: &Path, _what: What) -> Option<Fixed> {
    None
}
