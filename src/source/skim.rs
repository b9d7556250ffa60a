//! Reading a large cache for its rows alone: through a few small buffers, each looked at, hashed and parsed by threads of
//! their own, and nothing kept. Where anything is unusual (sealed, small, unsteady, not the text of a cache) it is to be
//! read whole, which also says what is wrong.

use std::ops::Range;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use super::Source;
use crate::json::{Batch, Document, EntrySpot, Part, Skim};
use crate::secret::{Fingerprint, FingerprintMaker, SecretBytes};
use crate::store::Sink;

/// From here on a skim is quicker than reading whole.
const LEAST: u64 = 1 << 20;
/// Small enough to stay in the processor's own memory between the reading, the looking and the hashing.
const PIECE: usize = 256 << 10;
/// Entries enough to be worth handing over, few enough to be in the processor's own memory when they are parsed.
const BATCH: usize = 32 << 10;
/// One is read, one is hashed, the others lie between.
const ROOMS: usize = 4;

/// What is known of a cache that was skimmed.
#[derive(Clone, Copy, Debug)]
pub struct Skimmed {
    /// Permission bits such as `0o600`, if the place is a file.
    pub mode: Option<u32>,
}

impl Source {
    /// Reads a large cache without any lock, part by part, on several threads: what `each` makes of the parts, in order.
    /// It is given something of its thread's own, the next entries, which lack their tokens (fingerprint and length are
    /// known), and where the first of them stands in the whole. `None`: the cache is to be read whole.
    #[must_use]
    pub fn skim<S: Default, T: Send>(
        &self,
        each: &(dyn Fn(&mut S, &Document, EntrySpot) -> T + Sync),
    ) -> Option<(Skimmed, Vec<T>)> {
        // Threads cost more than a small cache: looked at before they start.
        let size = self.path().and_then(|path| path.metadata().ok()).map_or(0, |file| file.len());
        if !self.may_be_plain() || size < LEAST {
            return None;
        }
        let (to_hash, pieces) = mpsc::channel();
        let (to_reuse, rooms) = mpsc::channel();
        let (to_know, known) = mpsc::channel();
        let (to_parse, batches) = mpsc::channel();
        let prints = Mutex::new(Prints { known, all: Vec::new() });
        let work = Work { batches: Mutex::new(batches), prints };
        let (streamed, mut parts) = thread::scope(|scope| {
            let start = |name: &str| Builder::new().name(name.to_owned());
            let _hasher = start("hash").spawn_scoped(scope, move || hash(&pieces, &to_know, &to_reuse)).ok()?;
            let parser = start("parse").spawn_scoped(scope, || work.parse(each)).ok()?;
            let mut pipe = Pipe { skim: Skim::new(BATCH), to_hash, to_parse, count: 0, rooms, made: 0 };
            let streamed = self.store.stream(&self.slot, LEAST, &mut pipe).ok().flatten();
            let is_whole = pipe.end();
            // All is read: this thread helps with the rest.
            let ours = work.parse(each);
            let theirs = parser.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let mut parts = ours?;
            parts.extend(theirs?);
            Some((streamed.filter(|_| is_whole)?, parts))
        })?;
        parts.sort_by_key(|(at, _)| *at);
        let skimmed = Skimmed { mode: streamed.state.mode };
        (!streamed.unsteady).then(|| (skimmed, parts.into_iter().map(|(_, part)| part).collect()))
    }
}

/// Reads and looks; two other threads hash and parse.
struct Pipe {
    skim: Skim,
    to_hash: Sender<(SecretBytes, Vec<Part>)>,
    to_parse: Sender<(usize, Batch)>,
    /// How many batches there were.
    count: usize,
    rooms: Receiver<SecretBytes>,
    made: usize,
}

impl Sink for Pipe {
    fn room(&mut self) -> SecretBytes {
        let new = || SecretBytes::new(vec![0; PIECE]);
        if self.made < ROOMS {
            self.made += 1;
            return new();
        }
        // The other thread is gone only if it panicked, which the scope tells.
        self.rooms.recv().unwrap_or_else(|_| new())
    }

    fn take(&mut self, room: SecretBytes, len: usize) {
        let parts = self.skim.take(&room, len);
        let _gone = self.to_hash.send((room, parts));
        for batch in self.skim.ready() {
            let _gone = self.to_parse.send((self.count, batch));
            self.count += 1;
        }
    }
}

impl Pipe {
    /// Hands on what is left; whether the text was whole and as usual.
    fn end(self) -> bool {
        self.skim.finish().map(|last| self.to_parse.send((self.count, last))).is_some()
    }
}

/// The fingerprints of the secrets in the order of the text.
fn hash(
    pieces: &Receiver<(SecretBytes, Vec<Part>)>,
    to_know: &Sender<Vec<Fingerprint>>,
    to_reuse: &Sender<SecretBytes>,
) {
    let mut maker = FingerprintMaker::default();
    for (room, parts) in pieces {
        let mut prints = Vec::new();
        for Part { range, ends } in parts {
            maker.add(&room, range);
            prints.extend(ends.then(|| maker.finish()));
        }
        let (_ended, _over) = (to_know.send(prints), to_reuse.send(room));
    }
}

/// What the parsing threads share.
struct Work {
    batches: Mutex<Receiver<(usize, Batch)>>,
    prints: Mutex<Prints>,
}

struct Prints {
    known: Receiver<Vec<Fingerprint>>,
    all: Vec<Fingerprint>,
}

impl Work {
    /// Gives batches to `each` until there are no more; `None` if one was not JSON.
    fn parse<S: Default, T>(
        &self,
        each: &(dyn Fn(&mut S, &Document, EntrySpot) -> T + Sync),
    ) -> Option<Vec<(usize, T)>> {
        let (mut own, mut parts) = (S::default(), Vec::new());
        while let Some((at, batch)) = self.next() {
            let prints = self.prints(batch.before..batch.before + batch.secrets())?;
            let base = batch.base;
            parts.push((at, each(&mut own, &batch.document(&prints)?, base)));
        }
        Some(parts)
    }

    fn next(&self) -> Option<(usize, Batch)> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    /// Waits until so many secrets are hashed.
    fn prints(&self, range: Range<usize>) -> Option<Vec<Fingerprint>> {
        let mut prints = self.prints.lock().unwrap_or_else(PoisonError::into_inner);
        while prints.all.len() < range.end {
            let more = prints.known.recv().ok()?;
            prints.all.extend(more);
        }
        prints.all.get(range).map(<[_]>::to_vec)
    }
}
