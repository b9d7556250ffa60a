//! Paths with a `*` in them: which files are there, and whether a path is one of them. Looks at names alone, follows no
//! link, stays on one file system and gives up in crowds: it finds what lies beside, it does not search a disk.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use crate::system::{self, Kind, names_in};

/// Names of one folder that are looked at; of more, the first by name.
const CROWD: usize = 2000;

/// Endings of files beside a cache that are none.
const BESIDE: &[&str] = &[".lockfile", ".lock", ".tmp"];

/// Whether `path` has a `*` in it.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().contains('*')
}

/// The files that `pattern` means: those that are there, by name; a path without a `*` as it is, there or not.
pub(super) fn files(pattern: &Path) -> Vec<PathBuf> {
    if !is_pattern(pattern) {
        return vec![pattern.to_path_buf()];
    }
    let mut found = vec![PathBuf::new()];
    let mut parts = pattern.components().peekable();
    while let Some(part) = parts.next() {
        let wanted = part.as_os_str();
        found = match is_pattern(Path::new(wanted)) {
            true => found.iter().flat_map(|folder| named_as(folder, wanted)).collect(),
            false => found.iter().map(|folder| folder.join(wanted)).collect(),
        };
        let is_last = parts.peek().is_none();
        found.retain(|path| if is_last { is_cache_file(path) } else { !is_link(path) || part == Component::RootDir });
    }
    found
}

/// Whether `path` is one of the files that `pattern` means.
pub(super) fn matches(pattern: &Path, path: &Path) -> bool {
    let (mut wanted, mut is) = (pattern.components(), path.components());
    loop {
        match (wanted.next(), is.next()) {
            (None, None) => return true,
            (Some(wanted), Some(is)) if fits(wanted.as_os_str(), is.as_os_str()) => {}
            (_, _) => return false,
        }
    }
}

/// What lies in `folder` under a name that fits, on the same file system: a folder that is mounted elsewhere may have
/// to be fetched first.
fn named_as(folder: &Path, wanted: &OsStr) -> Vec<PathBuf> {
    let mut names: Vec<OsString> = names_in(folder).unwrap_or_default();
    names.sort();
    names.truncate(CROWD);
    let device = device(folder);
    let paths = names.iter().filter(|name| fits(wanted, name)).map(|name| folder.join(name));
    paths.filter(|path| self::device(path) == device).collect()
}

/// Whether `name` fits `wanted`, where `*` means anything; a hidden name fits only what begins with a dot itself.
fn fits(wanted: &OsStr, name: &OsStr) -> bool {
    let (wanted, name) = (wanted.to_string_lossy(), name.to_string_lossy());
    let Some((head, tail)) = wanted.split_once('*') else { return wanted == name };
    let is_hidden = name.starts_with('.') && !head.starts_with('.');
    !is_hidden && name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
}

fn is_link(path: &Path) -> bool {
    system::stat_at(path).is_ok_and(|is| is.kind == Kind::Link)
}

/// A file that may be a cache: not a lock, not a temp file, not one of ours. A link is told of too.
fn is_cache_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_beside = BESIDE.iter().any(|ending| name.ends_with(ending)) || name.contains(".saltcellar-");
    !is_beside && system::stat_at(path).is_ok_and(|is| is.kind != Kind::Folder)
}

fn device(path: &Path) -> Option<u64> {
    system::stat_at(path).ok().map(|is| is.identity.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(files: &[&str]) -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = home.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, "{}").expect("written");
        }
        home
    }

    fn found(home: &tempfile::TempDir, pattern: &str) -> Vec<String> {
        let found = files(&home.path().join(pattern));
        found.iter().map(|path| path.strip_prefix(home.path()).expect("inside").display().to_string()).collect()
    }

    #[test]
    fn what_lies_beside_is_found_and_locks_and_folders_are_not() {
        let home = home(&[
            ".s/b.cae",
            ".s/a.nocae",
            ".s/a.nocae.lockfile",
            ".s/.a.saltcellar-undo",
            ".s/sub/c.cae",
            "s/d.cae",
        ]);

        assert_eq!(found(&home, ".s/*"), [".s/a.nocae", ".s/b.cae"]);
        assert_eq!(found(&home, ".s/*.cae"), [".s/b.cae"]);
        assert_eq!(found(&home, ".s*/b.cae"), [".s/b.cae"]);
        assert_eq!(found(&home, "*/b.cae"), Vec::<String>::new());
        assert_eq!(found(&home, "not/there"), ["not/there"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_behind_a_link_is_not_looked_into() {
        let home = home(&[".azure/c.json"]);
        std::os::unix::fs::symlink(".azure", home.path().join(".azure-link")).expect("linked");

        assert_eq!(found(&home, ".azure*/c.json"), [".azure/c.json"]);
    }

    #[test]
    fn a_path_matches_as_its_files_are_found() {
        let matches = |pattern: &str, path: &str| matches(Path::new(pattern), Path::new(path));

        assert!(matches("/h/.s/*.cae", "/h/.s/x.cae") && matches("/h/c", "/h/c"));
        assert!(!matches("/h/*/c", "/h/.s/c") && !matches("/h/*", "/h/a/b") && !matches("/h/a*a", "/h/a"));
    }
}
