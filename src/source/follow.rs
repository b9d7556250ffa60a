//! Follows a cache closely: every whole state that it comes to, and who held its lock then. Takes no lock and waits for
//! no writer: what is not whole now is looked at again in a moment. Tells no state twice.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::load::Glance;
use super::watch::{Mark, mark};
use super::{Loaded, Source, SourceError};
use crate::lock::{self, Conventions, Holder, LockState};
use crate::secret::Hash;

/// How often the file and its lock are looked at when the kernel is silent (network, containers).
const POLL: Duration = Duration::from_millis(200);
/// The same while the file is not a whole cache.
const SOON: Duration = Duration::from_millis(10);
/// How long a file may be missing or empty before that is its state: writers truncate first, or move the old one away.
const BRIEFLY: Duration = Duration::from_millis(200);
/// How long a text may be torn before it is broken.
const TORN: Duration = Duration::from_secs(1);
/// The same while somebody holds the lock or writes.
const BUSY: Duration = Duration::from_secs(5);

/// What a cache came to.
pub enum Seen {
    /// Another text than the one before.
    Whole {
        /// What was read.
        loaded: Box<Loaded>,
        /// Who held the lock at the change or just before, as far as was seen: likely the writer.
        writer: Option<Holder>,
    },
    /// Something that is no cache, or cannot be read; said once.
    Broken(SourceError),
    /// Nothing is there any more; said once.
    Gone,
}

/// A cache that is followed. Ends when dropped.
pub struct Follow<'s> {
    source: &'s Source,
    path: PathBuf,
    cues: Receiver<Option<Holder>>,
    // Dropping the watcher ends its thread.
    _watcher: Option<RecommendedWatcher>,
    last: Option<Hash>,
    mark: Mark,
    writer: Option<Holder>,
    doubt: Option<Doubt>,
    /// What was told since the last whole cache.
    told: Option<Way>,
}

/// In which way the file is no whole cache, and since when.
#[derive(Clone, Copy)]
struct Doubt {
    way: Way,
    since: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Empty,
    Torn,
    Missing,
    Unreadable,
}

impl<'s> Follow<'s> {
    /// Begins to follow the cache of `source`, and its state at the beginning; `None` for a place that no file
    /// stands for.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn start(source: &'s Source) -> Result<Option<(Self, Loaded)>, SourceError> {
        let Some(path) = source.signal() else { return Ok(None) };
        let (tell, cues) = channel();
        // Before the first reading, so that no change falls between.
        let watcher = watch(&path, source.conventions(), tell);
        let mark = mark(&path);
        let loaded = source.load()?;
        let last = Some(loaded.document.hash());
        let this = Self { source, path, cues, _watcher: watcher, last, mark, writer: None, doubt: None, told: None };
        Ok(Some((this, loaded)))
    }

    /// Waits for the next state, for `wait` at most.
    pub fn next(&mut self, wait: Duration) -> Option<Seen> {
        let end = self.now() + wait;
        loop {
            let left = end.saturating_sub(self.now());
            let is_restless = self.doubt.is_some_and(|doubt| self.told != Some(doubt.way));
            let has_cue = self.listen(left.min(if is_restless { SOON } else { POLL }));
            let now = mark(&self.path);
            if has_cue || is_restless || now != self.mark {
                self.mark = now;
                if let Some(seen) = self.look() {
                    return Some(seen);
                }
            }
            if self.now() >= end {
                return None;
            }
        }
    }

    /// Whether somebody touched the file, for `wait` at most; notes the writer.
    fn listen(&mut self, wait: Duration) -> bool {
        let first = match self.cues.recv_timeout(wait) {
            Ok(cue) => cue,
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => {
                self.source.clock().sleep(wait);
                self.writer = holder_of(&self.path, self.source.conventions()).or(self.writer.take());
                return false;
            }
        };
        let cues = std::iter::once(first).chain(self.cues.try_iter());
        if let Some(writer) = cues.flatten().last() {
            self.writer = Some(writer);
        }
        true
    }

    fn look(&mut self) -> Option<Seen> {
        match self.source.glance() {
            Glance::Whole(loaded, is_all) => {
                let is_whole = !loaded.document.is_empty() || self.lasts(Way::Empty, BRIEFLY, is_all);
                if is_whole { self.come_to(loaded) } else { None }
            }
            Glance::Torn(error, is_busy) => {
                let is_over = self.lasts(Way::Torn, TORN, !is_busy);
                self.tell_once(is_over, Seen::Broken(error))
            }
            Glance::Failed(SourceError::Missing { .. }) => {
                let is_over = self.lasts(Way::Missing, BRIEFLY, true);
                self.tell_once(is_over, Seen::Gone)
            }
            Glance::Failed(error) => {
                let is_over = self.lasts(Way::Unreadable, TORN, true);
                self.tell_once(is_over, Seen::Broken(error))
            }
        }
    }

    fn come_to(&mut self, loaded: Box<Loaded>) -> Option<Seen> {
        self.doubt = None;
        let was_told = self.told.take().is_some();
        let writer = self.writer.take();
        let hash = loaded.document.hash();
        let is_same = self.last.replace(hash) == Some(hash);
        (!is_same || was_told).then_some(Seen::Whole { loaded, writer })
    }

    /// Whether the file has been no whole cache in this way for `quiet`, or as long as a writer at work is granted.
    fn lasts(&mut self, way: Way, quiet: Duration, is_quiet: bool) -> bool {
        let now = self.now();
        let doubt = self.doubt.filter(|doubt| doubt.way == way).unwrap_or(Doubt { way, since: now });
        self.doubt = Some(doubt);
        now.saturating_sub(doubt.since) >= if is_quiet { quiet } else { BUSY }
    }

    /// `seen`, unless it was told already: a broken text that is written again is still the same trouble.
    fn tell_once(&mut self, is_over: bool, seen: Seen) -> Option<Seen> {
        let way = self.doubt.filter(|_| is_over)?.way;
        (self.told.replace(way) != Some(way)).then_some(seen)
    }

    fn now(&self) -> Duration {
        self.source.clock().elapsed()
    }
}

/// Sends, for each touch of the cache at `path`, who holds its lock at that moment.
fn watch(path: &Path, conventions: Conventions, tell: Sender<Option<Holder>>) -> Option<RecommendedWatcher> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let locks: Vec<_> = lock::lock_paths(&[path], &conventions).iter().filter_map(|lock| name(lock)).collect();
    let (cache, own) = (path.to_owned(), name(path));
    let mut holder: Option<Holder> = None;
    let heard = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let concerns =
            |wanted: &dyn Fn(Option<std::ffi::OsString>) -> bool| event.paths.iter().any(|path| wanted(name(path)));
        let of_lock = concerns(&|name| name.is_some_and(|name| locks.contains(&name)));
        let of_cache = concerns(&|name| name.is_some() && name == own);
        // Our own looks open files too.
        if event.kind.is_access() || !(of_lock || of_cache) {
            return;
        }
        if of_lock && matches!(event.kind, EventKind::Create(_) | EventKind::Remove(_)) {
            holder = None;
        }
        if holder.is_none() {
            holder = holder_of(&cache, conventions);
        }
        if of_cache {
            // Whoever listened may have ended.
            let _ = tell.send(holder.clone());
        }
    };
    let watcher = notify::recommended_watcher(heard);
    watcher.and_then(|mut watcher| watcher.watch(folder, RecursiveMode::NonRecursive).map(|()| watcher)).ok()
}

fn name(path: &Path) -> Option<std::ffi::OsString> {
    path.file_name().map(ToOwned::to_owned)
}

/// Who holds a lock of the cache at `path` and says who he is.
fn holder_of(path: &Path, conventions: Conventions) -> Option<Holder> {
    let states = lock::status(&[path], &conventions).into_iter().map(|lock| lock.state);
    let holders = states.filter_map(|state| match state {
        LockState::Held { holder, .. } => Some(holder),
        LockState::Free | LockState::LeftOver { .. } | LockState::NotAFile | LockState::Unreadable { .. } => None,
    });
    holders.into_iter().find(|holder| holder.pid.is_some() || holder.program.is_some())
}
