//! Where a cache lies: what every store can do. A contract: children look up to these types, none is named
//! here but by `pub mod`. A store moves bytes and holds locks; it knows neither JSON nor tokens.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::expected::Expected;
use crate::lock::{Holder, Patience};
use crate::secret::SecretBytes;
use crate::time::UnixSeconds;

pub mod atomic;
pub mod desktop;
pub mod expected;
pub mod file;
pub mod fixed;
pub mod huge;
#[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
pub mod kernel_keyring;
#[cfg(all(feature = "keychain", target_os = "macos"))]
pub mod keychain;
pub mod keyring;
mod locking;
pub mod memory;
pub mod open;
pub mod passwords;
pub mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
mod read;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(all(feature = "secret-service", target_os = "linux"))]
pub mod secret_service;
pub mod server;
pub mod sessions;
#[cfg(any(all(feature = "secret-service", target_os = "linux"), all(feature = "keychain", target_os = "macos")))]
mod signal;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod table;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod tls;

/// One cache in a store: a file has one, Redis millions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slot(pub String);

/// What a place can do, so that a face asks what is possible and not which place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Whether anything can be written there at all.
    pub writes: bool,
    /// Whether the bytes outlive this process.
    pub persistent: bool,
}

/// The bytes of a slot and the state of the place when they were read.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What was read, still sealed.
    pub bytes: SecretBytes,
    /// Which state that was.
    pub state: State,
    /// Whether the place changed while it was read, or its lock was held: then a text that does not parse may be torn.
    pub unsteady: bool,
}

/// A slot as it was found.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Which version.
    pub revision: Revision,
    /// Permission bits such as `0o600`, where the place has them.
    pub mode: Option<u32>,
    /// The last change, since 1970, where the place tells.
    pub modified: Option<Duration>,
    /// The last change of mode, owner or attributes too, since 1970, where the place tells.
    pub altered: Option<Duration>,
    /// When the place itself drops the slot, where it does: the TTL of a key, a session's end.
    pub expires: Option<UnixSeconds>,
    /// How long the read took; a peer's unlocked read of as many bytes may take longer still.
    pub took: Duration,
}

/// What a scan found in one slot.
#[derive(Debug)]
pub struct Found {
    /// Which.
    pub slot: Slot,
    /// What lies there, or why it cannot be told.
    pub snapshot: Result<Snapshot, StoreError>,
}

/// A text that is read in pieces, from any place in it, by several threads.
pub trait Pieces: Sync {
    /// Fills `room` from offset `at` on, and tells how many bytes there were: none at the end of the text.
    ///
    /// # Errors
    /// What the place said.
    fn read(&self, at: u64, room: &mut [u8]) -> Result<usize, StoreError>;
}

/// What is known of a slot that was read in pieces.
#[derive(Clone, Debug)]
pub struct Streamed {
    /// Which state that was.
    pub state: State,
    /// As of a [`Snapshot`].
    pub unsteady: bool,
}

/// The identity of one state of a slot. Two equal revisions of a file are the same inode; the bytes are
/// compared besides, because a peer may write in place within one tick of the file system's clock.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Revision {
    /// Device and inode, or 0 where there are none.
    pub identity: (u64, u64),
    /// A counter or time that moves with each change.
    pub version: u128,
}

/// What a replacement did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The new state.
    pub revision: Revision,
    /// Whether the change will survive a power cut as far as the place can promise.
    pub durable: bool,
}

/// So many slots are handed over at once; the first ones sooner, by fewer.
const PAGE: usize = 64;

/// A place with caches in it.
pub trait Store: Send + Sync {
    /// What this place can do.
    fn abilities(&self) -> Abilities;

    /// The caches here: an iterator, never a list, since a server holds millions.
    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_>;

    /// Reads several slots at once, in their order; one that is empty is left out.
    ///
    /// # Errors
    /// What the place said of all of them.
    fn peek_all(&self, slots: &[Slot]) -> Result<Vec<Found>, StoreError> {
        let peeked = slots.iter().map(|slot| (slot.clone(), self.peek(slot)));
        let found = peeked.filter_map(|(slot, read)| Some(Found { slot, snapshot: read.transpose()? }));
        Ok(found.collect())
    }

    /// Hands over every slot and what lies in it, some at a time, in the place's own order, until `take` breaks it off.
    /// Never holds more than a few pages of them.
    ///
    /// # Errors
    /// What the place said; what was handed over before stands.
    fn scan(&self, take: &mut dyn FnMut(Vec<Found>) -> ControlFlow<()>) -> Result<(), StoreError> {
        let (mut slots, mut some) = (self.slots(), 1);
        loop {
            let page = slots.by_ref().take(some).collect::<Result<Vec<Slot>, _>>()?;
            if page.is_empty() || take(self.peek_all(&page)?).is_break() {
                return Ok(());
            }
            some = (some * 2).min(PAGE);
        }
    }

    /// Makes a slot that is not there yet, with `bytes` in it; a place that drops slots does so at `expires`.
    /// [`StoreErrorKind::Changed`]: it is there.
    ///
    /// # Errors
    /// Changed, or what the place said; nothing is left behind.
    fn create(&self, _slot: &Slot, _bytes: &SecretBytes, _expires: Option<UnixSeconds>) -> Result<(), StoreError> {
        Err(StoreErrorKind::Unsupported("make caches").into())
    }

    /// The file by which apps lock this cache and learn of its changes: the cache itself, or one that only stands for
    /// it. `None`: there is none.
    fn signal(&self) -> Option<&Path> {
        None
    }

    /// Reads without any lock. `None`: nothing is there.
    ///
    /// # Errors
    /// What the place said.
    fn peek(&self, slot: &Slot) -> Result<Option<Snapshot>, StoreError>;

    /// Reads the first `limit` bytes of a longer text, without any lock. `None`: it is no longer than that, or
    /// the place reads a slot only as a whole.
    ///
    /// # Errors
    /// What the place said.
    fn head(&self, _slot: &Slot, _limit: u64) -> Result<Option<SecretBytes>, StoreError> {
        Ok(None)
    }

    /// Lets `read` read a text of `least` bytes or more in pieces, without any lock; it is told the size. `None`: the
    /// text is shorter, or the place reads a slot only as a whole.
    ///
    /// # Errors
    /// What the place said.
    fn pieces(
        &self,
        _slot: &Slot,
        _least: u64,
        _read: &mut dyn FnMut(&dyn Pieces, u64),
    ) -> Result<Option<Streamed>, StoreError> {
        Ok(None)
    }

    /// Makes `bytes` ready to take the place of `like`: written and synced, not yet visible. Done before the
    /// lock is taken, so that the lock is held for microseconds.
    ///
    /// # Errors
    /// What the place said; nothing is left behind.
    fn stage(&self, slot: &Slot, bytes: &SecretBytes, like: &State) -> Result<Box<dyn Staged>, StoreError>;

    /// The same with a text that comes in `pieces`, of which a place that keeps no bytes in memory makes no copy.
    ///
    /// # Errors
    /// As [`Store::stage`].
    fn stage_pieces(
        &self,
        slot: &Slot,
        pieces: &mut dyn Iterator<Item = &str>,
        like: &State,
    ) -> Result<Box<dyn Staged>, StoreError> {
        // Joined in exactly as much room as they need: what grows leaves copies behind unwiped.
        let pieces: Vec<&str> = pieces.collect();
        self.stage(slot, &SecretBytes::new(pieces.concat().into_bytes()), like)
    }

    /// Whether what lies there is surely what we put there as `revision`, told without reading it. `false`: it is to be
    /// read.
    fn stands(&self, _slot: &Slot, _revision: &Revision) -> bool {
        false
    }

    /// Takes the slot's lock.
    ///
    /// # Errors
    /// Busy with the holder's name, cancelled, or what the place said.
    fn hold<'s>(&'s self, slot: &Slot, patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError>;
}

/// Bytes made ready by [`Store::stage`]. Dropped unused, they leave nothing behind.
pub trait Staged: Send {
    /// The store's own handle on what it staged.
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any>;
}

/// A slot whose lock is held: the only thing that can be written to.
pub trait Held {
    /// Reads the slot under the lock.
    ///
    /// # Errors
    /// What the place said.
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError>;

    /// Puts the staged bytes in place if the slot still is `expected`, byte for byte. [`StoreErrorKind::Changed`]
    /// keeps the hold, so that the caller can plan again without queueing again.
    ///
    /// # Errors
    /// Changed, or what the place said; the old bytes stand then.
    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError>;

    /// Removes the slot if it still is `expected`, byte for byte.
    ///
    /// # Errors
    /// Changed, or what the place said; the slot stands then.
    fn remove(&mut self, _expected: &Expected) -> Result<(), StoreError> {
        Err(StoreErrorKind::Unsupported("remove caches").into())
    }

    /// Lets the lock go and makes the change durable. Never an error: what was written stands.
    fn release(self: Box<Self>) -> Released;
}

/// What the end of a hold says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// How long the lock was held.
    pub held: Duration,
    /// Whether what was written is on the disk for sure.
    pub durable: bool,
    /// What went wrong with the lock, if it could not be removed cleanly.
    pub trouble: Option<String>,
}

/// What went wrong in a store.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct StoreError {
    /// Which sort of trouble; hints and exit codes hang on it.
    pub kind: StoreErrorKind,
    /// What the system said.
    #[source]
    pub cause: Option<io::Error>,
}

/// The sorts of trouble with a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreErrorKind {
    /// Reading was refused or failed.
    #[error("it cannot be read")]
    Unreadable,
    /// It is a folder, a pipe, a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// A keyring did not give or take the cache.
    #[error("{0}")]
    Keyring(Box<keyring::KeyringTrouble>),
    /// A server did not give or take the cache.
    #[error("{0}")]
    Served(Box<server::ServerTrouble>),
    /// A server did not do what was asked; in its own words, without secrets.
    #[error("{0}")]
    Server(String),
    /// This place cannot do that.
    #[error("this place cannot {0}")]
    Unsupported(&'static str),
    /// A key of the kernel, in which no app keeps a cache (azidentity/cache for Go: the key there, the cache in a file).
    #[error(
        "no app keeps a cache in a key of the kernel: azidentity for Go keeps the key there, and the cache in a file"
    )]
    KeyOnly,
    /// Another build of this program has such places.
    #[error("this build has no {scheme} places; one made with --features {feature} has")]
    NotBuilt {
        /// As it is written in a place.
        scheme: &'static str,
        /// The Cargo feature.
        feature: &'static str,
    },
    /// Another system has such places.
    #[error("{scheme} places are found on {system} alone")]
    OtherSystem {
        /// As it is written in a place.
        scheme: &'static str,
        /// The system.
        system: &'static str,
    },
    /// It is larger than any cache: refused before memory runs out.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// A symlink or hard link.
    #[error("it is a {0}")]
    Link(&'static str),
    /// Another process holds the lock.
    #[error("{} {}", lock.display(), holder.does())]
    Busy {
        /// The lock's path.
        lock: PathBuf,
        /// Who holds it.
        holder: Holder,
    },
    /// The user gave up waiting.
    #[error("waiting for the lock was cancelled")]
    Cancelled,
    /// The lock could not be taken, for a reason other than a holder.
    #[error("its lock cannot be taken: {0}")]
    NoLock(String),
    /// The slot is not what the change was planned for.
    #[error("it changed meanwhile")]
    Changed,
    /// Our lock file was removed by another process while we held it.
    #[error("another process removed our lock")]
    LockLost,
    /// What was staged belongs to another store: a fault of ours.
    #[error("the staged bytes belong to another store")]
    Foreign,
    /// It can be read where it lies, and not be replaced there; nothing was begun.
    #[error("{0}")]
    Fixed(fixed::Fixed),
    /// A replacement would change hands.
    #[error("another user owns it")]
    OtherUser,
    /// The step that failed; the old bytes stand.
    #[error("{0}")]
    Write(String),
}

impl StoreError {
    /// An error of `kind` that the system explained.
    pub(crate) fn new(kind: StoreErrorKind, cause: io::Error) -> Self {
        Self { kind, cause: Some(cause) }
    }
}

impl From<StoreErrorKind> for StoreError {
    fn from(kind: StoreErrorKind) -> Self {
        Self { kind, cause: None }
    }
}
