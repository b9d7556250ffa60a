//! Notices that another process wrote: the kernel's word on the folder (writers rename, so the file itself would be
//! lost from sight), and a look at the file every two seconds where the kernel says nothing (network, containers).
//! Says only that something may have changed; whoever is told compares the content.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// How often the file is looked at when the kernel is silent.
const POLL: Duration = Duration::from_secs(2);
/// How long a burst of events is gathered: MSAL truncates, then writes.
const GATHER: Duration = Duration::from_millis(30);

/// The file may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed;

/// A running watch; it ends when dropped.
pub struct Watch {
    // Dropping the watcher closes the channel, which ends the thread.
    _watcher: Option<RecommendedWatcher>,
    _alive: std::sync::mpsc::Sender<()>,
}

impl Watch {
    /// Calls `notice`, on a thread of its own, whenever `path` may have changed.
    #[must_use]
    pub fn start(path: &Path, notice: Box<dyn Fn(Changed) + Send>) -> Self {
        let (tell, told) = channel();
        let name = path.file_name().map(ToOwned::to_owned);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let forward = tell.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let concerns = |event: &notify::Event| event.paths.iter().any(|path| path.file_name() == name.as_deref());
            if event.is_ok_and(|event| !event.kind.is_access() && concerns(&event)) {
                // The thread may have ended: then nobody needs to know.
                let _ = forward.send(());
            }
        });
        let watcher =
            watcher.and_then(|mut watcher| watcher.watch(folder, RecursiveMode::NonRecursive).map(|()| watcher)).ok();
        let (alive, ended) = channel();
        let path = path.to_owned();
        std::thread::spawn(move || follow(&path, &told, &ended, &*notice));
        // `tell` is kept alive by the watcher alone; without a watcher the poll does the work.
        drop(tell);
        Self { _watcher: watcher, _alive: alive }
    }
}

fn follow(path: &Path, told: &Receiver<()>, ended: &Receiver<()>, notice: &(dyn Fn(Changed) + Send)) {
    let mut seen = mark(path);
    loop {
        let event = match told.recv_timeout(POLL) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                std::thread::sleep(POLL);
                false
            }
        };
        if matches!(ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected)) {
            return;
        }
        if event {
            std::thread::sleep(GATHER);
            told.try_iter().for_each(drop);
        }
        let now = mark(path);
        if event || now != seen {
            seen = now;
            notice(Changed);
        }
    }
}

/// What tells one version of a file from the next without reading it; `None` where there is none.
pub(super) type Mark = Option<(u64, u64, u64, i64, i64)>;

/// The mark of the file at `path`.
pub(super) fn mark(path: &Path) -> Mark {
    let is = path.symlink_metadata().ok()?;
    Some((is.dev(), is.ino(), is.len(), is.mtime(), is.mtime_nsec()))
}

/// The paths of a watch, for tests of this file.
#[cfg(test)]
mod tests {
    use super::*;

    fn wait_for(told: &Receiver<()>) -> bool {
        told.recv_timeout(Duration::from_secs(5)).is_ok()
    }

    #[test]
    fn a_rename_over_the_file_and_a_write_in_place_are_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cache.json");
        std::fs::write(&path, "{}").expect("written");
        let (tell, told) = channel();
        let watch = Watch::start(&path, Box::new(move |Changed| tell.send(()).expect("the test listens")));

        std::fs::write(folder.path().join("new"), "{ }").expect("written");
        std::fs::rename(folder.path().join("new"), &path).expect("renamed");
        let renamed = wait_for(&told);
        std::fs::write(&path, "{  }").expect("written");
        let rewritten = wait_for(&told);

        drop(watch);
        assert!(renamed && rewritten);
    }
}
