//! The locks of the operating system, one call each: exclusive creation, the kernel's locks, and the check that a path
//! still leads to our descriptor. Waits for nothing, decides nothing.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as imp;
#[cfg(windows)]
use windows as imp;

pub(super) use imp::{appear, create, is_taken, is_unsupported, lock, open, peek, remove, stands_at};
