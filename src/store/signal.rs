//! Signal files: beside one lies the lock of a cache that is kept in a keyring, and its time tells running apps to read
//! again. Its content is nobody's concern: none is read or written.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::atomic::{self, Disk};
use crate::secret::SecretBytes;
use crate::system::{self, Kind, Trace};
use crate::time::Clock;

/// The signal file, if there is a folder in which it or its lock could lie.
pub(super) fn in_place(signal: Option<&Path>) -> Option<&Path> {
    signal.filter(|signal| atomic::folder_of(signal).is_dir())
}

/// What MSAL Python calls an item by default: the SHA-256 of the signal file's path, as the app was given it
/// (`msal_extensions/persistence.py`: `sha256(signal_location)`).
pub(super) fn hash_of(signal: &Path) -> String {
    SecretBytes::new(system::bytes_of(signal).into_owned()).hash().to_string()
}

/// Moves the time of the signal file forward, so that running apps read again; why they may not notice, if it cannot be
/// touched. An app that has no such file notices nothing.
pub(super) fn announce(signal: Option<&Path>, disk: &dyn Disk, clock: &dyn Clock, took: Duration) -> Option<String> {
    let signal = signal?;
    let stamped = open(signal).and_then(|file| {
        let Some(file) = file else { return Ok(()) };
        let old = system::stat(&file)?.modified;
        atomic::stamp_up(disk, &file, atomic::stamp_after(clock.wall(), took, old)).map(|_| ())
    });
    let says =
        |error: io::Error| format!("running apps may not notice: {} could not be touched: {error}", signal.display());
    stamped.err().map(says)
}

#[cfg(all(feature = "secret-service", target_os = "linux"))]
/// Makes the signal file where there is none, empty and the owner's alone, with the folders above it: apps look for an
/// item only if it is there. Whether it was made.
pub(super) fn make(signal: &Path) -> io::Result<bool> {
    system::make_private_folders(atomic::folder_of(signal))?;
    match system::create_private(signal) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// The signal file, opened to be touched; `None` if there is none. No link is followed.
fn open(signal: &Path) -> io::Result<Option<File>> {
    let file = match system::open(signal, Trace::Left) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match system::stat(&file)?.kind {
        Kind::File => Ok(Some(file)),
        Kind::Folder | Kind::Link | Kind::Other => Err(io::Error::other("it is not a regular file")),
    }
}
