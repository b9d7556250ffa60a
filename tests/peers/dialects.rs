//! A cache of one library in the hand of another: that library knows the same accounts and serves the same tokens from
//! it as the first one did from its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::support::binary::{self, run};
use super::super::support::msal::Peer;
use super::{account_ids, all_at_once, ready, rows};

/// The libraries, and what they are called.
const HANDS: &[(&str, &str)] = &[
    ("python-filelock", "python"),
    ("node", "node"),
    ("java", "java"),
    ("java-old", "java"),
    ("go", "go"),
    ("dotnet", "dotnet"),
];

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

/// `java-old` fails on user tokens beside those of apps, and MSAL.NET keeps them apart.
fn scenario(from: &str, to: &str) -> &'static str {
    let is_parted = |name: &str| ["java-old", "dotnet"].contains(&name);
    if is_parted(from) || is_parted(to) { "work" } else { "all" }
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
        // Node looks for a family's token by its client, too, and Go tries one for an app outside of the family, as MSAL.NET
        // does not; else what could be renewed still can.
        let is_tried_there = to.0 != "node" && (from.0, to.0) != ("go", "dotnet");
        let renews = own != "refresh" || seen == "refresh" || !is_tried_there;
        assert!(renews, "{what}: {row}: {own}, then {seen}");
    }
    println!(
        "{what}: {} accounts, {hits} of {compared} rows from the cache, {} unfit",
        own.accounts.len(),
        rows(&unfit).count()
    );
    assert!(hits >= 5 && compared >= 11, "{what}: {hits} of {compared}");
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
fn tokens_of_apps_stay_out_of_a_cache_of_users_for_msal_net_which_would_delete_it() {
    let root = tempfile::tempdir().expect("a folder");
    let ready = ready(&["python-filelock", "dotnet"]);
    let [python, net] = ready[..] else { return };
    let is_deleted_by_an_app = |file: &Path| {
        let told = net.run("apps", file, &[])["silent"].to_string();
        assert!(told.contains("combined_user_app_cache_not_supported"), "{told}");
        !file.exists()
    };
    let made = python.make(root.path(), "all");

    let (file, unfit) = converted(&made, (net, "dotnet"), &root.path().join("converted"));

    let apps: Vec<&Value> = rows(&unfit).filter(|row| row["why"].to_string().contains("deletes a file")).collect();
    assert!(apps.len() >= 3 && apps.iter().all(|row| row["section"] == "AccessToken"), "{unfit}");
    let seen = Seen::of(net, &file);
    // Work, guest and personal accounts; the hosts of others are not asked for.
    assert_eq!(seen.accounts.len(), 4);
    assert!(seen.silent.values().filter(|from| *from == "cache").count() >= 8, "{:?}", seen.silent);
    // Whom the helper of MSAL.NET spares: not even its own.
    assert!(is_deleted_by_an_app(&net.make(&root.path().join("own"), "work")));
}

#[test]
fn an_app_finds_its_tokens_in_a_cache_of_its_own_in_the_hand_of_msal_net() {
    let root = tempfile::tempdir().expect("a folder");
    let ready = ready(&["python-filelock", "dotnet"]);
    let [python, net] = ready[..] else { return };
    let made = python.make(root.path(), "app-only");

    let (file, unfit) = converted(&made, (net, "dotnet"), &root.path().join("converted"));

    assert_eq!(rows(&unfit).count(), 0, "{unfit}");
    let hits = Seen::of(net, &file).silent.values().filter(|from| *from == "cache").count();
    assert_eq!(hits, 2);
}

#[test]
fn what_an_app_of_msal_net_deletes_is_told_before_it_comes_together_and_found_afterwards() {
    let root = tempfile::tempdir().expect("a folder");
    let [net] = ready(&["dotnet"])[..] else { return };
    let (apps, users) = (net.make(&root.path().join("apps"), "app-only"), net.make(&root.path().join("users"), "work"));
    let [file, theirs] = [&apps, &users].map(|file| file.to_string_lossy().into_owned());

    let planned = binary::answer("import", &apps, &[&theirs, "--dry-run"]);
    let told = run(["import", &file, &theirs, "--yes"]);
    let found = binary::answer("doctor", &apps, &[]).to_string();

    assert_eq!(planned["mixes"], true, "{planned}");
    assert!(told.code == Some(0) && told.err.contains("users and of apps come together"), "{told:?}");
    assert!(found.contains("users-and-apps"), "{found}");
    let told = net.run("apps", &apps, &[])["silent"].to_string();
    assert!(told.contains("combined_user_app_cache_not_supported") && !apps.exists(), "{told}");
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
