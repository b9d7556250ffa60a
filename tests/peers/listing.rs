//! `list` against a reader that shares no code with it: every entry, every field, every account.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::support::binary::{self, run};
use super::super::support::msal::Peer;
use super::super::support::peers::{installed, shared};
use super::super::support::witness;
use super::{account_ids, all_at_once, now, ready, rows};

/// Every scenario that MSAL Python knows; `work` is signed in first where one needs it.
const PYTHON: &[&str] = &[
    "work",
    "guest",
    "personal",
    "b2c",
    "adfs",
    "app-only",
    "managed-identity",
    "ssh-cert",
    "atext",
    "fmi",
    "expired",
    "refresh-on",
    "all",
];
const OTHERS: &[(&str, &str)] =
    &[("python-portalocker", "all"), ("node", "all"), ("java", "all"), ("java-old", "work"), ("go", "all")];
/// The moment at which Python's clock stands.
const THEN: i64 = 1_700_000_000;

/// What `list` says of `file`: the one cache of its answer.
fn listed(file: &Path, at: i64) -> Value {
    let mut answer = binary::answer("list", file, &["--at", &at.to_string()]);
    assert_eq!(answer["at"], at);
    assert_eq!(answer["caches"].as_array().map(Vec::len), Some(1));
    answer["caches"][0].take()
}

/// Asserts that `list` and the independent reader see the same; how many entries.
fn same(file: &Path, at: i64) -> Option<u64> {
    let expected = witness::read(file, at)?;
    let cache = listed(file, at);

    let counts = rows(&cache["entries"]).fold(BTreeMap::new(), |mut counts: BTreeMap<&str, u64>, entry| {
        *counts.entry(entry["section"].as_str().expect("a section")).or_default() += 1;
        counts
    });
    let wanted = expected["sections"].as_object().expect("sections");
    let wanted = wanted.iter().filter_map(|(name, count)| Some((name.as_str(), count.as_u64()?)));
    assert_eq!(counts, wanted.filter(|(_, count)| *count > 0).collect(), "{}", file.display());
    let (ours, theirs) = (telling(&cache["entries"]), telling(&expected["entries"]));
    assert_eq!(ours.len(), theirs.len(), "{}", file.display());
    for (ours, theirs) in ours.into_iter().zip(theirs) {
        assert_eq!(*ours, with_target_as_text(theirs), "{}", file.display());
    }
    same_accounts(&cache, &expected);
    Some(counts.values().sum())
}

/// Old MSAL Python wrote scopes as an array, which `list` shows as everybody else writes them.
fn with_target_as_text(entry: &Value) -> Value {
    let mut entry = entry.clone();
    if let Some(scopes) = entry["target"].as_array() {
        let scopes: Vec<_> = scopes.iter().filter_map(Value::as_str).collect();
        entry["target"] = scopes.join(" ").into();
    }
    entry
}

/// The entries with a field: `list` also names members of unknown sections that are no objects, the reader counts them.
fn telling(entries: &Value) -> Vec<&Value> {
    let fields = ["fingerprint", "home_account_id", "environment", "client_id", "realm", "target"];
    rows(entries).filter(|entry| fields.iter().any(|field| !entry[*field].is_null())).collect()
}

/// Accounts are gathered by home account: each environment and name of an Account entry must be found there.
fn same_accounts(cache: &Value, expected: &Value) {
    let ids: BTreeSet<_> = account_ids(expected);
    let of_entries: BTreeSet<_> = account_ids(cache)
        .into_iter()
        .filter(|id| rows(&cache["entries"]).any(|entry| is_account(entry, id)))
        .collect();
    assert_eq!(of_entries, ids);
    for wanted in rows(&expected["accounts"]).filter(|account| account["home_account_id"].is_string()) {
        let account = rows(&cache["accounts"]).find(|one| one["home_account_id"] == wanted["home_account_id"]);
        let account = account.expect("listed");
        let host = &wanted["environment"];
        assert!(rows(&account["environments"]).any(|environment| environment == host), "{host} in {account}");
        let same_person = |one: &&Value| one["home_account_id"] == wanted["home_account_id"];
        let mut names = rows(&expected["accounts"]).filter(same_person).map(|one| &one["username"]);
        assert!(names.any(|name| *name == account["username"]), "{account}");
    }
}

fn is_account(entry: &Value, id: &str) -> bool {
    entry["section"] == "Account" && entry["home_account_id"] == id
}

/// Moments before, within 15 minutes of and at the expiry of what was cached at `then`.
fn moments(then: i64) -> [i64; 3] {
    [then, then + 2_699, then + 3_599]
}

#[test]
fn caches_of_msal_python_are_listed_completely() {
    let root = tempfile::tempdir().expect("a folder");
    let cells = ready(&["python-filelock"]).into_iter().flat_map(|peer| PYTHON.iter().map(move |name| (peer, *name)));

    all_at_once(cells, |(peer, scenario)| {
        let file = root.path().join(format!("{scenario}.json"));
        peer.run("make", &file, &[scenario, "--now", &THEN.to_string()]);
        let seen: Vec<_> = moments(THEN).iter().filter_map(|at| same(&file, *at)).collect();

        println!("python {scenario}: {} entries, the same at {} moments", seen[0], seen.len());
        assert!(seen[0] >= 2);
    });
}

#[test]
fn caches_of_the_other_libraries_are_listed_completely() {
    let root = tempfile::tempdir().expect("a folder");
    let names: Vec<_> = OTHERS.iter().map(|(name, _)| *name).collect();
    let ready = ready(&names);

    all_at_once(OTHERS.iter().filter(|(name, _)| ready.contains(&Peer(name))), |(name, scenario)| {
        let file = Peer(name).make(root.path(), scenario);
        let seen: Vec<_> = moments(now()).iter().filter_map(|at| same(&file, *at)).collect();

        println!("{name} {scenario}: {} entries, the same at {} moments", seen[0], seen.len());
        assert!(seen[0] >= 20);
    });
}

#[test]
fn a_large_cache_of_msal_python_is_listed_completely() {
    let root = tempfile::tempdir().expect("a folder");
    for peer in ready(&["python-filelock"]) {
        let file = root.path().join("bulk.json");
        peer.run("make", &file, &["bulk", "3000"]);

        let seen = same(&file, now()).expect("read");

        println!("python bulk: {seen} entries, the same");
        assert!(seen >= 3000);
    }
}

#[test]
fn every_cache_of_the_shared_folder_is_listed_completely_or_refused() {
    let Some(folder) = shared("caches").filter(|_| installed("python3")) else { return };
    let files = fs::read_dir(folder).expect("listed").map(|entry| entry.expect("listed").path());
    let (mut same_in, mut refused) = (0, 0);
    for file in files.filter(|file| file.is_file() && file.extension().is_some_and(|extension| extension == "json")) {
        let before = fs::read(&file).expect("readable");

        if same(&file, now()).is_some() {
            same_in += 1;
        } else {
            let run = run([file.as_os_str(), "list".as_ref()].into_iter().rev());
            assert_eq!(run.code, Some(1), "{}: {run:?}", file.display());
            refused += 1;
        }

        assert_eq!(fs::read(&file).expect("readable"), before);
    }
    println!("shared caches: {same_in} listed the same, {refused} refused as no JSON");
    assert!(same_in >= 15);
}
