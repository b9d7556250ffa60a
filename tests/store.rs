//! One suite, run on every store: what a place must do whatever it is.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::lock::{Conventions, Patience};
use saltcellar::secret::SecretBytes;
use saltcellar::store::atomic::RealDisk;
use saltcellar::store::expected::Expected;
use saltcellar::store::file::{FileOptions, FileStore, Links, Reading};
use saltcellar::store::memory::MemoryStore;
use saltcellar::store::{Pieces, Slot, Snapshot, Store, StoreErrorKind};
use saltcellar::time::{Clock, SystemClock};

use super::support::keyring;

/// A store under test, and how another process would write to it.
struct Case {
    name: &'static str,
    store: Arc<dyn Store>,
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
    let file = Arc::new(file_store(&path));
    let mut cases = vec![
        Case {
            name: "memory",
            store: Arc::new(memory),
            overwrite: Box::new(move |text| other.overwrite(bytes(text))),
            _folder: None,
        },
        Case {
            name: "file",
            store: file,
            overwrite: Box::new(move |text| std::fs::write(&path, text).expect("written")),
            _folder: Some(folder),
        },
    ];
    cases.extend(redis_cases(text));
    cases.extend(sqlite_cases(text));
    cases.extend(postgres_case(text));
    // Beside a keyring the same suite runs on it too.
    if keyring::is_here() {
        cases.extend(keyring_case(text));
    }
    cases
}

#[cfg(not(all(unix, feature = "redis")))]
fn redis_cases(_text: &str) -> Vec<Case> {
    Vec::new()
}

/// The empty key of a server, and of a cluster.
#[cfg(all(unix, feature = "redis"))]
fn redis_cases(text: &str) -> Vec<Case> {
    use super::redis::Cluster;
    use super::support::redis::{Server, tell};
    let Some(server) = Server::start(&[]) else { return Vec::new() };
    let Some(cluster) = Cluster::start() else { return Vec::new() };
    let (alone, among) = (server.store(), cluster.store());
    // The first node has the empty key.
    let write = move |server: &Server, text: &str| tell(&mut server.client(), &[b"SET", b"", text.as_bytes()]);
    let write_among = move |text: &str| write(cluster.0.first().expect("three"), text);
    write(&server, text);
    write_among(text);
    let overwrite: Box<dyn Fn(&str)> = Box::new(move |text| write(&server, text));
    let one = Case { name: "redis", store: alone, overwrite, _folder: None };
    let overwrite: Box<dyn Fn(&str)> = Box::new(write_among);
    vec![one, Case { name: "redis-cluster", store: among, overwrite, _folder: None }]
}

#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
fn postgres_case(_text: &str) -> Option<Case> {
    None
}

/// A row of a real PostgreSQL.
#[cfg(all(feature = "postgres", feature = "sqlite"))]
fn postgres_case(text: &str) -> Option<Case> {
    use super::sql::server::{DJANGO, Database};
    let database = Database::made_by(DJANGO)?;
    database.add("", text);
    let store = Arc::new(database.store(""));
    let overwrite = move |text: &str| {
        let mut app = database.connect();
        app.execute("UPDATE django_session SET session_data = $1", &[&text]).expect("written");
    };
    Some(Case { name: "postgres", store, overwrite: Box::new(overwrite), _folder: None })
}

#[cfg(not(feature = "sqlite"))]
fn sqlite_cases(_text: &str) -> Vec<Case> {
    Vec::new()
}

/// A row of SQLite, in either journal.
#[cfg(feature = "sqlite")]
fn sqlite_cases(text: &str) -> Vec<Case> {
    use super::sql::sqlite::{DJANGO, Database};
    let case = |(name, journal)| {
        let database = Database::made_by(&format!("PRAGMA journal_mode = {journal}; {DJANGO}"));
        database.add("", text);
        let store = Arc::new(database.store(""));
        let Database { folder, path } = database;
        let overwrite = move |text: &str| {
            let app = rusqlite::Connection::open(&path).expect("opened");
            app.execute("UPDATE django_session SET session_data = ?1", [text]).expect("written");
        };
        Case { name, store, overwrite: Box::new(overwrite), _folder: Some(folder) }
    };
    [("sqlite", "DELETE"), ("sqlite in WAL mode", "WAL")].into_iter().map(case).collect()
}

#[cfg(not(all(feature = "secret-service", target_os = "linux")))]
fn keyring_case(_text: &str) -> Option<Case> {
    None
}

/// An item of its own, in the keyring that this process runs beside.
#[cfg(all(feature = "secret-service", target_os = "linux"))]
fn keyring_case(text: &str) -> Option<Case> {
    use saltcellar::store::desktop::Desktop;
    use saltcellar::store::secret_service::{SecretServiceStore, Target};
    use std::sync::atomic::{AtomicUsize, Ordering};
    static ITEMS: AtomicUsize = AtomicUsize::new(0);
    let schema = format!("suite-{}", ITEMS.fetch_add(1, Ordering::Relaxed));
    let attributes = std::collections::BTreeMap::from([("xdg:schema".to_owned(), schema.clone())]);
    let folder = tempfile::tempdir().expect("a folder");
    let signal = folder.path().join("signal");
    std::fs::write(&signal, "").expect("written");
    keyring::store(text, &["xdg:schema", &schema]);
    let made = (attributes, String::new());
    let target = Target { attributes: made.0.clone(), signal: Some(signal), made };
    let desktop = Desktop { has_bus: true, ..Desktop::default() };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let store = SecretServiceStore::new(target, None, Conventions::default(), &desktop, Arc::new(RealDisk), clock);
    Some(Case {
        name: "secret-service",
        store: Arc::new(store),
        overwrite: Box::new(move |text| keyring::store(text, &["xdg:schema", &schema])),
        _folder: Some(folder),
    })
}

#[test]
fn the_suite_holds_in_a_real_keyring() {
    if keyring::is_here() {
        return;
    }
    for test in [
        "what_is_replaced_is_read_back",
        "what_another_process_wrote_meanwhile_is_never_replaced",
        "staged_bytes_that_are_not_used_leave_nothing",
        "a_store_has_one_slot_and_tells_what_it_can_do",
    ] {
        keyring::beside("unlocked", &format!("store::{test}"));
    }
}

fn slot() -> Slot {
    Slot(String::new())
}

fn read(store: &dyn Store) -> Snapshot {
    store.peek(&slot()).expect("readable").expect("there")
}

fn expected(snapshot: &Snapshot) -> Expected {
    Expected::of(snapshot)
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

#[cfg(unix)]
#[test]
fn a_file_that_was_made_private_or_got_a_second_name_since_it_was_staged_is_not_replaced() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    std::fs::write(&path, "{\"a\":1}").expect("written");
    let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
    set(0o644);
    let store = file_store(&path);
    let alterations: [&dyn Fn(); 2] =
        [&|| set(0o600), &|| std::fs::hard_link(&path, folder.path().join("second")).expect("linked")];
    for alter in alterations {
        let seen = read(&store);
        let staged = store.stage(&slot(), &bytes("{\"b\":2}"), &seen.state).expect("staged");
        // The kernel counts in ticks of its clock.
        std::thread::sleep(Duration::from_millis(20));
        alter();

        let refused = with_patience(|patience| {
            let mut held = store.hold(&slot(), patience).expect("held");
            held.replace(&expected(&seen), staged).expect_err("it was dressed as the file was").kind
        });

        assert_eq!(refused, StoreErrorKind::Changed);
    }
    let state = std::fs::metadata(&path).expect("there");
    assert_eq!((state.permissions().mode() & 0o777, read(&store).bytes), (0o600, bytes("{\"a\":1}")));
}

#[test]
fn a_file_that_is_replaced_or_locked_while_it_is_read_is_not_steady() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, other) = (folder.path().join("cache.json"), folder.path().join("other"));
    std::fs::write(&path, "{\"a\":1}").expect("written");
    let store = file_store(&path);
    let read = |least, during: &dyn Fn()| {
        let mut read = |_: &dyn Pieces, _| during();
        store.pieces(&slot(), least, &mut read).expect("readable").map(|read| read.unsteady)
    };
    let replace = || {
        std::fs::write(&other, "{\"b\":2}").expect("written");
        std::fs::rename(&other, &path).expect("renamed");
    };

    assert_eq!(read(7, &|| {}), Some(false));
    assert_eq!(read(7, &replace), Some(true), "of the same length");
    assert_eq!(read(7, &|| std::fs::write(folder.path().join("cache.json.lockfile"), "1").expect("taken")), Some(true));
    assert_eq!(read(8, &|| {}), None, "it is smaller than that");
}

/// Freeing the blocks of a large file takes long, and falls to who closes it last.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_was_replaced_is_closed_when_nobody_waits_for_the_lock_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.json");
    std::fs::write(&path, "{\"a\":1}").expect("written");
    let store = file_store(&path);
    let seen = read(&store);
    let staged = store.stage(&slot(), &bytes("{\"b\":2}"), &seen.state).expect("staged");
    let nameless = path.display().to_string() + " (deleted)";
    let is_open = || {
        let files = std::fs::read_dir("/proc/self/fd").expect("our own").flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|file| file.as_os_str() == nameless.as_str())
    };

    with_patience(|patience| {
        let mut held = store.hold(&slot(), patience).expect("held");
        held.replace(&expected(&seen), staged).expect("replaced");
        assert!(is_open(), "under the lock");
        held.release();
        assert!(!is_open(), "behind it");
    });
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
