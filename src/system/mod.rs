//! What operating systems do differently: how a file is opened, told from another and put in the place of one, what a
//! process keeps to itself, and what asks it to end. Each system has a folder with the same functions; no other room
//! but `lock` and `seal` asks which system it runs on. Decides nothing. A top: it re-exports its children.

use std::fmt;
use std::time::Duration;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{files::*, process::*, signals::*, terminal::*, users::*};
#[cfg(windows)]
pub use windows::{files::*, process::*, signals::*, terminal::*, users::*};

/// What a system tells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What tells it from every other: device and inode, or volume and index.
    pub identity: (u64, u64),
    /// File, folder, or neither.
    pub kind: Kind,
    /// Its bytes.
    pub len: u64,
    /// The last change since 1970; `None` before that.
    pub modified: Option<Duration>,
    /// The last change of anything about it, such as its mode or owner, which nobody can set; `None` on Windows.
    pub altered: Option<Duration>,
    /// Permission bits such as `0o600`; `None` on Windows, where access is a list that a new file inherits.
    pub mode: Option<u32>,
    /// How many names it has.
    pub links: u64,
    /// Whether it belongs to the user of this process; `true` on Windows, where the list of access counts, not the owner.
    pub is_own: bool,
}

/// The kinds of thing that a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, or a junction of Windows.
    Link,
    /// A pipe, a device, a socket.
    Other,
}

impl Kind {
    fn of(kind: std::fs::FileType) -> Self {
        match (kind.is_symlink(), kind.is_file(), kind.is_dir()) {
            (true, _, _) => Self::Link,
            (_, true, _) => Self::File,
            (_, _, true) => Self::Folder,
            (false, false, false) => Self::Other,
        }
    }
}

/// A user of this system.
#[derive(Clone, Debug)]
pub struct User {
    /// The number by which the system knows them.
    pub id: u32,
    /// Their name, where this system has one.
    pub name: Option<String>,
}

impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for User {}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} (uid {})", self.id),
            None => write!(f, "uid {}", self.id),
        }
    }
}

/// Whether a reader leaves the time of its access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// As usual.
    Left,
    /// Where the system lets the owner ask for it, no trace is left.
    Spared,
}

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// It does, or did a moment ago.
    Yes,
    /// There is no such process.
    No,
    /// The system does not say.
    Untold,
}
