//! Sessions that a web app signs and anybody reads: cookies of Flask (itsdangerous) and rows, files and cookies of Django
//! (`django.core.signing`). `[.]base64url(zlib? JSON)`, a time and a signature. Reads without a key, and so proves nothing
//! of who wrote it; signs a change only with the app's own key, which it is handed and keeps nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::session::{self, Layout};
use super::sniff::Mark;
use super::zlib;
use super::{Seal, SealError, SealTrouble};
use crate::secret::SecretBytes;

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signer {
    /// Flask's own sessions, in a cookie.
    Flask,
    /// Django's sessions, wherever they lie.
    Django,
}

/// What a signed session needs to be written.
pub trait SigningKeys: Send + Sync {
    /// The key with which the app signs: `secret_key` of Flask, `SECRET_KEY` of Django.
    ///
    /// # Errors
    /// Nobody gave it.
    fn key(&self, signer: Signer) -> Result<SecretBytes, SealError>;

    /// The key of that signer does not fit: the next one is asked for anew.
    fn forget(&self, _signer: Signer) {}
}

impl Signer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Flask, Self::Django];

    /// What the title bar calls what it signed.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Flask => "Flask cookie (signed)",
            Self::Django => "Django session (signed)",
        }
    }

    /// What `?seal=` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flask => "flask-cookie",
            Self::Django => "django",
        }
    }

    /// In which the cache lies, in the words of [`SealError::by`].
    #[must_use]
    pub fn by(self) -> &'static str {
        match self {
            Self::Flask => "a signed cookie of Flask",
            Self::Django => "a signed session of Django",
        }
    }

    /// What the app calls its key.
    #[must_use]
    pub fn key_name(self) -> &'static str {
        match self {
            Self::Flask => "the secret_key of the Flask app",
            Self::Django => "the SECRET_KEY of the Django site",
        }
    }

    /// Who signed `bytes`, by their form; `None` for anything else. A JWT has other lengths, and a JWE more parts.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let signed = bytes.trim_ascii_end();
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        Self::ALL.into_iter().find(|signer| {
            let Some(Parts { payload, time, signature, .. }) = Parts::of(*signer, signed) else { return false };
            let payload = payload.strip_prefix(b".").unwrap_or(payload);
            signature.len() == signer.signature_len()
                && (5..=8).contains(&time.len())
                && payload.len() >= 2
                && payload.iter().chain(time).chain(signature).all(is_letter)
        })
    }

    /// Of SHA-1 and SHA-256 in base64.
    fn signature_len(self) -> usize {
        match self {
            Self::Flask => 27,
            Self::Django => 43,
        }
    }

    /// What stands between the parts.
    fn separator(self) -> u8 {
        match self {
            Self::Flask => b'.',
            Self::Django => b':',
        }
    }

    /// For what it signs: Flask's `SecureCookieSessionInterface.salt` (sessions.py); Django's `SessionBase.key_salt` and
    /// the salt of signed cookies (sessions/backends), each with the suffix of `Signer.signature` (core/signing.py).
    fn salts(self) -> &'static [&'static str] {
        match self {
            Self::Flask => &["cookie-session"],
            Self::Django => {
                &["django.contrib.sessions.SessionStoresigner", "django.contrib.sessions.backends.signed_cookiessigner"]
            }
        }
    }

    /// The code of `value` with `key`, for what `salt` says.
    fn code(self, key: &SecretBytes, salt: &str, value: &[u8]) -> Option<Code> {
        match self {
            // itsdangerous, Signer.derive_key with key_derivation "hmac".
            Self::Flask => {
                let derived = keyed::<Hmac<Sha1>>(key.reveal(), salt.as_bytes())?.finalize().into_bytes();
                keyed(&derived, value).map(Code::Sha1)
            }
            // django.utils.crypto.salted_hmac.
            Self::Django => {
                let derived = Sha256::new().chain_update(salt).chain_update(key.reveal()).finalize();
                keyed(&derived, value).map(Code::Sha256)
            }
        }
    }
}

fn keyed<M: Mac + hmac::digest::KeyInit>(key: &[u8], value: &[u8]) -> Option<M> {
    let mut mac = <M as hmac::digest::KeyInit>::new_from_slice(key).ok()?;
    mac.update(value);
    Some(mac)
}

/// A code that is not yet said, and can be compared in constant time.
enum Code {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
}

impl Code {
    fn is(self, signature: &[u8]) -> bool {
        let Ok(said) = BASE64.decode(signature) else { return false };
        match self {
            Self::Sha1(mac) => mac.verify_slice(&said).is_ok(),
            Self::Sha256(mac) => mac.verify_slice(&said).is_ok(),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Sha1(mac) => BASE64.encode(mac.finalize().into_bytes()),
            Self::Sha256(mac) => BASE64.encode(mac.finalize().into_bytes()),
        }
    }
}

/// A signed session, taken apart.
struct Parts<'a> {
    /// With the dot of a compressed one.
    payload: &'a [u8],
    time: &'a [u8],
    signature: &'a [u8],
    /// All that is signed.
    value: &'a [u8],
    /// The end of a line, as an editor leaves it.
    tail: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(signer: Signer, bytes: &'a [u8]) -> Option<Self> {
        let signed = bytes.trim_ascii_end();
        let is_separator = |byte: &u8| *byte == signer.separator();
        let tail = bytes.get(signed.len()..)?;
        let end = signed.iter().rposition(is_separator)?;
        let (value, signature) = (signed.get(..end)?, signed.get(end + 1..)?);
        let middle = value.iter().rposition(is_separator)?;
        Some(Self { payload: value.get(..middle)?, time: value.get(middle + 1..)?, signature, value, tail })
    }
}

/// A signed session.
pub struct Signed {
    signer: Signer,
    keys: Box<dyn SigningKeys>,
}

impl Signed {
    /// One of `signer`, whose key `keys` hands out if it is asked for.
    #[must_use]
    pub fn new(signer: Signer, keys: Box<dyn SigningKeys>) -> Self {
        Self { signer, keys }
    }

    fn trouble(&self, trouble: SealTrouble, why: &str) -> SealError {
        SealError::new(Mark::Signed(self.signer).by(), trouble).because(why)
    }

    fn parts<'a>(&self, bytes: &'a SecretBytes) -> Result<Parts<'a>, SealError> {
        Parts::of(self.signer, bytes.reveal())
            .ok_or_else(|| self.trouble(SealTrouble::Damaged, "it has not three parts"))
    }

    /// The JSON in it.
    fn json(&self, parts: &Parts<'_>) -> Result<SecretBytes, SealError> {
        let packed = parts.payload.strip_prefix(b".");
        let decoded = BASE64.decode(packed.unwrap_or(parts.payload)).map(SecretBytes::new);
        let decoded = decoded.map_err(|_| self.trouble(SealTrouble::Damaged, "its base64"))?;
        if packed.is_none() {
            return Ok(decoded);
        }
        zlib::inflate(decoded.reveal()).map_err(|error| match error {
            zlib::Error::Broken => self.trouble(SealTrouble::Damaged, "its zlib stream"),
            zlib::Error::TooLarge => self.trouble(SealTrouble::Odd, "it swells to more than 16 MiB"),
        })
    }

    fn payload(&self, json: &SecretBytes, is_packed: bool) -> Result<SecretBytes, SealError> {
        let whole = || self.trouble(SealTrouble::Odd, "the new text cannot be compressed");
        let mut payload = SecretBytes::default();
        if is_packed {
            let packed = zlib::deflate(json.reveal()).ok_or_else(whole)?;
            payload.extend(b".");
            payload.extend(SecretBytes::new(BASE64.encode(packed.reveal()).into_bytes()).reveal());
        } else {
            payload.extend(SecretBytes::new(BASE64.encode(json.reveal()).into_bytes()).reveal());
        }
        Ok(payload)
    }
}

impl Seal for Signed {
    fn name(&self) -> &'static str {
        self.signer.title()
    }

    fn is_open(&self) -> bool {
        true
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        let json = self.json(&self.parts(&sealed)?)?;
        session::open(Layout::Json, Mark::Signed(self.signer), &json)
    }

    fn close(&self, plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError> {
        let parts = self.parts(was)?;
        let old = self.json(&parts)?;
        let new = session::close(Layout::Json, Mark::Signed(self.signer), &plain, &old)?;
        if new == old {
            return Ok(was.clone());
        }
        let key = self.keys.key(self.signer)?;
        let fits =
            |salt: &&&str| self.signer.code(&key, salt, parts.value).is_some_and(|code| code.is(parts.signature));
        let salt = self.signer.salts().iter().find(fits);
        let salt = salt.ok_or_else(|| {
            self.keys.forget(self.signer);
            self.trouble(SealTrouble::WrongKey, "it is not signed with this key")
        })?;
        // The time stays: it says when the session was begun, by which the app lets it end.
        let separator = [self.signer.separator()];
        let mut signed = self.payload(&new, parts.payload.starts_with(b"."))?;
        signed.extend(&separator);
        signed.extend(parts.time);
        let code = self.signer.code(&key, salt, signed.reveal()).map(Code::text).unwrap_or_default();
        [&separator, code.as_bytes(), parts.tail].iter().for_each(|part| signed.extend(part));
        Ok(signed)
    }
}

#[cfg(test)]
mod tests;
