//! Reading a large cache for its rows alone: in stretches, by several threads, each through one small buffer, and nothing
//! kept. Where anything is unusual (sealed, small, unsteady, not the text of a cache) it is to be read whole, which also
//! says what is wrong.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

use super::Source;
use crate::json::{Document, EntrySpot, Sizes, Stretch, Stretches, Worker};
use crate::store::Pieces;

/// From here on a skim is quicker than reading whole.
const LEAST: u64 = 1 << 20;
/// Small enough to stay in the processor's own memory until its tokens are hashed.
const STRETCH: u64 = 512 << 10;
/// A few entries with their tokens.
const PROBE: usize = 16 << 10;

/// What is known of a cache that was skimmed.
#[derive(Clone, Copy, Debug)]
pub struct Skimmed {
    /// Permission bits such as `0o600`, if the place is a file.
    pub mode: Option<u32>,
}

impl Source {
    /// Reads a large cache without any lock, part by part, on several threads: what `each` makes of the parts, in order,
    /// with the place of the first entry of each in the whole. It is given something of its thread's own, the entries,
    /// and where the first of them stands among those that the thread knows of. `None`: the cache is to be read whole.
    #[must_use]
    pub fn skim<S: Default, T: Send>(
        &self,
        each: &(dyn Fn(&mut S, &Document, EntrySpot) -> T + Sync),
    ) -> Option<(Skimmed, Vec<(EntrySpot, T)>)> {
        if !self.may_be_plain() {
            return None;
        }
        let mut parts = None;
        let mut read = |pieces: &dyn Pieces, text: u64| {
            let sizes = Sizes { text, stretch: STRETCH, probe: PROBE };
            parts = read_by_all(&Stretches { read: &|at, room| pieces.read(at, room).ok(), each, sizes });
        };
        let streamed = self.store.pieces(&self.slot, LEAST, &mut read).ok().flatten();
        let streamed = streamed.filter(|streamed| !streamed.unsteady)?;
        Some((Skimmed { mode: streamed.state.mode }, parts?))
    }
}

/// Every thread takes the next stretch until there is none left.
fn read_by_all<S: Default, T: Send>(stretches: &Stretches<'_, S, T>) -> Option<Vec<(EntrySpot, T)>> {
    let next = AtomicUsize::new(0);
    let work = |worker: &mut Worker<S>| -> Vec<(usize, Stretch<T>)> {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|nth| *nth < stretches.count());
        let read = |nth| stretches.stretch(nth, worker).map(|stretch| (nth, stretch));
        std::iter::from_fn(take).filter_map(read).collect()
    };
    let others = thread::available_parallelism().map_or(1, usize::from).min(stretches.count()).saturating_sub(1);
    let mut worker = Worker::default();
    let mut found = thread::scope(|scope| {
        let start = || Builder::new().name("skim".to_owned()).spawn_scoped(scope, || work(&mut Worker::default()));
        // A user at the limit of processes gets no thread: then fewer read.
        let started: Vec<_> = (0..others).map_while(|_| start().ok()).collect();
        let mut found = work(&mut worker);
        for thread in started {
            found.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_by_key(|(nth, _)| *nth);
    stretches.join(found.into_iter().map(|(_, stretch)| stretch), &mut worker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Access, Place};

    #[test]
    fn a_large_cache_is_skimmed_unless_somebody_may_be_writing_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("large.json");
        let entries: Vec<_> = (0..9000).map(|at| format!(r#""k{at}": {{"secret": "{}"}}"#, "x".repeat(99))).collect();
        std::fs::write(&path, format!(r#"{{"AccessToken": {{{}}}}}"#, entries.join(", "))).expect("written");
        let count = || {
            let source = Source::open(&Place::file(&path), Access::default()).expect("opened");
            let entries = |_: &mut (), part: &Document, _| part.entry_count(crate::json::SectionSpot(0));
            source.skim(&entries).map(|(_, counts)| counts.into_iter().map(|(_, count)| count).sum::<usize>())
        };

        assert_eq!(count(), Some(9000));
        std::fs::write(path.with_file_name("large.json.lockfile"), "").expect("written");
        assert_eq!(count(), None);
    }
}
