//! Files of Windows: told apart by volume and index, opened so that others may go on, replaced with patience.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_STOPPED_ON_SYMLINK};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_READ_ATTRIBUTES,
};

use crate::system::{Kind, Stat, Trace};

/// What the system tells of an open file.
///
/// # Errors
/// Those of the system.
pub fn stat(file: &File) -> io::Result<Stat> {
    let (is, known) = (file.metadata()?, winapi_util::file::information(file)?);
    Ok(Stat {
        identity: (known.volume_serial_number(), known.file_index()),
        kind: Kind::of(is.file_type()),
        len: is.len(),
        modified: is.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()),
        altered: None,
        mode: None,
        links: known.number_of_links(),
        is_own: true,
    })
}

/// What the system tells of what stands at `path`, of a link itself.
///
/// # Errors
/// Those of the system.
pub fn stat_at(path: &Path) -> io::Result<Stat> {
    // Asks for no data: so it passes by share modes, and works on folders.
    let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    let opened = OpenOptions::new().access_mode(FILE_READ_ATTRIBUTES).custom_flags(flags).open(path);
    stat(&opened?)
}

/// The permission bits of what `path` leads to: there are none.
#[must_use]
pub fn mode_of(_path: &Path) -> Option<u32> {
    None
}

/// Opens a file to read it, sharing everything. Refuses a link ([`is_link_refused`]). Windows keeps no times of access.
///
/// # Errors
/// Those of the system.
pub fn open(path: &Path, _trace: Trace) -> io::Result<File> {
    // Not by `FILE_FLAG_OPEN_REPARSE_POINT`: a file that lies in a cloud is one too, and must be fetched.
    let file = File::open(path)?;
    let there = stat_at(path)?;
    if there.kind == Kind::Link || there.identity != stat(&file)?.identity {
        return Err(code(ERROR_STOPPED_ON_SYMLINK));
    }
    Ok(file)
}

/// A file that is to be replaced, as long as it may stay open meanwhile: not all file systems replace an open one.
#[must_use]
pub fn kept_open(_file: File) -> Option<File> {
    None
}

/// Whether [`open`] failed because a link stands there.
#[must_use]
pub fn is_link_refused(error: &io::Error) -> bool {
    is(error, ERROR_STOPPED_ON_SYMLINK)
}

/// Creates a new file, to write and to read, with the access list of its folder.
///
/// # Errors
/// Those of the system; also when something of that name exists.
pub fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Makes a folder with the access list of the one above.
///
/// # Errors
/// Those of the system; also when something of that name exists.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

/// Makes a folder and those above it that are missing, with the access list of the one above.
///
/// # Errors
/// Those of the system.
pub fn make_private_folders(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// The names of the regular files in a folder, in no order.
///
/// # Errors
/// Those of the system.
pub fn files_in(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        names.extend(entry.file_type()?.is_file().then(|| entry.file_name()));
    }
    Ok(names)
}

/// The names of all that lies in a folder, in no order.
///
/// # Errors
/// Those of the system.
pub fn names_in(folder: &Path) -> io::Result<Vec<OsString>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// How often a replacement is tried, and how long it waits between: a second and a half in all, well below the five
/// for which Python waits for our lock.
const TRIES: u32 = 30;
const BETWEEN: Duration = Duration::from_millis(50);

/// Puts `from` in the place of `to`. Who reads `to` without letting others delete it is waited for: virus scanners,
/// indexers and peers in the middle of a read close it soon.
///
/// # Errors
/// Those of the system; `to` is then as it was.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    let mut done = std::fs::rename(from, to);
    for _ in 1..TRIES {
        if !done.as_ref().is_err_and(|error| is_open_elsewhere(error, to)) {
            break;
        }
        std::thread::sleep(BETWEEN);
        done = std::fs::rename(from, to);
    }
    done
}

fn is_open_elsewhere(error: &io::Error, to: &Path) -> bool {
    let is_readonly = || to.metadata().is_ok_and(|is| is.permissions().readonly());
    is(error, ERROR_SHARING_VIOLATION) || (is(error, ERROR_ACCESS_DENIED) && !is_readonly())
}

/// NTFS keeps a journal of names: a folder cannot be synced, and need not be.
///
/// # Errors
/// None.
pub fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// The new file has the access list of the folder, as every file that MSAL makes there.
///
/// # Errors
/// None.
pub fn dress(_file: &File, _like: &File) -> io::Result<()> {
    Ok(())
}

/// Access hangs on the folder, not on who made the file.
///
/// # Errors
/// None.
pub fn own_as(_file: &File, _like: &Path) -> io::Result<()> {
    Ok(())
}

/// Nobody passes by the access lists.
#[must_use]
pub fn is_root() -> bool {
    false
}

/// Fills `buffer` from `offset` on; other threads may read the same file meanwhile. Moves the file's own position too.
///
/// # Errors
/// Those of the system; it ends before the buffer is full.
pub fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    let (mut left, mut at) = (buffer, offset);
    while !left.is_empty() {
        match file.seek_read(left, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                left = left.get_mut(read..).unwrap_or_default();
                at += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads into `buffer` from `offset` on. Moves the file's own position too.
///
/// # Errors
/// Those of the system.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Whether `file` ends at `offset`, or before. Moves the file's own position too.
///
/// # Errors
/// Those of the system.
pub fn ends_at(file: &File, offset: u64) -> io::Result<bool> {
    Ok(file.seek_read(&mut [0], offset)? == 0)
}

/// The bytes of a path; what is no Unicode in it is no UTF-8.
#[must_use]
pub fn bytes_of(path: &Path) -> Cow<'_, [u8]> {
    Cow::Borrowed(path.as_os_str().as_encoded_bytes())
}

/// The path that has these bytes; what is no UTF-8 in them becomes a letter that no file has.
/// `/C:/caches` and `///C:/caches`, as URIs write it, is `C:/caches`.
#[must_use]
pub fn path_of(bytes: Vec<u8>) -> PathBuf {
    let text = String::from_utf8_lossy(&bytes);
    let bare = text.trim_start_matches('/');
    let is_drive = matches!(bare.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    PathBuf::from(if is_drive { bare } else { &text })
}

fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}

fn code(code: u32) -> io::Error {
    io::Error::from_raw_os_error(code.cast_signed())
}
