//! Undo after a library has rotated a refresh token: the older one, which the server may have retired, stays away.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::super::support::binary::{answer, run};
use super::super::support::msal::Peer;
use super::super::support::witness;
use super::{all_at_once, now, ready, rows};

const ADA: &str = "ada@contoso.com";
const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const OFFICE: &str = "aebc6443-996d-45c2-90f0-388ff96faa56";

/// Key to fingerprint of the refresh tokens in `cache`.
fn refresh_tokens(cache: &Path) -> BTreeMap<String, String> {
    let seen = witness::read(cache, now()).expect("a cache");
    let tokens = rows(&seen["entries"]).filter(|entry| entry["section"] == "RefreshToken");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    tokens.map(|entry| (text(&entry["key"]), text(&entry["fingerprint"]))).collect()
}

/// Changes a cache of `peer`, has the library do something `meanwhile`, and undoes: the answer of the undo, the refresh
/// tokens of before, after what the library did, and at the end.
fn undo_beside(peer: Peer, change: &[&str], meanwhile: &dyn Fn(Peer, &Path)) -> (Value, [BTreeMap<String, String>; 3]) {
    let root = tempfile::tempdir().expect("a folder");
    let cache = peer.make(root.path(), "work");
    let before = refresh_tokens(&cache);
    let (command, words) = change.split_first().expect("a command");
    answer(command, &cache, words);
    meanwhile(peer, &cache);
    let newer = refresh_tokens(&cache);

    let run = run(["undo".as_ref(), cache.as_os_str(), "--json".as_ref(), "--yes".as_ref()]);
    let undone = run.json();
    assert_eq!(run.code, Some(i32::from(undone["written"] != true)), "{run:?}");

    (undone, [before, newer, refresh_tokens(&cache)])
}

fn rotate(peer: Peer, cache: &Path) {
    assert_eq!(peer.run("rotate", cache, &[ADA])["rotated"], true, "{}", peer.0);
}

fn sign_in_again(peer: Peer, cache: &Path) {
    peer.run("make", cache, &["work"]);
}

/// The tokens of `old` that `new` has under no key.
fn retired<'t>(old: &'t BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<&'t String> {
    old.values().filter(|token| !new.values().any(|other| other == *token)).collect()
}

#[test]
fn undoing_a_renewal_keeps_the_rotated_refresh_token_and_says_what_it_skipped() {
    all_at_once(ready(&["python-filelock", "python-portalocker", "node", "java", "java-old", "go"]), |peer| {
        let (undone, [before, rotated, end]) = undo_beside(peer, &["renew", "--account", ADA, "--yes"], &rotate);

        let skipped: Vec<_> = rows(&undone["skipped"]).collect();
        println!("{}: {} back, {} skipped", peer.0, rows(&undone["restored"]).count(), skipped.len());
        assert!(!retired(&before, &rotated).is_empty(), "{} has rotated", peer.0);
        assert_eq!(undone["exact"], false);
        assert_eq!(end, rotated, "{}: the tokens of the rotation, and only they", peer.0);
        assert!(rows(&undone["restored"]).count() > 0, "{}: {undone}", peer.0);
        assert!(skipped.iter().any(|entry| entry["section"] == "AccessToken" && entry["why"].is_string()), "{undone}");
    });
}

#[test]
fn undo_puts_no_refresh_token_over_or_beside_its_rotated_successor() {
    let cells =
        ready(&["python-filelock"]).into_iter().flat_map(|peer| [AZURE_CLI, OFFICE].map(|client| (peer, client)));

    all_at_once(cells, |(peer, client)| {
        let change = ["prune", "--type", "RT", "--account", ADA, "--client", client, "--confirm", ADA];
        let (undone, [before, rotated, end]) = undo_beside(peer, &change, &rotate);

        let gone = retired(&before, &rotated);
        println!("{client}: {} retired, skipped: {}", gone.len(), undone["skipped"]);
        assert_eq!(end, rotated, "no older token over or beside a newer one");
        assert!(gone.iter().all(|token| !end.values().any(|there| there == *token)));
        let skipped: Vec<_> = rows(&undone["skipped"]).collect();
        assert!(skipped.iter().any(|entry| entry["section"] == "RefreshToken" && entry["why"].is_string()), "{undone}");
    });
}

#[test]
fn undoing_a_forgotten_account_that_has_signed_in_again_keeps_its_new_refresh_tokens() {
    all_at_once(ready(&["python-filelock", "node", "java", "go"]), |peer| {
        let forget = ["forget", "--account", ADA, "--confirm", ADA, "--keep-undo"];
        let (undone, [before, newer, end]) = undo_beside(peer, &forget, &sign_in_again);

        let skipped = rows(&undone["skipped"]).filter(|entry| entry["section"] == "RefreshToken").count();
        println!("{}: {} old ones, {skipped} refresh tokens skipped", peer.0, retired(&before, &newer).len());
        assert_eq!(end, newer, "{}", peer.0);
        assert!(skipped > 0, "{}: {undone}", peer.0);
    });
}

#[test]
fn in_words_too_undo_says_what_it_skipped() {
    for peer in ready(&["python-filelock"]) {
        let root = tempfile::tempdir().expect("a folder");
        let cache = peer.make(root.path(), "work");
        answer("renew", &cache, &["--account", ADA, "--yes"]);
        peer.run("rotate", &cache, &[ADA]);

        let run = run(["undo".as_ref(), cache.as_os_str(), "--yes".as_ref()]);

        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.err.contains("skipped"), "{}", run.err);
        assert!(run.err.contains("newer one"), "{}", run.err);
    }
}
