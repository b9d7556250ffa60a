//! How a cache is wrapped: bytes to bytes. A contract with the detector of seals; children open and close one seal each.
//! What a seal needs of the system (a key, a service) is handed to it as a small object of a trait beside it.

pub mod aspnet;
pub mod base64;
pub mod dpapi;
#[cfg(feature = "kernel-keyring")]
pub mod jwe;
pub mod plain;
pub mod session;
pub mod signed;
pub mod sniff;
mod zlib;

use std::fmt;

use crate::secret::SecretBytes;

/// A way of wrapping the bytes of a cache.
pub trait Seal: Send + Sync {
    /// What the title bar calls it: `plaintext`.
    fn name(&self) -> &'static str;

    /// Whether it is no protection: whoever reads the bytes can read what is in them.
    fn is_open(&self) -> bool {
        false
    }

    /// The plain bytes inside `sealed`.
    ///
    /// # Errors
    /// The seal cannot be opened here.
    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError>;

    /// Wraps `plain` as `was` was wrapped.
    ///
    /// # Errors
    /// The seal cannot be closed here.
    fn close(&self, plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError>;
}

impl fmt::Debug for dyn Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A seal that cannot be opened or closed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealError {
    /// Who sealed it: "DPAPI (Windows, this user)".
    pub by: &'static str,
    /// Which sort of trouble; hints and the kind in JSON hang on it.
    pub trouble: SealTrouble,
    /// What is known besides, in words that follow "because"; empty if nothing is.
    pub why: String,
}

/// The sorts of trouble with a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SealTrouble {
    /// Not opened: nobody named the cache.
    Closed,
    /// Not opened: this build or this system does not know how.
    NotHere,
    /// Wrapped in another way than the user said.
    Another,
    /// It bears the seal's mark, and is not whole or not of a form that is known.
    Damaged,
    /// The key is nowhere any more: what is sealed is lost.
    KeyGone,
    /// The key is there, or may be, but is another user's, session's or machine's.
    KeyElsewhere,
    /// The key that is there is not the one it was sealed with, or what is sealed was altered.
    WrongKey,
    /// The system lets nobody here ask for keys: a container's filter, a kernel without them.
    Refused,
    /// What was closed does not open again: nothing is written.
    Unproven,
    /// A session of a form that is not read, or cannot be written so.
    Odd,
    /// A change takes the key with which the app signs, and nobody gave it.
    NoKey,
    /// A session that asks its reader to run something: it is not read.
    Code,
}

impl SealError {
    /// Sealed by `by`, and `trouble` with it, without more to say.
    #[must_use]
    pub fn new(by: &'static str, trouble: SealTrouble) -> Self {
        Self { by, trouble, why: String::new() }
    }

    /// The same, because of `why`.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, trouble, why } = self;
        let what = match trouble {
            SealTrouble::Closed | SealTrouble::NotHere => "",
            SealTrouble::Another => ", not as asked",
            SealTrouble::Damaged => ", and damaged",
            SealTrouble::KeyGone => ", and its key is gone",
            SealTrouble::KeyElsewhere => ", and its key is not yours here",
            SealTrouble::WrongKey => ", and the key does not fit",
            SealTrouble::Refused => ", and the system gives no access to keys",
            SealTrouble::Unproven => ", and what was sealed anew does not open",
            SealTrouble::Odd => ", of a form that is not known",
            SealTrouble::NoKey => ", which can be changed only with the key of its app",
            SealTrouble::Code => ", which would run code in its reader",
        };
        // A session hides nothing, so that nobody sealed it.
        let verb = if by.starts_with("a session") || by.starts_with("a Flask session") || by.starts_with("a signed") {
            "kept in"
        } else {
            "sealed by"
        };
        write!(f, "{verb} {by}{what}")?;
        if why.is_empty() { Ok(()) } else { write!(f, ": {why}") }
    }
}

impl std::error::Error for SealError {}
