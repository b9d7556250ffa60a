//! What the tests of this room lean on: a cache in a folder of its own, and a process that has ended. Built for tests alone.

use std::path::PathBuf;

/// A cache that does not exist yet, and its lock beside it.
pub(super) struct Cache {
    _dir: tempfile::TempDir,
    pub(super) path: PathBuf,
    pub(super) lock: PathBuf,
}

impl Cache {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        Self { path: dir.path().join("c"), lock: dir.path().join("c.lockfile"), _dir: dir }
    }
}

/// The id of a process that has ended.
pub(super) fn dead_pid() -> u32 {
    let mut child = std::process::Command::new("true").spawn().expect("true runs");
    child.wait().expect("true ends");
    child.id()
}
