//! Removes lock files that their holders left: our own unasked, another's only when asked and with proof.
//! Never removes on age alone, nor where a process namespace may be foreign.
//!
//! Safe against races: the file is judged by its descriptor, locked by both kernel locks, compared with its path,
//! and unlinked while locked. A second remover fails to lock it, or finds the path leading elsewhere.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::holder::{Holder, Liveness, Proof, Sighting, is_ours, look};
use super::primitive;
use crate::time::Clock;

/// A peer's lock that is younger is left alone: its writer may not have got to its kernel lock yet.
const MIN_AGE: Duration = Duration::from_secs(120);

/// What [`clear`] removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// Who had left it.
    pub holder: Holder,
    /// Why that is sure.
    pub proof: Proof,
}

/// Why a lock file was not removed.
#[derive(Debug, thiserror::Error)]
pub enum ClearError {
    /// There is no lock file.
    #[error("{path} is not there")]
    Missing {
        /// The lock file.
        path: PathBuf,
    },
    /// Its holder runs, or holds a kernel lock.
    #[error("{path} is held by {holder}")]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Who holds it.
        holder: Box<Holder>,
    },
    /// It was written less than two minutes ago.
    #[error("{path} was written less than 2 minutes ago by {holder}")]
    Young {
        /// The lock file.
        path: PathBuf,
        /// Who wrote it.
        holder: Box<Holder>,
    },
    /// Its holder may run in another container or on another machine.
    #[error("{path} is held by {holder}: that process cannot be seen from here")]
    Foreign {
        /// The lock file.
        path: PathBuf,
        /// Who wrote it.
        holder: Box<Holder>,
    },
    /// Nothing in it or about it tells whose it is.
    #[error("nothing proves that {path} is a lock left over")]
    Unproven {
        /// The lock file.
        path: PathBuf,
    },
    /// A symbolic link stands there.
    #[error("{path} is a symbolic link")]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// The lock file cannot be opened or locked.
    #[error("cannot open {path}")]
    Open {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The lock file cannot be removed.
    #[error("cannot remove {path}")]
    Remove {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

/// Removes the lock file `path`, if its holder is surely gone.
///
/// # Errors
/// [`ClearError`]: nothing was removed.
pub fn clear(path: &Path, clock: &dyn Clock) -> Result<Cleared, ClearError> {
    let file = open(path)?;
    let seen = look(&file);
    let proof = prove(path, &seen, clock)?;
    match lock_and_remove(&file, path) {
        Ok(true) => Ok(Cleared { holder: seen.holder, proof }),
        Ok(false) => Err(ClearError::Held { path: path.to_owned(), holder: Box::new(Holder::at(path)) }),
        Err(cause) => Err(ClearError::Remove { path: path.to_owned(), cause }),
    }
}

fn open(path: &Path) -> Result<File, ClearError> {
    let failed = |cause: io::Error| match cause.kind() == io::ErrorKind::NotFound {
        true => ClearError::Missing { path: path.to_owned() },
        false => ClearError::Open { path: path.to_owned(), cause },
    };
    let meta = fs::symlink_metadata(path).map_err(failed)?;
    if meta.is_symlink() {
        return Err(ClearError::Symlink { path: path.to_owned() });
    }
    if !meta.is_file() {
        return Err(ClearError::Unproven { path: path.to_owned() });
    }
    primitive::open(path).map_err(|cause| match primitive::is_taken(&cause) {
        // Windows opens to nobody what a holder does not share.
        true => ClearError::Held { path: path.to_owned(), holder: Box::new(Holder::at(path)) },
        false => failed(cause),
    })
}

fn prove(path: &Path, seen: &Sighting, clock: &dyn Clock) -> Result<Proof, ClearError> {
    let path = path.to_owned();
    let holder = || Box::new(seen.holder.clone());
    let proof = match seen.holder.alive {
        Liveness::Alive => {
            return Err(ClearError::Held { path, holder: holder() });
        }
        Liveness::Foreign(_) => {
            return Err(ClearError::Foreign { path, holder: holder() });
        }
        Liveness::Unknown => return Err(ClearError::Unproven { path }),
        Liveness::Dead(proof) => proof,
    };
    let age = seen.written.map_or(Duration::ZERO, |written| clock.wall().saturating_sub(written));
    if !seen.is_ours && age < MIN_AGE {
        return Err(ClearError::Young { path, holder: holder() });
    }
    Ok(proof)
}

/// Removes a stale lock of our own at `path`; whether it did. Ours are always under both kernel locks from before
/// the note is written until the file is gone: free locks and a dead pid prove it left.
pub(super) fn reap_own(path: &Path) -> bool {
    let Ok(peeked) = primitive::peek(path) else {
        return false;
    };
    if !is_ours(&peeked) {
        return false;
    }
    let Ok(file) = primitive::open(path) else {
        return false;
    };
    let seen = look(&file);
    let is_left = seen.is_ours && matches!(seen.holder.alive, Liveness::Dead(_));
    is_left && lock_and_remove(&file, path).unwrap_or(false)
}

fn lock_and_remove(file: &File, path: &Path) -> io::Result<bool> {
    if !primitive::lock(file)? || !primitive::stands_at(file, path)? {
        return Ok(false);
    }
    primitive::remove(file, path)?;
    Ok(true)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::UNIX_EPOCH;

    use super::super::process;
    use super::super::testbed::dead_pid;
    use super::*;
    use crate::time::{ManualClock, UnixSeconds};

    const WRITTEN: u64 = 4_000_000_000;

    struct Left {
        _dir: tempfile::TempDir,
        path: PathBuf,
    }

    impl Left {
        /// A lock file written long after every process of today has started.
        fn with(note: &str) -> Self {
            let dir = tempfile::tempdir().expect("a folder");
            let path = dir.path().join("c.lockfile");
            fs::write(&path, note).expect("written");
            let left = Self { path, _dir: dir };
            left.written_at(WRITTEN);
            left
        }

        fn written_at(&self, seconds: u64) {
            let file = File::options().write(true).open(&self.path).expect("opened");
            file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).expect("stamped");
        }

        fn clear_after(&self, seconds: i64) -> Result<Cleared, ClearError> {
            clear(&self.path, &ManualClock::at(UnixSeconds(4_000_000_000 + seconds)))
        }
    }

    /// What is judged where no other process namespace can be; elsewhere it is only said.
    fn judged_here(result: Result<Cleared, ClearError>) -> Option<Proof> {
        match result {
            Ok(cleared) => Some(cleared.proof),
            Err(ClearError::Foreign { .. }) if process::may_be_elsewhere(0) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_strangers_lock_goes_when_its_process_is_dead_and_two_minutes_have_passed() {
        for runtime in ["# az", "\u{feff}# pwsh\n", "#", "# host", "{#} {kubelogin}"] {
            let left = Left::with(&runtime.replace('#', &dead_pid().to_string()));

            let proof = judged_here(left.clear_after(120));

            assert_eq!(proof.is_some(), !left.path.exists(), "{runtime}");
            assert!(matches!(proof, Some(Proof::Ended) | None), "{runtime}");
        }
    }

    #[test]
    fn a_strangers_lock_goes_when_its_pid_was_given_to_a_later_process() {
        let left = Left::with(&format!("{} az", std::process::id()));
        left.written_at(1_000_000_000);

        let proof = judged_here(left.clear_after(120));

        assert!(matches!(proof, Some(Proof::Reused) | None), "{proof:?}");
    }

    #[test]
    fn a_young_lock_stays() {
        let left = Left::with(&format!("{} az", dead_pid()));

        let error = left.clear_after(119).expect_err("kept");

        assert!(matches!(error, ClearError::Young { .. } | ClearError::Foreign { .. }), "{error}");
        assert!(left.path.exists());
    }

    #[test]
    fn a_lock_of_ours_needs_no_age() {
        let left = Left::with(&format!("{} saltcellar {} {}", dead_pid(), process::boot_id(), process::namespace()));

        let cleared = left.clear_after(0).expect("cleared");

        assert_eq!((cleared.proof, cleared.holder.to_string().contains("saltcellar")), (Proof::Ended, true));
        assert!(!left.path.exists());
    }

    #[test]
    fn a_lock_of_a_living_process_stays() {
        let left = Left::with(&format!("{} az", std::process::id()));

        let error = left.clear_after(9999).expect_err("kept");

        assert!(matches!(error, ClearError::Held { .. }), "{error}");
        assert!(left.path.exists());
    }

    #[test]
    fn a_kernel_lock_outvotes_a_dead_note() {
        let left = Left::with(&format!("{} az", dead_pid()));
        let dotnet = primitive::open(&left.path).expect("opened");
        assert!(primitive::lock(&dotnet).expect("locked"));

        let error = left.clear_after(9999).expect_err("kept");

        assert!(matches!(error, ClearError::Held { .. }), "{error}");
        assert!(left.path.exists());
    }

    #[test]
    fn another_namespace_is_said_not_judged() {
        let left = Left::with(&format!("{} saltcellar {} 1", dead_pid(), process::boot_id()));

        let error = left.clear_after(9999).expect_err("kept");

        assert!(error.to_string().contains("may belong to another container"), "{error}");
        assert!(left.path.exists());
    }

    #[test]
    fn what_names_nobody_stays() {
        for content in ["", "{\"AccessToken\": {}}", "az"] {
            let left = Left::with(content);

            let error = left.clear_after(9999).expect_err("kept");

            assert!(matches!(error, ClearError::Unproven { .. }), "{error}");
            assert!(left.path.exists());
        }
    }

    #[test]
    fn links_folders_and_nothing_are_refused() {
        let left = Left::with("");
        let folder = left.path.with_file_name("folder");
        let link = left.path.with_file_name("link");
        fs::create_dir(&folder).expect("made");
        symlink(&left.path, &link).expect("linked");
        let clock = ManualClock::at(UnixSeconds(0));

        assert!(matches!(clear(&link, &clock), Err(ClearError::Symlink { .. })));
        assert!(matches!(clear(&folder, &clock), Err(ClearError::Unproven { .. })));
        assert!(matches!(clear(Path::new("/nowhere/l"), &clock), Err(ClearError::Missing { .. })));
    }

    #[test]
    fn a_path_that_leads_elsewhere_by_now_stays() {
        let left = Left::with("1 az");
        let file = primitive::open(&left.path).expect("opened");
        fs::remove_file(&left.path).expect("the holder let go");
        fs::write(&left.path, "1 new").expect("and another took it");

        assert!(!lock_and_remove(&file, &left.path).expect("looked"));
        assert!(left.path.exists());
    }
}
