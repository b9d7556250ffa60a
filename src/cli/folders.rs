//! The caches of a folder that is named as a PLACE: its files, but what is surely none. Opens no cache.

use std::io;
use std::path::{Path, PathBuf};

use crate::source::{Place, files_in, is_prose, is_upkeep};

/// What lies in a folder.
pub(super) struct Lying {
    /// The files that may be caches, by name.
    pub(super) caches: Vec<PathBuf>,
    /// The names of texts for people: a note, a script. No cache begins as they do.
    pub(super) others: Vec<String>,
}

impl Lying {
    /// Looks into `folder`: at its regular files, but hidden ones, locks and what cachelib counts with. An app's temp
    /// file is no cache.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let meant = files_in(folder)?.into_iter().filter(|path| is_meant(&name(path)));
        let (others, caches): (Vec<_>, Vec<_>) = meant.partition(|path| is_prose(path));
        Ok(Self { caches, others: others.iter().map(|path| name(path)).collect() })
    }
}

fn is_meant(name: &str) -> bool {
    !name.ends_with(".lockfile") && !name.ends_with(".lock") && !name.starts_with('.') && !is_upkeep(name)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder that is meant by `place`, if one is.
pub(super) fn folder_of(place: &Place) -> Option<PathBuf> {
    let named = place.folder().map(Path::to_owned);
    named.or_else(|| place.path().filter(|path| path.is_dir()).map(Path::to_owned))
}

/// The places of the caches of a folder, if `place` is one with caches in it; else `place` itself.
#[must_use]
pub fn each_of(place: &Place) -> Vec<Place> {
    let lying = folder_of(place).and_then(|folder| Lying::of(&folder).ok());
    let caches = lying.map(|lying| lying.caches).filter(|caches| !caches.is_empty());
    caches.map_or_else(|| vec![place.clone()], |caches| caches.iter().map(|path| Place::file(path)).collect())
}
