//! Base64, as .NET and Java write to the Secret Service: no protection, only another spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::sniff::Mark;
use super::{Seal, SealError, SealTrouble};
use crate::secret::SecretBytes;

/// The text of the cache in standard base64, padded.
#[derive(Clone, Copy, Debug)]
pub struct Base64;

impl Seal for Base64 {
    fn name(&self) -> &'static str {
        "base64"
    }

    fn is_open(&self) -> bool {
        true
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        let plain = STANDARD.decode(sealed.reveal().trim_ascii()).map(SecretBytes::new);
        plain.map_err(|error| SealError::new(Mark::Base64.by(), SealTrouble::Damaged).because(error.to_string()))
    }

    fn close(&self, plain: SecretBytes, _was: &SecretBytes) -> Result<SecretBytes, SealError> {
        Ok(SecretBytes::new(STANDARD.encode(plain.reveal()).into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_opens_again() {
        let plain = SecretBytes::new(b"{\"AccessToken\":{}}".to_vec());

        let closed = Base64.close(plain.clone(), &SecretBytes::default()).expect("closed");

        assert_eq!(closed.reveal(), b"eyJBY2Nlc3NUb2tlbiI6e319");
        assert_eq!(Base64.open(closed).expect("opened"), plain);
        assert!(Base64.open(SecretBytes::new(b"e3*".to_vec())).is_err());
    }
}
