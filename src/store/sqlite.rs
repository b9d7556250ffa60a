//! One cache a row in a table of SQLite. Read in pages, each through a connection of its own that leaves no trace where
//! it can; changed by comparison under the database's own write lock. Makes no database, no table and no column.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::file::{Links, Reading};
use super::place::{Database, TablePlace};
use super::table::{self, Layout};
use super::{Abilities, Found, Held, Slot, Snapshot, Staged, State, Store, StoreError, StoreErrorKind};
use crate::lock::Patience;
use crate::secret::SecretBytes;
use crate::time::{Clock, UnixSeconds};

mod connect;
mod held;
mod rows;

use connect::File;
use held::HeldRow;
use rows::{After, Order, Page};

/// A table of a SQLite database.
pub struct SqliteStore {
    place: TablePlace,
    file: File,
    is_traceless: bool,
    clock: Arc<dyn Clock>,
    /// Found at the first look.
    shape: Mutex<Option<Arc<Shape>>>,
}

/// Which table, and how its rows are walked.
struct Shape {
    layout: Layout,
    order: Order,
}

impl SqliteStore {
    /// The store of `place`, a table of SQLite. Nothing is opened yet.
    #[must_use]
    pub fn new(place: &TablePlace, links: Links, reading: Reading, clock: Arc<dyn Clock>) -> Self {
        let path = match &place.database {
            Database::Sqlite(path) => path.clone(),
            Database::Postgres { .. } => PathBuf::new(),
        };
        let is_traceless = reading == Reading::Traceless;
        let file = File::new(path, links, is_traceless);
        Self { place: place.clone(), file, is_traceless, clock, shape: Mutex::new(None) }
    }

    fn shape(&self) -> Result<Arc<Shape>, StoreError> {
        let mut known = self.shape.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = &*known {
            return Ok(Arc::clone(shape));
        }
        let tables = self.file.read(&rows::tables)?;
        let all: Vec<table::Table> = tables.iter().map(|(table, _)| table.clone()).collect();
        let layout = table::choose(&self.place, &all)?;
        let found = tables.iter().find(|(table, _)| table.name == layout.table.name);
        let order = found.map_or(Order::ByKey, |(_, order)| *order);
        let shape = Arc::new(Shape { layout, order });
        *known = Some(Arc::clone(&shape));
        Ok(shape)
    }

    fn page(&self, after: &After, rows: usize, what: rows::What) -> Result<Page, StoreError> {
        let shape = self.shape()?;
        self.file.read(&|connection| rows::page(connection, &shape.layout, shape.order, after, rows, what))
    }
}

impl Store for SqliteStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: !self.is_traceless, persistent: true }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        Box::new(Slots { store: self, after: After::Nothing, ready: VecDeque::new() })
    }

    fn peek_all(&self, slots: &[Slot]) -> Result<Vec<Found>, StoreError> {
        let shape = self.shape()?;
        let found = self.file.read(&|connection| {
            // One moment for all of them.
            let _moment = connection.unchecked_transaction()?;
            let mut found = Vec::new();
            for slot in slots {
                let snapshot = match rows::find(connection, &shape.layout, slot)? {
                    Some(row) => row.snapshot(&shape.layout),
                    None => continue,
                };
                found.push(Found { slot: slot.clone(), snapshot });
            }
            Ok(found)
        })?;
        Ok(found)
    }

    fn scan(&self, take: &mut dyn FnMut(Vec<Found>) -> ControlFlow<()>) -> Result<(), StoreError> {
        let shape = self.shape()?;
        let (mut after, mut rows) = (After::Nothing, table::FIRST_PAGE);
        loop {
            let page = self.page(&after, rows, rows::What::Whole)?;
            let found = page.rows.into_iter().map(|row| row.found(&shape.layout)).collect::<Vec<_>>();
            if found.is_empty() || take(found).is_break() {
                return Ok(());
            }
            let Some(next) = page.next else { return Ok(()) };
            (after, rows) = (next, table::PAGE);
        }
    }

    fn create(&self, slot: &Slot, bytes: &SecretBytes, expires: Option<UnixSeconds>) -> Result<(), StoreError> {
        held::create(&self.file, &self.shape()?.layout, slot, bytes, expires)
    }

    fn peek(&self, slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        let found = self.peek_all(std::slice::from_ref(slot))?;
        found.into_iter().next().map(|found| found.snapshot).transpose()
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(StagedValue(bytes.clone())))
    }

    fn hold<'s>(&'s self, slot: &Slot, patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        if self.is_traceless {
            return Err(StoreErrorKind::Unsupported("be changed: it is open read-only").into());
        }
        let shape = self.shape()?;
        let connection = self.file.write()?;
        held::begin(&self.file, &connection, patience)?;
        Ok(Box::new(HeldRow::new(connection, shape, slot.clone(), patience.wait, Arc::clone(&self.clock))))
    }
}

/// What a row is to hold.
struct StagedValue(SecretBytes);

impl Staged for StagedValue {
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

/// The names of all rows, a page at a time.
struct Slots<'s> {
    store: &'s SqliteStore,
    after: After,
    ready: VecDeque<Slot>,
}

impl Iterator for Slots<'_> {
    type Item = Result<Slot, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(slot) = self.ready.pop_front() {
            return Some(Ok(slot));
        }
        if matches!(self.after, After::Everything) {
            return None;
        }
        match self.store.page(&self.after, table::PAGE, rows::What::Keys) {
            Ok(page) => {
                self.after = page.next.unwrap_or(After::Everything);
                self.ready = page.rows.into_iter().map(|row| row.slot).collect();
                self.ready.pop_front().map(Ok)
            }
            Err(error) => {
                self.after = After::Everything;
                Some(Err(error))
            }
        }
    }
}
