//! Locks of Windows, each way: a lock file that shares nothing (.NET), LockFileEx (Go, Java, Python with portalocker), and
//! the mere existence of the file (Python, Node).

use std::time::Duration;

use super::{Desk, text};

const FORGET: [&str; 6] = ["forget", "c.json", "--account", "ada@contoso.com", "--confirm", "ada@contoso.com"];
const WAYS: [&str; 4] = ["dotnet", "alone", "lockfileex", "exists"];

#[test]
fn whoever_holds_the_lock_is_waited_for() {
    for way in WAYS {
        let Some(desk) = Desk::with_cache() else { return };
        let before = desk.read("c.json");
        let peer = desk.begin("peer.exe", &[way, "c.json.lockfile", "hold"]);
        assert_eq!(peer.said, "LOCKED", "{way}");

        let refused = desk.saltcellar(&[&FORGET[..], &["--wait", "0"]].concat());
        let untouched = desk.read("c.json");
        let ended = peer.end_after(Duration::from_secs(2));
        let changed = desk.saltcellar(&[&FORGET[..], &["--wait", "60"]].concat());

        ended.join().expect("it ends");
        assert_eq!(refused.status.code(), Some(5), "{way}: {refused:?}");
        assert_eq!(untouched, before, "{way}");
        assert!(changed.status.success(), "{way}: {changed:?}");
        assert!(!desk.read("c.json").contains("ada@contoso.com"), "{way}");
        assert_eq!(desk.files(), ["c.json"], "{way}");
    }
}

#[test]
fn nobody_gets_the_lock_while_we_hold_it() {
    let Some(desk) = Desk::with_cache() else { return };
    let ours = desk.begin("bin/hold.exe", &["c.json", "hold"]);
    assert_eq!(ours.said, "LOCKED");

    let refused = WAYS.map(|way| desk.begin("peer.exe", &[way, "c.json.lockfile", "try"]).said);
    let we = desk.begin("bin/hold.exe", &["c.json", "try"]);

    assert!(refused.iter().all(|said| said.starts_with("BUSY")), "{refused:?}");
    assert!(we.said.starts_with("BUSY"), "{}", we.said);
    assert_eq!(ours.end(), "OURS");
    assert_eq!(desk.files(), ["c.json"]);
    let free = WAYS.map(|way| desk.begin("peer.exe", &[way, "c.json.lockfile", "try"]).said);
    assert_eq!(free, ["LOCKED"; 4]);
}

#[test]
fn a_holder_is_named_and_its_lock_never_cleared_while_it_runs() {
    let Some(desk) = Desk::with_cache() else { return };
    let ours = desk.begin("bin/hold.exe", &["c.json", "hold"]);
    assert_eq!(ours.said, "LOCKED");

    let status = desk.saltcellar(&["lock", "status", "c.json"]);
    let cleared = desk.saltcellar(&["lock", "clear", "c.json", "--yes"]);

    assert!(text(&status.stdout).contains("by hold (pid "), "{status:?}");
    assert_eq!(cleared.status.code(), Some(5), "{cleared:?}");
    ours.kill();
}

#[test]
fn a_holder_that_is_killed_leaves_no_lock() {
    let Some(desk) = Desk::with_cache() else { return };
    let ours = desk.begin("bin/hold.exe", &["c.json", "hold"]);
    assert_eq!(desk.files(), ["c.json", "c.json.lockfile"]);

    ours.kill();
    let changed = desk.saltcellar(&[&FORGET[..], &["--wait", "20"]].concat());

    assert!(changed.status.success(), "{changed:?}");
    assert_eq!(desk.files(), ["c.json"]);
}
