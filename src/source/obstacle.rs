//! What stands in the way of reading or changing a file, told apart by what the system said and by a look at the file
//! and the folders above it. Looks only, and only after something failed; what to do about it is said elsewhere.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::store::StoreErrorKind;
use crate::store::fixed::Fixed;
use crate::system::{self, Kind, User};

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The file belongs to another user: a container's, root's, whoever copied it.
    OtherUser {
        /// Whose it is.
        owner: User,
        /// Who we are.
        us: User,
        /// Its permission bits.
        mode: u32,
    },
    /// The own file, of which the permission bits keep its owner out.
    Mode(u32),
    /// A folder above the file that lets us not pass.
    ClosedFolder(Folder),
    /// The folder of the file, in which we may make no other.
    LockedFolder(Folder),
    /// A symbolic link, and where to.
    Symlink(Option<PathBuf>),
    /// A file with several names.
    HardLink,
    /// A folder.
    Folder,
    /// A pipe, a device, a socket.
    NotAFile,
    /// It lies on a file system that is mounted read-only, here.
    ReadOnlyMount(Option<PathBuf>),
    /// The file itself is mounted: nothing can take its place.
    BindMount,
    /// An administrator fixed it or its folder.
    Fixed(Fixed),
    /// The file system that is mounted here is full, or our part of it.
    DiskFull(Option<PathBuf>),
    /// The file system keeps no locks; its name, where it is known.
    NoLocks(Option<&'static str>),
}

/// A folder and who may what in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Which.
    pub path: PathBuf,
    /// Whose it is.
    pub owner: User,
    /// Who we are.
    pub us: User,
    /// Its permission bits.
    pub mode: u32,
}

impl Obstacle {
    /// What stood in the way at `path`, of which a store said `kind` and the system `cause`; `None` where nothing is known
    /// beyond that.
    pub(super) fn of(path: &Path, kind: &StoreErrorKind, cause: Option<&io::Error>) -> Option<Self> {
        match kind {
            StoreErrorKind::Link("symbolic link") => Some(Self::Symlink(path.read_link().ok())),
            StoreErrorKind::Link(_) => Some(Self::HardLink),
            StoreErrorKind::NotAFile => Some(match system::stat_at(path).map(|is| is.kind) {
                Ok(Kind::Folder) => Self::Folder,
                Ok(Kind::File | Kind::Link | Kind::Other) | Err(_) => Self::NotAFile,
            }),
            StoreErrorKind::Fixed(fixed) if fixed.is_mounted() => Some(Self::BindMount),
            StoreErrorKind::Fixed(fixed) => Some(Self::Fixed(*fixed)),
            StoreErrorKind::OtherUser => Self::of_another(path),
            StoreErrorKind::Unreadable => Self::to_reading(path, cause?),
            StoreErrorKind::Write(_) | StoreErrorKind::NoLock(_) => to_writing(path, cause?),
            StoreErrorKind::Keyring(_)
            | StoreErrorKind::KeyOnly
            | StoreErrorKind::NotBuilt { .. }
            | StoreErrorKind::OtherSystem { .. }
            | StoreErrorKind::TooLarge(_)
            | StoreErrorKind::Busy { .. }
            | StoreErrorKind::Cancelled
            | StoreErrorKind::Changed
            | StoreErrorKind::LockLost
            | StoreErrorKind::Server(_)
            | StoreErrorKind::Served(_)
            | StoreErrorKind::Unsupported(_)
            | StoreErrorKind::Foreign => None,
        }
    }

    /// What kept us from reading the file at `path`, of which the system said `cause`.
    pub(super) fn to_reading(path: &Path, cause: &io::Error) -> Option<Self> {
        if cause.kind() != ErrorKind::PermissionDenied {
            return None;
        }
        let closed = above(path).into_iter().find(|folder| !system::may_pass(folder));
        match closed {
            Some(folder) => Folder::at(folder).map(Self::ClosedFolder),
            None => Self::of_another(path).or_else(|| system::mode_of(path).map(Self::Mode)),
        }
    }

    /// Another user, if the file at `path` is not ours.
    pub(super) fn of_another(path: &Path) -> Option<Self> {
        let (owner, us) = (system::owner_of(path)?, system::us()?);
        (owner != us).then_some(Self::OtherUser { owner, us, mode: system::mode_of(path)? })
    }

    /// The word for it in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OtherUser { .. } => "other-user",
            Self::Mode(_) => "mode",
            Self::ClosedFolder(_) => "closed-folder",
            Self::LockedFolder(_) => "locked-folder",
            Self::Symlink(_) => "symlink",
            Self::HardLink => "hard-link",
            Self::Folder => "folder",
            Self::NotAFile => "not-a-file",
            Self::ReadOnlyMount(_) => "read-only-mount",
            Self::BindMount => "bind-mount",
            Self::Fixed(fixed) => fixed.name(),
            Self::DiskFull(_) => "disk-full",
            Self::NoLocks(_) => "no-locks",
        }
    }
}

impl Folder {
    fn at(path: &Path) -> Option<Self> {
        let (owner, us) = (system::owner_of(path)?, system::us()?);
        Some(Self { path: path.to_path_buf(), owner, us, mode: system::mode_of(path)? })
    }
}

/// What kept us from changing the file at `path`.
fn to_writing(path: &Path, cause: &io::Error) -> Option<Obstacle> {
    let is = |kind: ErrorKind| cause.kind() == kind;
    if is(ErrorKind::ReadOnlyFilesystem) {
        return Some(Obstacle::ReadOnlyMount(system::mount_of(path)));
    }
    if is(ErrorKind::ResourceBusy) {
        return Some(Obstacle::BindMount);
    }
    if is(ErrorKind::StorageFull) || is(ErrorKind::QuotaExceeded) {
        return Some(Obstacle::DiskFull(system::mount_of(path)));
    }
    if is(ErrorKind::PermissionDenied) {
        return path.parent().and_then(Folder::at).map(Obstacle::LockedFolder);
    }
    system::keeps_no_locks(cause).then(|| Obstacle::NoLocks(system::file_system_of(path)))
}

/// The folders above `path`, the root first.
fn above(path: &Path) -> Vec<&Path> {
    let mut above: Vec<_> = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).collect();
    above.reverse();
    above
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |mount: &Option<PathBuf>| match mount {
            Some(mount) => mount.display().to_string(),
            None => "its file system".to_owned(),
        };
        match self {
            Self::OtherUser { owner, us, mode } => {
                write!(f, "it is a file of {owner}, mode {mode:04o}, and this process runs as {us}")
            }
            Self::Mode(mode) => write!(f, "its mode {mode:04o} keeps its own owner out"),
            Self::ClosedFolder(Folder { path, owner, us, mode }) => {
                write!(f, "the folder {} of {owner}, mode {mode:04o}, lets {us} not pass", path.display())
            }
            Self::LockedFolder(Folder { path, owner, us, mode }) => {
                write!(f, "in the folder {} of {owner}, mode {mode:04o}, {us} may make no file", path.display())
            }
            Self::Symlink(Some(to)) => write!(f, "it is a symbolic link to {}", to.display()),
            Self::Symlink(None) => f.write_str("it is a symbolic link"),
            Self::HardLink => f.write_str("the file has several names"),
            Self::Folder => f.write_str("it is a folder"),
            Self::NotAFile => f.write_str("it is a pipe, a device or a socket"),
            Self::ReadOnlyMount(mount) => write!(f, "{} is mounted read-only", at(mount)),
            Self::BindMount => f.write_str("the file itself is a mount, so no other can take its place"),
            Self::Fixed(fixed) => fixed.fmt(f),
            Self::DiskFull(mount) => write!(f, "{} is full", at(mount)),
            Self::NoLocks(Some(system)) => write!(f, "the file system, {system}, keeps no locks"),
            Self::NoLocks(None) => f.write_str("the file system keeps no locks"),
        }
    }
}
