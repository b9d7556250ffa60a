//! Reading as MSAL reads: without a lock, and again when the text may be torn. Never takes an empty read of a
//! file that is being written for an empty cache.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::sealing::Wrapping;
use super::{Access, Place, Source, SourceError};
use crate::json::{Document, ParseError};
use crate::lock::{Liveness, LockState};
use crate::seal::SealError;
use crate::store::expected::{Expected, Seen};
use crate::store::{Snapshot, State};
use crate::time::{Clock, UnixSeconds};

/// MSAL Python tries three times, half a second apart (msal_extensions/token_cache.py).
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(500);
/// A text that does not parse though nobody seems to write is read once more before the verdict.
const SECOND_LOOK: Duration = Duration::from_millis(50);

/// What was read, and from which state of the place.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The cache.
    pub document: Document,
    /// Permission bits such as `0o600`, if the place is a file.
    pub mode: Option<u32>,
    /// The last change, if the place tells.
    pub modified: Option<UnixSeconds>,
    /// The size of what is stored, sealed.
    pub bytes: u64,
    state: State,
    /// What the text was wrapped in, if in anything.
    pub(super) wrapping: Option<Wrapping>,
}

impl Loaded {
    /// What stands where there is nothing yet: `document`, of no bytes.
    pub(super) fn nothing(document: Document) -> Self {
        Self { document, mode: None, modified: None, bytes: 0, state: State::default(), wrapping: None }
    }

    /// When the place itself drops it, where it does.
    #[must_use]
    pub fn expires(&self) -> Option<UnixSeconds> {
        self.state.expires
    }

    /// The state that a change planned on this reading may replace.
    pub(super) fn expected(&self) -> Expected {
        let text = || Seen::Text(self.document.shared_text());
        let seen = self.wrapping.as_ref().map_or_else(text, |wrapping| Seen::Hash(wrapping.hash()));
        Expected { state: self.state.clone(), seen }
    }

    /// That state alone.
    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Whether something is to be closed around the text before it is stored.
    pub(super) fn is_wrapped(&self) -> bool {
        self.wrapping.is_some()
    }
}

/// Why a reading is no cache: torn perhaps, or for good.
enum Unread {
    Torn(ParseError),
    Final(SourceError),
}

/// Why bytes are no cache, wherever they lie.
pub(super) enum Uninterpreted {
    Sealed(SealError),
    NotACache(ParseError),
}

/// What one look at a cache found: by one who looks again soon, and so waits for nothing.
pub(super) enum Glance {
    /// A whole text; and whether it is surely all: no bytes at all beside a lock may be a beginning.
    Whole(Box<Loaded>, bool),
    /// Not a whole text, now; and whether somebody seems to write.
    Torn(SourceError, bool),
    /// Nothing that can be read.
    Failed(SourceError),
}

impl Source {
    /// Reads the cache without any lock.
    ///
    /// # Errors
    /// Missing, unreadable, sealed, or not the text of a cache.
    pub fn load(&self) -> Result<Loaded, SourceError> {
        self.load_until(&AtomicBool::new(false))
    }

    /// The same, given up as soon as `stop` is set: between the parts of the work, and while it waits for a writer.
    ///
    /// # Errors
    /// Those of [`Source::load`], and that it was stopped.
    pub fn load_until(&self, stop: &AtomicBool) -> Result<Loaded, SourceError> {
        let go_on = || match stop.load(Ordering::Relaxed) {
            true => Err(SourceError::Cancelled { place: self.place.to_string() }),
            false => Ok(()),
        };
        let mut pauses = 0;
        let mut looked_twice = false;
        loop {
            go_on()?;
            let snapshot = self.peek()?;
            go_on()?;
            let (unsteady, empty) = (snapshot.unsteady, snapshot.bytes.is_empty());
            let read = self.understand(snapshot);
            go_on()?;
            // A writer that truncates first leaves zero bytes for a moment: MSAL reads those as an empty cache, we wait.
            let torn = match read {
                Ok(loaded) if !(empty && unsteady) => return Ok(loaded),
                Ok(_) if pauses < TRIES => None,
                Ok(loaded) => return self.empty_for_good(loaded),
                Err(Unread::Final(error)) => return Err(error),
                Err(Unread::Torn(cause)) => Some(cause),
            };
            let pause = match torn {
                _ if unsteady && pauses < TRIES => PAUSE,
                Some(_) if !unsteady && !looked_twice => SECOND_LOOK,
                Some(cause) => return Err(SourceError::NotACache { place: self.place.to_string(), cause }),
                None => PAUSE,
            };
            pauses += usize::from(unsteady);
            looked_twice |= !unsteady;
            let mut left = pause;
            while !left.is_zero() {
                let part = left.min(SECOND_LOOK);
                self.clock.sleep(part);
                left -= part;
                go_on()?;
            }
        }
    }

    /// No bytes beside a lock that stays: an empty cache, unless who holds the lock lives and so may be in the midst of
    /// writing it.
    fn empty_for_good(&self, loaded: Loaded) -> Result<Loaded, SourceError> {
        let lives = self.lock_status().into_iter().find_map(|status| match status.state {
            LockState::Held { holder, .. } if holder.alive == Liveness::Alive => Some((status.path, holder)),
            LockState::Held { .. }
            | LockState::Free
            | LockState::LeftOver { .. }
            | LockState::NotAFile
            | LockState::Unreadable { .. } => None,
        });
        lives.map_or(Ok(loaded), |(lock, holder)| Err(SourceError::Locked { lock, holder }))
    }

    /// Reads the cache once, as it is this moment.
    pub(super) fn glance(&self) -> Glance {
        let snapshot = match self.peek() {
            Ok(snapshot) => snapshot,
            Err(error) => return Glance::Failed(error),
        };
        let (unsteady, empty) = (snapshot.unsteady, snapshot.bytes.is_empty());
        match self.understand(snapshot) {
            Ok(loaded) => Glance::Whole(Box::new(loaded), !(unsteady && empty)),
            Err(Unread::Final(error)) => Glance::Failed(error),
            Err(Unread::Torn(cause)) => {
                Glance::Torn(SourceError::NotACache { place: self.place.to_string(), cause }, unsteady)
            }
        }
    }

    /// Another cache, if it is plain text: read like this one, but through no link.
    #[must_use]
    pub fn beside(&self, path: &Path) -> Option<Loaded> {
        let access = Access { follow_symlink: false, named: false, ..self.access.clone() };
        Self::open(&Place::file(path), access).and_then(|source| source.load()).ok()
    }

    pub(super) fn peek(&self) -> Result<Snapshot, SourceError> {
        let place = || self.place.to_string();
        let snapshot = self.store.peek(&self.slot).map_err(|error| SourceError::of(&self.place, error))?;
        snapshot.ok_or_else(|| SourceError::Missing { place: place() })
    }

    /// Opens the seal and reads the text.
    fn understand(&self, snapshot: Snapshot) -> Result<Loaded, Unread> {
        self.interpret(snapshot).map_err(|odd| match odd {
            Uninterpreted::Sealed(error) => Unread::Final(self.sealed(error)),
            Uninterpreted::NotACache(cause) => Unread::Torn(cause),
        })
    }

    /// The same, of bytes that may lie at another place like this one.
    pub(super) fn interpret(&self, snapshot: Snapshot) -> Result<Loaded, Uninterpreted> {
        let Snapshot { bytes, state, .. } = snapshot;
        let size = bytes.len() as u64;
        let (plain, wrapping) = self.unseal(bytes).map_err(Uninterpreted::Sealed)?;
        let document = Document::parse(plain).map_err(Uninterpreted::NotACache)?;
        let modified = state.modified.and_then(|at| i64::try_from(at.as_secs()).ok()).map(UnixSeconds);
        Ok(Loaded { document, mode: state.mode, modified, bytes: size, state, wrapping })
    }

    /// Reads what was read under the lock: nobody writes now, so a torn text is torn for good.
    pub(super) fn understand_held(&self, snapshot: Snapshot) -> Result<Loaded, SourceError> {
        self.interpret(snapshot).map_err(|odd| self.no_cache(odd))
    }

    /// The error for bytes here that are no cache.
    pub(super) fn no_cache(&self, odd: Uninterpreted) -> SourceError {
        match odd {
            Uninterpreted::Sealed(error) => self.sealed(error),
            Uninterpreted::NotACache(cause) => SourceError::NotACache { place: self.place.to_string(), cause },
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}
