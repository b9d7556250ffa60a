//! Caches in memory: the store of tests and of the demo, and of standard input. Nothing reaches a disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::expected::Expected;
use super::{
    Abilities, Held, Released, Replaced, Revision, Slot, Snapshot, Staged, State, Store, StoreError, StoreErrorKind,
};
use crate::lock::Patience;
use crate::secret::SecretBytes;
use crate::time::UnixSeconds;

/// Caches in memory, by slot; the one of a place without slots has the empty name. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<BTreeMap<String, Content>>>);

#[derive(Default)]
struct Content {
    bytes: SecretBytes,
    version: u128,
    expires: Option<UnixSeconds>,
}

impl MemoryStore {
    /// A store that holds `bytes`.
    #[must_use]
    pub fn new(bytes: SecretBytes) -> Self {
        let store = Self::default();
        store.overwrite(bytes);
        store
    }

    /// Another process writes `bytes`: for tests of what happens then.
    pub fn overwrite(&self, bytes: SecretBytes) {
        self.put("", bytes, None);
    }

    /// Another process writes `bytes` into a slot, which goes at `expires`.
    pub fn put(&self, slot: &str, bytes: SecretBytes, expires: Option<UnixSeconds>) {
        let mut slots = self.slots_now();
        let version = slots.get(slot).map_or(0, |content| content.version + 1);
        slots.insert(slot.to_owned(), Content { bytes, version, expires });
    }

    fn slots_now(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Content>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, slot: &Slot) -> Option<Snapshot> {
        let slots = self.slots_now();
        let Content { bytes, version, expires } = slots.get(&slot.0)?;
        let revision = Revision { identity: (0, 0), version: *version };
        let state = State { revision, expires: *expires, ..State::default() };
        Some(Snapshot { bytes: bytes.clone(), state, unsteady: false })
    }
}

impl Store for MemoryStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: true, persistent: false }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        let names: Vec<String> = self.slots_now().keys().cloned().collect();
        Box::new(names.into_iter().map(|name| Ok(Slot(name))))
    }

    fn create(&self, slot: &Slot, bytes: &SecretBytes, expires: Option<UnixSeconds>) -> Result<(), StoreError> {
        let mut slots = self.slots_now();
        if slots.contains_key(&slot.0) {
            return Err(StoreErrorKind::Changed.into());
        }
        slots.insert(slot.0.clone(), Content { bytes: bytes.clone(), version: 0, expires });
        Ok(())
    }

    fn peek(&self, slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.read(slot))
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(StagedBytes(bytes.clone())))
    }

    fn hold<'s>(&'s self, slot: &Slot, _patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        Ok(Box::new(HeldMemory { store: self, slot: slot.clone() }))
    }
}

struct StagedBytes(SecretBytes);

impl Staged for StagedBytes {
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

struct HeldMemory<'s> {
    store: &'s MemoryStore,
    slot: Slot,
}

impl Held for HeldMemory<'_> {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.store.read(&self.slot))
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(staged) = staged.into_any().downcast::<StagedBytes>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        let mut slots = self.store.slots_now();
        let content = slots.get_mut(&self.slot.0).filter(|content| expected.is(&content.bytes));
        let content = content.ok_or(StoreErrorKind::Changed)?;
        content.bytes = staged.0;
        content.version += 1;
        Ok(Replaced { revision: Revision { identity: (0, 0), version: content.version }, durable: true })
    }

    fn remove(&mut self, expected: &Expected) -> Result<(), StoreError> {
        let mut slots = self.store.slots_now();
        let is_same = slots.get(&self.slot.0).is_some_and(|content| expected.is(&content.bytes));
        if !is_same {
            return Err(StoreErrorKind::Changed.into());
        }
        slots.remove(&self.slot.0);
        Ok(())
    }

    fn release(self: Box<Self>) -> Released {
        Released { held: Duration::ZERO, durable: true, trouble: None }
    }
}
