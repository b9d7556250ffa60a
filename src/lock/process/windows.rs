//! Windows: asks the system for the process itself. A pid means the same process to everybody on the machine; what WSL
//! numbers is told by the namespace in its note.

use std::ffi::OsStr;

use super::Presence;
use crate::system::{self, Running};

/// Stands for what this system does not tell.
const UNTOLD: &str = "-";

/// Looks for the process `pid`.
pub(in crate::lock) fn presence(pid: u32) -> Presence {
    match system::is_running(pid) {
        Running::Yes => Presence::Running { started: system::started(pid) },
        Running::No => Presence::Ended,
        Running::Untold => Presence::Untold,
    }
}

/// The name of the program that runs as `pid`.
pub(in crate::lock) fn program(pid: u32) -> Option<String> {
    system::program(pid)
}

/// The name of this machine is not asked for.
pub(in crate::lock) fn is_host_name(_word: &str) -> bool {
    false
}

/// A run of the system has no id here; a process that started later tells the same.
pub(in crate::lock) fn boot_id() -> String {
    UNTOLD.to_owned()
}

/// There is one space of pids.
pub(in crate::lock) fn namespace() -> String {
    UNTOLD.to_owned()
}

/// Pids of Linux below this Windows are not told from its own: a peer's note that names one is only said, not judged,
/// where no process has the number. Nothing tells, so nothing is claimed.
pub(in crate::lock) fn may_be_elsewhere(_pid: u32) -> bool {
    true
}

/// Who has a file open is told by no call that leaves the others alone; they refuse us instead.
pub(in crate::lock) fn that_have_open(_name: &OsStr) -> Vec<u32> {
    Vec::new()
}

/// There is no `/proc`.
pub(in crate::lock) fn proc_is_ours() -> bool {
    false
}
