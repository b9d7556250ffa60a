//! Waits, so that the screen need not: each effect that may block runs on a thread of its own and
//! reports by message. A worker that panics is reported too; the screen goes on.

mod around;
mod gate;
mod purging;
mod stops;
mod thinking;
mod users;
mod writing;

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use zeroize::Zeroizing;

use super::clipboard::{Wish, copy};
use super::dialog::CopyKind;
use super::fault::Fault;
use super::fresh::{Fresh, Was};
use super::model::{Above, CacheId, Reading, WayBack};
use super::msg::{Copied, Event, Msg};
use super::work::Work;
use crate::cache::{Cache, Roster};
use crate::clipboard::{Clipboard, ClipboardError};
use crate::config::OwnPlace;
use crate::json::{Document, EntrySpot};
use crate::ops::{Comparison, History, Moment, compare};
use crate::present::words;
use crate::source::{Access, Known, Loaded, Place, Source, Watch, discover};
use gate::Gate;
use stops::Stops;
use users::Listed;

/// From this size on a cache's size is worth a word while it is read.
const LARGE: u64 = 1 << 20;

/// A terminal may be slow to take the first frame: the rest of a large cache waits no longer than this.
const FRAME: Duration = Duration::from_millis(50);

/// The name of every worker's thread: the panic hook knows them by it.
pub(super) const NAME: &str = "saltcellar worker";

/// What all workers share.
pub(super) struct Crew {
    tell: Sender<Event>,
    access: Access,
    home: Option<PathBuf>,
    wait: Duration,
    cancel: Arc<AtomicBool>,
    clipboard: Mutex<Clipboard>,
    /// By their numbers; none where only a list stands.
    sources: Mutex<Vec<Option<Arc<Source>>>>,
    lists: Mutex<BTreeMap<CacheId, Arc<Listed>>>,
    watches: Mutex<BTreeMap<CacheId, Watch>>,
    known: Mutex<Vec<Known>>,
    own: Vec<OwnPlace>,
    histories: Mutex<BTreeMap<CacheId, History>>,
    firsts: Mutex<BTreeMap<CacheId, Arc<Moment>>>,
    writers: Mutex<Vec<JoinHandle<()>>>,
    stops: Mutex<Stops>,
    first_frame: Gate,
}

/// What a crew needs to know.
pub(super) struct Orders {
    pub(super) tell: Sender<Event>,
    pub(super) access: Access,
    pub(super) home: Option<PathBuf>,
    pub(super) wait: Duration,
    pub(super) cancel: Arc<AtomicBool>,
    pub(super) clipboard: Clipboard,
    pub(super) own: Vec<OwnPlace>,
}

impl Crew {
    /// A crew with nothing to do yet.
    pub(super) fn new(orders: Orders) -> Arc<Self> {
        let Orders { tell, access, home, wait, cancel, clipboard, own } = orders;
        Arc::new(Self {
            tell,
            access,
            home,
            wait,
            cancel,
            clipboard: Mutex::new(clipboard),
            sources: Mutex::default(),
            lists: Mutex::default(),
            watches: Mutex::default(),
            known: Mutex::default(),
            histories: Mutex::default(),
            own,
            firsts: Mutex::default(),
            writers: Mutex::default(),
            stops: Mutex::default(),
            first_frame: Gate::default(),
        })
    }

    /// Looks at the well-known places.
    pub(super) fn discover(self: &Arc<Self>) {
        self.start(|crew| {
            let known = discover(&crew.own);
            locked(&crew.known).clone_from(&known);
            crew.say(Msg::Places(known));
        });
    }

    /// Opens the well-known place number `at`.
    pub(super) fn open_known(self: &Arc<Self>, at: usize) {
        let known = locked(&self.known).get(at).map(|known| (known.place.clone(), known.plaintext));
        if let Some((place, plaintext)) = known {
            // Plain text is opened unasked, a sealed cache only by a person who chose it.
            self.open_as(&place, Access { named: !plaintext, ..self.access.clone() });
        }
    }

    /// Opens `place`. Only what cannot be a cache at all fails here; the rest shows when it is read.
    pub(super) fn open(self: &Arc<Self>, place: &Place) {
        self.open_as(place, Access { named: true, ..self.access.clone() });
    }

    fn open_as(self: &Arc<Self>, place: &Place, access: Access) {
        if place.is_collection() {
            return self.list(place, access);
        }
        let place = place.absolute();
        let name = place.short(self.home.as_deref());
        match Source::open(&place, access) {
            Ok(source) => self.take(source, name),
            Err(error) => {
                let cache = CacheId(usize::MAX - locked(&self.sources).len());
                let path = place.path().map(std::path::Path::to_path_buf);
                self.say(Msg::Opened { cache, name, path, readonly: Some("not opened".to_owned()) });
                self.say(Msg::Loaded { cache, result: Err(error) });
            }
        }
    }

    /// Follows a cache no longer.
    pub(super) fn close(&self, cache: CacheId) {
        locked(&self.watches).remove(&cache);
        locked(&self.histories).remove(&cache);
        locked(&self.lists).remove(&cache);
        self.stop(&Work::Read(cache));
    }

    /// Fails on purpose, for a test.
    pub(super) fn fail(self: &Arc<Self>, fault: Fault) {
        self.start(move |_| fault.strike());
    }

    /// Lists `source`.
    pub(super) fn take(self: &Arc<Self>, source: Source, name: String) {
        let (readonly, path) = (source.readonly(), source.path());
        let cache = self.enlist(Some(Arc::new(source)));
        self.say(Msg::Opened { cache, name, path, readonly });
    }

    /// Numbers a source, or what only looks like one.
    fn enlist(&self, source: Option<Arc<Source>>) -> CacheId {
        let mut sources = locked(&self.sources);
        sources.push(source);
        CacheId(sources.len() - 1)
    }

    /// Follows the file of `source`, if that is not done yet.
    fn follow(&self, cache: CacheId, source: &Source) {
        let Some(path) = source.signal() else { return };
        let tell = self.tell.clone();
        let start = || Watch::start(&path, Box::new(move |_| send(&tell, Msg::Changed(cache))));
        locked(&self.watches).entry(cache).or_insert_with(start);
    }

    /// Reads a cache, and follows its file from before the first reading on.
    pub(super) fn load(self: &Arc<Self>, cache: CacheId, was: Option<Box<Was>>) {
        let Some(source) = self.source(cache) else { return };
        let stop = locked(&self.stops).begin(Work::Read(cache));
        self.start(move |crew| {
            let bytes = source.stat().map(|(bytes, _)| bytes).filter(|bytes| *bytes >= LARGE);
            bytes.into_iter().for_each(|bytes| crew.say(Msg::Sized { cache, bytes }));
            if was.is_none() {
                crew.glimpse(cache, &source);
            }
            crew.follow(cache, &source);
            let result = source.load_until(&stop).map(|loaded| crew.fresh(cache, loaded, was.as_deref()));
            let first = if was.is_none() { result.as_ref().ok().map(|fresh| Arc::clone(&fresh.reading)) } else { None };
            crew.say(Msg::Loaded { cache, result });
            // Nobody waits for this: it counts only when something comes back.
            first.iter().for_each(|now| crew.remember_ours(cache, &source, now));
        });
    }

    /// Stops `work`: it looks up soon, and its outcome is dropped.
    pub(super) fn stop(&self, work: &Work) {
        locked(&self.stops).stop(work);
    }

    /// Stops waiting for a lock.
    pub(super) fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// Copies something of an entry.
    pub(super) fn copy(self: &Arc<Self>, document: Document, spot: EntrySpot, kind: CopyKind, claim: usize) {
        self.start(move |crew| {
            let result = crew.copy_now(&Wish { document: &document, spot, kind, claim });
            crew.say(Msg::Copied { kind, result });
        });
    }

    /// Clears the clipboard if it is still ours.
    pub(super) fn clear_copy(self: &Arc<Self>) {
        self.start(|crew| {
            let said = match locked(&crew.clipboard).clear_if_ours() {
                Ok(true) => Some("the clipboard is cleared".to_owned()),
                Ok(false) => None,
                Err(error) => Some(words::error(&error)),
            };
            crew.say(Msg::CopyCleared(said));
        });
    }

    /// Ends: breaks waits off, lets a write under way come to its end, clears the clipboard.
    pub(super) fn end(&self) {
        self.cancel();
        for writer in locked(&self.writers).drain(..) {
            // A writer that panicked was reported already.
            _ = writer.join();
        }
        // The terminal is the user's again: nobody is left to tell.
        _ = locked(&self.clipboard).clear_if_ours();
    }

    /// Shows the first entries of a large cache before the rest is read.
    fn glimpse(&self, cache: CacheId, source: &Source) {
        let Some(document) = source.glimpse() else { return };
        let roster = Roster::shared(&Cache::of(&document));
        self.say(Msg::Glimpsed { cache, reading: Arc::new(Reading::new(document, roster, None)) });
        self.first_frame.wait(FRAME);
    }

    /// The first frame was painted: all processors are free for the rest.
    pub(super) fn go_on(&self) {
        self.first_frame.open();
    }

    fn fresh(&self, cache: CacheId, loaded: Loaded, was: Option<&Was>) -> Fresh {
        let Loaded { document, mode, modified, .. } = loaded;
        if let Some(was) = was.filter(|was| was.reading.document.hash() == document.hash()) {
            return Fresh::of(Arc::clone(&was.reading));
        }
        let roster = Roster::shared(&Cache::of(&document));
        let mut reading = Reading::new(document, roster, mode).modified_at(modified);
        if let Some(source) = self.source(cache) {
            reading = reading.with_way_back(way_back(&source)).below(above(&source));
        }
        match was {
            Some(was) => {
                let meaning = self.compared(cache, &was.reading, &reading);
                Fresh::after(was, Arc::new(reading), &meaning)
            }
            None => Fresh::of(Arc::new(reading)),
        }
    }

    /// What differs by meaning; what came back since the program looks is called resurrected.
    fn compared(&self, cache: CacheId, was: &Reading, now: &Reading) -> Comparison {
        let moment = |reading: &Reading| Moment::of(&Cache::of(&reading.document), &reading.roster);
        let before = Arc::new(moment(was));
        let mut comparison = compare(&before, &moment(now));
        locked(&self.firsts).entry(cache).or_insert(before);
        locked(&self.histories).entry(cache).or_default().judge(&mut comparison);
        comparison
    }

    /// What our own last change took out may be put back, also if another run of the program made it.
    fn remember_ours(&self, cache: CacheId, source: &Source, now: &Reading) {
        let Some(document) = source.before_our_change() else { return };
        let moment = |document: &Document, roster: &Roster| Moment::of(&Cache::of(document), roster);
        let before = moment(&document, &Roster::of(&Cache::of(&document)));
        let mut comparison = compare(&before, &moment(&now.document, &now.roster));
        locked(&self.histories).entry(cache).or_default().judge(&mut comparison);
    }

    /// What an undo brings back is no resurrection.
    fn forget_history(&self, cache: CacheId) {
        locked(&self.histories).remove(&cache);
    }

    fn source(&self, cache: CacheId) -> Option<Arc<Source>> {
        locked(&self.sources).get(cache.0).cloned().flatten()
    }

    fn copy_now(&self, wish: &Wish<'_>) -> Result<Copied, String> {
        // What goes to the terminal is gathered here: the screen's own thread sends it.
        let mut sequence = Zeroizing::new(Vec::new());
        let copied = copy(&mut locked(&self.clipboard), wish, &mut *sequence).map_err(|error| uncopied(&error))?;
        let (route, bytes) = copied.ok_or_else(|| format!("there is no {} to copy", wish.kind.name()))?;
        Ok(Copied { route, bytes, sequence })
    }

    fn say(&self, msg: Msg) {
        send(&self.tell, msg);
    }

    fn start(self: &Arc<Self>, work: impl FnOnce(&Self) + Send + 'static) -> Option<JoinHandle<()>> {
        let crew = Arc::clone(self);
        let run = move || {
            if catch_unwind(AssertUnwindSafe(|| work(&crew))).is_err() {
                crew.say(Msg::WorkerDied(super::terminal::last_panic()));
            }
        };
        match std::thread::Builder::new().name(NAME.to_owned()).spawn(run) {
            Ok(handle) => Some(handle),
            Err(error) => {
                self.say(Msg::WorkerDied(out_of_threads(&error)));
                None
            }
        }
    }
}

/// Why nothing was copied; what is too long for a terminal can go to a file, by the key that the screen fills in.
fn uncopied(error: &ClipboardError) -> String {
    let says = words::error(error);
    if matches!(error, ClipboardError::TooLong(_)) {
        return format!("{says}: {{export}} writes it to a file instead");
    }
    says
}

fn send(tell: &Sender<Event>, msg: Msg) {
    // The loop may have ended: then nobody needs to know.
    _ = tell.send(Event::Msg(msg));
}

fn out_of_threads(error: &io::Error) -> String {
    format!("the start of a thread ({})", words::error(error))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a change of `source` can be taken back.
fn way_back(source: &Source) -> WayBack {
    let is_elsewhere = source.place().is_served() || source.place().is_kept_by_desktop();
    if is_elsewhere && !source.keeps_undo() { WayBack::Nowhere } else { WayBack::Possible }
}

/// What may hide a change of `source` from who uses it.
fn above(source: &Source) -> Above {
    if source.place().is_served() { Above::Apps } else { Above::Nothing }
}

#[cfg(test)]
mod tests;
