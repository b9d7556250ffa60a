//! Windows: the share mode of the lock file, as .NET has it (CrossPlatLock.cs), and its removal by the system.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

const FILE_SHARE_READ: u32 = 1;
const FILE_SHARE_DELETE: u32 = 4;
const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const ERROR_SHARING_VIOLATION: i32 = 32;

/// .NET's mode and `CREATE_NEW`: excludes every peer, defeats Node's stray unlink (no `FILE_SHARE_DELETE`),
/// and the system removes the file, even after a crash.
pub(in crate::lock) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .share_mode(FILE_SHARE_READ)
        .custom_flags(FILE_FLAG_DELETE_ON_CLOSE)
        .open(path)
}

/// Windows removes the lock file of a process that dies: it need not be signed unseen.
pub(in crate::lock) fn appear(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A file that is about to go answers "access denied" until its last handle closes.
pub(in crate::lock) fn is_taken(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::PermissionDenied)
        || cause.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
}

/// Shares deletion alone: it opens only if nobody else has the file open, and lets [`remove`] through.
pub(in crate::lock) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .share_mode(FILE_SHARE_DELETE)
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
        .open(path)
}

/// Opens a lock file to read it, sharing everything.
pub(in crate::lock) fn peek(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
}

/// The share mode is the lock. A range lock would only hide our note from readers.
pub(in crate::lock) fn lock(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// A share mode works on every file system.
pub(in crate::lock) fn is_unsupported(_cause: &io::Error) -> bool {
    false
}

/// Nobody can rename or delete a file whose handle does not share deletion.
pub(in crate::lock) fn stands_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// A file of [`create`] refuses deletion by path, and is removed by the system when its handle closes.
pub(in crate::lock) fn remove(_file: &File, path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
