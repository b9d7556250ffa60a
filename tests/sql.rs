//! Caches in rows of SQLite and PostgreSQL, beside the apps that write them.

mod hostile;
mod readonly;
pub(crate) mod sqlite;
mod tables;
mod writers;
