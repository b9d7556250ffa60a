//! No wrapping at all. Refuses bytes that carry another seal's mark, so that they are never rewritten as text.

use super::{Seal, SealError, SealTrouble, sniff};
use crate::secret::SecretBytes;

/// The cache lies in the clear.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Plain {
    /// What the title bar calls it.
    pub const NAME: &'static str = "plaintext";
}

impl Seal for Plain {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn is_open(&self) -> bool {
        true
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        match sniff::mark_of(&sealed) {
            Some(mark) => Err(SealError::new(mark.by(), SealTrouble::Closed)),
            None => Ok(sealed),
        }
    }

    fn close(&self, plain: SecretBytes, _was: &SecretBytes) -> Result<SecretBytes, SealError> {
        Ok(plain)
    }
}
