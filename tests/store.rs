//! One suite, run on every store: what a place must do whatever it is.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::lock::{Conventions, Patience};
use saltcellar::secret::SecretBytes;
use saltcellar::store::atomic::RealDisk;
use saltcellar::store::file::{FileOptions, FileStore, Links, Reading};
use saltcellar::store::memory::MemoryStore;
use saltcellar::store::{Expected, Slot, Snapshot, Store, StoreErrorKind};
use saltcellar::time::{Clock, SystemClock};

/// A store under test, and how another process would write to it.
struct Case {
    name: &'static str,
    store: Box<dyn Store>,
    overwrite: Box<dyn Fn(&str)>,
    _folder: Option<tempfile::TempDir>,
}

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

pub(crate) fn file_store(path: &Path) -> FileStore {
    let options = FileOptions {
        path: path.to_owned(),
        links: Links::Refuse,
        conventions: Conventions::default(),
        reading: Reading::Plain,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    FileStore::new(options, Arc::new(RealDisk), clock).expect("a plain path")
}

fn cases(text: &str) -> Vec<Case> {
    let memory = MemoryStore::new(bytes(text));
    let other = memory.clone();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    std::fs::write(&path, text).expect("written");
    let file = Box::new(file_store(&path));
    vec![
        Case {
            name: "memory",
            store: Box::new(memory),
            overwrite: Box::new(move |text| other.overwrite(bytes(text))),
            _folder: None,
        },
        Case {
            name: "file",
            store: file,
            overwrite: Box::new(move |text| std::fs::write(&path, text).expect("written")),
            _folder: Some(folder),
        },
    ]
}

fn slot() -> Slot {
    Slot(String::new())
}

fn read(store: &dyn Store) -> Snapshot {
    store.peek(&slot()).expect("readable").expect("there")
}

fn expected(snapshot: &Snapshot) -> Expected {
    Expected { state: snapshot.state.clone(), hash: snapshot.bytes.hash() }
}

fn with_patience<T>(work: impl FnOnce(&Patience<'_>) -> T) -> T {
    let clock = SystemClock::new();
    let cancel = AtomicBool::new(false);
    work(&Patience { clock: &clock, wait: Duration::from_secs(2), cancel: &cancel, waiting: &|_| {} })
}

#[test]
fn what_is_replaced_is_read_back() {
    for Case { name, store, .. } in cases("{\"a\":1}") {
        let seen = read(&*store);
        let staged = store.stage(&slot(), &bytes("{\"b\":2}"), &seen.state).expect(name);

        with_patience(|patience| {
            let mut held = store.hold(&slot(), patience).expect(name);
            held.replace(&expected(&seen), staged).expect(name);
            assert!(held.release().durable, "{name}");
        });

        assert!(read(&*store).bytes == bytes("{\"b\":2}"), "{name}");
    }
}

#[test]
fn what_another_process_wrote_meanwhile_is_never_replaced() {
    for Case { name, store, overwrite, .. } in cases("{\"a\":1}") {
        let seen = read(&*store);
        let staged = store.stage(&slot(), &bytes("{\"b\":2}"), &seen.state).expect(name);
        overwrite("{\"c\":3}");

        with_patience(|patience| {
            let mut held = store.hold(&slot(), patience).expect(name);
            let error = held.replace(&expected(&seen), staged).expect_err(name);
            assert_eq!(error.kind, StoreErrorKind::Changed, "{name}");
            // The hold is kept: the fresh state can be replaced without queueing again.
            let fresh = held.read().expect(name).expect(name);
            let staged = store.stage(&slot(), &bytes("{\"d\":4}"), &fresh.state).expect(name);
            held.replace(&expected(&fresh), staged).expect(name);
            held.release();
        });

        assert!(read(&*store).bytes == bytes("{\"d\":4}"), "{name}");
    }
}

#[test]
fn staged_bytes_that_are_not_used_leave_nothing() {
    for Case { name, store, _folder, .. } in cases("{}") {
        let seen = read(&*store);

        drop(store.stage(&slot(), &bytes("{\"b\":2}"), &seen.state).expect(name));

        assert!(read(&*store).bytes == bytes("{}"), "{name}");
        let left = _folder.map_or(1, |folder| std::fs::read_dir(folder.path()).expect("listed").count());
        assert_eq!(left, 1, "{name}");
    }
}

#[test]
fn a_store_has_one_slot_and_tells_what_it_can_do() {
    for Case { name, store, .. } in cases("{}") {
        assert_eq!(store.slots().count(), 1, "{name}");
        assert!(store.abilities().writes, "{name}");
    }
}
