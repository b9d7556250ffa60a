//! What several tests lean on. A top: `peers` says what is missing, `msal` asks it, `witness` runs programs of
//! `msal`'s folder; `home` and `watcher` wait with `patient`; the others know nothing of each other.

pub(crate) mod binary;
pub(crate) mod caches;
pub(crate) mod home;
pub(crate) mod keyring;
pub(crate) mod lint;
pub(crate) mod msal;
pub(crate) mod patient;
pub(crate) mod peers;
#[cfg(all(unix, feature = "redis"))]
pub(crate) mod redis;
pub(crate) mod watcher;
pub(crate) mod witness;
