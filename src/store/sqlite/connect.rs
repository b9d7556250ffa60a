//! How a SQLite database is opened so that reading it leaves nothing behind, and what its errors mean.
//!
//! A plain read-only connection is not enough: on a database in WAL mode it makes `-wal` and `-shm` files where there are
//! none. So the file's own header says which mode it is in, and the files beside it whether an app has it open:
//! no WAL: read-only. WAL and an app at work: read-only beside it, through its `-shm`, which under `--readonly` is opened
//! to read alone. WAL and nobody there: as a file that nobody changes (`immutable`), and read again if somebody did.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use crate::store::file::Links;
use crate::store::{StoreError, StoreErrorKind};
use crate::system::{self, Kind, Stat, Trace};

/// How long a read waits for an app that is writing.
const READ_WAIT: Duration = Duration::from_secs(5);
/// How often a read is tried again when the files changed meanwhile.
const TRIES: usize = 5;
/// Where the header tells the mode: 2 in both bytes is WAL (sqlite.org/fileformat2.html, 1.3.3).
const MODE_AT: u64 = 18;
const WAL: [u8; 2] = [2, 2];

/// Files by what tells them from every other.
type OpenFiles = HashMap<(u64, u64), Arc<fs::File>>;

/// A database file.
pub(super) struct File {
    path: PathBuf,
    links: Links,
    is_traceless: bool,
}

/// What lies there, as far as it decides how to read it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sight {
    main: Stat,
    is_wal: bool,
    /// The bytes in the `-wal` file; `None`: there is none.
    wal: Option<u64>,
    has_shm: bool,
}

/// How it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Read-only, under SQLite's own locks.
    ReadOnly,
    /// The same, and the `-shm` too is only read: no other connection of this process may need more.
    Untouched,
    /// As a file that nobody changes.
    Still,
    /// As an app does: what a killed app left is mended first.
    Whole,
}

impl File {
    pub(super) fn new(path: PathBuf, links: Links, is_traceless: bool) -> Self {
        Self { path, links, is_traceless }
    }

    /// The database's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets `work` read, through a connection of its own: one that stayed would keep an app from tidying up.
    ///
    /// # Errors
    /// What SQLite said.
    pub(super) fn read<T>(&self, work: &dyn Fn(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let mut last = None;
        for _ in 0..TRIES {
            let seen = self.look()?;
            let way = self.way(&seen)?;
            let done = self.open(way).and_then(|connection| work(&connection));
            let is_changed = || self.look().map_or(true, |now| now != seen);
            last = Some(match done {
                Ok(done) if way != Way::Still || !is_changed() => return Ok(done),
                Ok(_) => StoreErrorKind::Changed.into(),
                Err(error) if needs_mending(&error) && !self.is_traceless => {
                    let mended = self.open(Way::Whole).and_then(|connection| work(&connection));
                    return mended.map_err(trouble);
                }
                Err(error) if is_changed() => trouble(error),
                Err(error) => return Err(trouble(error)),
            });
        }
        Err(last.unwrap_or_else(|| StoreErrorKind::Changed.into()))
    }

    /// A connection that may write.
    ///
    /// # Errors
    /// What SQLite said.
    pub(super) fn write(&self) -> Result<Connection, StoreError> {
        self.look()?;
        let connection = self.open(Way::Whole).map_err(trouble)?;
        // Tokens that go are to be gone from the file too.
        connection.execute_batch("PRAGMA secure_delete = ON").map_err(trouble)?;
        Ok(connection)
    }

    fn way(&self, seen: &Sight) -> Result<Way, StoreError> {
        match (seen.is_wal, seen.wal.unwrap_or_default(), seen.has_shm) {
            (false, ..) => Ok(Way::ReadOnly),
            (true, _, true) if seen.wal.is_some() => Ok(if self.is_traceless { Way::Untouched } else { Way::ReadOnly }),
            (true, 0, _) => Ok(Way::Still),
            (true, ..) if self.is_traceless => Err(unmended()),
            (true, ..) => Ok(Way::Whole),
        }
    }

    fn look(&self) -> Result<Sight, StoreError> {
        let is_link = system::stat_at(&self.path).is_ok_and(|is| is.kind == Kind::Link);
        if is_link && self.links == Links::Refuse {
            return Err(StoreErrorKind::Link("symlink").into());
        }
        // SQLite names the files beside it after what a link leads to.
        let target = fs::canonicalize(&self.path).map_err(unopened)?;
        let main = system::stat_at(&target).map_err(unopened)?;
        if main.kind != Kind::File {
            return Err(StoreErrorKind::NotAFile.into());
        }
        let is_wal = mode_of(&target, &main)? == Some(WAL);
        let beside = |ending: &str| system::stat_at(&with_ending(&target, ending)).ok();
        Ok(Sight { main, is_wal, wal: beside("-wal").map(|is| is.len), has_shm: beside("-shm").is_some() })
    }

    fn open(&self, way: Way) -> rusqlite::Result<Connection> {
        let mode = match way {
            Way::ReadOnly => "mode=ro",
            Way::Untouched => "mode=ro&readonly_shm=1",
            Way::Still => "mode=ro&immutable=1",
            Way::Whole => "mode=rw",
        };
        let access = match way {
            Way::Whole => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Way::ReadOnly | Way::Untouched | Way::Still => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let flags = access | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(format!("{}?{mode}", uri(&self.path)), flags)?;
        connection.busy_timeout(READ_WAIT)?;
        // The schema is a stranger's: it may name no function with side effects, and a name in quotes is no text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        // What is sorted or kept aside goes to no file: it holds tokens.
        connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON")?;
        Ok(connection)
    }
}

/// The two bytes of the header that tell the mode; `None`: the file has no header yet.
///
/// The file is kept open for good: closing any descriptor of it would drop the locks that SQLite has on it in this
/// process (POSIX locks; sqlite.org/howtocorrupt.html, 2.2).
fn mode_of(path: &Path, main: &Stat) -> Result<Option<[u8; 2]>, StoreError> {
    static OPEN: Mutex<Option<OpenFiles>> = Mutex::new(None);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    let file = match open.get(&main.identity) {
        Some(file) => Arc::clone(file),
        None => {
            let file = Arc::new(system::open(path, Trace::Spared).map_err(unopened)?);
            let opened = system::stat(&file).map_err(unopened)?;
            open.insert(opened.identity, Arc::clone(&file));
            file
        }
    };
    let mut mode = [0; 2];
    Ok(system::read_exact_at(&file, &mut mode, MODE_AT).ok().map(|()| mode))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The path as a URI that SQLite reads: absolute, so that no name of its own (`:memory:`) is meant.
fn uri(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = String::from("file:");
    let bytes = system::bytes_of(&whole);
    if !bytes.starts_with(b"/") {
        uri.push('/');
    }
    for byte in bytes.iter() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(char::from(*byte)),
            b'\\' if cfg!(windows) => uri.push('/'),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Whether a killed app left a transaction that the next one to write finishes or takes back.
fn needs_mending(error: &rusqlite::Error) -> bool {
    let codes = [ffi::SQLITE_READONLY_ROLLBACK, ffi::SQLITE_READONLY_RECOVERY, ffi::SQLITE_READONLY_CANTINIT];
    error.sqlite_extended_error_code().is_some_and(|code| codes.contains(&code))
}

fn unmended() -> StoreError {
    let what = "an app was stopped while it wrote: SQLite has to mend the database before it can be read, which \
                --readonly forbids";
    StoreErrorKind::Server(what.to_owned()).into()
}

fn unopened(cause: std::io::Error) -> StoreError {
    let says = |what: &str| StoreErrorKind::Server(what.to_owned()).into();
    if cause.kind() == std::io::ErrorKind::NotFound {
        return says("there is no such file");
    }
    if cause.kind() == std::io::ErrorKind::PermissionDenied {
        return says("this user may not read it");
    }
    StoreError::new(StoreErrorKind::Unreadable, cause)
}

/// What SQLite's error means to somebody who reads. Its messages name tables and columns, never values.
pub(super) fn trouble(error: rusqlite::Error) -> StoreError {
    if needs_mending(&error) {
        return unmended();
    }
    let is = |codes: &[ErrorCode]| error.sqlite_error_code().is_some_and(|code| codes.contains(&code));
    let what = if is(&[ErrorCode::NotADatabase]) {
        "it is not a SQLite database, or an encrypted one".to_owned()
    } else if is(&[ErrorCode::DatabaseCorrupt]) {
        "the database is damaged; `sqlite3 FILE .recover` shows what is left".to_owned()
    } else if is(&[ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked]) {
        format!("an app has kept it locked for {} seconds", READ_WAIT.as_secs())
    } else if is(&[ErrorCode::CannotOpen, ErrorCode::PermissionDenied]) {
        "SQLite cannot open it, or a file beside it".to_owned()
    } else {
        format!("SQLite says: {}", said(&error))
    };
    StoreErrorKind::Server(what).into()
}

/// What SQLite's error means to somebody who writes: the old value stands.
pub(super) fn unwritten(error: rusqlite::Error) -> StoreError {
    let is = |codes: &[ErrorCode]| error.sqlite_error_code().is_some_and(|code| codes.contains(&code));
    let what = if is(&[ErrorCode::ReadOnly, ErrorCode::CannotOpen, ErrorCode::PermissionDenied]) {
        "the database or its folder is read-only for this user".to_owned()
    } else if is(&[ErrorCode::DiskFull]) {
        "the disk is full".to_owned()
    } else if is(&[ErrorCode::ConstraintViolation]) {
        format!("the table does not take it: {}", said(&error))
    } else {
        return trouble(error);
    };
    StoreErrorKind::Write(what).into()
}

fn said(error: &rusqlite::Error) -> String {
    if let rusqlite::Error::SqliteFailure(_, Some(words)) | rusqlite::Error::SqlInputError { msg: words, .. } = error {
        return words.clone();
    }
    error.to_string()
}
