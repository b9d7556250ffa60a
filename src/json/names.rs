//! Finds the entries of a document by key without keeping a second copy of the keys: by their hash.

use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::{Document, EntrySpot};

/// The entries of a document by section, and in each by the hash of their keys.
#[derive(Debug)]
pub(super) struct Names {
    hasher: RandomState,
    /// Sorted: one list is made sooner, and is smaller, than a map with a list for every key.
    places: Vec<(usize, u64, usize)>,
}

impl Names {
    pub(super) fn of(document: &Document) -> Self {
        let hasher = RandomState::default();
        let place = |spot: EntrySpot| (spot.section, hasher.hash_one(&*document.key(spot)), spot.entry);
        let spots = document.sections().flat_map(|section| document.entries(section));
        let mut places: Vec<_> = spots.map(place).collect();
        places.sort_unstable();
        Self { hasher, places }
    }

    /// The entries of a section whose keys are likely `key`, in order.
    pub(super) fn places(&self, section: usize, key: &str) -> impl Iterator<Item = usize> + '_ {
        let sought = (section, self.hasher.hash_one(key));
        let from = self.places.partition_point(|(section, hash, _)| (*section, *hash) < sought);
        let rest = self.places.get(from..).unwrap_or_default().iter();
        rest.take_while(move |(section, hash, _)| (*section, *hash) == sought).map(|(_, _, entry)| *entry)
    }
}
