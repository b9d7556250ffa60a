//! Caches in a real Redis: found, read, changed beside its apps, and what goes wrong with servers, networks and
//! passwords. Peers of Redis stand in `peers`.

mod cluster;
mod doors;
mod failover;
mod hashes;
mod keys;
mod lost;
mod program;
mod sentinel;
mod writers;

pub(crate) use cluster::Cluster;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::lock::Patience;
use saltcellar::secret::SecretBytes;
use saltcellar::store::expected::Expected;
use saltcellar::store::{Slot, Snapshot, Store, StoreError};
use saltcellar::time::SystemClock;

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

fn expected(snapshot: &Snapshot) -> Expected {
    Expected::of(snapshot)
}

/// Puts `text` where `seen` was read.
fn replace(store: &dyn Store, key: &str, seen: &Snapshot, text: &str) -> Result<(), StoreError> {
    let slot = Slot(key.to_owned());
    let staged = store.stage(&slot, &bytes(text), &seen.state)?;
    with_patience(|patience| store.hold(&slot, patience)?.replace(&expected(seen), staged)).map(drop)
}

/// Removes what was read as `seen`.
fn remove(store: &dyn Store, key: &str, seen: &Snapshot) -> Result<(), StoreError> {
    with_patience(|patience| store.hold(&Slot(key.to_owned()), patience)?.remove(&expected(seen)))
}

fn with_patience<T>(work: impl FnOnce(&Patience<'_>) -> T) -> T {
    let clock = SystemClock::new();
    let cancel = AtomicBool::new(false);
    work(&Patience { clock: &clock, wait: Duration::from_secs(2), cancel: &cancel, waiting: &|_| {} })
}

/// A key, and what lies there.
type Row = (String, Result<Snapshot, StoreError>);

/// The keys that a scan hands over, and what it hands over of each.
fn scanned(store: &dyn Store) -> Result<Vec<Row>, StoreError> {
    let mut all = Vec::new();
    store.scan(&mut |page| {
        assert!(page.len() <= 64, "{} at once", page.len());
        all.extend(page.into_iter().map(|found| (found.slot.0, found.snapshot)));
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(all)
}
