//! How long to wait for a lock, who may break the wait off, and who is told of it.
//! Never polls faster than MSAL does: a faster poller starves it.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::holder::Holder;
use crate::time::Clock;

/// Python waits 250 ms between two tries (filelock.py), .NET and Java 100 ms: we stay within, at random.
const POLL_MS: RangeInclusive<u64> = 100..=250;
/// The longest sleep in one piece, so that ctrl-c is obeyed at once.
const SLICE: Duration = Duration::from_millis(20);
/// A wait shorter than this is not worth a word.
const SPEAK_AFTER: Duration = Duration::from_millis(200);

/// What a caller grants to a lock that somebody else holds.
pub struct Patience<'a> {
    /// Measures the wait and sleeps.
    pub clock: &'a dyn Clock,
    /// The longest wait; zero tries once.
    pub wait: Duration,
    /// Breaks the wait off when it turns true: set by a signal or by the face.
    pub cancel: &'a AtomicBool,
    /// Called once, after 200 ms of waiting, with who holds the lock.
    pub waiting: &'a dyn Fn(&Holder),
}

impl Patience<'_> {
    /// Whether the caller wants to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience").field("wait", &self.wait).field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// How a pause between two tries ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    TryAgain,
    Over,
    Cancelled,
}

/// One wait, from its first try on.
pub(super) struct Wait<'p, 'a> {
    patience: &'p Patience<'a>,
    began: Duration,
    spoken: bool,
}

impl<'p, 'a> Wait<'p, 'a> {
    pub(super) fn new(patience: &'p Patience<'a>) -> Self {
        Self { patience, began: patience.clock.elapsed(), spoken: false }
    }

    /// Sleeps until the next try is due. `holder` is asked only if there is somebody to tell.
    pub(super) fn pause(&mut self, holder: &dyn Fn() -> Holder) -> Pause {
        let left = self.patience.wait.saturating_sub(self.waited());
        if left.is_zero() {
            return Pause::Over;
        }
        let mut rest = left.min(Duration::from_millis(fastrand::u64(POLL_MS)));
        while !rest.is_zero() {
            if self.patience.is_cancelled() {
                return Pause::Cancelled;
            }
            self.patience.clock.sleep(rest.min(SLICE));
            rest = rest.saturating_sub(SLICE);
            self.speak(holder);
        }
        Pause::TryAgain
    }

    fn waited(&self) -> Duration {
        self.patience.clock.elapsed().saturating_sub(self.began)
    }

    fn speak(&mut self, holder: &dyn Fn() -> Holder) {
        if !self.spoken && self.waited() >= SPEAK_AFTER {
            self.spoken = true;
            (self.patience.waiting)(&holder());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::time::{ManualClock, UnixSeconds};

    fn pauses(wait: Duration) -> (Vec<Duration>, u32) {
        let clock = ManualClock::at(UnixSeconds(0));
        let (cancel, spoken) = (AtomicBool::new(false), Cell::new(0));
        let waiting = |_: &Holder| spoken.set(spoken.get() + 1);
        let patience = Patience { clock: &clock, wait, cancel: &cancel, waiting: &waiting };
        let mut one = Wait::new(&patience);
        let mut tries = vec![clock.elapsed()];
        while one.pause(&Holder::unknown) == Pause::TryAgain {
            tries.push(clock.elapsed());
        }
        (tries, spoken.get())
    }

    #[test]
    fn tries_are_100_to_250_ms_apart_but_for_the_last() {
        let (tries, _) = pauses(Duration::from_secs(20));

        let mut gaps: Vec<_> = tries.windows(2).map(|pair| pair.iter().rev().copied().reduce(|a, b| a - b)).collect();
        gaps.pop();
        assert!(gaps.len() >= 79);
        assert!(gaps.iter().flatten().all(|gap| (100..=250).contains(&gap.as_millis())), "{gaps:?}");
    }

    #[test]
    fn the_last_try_falls_on_the_end_of_the_wait() {
        let (tries, _) = pauses(Duration::from_millis(1234));

        assert_eq!(tries.last(), Some(&Duration::from_millis(1234)));
    }

    #[test]
    fn a_wait_is_told_once_and_a_short_one_never() {
        assert_eq!(pauses(Duration::from_secs(5)).1, 1);
        assert_eq!(pauses(Duration::from_millis(150)).1, 0);
    }

    #[test]
    fn no_wait_means_one_try() {
        assert_eq!(pauses(Duration::ZERO).0.len(), 1);
    }
}
