//! One cache a row in a table of PostgreSQL. Read a page at a time, by key where a unique index finds it and else by a
//! cursor of the server; changed by comparison, with the row locked. Makes no table and no column.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use postgres::Client;

use super::file::Reading;
use super::passwords::Passwords;
use super::place::TablePlace;
use super::table;
use super::{Abilities, Found, Held, Slot, Snapshot, Staged, State, Store, StoreError, StoreErrorKind};
use crate::lock::Patience;
use crate::secret::SecretBytes;
use crate::time::{Clock, UnixSeconds};

mod connect;
mod held;
mod rows;
mod trouble;

use connect::Server;
use held::HeldRow;
use rows::Query;
use trouble::trouble;

/// A table of a PostgreSQL database.
pub struct PostgresStore {
    place: TablePlace,
    server: Server,
    clock: Arc<dyn Clock>,
    /// Found at the first look.
    query: Mutex<Option<Arc<Query>>>,
}

impl PostgresStore {
    /// The store of `place`, a table of PostgreSQL. Nobody is asked yet.
    #[must_use]
    pub fn new(place: &TablePlace, reading: Reading, passwords: &Passwords, clock: Arc<dyn Clock>) -> Self {
        let server = Server::of(place, reading == Reading::Traceless, passwords);
        Self { place: place.clone(), server, clock, query: Mutex::new(None) }
    }

    fn query(&self) -> Result<Arc<Query>, StoreError> {
        let mut known = self.query.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(query) = &*known {
            return Ok(Arc::clone(query));
        }
        let query = self.server.with(|client| {
            let tables = rows::tables(client)?;
            let layout = table::choose(&self.place, &tables)?;
            let is_unique = rows::is_unique(client, &layout)?;
            Query::new(layout, is_unique)
        })?;
        let query = Arc::new(query);
        *known = Some(Arc::clone(&query));
        Ok(query)
    }

    fn scan_by_key(&self, query: &Query, take: &mut Take<'_>) -> Result<(), StoreError> {
        let (mut after, mut rows) = (None, table::FIRST_PAGE);
        loop {
            let page = self.server.with(|client| query.page(client, after.as_deref(), rows))?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.slot.0.clone());
            let (is_last, bytes) = (page.len() < rows, rows::bytes_of(&page));
            if take(page).is_break() || is_last {
                return Ok(());
            }
            rows = next_size(rows, bytes);
        }
    }
}

/// Who takes rows as they come.
type Take<'t> = dyn FnMut(Vec<Found>) -> ControlFlow<()> + 't;

/// How many rows the page after one of `rows` with so many `bytes` has: memory stays bounded whatever the rows hold.
fn next_size(rows: usize, bytes: usize) -> usize {
    match bytes {
        bytes if bytes > table::PAGE_BYTES => (rows / 4).max(1),
        bytes if bytes < table::PAGE_BYTES / 4 => (rows * 2).min(table::PAGE),
        _ => rows,
    }
}

impl Store for PostgresStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: !self.server.is_readonly(), persistent: true }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        Box::new(Slots { store: self, after: None, ready: VecDeque::new(), is_over: false })
    }

    fn peek_all(&self, slots: &[Slot]) -> Result<Vec<Found>, StoreError> {
        let query = self.query()?;
        let found = self.server.with(|client| query.find(client, slots))?;
        let mut rows: HashMap<Slot, Result<Snapshot, StoreError>> = HashMap::with_capacity(found.len());
        for Found { slot, snapshot } in found {
            let is_twice = rows.contains_key(&slot);
            rows.insert(slot, if is_twice { Err(table::twice(&query.layout)) } else { snapshot });
        }
        let in_order = slots.iter().filter_map(|slot| Some(Found { slot: slot.clone(), snapshot: rows.remove(slot)? }));
        Ok(in_order.collect())
    }

    fn scan(&self, take: &mut dyn FnMut(Vec<Found>) -> ControlFlow<()>) -> Result<(), StoreError> {
        let query = self.query()?;
        if query.is_unique {
            return self.scan_by_key(&query, take);
        }
        self.server.with(|client| {
            let mut transaction = client.transaction().map_err(trouble)?;
            let (portal, mut rows) = (query.cursor(&mut transaction)?, table::FIRST_PAGE);
            loop {
                let page = query.fetch(&mut transaction, &portal, rows)?;
                rows = next_size(rows, rows::bytes_of(&page));
                if page.is_empty() || take(page).is_break() {
                    return transaction.rollback().map_err(trouble);
                }
            }
        })
    }

    fn create(&self, slot: &Slot, bytes: &SecretBytes, expires: Option<UnixSeconds>) -> Result<(), StoreError> {
        let query = self.query()?;
        self.server.with(|client| held::create(client, &query, slot, bytes, expires))
    }

    fn peek(&self, slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        let found = self.peek_all(std::slice::from_ref(slot))?;
        found.into_iter().next().map(|found| found.snapshot).transpose()
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(StagedValue(bytes.clone())))
    }

    fn hold<'s>(&'s self, slot: &Slot, patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        if self.server.is_readonly() {
            return Err(StoreErrorKind::Unsupported("be changed: it is open read-only").into());
        }
        let query = self.query()?;
        let mut client = self.server.client()?;
        held::begin(&mut client, &query, slot, patience)?;
        Ok(Box::new(HeldRow::new(&self.server, client, query, slot.clone(), Arc::clone(&self.clock))))
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
    store: &'s PostgresStore,
    after: Option<String>,
    ready: VecDeque<Slot>,
    is_over: bool,
}

impl Slots<'_> {
    fn page(&self) -> Result<Vec<Slot>, StoreError> {
        let query = self.store.query()?;
        self.store.server.with(|client: &mut Client| query.keys(client, self.after.as_deref(), table::PAGE))
    }
}

impl Iterator for Slots<'_> {
    type Item = Result<Slot, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() && !self.is_over {
            match self.page() {
                Ok(page) => {
                    self.is_over = page.len() < table::PAGE;
                    self.after = page.last().map(|slot| slot.0.clone());
                    self.ready = page.into();
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
