//! Where a text may be parted: behind the comma between two entries of a section. Guessed from the bytes around it: what
//! lies between two joints may be no part of the text, which its parsing tells.

use memchr::{memchr, memmem};

use super::EntrySpot;

/// The offset behind the first comma that stands behind the end of an object and before a string.
pub(super) fn joint_in(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let brace = from + memchr(b'}', bytes.get(from..)?)?;
        from = brace + 1;
        // The end of an object that ends with another is the end of a section as a rule, or lies deeper than entries.
        let is_inner = bytes.get(..brace)?.trim_ascii_end().last() == Some(&b'}');
        let rest = bytes.get(from..)?.trim_ascii_start();
        let Some(behind) = rest.strip_prefix(b",").filter(|_| !is_inner) else { continue };
        if behind.trim_ascii_start().first() == Some(&b'"') {
            return Some(bytes.len() - behind.len());
        }
    }
}

/// The section that goes on where a stretch of a text begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lead {
    /// Its name as written, in its quotes; empty at the beginning of the text.
    pub(super) name: Vec<u8>,
    /// Which section it is, and how many entries of it stand before.
    pub(super) spot: EntrySpot,
}

/// So many entries are taken to stand before a joint: the first ones of a section also tell whose hand wrote it, so
/// that they must be known for what they are.
const ASSUMED: usize = 64;
const TYPE: &[u8] = b"\"credential_type\"";

impl Lead {
    /// The section that the entry at the beginning of `bytes` is likely in, by the type that a credential tells. Which
    /// one it is and how many entries stand before is not known: both are relative.
    pub(super) fn guess(bytes: &[u8]) -> Self {
        let entry = memchr(b'}', bytes).and_then(|end| bytes.get(..end)).unwrap_or(bytes);
        let told = memmem::find(entry, TYPE).and_then(|at| {
            let value = entry.get(at + TYPE.len()..)?.trim_ascii_start().strip_prefix(b":")?;
            let value = value.trim_ascii_start().strip_prefix(b"\"")?;
            value.get(..memchr(b'"', value)?)
        });
        let name = [b"\"", told.unwrap_or(b"Account"), b"\""].concat();
        Self { name, spot: EntrySpot { section: 0, entry: ASSUMED } }
    }

    /// Whether what was guessed is what is known as `truth`.
    pub(super) fn agrees(&self, truth: &Self) -> bool {
        let goes_on = !truth.name.is_empty() && self.name == truth.name;
        self == truth || (goes_on && truth.spot.entry >= self.spot.entry)
    }

    /// Where in the whole text the entry stands that is at `spot` when it is counted from here, and this is `truth`.
    pub(super) fn behind(&self, truth: &Self, spot: EntrySpot) -> EntrySpot {
        let goes_on = spot.section == self.spot.section;
        let section = truth.spot.section + (spot.section - self.spot.section);
        let entry = if goes_on { truth.spot.entry + (spot.entry - self.spot.entry) } else { spot.entry };
        EntrySpot { section, entry }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joint_is_guessed_behind_the_comma_between_two_entries() {
        let behind = |text: &'static str| joint_in(text.as_bytes()).map(|at| &text[at..]);

        assert_eq!(behind(r#"x":1},  "k2":{}, "k3":{}"#), Some(r#"  "k2":{}, "k3":{}"#));
        assert_eq!(behind(r#""x":1}}, "k":{"x":1}, "l":{}"#), Some(r#" "l":{}"#));
        assert_eq!(behind(r#""},{"a":1},2,}"#), None);
    }

    #[test]
    fn the_section_is_guessed_by_the_type_of_the_next_entry() {
        let name = |text: &str| String::from_utf8(Lead::guess(text.as_bytes()).name).expect("a name");

        assert_eq!(name(r#""k":{"a":1,"credential_type" : "IdToken"},"l":{"credential_type":"A"}"#), "\"IdToken\"");
        assert_eq!(name(r#""k":{},"l":{"credential_type":"A"}"#), "\"Account\"");
    }

    #[test]
    fn spots_behind_a_guess_are_those_of_the_whole() {
        let spot = |section, entry| EntrySpot { section, entry };
        let guessed = Lead { name: b"\"A\"".to_vec(), spot: spot(0, ASSUMED) };
        let truth = Lead { spot: spot(3, 500), ..guessed.clone() };

        assert!(guessed.agrees(&truth));
        assert_eq!(guessed.behind(&truth, spot(0, ASSUMED + 2)), spot(3, 502));
        assert_eq!(guessed.behind(&truth, spot(2, 5)), spot(5, 5));
        assert!(!guessed.agrees(&Lead { spot: spot(3, ASSUMED - 1), ..truth.clone() }), "too few entries before");
        assert!(!guessed.agrees(&Lead { name: b"\"B\"".to_vec(), ..truth }));
    }
}
