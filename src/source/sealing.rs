//! Which seal a cache has, and that it keeps it: chosen by what the user said and by the mark of the bytes, opened only
//! for a user who named this very cache, and closed again as it was. Never a step down from sealed to plain.

use std::path::PathBuf;
use std::sync::Arc;

#[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
use super::kernel_key::KernelKeys;
use super::{Loaded, Source, SourceError};
use crate::seal::aspnet::DataProtection;
use crate::seal::base64::Base64;
use crate::seal::dpapi;
#[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
use crate::seal::jwe::Jwe;
use crate::seal::plain::Plain;
use crate::seal::session::Session;
use crate::seal::signed::{Signed, Signer, SigningKeys};
use crate::seal::sniff::{self, Mark};
use crate::seal::{Seal, SealError, SealTrouble};
use crate::secret::{Hash, SecretBytes, SecretText};
use crate::store::StoreError;
use crate::store::passwords::Passwords;

/// What a cache without a seal is called.
pub const PLAINTEXT: &str = Plain::NAME;

/// `?seal=plain`: to be read as text, whatever it is.
const PLAIN: &str = "plain";

/// The keys of apps that sign their sessions: asked for like a server's password, and kept for this run alone.
struct AskedKeys {
    file: Option<PathBuf>,
    passwords: Passwords,
}

impl SigningKeys for AskedKeys {
    fn key(&self, signer: Signer) -> Result<SecretBytes, SealError> {
        let missing = |error: StoreError| SealError::new(signer.by(), SealTrouble::NoKey).because(error.to_string());
        let known = self.passwords.known(signer.key_name(), self.file.as_deref()).map_err(missing)?;
        let key = known.or_else(|| self.passwords.ask(signer.key_name()).ok());
        key.map(SecretText::into_bytes)
            .ok_or_else(|| SealError::new(signer.by(), SealTrouble::NoKey).because(signer.key_name()))
    }

    fn forget(&self, signer: Signer) {
        self.passwords.forget(signer.key_name());
    }
}

/// What a cache was wrapped in when it was read.
#[derive(Clone, Debug)]
pub(super) struct Wrapping {
    seal: Arc<dyn Seal>,
    was: SecretBytes,
}

impl Wrapping {
    /// The hash of what lies at the place.
    pub(super) fn hash(&self) -> Hash {
        self.was.hash()
    }

    /// What the seal is called.
    pub(super) fn name(&self) -> &'static str {
        self.seal.name()
    }

    /// Whether whoever reads the bytes can read what is in them.
    pub(super) fn is_open(&self) -> bool {
        self.seal.is_open()
    }

    /// `plain` in the same wrapping, proven to open again.
    ///
    /// # Errors
    /// It cannot be closed, or what was closed is not what opens.
    pub(super) fn close(&self, plain: SecretBytes) -> Result<SecretBytes, SealError> {
        let hash = plain.hash();
        let sealed = self.seal.close(plain, &self.was)?;
        let opened = self.seal.open(sealed.clone())?;
        if opened.hash() == hash {
            return Ok(sealed);
        }
        Err(SealError::new(self.name(), SealTrouble::Unproven))
    }
}

impl Loaded {
    /// How the cache is wrapped: "plaintext".
    #[must_use]
    pub fn seal(&self) -> &'static str {
        self.wrapping.as_ref().map_or(Plain::NAME, Wrapping::name)
    }

    /// How the cache is kept from others, at the place it was read from: a keyring's item is no plain text.
    #[must_use]
    pub fn kept(&self, source: &Source) -> &'static str {
        if source.place.is_kept_by_desktop() { "in a keyring" } else { self.seal() }
    }

    /// The same, if it is wrapped as it `was`: what was read sealed is never written plain, nor the other way.
    pub(super) fn sealed_as(self, was: &Self, source: &Source) -> Result<Self, SourceError> {
        if self.seal() == was.seal() { Ok(self) } else { Err(SourceError::Changed { place: source.place.to_string() }) }
    }

    /// `plain` as it is to lie at the place.
    pub(super) fn wrap(&self, plain: SecretBytes) -> Result<SecretBytes, SealError> {
        match &self.wrapping {
            Some(wrapping) => wrapping.close(plain),
            None => Ok(plain),
        }
    }
}

impl Source {
    /// Whether the text may lie there as it is, so that a part of it is worth a look.
    pub(super) fn may_be_plain(&self) -> bool {
        self.asked_seal().is_none_or(|name| name == PLAIN)
    }

    /// The plain bytes in `bytes`, and what they were wrapped in if in anything.
    pub(super) fn unseal(&self, bytes: SecretBytes) -> Result<(SecretBytes, Option<Wrapping>), SealError> {
        let Some(seal) = self.choose(sniff::mark_of(&bytes))? else {
            return Ok((bytes, None));
        };
        let was = bytes.clone();
        Ok((seal.open(bytes)?, Some(Wrapping { seal, was })))
    }

    /// The error for a seal that does not open, or close.
    pub(super) fn sealed(&self, error: SealError) -> SourceError {
        SourceError::Sealed { place: self.place.to_string(), error }
    }

    /// The seal of bytes with this `mark`; `None` for plain text.
    fn choose(&self, mark: Option<Mark>) -> Result<Option<Arc<dyn Seal>>, SealError> {
        let asked = self.asked_seal();
        match (asked, mark) {
            (None | Some(PLAIN), None) => Ok(None),
            (Some(name), Some(mark)) if Mark::named(name) != Some(mark) => {
                Err(SealError::new(mark.by(), SealTrouble::Another).because(format!("?seal={name} was asked for")))
            }
            (_, Some(mark)) if self.access.named || mark.is_open() => self.seal_of(mark).map(Some),
            (_, Some(mark)) => Err(SealError::new(mark.by(), SealTrouble::Closed)),
            (Some(name), None) => {
                let nothing = SealError::new("nobody", SealTrouble::Another);
                Err(nothing.because(format!("?seal={name} was asked for")))
            }
        }
    }

    /// The seal that `?seal=` of the place names.
    fn asked_seal(&self) -> Option<&str> {
        self.place.seal.as_deref()
    }

    fn signing_keys(&self) -> Box<dyn SigningKeys> {
        Box::new(AskedKeys { file: self.place.key_file.clone(), passwords: self.access.passwords.clone() })
    }

    /// The seal with this mark, as this build and this system can open it.
    fn seal_of(&self, mark: Mark) -> Result<Arc<dyn Seal>, SealError> {
        match mark {
            Mark::Base64 => Ok(Arc::new(Base64)),
            Mark::Dpapi => dpapi::here().ok_or_else(|| SealError::new(mark.by(), SealTrouble::NotHere)),
            Mark::Jwe => self.jwe(),
            Mark::Session(layout) => Ok(Arc::new(Session(layout))),
            Mark::Signed(signer) => Ok(Arc::new(Signed::new(signer, self.signing_keys()))),
            Mark::DataProtection => Ok(Arc::new(DataProtection)),
        }
    }

    #[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
    fn jwe(&self) -> Result<Arc<dyn Seal>, SealError> {
        let Some(file) = self.path() else { return Err(SealError::new(Mark::Jwe.by(), SealTrouble::NotHere)) };
        // What a link leads to bears the key's name.
        let file = if self.access.follow_symlink { file.canonicalize().unwrap_or(file) } else { file };
        Ok(Arc::new(Jwe::new(Box::new(KernelKeys { file }))))
    }

    #[cfg(not(all(target_os = "linux", feature = "kernel-keyring")))]
    fn jwe(&self) -> Result<Arc<dyn Seal>, SealError> {
        Err(SealError::new(Mark::Jwe.by(), SealTrouble::NotHere))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closes to what opens as something else.
    struct Leaky;

    impl Seal for Leaky {
        fn name(&self) -> &'static str {
            "leaky"
        }

        fn open(&self, _sealed: SecretBytes) -> Result<SecretBytes, SealError> {
            Ok(SecretBytes::new(b"other".to_vec()))
        }

        fn close(&self, plain: SecretBytes, _was: &SecretBytes) -> Result<SecretBytes, SealError> {
            Ok(plain)
        }
    }

    #[test]
    fn what_does_not_open_as_it_was_closed_is_never_written() {
        let wrapping = Wrapping { seal: Arc::new(Leaky), was: SecretBytes::default() };

        let refused = wrapping.close(SecretBytes::new(b"{}".to_vec())).expect_err("refused");

        assert_eq!(refused.trouble, SealTrouble::Unproven);
        assert!(refused.to_string().contains("does not open"), "{refused}");
    }
}
