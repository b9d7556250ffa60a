//! Reading a large cache for its rows alone: in stretches, by several threads, each through one small buffer, and nothing
//! kept. Where anything is unusual (sealed, small, unsteady, not the text of a cache) it is to be read whole, which also
//! says what is wrong.

use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

use super::Source;
use crate::json::{Document, EntrySpot, Joined, Sizes, Stretch, Stretches, Worker};
use crate::store::Pieces;
use crate::store::huge::make_room;

/// From here on a skim is quicker than reading whole.
const LEAST: u64 = 1 << 20;
/// Small enough to stay in the processor's own memory until its tokens are hashed.
const STRETCH: u64 = 512 << 10;
/// A few entries with their tokens.
const PROBE: usize = 16 << 10;

/// What a thread needs for a text, as a part of it: more than was seen, since large pages lie far apart.
const NEEDED: u64 = 4;
/// No thread makes more room than this beforehand.
const MOST_ROOM: u64 = 32 << 20;

/// What is known of a cache that was skimmed.
#[derive(Clone, Copy, Debug)]
pub struct Skimmed {
    /// Permission bits such as `0o600`, if the place is a file.
    pub mode: Option<u32>,
}

impl Source {
    /// Reads a large cache without any lock, part by part, on several threads: `take` is given what `each` makes of the
    /// parts, in order, with the place of the first entry of each in the whole. `each` is given something of its thread's
    /// own, the entries, and where the first of them stands among those that the thread knows of. `None`: the cache is
    /// to be read whole, and what was taken is worth nothing.
    #[must_use]
    pub fn skim<S: Default, T: Send>(
        &self,
        each: &(dyn Fn(&mut S, &Document, EntrySpot) -> T + Sync),
        take: &mut dyn FnMut(EntrySpot, T),
    ) -> Option<Skimmed> {
        if !self.may_be_plain() {
            return None;
        }
        let mut is_read = false;
        let mut read = |pieces: &dyn Pieces, text: u64| {
            let sizes = Sizes { text, stretch: STRETCH, probe: PROBE };
            let read = |at, room: &mut [u8]| pieces.read(at, room).ok();
            is_read = read_by_all(&Stretches { read: &read, each, sizes }, take).is_some();
        };
        let streamed = self.store.pieces(&self.slot, LEAST, &mut read).ok().flatten();
        let streamed = streamed.filter(|streamed| is_read && !streamed.unsteady)?;
        Some(Skimmed { mode: streamed.state.mode })
    }
}

/// This thread takes stretches from the front and joins them while it goes, the others from the back, until they meet.
fn read_by_all<S: Default, T: Send>(stretches: &Stretches<'_, S, T>, take: &mut dyn FnMut(EntrySpot, T)) -> Option<()> {
    let needed = usize::try_from((stretches.sizes.text / NEEDED).min(MOST_ROOM)).unwrap_or_default();
    make_room(needed);
    let left = Mutex::new(0..stretches.count());
    let left = || left.lock().unwrap_or_else(PoisonError::into_inner);
    let work_from_behind = || -> Vec<(usize, Stretch<T>)> {
        make_room(needed);
        let mut worker = Worker::default();
        let next = || left().next_back();
        let read = |nth| stretches.stretch(nth, &mut worker).map(|stretch| (nth, stretch));
        std::iter::from_fn(next).filter_map(read).collect()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(stretches.count());
    let (mut worker, mut joined) = (Worker::default(), Joined::default());
    thread::scope(|scope| {
        let started = start(scope, threads.saturating_sub(1), work_from_behind);
        let next = || left().next();
        let mut is_usual = true;
        while let Some(nth) = next().filter(|_| is_usual) {
            if let Some(stretch) = stretches.stretch(nth, &mut worker) {
                is_usual = stretches.add(&mut joined, stretch, &mut worker, take).is_some();
            }
        }
        let join =
            |thread: ScopedJoinHandle<'_, _>| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let mut found: Vec<(usize, Stretch<T>)> = started.into_iter().flat_map(join).collect();
        found.sort_by_key(|(nth, _)| *nth);
        let mut found = found.into_iter().map(|(_, stretch)| stretch).filter(|_| is_usual);
        found.try_for_each(|stretch| stretches.add(&mut joined, stretch, &mut worker, take))
    })?;
    stretches.is_whole(&joined).then_some(())
}

/// Starts so many threads, and waits until they run: Linux may put a new thread behind this one, on the same processor, and
/// part them four milliseconds later, but whoever is woken is put on a free one at once.
fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    count: usize,
    work: impl Fn() -> T + Copy + Send + 'scope,
) -> Vec<ScopedJoinHandle<'scope, T>> {
    let (begun, begins) = channel();
    let start = || {
        let begun = begun.clone();
        let work = move || {
            _ = begun.send(());
            work()
        };
        Builder::new().name("skim".to_owned()).spawn_scoped(scope, work)
    };
    // A user at the limit of processes gets no thread: then fewer read.
    let started: Vec<_> = (0..count).map_while(|_| start().ok()).collect();
    drop(begun);
    started.iter().for_each(|_| _ = begins.recv());
    started
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
            let mut sum = 0;
            source.skim(&entries, &mut |_, count| sum += count).map(|_| sum)
        };

        assert_eq!(count(), Some(9000));
        std::fs::write(path.with_file_name("large.json.lockfile"), "").expect("written");
        assert_eq!(count(), None);
    }
}
