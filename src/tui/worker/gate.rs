//! Holds heavy reading back until the first frame stands: it would take the processors away from whoever paints.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Shut until the first frame was painted.
#[derive(Default)]
pub(super) struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    /// The first frame stands.
    pub(super) fn open(&self) {
        *self.is_open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.opened.notify_all();
    }

    /// Waits for the first frame, but no longer than `limit`.
    pub(super) fn wait(&self, limit: Duration) {
        let is_open = self.is_open.lock().unwrap_or_else(PoisonError::into_inner);
        _ = self.opened.wait_timeout_while(is_open, limit, |is_open| !*is_open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_at_an_open_gate_nor_for_ever_at_a_shut_one() {
        let gate = Gate::default();

        gate.wait(Duration::from_millis(1));
        gate.open();
        gate.wait(Duration::from_secs(3600));
    }
}
