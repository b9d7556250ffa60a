//! The policy of this machine, where its administrator keeps it. The place is fixed: no variable and no flag moves it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::config::Policy;
use crate::system;

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
    let mut policy = Policy::of(path, read.map(|_| text));
    policy.open_to = policy.path.as_deref().and_then(open_to);
    policy
}

/// Who besides root could write the policy at `path`, or put another one in its place. Where the system does not tell,
/// nobody is named.
fn open_to(path: &Path) -> Option<String> {
    let folder = path.parent();
    let who = |what: &str, path: &Path| {
        let (owner, mode) = (system::owner_of(path)?, system::mode_of(path)?);
        match (owner.id, mode & GROUP, mode & OTHERS) {
            (_, _, 1..) => Some(format!("every user: {what} has mode {mode:04o}")),
            (_, 1.., 0) => Some(format!("a group: {what} has mode {mode:04o}")),
            (1.., 0, 0) => Some(format!("{owner}, whose {what} is")),
            (0, 0, 0) => None,
        }
    };
    who("the file", path).or_else(|| folder.and_then(|folder| who("its folder", folder)))
}

const GROUP: u32 = 0o020;
const OTHERS: u32 = 0o002;
