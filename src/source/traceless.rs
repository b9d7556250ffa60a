//! Looking without leaving a trace: access times stay where we own the file or folder. Writes nothing.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::system::{self, Kind, Trace};

/// Opens a file to read it; refuses a link, never waits for a pipe.
pub(super) fn open(path: &Path) -> io::Result<File> {
    system::open(path, Trace::Spared)
}

/// Opens a file of ours to read it: regular, not a link, and nobody else's.
pub(super) fn open_own(path: &Path) -> io::Result<File> {
    let opened = open(path)?;
    let is = system::stat(&opened)?;
    if is.kind == Kind::File && (is.is_own || system::is_root()) {
        return Ok(opened);
    }
    Err(io::Error::other("it is no regular file of yours"))
}

/// The regular files of a folder, in order of their names.
///
/// # Errors
/// The folder cannot be read.
pub fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<_> = system::files_in(folder)?.iter().map(|name| folder.join(name)).collect();
    files.sort();
    Ok(files)
}
