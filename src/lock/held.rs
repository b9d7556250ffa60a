//! The locks of one cache while they are held: taken one by one, let go in reverse. Leaves no lock file behind:
//! not after an error, not after a panic. Does not wait.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::clear;
use super::error::LockError;
use super::primitive;
use super::temp::temp_beside;
use crate::time::{Clock, SystemClock};

/// A removal that fails is tried this often: a lock file that stays breaks every app until somebody deletes it.
const REMOVALS: usize = 3;

/// Every lock of one cache, held. Released when dropped.
#[derive(Debug)]
pub struct CacheLock {
    held: Vec<Held>,
    since: SystemClock,
}

/// One lock file, created by us; locked as long as it is open.
#[derive(Debug)]
struct Held {
    path: PathBuf,
    file: File,
}

impl CacheLock {
    /// Holds nothing yet; the time held counts from the first lock taken.
    pub(super) fn empty() -> Self {
        Self { held: Vec::new(), since: SystemClock::new() }
    }

    /// Takes one more lock, with `note` in it; `false` when somebody has it. What an error leaves half done, the drop
    /// undoes.
    pub(super) fn take(&mut self, path: &Path, note: &str) -> Result<bool, LockError> {
        if fs::symlink_metadata(path).is_ok() && !is_own_leftover_gone(path)? {
            return Ok(false);
        }
        match Created::at(path, note) {
            Ok(Created::Ready(file)) => {
                self.keep(path, file);
                Ok(true)
            }
            Ok(Created::Bare(file)) => self.settle(path, file, note),
            Err(cause) if primitive::is_taken(&cause) => Ok(false),
            Err(cause) => Err(LockError::Create { path: path.to_owned(), cause }),
        }
    }

    /// The lock files held, in the order in which they were taken.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.held.iter().map(|held| held.path.as_path())
    }

    /// Whether every path still leads to our lock file. Ask directly before the cache is replaced: Node unlinks the
    /// lock files of other processes (CrossPlatformLock.mjs), and a lock on an unlinked file keeps nobody out.
    #[must_use]
    pub fn still_ours(&self) -> bool {
        self.held.iter().all(|held| primitive::stands_at(&held.file, &held.path).unwrap_or(false))
    }

    /// How long the lock has been held.
    #[must_use]
    pub fn held_for(&self) -> Duration {
        self.since.elapsed()
    }

    /// Lets go in reverse order: each file is unlinked while it is still locked, then closed, as .NET does.
    /// A path that leads to somebody else's file by now is left alone.
    ///
    /// # Errors
    /// [`LockError::Remove`] names the first lock file that stays; the others are released all the same.
    pub fn release(mut self) -> Result<(), LockError> {
        self.let_go()
    }

    fn let_go(&mut self) -> Result<(), LockError> {
        let mut first = Ok(());
        while let Some(held) = self.held.pop() {
            let removed = held.remove().map_err(|cause| LockError::Remove { path: held.path, cause });
            first = first.and(removed);
        }
        first
    }

    fn keep(&mut self, path: &Path, file: File) {
        if self.held.is_empty() {
            self.since = SystemClock::new();
        }
        self.held.push(Held { path: path.to_owned(), file });
    }

    /// Locks and signs a file just created.
    fn settle(&mut self, path: &Path, file: File, note: &str) -> Result<bool, LockError> {
        self.keep(path, file);
        let Some(held) = self.held.last_mut() else {
            return Ok(false);
        };
        if held.lock()? {
            held.sign(note)?;
            return Ok(true);
        }
        // .NET, Go or Java locked it as soon as it was there: now it is theirs, and theirs to remove.
        self.held.pop();
        Ok(false)
    }
}

/// Releases on every way out, a panic included. What fails here shows at the next `acquire`, which reaps it.
impl Drop for CacheLock {
    fn drop(&mut self) {
        drop(self.let_go());
    }
}

impl Held {
    fn lock(&self) -> Result<bool, LockError> {
        let locked =
            primitive::lock(&self.file).and_then(|locked| Ok(locked && primitive::stands_at(&self.file, &self.path)?));
        locked.map_err(|cause| match primitive::is_unsupported(&cause) {
            true => LockError::NoLocks { path: self.path.clone(), cause },
            false => LockError::Lock { path: self.path.clone(), cause },
        })
    }

    fn sign(&mut self, note: &str) -> Result<(), LockError> {
        let written = self.file.write_all(note.as_bytes());
        written.map_err(|cause| LockError::Write { path: self.path.clone(), cause })
    }

    fn remove(&self) -> io::Result<()> {
        let mut removed = primitive::remove(&self.file, &self.path);
        for _ in 1..REMOVALS {
            if removed.is_ok() {
                break;
            }
            removed = primitive::remove(&self.file, &self.path);
        }
        removed
    }
}

/// A lock file that we have just created.
enum Created {
    /// Locked and signed since before it had its name.
    Ready(File),
    /// There, but neither locked nor signed yet.
    Bare(File),
}

impl Created {
    /// Creates the lock file, if nothing is there. It is made ready under another name if the file system can rename
    /// without replacing: a process that is killed between creation and signature would leave an empty lock, of
    /// which nobody can prove whose it was.
    fn at(path: &Path, note: &str) -> io::Result<Self> {
        let temp = temp_beside(path);
        let Some(file) = primitive::create(&temp).ok() else {
            return primitive::create(path).map(Self::Bare);
        };
        let appeared = match is_signed(&file, note) {
            true => primitive::appear(&temp, path),
            false => Err(io::ErrorKind::Unsupported.into()),
        };
        let Err(cause) = appeared else {
            return Ok(Self::Ready(file));
        };
        // What cannot be removed now is swept by a later write.
        drop(fs::remove_file(&temp));
        if primitive::is_taken(&cause) { Err(cause) } else { primitive::create(path).map(Self::Bare) }
    }
}

fn is_signed(mut file: &File, note: &str) -> bool {
    matches!(primitive::lock(file), Ok(true)) && file.write_all(note.as_bytes()).is_ok()
}

/// Removes a stale lock of our own; whether there was one.
fn is_own_leftover_gone(path: &Path) -> Result<bool, LockError> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_symlink() => Err(LockError::Symlink { path: path.to_owned() }),
        Ok(meta) if !meta.is_file() => Err(LockError::NotAFile { path: path.to_owned() }),
        // Gone already, or out of sight: the next try tells.
        Ok(_) | Err(_) => Ok(clear::reap_own(path)),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::{Conventions, lock_paths, note::Note};
    use super::*;

    struct Cache {
        dir: tempfile::TempDir,
    }

    impl Cache {
        fn new() -> Self {
            Self { dir: tempfile::tempdir().expect("a folder") }
        }

        fn locks(&self) -> Vec<PathBuf> {
            lock_paths(&[self.dir.path().join("c")], &Conventions::WithFolder)
        }

        fn files(&self) -> usize {
            fs::read_dir(self.dir.path()).expect("listed").count()
        }

        fn lock(&self) -> CacheLock {
            let mut lock = CacheLock::empty();
            for path in self.locks() {
                assert!(lock.take(&path, &Note::ours()).expect("taken"));
            }
            lock
        }
    }

    #[test]
    fn a_held_lock_is_private_and_names_us() {
        let cache = Cache::new();
        let lock = cache.lock();

        let file = lock.paths().next().expect("a path").to_owned();
        assert_eq!(fs::metadata(&file).expect("meta").permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_to_string(&file).expect("read"), Note::ours());
        assert_eq!(lock.paths().collect::<Vec<_>>(), cache.locks());
        assert!(lock.still_ours());
    }

    #[test]
    fn release_and_drop_leave_no_lock_file() {
        let cache = Cache::new();

        cache.lock().release().expect("released");
        assert_eq!(cache.files(), 0);
        drop(cache.lock());
        assert_eq!(cache.files(), 0);
    }

    #[test]
    fn a_panic_leaves_no_lock_file() {
        let cache = Cache::new();

        let caught = std::panic::catch_unwind(|| {
            let _lock = cache.lock();
            std::panic::resume_unwind(Box::new("while holding"));
        });

        assert!(caught.is_err());
        assert_eq!(cache.files(), 0);
    }

    #[test]
    fn a_busy_second_lock_takes_nothing_from_its_holder_and_the_first_goes() {
        let cache = Cache::new();
        let mut paths = cache.locks().into_iter();
        let (file, folder) = (paths.next().expect("a path"), paths.next().expect("a path"));
        fs::write(&folder, "1 host").expect("java was first");

        let mut lock = CacheLock::empty();
        assert!(lock.take(&file, "note").expect("taken"));
        assert!(!lock.take(&folder, "note").expect("busy"));
        drop(lock);

        assert!(!file.exists());
        assert_eq!(fs::read_to_string(&folder).expect("read"), "1 host");
    }

    #[test]
    fn a_note_that_cannot_be_written_is_an_error_and_leaves_nothing() {
        let cache = Cache::new();
        let path = cache.dir.path().join("c.lockfile");
        fs::write(&path, "").expect("written");
        let file = File::open(&path).expect("opened to read only, so that the write fails");

        let mut held = Held { path: path.clone(), file };
        let failed = held.sign("note").expect_err("not written");
        drop(CacheLock { held: vec![held], since: SystemClock::new() });

        assert!(matches!(failed, LockError::Write { .. }), "{failed}");
        assert_eq!(cache.files(), 0);
    }

    #[test]
    fn links_and_folders_in_the_way_are_refused_and_left_alone() {
        let cache = Cache::new();
        let (link, folder) = (cache.dir.path().join("l"), cache.dir.path().join("f"));
        symlink("nowhere", &link).expect("linked");
        fs::create_dir(&folder).expect("made");

        let on_link = CacheLock::empty().take(&link, "note").expect_err("refused");
        let on_folder = CacheLock::empty().take(&folder, "note").expect_err("refused");

        assert!(matches!(on_link, LockError::Symlink { .. }), "{on_link}");
        assert!(matches!(on_folder, LockError::NotAFile { .. }), "{on_folder}");
        assert_eq!(cache.files(), 2);
    }

    #[test]
    fn a_missing_folder_is_named_with_its_cause() {
        let error = CacheLock::empty().take(Path::new("/nowhere/c.lockfile"), "note").expect_err("refused");

        assert_eq!(error.to_string(), "cannot create /nowhere/c.lockfile");
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn a_lock_has_its_note_before_it_has_its_name() {
        let cache = Cache::new();

        let created = Created::at(&cache.dir.path().join("c.lockfile"), "note");

        assert!(matches!(created, Ok(Created::Ready(_))), "this file system renames without replacing");
    }

    #[test]
    fn where_it_cannot_it_is_locked_and_signed_as_soon_as_it_is_there() {
        let cache = Cache::new();
        let path = cache.dir.path().join("c.lockfile");
        let mut lock = CacheLock::empty();

        assert!(lock.settle(&path, primitive::create(&path).expect("created"), "note").expect("locked"));

        assert_eq!(fs::read_to_string(&path).expect("read"), "note");
        let other = primitive::open(&path).expect("opened");
        assert!(!primitive::lock(&other).expect("asked"), "it is ours");
        std::thread::sleep(Duration::from_millis(5));
        assert!(lock.held_for() >= Duration::from_millis(5));
        drop(lock);
        assert_eq!(cache.files(), 0);
    }

    #[test]
    fn a_lock_without_a_note_that_another_locks_first_or_replaces_is_theirs() {
        let cache = Cache::new();
        let path = cache.dir.path().join("c.lockfile");
        let bare = primitive::create(&path).expect("created");
        let theirs = primitive::open(&path).expect("opened");
        assert!(primitive::lock(&theirs).expect("locked"));

        assert!(!CacheLock::empty().settle(&path, bare, "note").expect("asked"));
        assert_eq!(fs::read_to_string(&path).expect("it stays"), "");
        fs::remove_file(&path).expect("removed");
        let bare = primitive::create(&path).expect("created");
        fs::remove_file(&path).expect("removed");
        fs::write(&path, "4242 az").expect("written");
        assert!(!CacheLock::empty().settle(&path, bare, "note").expect("asked"));

        assert_eq!(fs::read_to_string(&path).expect("it stays"), "4242 az");
    }

    #[test]
    fn a_lock_that_stays_is_told() {
        let cache = Cache::new();
        let (folder, away) = (cache.dir.path().join("folder"), cache.dir.path().join("away"));
        fs::create_dir(&folder).expect("made");
        let mut lock = CacheLock::empty();
        assert!(lock.take(&folder.join("c.lockfile"), "note").expect("taken"));
        fs::rename(&folder, away).expect("moved");
        fs::write(&folder, "no folder any more").expect("written");

        let error = lock.release().expect_err("it cannot be reached");

        assert!(matches!(error, LockError::Remove { .. }), "{error}");
    }

    #[test]
    fn a_stray_unlink_is_noticed_and_the_next_holder_spared() {
        let cache = Cache::new();
        let lock = cache.lock();
        let file = lock.paths().next().expect("a path").to_owned();

        fs::remove_file(&file).expect("node unlinks what is not its own");
        assert!(!lock.still_ours());
        fs::write(&file, "4242 az").expect("and az takes the place");
        assert!(!lock.still_ours());
        lock.release().expect("released");

        assert_eq!(fs::read_to_string(&file).expect("read"), "4242 az");
        assert_eq!(cache.files(), 1);
    }
}
