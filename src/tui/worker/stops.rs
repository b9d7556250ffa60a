//! Which work is under way and how it is told to stop. Work that is begun anew stops the one before: its outcome would be
//! of yesterday. Never stops a write that holds a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::tui::work::Work;

/// The flags of all work that may still be under way.
#[derive(Default)]
pub(super) struct Stops(Vec<(Work, Arc<AtomicBool>)>);

impl Stops {
    /// The flag of a work that begins; whoever does it looks at it now and then.
    pub(super) fn begin(&mut self, work: Work) -> Arc<AtomicBool> {
        self.stop(&work);
        // Of what has ended only this list still has the flag.
        self.0.retain(|(_, flag)| Arc::strong_count(flag) > 1);
        let flag = Arc::new(AtomicBool::new(false));
        self.0.push((work, Arc::clone(&flag)));
        flag
    }

    /// Sets the flag of `work`.
    pub(super) fn stop(&mut self, work: &Work) {
        self.0.iter().filter(|(known, _)| known == work).for_each(|(_, flag)| flag.store(true, Ordering::Relaxed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::CacheId;

    #[test]
    fn stopping_one_work_leaves_the_others_and_beginning_it_anew_stops_the_one_before() {
        let mut stops = Stops::default();
        let [one, other] = [CacheId(1), CacheId(2)].map(|cache| stops.begin(Work::Read(cache)));

        stops.stop(&Work::Read(CacheId(1)));
        let again = stops.begin(Work::Read(CacheId(2)));

        let set = [&one, &other, &again].map(|flag| flag.load(Ordering::Relaxed));
        assert_eq!(set, [true, true, false]);
    }

    #[test]
    fn what_has_ended_is_forgotten() {
        let mut stops = Stops::default();

        for _ in 0..100 {
            drop(stops.begin(Work::Export));
        }

        assert!(stops.0.len() <= 1);
    }
}
