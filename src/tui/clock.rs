//! The clock on the screen. Reads the system's clock, and pretends to another time where one was asked for.

use std::time::Duration;

use super::model::Moment;
use crate::time::{Clock as _, SystemClock, UnixSeconds};

/// The clock on the screen: the system's, or one that began elsewhere and goes on from there.
pub(super) struct ShownClock {
    pub(super) system: SystemClock,
    start: Option<UnixSeconds>,
    began: Duration,
}

impl ShownClock {
    /// A clock that shows `start` now; without one, the system's time.
    pub(super) fn new(start: Option<UnixSeconds>) -> Self {
        let system = SystemClock::new();
        let began = system.elapsed();
        Self { system, start, began }
    }

    /// What it shows now.
    pub(super) fn read(&self) -> Moment {
        let elapsed = self.system.elapsed();
        let passed = i64::try_from((elapsed.saturating_sub(self.began)).as_secs()).unwrap_or(i64::MAX);
        let now = self.start.map_or_else(|| self.system.now(), |start| start.plus(passed));
        Moment { now, elapsed }
    }

    /// Goes on from `start`, unless it pretends already.
    pub(super) fn begin_at(&mut self, start: UnixSeconds) {
        (self.start, self.began) = (Some(self.start.unwrap_or(start)), self.system.elapsed());
    }
}
