//! The locks of a cache in words: free, held and by whom, left over and how we know. Judges nothing by itself.

use super::place;
use super::words::{Line, Role};
use crate::source::{LockState, LockStatus};

/// One line a lock: its state, its path, who holds it.
#[must_use]
pub fn line(lock: &LockStatus) -> Line {
    let path = lock.path.display().to_string();
    let of = |state, role| Line::new().with(role, state).with(Role::Plain, &path);
    match &lock.state {
        LockState::Free => of("free       ", Role::Good),
        LockState::Held { holder, .. } => {
            of("held       ", Role::Warn).with(Role::Plain, &format!("  by {}", place::holder(holder)))
        }
        LockState::LeftOver { holder, proof } => {
            of("left over  ", Role::Bad).with(Role::Plain, &format!("  by {}: {proof}", place::holder(holder)))
        }
        LockState::NotAFile => of("no file    ", Role::Bad).with(Role::Plain, "  something else stands there"),
        LockState::Unreadable { cause } => of("closed     ", Role::Warn).with(Role::Plain, &format!("  {cause}")),
    }
}

/// The word for a lock that nobody holds.
pub const FREE: &str = "free";

/// The first lock of a cache that is not free, in a few safe words: "held by python (pid 4242)"; "free" where all are.
#[must_use]
pub fn told(locks: &[LockStatus]) -> String {
    let words = |lock: &LockStatus| match &lock.state {
        LockState::Free => None,
        LockState::Held { holder, .. } => Some(format!("held by {}", place::holder(holder))),
        LockState::LeftOver { holder, .. } => Some(format!("left over by {}", place::holder(holder))),
        LockState::NotAFile => Some("no file: something else stands there".to_owned()),
        LockState::Unreadable { .. } => Some("closed to us".to_owned()),
    };
    locks.iter().find_map(words).unwrap_or_else(|| FREE.to_owned())
}

/// The word of a state in JSON.
#[must_use]
pub fn name(state: &LockState) -> &'static str {
    match state {
        LockState::Free => "free",
        LockState::Held { .. } => "held",
        LockState::LeftOver { .. } => "left-over",
        LockState::NotAFile => "not-a-file",
        LockState::Unreadable { .. } => "unreadable",
    }
}
