//! Unix: `O_EXCL`, flock and OFD locks.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

/// A call that a signal interrupts is made again, this often at most.
const TRIES: usize = 10;

/// Creates the lock file, if none is there: `O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC`, 0600 from the first moment.
pub(in crate::lock) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags(OFlags::NOFOLLOW))
        .open(path)
}

/// Gives the file at `from` the name `to`, if nothing has it: as exclusive as [`create`].
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(in crate::lock) fn appear(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

/// Elsewhere a rename replaces what is there.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(in crate::lock) fn appear(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether creation failed because somebody's lock file is there.
pub(in crate::lock) fn is_taken(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::AlreadyExists
}

/// Opens an existing lock file for [`lock`]. Never truncates, never waits on a FIFO.
pub(in crate::lock) fn open(path: &Path) -> io::Result<File> {
    let flags = flags(OFlags::NOFOLLOW | OFlags::NONBLOCK);
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)
}

/// Opens a lock file to read it, leaving no trace where the system allows that (`O_NOATIME` on own files).
pub(in crate::lock) fn peek(path: &Path) -> io::Result<File> {
    let plain = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    #[cfg(target_os = "linux")]
    match OpenOptions::new().read(true).custom_flags(flags(plain | OFlags::NOATIME)).open(path) {
        Err(cause) if cause.kind() == io::ErrorKind::PermissionDenied => {}
        opened => return opened,
    }
    OpenOptions::new().read(true).custom_flags(flags(plain)).open(path)
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// Takes flock, then the OFD lock; `false` when somebody else holds one of them.
/// Both last until every copy of the descriptor is closed.
pub(in crate::lock) fn lock(file: &File) -> io::Result<bool> {
    Ok(granted(|| flock(file))? && granted(|| record_lock(file))?)
}

fn granted(mut ask: impl FnMut() -> io::Result<()>) -> io::Result<bool> {
    let mut answer = ask();
    for _ in 1..TRIES {
        if !answer.as_ref().is_err_and(|cause| cause.kind() == io::ErrorKind::Interrupted) {
            break;
        }
        answer = ask();
    }
    match answer {
        Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => Ok(false),
        answer => answer.map(|()| true),
    }
}

fn flock(file: &File) -> io::Result<()> {
    let mut lock = fd_lock::RwLock::new(file);
    let guard = lock.try_write()?;
    // Its drop would unlock before we unlink: the lock shall live as long as the descriptor.
    std::mem::forget(guard);
    Ok(())
}

/// Java locks by fcntl, which on Linux does not see flock: so both are needed.
/// An OFD lock, for a classic one drops as soon as any descriptor of the file in this process closes.
#[cfg(target_os = "linux")]
fn record_lock(file: &File) -> io::Result<()> {
    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;
    let whole = libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    match fcntl(file, FcntlArg::F_OFD_SETLK(&whole)) {
        // WSL 1 and gVisor have no OFD locks: flock alone, as on macOS.
        Ok(_) | Err(Errno::EINVAL) => Ok(()),
        Err(cause) => Err(cause.into()),
    }
}

/// macOS and BSD: flock alone. There flock and fcntl may collide with each other on one descriptor, and a
/// classic fcntl lock is lost at the next close; Java is kept out by the file's existence, for its 6 s.
#[cfg(not(target_os = "linux"))]
fn record_lock(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Whether the file system or its server refuses locks altogether: trying again would be vain.
pub(in crate::lock) fn is_unsupported(cause: &io::Error) -> bool {
    matches!(Errno::from_io_error(cause), Some(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS))
}

/// Whether `path` leads to `file`: same device, same inode, no link between.
pub(in crate::lock) fn stands_at(file: &File, path: &Path) -> io::Result<bool> {
    let there = match fs::symlink_metadata(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
        there => there?,
    };
    let here = file.metadata()?;
    Ok((here.dev(), here.ino()) == (there.dev(), there.ino()))
}

/// Unlinks `path` while `file` is still locked, unless the path leads elsewhere by now.
/// A check that cannot be made (stat fails) speaks for unlinking: we know that we put the file there.
pub(in crate::lock) fn remove(file: &File, path: &Path) -> io::Result<()> {
    if matches!(stands_at(file, path), Ok(false)) {
        return Ok(());
    }
    match fs::remove_file(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_created_lock_is_for_its_owner_alone_and_only_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("c.lockfile");

        let file = create(&path).expect("created");
        let again = create(&path).expect_err("taken");

        assert_eq!(file.metadata().expect("meta").permissions().mode() & 0o7777, 0o600);
        assert!(is_taken(&again), "{again}");
    }

    #[test]
    fn no_door_follows_a_link() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, victim) = (dir.path().join("c.lockfile"), dir.path().join("victim"));
        fs::write(&victim, "dear").expect("written");
        symlink(&victim, &path).expect("linked");

        assert!(create(&path).is_err());
        assert!(open(&path).is_err());
        assert!(peek(&path).is_err());
        assert_eq!(fs::read_to_string(&victim).expect("read"), "dear");
    }

    #[test]
    fn a_lock_lives_with_its_descriptor() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("c.lockfile");
        let ours = create(&path).expect("created");
        let theirs = open(&path).expect("opened");

        assert!(lock(&ours).expect("locked"));
        assert!(!lock(&theirs).expect("refused"));
        drop(ours);
        assert!(lock(&theirs).expect("free again"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn both_kernel_locks_are_taken() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("c.lockfile");
        let ours = create(&path).expect("created");
        assert!(lock(&ours).expect("locked"));

        // Each alone keeps its own kind out: .NET, Go and Python know the one, Java the other.
        let theirs = open(&path).expect("opened");
        assert!(!granted(|| flock(&theirs)).expect("refused"));
        assert!(!granted(|| record_lock(&theirs)).expect("refused"));
    }

    #[test]
    fn a_call_is_made_again_only_when_a_signal_broke_it_and_other_errors_are_no_answer() {
        let asked = std::cell::Cell::new(0);
        let ask = |cause: Errno, times: usize| {
            asked.set(0);
            granted(|| {
                asked.set(asked.get() + 1);
                if asked.get() > times { Ok(()) } else { Err(cause.into()) }
            })
        };

        assert!(ask(Errno::INTR, 3).expect("at last"));
        assert_eq!(asked.get(), 4);
        assert!(ask(Errno::INTR, TRIES).is_err());
        assert_eq!(asked.get(), TRIES);
        assert!(!ask(Errno::AGAIN, 1).expect("somebody has it"));
        assert_eq!(asked.get(), 1);
        assert!(is_unsupported(&ask(Errno::NOLCK, 1).expect_err("no locks there")));
        assert!(!is_unsupported(&ask(Errno::IO, 1).expect_err("a broken disk")));
    }

    #[test]
    fn a_path_that_cannot_be_looked_at_is_told_and_one_that_is_gone_is_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, inside) = (dir.path().join("c.lockfile"), dir.path().join("c.lockfile/inside"));
        let file = create(&path).expect("created");

        assert!(stands_at(&file, &inside).is_err(), "a file is no folder");
        assert!(remove(&file, &inside).is_err());
        fs::remove_file(&path).expect("removed");

        assert!(!stands_at(&file, &path).expect("looked at"));
        remove(&file, &path).expect("nothing is left to do");
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("c.lockfile");
        let ours = create(&path).expect("created");
        assert!(stands_at(&ours, &path).expect("checked"));
        fs::remove_file(&path).expect("node was here");
        fs::write(&path, "4242 az").expect("and somebody after it");

        assert!(!stands_at(&ours, &path).expect("checked"));
        remove(&ours, &path).expect("left alone");
        assert_eq!(fs::read_to_string(&path).expect("read"), "4242 az");
    }
}
