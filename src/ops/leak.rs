//! The second opinion on a redacted text: looks for every original in it. Shares no code with what made
//! the text, and knows no fields but the entries' own secrets.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::export::any_secret;
use super::redact::Survivor;
use crate::cache::Cache;

/// What must not stand in a redacted text.
pub(super) struct Originals<'a> {
    /// The cache whose secrets must not.
    pub(super) cache: &'a Cache<'a>,
    /// Names and ids, lower case.
    pub(super) names: Vec<&'a str>,
}

/// As many bytes of a secret in a row count as the secret.
const WINDOW: usize = 12;
/// Words of the stand-ins themselves: a client called "client" gives nothing away.
const OURS: [&str; 11] =
    ["user", "name", "tenant", "host", "client", "scope", "opaque", "example", "invalid", "redacted", "text"];

impl Originals<'_> {
    /// Looks for them in `shown`, which is lower case.
    pub(super) fn check(&self, shown: &str) -> Result<(), Survivor> {
        if self.names_survive(shown) {
            return Err(Survivor("a name or id"));
        }
        if self.secrets_survive(shown) {
            return Err(Survivor("a secret"));
        }
        Ok(())
    }

    /// Whole names only: `ada` survives in "ada@…", not in "canada". So only places are looked at behind
    /// which no letter or digit follows.
    fn names_survive(&self, shown: &str) -> bool {
        let mut by_end: HashMap<&[u8], Vec<&str>> = HashMap::new();
        let mut lengths = BTreeSet::new();
        for name in self.names.iter().filter(|name| !OURS.contains(name)) {
            let end = name.as_bytes().get(name.len().saturating_sub(WINDOW)..).unwrap_or_default();
            by_end.entry(end).or_default().push(name);
            lengths.insert(end.len());
        }
        let bytes = shown.as_bytes();
        let ends = (1..=bytes.len()).filter(|end| is_open(bytes, Some(*end)));
        let mut windows =
            ends.flat_map(|end| lengths.iter().filter_map(move |length| Some((end, end.checked_sub(*length)?))));
        windows.any(|(end, start)| {
            let names = bytes.get(start..end).and_then(|window| by_end.get(window));
            names.is_some_and(|names| names.iter().any(|name| stands_at(bytes, end, name)))
        })
    }

    fn secrets_survive(&self, shown: &str) -> bool {
        let windows: HashSet<u64, BuildHasherDefault<AsItIs>> = hashes(shown).collect();
        let lines: HashSet<&str> = shown.lines().collect();
        any_secret(self.cache, &|secret| {
            let long = hashes(secret).any(|hash| windows.contains(&hash));
            long || (secret.len() > 3 && lines.contains(secret))
        })
    }
}

/// The hash of every window of `text`. A collision could only refuse too much: one in 2^64.
fn hashes(text: &str) -> impl Iterator<Item = u64> {
    text.as_bytes().windows(WINDOW).filter_map(|window| {
        let (head, tail) = window.split_first_chunk::<8>()?;
        let tail = u32::from_le_bytes(*tail.first_chunk::<4>()?);
        let mixed = u64::from_le_bytes(*head).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) ^ u64::from(tail);
        Some(mixed.wrapping_mul(0xff51_afd7_ed55_8ccd))
    })
}

/// Takes a number that is a hash already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Whether `name` ends at byte `end` of `shown` and touches no further letter or digit.
fn stands_at(shown: &[u8], end: usize, name: &str) -> bool {
    let Some(start) = end.checked_sub(name.len()) else { return false };
    shown.get(start..end) == Some(name.as_bytes()) && is_open(shown, start.checked_sub(1)) && is_open(shown, Some(end))
}

/// Whether no letter or digit stands at `at`.
fn is_open(shown: &[u8], at: Option<usize>) -> bool {
    at.and_then(|at| shown.get(at)).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}
