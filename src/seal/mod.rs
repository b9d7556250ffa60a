//! How a cache is wrapped: bytes to bytes. A contract with the detector of seals; children open and close one seal each.

pub mod plain;
pub mod sniff;

use crate::secret::SecretBytes;

/// A way of wrapping the bytes of a cache.
pub trait Seal: Send + Sync {
    /// What the title bar calls it: `plaintext`.
    fn name(&self) -> &'static str;

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

/// A seal that cannot be opened or closed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sealed by {by}")]
pub struct SealError {
    /// Who sealed it: "DPAPI (Windows, this user)".
    pub by: &'static str,
}
