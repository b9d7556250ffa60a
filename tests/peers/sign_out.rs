//! One account out of the caches of several libraries in one home: each library then knows everyone but that account;
//! and a cache that a library is using keeps it, without keeping it in the others.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::support::binary::{Run, command};
use super::super::support::msal::Peer;
use super::{ready, rows};

const ADA: &str = "ada@contoso.com";
/// Where the caches of each library lie in the home.
const PLACES: &[(&str, &str)] = &[
    ("python-filelock", ".azure/msal_token_cache.json"),
    ("node", ".IdentityService/msal.cache.nocae"),
    ("java", ".local/share/.IdentityService/msal.cache.cae"),
    ("go", ".kube/cache/kubelogin/pop_tokens.cache"),
];

/// A home in which each of the libraries has signed the same people in.
struct Machine {
    home: tempfile::TempDir,
    caches: Vec<(Peer, PathBuf)>,
}

impl Machine {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let names: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
        let caches = ready(&names).into_iter().map(|peer| (peer, put(peer, home.path()))).collect();
        Self { home, caches }
    }

    fn sign_out(&self, words: &[&str]) -> Run {
        let words = [&["sign-out", ADA, "--confirm", ADA, "--json"], words].concat();
        Run::of(command(words).env("HOME", self.home.path()).output().expect("saltcellar runs"))
    }
}

fn put(peer: Peer, home: &Path) -> PathBuf {
    let place = PLACES.iter().find(|(name, _)| *name == peer.0).map(|(_, place)| home.join(place)).expect("listed");
    let made = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(place.parent().expect("in the home")).expect("a folder");
    fs::copy(peer.make(made.path(), "work"), &place).expect("copied");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).expect("0600");
    place
}

/// The user names that the library finds.
fn people(peer: Peer, cache: &Path) -> BTreeSet<String> {
    let seen = peer.run("read", cache, &[]);
    rows(&seen["accounts"]).filter_map(|account| account["username"].as_str().map(str::to_lowercase)).collect()
}

fn without_ada(people: &BTreeSet<String>) -> BTreeSet<String> {
    people.iter().filter(|name| *name != ADA).cloned().collect()
}

/// What is said of the cache at `path`.
fn told<'a>(answer: &'a Value, path: &Path) -> &'a Value {
    let place = format!("file:{}", path.display());
    rows(&answer["caches"]).find(|cache| cache["place"] == place.as_str()).expect("it is named")
}

#[test]
fn every_library_has_forgotten_who_was_signed_out_and_nobody_else() {
    let machine = Machine::new();
    let before: Vec<BTreeSet<String>> = machine.caches.iter().map(|(peer, cache)| people(*peer, cache)).collect();

    let run = machine.sign_out(&[]);

    assert_eq!(run.code, (!machine.caches.is_empty()).then_some(0).or(Some(3)), "{run:?}");
    for ((peer, cache), before) in machine.caches.iter().zip(before) {
        let after = people(*peer, cache);
        let removed = rows(&told(&run.json(), cache)["removed"]).count();
        println!("{}: {removed} entries removed, {} of {} people left", peer.0, after.len(), before.len());
        assert!(before.contains(ADA) && before.len() > 1 && removed > 0, "{}: {before:?}", peer.0);
        assert_eq!(after, without_ada(&before), "{}", peer.0);
    }
}

#[test]
fn a_cache_in_use_keeps_the_account_and_the_others_do_not() {
    let machine = Machine::new();
    let Some((holder, held)) = machine.caches.first().filter(|_| machine.caches.len() > 1) else { return };
    let before = fs::read(held).expect("readable");
    let mut holding = holder.start("hold", held, &["4"]);
    holding.expect("LOCKED");

    let first = machine.sign_out(&["--wait", "1"]);
    let untouched = fs::read(held).expect("readable") == before;
    holding.end();
    let second = machine.sign_out(&[]);

    assert_eq!(first.code, Some(5), "{first:?}");
    assert_eq!(told(&first.json(), held)["error"]["kind"], "locked");
    assert!(untouched, "the cache in use was changed");
    for (peer, cache) in machine.caches.iter().skip(1) {
        println!("{}: done while {} held its own", peer.0, holder.0);
        assert_eq!(told(&first.json(), cache)["written"], true, "{first:?}");
        assert!(!people(*peer, cache).contains(ADA), "{}", peer.0);
    }
    assert_eq!(second.code, Some(0), "{second:?}");
    assert!(!people(*holder, held).contains(ADA));
}
