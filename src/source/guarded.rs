//! Whether a cache is kept from other eyes: wrapped in a seal that takes a key, or in a keyring. Judges the place and
//! what was read there, opens nothing.

use super::sealing::Wrapping;
use super::{Loaded, Source};
use crate::store::place::Address;

impl Source {
    /// Whether what was `loaded` from here can be read only with a key or through a keyring: it must not come to lie
    /// open elsewhere unless a person says so.
    #[must_use]
    pub fn is_guarded(&self, loaded: Option<&Loaded>) -> bool {
        let wrapping = loaded.and_then(|loaded| loaded.wrapping.as_ref());
        let by_seal = || wrapping.is_some_and(|wrapping| !Wrapping::is_open(wrapping));
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
