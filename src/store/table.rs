//! Which table of a database holds one cache a row, and which of its columns: as the user says, or as the frameworks
//! make them. Names are quoted, never spliced raw. Asks no database.

use super::place::{Address, Place, TablePlace};
use super::{StoreError, StoreErrorKind};

/// The largest value that is read: above any cache, and below what a page of rows may fill memory with.
pub(super) const LARGEST: usize = 16 << 20;
/// How many bytes of values a page of rows may have before it is handed over.
pub(super) const PAGE_BYTES: usize = 4 << 20;
/// How many rows the first page has, so that something shows soon.
pub(super) const FIRST_PAGE: usize = 32;
/// How many rows a page has.
pub(super) const PAGE: usize = 256;

/// How many tables, and columns of one, an error lists.
const LISTED_TABLES: usize = 12;
const LISTED_COLUMNS: usize = 10;

/// A table as its database describes it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Where it lies; `None`: there is one schema.
    pub(super) schema: Option<String>,
    /// Its name.
    pub(super) name: String,
    /// Whether it is meant by its name alone.
    pub(super) is_near: bool,
    /// Its columns, in their order.
    pub(super) columns: Vec<Column>,
}

/// A column as its database describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// Its type, as declared; may be empty in SQLite.
    pub(super) kind: String,
}

/// The table with the caches.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Which.
    pub(super) table: Table,
    /// What names a row.
    pub(super) key: Column,
    /// What holds a cache.
    pub(super) value: Column,
    /// When the app drops a row, where a column says so.
    pub(super) expires: Option<Column>,
    /// Whose hours such a column has that names no zone.
    pub(super) hours: Hours,
}

/// Whose hours a moment without a zone has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hours {
    /// Those of UTC.
    #[default]
    Utc,
    /// Those of the server: what `now()` becomes in such a column.
    Server,
}

/// The columns of a table that a framework makes; the table's own name is the app's choice.
struct Known {
    key: &'static str,
    value: &'static str,
    expires: &'static str,
    hours: Hours,
}

const KNOWN: &[Known] = &[
    // Django, django.contrib.sessions.backends.db.
    Known::of(["session_key", "session_data", "expire_date"]),
    // Django, django.core.cache.backends.db.
    Known::of(["cache_key", "value", "expires"]),
    // Flask-Session, SqlAlchemySessionInterface.
    Known::of(["session_id", "data", "expiry"]),
    // ASP.NET, Microsoft.Extensions.Caching.SqlServer and what is made like it for other databases.
    Known::of(["Id", "Value", "ExpiresAtTime"]),
    // express-session by connect-pg-simple, whose `to_timestamp` the server turns into hours of its own.
    Known { hours: Hours::Server, ..Known::of(["sid", "sess", "expire"]) },
    // express-session by connect-sqlite3.
    Known::of(["sid", "sess", "expired"]),
];

impl Known {
    const fn of([key, value, expires]: [&'static str; 3]) -> Self {
        Self { key, value, expires, hours: Hours::Utc }
    }
}

impl Table {
    /// Its name for SQL.
    pub(super) fn quoted(&self) -> String {
        let schema = self.schema.iter().map(|schema| format!("{}.", quoted(schema)));
        schema.chain([quoted(&self.name)]).collect()
    }

    /// Its name as `?table=` takes it.
    pub(super) fn written(&self) -> String {
        match self.schema.as_deref().filter(|_| !self.is_near) {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    fn column(&self, name: &str) -> Option<&Column> {
        let exact = self.columns.iter().find(|column| column.name == name);
        exact.or_else(|| only(self.columns.iter().filter(|column| column.name.eq_ignore_ascii_case(name))))
    }

    fn known(&self) -> Option<Layout> {
        KNOWN.iter().find_map(|known| {
            let (key, value) = (self.column(known.key)?.clone(), self.column(known.value)?.clone());
            let expires = Some(self.column(known.expires)?.clone());
            Some(Layout { table: self.clone(), key, value, expires, hours: known.hours })
        })
    }
}

impl Column {
    /// Its name for SQL.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }
}

/// A name as SQL takes it, whatever letters it has.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Which of the `tables` is meant, and which of its columns.
///
/// # Errors
/// None or several are, with what there is and what to write.
pub(super) fn choose(place: &TablePlace, tables: &[Table]) -> Result<Layout, StoreError> {
    let why = |what: String| StoreErrorKind::Server(what).into();
    let Some(name) = &place.table else {
        let mut known = tables.iter().filter_map(Table::known);
        return match (known.next(), known.next()) {
            (Some(layout), None) => Ok(layout),
            (Some(one), Some(other)) => Err(why(several(place, &one, &other))),
            (None, _) => {
                Err(why(format!("it has no table of sessions that is known here; {}", what_there_is(place, tables))))
            }
        };
    };
    let Some(table) = named(name, tables) else {
        return Err(why(format!("it has no table {name}; {}", what_there_is(place, tables))));
    };
    let missing = |column: &str| why(format!("its table {name} has no column {column}; it has {}", columns(table)));
    let column = |name: &String| table.column(name).cloned().ok_or_else(|| missing(name));
    let expires = place.expires.as_ref().map(column).transpose()?;
    match (&place.key, &place.value, table.known()) {
        (None, None, Some(known)) => Ok(Layout { expires: expires.or(known.expires), ..known }),
        (Some(key), Some(value), known) => {
            let (key, value) = (column(key)?, column(value)?);
            let known = known.filter(|known| known.key == key && known.value == value);
            let hours = known.as_ref().map(|known| known.hours).unwrap_or_default();
            let expires = expires.or(known.and_then(|known| known.expires));
            Ok(Layout { table: table.clone(), key, value, expires, hours })
        }
        _ => Err(why(format!(
            "say which columns of {name} are meant, such as {}; {}",
            example(place, table),
            columns(table)
        ))),
    }
}

/// The table called `name`, or `schema.name`.
fn named<'t>(name: &str, tables: &'t [Table]) -> Option<&'t Table> {
    let near = || tables.iter().filter(|table| table.is_near || table.schema.is_none());
    let whole = |table: &&Table| table.schema.as_ref().is_some_and(|schema| format!("{schema}.{}", table.name) == name);
    near()
        .find(|table| table.name == name)
        .or_else(|| tables.iter().find(whole))
        .or_else(|| only(near().filter(|table| table.name.eq_ignore_ascii_case(name))))
}

fn only<T>(mut of: impl Iterator<Item = T>) -> Option<T> {
    let first = of.next();
    first.filter(|_| of.next().is_none())
}

fn several(place: &TablePlace, one: &Layout, other: &Layout) -> String {
    let (one, other) = (&one.table, &other.table);
    let written = |table: &Table| printed(TablePlace { table: Some(table.written()), ..place.clone() });
    format!("several of its tables hold sessions; choose one, such as {} or {}", written(one), written(other))
}

fn what_there_is(place: &TablePlace, tables: &[Table]) -> String {
    let Some(first) = tables.iter().find(|table| table.columns.len() > 1).or(tables.first()) else {
        return "it has no tables that you may see".to_owned();
    };
    let listed = tables.iter().take(LISTED_TABLES).map(|table| format!("{} ({})", table.written(), columns(table)));
    let listed: Vec<String> = listed.collect();
    let more = if tables.len() > LISTED_TABLES { " …" } else { "" };
    format!("say which, such as {}. It has {}{more}", example(place, first), listed.join(", "))
}

fn columns(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().take(LISTED_COLUMNS).map(|column| column.name.as_str()).collect();
    let more = if table.columns.len() > LISTED_COLUMNS { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// A place that names a table and its columns: the user puts others in their place.
fn example(place: &TablePlace, table: &Table) -> String {
    let mut columns = table.columns.iter().map(|column| column.name.clone());
    let key = columns.next().or(Some("KEY".to_owned()));
    let value = columns.next().or(Some("VALUE".to_owned()));
    printed(TablePlace { table: Some(table.written()), key, value, ..place.clone() })
}

fn printed(place: TablePlace) -> String {
    let whole = Place::at(Address::Table(Box::new(place))).to_string();
    whole.find('?').and_then(|at| whole.get(at..)).unwrap_or(&whole).to_owned()
}

/// The words for a value that is no text and no bytes.
pub(super) fn no_cache(layout: &Layout, kind: &str) -> StoreError {
    StoreErrorKind::Server(format!("its column {} is {kind}: no cache", layout.value.name)).into()
}

/// The words for a key that several rows have: which of them is meant cannot be told.
pub(super) fn twice(layout: &Layout) -> StoreError {
    let (table, key) = (layout.table.written(), &layout.key.name);
    StoreErrorKind::Server(format!("several rows of {table} have this {key}: none of them is touched")).into()
}
