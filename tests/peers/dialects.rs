//! A cache of one library in the hand of another: that library knows the same accounts and serves the same tokens from
//! it as the first one did from its own. MSAL.NET, which cannot be run here, stands in `ops/dialects.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::support::binary::{self, run};
use super::super::support::msal::Peer;
use super::{account_ids, all_at_once, ready, rows};

/// The libraries, and what they are called.
const HANDS: &[(&str, &str)] =
    &[("python-filelock", "python"), ("node", "node"), ("java", "java"), ("java-old", "java"), ("go", "go")];

/// What a library makes of a cache: its accounts, and for each row of the cast where the token comes from.
struct Seen {
    accounts: BTreeSet<String>,
    silent: BTreeMap<String, String>,
}

impl Seen {
    fn of(peer: Peer, file: &Path) -> Self {
        let answer = peer.run("read", file, &[]);
        let accounts = account_ids(&answer).into_iter().map(str::to_owned).collect();
        let told = rows(&answer["silent"]).map(|row| (row_of(row), row["from"].as_str().expect("a word").to_owned()));
        Self { accounts, silent: told.collect() }
    }
}

/// Every library of the cast knows users and apps; what else Python knows is not asked of the others.
fn row_of(row: &Value) -> String {
    format!("{} {} {} {} {}", row["kind"], row["username"], row["client_id"], row["realm"], row["scopes"])
}

/// `java-old` fails on user tokens beside those of apps.
fn scenario(from: &str, to: &str) -> &'static str {
    if [from, to].contains(&"java-old") { "work" } else { "all" }
}

/// `file` written as `to` writes, at a place of that library's; what could not be carried over.
fn converted(file: &Path, (peer, to): (Peer, &str), root: &Path) -> (PathBuf, Value) {
    let out = peer.cache_in(root);
    fs::create_dir_all(out.parent().expect("a folder")).expect("a folder");
    let out_name = out.to_string_lossy().into_owned();
    let words = ["--dialect", to, "--drop-unfit", "--out", &out_name];
    let answer = binary::answer("reserialise", file, &words);
    (out, answer["unfit"].clone())
}

fn judge(from: Peer, to: Peer, hand: &str) {
    let root = tempfile::tempdir().expect("a folder");
    let made = from.make(&root.path().join("made"), scenario(from.0, to.0));
    let own = Seen::of(from, &copy(from, &made, &root.path().join("asked")));

    let (out, unfit) = converted(&made, (to, hand), &root.path().join("converted"));
    let listed = binary::answer("list", &out, &[]);
    let seen = Seen::of(to, &out);

    let what = format!("{} -> {}", from.0, to.0);
    assert_eq!(listed["caches"][0]["dialect"], hand, "{what}");
    assert_eq!(seen.accounts, own.accounts, "{what}");
    let shared = own.silent.iter().filter_map(|(row, from)| Some((row, from, seen.silent.get(row)?)));
    let (mut hits, mut compared) = (0, 0);
    for (row, own, seen) in shared {
        compared += 1;
        hits += usize::from(own == "cache");
        assert_eq!(own == "cache", seen == "cache", "{what}: {row}: {own}, then {seen}");
        // Node looks for a family's token by its client, too; else what could be renewed still can.
        let renews = own != "refresh" || seen == "refresh" || to.0 == "node";
        assert!(renews, "{what}: {row}: {own}, then {seen}");
    }
    println!(
        "{what}: {} accounts, {hits} of {compared} rows from the cache, {} unfit",
        own.accounts.len(),
        rows(&unfit).count()
    );
    assert!(hits >= 5 && compared >= 12, "{what}: {hits} of {compared}");
}

/// A copy of `file` where `peer` looks for it: a look may write.
fn copy(peer: Peer, file: &Path, root: &Path) -> PathBuf {
    let copy = peer.cache_in(root);
    fs::copy(file, &copy).expect("copied");
    copy
}

#[test]
fn every_library_finds_in_its_own_hand_what_another_one_had() {
    let names: Vec<_> = HANDS.iter().map(|(name, _)| *name).collect();
    let ready = ready(&names);
    for to in HANDS.iter().filter(|(name, _)| ready.contains(&Peer(name))) {
        let sources = HANDS.iter().filter(|(name, _)| *name != to.0 && ready.contains(&Peer(name)));
        all_at_once(sources, |from| judge(Peer(from.0), Peer(to.0), to.1));
    }
}

#[test]
fn what_the_other_library_could_not_use_is_refused_and_named() {
    let root = tempfile::tempdir().expect("a folder");
    for peer in ready(&["python-filelock"]) {
        let made = peer.make(root.path(), "all");
        let file = made.to_string_lossy().into_owned();

        let refused = run(["reserialise", &file, "--dialect", "node", "--out", "/nonexistent/never.json"]);

        assert_eq!(refused.code, Some(1), "{refused:?}");
        for reason in ["bound to a key", "one session or purpose", "no client_id", "another one is not older"] {
            assert!(refused.err.contains(reason), "{reason}: {}", refused.err);
        }
        assert!(refused.err.contains("--drop-unfit"), "{}", refused.err);
    }
}
