//! Takes every lock of a cache, waiting as long as the caller grants. Holds none while it waits, and never removes
//! what another program left.

use std::path::{Path, PathBuf};

use super::convention::{Conventions, lock_paths};
use super::error::LockError;
use super::held::CacheLock;
use super::holder::Holder;
use super::note::Note;
use super::patience::{Patience, Pause, Wait};

/// Takes the locks of the cache of these `names`, waiting as long as `patience` grants.
///
/// Of leftovers only our own are removed. All locks or none: one that is busy lets the others go before the next
/// try, for Python gives up after 5 s (filelock.py).
///
/// # Errors
/// [`LockError`]: whatever it is, no lock file of ours remains.
pub fn acquire(
    names: &[impl AsRef<Path>],
    wanted: &Conventions,
    patience: &Patience<'_>,
) -> Result<CacheLock, LockError> {
    let paths = lock_paths(names, wanted);
    // Made before anything is held: a lock is for the work alone.
    let note = Note::ours();
    let mut wait = Wait::new(patience);
    loop {
        if patience.is_cancelled() {
            return Err(LockError::Cancelled);
        }
        let path = match take_all(&paths, &note)? {
            Attempt::Taken(lock) => return Ok(lock),
            Attempt::Occupied(path) => path,
        };
        match wait.pause(&|| Holder::at(path)) {
            Pause::TryAgain => {}
            Pause::Cancelled => return Err(LockError::Cancelled),
            Pause::Over => {
                return Err(LockError::Busy { path: path.clone(), holder: Box::new(Holder::at(path)) });
            }
        }
    }
}

enum Attempt<'p> {
    Taken(CacheLock),
    Occupied(&'p PathBuf),
}

fn take_all<'p>(paths: &'p [PathBuf], note: &str) -> Result<Attempt<'p>, LockError> {
    let mut lock = CacheLock::empty();
    for path in paths {
        if !lock.take(path, note)? {
            return Ok(Attempt::Occupied(path));
        }
    }
    Ok(Attempt::Taken(lock))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::cell::RefCell;
    use std::fs::{self, File};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    use super::super::testbed::{Cache, dead_pid};
    use super::super::{Liveness, primitive, process};
    use super::*;
    use crate::time::{Clock, ManualClock, SystemClock, UnixSeconds};

    impl Cache {
        fn locked_by(note: &str) -> Self {
            let cache = Self::new();
            fs::write(&cache.lock, note).expect("written");
            cache
        }

        fn acquire(&self, clock: &dyn Clock, cancel: &AtomicBool) -> Result<CacheLock, LockError> {
            let patience = Patience { clock, wait: Duration::from_secs(20), cancel, waiting: &|_| {} };
            acquire(&[&self.path], &Conventions::AsFolderSays, &patience)
        }

        fn acquire_in_manual_time(&self) -> Result<CacheLock, LockError> {
            self.acquire(&ManualClock::at(UnixSeconds(0)), &AtomicBool::new(false))
        }
    }

    fn note(pid: u32) -> String {
        format!("{pid} saltcellar {} {}", process::boot_id(), process::namespace())
    }

    fn busy(result: Result<CacheLock, LockError>) -> Holder {
        let error = result.expect_err("busy");
        let LockError::Busy { holder, .. } = error else { panic!("{error}") };
        *holder
    }

    #[test]
    fn a_free_cache_is_locked_and_let_go() {
        let cache = Cache::new();

        let lock = cache.acquire_in_manual_time().expect("taken");
        assert!(cache.lock.exists() && lock.still_ours());
        lock.release().expect("released");

        assert!(!cache.lock.exists());
    }

    #[test]
    fn a_lock_that_exists_is_waited_for_in_vain_and_its_holder_named() {
        let cache = Cache::locked_by(&format!("{} az", std::process::id()));
        let clock = ManualClock::at(UnixSeconds(0));

        let error = cache.acquire(&clock, &AtomicBool::new(false)).expect_err("busy");

        let program = process::program(std::process::id()).expect("a name");
        let (path, pid) = (cache.lock.display(), std::process::id());
        assert_eq!(error.to_string(), format!("{path} is held by {program} (pid {pid})"));
        assert_eq!(clock.elapsed(), Duration::from_secs(20));
        assert!(cache.lock.exists());
    }

    #[test]
    fn whoever_waits_is_told_the_holder_once() {
        let cache = Cache::locked_by(&std::process::id().to_string());
        let (clock, cancel) = (ManualClock::at(UnixSeconds(0)), AtomicBool::new(false));
        let told = RefCell::new(Vec::new());
        let waiting = |holder: &Holder| told.borrow_mut().push((clock.elapsed(), holder.pid));

        let patience = Patience { clock: &clock, wait: Duration::from_secs(9), cancel: &cancel, waiting: &waiting };
        busy(acquire(&[&cache.path], &Conventions::AsFolderSays, &patience));

        let told = told.into_inner();
        assert_eq!(told.len(), 1);
        assert!(told.iter().all(|(when, pid)| when.as_millis() >= 200 && *pid == Some(std::process::id())));
    }

    #[test]
    fn a_second_acquire_finds_the_first_alive() {
        let cache = Cache::new();
        let _first = cache.acquire_in_manual_time().expect("taken");

        let holder = busy(cache.acquire_in_manual_time());

        assert_eq!((holder.pid, holder.alive), (Some(std::process::id()), Liveness::Alive));
    }

    #[test]
    fn a_cancel_is_seen_within_50_ms() {
        let cache = Cache::locked_by("1 init");
        let cancel = AtomicBool::new(false);

        let seen = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let error = cache.acquire(&SystemClock::new(), &cancel).expect_err("cancelled");
                (matches!(error, LockError::Cancelled), Instant::now())
            });
            std::thread::sleep(Duration::from_millis(130));
            let asked = Instant::now();
            cancel.store(true, Ordering::Relaxed);
            let (cancelled, ended) = waiter.join().expect("joined");
            (cancelled, ended.saturating_duration_since(asked))
        });

        assert!(seen.0);
        assert!(seen.1 < Duration::from_millis(50), "{seen:?}");
    }

    #[test]
    fn a_cancel_before_the_start_takes_nothing() {
        let cache = Cache::new();

        let error = cache.acquire(&SystemClock::new(), &AtomicBool::new(true)).expect_err("cancelled");

        assert!(matches!(error, LockError::Cancelled));
        assert!(!cache.lock.exists());
    }

    #[test]
    fn our_own_stale_lock_is_replaced_at_once() {
        let rebooted = format!("1 saltcellar 00000000-0000-0000-0000-000000000000 {}", process::namespace());
        for left in [note(dead_pid()), note(std::process::id()), rebooted] {
            let cache = Cache::locked_by(&left);
            let clock = ManualClock::at(UnixSeconds(0));

            let lock = cache.acquire(&clock, &AtomicBool::new(false)).expect("taken");

            assert!(lock.still_ours());
            assert_eq!(clock.elapsed(), Duration::ZERO, "{left}");
        }
    }

    #[test]
    fn our_own_lock_is_kept_while_its_process_runs_or_may_run_elsewhere() {
        let elsewhere = format!("{} saltcellar {} 1", dead_pid(), process::boot_id());
        for live in [note(std::os::unix::process::parent_id()), elsewhere] {
            let cache = Cache::locked_by(&live);

            busy(cache.acquire_in_manual_time());

            assert_eq!(fs::read_to_string(&cache.lock).expect("read"), live);
        }
    }

    #[test]
    fn our_own_dead_note_under_a_living_kernel_lock_is_kept() {
        let cache = Cache::locked_by(&note(dead_pid()));
        let dotnet = primitive::open(&cache.lock).expect("opened");
        assert!(primitive::lock(&dotnet).expect("locked"));

        let holder = busy(cache.acquire_in_manual_time());

        assert_eq!((holder.pid, holder.alive), (Some(std::process::id()), Liveness::Alive));
        assert!(cache.lock.exists());
    }

    #[test]
    fn a_strangers_stale_lock_is_never_removed() {
        for left in [format!("{} az", dead_pid()), String::new(), "{\"AccessToken\": {}}".to_owned()] {
            let cache = Cache::locked_by(&left);
            let file = File::options().write(true).open(&cache.lock).expect("opened");
            file.set_modified(std::time::UNIX_EPOCH).expect("aged");

            busy(cache.acquire_in_manual_time());

            assert_eq!(fs::read_to_string(&cache.lock).expect("read"), left);
        }
    }

    #[test]
    fn a_busy_folder_lets_the_file_lock_go_between_two_tries() {
        let cache = Cache::new();
        fs::write(cache.path.with_file_name(".lockfile"), "1 host").expect("java holds the folder");
        let (clock, cancel) = (ManualClock::at(UnixSeconds(0)), AtomicBool::new(false));
        let waiting = |_: &Holder| assert!(!cache.lock.exists(), "held while waiting");

        let patience = Patience { clock: &clock, wait: Duration::from_secs(1), cancel: &cancel, waiting: &waiting };
        let holder = busy(acquire(&[&cache.path], &Conventions::WithFolder, &patience));

        assert_eq!(holder.pid, Some(1));
        assert!(!cache.lock.exists());
    }

    #[test]
    fn threads_take_turns() {
        let cache = Cache::new();
        let (inside, most) = (std::sync::atomic::AtomicUsize::new(0), std::sync::atomic::AtomicUsize::new(0));

        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let lock = cache.acquire(&SystemClock::new(), &AtomicBool::new(false)).expect("taken");
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    inside.fetch_sub(1, Ordering::SeqCst);
                    lock.release().expect("released");
                });
            }
        });

        assert_eq!(most.into_inner(), 1);
        assert!(!cache.lock.exists());
    }
}
