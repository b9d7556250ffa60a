//! The names of our temp files: hidden, beside what they are for, with our process id in them, so that one left by
//! a killed process is known as ours. Creates and removes none.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a temp file among the sessions of cachelib ends in: it takes no such file for a session (cachelib/file.py,
/// `_fs_transaction_suffix`).
pub const SESSION_TEMP: &str = ".__wz_cache";
const TEMP: &str = ".tmp";

/// The name of a new temp file beside `target`.
#[must_use]
pub fn temp_beside(target: &Path) -> PathBuf {
    new(target, TEMP)
}

/// The name of a new temp file beside the session `target`.
#[must_use]
pub fn temp_among_sessions(target: &Path) -> PathBuf {
    new(target, SESSION_TEMP)
}

fn new(target: &Path, ending: &str) -> PathBuf {
    let mut name = prefix(target);
    name.push(format!("{}-{:08x}{ending}", std::process::id(), fastrand::u32(..)));
    target.with_file_name(name)
}

/// The process that made the temp file called `name` for `target`; `None` if it is no such file.
#[must_use]
pub fn temp_owner(name: &str, target: &Path) -> Option<u32> {
    let rest = name.strip_prefix(prefix(target).to_str()?)?;
    let rest = rest.strip_suffix(TEMP).or_else(|| rest.strip_suffix(SESSION_TEMP))?;
    rest.split_once('-')?.0.parse().ok()
}

fn prefix(target: &Path) -> OsString {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".saltcellar-");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temp_file_is_known_by_its_name() {
        let target = Path::new("/h/c.json");
        let temp = temp_beside(target);
        let name = temp.file_name().and_then(|name| name.to_str()).expect("a name");

        assert_eq!(temp.parent(), target.parent());
        assert_eq!(temp_owner(name, target), Some(std::process::id()));
        let among = temp_among_sessions(target);
        let among = among.file_name().and_then(|name| name.to_str()).expect("a name");
        assert!(among.ends_with(".__wz_cache") && temp_owner(among, target) == Some(std::process::id()));
        assert_eq!(temp_owner(name, Path::new("/h/c")), None);
        assert_eq!(temp_owner(".c.json.saltcellar-undo", target), None);
        assert_eq!(temp_owner(".c.json.saltcellar-x-1.tmp", target), None);
    }
}
