//! From a place to its store: the only file that names every store.

use std::sync::Arc;

use super::atomic::RealDisk;
use super::file::{FileOptions, FileStore, Links, Reading};
use super::memory::MemoryStore;
use super::place::Place;
use super::{Store, StoreError, StoreErrorKind};
use crate::lock::Conventions;
use crate::secret::SecretBytes;
use crate::time::Clock;

/// Opens the store at `place`.
///
/// # Errors
/// A place that holds no single cache (a folder), or a link that leads nowhere.
pub fn open(
    place: &Place,
    links: Links,
    reading: Reading,
    clock: Arc<dyn Clock>,
) -> Result<Box<dyn Store>, StoreError> {
    let Some(path) = place.path() else {
        return Err(if place.folder().is_some() { StoreErrorKind::NotAFile } else { StoreErrorKind::Unreadable }.into());
    };
    let conventions = conventions(place);
    let options = FileOptions { path: path.to_owned(), links, conventions, reading };
    Ok(Box::new(FileStore::new(options, Arc::new(RealDisk), clock)?))
}

/// A store in memory that begins with `bytes`.
#[must_use]
pub fn memory(bytes: SecretBytes) -> Box<dyn Store> {
    Box::new(MemoryStore::new(bytes))
}

/// Which locks the apps of this cache may use: always the one beside the file, the folder's where MSAL4J may be.
#[must_use]
pub fn conventions(place: &Place) -> Conventions {
    match place.lock.as_deref() {
        Some("java") => Conventions::WithFolder,
        _ => Conventions::AsFolderSays,
    }
}
