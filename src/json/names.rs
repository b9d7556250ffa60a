//! Finds the sections and entries of a document by name without keeping a second copy of the names: by their hash.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::index::narrow;
use super::{Document, EntrySpot, SectionSpot};

/// The sections of a document, or the entries of all its sections, by the hash of their names.
#[derive(Debug)]
pub(super) struct Names {
    hasher: RandomState,
    /// Sorted, those of one name in order: a table of hashes is made somewhat sooner, but takes for ever where a text says
    /// one key again and again.
    places: Vec<Place>,
    /// Where those begin whose hashes have these first bits, and at the end where the last ones end.
    begins: Vec<u32>,
}

/// Where a member stands. Which sections and entries a text can have is bounded by its bytes, of which this machine holds
/// fewer than the narrow numbers count.
#[derive(Clone, Copy, Debug)]
struct Place {
    hash: u64,
    /// The section, or [`ROOT`] for a section itself.
    of: u32,
    at: u32,
}

/// In place of a section: what the sections stand in.
const ROOT: u32 = u32::MAX;

impl Place {
    fn name(self, document: &Document) -> Cow<'_, str> {
        match self.of {
            ROOT => document.section_name(SectionSpot(self.at as usize)),
            section => document.key(EntrySpot { section: section as usize, entry: self.at as usize }),
        }
    }
}

impl Names {
    /// The names of the sections.
    pub(super) fn of_sections(document: &Document) -> Self {
        Self::of(document, document.sections().map(|section| (ROOT, section.0)))
    }

    /// The keys of the entries.
    pub(super) fn of_entries(document: &Document) -> Self {
        let spots = document.sections().flat_map(|section| document.entries(section));
        Self::of(document, spots.map(|spot| (narrow(spot.section), spot.entry)))
    }

    fn of(document: &Document, members: impl Iterator<Item = (u32, usize)>) -> Self {
        let hasher = RandomState::default();
        let place = |(of, at)| {
            let place = Place { of, hash: 0, at: narrow(at) };
            Place { hash: hasher.hash_one(&*place.name(document)), ..place }
        };
        let mut places: Vec<_> = members.map(place).collect();
        places.sort_unstable_by(|a, b| {
            let by_name = || a.name(document).cmp(&b.name(document)).then(a.at.cmp(&b.at));
            (a.hash, a.of).cmp(&(b.hash, b.of)).then_with(by_name)
        });
        let begins = begins(&places);
        Self { hasher, places, begins }
    }

    /// Which section, or which entry of `section`, is called `name` and has `before` others of that name before it.
    pub(super) fn find(&self, document: &Document, section: Option<usize>, name: &str, before: usize) -> Option<usize> {
        self.called(document, section, name).get(before).map(|place| place.at as usize)
    }

    /// The number of a section, or of an entry of `section`, among those of its name, from 1 on.
    pub(super) fn nth(&self, document: &Document, section: Option<usize>, name: &str, at: usize) -> usize {
        let sought = (self.hasher.hash_one(name), section.map_or(ROOT, narrow));
        let is_alone = self.alike(sought.0).iter().filter(|place| (place.hash, place.of) == sought).nth(1).is_none();
        if is_alone {
            // As nearly all: then no name is looked at.
            return 1;
        }
        let called = self.called(document, section, name);
        called.partition_point(|place| place.at <= narrow(at))
    }

    /// All of that name, in order.
    fn called(&self, document: &Document, section: Option<usize>, name: &str) -> &[Place] {
        let sought = (self.hasher.hash_one(name), section.map_or(ROOT, narrow));
        let order = |place: &Place| -> Ordering {
            (place.hash, place.of).cmp(&sought).then_with(|| place.name(document).as_ref().cmp(name))
        };
        let alike = self.alike(sought.0);
        let from = alike.partition_point(|place| order(place).is_lt());
        let rest = alike.get(from..).unwrap_or_default();
        // Most names stand there once.
        let is_alone = rest.get(1).is_none_or(|place| order(place).is_ne());
        let most = if is_alone { rest.get(..1).unwrap_or(rest) } else { rest };
        most.get(..most.partition_point(|place| order(place).is_eq())).unwrap_or_default()
    }

    /// The few whose hashes begin as `hash` does.
    fn alike(&self, hash: u64) -> &[Place] {
        let first = first_bits(hash, self.begins.len());
        let ends = self.begins.get(first).zip(self.begins.get(first + 1));
        ends.and_then(|(from, to)| self.places.get(*from as usize..*to as usize)).unwrap_or_default()
    }
}

/// For so many places about half as many beginnings.
fn begins(places: &[Place]) -> Vec<u32> {
    let mut begins = vec![0; (places.len() / 2).next_power_of_two() + 1];
    let len = begins.len();
    for place in places {
        begins.get_mut(first_bits(place.hash, len) + 1).into_iter().for_each(|count| *count += 1);
    }
    let mut before = 0;
    for begin in &mut begins {
        before += *begin;
        *begin = before;
    }
    begins
}

/// Which of the beginnings, of which there is a power of two and one more, is that of `hash`.
fn first_bits(hash: u64, begins: usize) -> usize {
    let bits = (begins - 1).trailing_zeros();
    usize::try_from(hash.checked_shr(u64::BITS - bits).unwrap_or(0)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    fn parse(text: String) -> Document {
        Document::parse(SecretBytes::new(text.into_bytes())).expect("valid")
    }

    #[test]
    fn every_entry_is_found_and_those_of_one_key_in_order() {
        // Four sections of a thousand entries, every seventh with the key of another.
        let entries: Vec<String> =
            (0..1000).map(|at| format!("\"k{}\":{{}}", if at % 7 == 0 { 0 } else { at })).collect();
        let section = entries.join(",");
        let document =
            parse(format!(r#"{{"A":{{{section}}},"B":{{{section}}},"A":{{{section}}},"C":{{}},"D":{{{section}}}}}"#));
        let names = Names::of_entries(&document);
        let all = |section, key| -> Vec<usize> {
            (0..).map_while(|before| names.find(&document, Some(section), key, before)).collect()
        };

        let sevenths: Vec<usize> = (0..1000).filter(|at| at % 7 == 0).collect();
        for section in [0, 1, 2, 4] {
            assert_eq!(all(section, "k0"), sevenths);
            assert_eq!(all(section, "k999"), [999]);
            assert_eq!(names.nth(&document, Some(section), "k0", 21), 4);
        }
        assert!(all(3, "k0").is_empty() && all(0, "k7").is_empty() && all(5, "k0").is_empty());
        let spots = document.sections().flat_map(|section| document.entries(section));
        assert!(spots.into_iter().all(|spot| document.spot(&document.path(spot)) == Some(spot)));
    }

    #[test]
    fn sections_of_one_name_are_told_apart() {
        let document = parse(r#"{"A":{},"B":{},"A":{},"\u0041":{}}"#.to_owned());
        let names = Names::of_sections(&document);

        let found = [0, 1, 2, 3].map(|before| names.find(&document, None, "A", before));
        assert_eq!(found, [Some(0), Some(2), Some(3), None]);
        assert_eq!([0, 2, 3].map(|at| names.nth(&document, None, "A", at)), [1, 2, 3]);
        assert_eq!((names.find(&document, None, "B", 0), names.find(&document, None, "C", 0)), (Some(1), None));
    }

    #[test]
    fn one_key_said_again_and_again_takes_no_time() {
        // To count them anew for each would be 450,000,000 steps.
        let entries = parse(format!(r#"{{"A":{{{}"k":{{}}}}}}"#, r#""k":{},"#.repeat(30_000)));
        let sections = parse(format!(r#"{{{}"A":{{"k":{{}}}}}}"#, r#""A":{"k":{}},"#.repeat(30_000)));

        for document in [entries, sections] {
            let spots = document.sections().flat_map(|section| document.entries(section));
            let mut found = spots.into_iter().map(|spot| document.spot(&document.path(spot)) == Some(spot));
            assert!(found.all(|same| same));
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        let document = parse(String::new());

        assert_eq!(Names::of_entries(&document).find(&document, Some(0), "k", 0), None);
        assert_eq!(Names::of_sections(&document).find(&document, None, "A", 0), None);
    }
}
