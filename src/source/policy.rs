//! The policy of this machine, where its administrator keeps it. The place is fixed: no variable and no flag moves it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::config::Policy;

/// Where the policy lies.
#[cfg(target_os = "macos")]
const PLACE: &str = "/Library/Application Support/saltcellar/policy.toml";
/// Where the policy lies: not below `%ProgramData%`, which whoever starts a program can set.
#[cfg(windows)]
const PLACE: &str = "C:\\ProgramData\\saltcellar\\policy.toml";
/// Where the policy lies.
#[cfg(not(any(windows, target_os = "macos")))]
const PLACE: &str = "/etc/saltcellar/policy.toml";

/// Far more than a policy is.
const BYTES: u64 = 1 << 20;

/// What the administrator says; nothing where there is no file.
#[must_use]
pub fn policy() -> Policy {
    let path = Path::new(PLACE);
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(BYTES).read_to_string(&mut text));
    Policy::of(path, read.map(|_| text))
}
