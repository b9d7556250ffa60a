//! Text and bytes that hold tokens: wiped on drop, silent in `Debug`, masked when shown.
//! Refuses to print a secret: only [`SecretText::reveal`] and its kin hand it out, and `tests/house.rs` lists where they may stand.

use std::borrow::Cow;
use std::fmt;

mod fingerprint;
mod law;

pub use fingerprint::{Fingerprint, Hash, Pepper};
pub use law::{Deed, Forbidden, Law};

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

    /// Puts `more` behind the bytes.
    pub(crate) fn extend(&mut self, more: &[u8]) {
        self.make_room(self.0.len() + more.len());
        self.0.extend_from_slice(more);
    }

    /// Makes the bytes `len` long, and `filler` where there were none.
    pub(crate) fn resize(&mut self, len: usize, filler: u8) {
        self.make_room(len);
        self.0.resize(len, filler);
    }

    /// Grows by hand: a vector that grows by itself leaves its old content in freed memory.
    fn make_room(&mut self, needed: usize) {
        if needed > self.0.capacity() {
            let mut larger = Vec::with_capacity(needed.max(2 * self.0.capacity()));
            larger.extend_from_slice(&self.0);
            wipe(&mut std::mem::replace(&mut self.0, larger));
        }
    }

    /// Keeps the first `len` bytes; what is cut off is wiped with them.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
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

/// Permission to show secrets, made where a person asked for it: `--reveal`, or the reveal key.
#[derive(Debug)]
pub struct RevealGrant(());

impl RevealGrant {
    /// The user asked. Called by the `--reveal` flag and the reveal key alone (`tests/house.rs`).
    ///
    /// # Errors
    /// The law of this machine lets nobody.
    pub fn asked_for(law: &Law) -> Result<Self, Forbidden> {
        law.allow(Deed::Reveal).map(|()| Self(()))
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
    fn what_is_wiped_holds_nothing_any_more() {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(b"hunter2");

        wipe(&mut bytes);

        assert_eq!(bytes, vec![0; bytes.capacity()]);
    }

    #[test]
    fn a_secret_never_shows_in_debug_or_display() {
        let text = SecretText::new("hunter2".to_owned());
        let bytes = SecretBytes::new(b"hunter2".to_vec());
        let masked = Masked::new("hunter2".into());

        assert_eq!(format!("{text:?} {bytes:?} {masked:?} {masked}"), "[secret] [secret] [secret] *************");
    }
}
