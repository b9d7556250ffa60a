//! Any bytes as a signed session, and as the zlib stream inside of one: read or refused within the size of a session, and
//! signed anew only to what opens as the new text.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use libfuzzer_sys::fuzz_target;
use saltcellar::seal::signed::{Signed, Signer, SigningKeys};
use saltcellar::seal::{Seal as _, SealError};
use saltcellar::secret::SecretBytes;

struct Key;

impl SigningKeys for Key {
    fn key(&self, _signer: Signer) -> Result<SecretBytes, SealError> {
        Ok(SecretBytes::new(b"key".to_vec()))
    }
}

fuzz_target!(|data: &[u8]| {
    let packed = BASE64.encode(data);
    look(Signer::Flask, format!(".{packed}.ZVPxAA.{}", "a".repeat(27)).into_bytes());
    look(Signer::Django, format!("{packed}:1r31eq:{}", "a".repeat(43)).into_bytes());
    _ = Signer::of(data);
    Signer::ALL.into_iter().for_each(|signer| look(signer, data.to_vec()));
});

fn look(signer: Signer, session: Vec<u8>) {
    let (seal, was) = (Signed::new(signer, Box::new(Key)), SecretBytes::new(session));
    let Ok(plain) = seal.open(was.clone()) else { return };
    assert!(plain.len() <= 16 << 20, "it swelled");
    assert!(seal.close(plain, &was).is_ok_and(|same| same == was), "the same text makes another session");
    let new = SecretBytes::new(b"{\"Account\": {}}".to_vec());
    if let Ok(closed) = seal.close(new.clone(), &was) {
        assert!(seal.open(closed).ok() == Some(new), "what was signed opens as something else");
    }
}
