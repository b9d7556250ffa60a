//! The doctor over caches as each real library alone leaves them in a private home, file, folder and locks: no error,
//! nothing left behind, a wide mode told where the library writes one, and nothing changed by the look. And beside a
//! library that was killed, an error that goes.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use serde_json::Value;

use super::super::support::binary::{Run, answer, command};
use super::super::support::msal::{LIBRARIES, Peer};
use super::{all_at_once, ready, rows};

/// What the doctor says of `file`, and how it ends.
fn examine(file: &std::path::Path, words: &[&str]) -> (Option<i32>, Value) {
    let mut doctor = command(["doctor", "--json"]);
    let run = Run::of(doctor.arg(file).args(words).output().expect("saltcellar runs"));
    (run.code, run.json())
}

fn judge(peer: Peer, scenario: &str) {
    let root = tempfile::tempdir().expect("a folder");
    fs::set_permissions(root.path(), fs::Permissions::from_mode(0o700)).expect("private");
    let file = peer.cache_in(root.path());
    peer.run("make", &file, &[scenario]);
    let text = fs::read(&file).expect("readable");

    let (code, seen) = examine(&file, &[]);

    for found in rows(&seen["findings"]) {
        println!("{} {scenario}: {} {}: {}", peer.0, found["severity"], found["rule"], found["says"]);
    }
    let mode = fs::metadata(&file).expect("there").mode() & 0o777;
    println!("{} {scenario}: mode {mode:04o}, {} findings", peer.0, rows(&seen["findings"]).count());
    assert_eq!(code, Some(0), "{} {scenario}: {seen}", peer.0);
    assert_eq!(seen["caches"][0]["opened"], true, "{} {scenario}", peer.0);
    let is_open = rows(&seen["findings"]).any(|found| found["rule"] == "open-file");
    assert_eq!(is_open, mode & 0o077 != 0, "{} {scenario}: {seen}", peer.0);
    let around = ["left-lock", "left-temp", "not-a-cache", "plain-tokens", "stale-sibling"];
    let odd: Vec<_> =
        rows(&seen["findings"]).filter(|found| around.iter().any(|rule| found["rule"] == *rule)).collect();
    assert!(odd.is_empty(), "{} {scenario}: {odd:?}", peer.0);
    assert!(fs::read(&file).expect("readable") == text, "{} {scenario}: a look changed it", peer.0);
}

#[test]
fn what_a_library_leaves_alone_has_no_error() {
    all_at_once(ready(LIBRARIES), |peer| {
        for scenario in if peer.0 == "java-old" { &["work"][..] } else { &["work", "all"] } {
            judge(peer, scenario);
        }
    });
}

#[test]
fn the_lock_of_a_killed_library_is_an_error_until_it_is_cleared() {
    all_at_once(ready(&["python-filelock", "node"]), |peer| {
        let root = tempfile::tempdir().expect("a folder");
        let file = peer.make(root.path(), "work");
        let mut holder = peer.start("hold", &file, &["600"]);
        holder.expect("LOCKED");
        let (held, _) = examine(&file, &["--rule", "left-lock"]);

        drop(holder);
        let (left, seen) = examine(&file, &["--rule", "left-lock"]);

        assert_eq!((held, left), (Some(0), Some(12)), "{}: {seen}", peer.0);
        println!("{}: {}", peer.0, seen["findings"][0]["says"]);
        let lock = file.with_file_name("c.json.lockfile");
        let minutes_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(600);
        fs::File::options().write(true).open(&lock).expect("left").set_modified(minutes_ago).expect("aged");
        let cleared = answer("lock", std::path::Path::new("clear"), &[file.to_str().expect("UTF-8"), "--yes"]);
        assert_eq!(rows(&cleared["cleared"]).count(), 1, "{}: {cleared}", peer.0);
        assert_eq!(examine(&file, &["--rule", "left-lock"]).0, Some(0), "{}", peer.0);
    });
}
