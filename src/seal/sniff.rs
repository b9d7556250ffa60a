//! Recognises a sealed cache by its first bytes, without any key.

/// DPAPI blobs begin with version 1 and the provider's GUID df9d8cd0-1501-11d1-8c7a-00c04fc297eb.
const DPAPI: [u8; 20] =
    [1, 0, 0, 0, 0xd0, 0x8c, 0x9d, 0xdf, 1, 0x15, 0xd1, 0x11, 0x8c, 0x7a, 0, 0xc0, 0x4f, 0xc2, 0x97, 0xeb];
/// ASP.NET Core Data Protection payloads begin with this.
const DATA_PROTECTION: [u8; 4] = [0x09, 0xf0, 0xc9, 0xf0];

/// Who sealed `bytes`, if they carry a seal's mark; `None` for text.
#[must_use]
pub fn sealed_by(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&DPAPI) {
        return Some("DPAPI, for one Windows user");
    }
    if bytes.starts_with(&DATA_PROTECTION) {
        return Some("ASP.NET Data Protection");
    }
    // azidentity/cache for Go: a compact JWE, header.key.iv.ciphertext.tag with an empty key part.
    let head = bytes.get(..64.min(bytes.len())).unwrap_or_default();
    let dots = bytes.iter().take(4096).filter(|byte| **byte == b'.').count();
    (head.starts_with(b"eyJ") && dots >= 2).then_some("a JWE whose key is in the kernel keyring (azidentity for Go)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_are_told_from_text() {
        let jwe = b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..aXY.Y3Q.dGFn";

        assert!(sealed_by(&DPAPI).is_some_and(|by| by.contains("DPAPI")));
        assert!(sealed_by(jwe).is_some_and(|by| by.contains("JWE")));
        assert_eq!(sealed_by(b"{\"AccessToken\":{}}"), None);
        assert_eq!(sealed_by(b""), None);
    }
}
