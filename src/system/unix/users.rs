//! Users and rights of Unix: whose a file is, and what keeps us out. Looks only; names come from `/etc/passwd` alone, so
//! that no directory service is asked.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD};
use rustix::io::Errno;

use crate::system::User;

/// Whose the file at `path` is, of a link itself.
#[must_use]
pub fn owner_of(path: &Path) -> Option<User> {
    path.symlink_metadata().ok().map(|is| user(is.uid()))
}

/// As whom this process acts.
#[must_use]
pub fn us() -> Option<User> {
    Some(user(rustix::process::geteuid().as_raw()))
}

fn user(id: u32) -> User {
    let names = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    };
    User { id, name: names.lines().find_map(named) }
}

/// Whether this process may pass through a folder.
#[must_use]
pub fn may_pass(folder: &Path) -> bool {
    rustix::fs::accessat(CWD, folder, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

/// Whether the system said that a file system keeps no locks.
#[must_use]
pub fn keeps_no_locks(error: &io::Error) -> bool {
    let said = error.raw_os_error();
    [Errno::NOLCK, Errno::OPNOTSUPP, Errno::NOSYS].iter().any(|errno| said == Some(errno.raw_os_error()))
}

/// Whether something is mounted at `path` itself; `false` also where the system does not tell.
#[cfg(target_os = "linux")]
#[must_use]
pub fn is_mount(path: &Path) -> bool {
    use rustix::fs::{StatxAttributes, StatxFlags, statx};
    let is = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty());
    is.is_ok_and(|is| is.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

/// Whether something is mounted at `path` itself: elsewhere single files are not mounted.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn is_mount(_path: &Path) -> bool {
    false
}

/// Where the file system of `path` is mounted.
#[must_use]
pub fn mount_of(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|above| is_mount(above)).map(Path::to_path_buf)
}

/// The name of the file system of `path`, where it is one that is known for its ways with locks.
#[cfg(target_os = "linux")]
#[must_use]
pub fn file_system_of(path: &Path) -> Option<&'static str> {
    let is = rustix::fs::statfs(path.parent()?).ok()?;
    match is.f_type {
        0x6969 => Some("NFS"),
        0xff53_4d42 | 0xfe53_4d42 => Some("SMB"),
        0x6573_5546 => Some("FUSE"),
        0x0102_1997 => Some("9p (WSL, a virtual machine)"),
        _ => None,
    }
}

/// The name of the file system of `path`: not told here.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn file_system_of(_path: &Path) -> Option<&'static str> {
    None
}
