//! A row that the server locks for us (`SELECT … FOR UPDATE`): replaced or removed only if it still holds what was read,
//! byte for byte, and made where there is none. The transaction ends with the change, so that what is reported as written
//! is written.

use std::sync::Arc;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::{ToSql, Type};
use postgres::{Client, Row};

use super::StagedValue;
use super::connect::Server;
use super::rows::{self, Kind, Query, get, is_no_key};
use super::trouble::{trouble, unwritten};
use crate::lock::{Holder, Liveness, Patience};
use crate::secret::SecretBytes;
use crate::store::expected::Expected;
use crate::store::table::{self, Hours};
use crate::store::{Held, Released, Replaced, Slot, Snapshot, Staged, StoreError, StoreErrorKind};
use crate::time::{Clock, UnixSeconds};

/// Between two waits of this length a cancel is seen.
const SLICE: Duration = Duration::from_millis(200);

/// Who locks rows of a table in a transaction that is not ours: likely the one we wait for.
const HOLDER: &str = "SELECT a.pid, a.application_name FROM pg_catalog.pg_locks l \
     JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
     WHERE l.relation = CAST($1::text AS regclass) AND l.granted AND l.mode <> 'AccessShareLock' \
     AND a.pid <> pg_backend_pid() ORDER BY a.xact_start LIMIT 1";

/// Begins a transaction and locks the row, as long as `patience` lasts.
pub(super) fn begin(
    client: &mut Client,
    query: &Query,
    slot: &Slot,
    patience: &Patience<'_>,
) -> Result<(), StoreError> {
    let began = patience.clock.elapsed();
    let mut spoken = false;
    loop {
        let waited = patience.clock.elapsed().saturating_sub(began);
        // A server takes 0 for no limit at all.
        let wait = SLICE.min(patience.wait.saturating_sub(waited)).as_millis().max(1);
        let error = match lock(client, query, slot, wait) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let _ = client.batch_execute("ROLLBACK");
        if error.code() != Some(&SqlState::LOCK_NOT_AVAILABLE) {
            return if is_no_key(&error) { Err(StoreErrorKind::Changed.into()) } else { Err(trouble(error)) };
        }
        if patience.is_cancelled() {
            return Err(StoreErrorKind::Cancelled.into());
        }
        if patience.clock.elapsed().saturating_sub(began) >= patience.wait {
            let lock = format!("the row in {}", query.layout.table.written()).into();
            return Err(StoreErrorKind::Busy { lock, holder: holder(client, query) }.into());
        }
        if !spoken {
            spoken = true;
            (patience.waiting)(&holder(client, query));
        }
    }
}

fn lock(client: &mut Client, query: &Query, slot: &Slot, wait: u128) -> Result<(), postgres::Error> {
    client.batch_execute(&format!("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {wait}"))?;
    let sql = format!("SELECT 1 FROM {} WHERE {} = {} FOR UPDATE", query.table, query.key, query.named(1));
    client.query_typed(&sql, &[(&slot.0, Type::TEXT)]).map(drop)
}

/// Who is in the way, as far as the server tells: its numbers of processes are those of its own machine.
fn holder(client: &mut Client, query: &Query) -> Holder {
    let asked = client.query_typed_opt(HOLDER, &[(&query.layout.table.quoted(), Type::TEXT)]).ok().flatten();
    let told = asked.and_then(|row| Some((get::<i32>(&row, 0).ok()?, get::<Option<String>>(&row, 1).ok()?)));
    let Some((pid, program)) = told else { return Holder::unknown() };
    let program = program.filter(|program| !program.is_empty()).or(Some("an app of the database".to_owned()));
    Holder { pid: u32::try_from(pid).ok(), program, since: None, alive: Liveness::Foreign(None) }
}

/// A row that is locked for us, unless it is not there.
pub(super) struct HeldRow<'s> {
    server: &'s Server,
    /// `None`: given back.
    client: Option<Client>,
    query: Arc<Query>,
    slot: Slot,
    clock: Arc<dyn Clock>,
    since: Duration,
    is_open: bool,
}

impl<'s> HeldRow<'s> {
    pub(super) fn new(
        server: &'s Server,
        client: Client,
        query: Arc<Query>,
        slot: Slot,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let since = clock.elapsed();
        Self { server, client: Some(client), query, slot, clock, since, is_open: true }
    }

    fn client(&mut self) -> Result<&mut Client, StoreError> {
        self.client.as_mut().ok_or_else(|| StoreErrorKind::LockLost.into())
    }

    /// What the row holds, if it is what was expected.
    fn expected(&mut self, expected: &Expected) -> Result<SecretBytes, StoreError> {
        match self.read()? {
            Some(snapshot) if expected.is(&snapshot.bytes) => Ok(snapshot.bytes),
            Some(_) | None => Err(StoreErrorKind::Changed.into()),
        }
    }

    /// Runs one statement over the row that is `was`, and ends the transaction with it; or takes it back and says why.
    fn change(&mut self, sql: &str, given: &[(&(dyn ToSql + Sync), Type)]) -> Result<Option<Row>, StoreError> {
        let query = Arc::clone(&self.query);
        let client = self.client()?;
        let changed = client.query_typed(sql, given).map_err(unwritten).and_then(|rows| only_one(rows, &query));
        let ended = changed.and_then(|row| committed(client).map(|()| row));
        if ended.is_err() {
            let _ = client.batch_execute("ROLLBACK");
        }
        self.is_open = false;
        ended
    }
}

fn only_one(rows: Vec<Row>, query: &Query) -> Result<Option<Row>, StoreError> {
    let count = rows.len();
    let row = rows.into_iter().next();
    let is_same = row.as_ref().map(|row| get::<Option<bool>>(row, 0)).transpose()?.flatten();
    match (count, is_same) {
        (0, _) => Err(StoreErrorKind::Changed.into()),
        (1, Some(true)) => Ok(row),
        // A trigger made something else of it.
        (1, _) => Err(StoreErrorKind::Write("the table makes something else of what is written".to_owned()).into()),
        (_, _) => Err(table::twice(&query.layout)),
    }
}

fn committed(client: &mut Client) -> Result<(), StoreError> {
    client.batch_execute("COMMIT").map_err(|error| match error.as_db_error() {
        Some(_) => unwritten(error),
        None => {
            let what = "the connection was lost while the change was being saved: look whether it is there";
            StoreErrorKind::Write(what.to_owned()).into()
        }
    })
}

/// A value as its column is given it.
fn given<'b>(query: &Query, bytes: &'b SecretBytes) -> Result<Box<dyn ToSql + Sync + 'b>, StoreError> {
    if query.kind == Kind::Bytes {
        return Ok(Box::new(bytes.reveal()));
    }
    match std::str::from_utf8(bytes.reveal()) {
        Ok(text) => Ok(Box::new(text)),
        Err(_) => Err(StoreErrorKind::Write("its column holds text, and this is none".to_owned()).into()),
    }
}

/// What a value that is given becomes in its column, for SQL.
fn kept(query: &Query, parameter: usize) -> String {
    match query.kind {
        Kind::Text | Kind::Bytes => format!("${parameter}"),
        Kind::Json => format!("${parameter}::json"),
        Kind::Jsonb => format!("${parameter}::jsonb"),
    }
}

impl Held for HeldRow<'_> {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        let (query, slot) = (Arc::clone(&self.query), self.slot.clone());
        let mut found = query.find(self.client()?, &[slot])?.into_iter();
        match (found.next(), found.next()) {
            (found, None) => found.map(|found| found.snapshot).transpose(),
            (_, Some(_)) => Err(table::twice(&query.layout)),
        }
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(staged) = staged.into_any().downcast::<StagedValue>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        let query = Arc::clone(&self.query);
        if query.kind == Kind::Jsonb {
            let what = format!("its column {} is jsonb, which keeps no text as it is written", query.layout.value.name);
            return Err(StoreErrorKind::Write(what).into());
        }
        let was = self.expected(expected)?;
        let Query { table, key, value, layout, kind, .. } = &*query;
        let sql = format!(
            "UPDATE {table} SET {} = {} WHERE {key} = {} AND {value} = $3 \
             RETURNING {value} = $1, current_setting('synchronous_commit') <> 'off'",
            layout.value.quoted(),
            kept(&query, 1),
            query.named(2)
        );
        let (is, was) = (given(&query, &staged.0)?, given(&query, &was)?);
        let row =
            self.change(&sql, &[(&*is, kind.given()), (&self.slot.0.clone(), Type::TEXT), (&*was, kind.given())])?;
        let durable = row.map(|row| get(&row, 1)).transpose()?.unwrap_or(true);
        Ok(Replaced { revision: rows::revision(&staged.0), durable })
    }

    fn remove(&mut self, expected: &Expected) -> Result<(), StoreError> {
        let was = self.expected(expected)?;
        let query = Arc::clone(&self.query);
        let Query { table, key, value, kind, .. } = &*query;
        let sql = format!("DELETE FROM {table} WHERE {key} = {} AND {value} = $2 RETURNING true", query.named(1));
        let was = given(&query, &was)?;
        self.change(&sql, &[(&self.slot.0.clone(), Type::TEXT), (&*was, kind.given())]).map(drop)
    }

    fn release(self: Box<Self>) -> Released {
        let held = self.clock.elapsed().saturating_sub(self.since);
        Released { held, durable: true, trouble: None }
    }
}

impl Drop for HeldRow<'_> {
    fn drop(&mut self) {
        let Some(mut client) = self.client.take() else { return };
        if !self.is_open || client.batch_execute("ROLLBACK").is_ok() {
            self.server.give_back(client);
        }
    }
}

/// Makes a row that is not there yet.
pub(super) fn create(
    client: &mut Client,
    query: &Query,
    slot: &Slot,
    bytes: &SecretBytes,
    expires: Option<UnixSeconds>,
) -> Result<(), StoreError> {
    let Query { table, key, layout, kind, .. } = query;
    let (columns, moment) = match layout.expires.as_ref().zip(expires) {
        Some((column, UnixSeconds(at))) => {
            let moment = match column.kind.as_str() {
                "timestamp with time zone" => format!(", to_timestamp({at})"),
                "timestamp without time zone" if layout.hours == Hours::Server => format!(", to_timestamp({at})"),
                "timestamp without time zone" => format!(", to_timestamp({at}) AT TIME ZONE 'UTC'"),
                kind => format!(", CAST({at}::text AS {kind})"),
            };
            (format!(", {}", column.quoted()), moment)
        }
        None => (String::new(), String::new()),
    };
    let named = query.named(1);
    let sql = format!(
        "INSERT INTO {} ({}, {}{columns}) SELECT {named}, {}{moment} \
         WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {key} = {named}) RETURNING true",
        layout.table.quoted(),
        layout.key.quoted(),
        layout.value.quoted(),
        kept(query, 2)
    );
    let given = given(query, bytes)?;
    match client.query_typed(&sql, &[(&slot.0, Type::TEXT), (&*given, kind.given())]) {
        Ok(rows) if rows.is_empty() => Err(StoreErrorKind::Changed.into()),
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Err(StoreErrorKind::Changed.into()),
        Err(error) => Err(unwritten(error)),
    }
}
