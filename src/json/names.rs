//! Finds the entries of a document by key without keeping a second copy of the keys: by their hash.

use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::{Document, EntrySpot};

/// The entries of a document by section, and in each by the hash of their keys.
#[derive(Debug)]
pub(super) struct Names {
    hasher: RandomState,
    /// Sorted: a table of hashes is made somewhat sooner, but takes for ever where a text says one key again and again.
    places: Vec<Place>,
}

/// Where an entry stands. Which sections and entries a text can have is bounded by its bytes, of which this machine holds
/// fewer than the narrow numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    section: u32,
    hash: u64,
    entry: u32,
}

impl Names {
    pub(super) fn of(document: &Document) -> Self {
        let hasher = RandomState::default();
        let place = |spot: EntrySpot| Place {
            section: narrow(spot.section),
            hash: hasher.hash_one(&*document.key(spot)),
            entry: narrow(spot.entry),
        };
        let spots = document.sections().flat_map(|section| document.entries(section));
        let mut places: Vec<_> = spots.map(place).collect();
        places.sort_unstable();
        Self { hasher, places }
    }

    /// The entries of a section whose keys are likely `key`, in order.
    pub(super) fn places(&self, section: usize, key: &str) -> impl Iterator<Item = usize> + '_ {
        let sought = (narrow(section), self.hasher.hash_one(key));
        let from = self.places.partition_point(|place| (place.section, place.hash) < sought);
        let rest = self.places.get(from..).unwrap_or_default().iter();
        rest.take_while(move |place| (place.section, place.hash) == sought).map(|place| place.entry as usize)
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
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
    fn one_key_said_again_and_again_takes_no_time() {
        let text = format!(r#"{{"A":{{{}"k":{{}}}}}}"#, r#""k":{},"#.repeat(300_000));
        let document = Document::parse(SecretBytes::new(text.into_bytes())).expect("valid");

        assert_eq!(Names::of(&document).places(0, "k").nth(300_000), Some(300_000));
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        let document = Document::parse(SecretBytes::default()).expect("empty");

        assert_eq!(Names::of(&document).places(0, "k").count(), 0);
    }
}
