//! From a place to its store: the only file that names every store.

use std::sync::Arc;

use super::atomic::RealDisk;
use super::desktop::Desktop;
use super::file::{FileOptions, FileStore, Links, Reading};
use super::memory::MemoryStore;
use super::passwords::Passwords;
use super::place::{Address, Database, KeychainItem, Place, RedisPlace, SecretItem, TablePlace};
use super::{Store, StoreError, StoreErrorKind, sessions};
use crate::lock::Conventions;
use crate::secret::SecretBytes;
use crate::time::Clock;

/// Opens the store at `place`.
///
/// # Errors
/// A place that holds no single cache (a folder), one that this build or this system does not have, or a link that
/// leads nowhere.
pub fn open(
    place: &Place,
    links: Links,
    reading: Reading,
    desktop: &Desktop,
    passwords: &Passwords,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Store>, StoreError> {
    let path = match place.address() {
        Address::File(path) => path,
        Address::Folder(_) => return Err(StoreErrorKind::NotAFile.into()),
        Address::Stdin | Address::Memory(_) => return Err(StoreErrorKind::Unreadable.into()),
        Address::SecretService(item) => return secret_service(place, item, desktop, clock),
        Address::KernelKey(_) => return Err(StoreErrorKind::KeyOnly.into()),
        Address::Keychain(item) => return keychain(place, item, desktop, clock),
        Address::Redis(parts) => return redis(place, parts, passwords, clock),
        Address::Table(table) => match table.database {
            Database::Sqlite(_) => return sqlite(table, links, reading, clock),
            Database::Postgres { .. } => return postgres(table, reading, passwords, clock),
        },
    };
    let conventions = conventions(place);
    let options = FileOptions { path: path.to_owned(), links, conventions, reading };
    Ok(Arc::new(FileStore::new(options, Arc::new(RealDisk), clock)?))
}

#[cfg(all(feature = "secret-service", target_os = "linux"))]
fn secret_service(
    place: &Place,
    item: &SecretItem,
    desktop: &Desktop,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Store>, StoreError> {
    use super::secret_service::{SecretServiceStore, Target};
    let target = Target::of(item, desktop);
    let (slot, conventions) = (place.slot.clone(), conventions(place));
    Ok(Arc::new(SecretServiceStore::new(target, slot, conventions, desktop, Arc::new(RealDisk), clock)))
}

#[cfg(not(all(feature = "secret-service", target_os = "linux")))]
fn secret_service(_: &Place, _: &SecretItem, _: &Desktop, _: Arc<dyn Clock>) -> Result<Arc<dyn Store>, StoreError> {
    Err(absent("secret-service:", cfg!(target_os = "linux"), "Linux"))
}

#[cfg(feature = "sqlite")]
fn sqlite(
    table: &TablePlace,
    links: Links,
    reading: Reading,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(super::sqlite::SqliteStore::new(table, links, reading, clock)))
}

#[cfg(feature = "postgres")]
fn postgres(
    table: &TablePlace,
    reading: Reading,
    passwords: &Passwords,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(super::postgres::PostgresStore::new(table, reading, passwords, clock)))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &TablePlace, _: Reading, _: &Passwords, _: Arc<dyn Clock>) -> Result<Arc<dyn Store>, StoreError> {
    Err(not_built("postgres:"))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &TablePlace, _: Links, _: Reading, _: Arc<dyn Clock>) -> Result<Arc<dyn Store>, StoreError> {
    Err(not_built("sqlite:"))
}

#[cfg(all(feature = "keychain", target_os = "macos"))]
fn keychain(
    place: &Place,
    item: &KeychainItem,
    desktop: &Desktop,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Store>, StoreError> {
    use super::keychain::{KeychainStore, Target};
    let target = Target::of(item, desktop);
    Ok(Arc::new(KeychainStore::new(target, conventions(place), desktop.prompts, Arc::new(RealDisk), clock)))
}

#[cfg(not(all(feature = "keychain", target_os = "macos")))]
fn keychain(_: &Place, _: &KeychainItem, _: &Desktop, _: Arc<dyn Clock>) -> Result<Arc<dyn Store>, StoreError> {
    Err(absent("keychain:", cfg!(target_os = "macos"), "macOS"))
}

#[cfg(feature = "redis")]
fn redis(
    place: &Place,
    parts: &RedisPlace,
    passwords: &Passwords,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(super::redis::RedisStore::new(place, parts, passwords.clone(), clock)))
}

#[cfg(not(feature = "redis"))]
fn redis(_: &Place, _: &RedisPlace, _: &Passwords, _: Arc<dyn Clock>) -> Result<Arc<dyn Store>, StoreError> {
    Err(not_built("redis:"))
}

/// A place that this program does not have: another build has it, or another system.
fn absent(scheme: &'static str, is_system: bool, system: &'static str) -> StoreError {
    match is_system {
        true => not_built(scheme),
        false => StoreErrorKind::OtherSystem { scheme, system }.into(),
    }
}

/// A feature is called as its scheme.
fn not_built(scheme: &'static str) -> StoreError {
    StoreErrorKind::NotBuilt { scheme, feature: scheme.trim_end_matches(':') }.into()
}

/// A store in memory that begins with `bytes`.
#[must_use]
pub fn memory(bytes: SecretBytes) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(bytes))
}

/// Which locks the apps of this cache may use: the one beside the file, the folder's where MSAL4J may be; none of a
/// web app's session.
#[must_use]
pub fn conventions(place: &Place) -> Conventions {
    match place.lock.as_deref() {
        Some("java") => Conventions::WithFolder,
        _ if place.path().is_some_and(sessions::lies_at) => Conventions::Nobody,
        _ => Conventions::AsFolderSays,
    }
}
