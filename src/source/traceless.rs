//! Looking without leaving a trace: access times stay where we own the file or folder. Writes nothing.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, FileType, OFlags};

/// Opens a file to read it; refuses a link, never waits for a pipe.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let plain = OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    opened(path, plain | OFlags::NOATIME).or_else(|_| opened(path, plain))
}

/// Opens a file of ours to read it: regular, not a link, and nobody else's.
pub(super) fn open_own(path: &Path) -> io::Result<File> {
    let opened = open(path)?;
    let is = opened.metadata()?;
    let user = rustix::process::geteuid();
    if is.is_file() && (is.uid() == user.as_raw() || user.is_root()) {
        return Ok(opened);
    }
    Err(io::Error::other("it is no regular file of yours"))
}

/// The regular files of a folder, in order of their names.
///
/// # Errors
/// The folder cannot be read.
pub fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let plain = OFlags::CLOEXEC | OFlags::DIRECTORY;
    let opened = opened(folder, plain | OFlags::NOATIME).or_else(|_| opened(folder, plain))?;
    let mut files = Vec::new();
    for entry in Dir::new(opened)? {
        let entry = entry?;
        let path = folder.join(std::ffi::OsStr::from_bytes(entry.file_name().to_bytes()));
        let kind = entry.file_type();
        // Some file systems leave the kind to be asked for.
        let is_file = kind == FileType::RegularFile
            || (kind == FileType::Unknown && path.symlink_metadata().is_ok_and(|is| is.is_file()));
        files.extend(is_file.then_some(path));
    }
    files.sort();
    Ok(files)
}

fn opened(path: &Path, flags: OFlags) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}
