//! Tables and rows of a SQLite database as they are read: some at a time, each value with its own type, since any row may
//! hold any type. Changes nothing.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};

use crate::secret::SecretBytes;
use crate::store::table::{self, Column, LARGEST, Layout, PAGE_BYTES, Table, quoted};
use crate::store::{Found, Revision, Slot, Snapshot, State, StoreError, StoreErrorKind};
use crate::time::{self, UnixSeconds};

/// How many tables are looked at.
const TABLES: i64 = 10_000;

/// By what the rows of a table are walked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// By their number, under a name that no column of the table has: each page is found at once.
    ByRow(&'static str),
    /// By their key: a view, or a table without numbers.
    ByKey,
}

/// Behind which row a page begins.
pub(super) enum After {
    Nothing,
    Row(i64),
    Key(Value),
    /// There are no more.
    Everything,
}

/// What of a row is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Keys,
    Whole,
}

/// Some rows.
pub(super) struct Page {
    pub(super) rows: Vec<Read>,
    /// Where the next one begins; `None`: there is none.
    pub(super) next: Option<After>,
}

/// One row.
pub(super) struct Read {
    pub(super) slot: Slot,
    pub(super) key: Value,
    pub(super) value: Content,
    pub(super) expires: Option<UnixSeconds>,
}

/// What a row holds.
pub(super) enum Content {
    Cache(SecretBytes, Kind),
    TooLarge,
    /// Several rows have this key: which of them is meant cannot be told.
    Several,
    /// No text and no bytes; its type.
    Other(&'static str),
}

/// How SQLite keeps a cache: what is written back is kept the same way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Text,
    Blob,
}

/// Bytes as SQLite is to keep them.
pub(super) struct Bound<'b>(pub(super) &'b SecretBytes, pub(super) Kind);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let bytes = self.0.reveal();
        Ok(ToSqlOutput::Borrowed(match self.1 {
            Kind::Text => ValueRef::Text(bytes),
            Kind::Blob => ValueRef::Blob(bytes),
        }))
    }
}

impl Read {
    /// What the row holds, or why that is no cache.
    pub(super) fn snapshot(self, layout: &Layout) -> Result<Snapshot, StoreError> {
        match self.value {
            Content::Cache(bytes, _) => {
                let state = State { revision: revision(&bytes), expires: self.expires, ..State::default() };
                Ok(Snapshot { bytes, state, unsteady: false })
            }
            Content::TooLarge => Err(StoreErrorKind::TooLarge(LARGEST as u64).into()),
            Content::Several => Err(table::twice(layout)),
            Content::Other(kind) => Err(table::no_cache(layout, kind)),
        }
    }

    /// The row as a scan hands it over.
    pub(super) fn found(self, layout: &Layout) -> Found {
        let slot = self.slot.clone();
        let snapshot = match self.key {
            Value::Null => Err(StoreErrorKind::Server(format!("its column {} is NULL", layout.key.name)).into()),
            Value::Integer(_) | Value::Real(_) | Value::Text(_) | Value::Blob(_) => self.snapshot(layout),
        };
        Found { slot, snapshot }
    }
}

/// A row has no version of its own: its content is one.
pub(super) fn revision(bytes: &SecretBytes) -> Revision {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    bytes.reveal().hash(&mut hasher);
    Revision { identity: (0, 0), version: hasher.finish().into() }
}

/// The tables and views of the database, and how each is walked.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<(Table, Order)>> {
    let list = "SELECT name, type, wr FROM pragma_table_list \
                WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name LIMIT ?1";
    let mut statement = connection.prepare(list)?;
    let named = statement.query_map([TABLES], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut tables = Vec::new();
    for named in named {
        let (name, kind, without_numbers): (String, String, bool) = named?;
        // A broken view has no columns that could be told.
        let columns = columns(connection, &name).unwrap_or_default();
        let has_numbers = kind == "table" && !without_numbers;
        let order = free_name(&columns).filter(|_| has_numbers).map_or(Order::ByKey, Order::ByRow);
        tables.push((Table { schema: None, name, is_near: true, columns }, order));
    }
    Ok(tables)
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let mut statement = connection.prepare("SELECT name, type FROM pragma_table_xinfo(?1) WHERE hidden <> 1")?;
    let column = |row: &Row<'_>| Ok(Column { name: row.get(0)?, kind: row.get(1)? });
    statement.query_map([table], column)?.collect()
}

/// A name of the row number that no column took.
fn free_name(columns: &[Column]) -> Option<&'static str> {
    let is_free = |name: &&&str| !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    ["rowid", "_rowid_", "oid"].iter().find(is_free).copied()
}

/// At most `rows` rows `after` another.
pub(super) fn page(
    connection: &Connection,
    layout: &Layout,
    order: Order,
    after: &After,
    rows: usize,
    what: What,
) -> rusqlite::Result<Page> {
    let mut page = Page { rows: Vec::new(), next: None };
    let by = match order {
        Order::ByRow(name) => quoted(name),
        Order::ByKey => layout.key.quoted(),
    };
    let Some((behind, bound)) = behind(&by, after) else { return Ok(page) };
    let sql = format!("{} {behind} ORDER BY {by} LIMIT ?2", select(layout, what, &by));
    let mut statement = connection.prepare(&sql)?;
    // A statement without ?1 still counts ?2 as its second.
    let mut found = statement.query(params![bound, rows as i64])?;
    let mut bytes = 0;
    while bytes < PAGE_BYTES
        && let Some(row) = found.next()?
    {
        let read = read(row)?;
        bytes += if let Content::Cache(value, _) = &read.value { value.len() } else { 0 };
        page.next = Some(match order {
            Order::ByRow(_) => After::Row(row.get(5)?),
            Order::ByKey => After::Key(read.key.clone()),
        });
        page.rows.push(read);
    }
    if page.rows.len() < rows && bytes < PAGE_BYTES {
        page.next = None;
    }
    Ok(page)
}

/// The condition for rows `after` another, and what ?1 in it is; `None`: there are none.
fn behind(by: &str, after: &After) -> Option<(String, Value)> {
    match after {
        After::Nothing => Some((String::new(), Value::Null)),
        After::Row(row) => Some((format!("WHERE {by} > ?1"), Value::Integer(*row))),
        After::Key(Value::Null) => Some((format!("WHERE {by} IS NOT NULL"), Value::Null)),
        After::Key(key) => Some((format!("WHERE {by} > ?1"), key.clone())),
        After::Everything => None,
    }
}

/// The row that `slot` names; `None`: there is none.
pub(super) fn find(connection: &Connection, layout: &Layout, slot: &Slot) -> rusqlite::Result<Option<Read>> {
    let sql = format!("{} WHERE {} = ?1 LIMIT 2", select(layout, What::Whole, "NULL"), layout.key.quoted());
    let mut statement = connection.prepare(&sql)?;
    for key in keys(slot) {
        let mut rows = statement.query([key])?;
        if let Some(row) = rows.next()? {
            let mut one = read(row)?;
            one.slot = slot.clone();
            if rows.next()?.is_some() {
                one.value = Content::Several;
            }
            return Ok(Some(one));
        }
    }
    Ok(None)
}

/// Whether a row of the name `slot` is there.
pub(super) fn is_there(connection: &Connection, layout: &Layout, slot: &Slot) -> rusqlite::Result<bool> {
    let sql = format!("SELECT 1 FROM {} WHERE {} = ?1", layout.table.quoted(), layout.key.quoted());
    let found = connection.query_row(&sql, [&slot.0], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

fn select(layout: &Layout, what: What, by: &str) -> String {
    let value = match what {
        What::Whole => layout.value.quoted(),
        What::Keys => "NULL".to_owned(),
    };
    let expires = layout.expires.as_ref().map_or("NULL".to_owned(), Column::quoted);
    format!(
        "SELECT {}, typeof({value}), octet_length({value}) > {LARGEST}, \
         CASE WHEN octet_length({value}) <= {LARGEST} THEN {value} END, {expires}, {by} FROM {}",
        layout.key.quoted(),
        layout.table.quoted()
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    let key = key(row.get_ref(0)?);
    let kind: String = row.get(1)?;
    let is_large = row.get::<_, Option<bool>>(2)?.unwrap_or_default();
    let value = match row.get_ref(3)? {
        ValueRef::Text(bytes) => Content::Cache(SecretBytes::new(bytes.to_vec()), Kind::Text),
        ValueRef::Blob(bytes) => Content::Cache(SecretBytes::new(bytes.to_vec()), Kind::Blob),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) if is_large => Content::TooLarge,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Content::Other(match kind.as_str() {
            "integer" | "real" => "a number",
            _ => "NULL",
        }),
    };
    Ok(Read { slot: slot(&key), key, value, expires: moment(row.get_ref(4)?) })
}

/// Text that is no UTF-8 is told as bytes.
fn key(key: ValueRef<'_>) -> Value {
    match key {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Value::Text(text),
            Err(error) => Value::Blob(error.into_bytes()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

/// The name of a row: its key as text, bytes as SQL writes them.
fn slot(key: &Value) -> Slot {
    Slot(match key {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("x'{digits}'")
        }
    })
}

/// What a name may stand for, the likeliest first.
fn keys(slot: &Slot) -> impl Iterator<Item = Value> {
    let number = slot.0.parse::<i64>().ok().filter(|number| number.to_string() == slot.0).map(Value::Integer);
    let real = slot.0.parse::<f64>().ok().filter(|number| number.to_string() == slot.0).map(Value::Real);
    let digits = slot.0.strip_prefix("x'").and_then(|rest| rest.strip_suffix('\''));
    let bytes = digits.and_then(|digits| {
        let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
        pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<Vec<u8>>>()
    });
    [Some(Value::Text(slot.0.clone())), number, real, bytes.map(Value::Blob)].into_iter().flatten()
}

/// When the app drops a row: a number of seconds, or of milliseconds, or a date.
fn moment(told: ValueRef<'_>) -> Option<UnixSeconds> {
    match told {
        ValueRef::Integer(number) => Some(UnixSeconds(if number > 100_000_000_000 { number / 1000 } else { number })),
        ValueRef::Real(number) => Some(UnixSeconds(number as i64)),
        ValueRef::Text(text) => time::read_stamp(std::str::from_utf8(text).ok()?),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}
