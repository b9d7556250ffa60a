//! What the splice of a prune costs by itself: the kept pieces of a cache, written beside it and synced by the store, beside
//! one plain writing and syncing of the same bytes. Reads the cache, never changes it. Prints a line a run, in turn:
//! `write MS` and `splice MS`.
//!
//!     cargo run --release --example splice CACHE NOW [RUNS]

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use saltcellar::cache::{Cache, Roster};
use saltcellar::json::{Document, Patch};
use saltcellar::lock::Conventions;
use saltcellar::ops::{Filter, PruneOptions, prune};
use saltcellar::store::atomic::RealDisk;
use saltcellar::store::file::{FileOptions, FileStore, Links, Reading};
use saltcellar::store::{Slot, Snapshot, Store as _};
use saltcellar::time::{SystemClock, UnixSeconds};

fn main() -> io::Result<()> {
    let mut words = std::env::args().skip(1);
    let [path, now] = [words.next(), words.next()].map(Option::unwrap_or_default);
    let (now, runs) = (UnixSeconds(number(&now)?), words.next().map_or(Ok(5), |runs| number(&runs))?);
    let path = PathBuf::from(path);
    let options = FileOptions {
        path: path.clone(),
        links: Links::Refuse,
        conventions: Conventions::default(),
        reading: Reading::Traceless,
    };
    let store =
        FileStore::new(options, Arc::new(RealDisk), Arc::new(SystemClock::default())).map_err(io::Error::other)?;
    let slot = Slot(String::new());
    let Some(Snapshot { bytes, state, .. }) = store.peek(&slot).map_err(io::Error::other)? else {
        return Err(io::Error::other("there is no cache"));
    };
    let document = Document::parse(bytes).map_err(io::Error::other)?;
    let patch = expired(&document, now);
    let kept: String = document.draft(&patch).map_err(io::Error::other)?.pieces().collect();
    let mut out = io::stdout();
    for _ in 0..runs {
        let begun = Instant::now();
        write(&path.with_extension("kept"), &kept)?;
        writeln!(out, "write {:.2}", begun.elapsed().as_secs_f64() * 1000.0)?;
        let begun = Instant::now();
        let draft = document.draft(&patch).map_err(io::Error::other)?;
        let staged = store.stage_pieces(&slot, &mut draft.pieces(), &state).map_err(io::Error::other)?;
        writeln!(out, "splice {:.2}", begun.elapsed().as_secs_f64() * 1000.0)?;
        drop(staged);
    }
    std::fs::remove_file(path.with_extension("kept"))
}

fn number<T: std::str::FromStr>(word: &str) -> io::Result<T> {
    word.parse().map_err(|_| io::Error::other("splice CACHE NOW [RUNS]"))
}

fn expired(document: &Document, now: UnixSeconds) -> Patch {
    let cache = Cache::of(document);
    let filter = Filter { expired: true, ..Filter::default() };
    let _known = Roster::shared(&cache);
    prune(&cache, &PruneOptions { filter, now })
}

/// What anyone would do: over the file of the run before, as a temp file is none.
fn write(path: &Path, kept: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(kept.as_bytes())?;
    file.sync_all()
}
