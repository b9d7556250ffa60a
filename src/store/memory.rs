//! A cache in memory: the store of tests and of the demo, and of standard input. Nothing reaches a disk.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{
    Abilities, Expected, Held, Released, Replaced, Revision, Slot, Snapshot, Staged, State, Store, StoreError,
    StoreErrorKind,
};
use crate::lock::Patience;
use crate::secret::SecretBytes;

/// One cache in memory. Clones share it.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Content>>);

#[derive(Default)]
struct Content {
    bytes: Option<SecretBytes>,
    version: u128,
}

impl MemoryStore {
    /// A store that holds `bytes`.
    #[must_use]
    pub fn new(bytes: SecretBytes) -> Self {
        Self(Arc::new(Mutex::new(Content { bytes: Some(bytes), version: 0 })))
    }

    /// Another process writes `bytes`: for tests of what happens then.
    pub fn overwrite(&self, bytes: SecretBytes) {
        let mut state = self.state();
        state.bytes = Some(bytes);
        state.version += 1;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> Option<Snapshot> {
        let state = self.state();
        let revision = Revision { identity: (0, 0), version: state.version };
        let state_of = State { revision, ..State::default() };
        state.bytes.as_ref().map(|bytes| Snapshot { bytes: bytes.clone(), state: state_of, unsteady: false })
    }
}

impl Store for MemoryStore {
    fn abilities(&self) -> Abilities {
        Abilities { writes: true, persistent: false }
    }

    fn slots(&self) -> Box<dyn Iterator<Item = Result<Slot, StoreError>> + '_> {
        Box::new(std::iter::once(Ok(Slot(String::new()))))
    }

    fn peek(&self, _slot: &Slot) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.read())
    }

    fn stage(&self, _slot: &Slot, bytes: &SecretBytes, _like: &State) -> Result<Box<dyn Staged>, StoreError> {
        Ok(Box::new(StagedBytes(bytes.clone())))
    }

    fn hold<'s>(&'s self, _slot: &Slot, _patience: &Patience<'_>) -> Result<Box<dyn Held + 's>, StoreError> {
        Ok(Box::new(HeldMemory(self)))
    }
}

struct StagedBytes(SecretBytes);

impl Staged for StagedBytes {
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

struct HeldMemory<'s>(&'s MemoryStore);

impl Held for HeldMemory<'_> {
    fn read(&mut self) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.0.read())
    }

    fn replace(&mut self, expected: &Expected, staged: Box<dyn Staged>) -> Result<Replaced, StoreError> {
        let Ok(staged) = staged.into_any().downcast::<StagedBytes>() else {
            return Err(StoreErrorKind::Foreign.into());
        };
        let mut state = self.0.state();
        if state.bytes.as_ref().map(SecretBytes::hash) != Some(expected.hash) {
            return Err(StoreErrorKind::Changed.into());
        }
        state.bytes = Some(staged.0);
        state.version += 1;
        Ok(Replaced { revision: Revision { identity: (0, 0), version: state.version }, durable: true })
    }

    fn release(self: Box<Self>) -> Released {
        Released { held: Duration::ZERO, durable: true, trouble: None }
    }
}
