//! A real library holds the lock, saltcellar wants it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::support::binary::{Run, command};
use super::super::support::msal::{Peer, ready};
use super::{CACHE, LOCKERS, left_beside};

const HELD: Duration = Duration::from_secs(6);
/// How late a busy machine may tell us of the lock.
const SLACK: Duration = Duration::from_secs(1);

/// Bytes, inode and time of the last change.
fn state(cache: &Path) -> (String, u64, i64, i64) {
    let meta = fs::metadata(cache).expect("there");
    (fs::read_to_string(cache).expect("readable"), meta.ino(), meta.mtime(), meta.mtime_nsec())
}

fn prune(cache: &Path, wait: &str) -> (Run, Duration) {
    let began = Instant::now();
    let words = ["prune", "--expired", "--yes", "--wait", wait];
    let output = command(words).arg(cache).output().expect("saltcellar runs");
    (Run::of(output), began.elapsed())
}

/// What saltcellar says and does while `peer` holds the lock, and after.
fn queue_behind(peer: Peer) {
    let (root, name) = (tempfile::tempdir().expect("a folder"), peer.0);
    let cache = peer.cache_in(root.path());
    fs::write(&cache, CACHE).expect("written");
    let mut holder = peer.start("hold", &cache, &[&HELD.as_secs().to_string()]);
    holder.expect("LOCKED");
    let (locked, before) = (Instant::now(), state(&cache));

    let (refused, waited) = prune(&cache, "1");
    let untouched = state(&cache) == before;
    let (done, _) = prune(&cache, "20");
    let since_locked = locked.elapsed();
    let pid = holder.pid();
    holder.end();

    println!(
        "{name}: refused after {:.1} s, done {:.1} s after its lock",
        waited.as_secs_f64(),
        since_locked.as_secs_f64()
    );
    assert_eq!(refused.code, Some(5), "{name}: {refused:?}");
    assert!(refused.err.contains(&format!("(pid {pid})")), "{name}: {}", refused.err);
    assert!(refused.err.contains("waiting for"), "{name}: {}", refused.err);
    assert!(waited >= Duration::from_secs(1), "{name}");
    assert!(untouched, "{name}: the file was touched");
    assert_eq!(done.code, Some(0), "{name}: {done:?}");
    assert!(since_locked + SLACK >= HELD, "{name}: we broke in after {since_locked:?}");
    let text = fs::read_to_string(&cache).expect("readable");
    assert!(text.contains("live") && !text.contains("dead"), "{name}: {text}");
    assert!(left_beside(&cache).is_empty(), "{name}: {:?}", left_beside(&cache));
}

#[test]
fn saltcellar_queues_behind_every_library_and_names_it() {
    let threads: Vec<_> =
        ready(LOCKERS).into_iter().map(|peer| std::thread::spawn(move || queue_behind(peer))).collect();

    let failed = threads.into_iter().filter_map(|thread| thread.join().err()).count();

    assert_eq!(failed, 0, "see above");
}
