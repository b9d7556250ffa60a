//! Notices that another process wrote: the kernel's word on the folder (writers rename, so the file itself would be
//! lost from sight), and a look at the file every two seconds where the kernel says nothing (network, containers).
//! Says only that something may have changed; whoever is told compares the content.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::system;

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
        let watcher = kernel(path, &tell);
        // `tell` is kept alive by the watcher alone; without a watcher the poll does the work.
        drop(tell);
        Self::following(path, watcher, told, notice)
    }

    fn following(
        path: &Path,
        watcher: Option<RecommendedWatcher>,
        told: Receiver<()>,
        notice: Box<dyn Fn(Changed) + Send>,
    ) -> Self {
        let (alive, ended) = channel();
        // Before anybody reads the file, not when the thread comes to it: a change between the two would be lost.
        let (path, seen) = (path.to_owned(), mark(path));
        std::thread::spawn(move || follow(&path, seen, &told, &ended, &*notice));
        Self { _watcher: watcher, _alive: alive }
    }
}

/// The kernel's word on the folder of `path`, where it gives one.
fn kernel(path: &Path, tell: &Sender<()>) -> Option<RecommendedWatcher> {
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
    watcher.and_then(|mut watcher| watcher.watch(folder, RecursiveMode::NonRecursive).map(|()| watcher)).ok()
}

fn follow(path: &Path, mut seen: Mark, told: &Receiver<()>, ended: &Receiver<()>, notice: &(dyn Fn(Changed) + Send)) {
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
pub(super) type Mark = Option<((u64, u64), u64, Option<Duration>)>;

/// The mark of the file at `path`.
pub(super) fn mark(path: &Path) -> Mark {
    let is = system::stat_at(path).ok()?;
    Some((is.identity, is.len, is.modified))
}

/// How soon which change is noticed, by the kernel's word and without it.
#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// The promise where the kernel tells, and where it does not; the machine of a test may be busy.
    const TOLD: Duration = Duration::from_millis(250);
    const POLLED: Duration = Duration::from_millis(2500);
    const BUSY: Duration = Duration::from_secs(5);

    /// A file, and the ways in which writers change it.
    struct Scene {
        folder: tempfile::TempDir,
        told: Receiver<()>,
        watch: Watch,
    }

    impl Scene {
        fn new(start: impl FnOnce(&Path, Box<dyn Fn(Changed) + Send>) -> Watch) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("cache.json");
            std::fs::write(&path, "{}").expect("written");
            let (tell, told) = channel();
            let notice = move |Changed| {
                // The test may have ended.
                let _ = tell.send(());
            };
            let watch = start(&path, Box::new(notice));
            Self { folder, told, watch }
        }

        /// How long it takes to notice `change`.
        fn time(&self, change: impl FnOnce(&Path, &Path)) -> Duration {
            self.told.try_iter().for_each(drop);
            let start = Instant::now();
            change(&self.folder.path().join("cache.json"), &self.folder.path().join("new"));
            self.told.recv_timeout(BUSY).expect("it is noticed");
            let taken = start.elapsed();
            // What the same change still says is no news of the next one.
            std::thread::sleep(2 * GATHER);
            taken
        }

        /// The times of every way to change a file.
        fn times(&self) -> [(&'static str, Duration); 5] {
            let put = |path: &Path, text: &str| std::fs::write(path, text).expect("written");
            let rename = |path: &Path, new: &Path| std::fs::rename(new, path).expect("renamed");
            [
                ("rename", self.time(|path, new| (put(new, "{ }"), rename(path, new)).1)),
                ("truncate and write", self.time(|path, _| put(path, "{  }"))),
                ("delete", self.time(|path, _| std::fs::remove_file(path).expect("removed"))),
                ("create", self.time(|path, _| put(path, "{   }"))),
                ("rename again", self.time(|path, new| (put(new, "{    }"), rename(path, new)).1)),
            ]
        }
    }

    #[test]
    fn every_way_to_change_a_file_is_noticed_at_once_by_the_kernels_word() {
        let scene = Scene::new(Watch::start);

        let best = (0..3)
            .map(|_| scene.times().map(|(_, taken)| taken))
            .reduce(|a, b| [0, 1, 2, 3, 4].map(|n| a[n].min(b[n])));

        assert!(best.is_some_and(|best| best.iter().all(|taken| *taken <= TOLD)), "{best:?}");
    }

    #[test]
    fn without_the_kernels_word_the_poll_notices_it() {
        let scene = Scene::new(|path, notice| {
            let (_, told) = channel();
            Watch::following(path, None, told, notice)
        });

        for (what, taken) in scene.times() {
            assert!(taken <= POLLED + Duration::from_millis(500), "{what} took {taken:?}");
        }
    }

    #[test]
    fn a_watch_that_is_dropped_says_nothing_more() {
        let Scene { folder, told, watch } = Scene::new(Watch::start);
        drop(watch);
        std::thread::sleep(2 * GATHER);

        std::fs::write(folder.path().join("cache.json"), "{ }").expect("written");

        assert!(told.recv_timeout(Duration::from_millis(300)).is_err());
    }
}
