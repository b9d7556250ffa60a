//! What can go wrong with a server that keeps caches, each told from the others: what to do hangs on it. Words of the
//! trouble alone, never a secret; the advice is the faces'.

use std::path::PathBuf;

/// Why a server did not give or take a cache.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerTrouble {
    /// The file with the password is not as it should be.
    #[error("the password file {} {why}", path.display())]
    PasswordFile {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The server wants a password, and there is nobody to ask.
    #[error("the server wants a password")]
    NoPassword,
    /// It does not take the password, or does not know the user.
    #[error("the server does not take this user and password")]
    WrongPassword,
    /// The user may not do that there.
    #[error("the server lets this user not {0}")]
    Denied(String),
    /// Neither this machine nor TLS: secrets would cross a network that others read.
    #[error("{0} is another machine, and the connection would not be encrypted")]
    Plaintext(String),
    /// Nobody answers there.
    #[error("{server} cannot be reached: {why}")]
    Unreachable {
        /// As a place names it.
        server: String,
        /// What the system said.
        why: String,
    },
    /// No encrypted connection comes about.
    #[error("there is no trusted TLS connection to {server}: {why}")]
    Tls {
        /// As a place names it.
        server: String,
        /// What is wrong.
        why: String,
    },
    /// It is there and does not answer.
    #[error("{server} did not answer within {seconds} s")]
    Slow {
        /// As a place names it.
        server: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The database is not there.
    #[error("the server has no database {0}")]
    NoDatabase(String),
    /// It cannot serve now: loading, failing over, a part of it down.
    #[error("the server cannot serve now: {0}")]
    Unready(String),
    /// Something lies there that is no cache.
    #[error("{0}")]
    NoCache(String),
}
