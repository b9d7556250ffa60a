//! Who may touch a cache: takes the locks of every MSAL runtime at once, names who holds them, and
//! removes what a dead process left. Knows nothing of what a cache holds. A top: it re-exports its children.
//!
//! There is no one lock (`python` and `node`: the file's existence; `.NET` and `go`: flock; `java`: fcntl on another
//! path), so [`acquire`] creates each lock file exclusively, under both kernel locks and signed.
//! A lock is released by unwinding: signals become the [`Patience::cancel`] flag, no registry is kept.

mod acquire;
mod clear;
mod convention;
mod error;
mod held;
mod holder;
mod kernel;
mod note;
mod openers;
mod patience;
mod primitive;
mod process;
mod status;
mod temp;
#[cfg(all(test, target_os = "linux"))]
mod testbed;

pub use acquire::acquire;
pub use clear::{ClearError, Cleared, clear};
pub use convention::{CONVENTIONS, Convention, Conventions, Lies, Means, Step, lock_paths, names_of, target_of};
pub use error::LockError;
pub use held::CacheLock;
pub use holder::{Holder, Liveness, Proof, has_ended};
pub use kernel::LockKind;
pub use openers::{Which, openers};
pub use patience::Patience;
pub use status::{LockState, LockStatus, status};
pub use temp::{SESSION_TEMP, temp_among_sessions, temp_beside, temp_owner};
