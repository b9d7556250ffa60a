//! A SQLite database of a test's own, and the store over it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use saltcellar::store::file::{Links, Reading};
use saltcellar::store::place::{Address, Place};
use saltcellar::store::sqlite::SqliteStore;
use saltcellar::store::{Found, Slot, Store, StoreError};
use saltcellar::time::SystemClock;

/// What Django makes (`manage.py migrate`).
pub(crate) const DJANGO: &str = "CREATE TABLE \"django_session\" (\"session_key\" varchar(40) NOT NULL PRIMARY KEY, \
     \"session_data\" text NOT NULL, \"expire_date\" datetime NOT NULL)";

/// A database in a folder of its own.
pub(crate) struct Database {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Database {
    /// With what `sql` makes in it.
    pub(crate) fn made_by(sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("app.db");
        let database = Self { folder, path };
        database.connect().execute_batch(sql).expect("made");
        database
    }

    /// As an app connects.
    pub(crate) fn connect(&self) -> Connection {
        let connection = Connection::open(&self.path).expect("opened");
        connection.busy_timeout(std::time::Duration::from_secs(20)).expect("set");
        connection
    }

    /// Puts a Django session there.
    pub(crate) fn add(&self, key: &str, value: &str) {
        let sql = "INSERT INTO django_session VALUES (?1, ?2, '2030-01-02 03:04:05.678901')";
        self.connect().execute(sql, [key, value]).expect("added");
    }

    /// The place, with `options` behind it.
    pub(crate) fn place(&self, options: &str) -> String {
        format!("sqlite:{}{options}", self.path.display())
    }

    /// The store, with `options` behind its place.
    pub(crate) fn store(&self, options: &str) -> SqliteStore {
        store(&self.place(options), Reading::Plain)
    }

    /// The names of the files beside the database, and of itself.
    pub(crate) fn files(&self) -> Vec<String> {
        files_in(self.folder.path())
    }
}

pub(crate) fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("listed");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub(crate) fn store(place: &str, reading: Reading) -> SqliteStore {
    let place: Place = place.parse().expect("a place");
    let Address::Table(table) = place.address() else { panic!("{place} is no table") };
    SqliteStore::new(table, Links::Refuse, reading, Arc::new(SystemClock::new()))
}

/// Everything a scan hands over.
pub(crate) fn scanned(store: &dyn Store) -> Result<Vec<Found>, StoreError> {
    let mut all = Vec::new();
    store.scan(&mut |found| {
        all.extend(found);
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(all)
}

/// The text in one slot.
pub(crate) fn text(store: &dyn Store, slot: &str) -> String {
    let snapshot = store.peek(&Slot(slot.to_owned())).expect("readable").expect("there");
    String::from_utf8(snapshot.bytes.reveal().to_vec()).expect("text")
}

/// The words of an error.
pub(crate) fn words<T>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(_) => panic!("it is no error"),
        Err(error) => error.to_string(),
    }
}
