//! PLACE KEY: one entry of one cache, for `show`, `claims` and `copy`. Reads, and changes nothing.

use super::args::{OnePlace, PlaceAndKey};
use super::caches;
use super::failure::{Failure, Kind};
use super::session::Session;
use crate::cache::{Cache, Entry};
use crate::json::EntrySpot;
use crate::ops::find_entry;
use crate::source::Loaded;

/// A cache that was read, and the entry that is meant.
pub(super) struct One {
    /// The place as JSON names it.
    pub(super) place: String,
    loaded: Loaded,
    /// Where the entry stands.
    pub(super) spot: EntrySpot,
}

impl One {
    /// Reads the cache and finds the entry.
    ///
    /// # Errors
    /// The cache cannot be read, or the key names none or several.
    pub(super) fn read(session: &Session, which: &PlaceAndKey) -> Result<Self, Failure> {
        let (place, key) = which.read();
        let (false, Some(key)) = (place.place.is_none() && !session.is_demo, key) else {
            let failure = Failure::new(Kind::Usage, "PLACE and KEY say which entry is meant");
            return Err(failure.hint("see: saltcellar help key"));
        };
        Self::at(session, &place, key)
    }

    /// Reads the cache at `place` and finds the entry that `key` names.
    ///
    /// # Errors
    /// As for [`One::read`].
    pub(super) fn at(session: &Session, place: &OnePlace, key: &str) -> Result<Self, Failure> {
        let source = caches::open_one(session, place, session.access())?;
        let loaded = source.load().map_err(|error| Failure::at(source.place(), error))?;
        let spot = find_entry(&Cache::of(&loaded.document), key)?;
        Ok(Self { place: source.place().to_string(), loaded, spot })
    }

    /// The cache.
    pub(super) fn cache(&self) -> Cache<'_> {
        Cache::of(&self.loaded.document)
    }

    /// The entry, as long as it is an entry at all.
    pub(super) fn entry(&self) -> Option<Entry<'_>> {
        self.cache().entry(self.spot)
    }
}
