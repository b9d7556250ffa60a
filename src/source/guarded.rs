//! Whether a cache is kept from other eyes: wrapped in a seal that takes a key, or in a keyring. Judges the place and
//! what was read there, opens nothing.

use super::{Loaded, PLAINTEXT, Source};
use crate::store::place::Address;

/// Wraps bytes in letters, which anybody can unwrap.
const BASE64: &str = "base64";

impl Source {
    /// Whether what was `loaded` from here can be read only with a key or through a keyring: it must not come to lie
    /// open elsewhere unless a person says so.
    #[must_use]
    pub fn is_guarded(&self, loaded: Option<&Loaded>) -> bool {
        let by_seal = || loaded.is_some_and(|loaded| loaded.seal() != PLAINTEXT && loaded.seal() != BASE64);
        match self.place().address() {
            Address::SecretService(_) | Address::KernelKey(_) | Address::Keychain(_) => true,
            Address::File(_)
            | Address::Folder(_)
            | Address::Stdin
            | Address::Memory(_)
            | Address::Redis(_)
            | Address::Table(_) => by_seal(),
        }
    }
}
