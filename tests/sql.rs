//! Caches in rows of SQLite and PostgreSQL, beside the apps that write them.

#[cfg(unix)]
mod cli;
mod hostile;
mod readonly;
pub(crate) mod sqlite;
mod tables;
mod writers;

#[cfg(feature = "postgres")]
mod doors;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
pub(crate) mod server;
