//! Reads a whole file into a buffer that is wiped later. Refuses what no memory holds, and never maps a file: MSAL
//! truncates in place, and a mapping of its file could end the program.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};

use super::file::unreadable;
use super::huge;
use super::{Pieces, StoreError, StoreErrorKind};
use crate::secret::SecretBytes;
use crate::system;
use crate::threads::both;

/// The largest cache that is read: above every real one, below what exhausts memory.
const MAX_BYTES: u64 = 8 << 30;
/// From this size on, two threads read: most of the time goes into making the memory, page by page.
const WORTH_TWO: u64 = 4 << 20;

/// All bytes of `file`, which had `size` bytes when it was opened.
pub(super) fn read_all(file: &File, size: u64) -> Result<SecretBytes, StoreError> {
    if size > MAX_BYTES {
        return Err(StoreErrorKind::TooLarge(MAX_BYTES).into());
    }
    if size >= WORTH_TWO {
        if let Ok(bytes) = read_by_two(file, size) {
            return Ok(bytes);
        }
        // On Windows a read at an offset moves the position from which one without goes on.
        (&mut &*file).rewind().map_err(unreadable)?;
    }
    // A file that grows while it is read must not fill the memory.
    read_through(file, size, size.saturating_mul(2).max(1 << 20)).map_err(unreadable)
}

/// The first `limit` bytes of `file`.
pub(super) fn read_head(file: &File, limit: u64) -> Result<SecretBytes, StoreError> {
    read_through(file, limit, limit).map_err(unreadable)
}

/// Lets `read` read the `size` bytes of `file` in pieces: making memory for all of it costs more than reading.
pub(super) fn read_pieces(file: &File, size: u64, read: &mut dyn FnMut(&dyn Pieces, u64)) -> Result<(), StoreError> {
    if size > MAX_BYTES {
        return Err(StoreErrorKind::TooLarge(MAX_BYTES).into());
    }
    read(&file, size);
    Ok(())
}

impl Pieces for &File {
    fn read(&self, at: u64, room: &mut [u8]) -> Result<usize, StoreError> {
        loop {
            match system::read_at(self, room, at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(unreadable),
            }
        }
    }
}

/// Both halves at once. An error if the file ends early or is longer by now: then it is read in one go.
fn read_by_two(file: &File, size: u64) -> io::Result<SecretBytes> {
    let mut bytes = SecretBytes::new(vec![0; usize::try_from(size).map_err(io::Error::other)?]);
    huge::advise(bytes.as_room());
    let middle = bytes.len() / 2;
    let (head, tail) = bytes.as_room().split_at_mut(middle);
    let (second, first) =
        both(|| system::read_exact_at(file, tail, middle as u64), || system::read_exact_at(file, head, 0));
    first.and(second)?;
    match system::ends_at(file, size)? {
        true => Ok(bytes),
        false => Err(io::Error::other("it grew meanwhile")),
    }
}

/// So much is read at once to be compared: it stays in the processor's own memory.
const PIECE: usize = 256 << 10;

/// Whether `file`, which had `size` bytes when it was opened, holds `bytes` and nothing else.
pub(super) fn holds(file: &File, size: u64, bytes: &[u8]) -> Result<bool, StoreError> {
    if size != bytes.len() as u64 {
        return Ok(false);
    }
    let from = |start: usize, part: &[u8]| holds_at(file, start as u64, part);
    let same = if size < WORTH_TWO {
        from(0, bytes)
    } else {
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        let (second, first) = both(|| from(head.len(), tail), || from(0, head));
        first.and_then(|first| second.map(|second| first && second))
    };
    Ok(same.map_err(unreadable)? && system::ends_at(file, size).map_err(unreadable)?)
}

/// Whether `bytes` stand in `file` from `start` on.
fn holds_at(file: &File, start: u64, bytes: &[u8]) -> io::Result<bool> {
    let mut room = SecretBytes::new(vec![0; PIECE.min(bytes.len())]);
    let mut at = start;
    for piece in bytes.chunks(PIECE) {
        let Some(room) = room.as_room().get_mut(..piece.len()) else { return Ok(false) };
        match system::read_exact_at(file, room, at) {
            Ok(()) if room == piece => at += piece.len() as u64,
            Ok(()) => return Ok(false),
            // It is shorter by now.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn read_through(file: &File, size: u64, limit: u64) -> io::Result<SecretBytes> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default().saturating_add(1));
    let read = file.take(limit).read_to_end(&mut bytes);
    // Wiped also when the read failed half-way.
    let bytes = SecretBytes::new(bytes);
    read.map(|_| bytes)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A file that is worth two threads, and what stands in it.
    fn large() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("large");
        let content: Vec<u8> = (0..(WORTH_TWO + 3)).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &content).expect("written");
        (folder, path, content)
    }

    #[test]
    fn a_file_is_told_from_another_by_any_byte() {
        let (_folder, path, content) = large();
        let file = File::open(&path).expect("opened");
        let size = content.len() as u64;

        assert!(holds(&file, size, &content).expect("read"));
        for at in [0, content.len() / 2 - 1, content.len() / 2, content.len() - 1] {
            let mut other = content.clone();
            other[at] ^= 1;
            assert!(!holds(&file, size, &other).expect("read"), "{at}");
        }
        // Shorter, or longer, than it was a moment ago.
        let longer = [&content[..], b"x"].concat();
        assert!(!holds(&file, size + 1, &longer).expect("read"));
        assert!(!holds(&file, size - 1, &content[..content.len() - 1]).expect("read"));
        assert!(!holds(&file, size, &longer).expect("read"));
    }

    #[test]
    fn large_files_read_whole_and_changed_sizes_do_too() {
        let (_folder, path, content) = large();

        for believed in [WORTH_TWO + 3, WORTH_TWO + 9, WORTH_TWO] {
            let file = File::open(&path).expect("opened");
            let read = read_all(&file, believed).expect("read");
            assert!(read == SecretBytes::new(content.clone()), "{believed}");
        }
    }
}
