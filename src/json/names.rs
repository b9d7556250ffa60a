//! Finds the entries of a document by key without keeping a second copy of the keys: by their hash.

use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::{Document, EntrySpot};

/// The entries of a document in a table of hashes: one is found at its hash's place or shortly behind, the first of several
/// with one key before the others.
#[derive(Debug)]
pub(super) struct Names {
    hasher: RandomState,
    table: Vec<Option<Place>>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    hash: u64,
    /// Which sections and entries a text can have is bounded by its bytes, of which this machine holds fewer.
    section: u32,
    entry: u32,
}

impl Names {
    pub(super) fn of(document: &Document) -> Self {
        let spots = || document.sections().flat_map(|section| document.entries(section));
        // At most three quarters full.
        let size = (spots().count() * 4 / 3 + 1).next_power_of_two();
        let mut names = Self { hasher: RandomState::default(), table: vec![None; size] };
        spots().for_each(|spot| names.add(spot, &document.key(spot)));
        names
    }

    fn add(&mut self, EntrySpot { section, entry }: EntrySpot, key: &str) {
        let hash = self.hasher.hash_one((section, key));
        let narrow = |at| u32::try_from(at).unwrap_or(u32::MAX);
        let from = self.start(hash);
        let (before, behind) = self.table.split_at_mut(from);
        let free = behind.iter_mut().chain(before).find(|place| place.is_none());
        free.into_iter().for_each(|free| *free = Some(Place { hash, section: narrow(section), entry: narrow(entry) }));
    }

    /// The entries of a section whose keys are likely `key`, in order.
    pub(super) fn places(&self, section: usize, key: &str) -> impl Iterator<Item = usize> + '_ {
        let hash = self.hasher.hash_one((section, key));
        let (before, behind) = self.table.split_at(self.start(hash));
        let places = behind.iter().chain(before).map_while(|place| *place);
        let same = move |place: &Place| place.hash == hash && place.section as usize == section;
        places.filter(same).map(|place| place.entry as usize)
    }

    /// Where in the table what has this hash is looked for first.
    fn start(&self, hash: u64) -> usize {
        // The table's size is a power of two; what is cut off of a hash is chance too.
        hash as usize & (self.table.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    #[test]
    fn every_entry_is_found_and_those_of_one_key_in_order() {
        // Four sections of a thousand entries, every seventh with the key of another.
        let entries: Vec<String> =
            (0..1000).map(|at| format!("\"k{}\":{{}}", if at % 7 == 0 { 0 } else { at })).collect();
        let section = entries.join(",");
        let text = format!(r#"{{"A":{{{section}}},"B":{{{section}}},"A":{{{section}}},"C":{{}},"D":{{{section}}}}}"#);
        let document = Document::parse(SecretBytes::new(text.into_bytes())).expect("valid");
        let names = Names::of(&document);

        let sevenths: Vec<usize> = (0..1000).filter(|at| at % 7 == 0).collect();
        for section in [0, 1, 2, 4] {
            assert_eq!(names.places(section, "k0").collect::<Vec<_>>(), sevenths);
            assert_eq!(names.places(section, "k999").collect::<Vec<_>>(), [999]);
        }
        assert_eq!(names.places(3, "k0").chain(names.places(0, "k7")).count(), 0);
        let spots = document.sections().flat_map(|section| document.entries(section));
        assert!(spots.into_iter().all(|spot| document.spot(&document.path(spot)) == Some(spot)));
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        let document = Document::parse(SecretBytes::default()).expect("empty");

        assert_eq!(Names::of(&document).places(0, "k").count(), 0);
    }
}
