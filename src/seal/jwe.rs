//! The compact JWE in which azidentity/cache for Go keeps a cache: `header..iv.ciphertext.tag`, alg `dir`, enc
//! `A128CBC-HS256` (RFC 7518 §5.2.3). Assembles what the RustCrypto crates do; knows no key, which it is handed.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use super::sniff::Mark;
use super::{Seal, SealError, SealTrouble};
use crate::secret::SecretBytes;

/// The first half authenticates, the second encrypts.
const KEY: usize = 32;
const BLOCK: usize = 16;

/// What a JWE needs of the system.
pub trait KeyRing: Send + Sync {
    /// The key of the cache, 32 bytes, which its header calls `kid`.
    ///
    /// # Errors
    /// Why there is none.
    fn key(&self, kid: &str) -> Result<SecretBytes, SealError>;

    /// Fills `iv` with chance.
    ///
    /// # Errors
    /// The system has none to give.
    fn chance(&self, iv: &mut [u8; BLOCK]) -> Result<(), SealError>;
}

/// A cache in a JWE.
pub struct Jwe {
    ring: Box<dyn KeyRing>,
}

/// The parts of a compact JWE.
struct Parts<'a> {
    /// As it stands, to be kept.
    head: &'a [u8],
    kid: String,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    enc: String,
    #[serde(default)]
    kid: String,
}

impl Jwe {
    /// A JWE whose key is in `ring`.
    #[must_use]
    pub fn new(ring: Box<dyn KeyRing>) -> Self {
        Self { ring }
    }

    /// The key for `parts`, proven by their tag.
    fn key(&self, parts: &Parts<'_>) -> Result<SecretBytes, SealError> {
        let key = self.ring.key(&parts.kid)?;
        let fits = mac(&key, &parts.iv, &parts.ciphertext)?.verify_truncated_left(&parts.tag);
        if parts.tag.len() == BLOCK && fits.is_ok() { Ok(key) } else { Err(trouble(SealTrouble::WrongKey)) }
    }
}

impl Seal for Jwe {
    fn name(&self) -> &'static str {
        "JWE, kernel key"
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        let parts = Parts::of(sealed.reveal())?;
        let key = self.key(&parts)?;
        let cipher =
            cbc::Decryptor::<Aes128>::new_from_slices(half(&key, 1)?, &parts.iv).map_err(|_| damaged("its iv"))?;
        let mut room = SecretBytes::new(parts.ciphertext);
        let plain = cipher.decrypt_padded_mut::<Pkcs7>(room.as_room()).map_err(|_| damaged("its padding"))?;
        Ok(SecretBytes::new(plain.to_vec()))
    }

    fn close(&self, plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError> {
        let parts = Parts::of(was.reveal())?;
        let key = self.key(&parts)?;
        let mut iv = [0; BLOCK];
        self.ring.chance(&mut iv)?;
        let cipher = cbc::Encryptor::<Aes128>::new_from_slices(half(&key, 1)?, &iv).map_err(|_| damaged("its iv"))?;
        let ciphertext = cipher.encrypt_padded_vec_mut::<Pkcs7>(plain.reveal());
        let tag = mac(&key, &iv, &ciphertext)?.finalize().into_bytes();
        let tag = tag.get(..BLOCK).unwrap_or_default();
        let mut sealed = parts.head.to_vec();
        sealed.extend_from_slice(b".");
        for part in [&iv[..], &ciphertext, tag] {
            sealed.extend_from_slice(b".");
            sealed.extend_from_slice(BASE64.encode(part).as_bytes());
        }
        Ok(SecretBytes::new(sealed))
    }
}

impl<'a> Parts<'a> {
    fn of(sealed: &'a [u8]) -> Result<Self, SealError> {
        let all: Vec<&[u8]> = sealed.split(|byte| *byte == b'.').collect();
        let [head, wrapped, iv, ciphertext, tag] = all[..] else {
            return Err(damaged("it has not five parts"));
        };
        let decoded = |part, name| BASE64.decode(part).map_err(|_| damaged(name));
        let Ok(Head { alg, enc, kid }) = serde_json::from_slice(&decoded(head, "its header")?) else {
            return Err(damaged("its header"));
        };
        if alg != "dir" || enc != "A128CBC-HS256" || !wrapped.is_empty() {
            return Err(trouble(SealTrouble::NotHere).because("its algorithm is none that azidentity for Go uses"));
        }
        let (iv, ciphertext) = (decoded(iv, "its iv")?, decoded(ciphertext, "its ciphertext")?);
        Ok(Self { head, kid, iv, ciphertext, tag: decoded(tag, "its tag")? })
    }
}

/// The code of `iv` and `ciphertext`. Go leaves the additional data empty, where RFC 7516 §5.1 puts the header.
fn mac(key: &SecretBytes, iv: &[u8], ciphertext: &[u8]) -> Result<Hmac<Sha256>, SealError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(half(key, 0)?).map_err(|_| trouble(SealTrouble::WrongKey))?;
    mac.update(iv);
    mac.update(ciphertext);
    mac.update(&0_u64.to_be_bytes());
    Ok(mac)
}

fn half(key: &SecretBytes, which: usize) -> Result<&[u8], SealError> {
    let mut halves = key.reveal().chunks(KEY / 2);
    let wrong = || trouble(SealTrouble::WrongKey).because("it is not of 32 bytes");
    if key.len() == KEY { halves.nth(which).ok_or_else(wrong) } else { Err(wrong()) }
}

fn damaged(what: &str) -> SealError {
    trouble(SealTrouble::Damaged).because(what)
}

fn trouble(trouble: SealTrouble) -> SealError {
    SealError::new(Mark::Jwe.by(), trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ring(u8);

    impl KeyRing for Ring {
        fn key(&self, kid: &str) -> Result<SecretBytes, SealError> {
            assert_eq!(kid, "7");
            Ok(SecretBytes::new(vec![self.0; KEY]))
        }

        fn chance(&self, iv: &mut [u8; BLOCK]) -> Result<(), SealError> {
            iv.fill(fastrand::u8(..));
            Ok(())
        }
    }

    /// What Go's own jwe package (azidentity/cache v0.4.0) wrote for `{"AccessToken":{}}` with 32 times 0x2a.
    const GO: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2Iiwia2lkIjoiNyJ9..a_LVTe7799F5G_hMGi_xKg.kXul_J1JFK55By5lWKMmlh2_e_zZdv5_WR3YUnaMHR4.JhDtfM6ArjUy5VxYXKSemw";

    fn bytes(text: &str) -> SecretBytes {
        SecretBytes::new(text.as_bytes().to_vec())
    }

    fn trouble_of(sealed: &str, key: u8) -> SealTrouble {
        Jwe::new(Box::new(Ring(key))).open(bytes(sealed)).expect_err("refused").trouble
    }

    #[test]
    fn what_go_wrote_opens_and_closes_with_the_same_header_and_another_iv() {
        let seal = Jwe::new(Box::new(Ring(0x2a)));

        let plain = seal.open(bytes(GO)).expect("opened");
        let again = seal.close(plain.clone(), &bytes(GO)).expect("closed");

        assert_eq!(plain.reveal(), b"{\"AccessToken\":{}}");
        assert_eq!(seal.open(again.clone()).expect("opened"), plain);
        let head = |text: &[u8]| text.split(|byte| *byte == b'.').next().map(<[u8]>::to_vec);
        assert_eq!(head(again.reveal()), head(GO.as_bytes()));
        assert_ne!(again.reveal(), GO.as_bytes());
    }

    #[test]
    fn a_wrong_key_and_every_altered_part_are_told_apart_from_damage() {
        let altered = |from: usize| {
            let mut parts: Vec<String> = GO.split('.').map(str::to_owned).collect();
            let part = parts.get_mut(from).expect("a part");
            let letter = if part.starts_with('A') { "B" } else { "A" };
            part.replace_range(..1, letter);
            parts.join(".")
        };

        assert_eq!(trouble_of(GO, 1), SealTrouble::WrongKey);
        for part in 2..5 {
            assert_eq!(trouble_of(&altered(part), 0x2a), SealTrouble::WrongKey, "part {part}");
        }
        assert_eq!(trouble_of("eyJ..a.b", 0x2a), SealTrouble::Damaged);
        assert_eq!(trouble_of(&format!("{GO}."), 0x2a), SealTrouble::Damaged);
        // A tag cut short must not count as far as it goes.
        assert_eq!(trouble_of(GO.get(..GO.len() - 2).expect("shorter"), 0x2a), SealTrouble::WrongKey);
    }

    #[test]
    fn another_algorithm_is_not_tried() {
        let head = BASE64.encode("{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"7\"}");

        assert_eq!(trouble_of(&format!("{head}..AA.AA.AA"), 0x2a), SealTrouble::NotHere);
    }
}
