//! The disk fails at call 1, then 2, then 3 … until nothing fails: the old text or the new, never anything else,
//! nothing left behind, and the answer tells which of the two it is.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use saltcellar::json::{Change, Edit, Patch};
use saltcellar::lock::{Conventions, Patience};
use saltcellar::source::{Access, Committed, Place, Source, SourceError};
use saltcellar::store::atomic::{Disk, RealDisk};
use saltcellar::store::file::{FileOptions, FileStore, Links, Reading};
use saltcellar::time::{Clock, SystemClock};

const OLD: &str =
    "{\n    \"AccessToken\": {\n        \"a\": {\"secret\": \"A\"},\n        \"b\": {\"secret\": \"B\"}\n    }\n}";
const NEW: &str = "{\n    \"AccessToken\": {\n        \"b\": {\"secret\": \"B\"}\n    }\n}";

/// Fails the nth call, once or from then on.
struct FailingDisk {
    calls: AtomicUsize,
    fail_at: usize,
    forever: bool,
}

impl FailingDisk {
    fn try_call(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let fails = call == self.fail_at || (self.forever && call > self.fail_at);
        if fails { Err(io::Error::from_raw_os_error(28)) } else { Ok(()) }
    }
}

impl Disk for FailingDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.try_call().and_then(|()| RealDisk.create(path))
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.try_call().and_then(|()| RealDisk.write(file, bytes))
    }
    fn dress(&self, file: &File, like: &File) -> io::Result<()> {
        self.try_call().and_then(|()| RealDisk.dress(file, like))
    }
    fn stamp(&self, file: &File, at: Duration) -> io::Result<Duration> {
        self.try_call().and_then(|()| RealDisk.stamp(file, at))
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        self.try_call().and_then(|()| RealDisk.sync(file))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.try_call().and_then(|()| RealDisk.rename(from, to))
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.try_call().and_then(|()| RealDisk.sync_folder(folder))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        // The clean-up is not failed here: a temp that cannot be removed is swept by the next write.
        RealDisk.remove(path)
    }
}

/// One commit with the disk failing as told: the outcome, how many calls there were, and the text and names left.
fn commit_once(fail_at: usize, forever: bool) -> (Result<Committed, SourceError>, usize, String, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    std::fs::write(&path, OLD).expect("written");
    let disk = Arc::new(FailingDisk { calls: AtomicUsize::new(0), fail_at, forever });
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let options = FileOptions {
        path: path.clone(),
        links: Links::Refuse,
        conventions: Conventions::default(),
        reading: Reading::Plain,
    };
    let shared: Arc<dyn Disk> = Arc::clone(&disk) as Arc<dyn Disk>;
    let store = FileStore::new(options, shared, Arc::clone(&clock)).expect("a store");
    let access = Access { no_undo: true, ..Access::default() };
    let source = Source::with_store(Place::file(&path), std::sync::Arc::new(store), access, clock);

    let cancel = AtomicBool::new(false);
    let waits = SystemClock::new();
    let patience = Patience { clock: &waits, wait: Duration::from_secs(2), cancel: &cancel, waiting: &|_| {} };
    let outcome = source.commit(&patience, &|_| Ok(remove_a()));

    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("listed").flatten().map(|e| e.file_name()).collect();
    names.sort();
    let names = names.into_iter().map(|name| name.to_string_lossy().into_owned()).collect();
    (outcome, disk.calls.load(Ordering::SeqCst), std::fs::read_to_string(&path).expect("read"), names)
}

fn remove_a() -> Patch {
    let edit = Edit::Remove("/AccessToken/a".parse().expect("a path"));
    Patch { title: "Remove a".to_owned(), changes: vec![Change { edit, why: "test".into() }] }
}

#[test]
fn whichever_disk_call_fails_the_old_or_the_new_text_stands() {
    let (_, calls, text, _) = commit_once(usize::MAX, false);
    assert_eq!(text, NEW, "without a fault the change is made");
    assert!(calls >= 7, "create, write, dress, stamp, sync, rename, stamp, sync of the folder: {calls}");

    for forever in [false, true] {
        for fail_at in 1..=calls {
            let (outcome, _, text, names) = commit_once(fail_at, forever);
            let what = format!("call {fail_at}, forever: {forever}");
            match outcome {
                Ok(committed) => {
                    assert_eq!(text, NEW, "success means the new text stands: {what}");
                    assert!(!committed.durable, "a fault after the rename is said: {what}");
                }
                Err(error) => {
                    assert_eq!(text, OLD, "an error means that the old text stands: {what}");
                    assert!(error.to_string().starts_with("cannot write file:"), "{error}");
                }
            }
            assert_eq!(names, ["cache.json"], "nothing is left behind: {what}");
        }
    }
}

#[test]
fn a_change_that_changes_nothing_touches_nothing() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    std::fs::write(&path, OLD).expect("written");
    let before = std::fs::metadata(&path).expect("there");
    let source = Source::open(&Place::file(&path), Access::default()).expect("opened");
    let (waits, cancel) = (SystemClock::new(), AtomicBool::new(false));
    let patience = Patience { clock: &waits, wait: Duration::ZERO, cancel: &cancel, waiting: &|_| {} };

    let committed = source.commit(&patience, &|_| Ok(Patch::default())).expect("fine");

    let after = std::fs::metadata(&path).expect("there");
    assert!(!committed.written);
    assert_eq!(
        (before.ino(), before.mtime_nsec(), before.ctime_nsec()),
        (after.ino(), after.mtime_nsec(), after.ctime_nsec())
    );
}
