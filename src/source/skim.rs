//! Reading a large cache for its rows alone: in stretches, by several threads, each through one small buffer, and nothing
//! kept. Where anything is unusual (sealed, small, unsteady, not the text of a cache) it is to be read whole, which also
//! says what is wrong.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

use super::Source;
use crate::json::{Document, EntrySpot, Joined, Sizes, Stretch, Stretches, Worker};
use crate::store::Pieces;
use crate::store::huge::make_room;

/// From here on a skim is quicker than reading whole.
const LEAST: u64 = 1 << 20;

/// So many stretches are taken at a time: where one ends its neighbour begins, which is looked for once.
const RUN: usize = 4;

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
            let read = |at, room: &mut [u8]| pieces.read(at, room).ok();
            is_read = read_by_all(&Stretches { read: &read, each, sizes: Sizes::usual(text) }, take).is_some();
        };
        let streamed = self.store.pieces(&self.slot, LEAST, &mut read).ok().flatten();
        let streamed = streamed.filter(|streamed| is_read && !streamed.unsteady)?;
        Some(Skimmed { mode: streamed.state.mode })
    }
}

/// All threads take runs of stretches in order. This one joins what it and the others read while it goes, so that hardly
/// anything waits in memory.
fn read_by_all<S: Default, T: Send>(stretches: &Stretches<'_, S, T>, take: &mut dyn FnMut(EntrySpot, T)) -> Option<()> {
    let needed = usize::try_from((stretches.sizes.text / NEEDED).min(MOST_ROOM)).unwrap_or_default();
    make_room(needed);
    let left = Mutex::new(0..stretches.count().div_ceil(RUN));
    let left = || left.lock().unwrap_or_else(PoisonError::into_inner);
    let next = || left().next();
    let read = |run: usize, worker: &mut Worker<S>| -> Vec<Stretch<T>> {
        let run = run * RUN..stretches.count().min((run + 1) * RUN);
        run.filter_map(|nth| stretches.stretch(nth, worker)).collect()
    };
    let work = |done: &Sender<(usize, Vec<Stretch<T>>)>| {
        make_room(needed);
        let mut worker = Worker::default();
        // Whoever stops listening has panicked.
        while next().is_some_and(|run| done.send((run, read(run, &mut worker))).is_ok()) {}
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(stretches.count());
    let (mut worker, mut joining) = (Worker::default(), Joining::of(stretches, take));
    thread::scope(|scope| {
        let (started, others) = start(scope, threads.saturating_sub(1), &work);
        while let Some(run) = next().filter(|_| joining.is_usual) {
            let found = read(run, &mut worker);
            joining.put(run, found, &mut worker);
            others.try_iter().for_each(|(run, found)| joining.put(run, found, &mut worker));
        }
        if !joining.is_usual {
            *left() = 0..0;
        }
        others.iter().for_each(|(run, found)| joining.put(run, found, &mut worker));
        started.into_iter().for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    });
    (joining.is_usual && stretches.is_whole(&joining.joined)).then_some(())
}

/// What was read so far, put in order.
struct Joining<'r, 's, S, T> {
    stretches: &'r Stretches<'s, S, T>,
    take: &'r mut dyn FnMut(EntrySpot, T),
    joined: Joined,
    /// The run that comes next.
    due: usize,
    /// Runs that were read before it.
    early: HashMap<usize, Vec<Stretch<T>>>,
    is_usual: bool,
}

impl<'r, 's, S, T> Joining<'r, 's, S, T> {
    fn of(stretches: &'r Stretches<'s, S, T>, take: &'r mut dyn FnMut(EntrySpot, T)) -> Self {
        Self { stretches, take, joined: Joined::default(), due: 0, early: HashMap::new(), is_usual: true }
    }

    /// Joins what was `found` in `run` as soon as it is due, and what waited for it.
    fn put(&mut self, run: usize, found: Vec<Stretch<T>>, worker: &mut Worker<S>) {
        self.early.insert(run, found);
        while let Some(found) = self.early.remove(&self.due).filter(|_| self.is_usual) {
            self.due += 1;
            let mut found = found.into_iter();
            let add = |stretch| self.stretches.add(&mut self.joined, stretch, worker, self.take);
            self.is_usual = found.try_for_each(add).is_some();
        }
    }
}

/// Starts so many threads, and waits until they run: Linux may put a new thread behind this one, on the same processor, and
/// part them four milliseconds later, but whoever is woken is put on a free one at once. What they send comes with them.
fn start<'scope, F: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    count: usize,
    work: &'scope (impl Fn(&Sender<F>) + Sync),
) -> (Vec<ScopedJoinHandle<'scope, ()>>, Receiver<F>) {
    let ((begun, begins), (done, others)) = (channel(), channel());
    let start = || {
        let (begun, done) = (begun.clone(), done.clone());
        let work = move || {
            _ = begun.send(());
            work(&done);
        };
        Builder::new().name("skim".to_owned()).spawn_scoped(scope, work)
    };
    // A user at the limit of processes gets no thread: then fewer read.
    let started: Vec<_> = (0..count).map_while(|_| start().ok()).collect();
    started.iter().for_each(|_| _ = begins.recv());
    (started, others)
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
