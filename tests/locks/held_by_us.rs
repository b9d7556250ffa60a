//! Saltcellar holds the lock, each real library wants it.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::lock::{self, CacheLock, Conventions, Patience};
use saltcellar::time::SystemClock;
use serde_json::Value;

use super::super::support::msal::{Peer, ready};
use super::{LOCKERS, left_beside};

/// Longer than the 6 s after which MSAL4J passes over a lock file that exists, and than the 5 s of portalocker, which
/// gives up after 5 s more.
const HOLD: Duration = Duration::from_secs(8);
/// No library waits for longer than this before it gives up, but for Node and .NET.
const LONGEST: Duration = Duration::from_secs(40);

fn take(cache: &Path) -> CacheLock {
    let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
    let patience = Patience { clock: &clock, wait: Duration::from_secs(1), cancel: &cancel, waiting: &|_| {} };
    lock::acquire(&[cache], &Conventions::AsFolderSays, &patience).expect("taken")
}

/// What a peer's `wait` came to.
struct Waited {
    peer: Peer,
    answer: Value,
    /// Whether the answer was there before our release.
    early: bool,
    still_ours: bool,
    left: Vec<String>,
}

/// Holds the lock of a cache of `peer` for `hold`, or until `peer` gives up, while it waits for the lock.
fn contend(peer: Peer, hold: Duration) -> Waited {
    let root = tempfile::tempdir().expect("a folder");
    let cache = peer.cache_in(root.path());
    let lock = take(&cache);
    let (answers, answered) = std::sync::mpsc::channel();
    let waiting = peer.start("wait", &cache, &[]);
    let listener = std::thread::spawn(move || {
        let answer = waiting.end();
        // Nobody listens any more once the hold is over.
        _ = answers.send(());
        answer
    });

    let early = answered.recv_timeout(hold).is_ok();
    let still_ours = lock.still_ours();
    lock.release().expect("released");
    let answer = listener.join().expect("an answer");

    Waited { peer, answer, early, still_ours, left: left_beside(&cache) }
}

fn contend_all(cells: &[(&'static str, Duration)]) -> Vec<Waited> {
    let names: Vec<_> = cells.iter().map(|(name, _)| *name).collect();
    let ready = ready(&names);
    let cells = cells.iter().filter(|(name, _)| ready.contains(&Peer(name)));
    let threads: Vec<_> = cells.map(|&(name, hold)| std::thread::spawn(move || contend(Peer(name), hold))).collect();
    threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
}

fn tell(waited: &Waited) {
    println!("{}: {} after {} s", waited.peer.0, told(&waited.answer), waited.answer["seconds"]);
}

fn told(answer: &Value) -> &str {
    answer["error"].as_str().unwrap_or("acquired")
}

fn seconds(answer: &Value) -> f64 {
    answer["seconds"].as_f64().expect("a number")
}

#[test]
fn no_library_gets_in_while_saltcellar_holds_the_lock() {
    let cells = LOCKERS.iter().filter(|name| !matches!(**name, "python-filelock" | "go")).map(|name| (*name, HOLD));

    let outcomes = contend_all(&cells.collect::<Vec<_>>());

    for waited in &outcomes {
        tell(waited);
        let name = waited.peer.0;
        assert_eq!(told(&waited.answer), "acquired", "{name}: once we let go");
        assert!(!waited.early, "{name} broke in");
        assert!(seconds(&waited.answer) >= 1.0, "{name} did wait");
        assert!(waited.still_ours, "{name} took our lock file away");
        assert!(waited.left.is_empty(), "{name}: {:?}", waited.left);
    }
}

#[test]
fn python_and_go_give_up_by_their_own_rules_and_go_gets_a_lock_that_is_let_go() {
    let cells = [("python-filelock", LONGEST), ("go", LONGEST), ("go", Duration::from_secs(3))];

    let outcomes = contend_all(&cells);

    let ends: Vec<_> = outcomes.iter().map(|waited| (waited.peer.0, told(&waited.answer))).collect();
    outcomes.iter().for_each(tell);
    let expected = [("python-filelock", "LockError"), ("go", "DeadlineExceeded"), ("go", "acquired")];
    let expected = expected.into_iter().filter(|(name, _)| outcomes.iter().any(|waited| waited.peer.0 == *name));
    assert_eq!(ends, expected.collect::<Vec<_>>());
    for waited in &outcomes {
        let gave_up = told(&waited.answer) != "acquired";
        assert_eq!(waited.early, gave_up, "{}: an error comes while we hold", waited.peer.0);
        assert!(!gave_up || seconds(&waited.answer) >= 4.0, "{}", waited.answer);
        assert!(waited.still_ours && waited.left.is_empty(), "{}: {:?}", waited.peer.0, waited.left);
    }
}

#[test]
fn the_stray_unlink_of_node_is_noticed() {
    for peer in ready(&["node"]) {
        let root = tempfile::tempdir().expect("a folder");
        let cache = peer.make(root.path(), "work");
        let mut app = peer.start("stay", &cache, &[]);
        app.expect("LOADED");
        let lock = take(&cache);
        assert!(lock.still_ours());

        app.order("read");
        let seen = app.line();

        assert!(seen.contains("ada@contoso.com"), "{seen}");
        assert!(!lock.still_ours(), "Node has unlinked our lock file");
        lock.release().expect("released");
        app.order("quit");
        app.end();
        assert!(left_beside(&cache).is_empty());
    }
}
