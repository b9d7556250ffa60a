//! A cache in the Secret Service (GNOME Keyring, `KWallet`): one item, found as its app finds it, written only if it is
//! what was read, under the lock that its apps share, and announced through their signal file; or made as its app makes it.
//! Knows nothing of what it holds.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::atomic::Disk;
use super::expected::Expected;
use super::locking::lock_error;
use super::signal;
use super::{
    Abilities, Held, Released, Replaced, Revision, Slot, Snapshot, Staged, State, Store, StoreError, StoreErrorKind,
};
use crate::lock::{CacheLock, Conventions, Patience, acquire};
use crate::secret::SecretBytes;
use crate::store::desktop::Desktop;
use crate::store::keyring::KeyringTrouble;
use crate::time::{Clock, UnixSeconds};

mod bus;
mod target;

use bus::{Bus, Found};
pub use target::Target;

/// A reply is waited for two seconds; what is over so soon was not waited for.
const CUT: Duration = Duration::from_secs(1);

/// One item of the Secret Service.
pub struct SecretServiceStore {
    target: Target,
    /// Which of several items that fit: `login/3`.
    slot: Option<String>,
    conventions: Conventions,
    /// `None`: there is no bus.
    bus: Option<Bus>,
    /// Who became root by `sudo`, to whom the bus is closed then.
    sudo: Option<String>,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    /// The item that was read last: the one to write.
    item: Mutex<Option<String>>,
}

impl SecretServiceStore {
    /// The store of the item that `target` describes. Nobody is asked yet.
    #[must_use]
    pub fn new(
        target: Target,
        slot: Option<String>,
        conventions: Conventions,
        desktop: &Desktop,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let bus = desktop.has_bus.then(|| Bus::new(desktop.prompts));
        let sudo = desktop.sudo.clone();
        Self { target, slot, conventions, bus, sudo, disk, clock, item: Mutex::new(None) }
    }

    fn bus(&self) -> Result<&Bus, StoreError> {
        self.bus.as_ref().ok_or_else(|| self.trouble(KeyringTrouble::NoBus))
    }

    /// What `trouble` means for this process: what keeps root from a bus is `sudo`.
    fn trouble(&self, trouble: KeyringTrouble) -> StoreError {
        let trouble = match (trouble, &self.sudo) {
            (KeyringTrouble::NoBus | KeyringTrouble::BusClosed | KeyringTrouble::NoService, Some(user)) => {
                KeyringTrouble::Elevated { user: user.clone() }
            }
            (trouble, _) => trouble,
        };
        StoreErrorKind::Keyring(Box::new(trouble)).into()
    }

    fn read(&self) -> Result<Snapshot, StoreError> {
        let start = self.clock.elapsed();
        let found = self.bus()?.read(&self.target, self.slot.as_deref());
        let found = found.map_err(|trouble| {
            // No reply, long before one was due: libdbus says so of a connection that was cut.
            let is_cut = self.clock.elapsed().saturating_sub(start) < CUT;
            let is_cut = is_cut && matches!(trouble, KeyringTrouble::Hangs { .. });
            self.trouble(if is_cut { KeyringTrouble::BusClosed } else { trouble })
        })?;
        let state = State {
            revision: revision(&found.path, found.modified),
            mode: None,
            modified: Some(Duration::from_secs(found.modified)),
            altered: None,
            took: self.clock.elapsed().saturating_sub(start),
            expires: None,
        };
        *self.item.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.path);
        // The service hands out whole secrets: none is ever torn.
        Ok(Snapshot { bytes: found.secret, state, unsteady: false })
    }

    /// The signal file, if there is a folder in which it or its lock could lie.
    fn signal_in_place(&self) -> Option<&Path> {
        signal::in_place(self.target.signal.as_deref())
    }
}

impl Store for SecretServiceStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: true, persistent: true }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        Box::new(std::iter::once(Ok(Slot(String::new()))))
    }

    fn create(&self, slot: &Slot, bytes: &SecretBytes, _expires: Option<UnixSeconds>) -> Result<(), StoreError> {
        if !slot.0.is_empty() {
            return Err(StoreErrorKind::Unsupported("make an item under a number: the keyring counts them").into());
        }
        let signal = self.target.signal.as_deref();
        let made = signal.map_or(Ok(false), signal::make);
        let no_signal =
            |cause| StoreError::new(StoreErrorKind::Write("its signal file cannot be made".to_owned()), cause);
        let made = made.map_err(no_signal)?;
        let created =
            self.bus().and_then(|bus| bus.create(&self.target, bytes.clone()).map_err(|trouble| self.trouble(trouble)));
        if let (Ok(true), Some(signal)) = (&created, signal) {
            // An app that looked in between found no item: it is to look again. One that cannot be told looks later.
            _ = signal::announce(Some(signal), &*self.disk, &*self.clock, Duration::ZERO);
            return Ok(());
        }
        if let Some(signal) = signal.filter(|_| made) {
            // It stands for nothing; if it stays, apps take it for an empty cache, as they take none.
            _ = std::fs::remove_file(signal);
        }
        match created? {
            true => Ok(()),
            false => Err(StoreErrorKind::Changed.into()),
        }
    }

    fn signal(&self) -> Option<&Path> {
        self.signal_in_place()
    }

    fn peek(&self, _slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        self.read().map(Some)
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(StagedSecret(bytes.clone())))
    }

    fn hold<'s>(&'s self, _slot: &Slot, patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        let lock = self.signal_in_place().map(|signal| acquire(&[signal], &self.conventions, patience));
        let lock = lock.transpose().map_err(lock_error)?;
        Ok(Box::new(HeldItem { store: self, lock, trouble: None }))
    }
}

struct StagedSecret(SecretBytes);

impl Staged for StagedSecret {
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

struct HeldItem<'s> {
    store: &'s SecretServiceStore,
    /// `None`: the item has no signal file, so its apps have no lock.
    lock: Option<CacheLock>,
    trouble: Option<String>,
}

impl Held for HeldItem<'_> {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        self.store.read().map(Some)
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(staged) = staged.into_any().downcast::<StagedSecret>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        if self.lock.as_ref().is_some_and(|lock| !lock.still_ours()) {
            return Err(StoreErrorKind::LockLost.into());
        }
        let item = self.store.item.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let item = item.ok_or(StoreErrorKind::Changed)?;
        let was = expected.clone();
        let is_expected =
            move |found: &Found| revision(&found.path, found.modified) == was.state.revision && was.is(&found.secret);
        let modified =
            self.store.bus()?.replace(&item, staged.0, is_expected).map_err(|trouble| self.store.trouble(trouble))?;
        let modified = modified.ok_or(StoreErrorKind::Changed)?;
        // Under the lock: an app that waits for it reads what we wrote.
        let store = self.store;
        self.trouble = signal::announce(store.signal_in_place(), &*store.disk, &*store.clock, expected.state.took);
        Ok(Replaced { revision: revision(&item, modified), durable: true })
    }

    fn release(self: Box<Self>) -> Released {
        let HeldItem { lock, trouble, .. } = *self;
        let held = lock.as_ref().map_or(Duration::ZERO, CacheLock::held_for);
        let left = lock.and_then(|lock| lock.release().err()).map(|error| error.to_string());
        Released { held, durable: true, trouble: left.or(trouble) }
    }
}

fn revision(path: &str, modified: u64) -> Revision {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    Revision { identity: (hasher.finish(), 0), version: modified.into() }
}
