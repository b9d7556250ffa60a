//! Changes by the real binary, judged by the library whose cache it is: what was named is gone, all else is found as
//! before, byte for byte; and undo brings every byte back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::support::binary::answer;
use super::super::support::msal::{LIBRARIES, Peer};
use super::super::support::witness;
use super::{account_ids, all_at_once, now, ready, rows};

const ADA: &str = "ada@contoso.com";

/// A change and what it takes out of the caches of the libraries.
struct Operation {
    command: &'static str,
    words: &'static [&'static str],
    when: When,
    takes: Takes,
}

/// The moment of a change.
#[derive(Clone, Copy)]
enum When {
    Now,
    /// When the usual tokens have died.
    AnHourOn,
}

/// What must be gone afterwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Access tokens, and nothing else.
    Tokens,
    /// Everything of one account.
    Ada,
    /// Nothing: another layout.
    Nothing,
}

const fn operation(command: &'static str, words: &'static [&'static str], takes: Takes) -> Operation {
    Operation { command, words, when: When::Now, takes }
}

const EXPIRED: Operation = operation("prune", &["--expired", "--yes"], Takes::Tokens);
/// `go` stores no expired token, and `java-old` none beside those of apps: theirs expire later.
const DYING: Operation = Operation { when: When::AnHourOn, ..EXPIRED };
const OTHERS: [Operation; 6] = [
    operation("prune", &["--resource", "https://graph.microsoft.com", "--yes"], Takes::Tokens),
    operation("forget", &["--account", ADA, "--confirm", ADA, "--keep-undo"], Takes::Ada),
    operation("renew", &["--yes"], Takes::Tokens),
    operation("reserialise", &["--style", "pretty", "--yes"], Takes::Nothing),
    operation("reserialise", &["--style", "compact", "--yes"], Takes::Nothing),
    operation("reserialise", &["--style", "canonical", "--yes"], Takes::Nothing),
];

impl Operation {
    /// Carries it out on `file`; the answer of saltcellar.
    fn carry_out(&self, file: &Path) -> Value {
        let at = match self.when {
            When::Now => now(),
            When::AnHourOn => now() + 3_700,
        };
        let at = at.to_string();
        answer(self.command, file, &[self.words, &["--at", &at]].concat())
    }
}

/// The cache of one library, as it was made, and what the library made of it then.
struct Subject {
    peer: Peer,
    root: tempfile::TempDir,
    made: PathBuf,
    seen: Value,
}

impl Subject {
    fn new(peer: Peer) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let made = peer.make(root.path(), if peer.0 == "java-old" { "work" } else { "all" });
        let mut subject = Self { peer, root, made, seen: Value::Null };
        subject.seen = subject.ask(&subject.made);
        subject
    }

    /// A copy of `file` in a folder of its own.
    fn copy(&self, file: &Path, name: &str) -> PathBuf {
        let copy = self.peer.cache_in(&self.root.path().join(name));
        fs::copy(file, &copy).expect("copied");
        copy
    }

    /// What the library makes of `file`; of a copy, for a look may write.
    fn ask(&self, file: &Path) -> Value {
        self.peer.run("read", &self.copy(file, "asked"), &[])
    }

    fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        let first = if matches!(self.peer.0, "go" | "java-old") { &DYING } else { &EXPIRED };
        std::iter::once(first).chain(&OTHERS)
    }
}

/// Carries `operation` out on a copy, has the library judge it, and undoes it.
fn judge(subject: &Subject, operation: &Operation, number: usize) {
    let (made, file) = (&subject.made, subject.copy(&subject.made, &format!("changed-{number}")));
    let what = format!("{} {} {}", subject.peer.0, operation.command, operation.words.join(" "));

    let done = operation.carry_out(&file);

    let removed = rows(&done["removed"]).count();
    let kept = match operation.takes {
        Takes::Nothing => same_values(made, &file),
        Takes::Tokens | Takes::Ada => witness::prove_removal(made, &file, &done["removed"]),
    };
    println!("{what}: {removed} removed, {kept} kept, written: {}", done["written"]);
    assert_eq!(removed > 0, operation.takes != Takes::Nothing, "{what}");
    if done["written"] == true {
        let told = told(&subject.ask(&file));
        agree(&told, &expected(subject, &file, operation.takes), &what);
        let needs_sign_in = told.1.iter().any(|line| line.ends_with("none"));
        assert!(operation.command != "renew" || !needs_sign_in, "{what}: {told:#?}");
        let undone = answer("undo", &file, &["--yes"]);
        assert_eq!(undone["exact"], true, "{what}: {undone}");
    }
    assert!(fs::read(&file).expect("readable") == fs::read(made).expect("readable"), "{what}: undo");
}

/// Where each token of the cast comes from, and the accounts they are for.
type Told = (BTreeSet<String>, Vec<String>);

fn agree(told: &Told, expected: &Told, what: &str) {
    let differing: Vec<_> = told.1.iter().zip(&expected.1).filter(|(told, expected)| told != expected).collect();
    assert!(differing.is_empty(), "{what}: (told, expected) {differing:#?}");
    assert_eq!(told, expected, "{what}");
}

/// Asserts that two files say the same, whatever their layout and order; that all is kept.
fn same_values(old: &Path, new: &Path) -> Value {
    let read = |file| -> Value { serde_json::from_slice(&fs::read(file).expect("readable")).expect("JSON") };
    assert!(read(old) == read(new), "{} says something else", new.display());
    "all".into()
}

fn told(seen: &Value) -> Told {
    let accounts = account_ids(seen).into_iter().map(str::to_owned).collect();
    (accounts, rows(&seen["silent"]).map(|row| line(row, from(row))).collect())
}

fn from(row: &Value) -> &str {
    row["from"].as_str().expect("a word")
}

fn line(row: &Value, from: &str) -> String {
    format!("{} {} {} {} {from}", row["username"], row["client_id"], row["realm"], row["scopes"])
}

/// What the library should say of `file`, where an account that was forgotten is unknown.
fn expected(subject: &Subject, file: &Path, takes: Takes) -> Told {
    let seen = &subject.seen;
    let cache = witness::read(file, now()).expect("a cache");
    let stays = |row: &&Value| takes != Takes::Ada || row["username"] != ADA;
    let accounts = rows(&seen["accounts"]).filter(stays).filter_map(|row| row["home_account_id"].as_str());
    let silent = rows(&seen["silent"]).filter(stays).map(|row| line(row, expected_from(subject, &cache, row)));
    (accounts.map(str::to_owned).collect(), silent.collect())
}

/// Where the token of `row` should come from: one that went is asked for anew, all else is as it was.
fn expected_from<'s>(subject: &Subject, cache: &Value, row: &'s Value) -> &'s str {
    let home = home(&subject.seen, row);
    let is_gone = from(row) == "cache" && !is_cached(cache, row, home);
    let is_nodes = subject.peer.0 == "node" && home.is_some();
    match (is_gone, is_nodes && !has_refresh_token(cache, row, home)) {
        (false, _) => from(row),
        (true, false) => "refresh",
        (true, true) => "none",
    }
}

/// Whether the client of `row` has a refresh token under its own id: Node finds no other, families or not.
fn has_refresh_token(cache: &Value, row: &Value, home: Option<&str>) -> bool {
    rows(&cache["entries"]).any(|entry| {
        let is_its_own = entry["client_id"] == row["client_id"] && entry["home_account_id"].as_str() == home;
        entry["section"] == "RefreshToken" && is_its_own
    })
}

/// The home account id of whoever a row of the cast is about; `None` for an app.
fn home<'s>(seen: &'s Value, row: &Value) -> Option<&'s str> {
    if matches!(row["kind"].as_str(), Some("app" | "managed" | "fmi")) {
        return None;
    }
    rows(&seen["accounts"]).find(|account| account["username"] == row["username"])?["home_account_id"].as_str()
}

/// Whether a token for `row` that has not expired is in the cache.
fn is_cached(cache: &Value, row: &Value, home: Option<&str>) -> bool {
    rows(&cache["entries"]).any(|entry| {
        let scopes: Vec<_> = entry["target"].as_str().unwrap_or_default().split(' ').collect();
        let covers = rows(&row["scopes"]).all(|scope| scope.as_str().is_some_and(|scope| scopes.contains(&scope)));
        let of = entry["home_account_id"].as_str().filter(|id| !id.is_empty());
        // Python names no client for a managed identity, and a B2C tenant without its policy.
        let client = entry["client_id"] == row["client_id"] || row["kind"] == "managed";
        let tenant = row["realm"].as_str().and_then(|realm| realm.split('/').next());
        let is_alive = entry["section"] == "AccessToken" && entry["state"] != "expired";
        is_alive && client && entry["realm"].as_str() == tenant && of == home && covers
    })
}

#[test]
fn every_library_reads_what_saltcellar_changed_and_undid() {
    all_at_once(ready(LIBRARIES), |peer| {
        let subject = Subject::new(peer);

        for (number, operation) in subject.operations().enumerate() {
            judge(&subject, operation, number);
        }

        let last = subject.root.path().join("changed-0");
        let restored = peer.cache_in(&last);
        assert_eq!(told(&subject.ask(&restored)), told(&subject.seen), "{} after undo", peer.0);
    });
}
