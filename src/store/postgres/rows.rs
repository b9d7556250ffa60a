//! Tables and rows of a PostgreSQL database as they are read: some at a time, keys and moments as text, values as their
//! column keeps them. Changes nothing.

use postgres::error::SqlState;
use postgres::types::{FromSql, Type};
use postgres::{Client, Portal, Row, Transaction};

use super::trouble::trouble;
use crate::secret::SecretBytes;
use crate::store::table::{self, Column, Hours, LARGEST, Layout, Table};
use crate::store::{Found, Revision, Slot, Snapshot, State, StoreError, StoreErrorKind};
use crate::time::{self, UnixSeconds};

/// Every column of every table that may be seen, in the order of tables and columns. A domain counts as what it is of.
const COLUMNS: &str = "SELECT n.nspname::text, c.relname::text, pg_table_is_visible(c.oid), a.attname::text, \
     format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) \
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
     AND n.nspname NOT LIKE 'pg\\_toast%' AND NOT c.relispartition \
     ORDER BY pg_table_is_visible(c.oid) DESC, n.nspname, c.relname, a.attnum LIMIT 20000";

/// Whether a whole, valid unique index has this column alone.
const UNIQUE: &str = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
     WHERE i.indrelid = CAST($1::text AS regclass) AND a.attname = $2::text AND i.indisunique AND i.indisvalid \
     AND i.indpred IS NULL AND i.indnkeyatts = 1)";

/// How PostgreSQL keeps a cache: what is written back is kept the same way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Text,
    Bytes,
    /// As text, every letter of it.
    Json,
    /// As values: what is read is not what was written.
    Jsonb,
}

/// The questions about one table.
pub(super) struct Query {
    pub(super) layout: Layout,
    /// Whether no two rows have the same key.
    pub(super) is_unique: bool,
    pub(super) kind: Kind,
    /// The table for SQL, called `t`.
    pub(super) table: String,
    /// The key's column for SQL.
    pub(super) key: String,
    /// What `$1`, a key as text, is compared as.
    pub(super) key_kind: String,
    /// The value, as text or as bytes.
    pub(super) value: String,
    select: String,
}

/// Bytes as they come, text too.
struct Raw(SecretBytes);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(SecretBytes::new(raw.to_vec())))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The tables of the database.
pub(super) fn tables(client: &mut Client) -> Result<Vec<Table>, StoreError> {
    let mut tables: Vec<Table> = Vec::new();
    for row in client.query_typed(COLUMNS, &[]).map_err(trouble)? {
        let (schema, name): (String, String) = (get(&row, 0)?, get(&row, 1)?);
        let column = Column { name: get(&row, 3)?, kind: get(&row, 4)? };
        match tables.last_mut().filter(|table| table.name == name && table.schema.as_ref() == Some(&schema)) {
            Some(table) => table.columns.push(column),
            None => {
                let is_near = get(&row, 2)?;
                tables.push(Table { schema: Some(schema), name, is_near, columns: vec![column] });
            }
        }
    }
    Ok(tables)
}

/// Whether no two rows of the table have the same key.
pub(super) fn is_unique(client: &mut Client, layout: &Layout) -> Result<bool, StoreError> {
    let (table, key) = (layout.table.quoted(), &layout.key.name);
    let row = client.query_typed_one(UNIQUE, &[(&table, Type::TEXT), (key, Type::TEXT)]).map_err(trouble)?;
    get(&row, 0)
}

/// How many bytes of caches there are in `found`.
pub(super) fn bytes_of(found: &[Found]) -> usize {
    found.iter().filter_map(|found| found.snapshot.as_ref().ok()).map(|snapshot| snapshot.bytes.len()).sum()
}

/// A row has no version of its own: its content is one.
pub(super) fn revision(bytes: &SecretBytes) -> Revision {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    bytes.reveal().hash(&mut hasher);
    Revision { identity: (0, 0), version: hasher.finish().into() }
}

impl Kind {
    fn of(column: &Column) -> Option<Self> {
        match column.kind.as_str() {
            "bytea" => Some(Self::Bytes),
            "json" => Some(Self::Json),
            "jsonb" => Some(Self::Jsonb),
            "text" | "character varying" | "character" | "name" => Some(Self::Text),
            other => other.ends_with("citext").then_some(Self::Text),
        }
    }

    /// The type of a value that is handed to the server.
    pub(super) fn given(self) -> Type {
        match self {
            Self::Bytes => Type::BYTEA,
            Self::Text | Self::Json | Self::Jsonb => Type::TEXT,
        }
    }
}

impl Query {
    /// The questions about the table of `layout`.
    ///
    /// # Errors
    /// Its value's column holds neither text nor bytes.
    pub(super) fn new(layout: Layout, is_unique: bool) -> Result<Self, StoreError> {
        let kind = Kind::of(&layout.value).ok_or_else(|| table::no_cache(&layout, &layout.value.kind))?;
        // Of the table: a bare name behind ORDER BY is what SELECT makes of it, a number's text.
        let (table, key) = (format!("{} AS t", layout.table.quoted()), format!("t.{}", layout.key.quoted()));
        let value = match kind {
            Kind::Bytes => format!("t.{}", layout.value.quoted()),
            Kind::Text | Kind::Json | Kind::Jsonb => format!("t.{}::text", layout.value.quoted()),
        };
        let expires =
            layout.expires.as_ref().map_or("NULL::text".to_owned(), |column| moment_as_text(column, layout.hours));
        let select = format!(
            "SELECT {key}::text, CASE WHEN octet_length({value}) <= {LARGEST} THEN {value} END, \
             octet_length({value})::bigint, {expires} FROM {table}"
        );
        let key_kind = layout.key.kind.clone();
        Ok(Self { layout, is_unique, kind, table, key, key_kind, value, select })
    }

    /// The key that `$1` names, for SQL.
    pub(super) fn named(&self, parameter: usize) -> String {
        format!("CAST(${parameter}::text AS {})", self.key_kind)
    }

    /// At most `rows` rows behind the key `after`.
    pub(super) fn page(&self, client: &mut Client, after: Option<&str>, rows: usize) -> Result<Vec<Found>, StoreError> {
        let (select, key, named) = (&self.select, &self.key, self.named(1));
        let found = match after {
            Some(after) => {
                let sql = format!("{select} WHERE {key} > {named} ORDER BY {key} LIMIT {rows}");
                client.query_typed(&sql, &[(&after, Type::TEXT)])
            }
            None => {
                let sql = format!("{select} WHERE {key} IS NOT NULL ORDER BY {key} LIMIT {rows}");
                client.query_typed(&sql, &[])
            }
        };
        found.map_err(trouble)?.iter().map(|row| self.found(row)).collect()
    }

    /// At most `rows` names behind the key `after`, each once.
    pub(super) fn keys(&self, client: &mut Client, after: Option<&str>, rows: usize) -> Result<Vec<Slot>, StoreError> {
        let (table, key, named) = (&self.table, &self.key, self.named(1));
        let once = if self.is_unique { "" } else { "DISTINCT" };
        let found = match after {
            Some(after) => {
                let keys =
                    format!("SELECT {once} {key} AS k FROM {table} WHERE {key} > {named} ORDER BY {key} LIMIT {rows}");
                client.query_typed(&format!("SELECT k::text FROM ({keys}) keys"), &[(&after, Type::TEXT)])
            }
            None => {
                let keys = format!(
                    "SELECT {once} {key} AS k FROM {table} WHERE {key} IS NOT NULL ORDER BY {key} LIMIT {rows}"
                );
                client.query_typed(&format!("SELECT k::text FROM ({keys}) keys"), &[])
            }
        };
        found.map_err(trouble)?.iter().map(|row| get(row, 0).map(Slot)).collect()
    }

    /// A cursor of the server over all rows.
    pub(super) fn cursor(&self, transaction: &mut Transaction<'_>) -> Result<Portal, StoreError> {
        transaction.bind(&format!("{} WHERE {} IS NOT NULL", self.select, self.key), &[]).map_err(trouble)
    }

    /// The next `rows` rows of a cursor.
    pub(super) fn fetch(
        &self,
        transaction: &mut Transaction<'_>,
        cursor: &Portal,
        rows: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let rows = i32::try_from(rows).unwrap_or(1);
        transaction.query_portal(cursor, rows).map_err(trouble)?.iter().map(|row| self.found(row)).collect()
    }

    /// The rows with these names, in any order.
    pub(super) fn find(&self, client: &mut Client, slots: &[Slot]) -> Result<Vec<Found>, StoreError> {
        let names: Vec<&str> = slots.iter().map(|slot| slot.0.as_str()).collect();
        let sql = format!("{} WHERE {} = ANY (CAST($1::text[] AS {}[]))", self.select, self.key, self.key_kind);
        match client.query_typed(&sql, &[(&names, Type::TEXT_ARRAY)]) {
            Ok(rows) => rows.iter().map(|row| self.found(row)).collect(),
            // One of the names is none that such a column could hold: the others are found by themselves.
            Err(error) if is_no_key(&error) => match slots.split_at_checked(slots.len() / 2) {
                Some((some, others)) if !some.is_empty() => {
                    let mut found = self.find(client, some)?;
                    found.extend(self.find(client, others)?);
                    Ok(found)
                }
                _ => Ok(Vec::new()),
            },
            Err(error) => Err(trouble(error)),
        }
    }

    fn found(&self, row: &Row) -> Result<Found, StoreError> {
        let slot = Slot(get(row, 0)?);
        let (bytes, length): (Option<Raw>, Option<i64>) = (get(row, 1)?, get(row, 2)?);
        let expires: Option<String> = get(row, 3)?;
        let snapshot = match (bytes, length) {
            (Some(Raw(bytes)), _) => {
                let expires = expires.as_deref().and_then(moment);
                let state = State { revision: revision(&bytes), expires, ..State::default() };
                Ok(Snapshot { bytes, state, unsteady: false })
            }
            (None, Some(_)) => Err(StoreErrorKind::TooLarge(LARGEST as u64).into()),
            (None, None) => Err(table::no_cache(&self.layout, "NULL")),
        };
        Ok(Found { slot, snapshot })
    }
}

/// Whether a name was refused because the column of keys holds none of its sort.
pub(super) fn is_no_key(error: &postgres::Error) -> bool {
    let codes = [
        &SqlState::INVALID_TEXT_REPRESENTATION,
        &SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        &SqlState::INVALID_DATETIME_FORMAT,
    ];
    error.code().is_some_and(|code| codes.contains(&code))
}

/// A moment as the server tells it: one that never comes as nothing.
fn moment_as_text(column: &Column, hours: Hours) -> String {
    let name = format!("t.{}", column.quoted());
    // Of a moment without a zone the server takes its hours for those of UTC, unless it is given its own zone first.
    let zone = if hours == Hours::Server { "::timestamptz" } else { "" };
    match column.kind.starts_with("timestamp") || column.kind == "date" {
        true => format!("CASE WHEN isfinite({name}) THEN floor(extract(epoch FROM {name}{zone}))::text END"),
        false => format!("{name}::text"),
    }
}

/// A number of seconds, or of milliseconds, or a date.
fn moment(text: &str) -> Option<UnixSeconds> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number as i64);
    let seconds = number.map(|number| if number > 100_000_000_000 { number / 1000 } else { number });
    seconds.map(UnixSeconds).or_else(|| time::read_stamp(text))
}

/// One column of a row.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, at: usize) -> Result<T, StoreError> {
    row.try_get(at).map_err(trouble)
}
