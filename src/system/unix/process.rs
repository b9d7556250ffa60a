//! Processes of Unix: what ours keeps to itself, whether another runs, and how a command that we ran ended.

use std::io;
use std::process::{Child, ExitStatus};

use std::os::unix::process::ExitStatusExt as _;

use rustix::fs::Mode;
use rustix::process::{Pid, Resource, Rlimit, Signal};

use crate::system::Running;

/// The rights that files of this process lacked when it was started.
#[derive(Clone, Copy, Debug)]
pub struct Umask(Mode);

/// Keeps what we read to ourselves: no core dump, no file that others can read. Best effort: none of it may keep the
/// program from working.
pub fn harden() -> Umask {
    let umask = rustix::process::umask(Mode::RWXG | Mode::RWXO);
    _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    Umask(umask)
}

/// Shuts out debuggers of the same user, where the system can. What cannot be dumped cannot open its own
/// `/dev/fd/N` either.
pub fn shut_out_debuggers() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// From now on this thread, and those that it starts, can change no file and no folder: a second wall behind `--readonly`,
/// which the kernel holds (Landlock, Linux 5.13). What is open already stays so, the terminal can be opened,
/// and modes and times can be set. Returns whether the kernel does so; none of it may keep the program from working.
#[cfg(target_os = "linux")]
pub fn forbid_writes() -> bool {
    use landlock::{
        ABI, AccessFs, PathBeneath, PathFd, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError,
        RulesetStatus,
    };
    let walled = || -> Result<bool, RulesetError> {
        // Older kernels hold what they know of it.
        let mut rules = Ruleset::default().handle_access(AccessFs::from_write(ABI::V3))?.create()?;
        for device in ["/dev/null", "/dev/pts", "/dev/tty"] {
            if let Ok(device) = PathFd::new(device) {
                rules = rules.add_rule(PathBeneath::new(device, AccessFs::WriteFile))?;
            }
        }
        Ok(rules.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
    };
    walled().unwrap_or(false)
}

/// Elsewhere no system call does so.
#[cfg(not(target_os = "linux"))]
pub fn forbid_writes() -> bool {
    false
}

/// Runs `work` under the rights with which this process was started.
pub fn under<T>(umask: Umask, work: impl FnOnce() -> T) -> T {
    let ours = rustix::process::umask(umask.0);
    let done = work();
    rustix::process::umask(ours);
    done
}

/// Whether there is a process `pid`. Sends no signal.
#[must_use]
pub fn is_running(pid: u32) -> Running {
    use rustix::io::Errno;
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return Running::Untold;
    };
    match rustix::process::test_kill_process(pid) {
        Err(Errno::SRCH) => Running::No,
        // Not permitted to signal it: so it is there.
        Ok(()) | Err(Errno::PERM) => Running::Yes,
        Err(_) => Running::Untold,
    }
}

/// Hands `signal` on to `child`, if it asks to end and the terminal does not send it to the child itself.
pub fn hand_on(signal: u8, child: &Child) {
    let asks_to_end = [Signal::TERM, Signal::HUP, Signal::USR1, Signal::USR2];
    let signal = asks_to_end.into_iter().find(|known| known.as_raw() == i32::from(signal));
    if let Some((signal, pid)) = signal.zip(i32::try_from(child.id()).ok().and_then(Pid::from_raw)) {
        // It may have ended by itself in this moment.
        _ = rustix::process::kill_process(pid, signal);
    }
}

/// The exit code of a command as shells tell it: 128 and the signal for one that a signal ended.
#[must_use]
pub fn code_of(status: &ExitStatus) -> Option<u8> {
    let signal = || Some(128 + u8::try_from(status.signal()?).ok()?);
    status.code().and_then(|code| u8::try_from(code).ok()).or_else(signal)
}

/// Stops the process group, as the terminal itself does for ctrl-z: a wrapper script stops with us.
///
/// # Errors
/// Those of the system.
pub fn stop_group() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(Signal::TSTP)?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn behind_the_wall_files_are_read_and_none_is_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("c"), "old").expect("written");
        let mut open = std::fs::File::create(path("open")).expect("created");

        // A wall is around one thread.
        let tried = std::thread::scope(|scope| {
            let behind = scope.spawn(|| {
                forbid_writes().then(|| {
                    let device = std::fs::File::options().write(true).open("/dev/null").map(drop);
                    let written = io::Write::write_all(&mut open, b"what was open");
                    let changes = [
                        std::fs::write(path("c"), "new"),
                        std::fs::write(path("new"), ""),
                        std::fs::remove_file(path("c")),
                        std::fs::rename(path("c"), path("d")),
                        std::fs::create_dir(path("folder")),
                    ];
                    (std::fs::read_to_string(path("c")), device.and(written), changes)
                })
            });
            behind.join().expect("it ends")
        });

        let Some((read, allowed, changes)) = tried else {
            println!("skipped: this kernel has no Landlock");
            return;
        };
        assert_eq!(read.expect("read"), "old");
        allowed.expect("a device, and what was open before");
        for change in changes {
            assert_eq!(change.expect_err("forbidden").kind(), io::ErrorKind::PermissionDenied);
        }
        std::fs::write(path("c"), "new").expect("outside of it nothing is forbidden");
    }
}
