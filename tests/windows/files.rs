//! Files of Windows: names of paths, and caches that others have open while they are replaced.

use std::time::Duration;

use super::{Desk, changed_here, data, text};

const FORGET: [&str; 5] = ["forget", "--account", "ada@contoso.com", "--confirm", "ada@contoso.com"];

fn wanted() -> String {
    changed_here(&std::fs::read_to_string(data("two_people.json")).expect("readable"), &FORGET)
}

fn forget(desk: &Desk, place: &str) -> std::process::Output {
    desk.saltcellar(&[&["forget", place], &FORGET[1..]].concat())
}

#[test]
fn every_way_to_write_a_path_leads_to_the_file() {
    let Some(desk) = Desk::with_cache() else { return };
    let drive = desk.windows_path("c.json");
    let slashes = drive.replace('\\', "/");

    for place in [
        "c.json".to_owned(),
        ".\\c.json".to_owned(),
        drive.clone(),
        slashes.clone(),
        format!("file:{drive}"),
        format!("file:{slashes}"),
        format!("file:///{slashes}"),
        format!("\\\\?\\{drive}"),
    ] {
        let listed = desk.saltcellar(&["list", &place, "--json"]);
        let said = text(&listed.stdout);
        assert!(said.contains("ada@contoso.com"), "{place}: {listed:?}");
        assert!(said.contains("\"place\":\"file:"), "{place}: {said}");
    }
    let folder = desk.saltcellar(&["list", &format!("{}\\", desk.windows_path("").trim_end_matches('\\'))]);
    assert!(text(&folder.stdout).contains("ada@contoso.com"), "{folder:?}");
}

#[test]
fn a_large_cache_is_read_changed_and_brought_back_by_two_threads() {
    let Some(desk) = Desk::new() else { return };
    let token = |at: usize| {
        let (secret, until) = ("s".repeat(5000), if at.is_multiple_of(2) { 1 } else { 4_000_000_000_u64 });
        format!(r#""k{at}":{{"credential_type":"AccessToken","secret":"{secret}{at}","expires_on":"{until}"}}"#)
    };
    // More than the 4 MiB from which on two threads read.
    let large = |keep: fn(usize) -> bool| {
        let tokens: Vec<String> = (0..1000).filter(|at| keep(*at)).map(token).collect();
        format!(r#"{{"AccessToken":{{{}}}}}"#, tokens.join(","))
    };
    std::fs::write(desk.path("c.json"), large(|_| true)).expect("written");

    let changed = desk.saltcellar(&["prune", "c.json", "--expired", "--yes"]);
    assert!(changed.status.success(), "{changed:?}");
    assert!(desk.read("c.json") == large(|at| !at.is_multiple_of(2)));
    let undone = desk.saltcellar(&["undo", "c.json", "--yes"]);

    assert!(undone.status.success(), "{undone:?}");
    assert!(desk.read("c.json") == large(|_| true));
}

#[test]
fn a_printed_place_opens_again() {
    let Some(desk) = Desk::new() else { return };
    std::fs::copy(data("two_people.json"), desk.path("100% ä #1.json")).expect("copied");

    let first = desk.saltcellar(&["status", "100% ä #1.json", "--json", "--at", "1795348800"]);
    let json: serde_json::Value = serde_json::from_slice(&first.stdout).expect("JSON");
    let place = json["caches"][0]["place"].as_str().or_else(|| json["place"].as_str()).expect("a place");
    let again = desk.saltcellar(&["status", place, "--json", "--at", "1795348800"]);

    assert_eq!(text(&first.stdout), text(&again.stdout), "{place}");
}

#[test]
fn a_cache_that_others_have_open_is_replaced_as_soon_as_they_let_it_be() {
    for how in ["reads-shared", "reads"] {
        let Some(desk) = Desk::with_cache() else { return };
        let reader = desk.begin("peer.exe", &[how, "c.json", "hold"]);
        assert_eq!(reader.said, "OPEN");

        let ended = reader.end_after(Duration::from_secs(1));
        let changed = forget(&desk, "c.json");

        ended.join().expect("it ends");
        assert!(changed.status.success(), "{how}: {changed:?}");
        assert_eq!(desk.read("c.json"), wanted(), "{how}");
        assert_eq!(desk.files(), ["c.json"], "{how}");
    }
}

#[test]
fn a_reader_that_never_lets_go_ends_in_an_error_and_the_cache_stands() {
    let Some(desk) = Desk::with_cache() else { return };
    let before = desk.read("c.json");
    let reader = desk.begin("peer.exe", &["reads", "c.json", "hold"]);

    let refused = forget(&desk, "c.json");

    assert!(!refused.status.success(), "{refused:?}");
    assert!(text(&refused.stderr).contains("cannot take its place"), "{refused:?}");
    assert_eq!(desk.read("c.json"), before);
    assert_eq!(desk.files(), ["c.json"], "no temp, no lock");
    reader.kill();
}

#[test]
fn an_undo_brings_everything_back() {
    let Some(desk) = Desk::with_cache() else { return };
    let before = desk.read("c.json");

    let changed = desk.saltcellar(&[&["forget", "c.json"], &FORGET[1..], &["--keep-undo"]].concat());
    assert!(changed.status.success(), "{changed:?}");
    let undone = desk.saltcellar(&["undo", "c.json", "--yes"]);

    assert!(undone.status.success(), "{undone:?}");
    assert_eq!(desk.read("c.json"), before);
}
