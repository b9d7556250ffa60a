//! Reading leaves nothing behind: no file beside the database, and no change of one.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use saltcellar::store::file::Reading;
use saltcellar::store::{Slot, Store, StoreErrorKind};

use super::sqlite::{DJANGO, Database, scanned, store, text, words};
use super::writers::with_patience;

/// Every file of a folder, with its size, time and content.
fn state_of(folder: &Path) -> Vec<(String, u64, SystemTime, Vec<u8>)> {
    super::sqlite::files_in(folder)
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let is = path.metadata().expect("there");
            (name, is.len(), is.modified().expect("a time"), std::fs::read(&path).expect("read"))
        })
        .collect()
}

fn traceless(database: &Database) -> impl Store {
    store(&database.place(""), Reading::Traceless)
}

#[test]
fn reading_leaves_no_file_and_no_time_behind_whatever_the_journal() {
    for journal in ["DELETE", "TRUNCATE", "PERSIST", "WAL"] {
        let database = Database::made_by(&format!("PRAGMA journal_mode = {journal}; {DJANGO}"));
        database.add("k", "{}");
        let before = state_of(database.folder.path());

        for reading in [Reading::Traceless, Reading::Plain] {
            let store = store(&database.place(""), reading);
            assert_eq!(scanned(&store).expect("scanned").len(), 1, "{journal}");
            assert_eq!(text(&store, "k"), "{}");

            assert!(state_of(database.folder.path()) == before, "{journal} {reading:?}: {:?}", database.files());
        }
    }
}

/// An app in a process of its own: SQLite lets the connections of one process share what they know of a `-shm`.
const APP: &str = "import sqlite3, sys
app = sqlite3.connect(sys.argv[1], isolation_level=None)
app.execute('PRAGMA wal_autocheckpoint = 0')
for line in sys.stdin:
    app.execute(line)
    print('done', flush=True)
";

/// Lets the app run one statement.
fn tell(app: &mut Child, sql: &str) {
    writeln!(app.stdin.as_mut().expect("a pipe"), "{sql}").expect("told");
    let mut answer = [0; 5];
    app.stdout.as_mut().expect("a pipe").read_exact(&mut answer).expect("done");
}

#[test]
fn beside_an_app_in_wal_mode_its_newest_rows_are_read_and_its_files_stay_as_they_are() {
    let database = Database::made_by(&format!("PRAGMA journal_mode = WAL; {DJANGO}"));
    let mut app = Command::new("python3");
    app.args(["-c", APP]).arg(&database.path).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut app) = app.spawn() else { return println!("skipped: python3 is not installed") };
    tell(&mut app, "INSERT INTO django_session VALUES ('new', '[1]', '2030-01-01 00:00:00')");
    let before = state_of(database.folder.path());
    assert_eq!(database.files(), ["app.db", "app.db-shm", "app.db-wal"]);

    assert_eq!(text(&traceless(&database), "new"), "[1]");

    assert!(state_of(database.folder.path()) == before);
    tell(&mut app, "UPDATE django_session SET session_data = '[2]'");
    assert_eq!(text(&traceless(&database), "new"), "[2]");
    drop(app.stdin.take());
    app.wait().expect("ended");
    assert_eq!(text(&traceless(&database), "new"), "[2]");
    assert_eq!(database.files(), ["app.db"]);
}

#[test]
fn what_a_killed_app_left_is_read_without_a_trace_or_told() {
    let database = Database::made_by(&format!("PRAGMA journal_mode = WAL; {DJANGO}"));
    let app = database.connect();
    app.execute_batch("INSERT INTO django_session VALUES ('k', '[1]', '2030-01-01 00:00:00')").expect("written");
    let left = tempfile::tempdir().expect("a folder");
    for name in database.files() {
        std::fs::copy(database.folder.path().join(&name), left.path().join(&name)).expect("copied");
    }
    let place = format!("sqlite:{}", left.path().join("app.db").display());
    let before = state_of(left.path());

    assert_eq!(text(&store(&place, Reading::Traceless), "k"), "[1]");
    assert!(state_of(left.path()) == before);

    // Without its -shm, the -wal cannot be read but by making one.
    std::fs::remove_file(left.path().join("app.db-shm")).expect("removed");
    let said = words(store(&place, Reading::Traceless).peek(&Slot("k".into())));
    assert!(said.contains("which --readonly forbids"), "{said}");
    assert_eq!(super::sqlite::files_in(left.path()), ["app.db", "app.db-wal"]);
    assert_eq!(text(&store(&place, Reading::Plain), "k"), "[1]");
}

#[test]
fn a_half_written_transaction_is_rolled_back_only_where_that_is_allowed() {
    let database = Database::made_by(DJANGO);
    database.add("k", "[1]");
    let app = database.connect();
    app.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE").expect("begun");
    for number in 0..200 {
        let sql = "INSERT INTO django_session VALUES (?1, ?2, '2030-01-01 00:00:00')";
        app.execute(sql, [format!("n{number}"), "x".repeat(4000)]).expect("written");
    }
    app.execute_batch("UPDATE django_session SET session_data = '[2]'").expect("written");
    let left = tempfile::tempdir().expect("a folder");
    for name in database.files() {
        std::fs::copy(database.folder.path().join(&name), left.path().join(&name)).expect("copied");
    }
    drop(app);
    let place = format!("sqlite:{}", left.path().join("app.db").display());
    let before = state_of(left.path());

    let said = words(store(&place, Reading::Traceless).peek(&Slot("k".into())));

    assert!(said.contains("which --readonly forbids"), "{said}");
    assert!(state_of(left.path()) == before);
    assert_eq!(text(&store(&place, Reading::Plain), "k"), "[1]");
}

#[test]
fn nothing_is_changed_through_a_store_that_leaves_no_trace() {
    let database = Database::made_by(DJANGO);
    database.add("k", "{}");
    let store = traceless(&database);

    let refused = with_patience(|patience| store.hold(&Slot("k".into()), patience).err()).expect("refused");

    assert_eq!(refused.kind, StoreErrorKind::Unsupported("be changed: it is open read-only"));
    assert!(!store.abilities().writes);
}
