//! Files beside a cache that hold secrets as it does: copies of it that were forgotten, and the app's own store of
//! secrets. Reads few of them and no more than a part of each, leaves no trace, follows no link, opens no seal; hands out
//! names, modes and numbers alone.

use std::path::Path;

use super::copies::{Named, is_copy};
use super::discover::Entry;
use super::traceless;
use crate::json::{Document, REDACTED, Step, texts_called};
use crate::secret::SecretBytes;

/// A file in which an app keeps secrets in plain text, or a copy of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretsFile {
    /// Its name.
    pub name: String,
    /// Its permission bits, where the system has them.
    pub mode: Option<u32>,
    /// How many secrets stand in it.
    pub secrets: usize,
}

/// A copy of the cache that holds what it holds, or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFile {
    /// Its name.
    pub name: String,
    /// Its permission bits, where the system has them.
    pub mode: Option<u32>,
    /// Its refresh tokens, as far as it was read.
    pub refresh_tokens: usize,
    /// Its accounts, as far as it was read.
    pub accounts: usize,
    /// Whether all of it was read: it is not too large, and not broken off.
    pub is_whole: bool,
}

/// What was found beside a cache.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) secrets: Vec<SecretsFile>,
    pub(super) copies: Vec<CopyFile>,
    /// Files that are called like copies and were not read, because there are so many.
    pub(super) unread: usize,
}

/// So many files that are called like copies are read.
const FILES: usize = 32;
/// The largest file that is read whole.
const WHOLE: u64 = 4 << 20;
/// As much is read of a larger one.
const HEAD: u64 = 1 << 20;

/// What lies beside the cache at `path`, which `entry` keeps if a known app does, among the files of its folder.
pub(super) fn found(path: &Path, entry: Option<&Entry>, names: &[&str]) -> Found {
    let own = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let named = match entry.is_some_and(|entry| entry.is_called_as(path)) {
        true => Named::ByOneApp,
        false => Named::ByAnyone,
    };
    let copies: Vec<&str> = names.iter().copied().filter(|name| is_copy(own, name, named)).collect();
    let read = copies.iter().take(FILES).filter_map(|name| copy_at(&path.with_file_name(name), name)).collect();
    let secrets = entry.iter().flat_map(|entry| &entry.secrets).flat_map(|(file, fields)| {
        let is_one = move |name: &&str| *name == file || is_copy(file, name, Named::ByOneApp);
        let called = names.iter().copied().filter(is_one).take(FILES);
        called.filter_map(|name| secrets_at(&path.with_file_name(name), name, fields))
    });
    Found { secrets: secrets.collect(), copies: read, unread: copies.len().saturating_sub(FILES) }
}

fn secrets_at(path: &Path, name: &str, fields: &[String]) -> Option<SecretsFile> {
    let File { bytes, mode, .. } = File::read(path, WHOLE)?;
    let secrets = texts_called(&bytes, fields).filter(|count| *count > 0)?;
    Some(SecretsFile { name: name.to_owned(), mode, secrets })
}

fn copy_at(path: &Path, name: &str) -> Option<CopyFile> {
    let File { bytes, mode, is_whole } = File::read(path, WHOLE)?;
    let whole = if is_whole { Document::parse(bytes).ok() } else { None };
    let (document, is_whole) = match whole {
        Some(document) => (document, true),
        // A broken copy holds its tokens all the same.
        None => (Document::glimpse(File::read(path, HEAD)?.bytes)?, false),
    };
    if document.find_section(&Step::first(REDACTED)).is_some() {
        return None;
    }
    let count = |section| document.find_section(&Step::first(section)).map_or(0, |spot| document.entry_count(spot));
    let (refresh_tokens, accounts) = (count("RefreshToken"), count("Account"));
    let has_tokens = refresh_tokens + accounts > 0 || (!is_whole && count("AccessToken") > 0);
    has_tokens.then(|| CopyFile { name: name.to_owned(), mode, refresh_tokens, accounts, is_whole })
}

/// What was read of a file.
struct File {
    bytes: SecretBytes,
    mode: Option<u32>,
    is_whole: bool,
}

impl File {
    /// The first `limit` bytes of a regular file of the own user.
    fn read(path: &Path, limit: u64) -> Option<Self> {
        let (bytes, is) = traceless::read_own(path, limit).ok()?;
        Some(Self { bytes, mode: is.mode, is_whole: is.len <= limit })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;
    use crate::source::discover::keeper;
    use crate::system;

    const CACHE: &str =
        r#"{"Account":{"a":{"username":"ada@x"}},"RefreshToken":{"r":{"secret":"s"},"q":{"secret":"t"}}}"#;
    const SECRETS: &str = r#"[{"client_id":"a","client_secret":"s"},{"client_id":"b","certificate":"/x.pem"}]"#;

    /// A folder with these files, all of them 0600.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("set");
        }
        folder
    }

    fn found_by(folder: &tempfile::TempDir, own: &str) -> Found {
        let path = folder.path().join(own);
        let names = system::files_in(folder.path()).expect("listed");
        let mut names: Vec<&str> = names.iter().filter_map(|name| name.to_str()).collect();
        names.sort_unstable();
        found(&path, keeper(&path).as_ref().map(|(entry, _)| entry), &names)
    }

    fn names(found: &Found) -> Vec<&str> {
        found.copies.iter().map(|copy| copy.name.as_str()).collect()
    }

    #[test]
    fn a_copy_with_tokens_is_told_with_its_numbers_and_its_mode() {
        let folder = folder(&[("c.json", CACHE), ("c.json.bak", CACHE)]);

        let found = found_by(&folder, "c.json");

        let name = "c.json.bak".to_owned();
        let copy = CopyFile { name, mode: Some(0o600), refresh_tokens: 2, accounts: 1, is_whole: true };
        assert_eq!((found.copies, found.unread), (vec![copy], 0));
    }

    #[test]
    fn what_holds_no_sign_in_is_no_copy() {
        let redacted = format!(r#"{{"saltcellar":{{"redacted":true}},{}"#, CACHE.trim_start_matches('{'));
        let folder = folder(&[
            ("c.json", CACHE),
            ("c.json.1", "{}"),
            ("c.json.2", ""),
            ("c.json.3", "no cache"),
            ("c.json.4", &redacted),
            ("c.json.5", r#"{"AccessToken":{"a":{"secret":"s"}}}"#),
            ("c.json.6", "eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn"),
        ]);

        assert_eq!(names(&found_by(&folder, "c.json")), [""; 0]);
    }

    #[test]
    fn a_broken_copy_and_a_large_one_are_told_by_their_beginning() {
        let broken = CACHE.trim_end_matches('}');
        let entries: Vec<_> = (0..6000).map(|at| format!(r#""a{at}":{{"secret":"{}"}}"#, "x".repeat(999))).collect();
        let large = format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(","));
        let folder = folder(&[("c.json", CACHE), ("c.json.old", broken), ("c.json.save", &large)]);

        let found = found_by(&folder, "c.json");

        assert_eq!(names(&found), ["c.json.old", "c.json.save"]);
        assert!(found.copies.iter().all(|copy| !copy.is_whole));
    }

    #[test]
    fn links_and_folders_are_not_followed() {
        let folder = folder(&[("c.json", CACHE)]);
        symlink(folder.path().join("c.json"), folder.path().join("c.json.bak")).expect("linked");
        fs::create_dir(folder.path().join("c.json.old")).expect("made");

        assert_eq!(names(&found_by(&folder, "c.json")), [""; 0]);
        assert!(copy_at(&folder.path().join("c.json.bak"), "c.json.bak").is_none());
    }

    #[test]
    fn no_more_files_are_read_than_a_look_may_take_and_the_rest_is_counted() {
        let many: Vec<String> = (0..40).map(|at| format!("c.json.{at}")).collect();
        let files: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), CACHE)).collect();

        let found = found_by(&folder(&files), "c.json");

        assert_eq!((found.copies.len(), found.unread), (32, 8));
    }

    #[test]
    fn secrets_of_the_app_are_counted_also_in_a_copy_of_their_file() {
        let folder = folder(&[
            ("msal_token_cache.json", CACHE),
            ("service_principal_entries.json", SECRETS),
            ("service_principal_entries.json.bak", SECRETS),
            ("service_principal_entries.json.lockfile", SECRETS),
            ("service_principal_entries.bin", SECRETS),
        ]);

        let found = found_by(&folder, "msal_token_cache.json");

        let told: Vec<_> = found.secrets.iter().map(|file| (file.name.as_str(), file.mode, file.secrets)).collect();
        let one = |name| (name, Some(0o600), 1);
        assert_eq!(told, [one("service_principal_entries.json"), one("service_principal_entries.json.bak")]);
        assert!(found_by(&folder, "other.json").secrets.is_empty(), "of no known app");
    }
}
