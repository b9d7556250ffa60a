//! A row under the database's write lock: replaced or removed only if it still holds what was read, byte for byte, and
//! made where there is none. The transaction ends with the change, so that what is reported as written is written.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params};

use super::connect::{File, trouble, unwritten};
use super::rows::{self, Bound, Content, Kind, Read};
use super::{Shape, StagedValue};
use crate::lock::{Holder, Patience};
use crate::secret::SecretBytes;
use crate::store::expected::Expected;
use crate::store::table::{self, Layout};
use crate::store::{Held, Released, Replaced, Slot, Snapshot, Staged, StoreError, StoreErrorKind};
use crate::time::{self, Clock, UnixSeconds};

/// SQLite itself tries again after 1 to 100 ms; between two waits of this length a cancel is seen.
const SLICE: Duration = Duration::from_millis(100);
/// A wait shorter than this is not worth a word.
const SPEAK_AFTER: Duration = Duration::from_millis(200);

/// Takes the write lock of the database: `BEGIN IMMEDIATE`, as long as `patience` lasts.
pub(super) fn begin(file: &File, connection: &Connection, patience: &Patience<'_>) -> Result<(), StoreError> {
    let began = patience.clock.elapsed();
    let mut spoken = false;
    loop {
        let waited = patience.clock.elapsed().saturating_sub(began);
        connection.busy_timeout(SLICE.min(patience.wait.saturating_sub(waited))).map_err(trouble)?;
        let error = match connection.execute_batch("BEGIN IMMEDIATE") {
            Ok(()) => break,
            Err(error) => error,
        };
        if !matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
            return Err(unwritten(error));
        }
        if patience.is_cancelled() {
            return Err(StoreErrorKind::Cancelled.into());
        }
        let waited = patience.clock.elapsed().saturating_sub(began);
        if waited >= patience.wait {
            return Err(busy(file));
        }
        if !spoken && waited >= SPEAK_AFTER {
            spoken = true;
            (patience.waiting)(&holder(file));
        }
    }
    // The commit waits for readers.
    connection.busy_timeout(patience.wait.max(SLICE)).map_err(trouble)
}

fn busy(file: &File) -> StoreError {
    StoreErrorKind::Busy { lock: file.path().to_owned(), holder: holder(file) }.into()
}

/// Opening the file to ask the kernel who holds it would drop our own locks on it: nobody is named.
fn holder(_file: &File) -> Holder {
    Holder::unknown()
}

/// A row whose database is locked for writing.
pub(super) struct HeldRow {
    connection: Connection,
    shape: Arc<Shape>,
    slot: Slot,
    wait: Duration,
    clock: Arc<dyn Clock>,
    since: Duration,
    is_done: bool,
}

impl HeldRow {
    pub(super) fn new(
        connection: Connection,
        shape: Arc<Shape>,
        slot: Slot,
        wait: Duration,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let since = clock.elapsed();
        Self { connection, shape, slot, wait, clock, since, is_done: false }
    }

    fn layout(&self) -> &Layout {
        &self.shape.layout
    }

    /// The row as it is, if it is what was expected.
    fn expected(&self, expected: &Expected) -> Result<(Value, SecretBytes, Kind), StoreError> {
        let found = rows::find(&self.connection, self.layout(), &self.slot).map_err(trouble)?;
        match found {
            Some(Read { key, value: Content::Cache(bytes, kind), .. }) if expected.is(&bytes) => Ok((key, bytes, kind)),
            Some(Read { value: Content::Several, .. }) => Err(table::twice(self.layout())),
            _ => Err(StoreErrorKind::Changed.into()),
        }
    }

    /// Ends the transaction with the change, or takes it back and says why.
    fn end(&mut self, changed: Result<(), StoreError>) -> Result<(), StoreError> {
        let ended = changed.and_then(|()| self.connection.execute_batch("COMMIT").map_err(|error| self.stuck(error)));
        if ended.is_err() && !self.connection.is_autocommit() {
            // Nothing was committed: without this the lock would stay with a half-made change.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.is_done = true;
        ended
    }

    fn stuck(&self, error: rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => {
                let waited = self.wait.as_secs_f64();
                StoreErrorKind::Write(format!("others kept reading the database for {waited:.1} seconds")).into()
            }
            _ => unwritten(error),
        }
    }
}

impl Held for HeldRow {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        let found = rows::find(&self.connection, self.layout(), &self.slot).map_err(trouble)?;
        found.map(|row| row.snapshot(self.layout())).transpose()
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(staged) = staged.into_any().downcast::<StagedValue>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        let (key, was, kind) = self.expected(expected)?;
        let changed = update(&self.connection, self.layout(), &key, (&was, &staged.0), kind);
        self.end(changed)?;
        Ok(Replaced { revision: rows::revision(&staged.0), durable: true })
    }

    fn remove(&mut self, expected: &Expected) -> Result<(), StoreError> {
        let (key, was, kind) = self.expected(expected)?;
        let (table, name, value) = names(self.layout());
        let sql = format!("DELETE FROM {table} WHERE {name} = ?1 AND {value} = ?2");
        let removed = self.connection.execute(&sql, params![key, Bound(&was, kind)]).map_err(unwritten);
        let removed = removed.and_then(|rows| only_one(rows, self.layout()));
        self.end(removed)
    }

    fn release(self: Box<Self>) -> Released {
        let held = self.clock.elapsed().saturating_sub(self.since);
        // Dropped, the connection takes back what was not committed: nothing.
        Released { held, durable: true, trouble: None }
    }
}

fn names(layout: &Layout) -> (String, String, String) {
    (layout.table.quoted(), layout.key.quoted(), layout.value.quoted())
}

fn update(
    connection: &Connection,
    layout: &Layout,
    key: &Value,
    (was, is): (&SecretBytes, &SecretBytes),
    kind: Kind,
) -> Result<(), StoreError> {
    let (table, name, value) = names(layout);
    let sql = format!("UPDATE {table} SET {value} = ?1 WHERE {name} = ?2 AND {value} = ?3");
    let rows = connection.execute(&sql, params![Bound(is, kind), key, Bound(was, kind)]).map_err(unwritten)?;
    only_one(rows, layout)?;
    // A trigger, or the type of the column, may make something else of it.
    let sql = format!("SELECT {value} IS ?1 AND typeof({value}) = ?3 FROM {table} WHERE {name} = ?2");
    let kind_name = match kind {
        Kind::Text => "text",
        Kind::Blob => "blob",
    };
    let is_same = connection.query_row(&sql, params![Bound(is, kind), key, kind_name], |row| row.get(0));
    match is_same.map_err(unwritten)? {
        true => Ok(()),
        false => Err(StoreErrorKind::Write("the table makes something else of what is written".to_owned()).into()),
    }
}

fn only_one(rows: usize, layout: &Layout) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreErrorKind::Changed.into()),
        1 => Ok(()),
        _ => Err(table::twice(layout)),
    }
}

/// Makes a row that is not there yet, in a transaction of its own.
pub(super) fn create(
    file: &File,
    layout: &Layout,
    slot: &Slot,
    bytes: &SecretBytes,
    expires: Option<UnixSeconds>,
) -> Result<(), StoreError> {
    let mut connection = file.write()?;
    let made = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
    let made = made.map_err(unwritten)?;
    if rows::is_there(&made, layout, slot).map_err(trouble)? {
        return Err(StoreErrorKind::Changed.into());
    }
    let (table, key, value) = names(layout);
    let kind = match layout.value.kind.to_ascii_uppercase().contains("BLOB") {
        true => Kind::Blob,
        false => Kind::Text,
    };
    let dropped = layout.expires.as_ref().zip(expires);
    let done = match dropped {
        Some((column, moment)) => {
            let sql = format!("INSERT INTO {table} ({key}, {value}, {}) VALUES (?1, ?2, ?3)", column.quoted());
            let is_number = column.kind.to_ascii_uppercase().contains("INT");
            let text = time::stamp(moment).filter(|_| !is_number).map(Value::Text);
            made.execute(&sql, params![slot.0, Bound(bytes, kind), text.unwrap_or(Value::Integer(moment.0))])
        }
        None => {
            let sql = format!("INSERT INTO {table} ({key}, {value}) VALUES (?1, ?2)");
            made.execute(&sql, params![slot.0, Bound(bytes, kind)])
        }
    };
    done.map_err(unwritten)?;
    made.commit().map_err(unwritten)
}
