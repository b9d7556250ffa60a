//! What can be known of a process from its pid: whether it runs, since when, its name, and whether
//! the pid may mean a process elsewhere. Sends no signal.

use std::time::Duration;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as imp;
#[cfg(windows)]
use windows as imp;

pub(super) use imp::{
    boot_id, is_host_name, may_be_elsewhere, namespace, presence, proc_is_ours, program, that_have_open,
};

/// Whether a pid stands for a process here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It runs, and since when, as time since 1970.
    Running { started: Option<Duration> },
    /// There is none, or it has ended and only waits for its parent.
    Ended,
    /// This system does not say.
    Untold,
}
