//! A cache in the macOS Keychain: one generic password of the login keychain, found by service and account as its app
//! finds it, written only if it is what was read, under the lock that its apps share, and announced through their signal
//! file. Creates no item, asks only where the user named the place. Type-checked; no Mac has run it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use security_framework::base::Error;
use security_framework::os::macos::keychain::{KeychainUserInteractionLock, SecKeychain};
use security_framework::os::macos::keychain_item::SecKeychainItem;
use security_framework::os::macos::passwords::find_generic_password;

use super::atomic::Disk;
use super::desktop::{Desktop, Prompts};
use super::expected::Expected;
use super::keyring::KeyringTrouble;
use super::locking::lock_error;
use super::place::KeychainItem;
use super::signal;
use super::{
    Abilities, Held, Released, Replaced, Revision, Slot, Snapshot, Staged, State, Store, StoreError, StoreErrorKind,
};
use crate::lock::{CacheLock, Conventions, Patience, acquire};
use crate::secret::SecretBytes;
use crate::time::Clock;

/// MSAL Python's service where the app names none (`msal_extensions/persistence.py`, `KeychainPersistence`).
const PYTHON_SERVICE: &str = "msal-extensions";
/// `errSecItemNotFound`.
const NOT_FOUND: i32 = -25_300;
/// `errSecInteractionNotAllowed`: it is locked, and nobody may be asked.
const NOT_ALLOWED: i32 = -25_308;
/// `errSecAuthFailed`: the item's list of programs does not name us, and the question was answered with no.
const NOT_TRUSTED: i32 = -25_293;
/// `errSecUserCanceled`.
const CANCELLED: i32 = -128;

/// One item, by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The service.
    pub service: String,
    /// The account.
    pub account: String,
    /// The file by which apps lock the cache and learn of changes.
    pub signal: Option<PathBuf>,
}

impl Target {
    /// What `item` means in this session.
    #[must_use]
    pub fn of(item: &KeychainItem, desktop: &Desktop) -> Self {
        match item {
            KeychainItem::App(cache) => {
                let names = &cache.app.keychain;
                let is_default = cache.cache() == cache.app.default_cache;
                let account = if is_default { names.default_account } else { names.account };
                let (service, account) = (cache.filled(names.service), cache.filled(account));
                Self { service, account, signal: desktop.signal_of(cache) }
            }
            KeychainItem::Signal(path) => {
                let account = signal::hash_of(path);
                Self { service: PYTHON_SERVICE.to_owned(), account, signal: Some(path.clone()) }
            }
            KeychainItem::Named { service, account, signal } => {
                Self { service: service.clone(), account: account.clone(), signal: signal.clone() }
            }
        }
    }
}

/// One item of the login keychain.
pub struct KeychainStore {
    target: Target,
    conventions: Conventions,
    prompts: Prompts,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
}

impl KeychainStore {
    /// The store of the item that `target` describes. Nobody is asked yet.
    #[must_use]
    pub fn new(
        target: Target,
        conventions: Conventions,
        prompts: Prompts,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { target, conventions, prompts, disk, clock }
    }

    /// The item and its secret. The search is that of the system's default list, as every SDK's.
    fn find(&self) -> Result<(SecretBytes, SecKeychainItem), StoreError> {
        let found = find_generic_password(None, &self.target.service, &self.target.account);
        let (secret, item) = found.map_err(|error| self.keychain(&error))?;
        Ok((SecretBytes::new(secret.to_owned()), item))
    }

    fn read(&self) -> Result<Snapshot, StoreError> {
        let _quiet = self.quiet()?;
        let start = self.clock.elapsed();
        let (bytes, _) = self.find()?;
        let took = self.clock.elapsed().saturating_sub(start);
        // The keychain hands out whole secrets: none is ever torn. Their content tells them apart.
        let state = State { took, ..State::default() };
        Ok(Snapshot { bytes, state, unsteady: false })
    }

    /// Keeps the system from asking anybody, until it is dropped, unless the user named this place.
    fn quiet(&self) -> Result<Option<KeychainUserInteractionLock>, StoreError> {
        match self.prompts {
            Prompts::Allowed => Ok(None),
            Prompts::Never => SecKeychain::disable_user_interaction().map(Some).map_err(|error| self.keychain(&error)),
        }
    }

    fn keychain(&self, error: &Error) -> StoreError {
        let Target { service, account, .. } = &self.target;
        let trouble = match error.code() {
            NOT_FOUND => KeyringTrouble::NoItem {
                searched: format!("service={service} and account={account}"),
                others: Vec::new(),
            },
            NOT_ALLOWED => KeyringTrouble::Locked,
            CANCELLED | NOT_TRUSTED => KeyringTrouble::Dismissed,
            code => KeyringTrouble::Other(format!("{error} ({code})")),
        };
        StoreErrorKind::Keyring(Box::new(trouble)).into()
    }
}

impl Store for KeychainStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: true, persistent: true }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        Box::new(std::iter::once(Ok(Slot(String::new()))))
    }

    fn signal(&self) -> Option<&Path> {
        signal::in_place(self.target.signal.as_deref())
    }

    fn peek(&self, _slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        self.read().map(Some)
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(StagedSecret(bytes.clone())))
    }

    fn hold<'s>(&'s self, _slot: &Slot, patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        let lock = self.signal().map(|signal| acquire(&[signal], &self.conventions, patience));
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
    store: &'s KeychainStore,
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
        let store = self.store;
        let _quiet = store.quiet()?;
        let (now, mut item) = store.find()?;
        if !expected.is(&now) {
            return Err(StoreErrorKind::Changed.into());
        }
        // Only the data changes: names, creator and the list of programs that may read it stay.
        item.set_password(staged.0.reveal()).map_err(|error| store.keychain(&error))?;
        // Under the lock: an app that waits for it reads what we wrote.
        self.trouble = signal::announce(store.signal(), &*store.disk, &*store.clock, expected.state.took);
        Ok(Replaced { revision: Revision::default(), durable: true })
    }

    fn release(self: Box<Self>) -> Released {
        let HeldItem { lock, trouble, .. } = *self;
        let held = lock.as_ref().map_or(Duration::ZERO, CacheLock::held_for);
        let left = lock.and_then(|lock| lock.release().err()).map(|error| error.to_string());
        Released { held, durable: true, trouble: left.or(trouble) }
    }
}
