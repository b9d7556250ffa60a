//! `watch` beside real MSAL writers: what they do is told once, in order, and they are named as the likely writers.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::super::support::msal::Peer;
use super::super::support::watcher::{State, Watcher, replay, told};
use super::super::support::witness;
use super::{all_at_once, now, ready, rows};

const WRITERS: &[&str] = &["python-filelock", "python-portalocker", "node", "go"];

/// What the reader, which shares no code with saltcellar, sees in `cache`.
fn state(cache: &Path) -> State {
    let seen = witness::read(cache, now()).expect("a cache");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows(&seen["entries"])
        .map(|entry| ((text(&entry["section"]), text(&entry["key"])), entry["fingerprint"].clone()))
        .collect()
}

/// Follows `writes` into the cache of `peer`: every event, which together make of the state before the state after.
fn watched(peer: Peer, writes: &dyn Fn(&Path) -> Vec<u32>) -> Vec<Value> {
    let root = tempfile::tempdir().expect("a folder");
    let cache = peer.make(root.path(), "work");
    let mut seen = state(&cache);
    let mut watch = Watcher::of(&cache, &[]);

    let writers = writes(&cache);

    let end = state(&cache);
    let mut events = Vec::new();
    while seen != end {
        let event = watch.event();
        replay(&mut seen, &event);
        events.push(event);
    }
    watch.signal("TERM");
    let (code, rest) = watch.end();
    assert_eq!((code, rest.as_slice()), (Some(143), &[][..]), "{}", peer.0);
    let named: BTreeSet<u64> = events.iter().filter_map(|event| event["writer"]["pid"].as_u64()).collect();
    let anonymous = events.iter().filter(|event| event["writer"].is_null()).count();
    println!("{}: {} events, {anonymous} without a writer seen", peer.0, events.len());
    assert!(named.iter().all(|pid| writers.iter().any(|writer| u64::from(*writer) == *pid)), "{named:?} {writers:?}");
    events
}

/// How many events name their likely writer: on a busy machine a lock that is held for a millisecond may go unseen.
fn named(events: &[Value]) -> usize {
    events.iter().filter(|event| event["writer"]["program"].is_string()).count()
}

/// How often each kind of change of each section was told.
fn count(events: &[Value], what: &str) -> usize {
    events.iter().flat_map(told).filter(|line| line.starts_with(what)).count()
}

#[test]
fn every_token_that_a_library_adds_is_told_once() {
    all_at_once(ready(WRITERS), |peer| {
        let events = watched(peer, &|cache| {
            let writer = peer.start("write", cache, &["6", "w"]);
            let pid = writer.pid();
            let answer = writer.end();
            assert_eq!(answer["acked"].as_array().map(Vec::len), Some(6), "{answer}");
            vec![pid]
        });

        assert!(named(&events) > 0, "{}: nobody was seen to write", peer.0);
        assert_eq!(count(&events, "added AccessToken/"), 6, "{}", peer.0);
        assert_eq!(count(&events, "added Account/"), 1, "{}", peer.0);
        assert_eq!(count(&events, "removed ") + count(&events, "resurrected "), 0, "{}", peer.0);
    });
}

#[test]
fn a_rotation_by_a_library_is_told_as_one() {
    all_at_once(ready(WRITERS), |peer| {
        let events = watched(peer, &|cache| {
            let rotation = peer.start("rotate", cache, &["ada@contoso.com"]);
            let pid = rotation.pid();
            assert_eq!(rotation.end()["rotated"], json!(true), "{}", peer.0);
            vec![pid]
        });

        assert_eq!(count(&events, "rotated RefreshToken/"), 1, "{}", peer.0);
        assert_eq!(count(&events, "rotated AccessToken/"), 1, "{}", peer.0);
        assert_eq!(count(&events, "resurrected "), 0, "{}", peer.0);
    });
}
