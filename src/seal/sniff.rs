//! Recognises a sealed cache by its first bytes, without any key.

use super::session::Layout;
use super::signed::Signer;
use crate::secret::SecretBytes;

/// DPAPI blobs begin with version 1 and the provider's GUID df9d8cd0-1501-11d1-8c7a-00c04fc297eb.
const DPAPI: [u8; 20] =
    [1, 0, 0, 0, 0xd0, 0x8c, 0x9d, 0xdf, 1, 0x15, 0xd1, 0x11, 0x8c, 0x7a, 0, 0xc0, 0x4f, 0xc2, 0x97, 0xeb];
/// Wine has a DPAPI of its own, which Windows does not open.
const DPAPI_OF_WINE: &[u8] = b"\x01\0\0\0Wine Crypt32 ok";
/// ASP.NET Core Data Protection payloads begin with this.
const DATA_PROTECTION: [u8; 4] = [0x09, 0xf0, 0xc9, 0xf0];

/// A seal that is known by the bytes it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Windows' Data Protection API.
    Dpapi,
    /// ASP.NET Core Data Protection.
    DataProtection,
    /// A compact JWE, as azidentity/cache for Go writes.
    Jwe,
    /// Base64 of a JSON object, as .NET and Java write to keyrings.
    Base64,
    /// None: a web app's session, with the cache in it.
    Session(Layout),
    /// None: a session that its app signs, and anybody reads.
    Signed(Signer),
}

impl Mark {
    /// Who sealed it, in the words of [`super::SealError::by`].
    #[must_use]
    pub fn by(self) -> &'static str {
        match self {
            Self::Dpapi => "DPAPI, for one Windows user",
            Self::DataProtection => "ASP.NET Data Protection",
            Self::Jwe => "a JWE whose key is in the kernel keyring (azidentity for Go)",
            Self::Base64 => "base64, which is no protection",
            Self::Session(layout) => layout.by(),
            Self::Signed(signer) => signer.by(),
        }
    }

    /// What `?seal=` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dpapi => "dpapi",
            Self::DataProtection => "aspnet",
            Self::Jwe => "jwe",
            Self::Base64 => "base64",
            Self::Session(layout) => layout.name(),
            Self::Signed(signer) => signer.name(),
        }
    }

    /// The seal that `?seal=` calls `name`; `None` for what is no seal.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "dpapi" => Some(Self::Dpapi),
            "aspnet" => Some(Self::DataProtection),
            "jwe" => Some(Self::Jwe),
            "base64" => Some(Self::Base64),
            _ => {
                let signer = Signer::ALL.into_iter().find(|signer| signer.name() == name).map(Self::Signed);
                signer.or_else(|| Layout::ALL.into_iter().find(|layout| layout.name() == name).map(Self::Session))
            }
        }
    }

    /// Whether nothing is sealed: whoever reads the bytes can read what is in them.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Session(_) | Self::Signed(_) => true,
            Self::Dpapi | Self::DataProtection | Self::Jwe | Self::Base64 => false,
        }
    }
}

/// Whether `blob` has the form of Windows' own DPAPI, fields and all.
#[cfg(any(windows, test))]
pub(super) fn is_of_windows(blob: &[u8]) -> bool {
    blob.starts_with(&DPAPI)
}

/// The seal whose mark the content of a cache bears; `None` for text.
#[must_use]
pub fn mark_of(content: &SecretBytes) -> Option<Mark> {
    mark(content.reveal())
}

/// The seal whose mark `bytes` bear; `None` for text.
#[must_use]
pub fn mark(bytes: &[u8]) -> Option<Mark> {
    if bytes.starts_with(&DPAPI) || bytes.starts_with(DPAPI_OF_WINE) {
        return Some(Mark::Dpapi);
    }
    if bytes.starts_with(&DATA_PROTECTION) {
        return Some(Mark::DataProtection);
    }
    if let Some(signer) = Signer::of(bytes) {
        return Some(Mark::Signed(signer));
    }
    // header.key.iv.ciphertext.tag, with an empty key part.
    let dots = || bytes.iter().take(4096).filter(|byte| **byte == b'.').count();
    if bytes.starts_with(b"eyJ") && dots() >= 2 {
        return Some(Mark::Jwe);
    }
    if is_base64(bytes) {
        return Some(Mark::Base64);
    }
    Layout::of(bytes).map(Mark::Session)
}

/// Whether these are the bytes of an object in base64: `{` becomes an `e`, with which no JSON begins.
fn is_base64(bytes: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let text = bytes.trim_ascii_end();
    let begins = [b"ey", b"ew", b"e3", b"ex"].iter().any(|begin| text.starts_with(*begin));
    begins && text.len() >= 4 && text.iter().all(is_digit)
}

/// Who sealed `bytes`, if they carry a seal's mark; `None` for text.
#[must_use]
pub fn sealed_by(bytes: &[u8]) -> Option<&'static str> {
    mark(bytes).map(Mark::by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_are_told_from_text() {
        let jwe = b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..aXY.Y3Q.dGFn";

        assert_eq!(mark(&DPAPI), Some(Mark::Dpapi));
        assert_eq!(mark(&[0x09, 0xf0, 0xc9, 0xf0, 1]), Some(Mark::DataProtection));
        assert_eq!(mark(jwe), Some(Mark::Jwe));
        assert_eq!(mark(b"{\"AccessToken\":{}}"), None);
        assert_eq!(mark(b"e30="), Some(Mark::Base64));
        assert_eq!(mark(b"eyJBY2Nlc3NUb2tlbiI6e319"), Some(Mark::Base64));
        assert_eq!(mark(b"ey, no"), None);
        assert_eq!(mark(b""), None);
    }

    #[test]
    fn who_sealed_it_is_said_in_words() {
        assert!(sealed_by(&DPAPI).is_some_and(|by| by.contains("DPAPI")));
        assert_eq!(Mark::named("jwe"), Some(Mark::Jwe));
        assert_eq!(Mark::named("plain"), None);
    }
}
