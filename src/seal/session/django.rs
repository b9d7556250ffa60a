//! Sessions in Django's cache where it wraps the pickle once more: a row of its cache table has it in Base64
//! (django/core/cache/backends/db.py), a `.djcache` file behind its expiry and in zlib (…/filebased.py). In Redis it lies
//! bare. What is wrapped is a session in pickle like any other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{LIMIT, Odd, pickle};
use crate::seal::zlib;
use crate::secret::SecretBytes;

/// How Django wraps a pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrap {
    /// In Base64.
    Row,
    /// Behind when it ends, and in zlib.
    File,
}

impl Wrap {
    /// How `bytes` are wrapped, if they bear a mark of Django's cache.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if is_row(bytes) {
            return Some(Self::Row);
        }
        let packed = bytes.get(pickle::moment_at_start(bytes)?..)?;
        is_zlib(packed).then_some(Self::File)
    }

    /// The pickle in `session`.
    pub(super) fn open(self, session: &[u8]) -> Result<SecretBytes, Odd> {
        match self {
            Self::Row if session.len() > LIMIT * 2 => Err(Odd::Form("it is larger than 16 MiB")),
            Self::Row => STANDARD.decode(session).map(SecretBytes::new).map_err(|_| Odd::Broken("its Base64 is none")),
            Self::File => {
                let packed = session.get(head(session)?..).unwrap_or_default();
                zlib::inflate(packed).map_err(|error| match error {
                    zlib::Error::Broken => Odd::Broken("its zlib stream is damaged"),
                    zlib::Error::TooLarge => Odd::Form("it swells to more than 16 MiB"),
                })
            }
        }
    }

    /// `pickle` wrapped as `was` is.
    pub(super) fn close(self, pickle: &SecretBytes, was: &[u8]) -> Result<SecretBytes, Odd> {
        match self {
            Self::Row => Ok(SecretBytes::new(STANDARD.encode(pickle.reveal()).into_bytes())),
            Self::File => {
                let head = was.get(..head(was)?).unwrap_or_default();
                let packed = zlib::deflate(pickle.reveal()).ok_or(Odd::Form("it does not get small enough"))?;
                let mut closed = SecretBytes::new(Vec::with_capacity(head.len() + packed.len()));
                [head, packed.reveal()].iter().for_each(|part| closed.extend(part));
                Ok(closed)
            }
        }
    }
}

fn head(session: &[u8]) -> Result<usize, Odd> {
    pickle::moment_at_start(session).ok_or(Odd::Broken("it does not say when it ends"))
}

/// Whether these are digits of Base64 with the head of a pickle in the first of them.
fn is_row(bytes: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    // The head of a pickle becomes a g: most bytes need no decoding.
    let begins = bytes.first_chunk::<4>().filter(|digits| digits.starts_with(b"g"));
    let begins = begins.and_then(|digits| STANDARD.decode(digits).ok());
    begins.is_some_and(|begin| pickle::has_head(&begin)) && bytes.len().is_multiple_of(4) && bytes.iter().all(is_digit)
}

/// Whether a stream of zlib begins here (RFC 1950, 2.2).
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [method, flags, ..] if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31))
}
