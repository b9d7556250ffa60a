//! `run` around real commands: MSAL Python's own, which stand in for an app, and Azure CLI. What
//! is said of them, and that they run as they would by themselves.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::support::binary::{Run, command};
use super::super::support::msal::{Peer, cache_folder, program};
use super::{all_at_once, ready};

const ADA: &str = "ada@contoso.com";

/// `saltcellar run` around a command of `peer` on `cache`.
fn around(peer: Peer, cache: &Path, words: &[&str], more: &[&str]) -> Run {
    let mut run = command(["run"].iter().chain(more));
    // The peers lie below the user's cache folder.
    for name in ["HOME", "XDG_CACHE_HOME", "SALTCELLAR_PEER_CACHE"] {
        if let Some(value) = std::env::var_os(name) {
            run.env(name, value);
        }
    }
    let (first, rest) = words.split_first().expect("a command");
    run.arg("--place").arg(cache).arg("--").arg(program("peer")).args([peer.0, first]).arg(cache).args(rest);
    Run::of(run.output().expect("saltcellar runs"))
}

/// A cache of `peer` as it was some days ago, so that its access tokens have expired.
fn old_cache(peer: Peer, root: &Path) -> std::path::PathBuf {
    let cache = peer.cache_in(root);
    let now = super::now() - 3 * 86_400;
    peer.run("make", &cache, &["work", "--now", &now.to_string()]);
    cache
}

#[test]
fn a_first_sign_in_is_told_with_its_account_and_tokens() {
    all_at_once(ready(&["python-filelock"]), |peer| {
        let root = tempfile::tempdir().expect("a folder");
        let cache = peer.cache_in(root.path());

        let run = around(peer, &cache, &["write", "1", "new"], &[]);

        println!("{}", run.err);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.out.contains("\"acked\""), "the command's output is its own: {}", run.out);
        assert!(run.err.starts_with("saltcellar: peer: writer.new@contoso.com signed in to "), "{}", run.err);
        assert!(run.err.contains("new in this cache: a new https://new-0.example.net token  in "), "{}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    });
}

#[test]
fn a_refresh_is_told_with_the_token_that_did_it_and_why() {
    all_at_once(ready(&["python-filelock"]), |peer| {
        let root = tempfile::tempdir().expect("a folder");
        let cache = old_cache(peer, root.path());

        let run = around(peer, &cache, &["rotate", ADA], &[]);

        println!("{}", run.err);
        assert_eq!(run.code, Some(0), "{run:?}");
        let first = run.err.lines().next().expect("a line");
        assert!(first.contains(" token for ada@contoso.com without a sign-in, likely with "), "{}", run.err);
        assert!(first.contains(": the cached one expired 2d ago"), "{}", run.err);
    });
}

#[test]
fn a_command_that_changes_nothing_is_said_to_have_used_what_is_cached() {
    all_at_once(ready(&["python-filelock"]), |peer| {
        let root = tempfile::tempdir().expect("a folder");
        let cache = peer.make(root.path(), "work");

        let run = around(peer, &cache, &["hold", "0"], &[]);

        println!("{}", run.err);
        let begin = "saltcellar: peer: nothing changed: if it asked for a token, a cached one served: ";
        assert!(run.err.starts_with(begin), "{}", run.err);
    });
}

#[test]
fn json_goes_to_standard_error_and_holds_the_deeds_and_the_differences() {
    all_at_once(ready(&["python-filelock"]), |peer| {
        let root = tempfile::tempdir().expect("a folder");
        let cache = peer.make(root.path(), "work");

        let run = around(peer, &cache, &["write", "2", "j"], &["--json"]);

        let said: serde_json::Value = serde_json::from_str(&run.err).expect("one line of JSON");
        assert_eq!((&said["command"], &said["exit"]), (&"peer".into(), &0.into()));
        let deed = &said["caches"][0]["deeds"][0];
        assert_eq!((&deed["what"], &deed["account"]), (&"signed-in".into(), &"writer.j@contoso.com".into()));
        assert_eq!(deed["tokens"].as_array().map(Vec::len), Some(2), "{deed}");
        assert!(said["caches"][0]["differences"].as_array().is_some_and(|all| all.len() >= 6), "{said}");
    });
}

#[test]
fn azure_cli_is_run_and_told_of() {
    let peers = ready(&["python-filelock"]);
    let Some(peer) = peers.into_iter().next().filter(|_| !ready(&["az"]).is_empty()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("msal_token_cache.json");
    fs::copy(peer.make(folder.path(), "work"), &cache).expect("copied");
    fs::write(folder.path().join("config"), "[core]\ncollect_telemetry=no\nencrypt_token_cache=false\nfirst_run=no\n")
        .expect("written");
    // A proxy that nobody is: no request leaves the machine.
    let az = |words: &[&str]| {
        let mut run: Command = command(["run", "--"]);
        run.arg(cache_folder().join("az/venv/bin/az"))
            .args(words)
            .env("AZURE_CONFIG_DIR", folder.path())
            .env("HTTPS_PROXY", "http://127.0.0.1:9");
        Run::of(run.env("HOME", folder.path()).output().expect("saltcellar runs"))
    };

    // The second one asks the network, which is not there, before it comes to the cache.
    let (version, clear) = (az(&["version", "--output", "json"]), az(&["account", "clear"]));

    let last = clear.err.lines().last().expect("a line");
    println!("{}{last}", version.err);
    assert_eq!((version.code, clear.code), (Some(0), Some(1)), "{version:?} {last}");
    assert!(version.out.contains("azure-cli"), "{}", version.out);
    assert!(version.err.starts_with("saltcellar: az: nothing changed: if it asked for a token, "), "{}", version.err);
    assert!(last.starts_with("saltcellar: az: nothing changed: it got no new token; cached and live: "), "{last}");
}
