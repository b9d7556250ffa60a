//! The state of a cache's locks, for `lock status`. Writes nothing and takes no lock, not even to probe:
//! it may run under `--readonly`. What it cannot see it does not claim; [`clear`](super::clear()) probes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::convention::{Conventions, lock_paths};
use super::holder::{Holder, Liveness, Proof, look};
use super::kernel::LockKind;
use super::primitive;

/// One lock file and its state.
#[derive(Debug)]
pub struct LockStatus {
    /// The lock file's path, whether it is there or not.
    pub path: PathBuf,
    /// What was found there.
    pub state: LockState,
}

/// What was found at a lock path.
#[derive(Debug)]
pub enum LockState {
    /// No lock file.
    Free,
    /// A lock file that keeps apps out: its holder runs, or nothing proves that it does not.
    Held {
        /// Who holds it.
        holder: Holder,
        /// The kernel locks seen on it; none for Node, and for Python without portalocker.
        kernel: Vec<LockKind>,
    },
    /// A lock file whose holder is gone.
    LeftOver {
        /// Who left it.
        holder: Holder,
        /// Why that is sure.
        proof: Proof,
    },
    /// A link, folder, FIFO or device stands where the lock file goes.
    NotAFile,
    /// The lock file is there, but closed to us.
    Unreadable {
        /// What the system says.
        cause: io::Error,
    },
}

/// The state of every lock file of the cache of these `names`, in the order in which they are taken.
#[must_use]
pub fn status(names: &[impl AsRef<Path>], wanted: &Conventions) -> Vec<LockStatus> {
    let paths = lock_paths(names, wanted).into_iter();
    paths.map(|path| LockStatus { state: state_of(&path), path }).collect()
}

fn state_of(path: &Path) -> LockState {
    let found = fs::symlink_metadata(path).and_then(|meta| match meta.is_file() {
        true => primitive::peek(path).map(Some),
        false => Ok(None),
    });
    let file = match found {
        Ok(Some(file)) => file,
        Ok(None) => return LockState::NotAFile,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return LockState::Free,
        Err(cause) => return LockState::Unreadable { cause },
    };
    let seen = look(&file);
    match seen.holder.alive {
        Liveness::Dead(proof) => LockState::LeftOver { holder: seen.holder, proof },
        Liveness::Alive | Liveness::Foreign(_) | Liveness::Unknown => {
            LockState::Held { holder: seen.holder, kernel: seen.kernel.iter().map(|lock| lock.kind).collect() }
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::super::held::CacheLock;
    use super::super::testbed::Cache;
    use super::super::{note::Note, process};
    use super::*;

    impl Cache {
        fn state(&self) -> LockState {
            let mut all = status(&[&self.path], &Conventions::AsFolderSays);
            assert_eq!(all.len(), 1);
            all.pop().expect("one lock").state
        }

        fn held(&self) -> (Holder, Vec<LockKind>) {
            let state = self.state();
            let LockState::Held { holder, kernel } = state else { panic!("{state:?}") };
            (holder, kernel)
        }
    }

    /// Another process that holds `call` on the lock file until its stdin closes; `None` without Python.
    fn peer(lock: &Path, call: &str) -> Option<Child> {
        let script = format!(
            "import fcntl,sys\nf=open(sys.argv[1],'a+')\nfcntl.{call}\nprint('locked',flush=True)\nsys.stdin.read()"
        );
        let mut python = Command::new("python3");
        let python = python.args(["-c", &script]).arg(lock).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = python.spawn().ok()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
        assert_eq!(line, "locked\n");
        Some(child)
    }

    fn end(mut peer: Child) {
        drop(peer.stdin.take());
        peer.wait().expect("the peer ends");
    }

    #[test]
    fn no_file_is_a_free_lock() {
        let cache = Cache::new();

        assert!(matches!(cache.state(), LockState::Free));
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_called_free() {
        let cache = Cache::new();
        std::fs::write(&cache.path, "no folder").expect("written");

        let all = status(&[cache.path.join("c")], &Conventions::AsFolderSays);

        assert!(all.iter().all(|lock| matches!(lock.state, LockState::Unreadable { .. })), "{all:?}");
    }

    #[test]
    fn our_own_hold_shows_both_kernel_locks() {
        let cache = Cache::new();
        let mut lock = CacheLock::empty();
        lock.take(&cache.lock, &Note::ours()).expect("taken");

        let (holder, mut kernel) = cache.held();

        kernel.sort_by_key(|kind| *kind == LockKind::Ofd);
        assert_eq!(kernel, [LockKind::Flock, LockKind::Ofd]);
        assert_eq!((holder.pid, holder.alive), (Some(std::process::id()), Liveness::Alive));
        assert!(lock.still_ours());
    }

    #[test]
    fn a_silent_flock_or_fcntl_of_another_process_is_seen_named_and_refuses_us() {
        for (call, kind) in [("flock(f, 2)", LockKind::Flock), ("lockf(f, 2)", LockKind::Posix)] {
            let cache = Cache::new();
            let Some(peer) = peer(&cache.lock, call) else { return };

            let (holder, kernel) = cache.held();
            let ours = primitive::open(&cache.lock).expect("opened");

            assert_eq!((holder.pid, kernel), (Some(peer.id()), vec![kind]));
            assert!(holder.to_string().starts_with("python"), "{holder}");
            assert!(!primitive::lock(&ours).expect("refused"), "{call}");
            end(peer);
            assert!(primitive::lock(&ours).expect("locked"), "{call}");
        }
    }

    #[test]
    fn a_dead_writers_lock_is_left_over() {
        let cache = Cache::new();
        let mut child = Command::new("true").spawn().expect("true runs");
        child.wait().expect("true ends");
        let note = format!("{} saltcellar {} {}", child.id(), process::boot_id(), process::namespace());
        std::fs::write(&cache.lock, note).expect("written");

        let state = cache.state();

        assert!(matches!(state, LockState::LeftOver { proof: Proof::Ended, .. }), "{state:?}");
        assert!(cache.lock.exists());
    }

    #[test]
    fn what_nobody_signed_counts_as_held() {
        let cache = Cache::new();
        std::fs::write(&cache.lock, "").expect("written");

        let (holder, kernel) = cache.held();

        assert_eq!((holder.alive, kernel), (Liveness::Unknown, vec![]));
    }

    #[test]
    fn a_link_is_no_lock_file() {
        let cache = Cache::new();
        std::os::unix::fs::symlink("nowhere", &cache.lock).expect("linked");

        assert!(matches!(cache.state(), LockState::NotAFile));
    }
}
