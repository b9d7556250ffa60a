//! Looking without leaving a trace: access times stay where we own the file or folder. Writes nothing.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::secret::SecretBytes;
use crate::system::{self, Kind, Stat, Trace};

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

/// The first `limit` bytes of a file as [`open_own`] opens it, and what it is.
pub(super) fn read_own(path: &Path, limit: u64) -> io::Result<(SecretBytes, Stat)> {
    let opened = open_own(path)?;
    let is = system::stat(&opened)?;
    let wanted = limit.min(is.len);
    // Room for all of it at once: a vector that grows leaves copies behind unwiped.
    let room = usize::try_from(wanted).map_err(io::Error::other)?.saturating_add(1);
    let mut bytes = Vec::with_capacity(room);
    let read = opened.take(wanted).read_to_end(&mut bytes);
    let bytes = SecretBytes::new(bytes);
    read.map(|_| (bytes, is))
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

/// So much of a text is looked at: a few words.
const GLANCE: usize = 64;

/// Whether the file at `path` begins as a text for people does, with letters and blanks between them: a note, a script.
/// A cache begins with a brace; sealed or signed it holds no blank, or bytes that are no letters.
#[must_use]
pub fn is_prose(path: &Path) -> bool {
    // A token may lie there by itself.
    let mut head = Zeroizing::new([0; GLANCE]);
    let read = open(path).and_then(|mut file| file.read(&mut *head));
    let head = read.ok().and_then(|len| head.get(..len)).unwrap_or_default();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii();
    let is_letter = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    !head.starts_with(b"{") && head.contains(&b' ') && head.iter().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_prose_and_no_cache_is_however_it_is_wrapped() {
        let folder = tempfile::tempdir().expect("a folder");
        let told = |bytes: &[u8]| {
            let path = folder.path().join("file");
            std::fs::write(&path, bytes).expect("written");
            is_prose(&path)
        };

        assert!(told(b"# Notes on this folder") && told(b"\xef\xbb\xbf  <?xml version='1.0'?>") && told(b"[ 1, 2 ]"));
        for cache in [&b""[..], b"  ", b"{", b"\xef\xbb\xbf\r\n{ \"a\": 1", b"eyJhbGciOiJkaXIi.x.y", b".eJyr:1tA:sig"] {
            assert!(!told(cache), "{cache:?}");
        }
        assert!(!told(b"\x01\0\0\0\xd0 sealed") && !told(b"g A \0\0\0\0\x80\x04") && !is_prose(folder.path()));
    }
}
