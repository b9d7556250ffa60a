//! Named files of ours in the user's state folder: 0600 in a folder of 0700, under plain names, never one over another.
//! What is kept here holds no secret; writes nothing under read-only.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Access, SourceError, traceless};
use crate::secret::SecretBytes;
use crate::store::atomic::{self, RealDisk};
use crate::system;

/// A folder of named files.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
    readonly: Option<String>,
}

/// The largest file that is read: above a snapshot of the largest cache.
const LIMIT: u64 = 1 << 30;

/// What every file ends in.
const ENDING: &str = ".json";

impl Shelf {
    /// The files in `folder`, which need not be there yet.
    #[must_use]
    pub fn new(folder: PathBuf, access: &Access) -> Self {
        Self { folder, readonly: access.readonly.clone() }
    }

    /// The snapshots of this user; `None` where neither `HOME` nor `XDG_STATE_HOME` says where they lie.
    #[must_use]
    pub fn of_snapshots(access: &Access) -> Option<Self> {
        Some(Self::new(super::discover::state_folder()?.join("saltcellar/snapshots"), access))
    }

    /// Whether `name` can be the name of a file here: letters, digits, `.`, `-` and `_`, at most 80, none hidden.
    #[must_use]
    pub fn allows(name: &str) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        (1..=80).contains(&name.len()) && name.chars().all(is_plain) && !name.starts_with(['.', '-'])
    }

    /// Where `name` lies, or would.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{ENDING}"))
    }

    /// Whether something is kept as `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        Self::allows(name) && self.path(name).symlink_metadata().is_ok()
    }

    /// The names of what is kept, in order.
    ///
    /// # Errors
    /// The folder is there and cannot be read.
    pub fn names(&self) -> Result<Vec<String>, SourceError> {
        let files = match traceless::files_in(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(cause) => return Err(unreadable(&self.folder, cause)),
        };
        let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.strip_suffix(ENDING)?.to_owned());
        Ok(files.iter().filter_map(name).filter(|name| Self::allows(name)).collect())
    }

    /// What is kept as `name`.
    ///
    /// # Errors
    /// Nothing is, or it cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, SourceError> {
        let path = self.path(name);
        let mut bytes = Vec::new();
        let file = traceless::open_own(&path).map_err(|cause| {
            let is_missing = cause.kind() == io::ErrorKind::NotFound;
            let missing = || SourceError::Missing { place: path.display().to_string() };
            if is_missing { missing() } else { unreadable(&path, cause) }
        })?;
        file.take(LIMIT).read_to_end(&mut bytes).map_err(|cause| unreadable(&path, cause))?;
        Ok(bytes)
    }

    /// Keeps `text` as `name`, and says where.
    ///
    /// # Errors
    /// Read-only, a name that is taken or cannot be one, or a disk that does not take it.
    pub fn keep(&self, name: &str, text: String) -> Result<PathBuf, SourceError> {
        let path = self.path(name);
        let place = || path.display().to_string();
        if let Some(by) = self.readonly.clone() {
            return Err(SourceError::ReadOnly { place: place(), by });
        }
        let failed =
            |what: &str, cause| SourceError::Write { place: place(), what: what.to_owned(), cause, obstacle: None };
        if !Self::allows(name) {
            return Err(failed("a name is letters, digits, dots, dashes and underscores, at most 80 of them", None));
        }
        if self.has(name) {
            return Err(failed("that name is taken", None));
        }
        let made = system::make_private_folders(&self.folder);
        made.map_err(|cause| failed("its folder cannot be made", Some(cause)))?;
        let bytes = SecretBytes::new(text.into_bytes());
        let written = atomic::write_private(&RealDisk, &path, &bytes, &self.folder);
        written.map_err(|cause| failed("the disk does not take it", Some(cause)))?;
        Ok(path)
    }

    /// Removes what is kept as `name`, and says where it lay.
    ///
    /// # Errors
    /// Read-only, nothing is kept so, or the file cannot be removed.
    pub fn discard(&self, name: &str) -> Result<PathBuf, SourceError> {
        let path = self.path(name);
        let place = || path.display().to_string();
        if let Some(by) = self.readonly.clone() {
            return Err(SourceError::ReadOnly { place: place(), by });
        }
        if !self.has(name) {
            return Err(SourceError::Missing { place: place() });
        }
        let what = "it cannot be removed".to_owned();
        // A link goes itself, never what it points to.
        let failed = |cause| SourceError::Write { place: place(), what, cause: Some(cause), obstacle: None };
        fs::remove_file(&path).map_err(failed)?;
        Ok(path)
    }
}

fn unreadable(path: &Path, cause: io::Error) -> SourceError {
    SourceError::Unreadable {
        place: path.display().to_string(),
        what: "it cannot be opened".to_owned(),
        cause: Some(cause),
        obstacle: None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn shelf(folder: &Path, readonly: Option<&str>) -> Shelf {
        let access = Access { readonly: readonly.map(str::to_owned), ..Access::default() };
        Shelf::new(folder.join("saltcellar").join("snapshots"), &access)
    }

    #[test]
    fn what_is_kept_is_private_named_and_never_replaced() {
        let home = tempfile::tempdir().expect("a folder");
        let shelf = shelf(home.path(), None);
        assert_eq!(shelf.names().expect("none yet"), Vec::<String>::new());

        let path = shelf.keep("before", "text".to_owned()).expect("kept");

        let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
        assert_eq!(shelf.read("before").expect("read"), b"text");
        assert_eq!(shelf.names().expect("one"), ["before"]);
        let again = shelf.keep("before", "other".to_owned()).expect_err("taken");
        assert!(again.to_string().contains("taken"), "{again}");
        assert_eq!(shelf.read("before").expect("read"), b"text");
        assert_eq!(fs::read_dir(home.path().join("saltcellar")).expect("listed").count(), 1, "no temp file is left");
    }

    #[test]
    fn what_is_discarded_is_gone_and_nothing_else_is() {
        let home = tempfile::tempdir().expect("a folder");
        let shelf_of = |readonly| shelf(home.path(), readonly);
        let shelf = shelf_of(None);
        for name in ["one", "other"] {
            shelf.keep(name, name.to_owned()).expect("kept");
        }
        fs::write(home.path().join("saltcellar").join("beside.json"), "{}").expect("written");

        assert!(shelf_of(Some("--readonly")).discard("one").is_err());
        shelf.discard("one").expect("it is there");

        assert_eq!(shelf.names().expect("listed"), ["other"]);
        assert!(matches!(shelf.discard("one"), Err(SourceError::Missing { .. })));
        assert!(shelf.discard("../beside").is_err());
        assert!(home.path().join("saltcellar").join("beside.json").exists());
    }

    #[test]
    fn names_stay_inside_the_folder() {
        let home = tempfile::tempdir().expect("a folder");
        for name in ["", ".hidden", "-x", "../up", "a/b", "a b", "\u{e9}"] {
            assert!(shelf(home.path(), None).keep(name, String::new()).is_err(), "{name}");
        }
        assert!(fs::read_dir(home.path()).expect("listed").next().is_none());
    }

    #[test]
    fn readonly_keeps_nothing_and_makes_no_folder() {
        let home = tempfile::tempdir().expect("a folder");

        let refused = shelf(home.path(), Some("--readonly")).keep("x", String::new()).expect_err("refused");

        assert!(refused.to_string().contains("--readonly"), "{refused}");
        assert!(fs::read_dir(home.path()).expect("listed").next().is_none());
    }

    #[test]
    fn a_link_is_not_followed() {
        let home = tempfile::tempdir().expect("a folder");
        let shelf = shelf(home.path(), None);
        let path = shelf.keep("real", "text".to_owned()).expect("kept");
        std::os::unix::fs::symlink(path, shelf.path("link")).expect("linked");

        assert!(shelf.read("link").is_err());
        assert_eq!(shelf.names().expect("listed"), ["real"]);
    }
}
