//! Files in which web frameworks keep one session each, known by their names and first bytes: no app locks them, and what
//! lies beside them may be taken for a session too. Reads no session.

use std::io::Read as _;
use std::path::Path;

use crate::system::{self, Trace};

/// cachelib's count of its files, under the MD5 and the SHA-256 of `__wz_cache_count` (cachelib/file.py).
const COUNTS: [&str; 2] =
    ["2029240f6d1128be89ddc32729463129", "79bc207ee04a581ab2348ca1f3494e64cd0ec36128735b8c6bc85ddd8fe1938c"];
/// Django's file backend: this and a key of 32 letters and digits (sessions/backends/file.py).
const DJANGO: &str = "sessionid";

/// Whether a session may lie at `path`, by its name: MD5 or SHA-256 in hex of cachelib, or a key of Django.
#[must_use]
pub fn is_named(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let of_cachelib = matches!(name.len(), 32 | 64) && name.bytes().all(is_hex);
    of_cachelib || name.strip_prefix(DJANGO).is_some_and(|key| key.len() == 32 && key.bytes().all(is_key))
}

/// Whether a file called `name` is no session but what cachelib keeps beside them: its count, or a file that it, or this
/// program, is writing.
#[must_use]
pub fn is_upkeep(name: &str) -> bool {
    COUNTS.contains(&name) || name.ends_with(crate::lock::SESSION_TEMP)
}

/// Whether a session lies at `path`, by its name and its first bytes: a pickle's, behind four bytes or a number, or
/// those of what Django signs.
pub(super) fn lies_at(path: &Path) -> bool {
    is_named(path) && head(path).is_some_and(|head| is_head(&head))
}

fn head(path: &Path) -> Option<[u8; 6]> {
    let mut head = [0; 6];
    system::open(path, Trace::Spared).ok()?.read_exact(&mut head).ok()?;
    Some(head)
}

fn is_head(head: &[u8; 6]) -> bool {
    matches!(
        head,
        [0x80, 2..=5, ..] | [_, _, _, _, 0x80, 2..=5] | [b'J', .., b'.'] | [b'.', b'e', ..] | [b'e', b'y', ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_known_by_name_and_first_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            lies_at(&path)
        };
        let (md5, sha256) = ("0123456789abcdef".repeat(2), "0123456789abcdef".repeat(4));

        assert!(put(&md5, b"\x80\x05\x95\x06\0\0\0") && put(&md5, b"J\xdf\x0d\x2c\x6b.\x80"));
        assert!(put(&sha256, b"\xe4\x0d\x2c\x6b\x80\x05\x95"));
        assert!(put("sessionid0123456789abcdefghijklmnopqrstuv", b".eJyrVo"));
        assert!(!put(&md5, b"{\"Account\":{}}"), "a cache may have any name");
        assert!(
            !put("msal.cache", b"\x80\x05\x95\x06\0\0\0")
                && !put(&md5, b"")
                && !put("ABCDEF", b"\x80\x05\x95\x06\0\0\0")
        );
        assert!(!lies_at(&folder.path().join("nothing")));
    }

    #[test]
    fn what_cachelib_keeps_for_itself_is_no_session() {
        assert!(COUNTS.iter().all(|name| is_upkeep(name)) && is_upkeep("tmpab12.__wz_cache"));
        assert!(!is_upkeep(&"0123456789abcdef".repeat(2)));
    }
}
