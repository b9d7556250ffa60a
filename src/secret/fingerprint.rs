//! Hashes: they tell texts and tokens apart without showing either.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use sha2::{Digest, Sha256};

/// The SHA-256 of a text: names a version of a cache, says nothing of its content.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Hashes `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Hashes a text that comes in pieces.
    #[must_use]
    pub fn of_pieces<'p>(pieces: impl Iterator<Item = &'p str>) -> Self {
        Self(pieces.fold(Sha256::new(), |hash, piece| hash.chain_update(piece)).finalize().into())
    }

    /// Reads 64 lower-case hex digits, as [`Hash`] prints them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The first 12 hex digits of a secret's SHA-256: tells two tokens apart without showing either.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 6]);

impl Fingerprint {
    /// The fingerprint of the decoded secret `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::start_of(Hash::of(text.as_bytes()).0)
    }

    fn start_of([a, b, c, d, e, f, ..]: [u8; 32]) -> Self {
        Self([a, b, c, d, e, f])
    }

    /// Reads 12 lower-case hex digits, as [`Fingerprint`] prints them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 12 || !text.bytes().all(is_digit) {
            return None;
        }
        let [_, _, bytes @ ..] = u64::from_str_radix(text, 16).ok()?.to_be_bytes();
        Some(Self(bytes))
    }
}

/// The key of one export: fingerprints made with it tell tokens of that export apart, and cannot be held against a
/// token, or another export.
#[derive(Clone)]
pub struct Pepper([u8; 32]);

impl Pepper {
    /// A key that nobody knows, from the randomness that the system gives every hash map.
    #[must_use]
    pub fn random() -> Self {
        let state = RandomState::new();
        let [a, b, c, d] = [0u64, 1, 2, 3].map(|n| state.hash_one(n).to_le_bytes());
        let mut key = [0; 32];
        key.iter_mut().zip([a, b, c, d].as_flattened()).for_each(|(to, from)| *to = *from);
        Self(key)
    }

    /// The fingerprint of the decoded secret `text` in this export.
    #[must_use]
    pub fn fingerprint(&self, text: &str) -> Fingerprint {
        let keyed = |inner: &[u8]| Sha256::new().chain_update(self.0).chain_update(inner).finalize();
        Fingerprint::start_of(keyed(&keyed(text.as_bytes())).into())
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A list prints one a line: put the digits together first.
        let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + (half - 10) };
        let digits = self.0.map(|byte| [digit(byte >> 4), digit(byte & 0xf)]);
        f.write_str(std::str::from_utf8(digits.as_flattened()).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_start_of_the_sha_256() {
        assert_eq!(Fingerprint::of("").to_string(), "e3b0c44298fc");
    }

    #[test]
    fn a_fingerprint_reads_back_as_printed() {
        let print = Fingerprint::of("token");

        assert_eq!(Fingerprint::parse(&print.to_string()), Some(print));
        assert!(
            ["", "E3B0C44298FC", "e3b0c44298f", "+3b0c44298fc"].iter().all(|text| Fingerprint::parse(text).is_none())
        );
    }

    #[test]
    fn a_peppered_fingerprint_is_the_same_within_one_export_alone() {
        let (one, other) = (Pepper::random(), Pepper::random());

        assert_eq!(one.fingerprint("token"), one.fingerprint("token"));
        assert_ne!(one.fingerprint("token"), other.fingerprint("token"));
        assert_ne!(one.fingerprint("token"), Fingerprint::of("token"));
    }

    #[test]
    fn a_hash_reads_back_as_printed() {
        let hash = Hash::of(b"cache");

        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse("é".repeat(32).as_str()), None);
    }
}
