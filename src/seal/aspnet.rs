//! ASP.NET Core Data Protection, as Microsoft.Identity.Web seals caches with `Encrypt = true` (purpose `msal_cache`). Never
//! opened: the key ring is the app's own, and often sealed itself. Says which of its keys it takes.

use super::sniff::Mark;
use super::{Seal, SealError, SealTrouble};
use crate::secret::SecretBytes;

/// The bytes of a payload's mark; the number of its key follows, as .NET lays a GUID out.
const MAGIC: usize = 4;

/// A payload of Data Protection.
#[derive(Clone, Copy, Debug)]
pub struct DataProtection;

impl Seal for DataProtection {
    fn name(&self) -> &'static str {
        "ASP.NET Data Protection"
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        Err(explained(sealed.reveal()))
    }

    fn close(&self, _plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError> {
        Err(explained(was.reveal()))
    }
}

fn explained(payload: &[u8]) -> SealError {
    let (trouble, why) = match key(payload) {
        Some(key) => (SealTrouble::NotHere, format!("only the app opens it, with key-{key}.xml of its key ring")),
        None => (SealTrouble::Damaged, "it ends before the number of its key".to_owned()),
    };
    SealError::new(Mark::DataProtection.by(), trouble).because(why)
}

/// The number of the key, as its file in the key ring is named.
fn key(payload: &[u8]) -> Option<String> {
    let guid: &[u8; 16] = payload.get(MAGIC..)?.first_chunk()?;
    // The first three fields are numbers in little-endian order.
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let digits: String = order.iter().filter_map(|at| guid.get(*at)).map(|byte| format!("{byte:02x}")).collect();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default().to_owned());
    Some(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_named_as_its_file_is() {
        let payload = [&[0x09, 0xf0, 0xc9, 0xf0][..], &(0..16).collect::<Vec<u8>>(), b"sealed"].concat();

        let error = DataProtection.open(SecretBytes::new(payload)).expect_err("closed");

        assert!(error.to_string().contains("key-03020100-0504-0706-0809-0a0b0c0d0e0f.xml"), "{error}");
        let short = DataProtection.open(SecretBytes::new(vec![0x09, 0xf0, 0xc9, 0xf0])).expect_err("closed");
        assert_eq!(short.trouble, SealTrouble::Damaged);
    }
}
