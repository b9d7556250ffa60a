//! DPAPI, by which MSAL seals its files on Windows. Only the system itself opens it, for the user who sealed it: this asks
//! it, and elsewhere says that it cannot be asked.

use std::sync::Arc;

use super::Seal;

#[cfg(any(windows, test))]
mod blob;
#[cfg(windows)]
mod windows;

/// The seal, where the system has it.
#[must_use]
pub fn here() -> Option<Arc<dyn Seal>> {
    #[cfg(windows)]
    return Some(Arc::new(windows::Dpapi));
    #[cfg(not(windows))]
    return None;
}
