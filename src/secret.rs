//! Text and bytes that hold tokens: wiped on drop, silent in `Debug`, masked when shown.
//! Refuses to print a secret: only [`SecretText::reveal`] and its kin hand it out, and `tests/house.rs` lists where they may stand.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use sha2::{Digest, Sha256};

/// Bytes that may hold tokens: the content of a cache, sealed or not. Wiped on drop.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretBytes(Vec<u8>);

impl Drop for SecretBytes {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites what a buffer holds, its spare room too, at the speed of memory: a cache may be hundreds of megabytes.
fn wipe(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.capacity(), 0);
    zeroize::zeroize_bytes(bytes);
}

impl SecretBytes {
    /// Takes ownership of `bytes`, which are wiped when this value goes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing at all: MSAL reads a zero-byte file as an empty cache.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.0)
    }

    /// The bytes themselves. Stands only where `tests/house.rs` allows it.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, to be filled in place.
    pub(crate) fn as_room(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Reads the bytes as UTF-8 without copying them.
    ///
    /// # Errors
    /// The bytes, and the offset of the first one that is not UTF-8.
    pub fn into_text(mut self) -> Result<SecretText, (SecretBytes, usize)> {
        match String::from_utf8(std::mem::take(&mut self.0)) {
            Ok(text) => Ok(SecretText::new(text)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                Err((SecretBytes::new(error.into_bytes()), offset))
            }
        }
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Text that may hold tokens. Wiped on drop.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct SecretText(String);

impl Drop for SecretText {
    fn drop(&mut self) {
        wipe(&mut std::mem::take(&mut self.0).into_bytes());
    }
}

impl SecretText {
    /// Takes ownership of `text`, which is wiped when this value goes.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself. Stands only where `tests/house.rs` allows it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The same secret as bytes, without a copy.
    #[must_use]
    pub fn into_bytes(mut self) -> SecretBytes {
        SecretBytes::new(std::mem::take(&mut self.0).into_bytes())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The SHA-256 of a text: names a version of a cache, says nothing of its content.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Hashes `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
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
        let Hash(hash) = Hash::of(text.as_bytes());
        let [a, b, c, d, e, f, ..] = hash;
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
        let [a, b, c, d, e, f, ..] = <[u8; 32]>::from(keyed(&keyed(text.as_bytes())));
        Fingerprint([a, b, c, d, e, f])
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
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        let digits: String = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect();
        f.write_str(&digits)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Permission to show secrets, made where a person asked for it: `--reveal`, or the reveal key.
#[derive(Debug)]
pub struct RevealGrant(());

impl RevealGrant {
    /// The user asked. Called by the `--reveal` flag and the reveal key alone (`tests/house.rs`).
    #[must_use]
    pub fn asked_for() -> Self {
        Self(())
    }
}

/// A secret as it is shown: a mask of fixed width, so that not even its length leaks.
#[derive(Clone)]
pub struct Masked<'a>(Cow<'a, str>);

impl<'a> Masked<'a> {
    /// What stands in place of every secret.
    pub const MASK: &'static str = "*************";

    /// Wraps the decoded secret `text`.
    #[must_use]
    pub fn new(text: Cow<'a, str>) -> Self {
        Self(text)
    }

    /// The secret's fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    /// The secret's length in bytes, which the details pane names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the secret is the empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself. Stands only where `tests/house.rs` allows it.
    #[must_use]
    pub fn reveal(&self, _grant: &RevealGrant) -> &str {
        &self.0
    }

    /// The secret, owned and wiped on drop, for a door that needs no grant (clipboard, export, claims).
    #[must_use]
    pub(crate) fn into_secret(self) -> SecretText {
        SecretText::new(self.0.into_owned())
    }
}

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::MASK)
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_in_debug_or_display() {
        let text = SecretText::new("hunter2".to_owned());
        let bytes = SecretBytes::new(b"hunter2".to_vec());
        let masked = Masked::new("hunter2".into());

        assert_eq!(format!("{text:?} {bytes:?} {masked:?} {masked}"), "[secret] [secret] [secret] *************");
    }

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
