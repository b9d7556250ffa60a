//! Many caches at one place, one for each user: their rows as they come, and each as a source of its own.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{channel, sync_channel};
use std::thread::{self, Builder};

use super::open::reach;
use super::{Access, Loaded, Place, Source, SourceError};
use crate::json::{Document, Judged, Patch};
use crate::lock::Patience;
use crate::secret::SecretBytes;
use crate::store::memory::MemoryStore;
use crate::store::{Found, Slot, Store, StoreError};
use crate::time::{Clock, SystemClock, UnixSeconds};

/// So many pages of rows wait to be taken.
const AHEAD: usize = 2;

/// Takes rows as they come.
type Take<'t> = dyn FnMut(Vec<Row>) -> ControlFlow<()> + 't;

/// A place with one cache per user.
pub struct Collection {
    place: Place,
    access: Access,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// One of its caches.
#[derive(Debug)]
pub struct Row {
    /// The name of its slot, as the place has it: text of a stranger.
    pub key: String,
    /// When the place itself drops it, where it does.
    pub expires: Option<UnixSeconds>,
    /// The cache, or why it cannot be told.
    pub cache: Result<Loaded, SourceError>,
}

impl Collection {
    /// Opens the collection at `place`. Nothing is read yet.
    ///
    /// # Errors
    /// The place cannot be reached, or may not be.
    pub fn open(place: &Place, access: Access) -> Result<Self, SourceError> {
        let (store, clock) = reach(place, &access)?;
        Ok(Self { place: place.clone(), access, store, clock })
    }

    /// A collection over a store and a clock of the caller's: for tests.
    #[must_use]
    pub fn with_store(place: Place, store: Arc<dyn Store>, access: Access, clock: Arc<dyn Clock>) -> Self {
        Self { place, access, store, clock }
    }

    /// Caches in memory, as if they lay at `place`: for tests of what knows no stores.
    #[must_use]
    pub fn memory(place: &Place, caches: Vec<(&str, SecretBytes)>) -> Self {
        let store = MemoryStore::default();
        caches.into_iter().for_each(|(key, bytes)| store.put(key, bytes, None));
        Self::with_store(place.clone(), Arc::new(store), Access::default(), Arc::new(SystemClock::new()))
    }

    /// The same caches, of which `access` allows more or less.
    #[must_use]
    pub fn under(&self, access: Access) -> Self {
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        Self::with_store(self.place.clone(), store, access, clock)
    }

    /// Where it lies.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The cache in one slot, over the same connection.
    #[must_use]
    pub fn cache(&self, key: &str) -> Source {
        let place = self.place.with_slot(key);
        Source::with_store(place, Arc::clone(&self.store), self.access.clone(), Arc::clone(&self.clock))
    }

    /// The same, as one of very many that are changed: no undo is kept, and nobody waits to look back at it.
    #[must_use]
    pub fn one_of_many(&self, key: &str) -> Source {
        self.cache(key).without_undo().without_look_back()
    }

    /// Why nothing here can be written, as far as is known before a try; `None` if it can.
    #[must_use]
    pub fn readonly(&self) -> Option<String> {
        self.access.readonly.clone().or_else(|| self.access.policy.readonly.clone())
    }

    /// Hands over rows as they come, until `take` breaks it off. They are read by a thread of its own: while some are
    /// taken, the place sends the next.
    ///
    /// # Errors
    /// What the place said; what was handed over before stands.
    pub fn each(&self, take: &mut Take<'_>) -> Result<(), SourceError> {
        self.pass(&mut |rows| (take(rows), Vec::new()))
    }

    /// The same for who only looks at them.
    ///
    /// # Errors
    /// What the place said; what was looked at before stands.
    pub fn look(&self, look: &mut dyn FnMut(&[Row]) -> ControlFlow<()>) -> Result<(), SourceError> {
        self.pass(&mut |rows| (look(&rows), rows))
    }

    /// Passes rows to `take`, and takes back what it is done with: a thread that frees what another made waits for it at
    /// each turn, so that a long listing would take a third longer.
    fn pass(&self, take: &mut dyn FnMut(Vec<Row>) -> (ControlFlow<()>, Vec<Row>)) -> Result<(), SourceError> {
        thread::scope(|scope| {
            let (hand, pages) = sync_channel(AHEAD);
            let (give_back, done) = channel::<Vec<Row>>();
            let read = move || {
                // Whoever takes no more has let go of the other end.
                self.scan(&mut |rows| {
                    done.try_iter().for_each(drop);
                    if hand.send(rows).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
            };
            let Ok(reader) = Builder::new().name("rows".to_owned()).spawn_scoped(scope, read) else {
                // A user at the limit of processes gets no thread.
                return self.scan(&mut |rows| take(rows).0);
            };
            _ = pages.iter().try_for_each(|rows| {
                let (course, rows) = take(rows);
                // At the end nobody takes them.
                _ = give_back.send(rows);
                course
            });
            drop(pages);
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    fn scan(&self, take: &mut Take<'_>) -> Result<(), SourceError> {
        let reader = self.reader();
        let scanned = self.store.scan(&mut |found| take(self.told(&reader, found)));
        scanned.map_err(|error| self.error(error))
    }

    /// The names of the slots alone, as they come.
    pub fn keys(&self) -> impl Iterator<Item = Result<String, SourceError>> + '_ {
        self.store.slots().map(|slot| slot.map(|slot| slot.0).map_err(|error| self.error(error)))
    }

    /// The rows of some slots, in their order; one that is gone is left out.
    ///
    /// # Errors
    /// What the place said of all of them.
    pub fn rows(&self, keys: &[String]) -> Result<Vec<Row>, SourceError> {
        let slots: Vec<Slot> = keys.iter().cloned().map(Slot).collect();
        let found = self.store.peek_all(&slots).map_err(|error| self.error(error))?;
        Ok(self.told(&self.reader(), found))
    }

    /// Makes a cache that is not there yet.
    ///
    /// # Errors
    /// Read-only, forbidden, it is there, or what the place said.
    pub fn create(&self, key: &str, bytes: &SecretBytes, expires: Option<UnixSeconds>) -> Result<(), SourceError> {
        let source = self.cache(key);
        source.refuse_readonly()?;
        let (before, after) = (nothing(&source)?, Judged::from(understood(&source, bytes.clone())?));
        source.refuse_import(&before, &after)?;
        let ledger = source.ledger()?;
        self.store.create(&source.slot, bytes, expires).map_err(|error| SourceError::of(source.place(), error))?;
        source.note(ledger, &titled("Create"), &before, &after);
        Ok(())
    }

    /// Removes a whole cache, if it still is what was `loaded`.
    ///
    /// # Errors
    /// Read-only, forbidden, changed meanwhile, or what the place said.
    pub fn remove(&self, key: &str, loaded: &Loaded, patience: &Patience<'_>) -> Result<(), SourceError> {
        let source = self.cache(key);
        source.refuse_readonly()?;
        let (after, ledger) = (Judged::from(nothing(&source)?), source.ledger()?);
        let at = |error| SourceError::of(source.place(), error);
        let mut held = self.store.hold(&source.slot, patience).map_err(at)?;
        let removed = held.remove(&loaded.expected()).map_err(at);
        held.release();
        removed?;
        source.note(ledger, &titled("Remove"), &loaded.document, &after);
        Ok(())
    }

    /// One that reads for all of them: each a source of its own would be the most work of a long list.
    fn reader(&self) -> Source {
        self.cache("")
    }

    fn told(&self, reader: &Source, found: Vec<Found>) -> Vec<Row> {
        found.into_iter().map(|found| self.row(reader, found)).collect()
    }

    fn row(&self, reader: &Source, found: Found) -> Row {
        let Found { slot, snapshot } = found;
        let expires = snapshot.as_ref().ok().and_then(|snapshot| snapshot.state.expires);
        let cache = match snapshot.map(|snapshot| reader.interpret(snapshot)) {
            Ok(Ok(loaded)) => Ok(loaded),
            Ok(Err(odd)) => Err(self.cache(&slot.0).no_cache(odd)),
            Err(error) => Err(SourceError::of(&self.place.with_slot(&slot.0), error)),
        };
        Row { key: slot.0, expires, cache }
    }

    fn error(&self, error: StoreError) -> SourceError {
        SourceError::of(&self.place, error)
    }
}

/// What a change is called where it is noted.
fn titled(verb: &str) -> Patch {
    Patch { title: format!("{verb} a whole cache"), ..Patch::default() }
}

/// The cache that is not there.
fn nothing(source: &Source) -> Result<Document, SourceError> {
    understood(source, SecretBytes::default())
}

fn understood(source: &Source, bytes: SecretBytes) -> Result<Document, SourceError> {
    let place = || source.place().to_string();
    Document::parse(bytes).map_err(|cause| SourceError::NotACache { place: place(), cause })
}
