//! What rules of the doctor claim about a library, shown with that library: it stumbles over the cache, and no more once the
//! fix is applied. And over what the libraries themselves write, the rules find no error.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use saltcellar::cache::{Cache, Entry, Field, Section};
use saltcellar::json::{Change, Document, Edit, Kind, Patch, Path as Spot, Step, Text, quote};
use saltcellar::lint::{Severity, Surroundings};
use saltcellar::secret::{SecretBytes, SecretText};
use saltcellar::time::UnixSeconds;
use serde_json::Value;

use super::super::support::lint::{all_findings, fixed_at};
use super::super::support::msal::{LIBRARIES, Peer, cache_folder, program};
use super::{all_at_once, now, ready, rows};

const ADA: &str = "ada@contoso.com";
const OWN_APP: &str = "a99a99a9-0000-4000-8000-000000000a99";

/// A cache of a library with something wrong in it, and its rule.
struct Case {
    peer: Peer,
    rule: &'static str,
    _root: tempfile::TempDir,
    file: PathBuf,
}

impl Case {
    /// A cache of ordinary users made by `peer`, then broken by `edits`.
    fn new(peer: Peer, rule: &'static str, edits: impl Fn(&Cache<'_>) -> Vec<Edit>) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let file = peer.make(root.path(), "work");
        let case = Self { peer, rule, _root: root, file };
        let document = case.document();
        let changes = edits(&Cache::of(&document)).into_iter().map(|edit| Change { edit, why: "a test".into() });
        let patch = Patch { title: String::new(), changes: changes.collect() };
        let (broken, _) = document.apply(&patch).expect("the edits fit");
        fs::write(&case.file, broken.to_bytes().reveal()).expect("written");
        case
    }

    fn document(&self) -> Document {
        Document::parse(SecretBytes::new(fs::read(&self.file).expect("readable"))).expect("a cache")
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).expect("UTF-8")
    }

    /// Asserts that the rule finds this, as gravely, and that its fix leaves nothing to fix; applies the fix.
    fn mend(&self, severity: Severity) {
        let (text, surroundings) = (self.text(), Surroundings::default());
        let found = all_findings(&text, &surroundings, UnixSeconds(now()));
        let found: Vec<_> = found.into_iter().filter(|finding| finding.rule == self.rule).collect();
        assert_eq!(found.first().map(|finding| finding.severity), Some(severity), "{}: {found:?}", self.rule);
        println!("{} {}: {}", self.peer.0, self.rule, found[0].says);
        fs::write(&self.file, fixed_at(self.rule, &text, &surroundings, UnixSeconds(now()))).expect("written");
    }

    /// What the library makes of a copy: the last line of its answer, or the last of its complaint.
    fn ask(&self, words: &[&str]) -> Result<Value, String> {
        self.ask_with(words, &[])
    }

    fn ask_with(&self, words: &[&str], environment: &[(&str, &str)]) -> Result<Value, String> {
        let copy = tempfile::tempdir().expect("a folder");
        let file = self.peer.cache_in(copy.path());
        fs::copy(&self.file, &file).expect("copied");
        let (command, words) = words.split_first().expect("a command");
        let mut peer = Command::new(program("peer"));
        peer.args([self.peer.0, *command]).arg(&file).args(words).envs(environment.iter().copied());
        answer(&mut peer)
    }

    /// Where the four tokens of Ada's that were made come from, in the order of the cast.
    fn silent(&self) -> Vec<String> {
        let seen = self.ask(&["read"]).expect("the library reads it");
        let of_ada = rows(&seen["silent"]).filter(|row| row["username"] == ADA);
        of_ada.take(4).map(|row| row["from"].as_str().expect("a word").to_owned()).collect()
    }
}

/// The last line that `command` prints as JSON; of one that fails, the last line of its complaint.
fn answer(command: &mut Command) -> Result<Value, String> {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let last = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().lines().last().unwrap_or("").to_owned();
    if output.status.success() {
        Ok(serde_json::from_str(&last(&output.stdout)).expect("JSON"))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The first entry of `section` whose key holds all of `parts`.
fn entry<'doc>(cache: &Cache<'doc>, section: Section, parts: &[&str]) -> Entry<'doc> {
    let is_it = |entry: &Entry<'_>| entry.section() == section && parts.iter().all(|part| entry.key().contains(part));
    cache.entries().find(is_it).expect("the library has made one")
}

fn token<'doc>(cache: &Cache<'doc>) -> Entry<'doc> {
    entry(cache, Section::AccessToken, &["ada", "management"])
}

fn remove(entry: &Entry<'_>, field: Field) -> Edit {
    Edit::Remove(entry.field_path(field).expect("it is written"))
}

fn replace(entry: &Entry<'_>, field: Field, value: &str) -> Edit {
    Edit::Replace(entry.field_path(field).expect("it is written"), text(value))
}

/// Stores `value` under `key` beside `entry`.
fn beside(entry: &Entry<'_>, key: &str, value: &str) -> Edit {
    let (object, _) = entry.path().split_last().expect("a section");
    Edit::Insert { object, at: saltcellar::json::Position::Last, name: text(&quote(key, true)), value: text(value) }
}

fn text(raw: &str) -> Text {
    Text::Printed(SecretText::new(raw.to_owned()))
}

fn raw(cache: &Cache<'_>, entry: &Entry<'_>) -> String {
    cache.document().node(entry.spot()).expect("it is there").raw().into_owned()
}

fn python() -> Vec<Peer> {
    ready(&["python-filelock"])
}

fn node() -> Vec<Peer> {
    ready(&["node"])
}

/// What MSAL Python answers when it is asked for Ada by name.
fn named(case: &Case) -> Value {
    let python = cache_folder().join(case.peer.0).join("venv/bin/python");
    answer(Command::new(python).args(["-B"]).arg(program("lint/named.py")).arg(&case.file).arg(ADA)).expect("an answer")
}

/// The first digits of the hash of the refresh token with which msal-node asks for Ada and the app of the tests.
fn asked(case: &Case) -> String {
    let mut node = Command::new("node");
    node.arg(program("lint/asked.mjs")).arg(&case.file).env("SALTCELLAR_PEER_HOME", cache_folder().join("node"));
    let asked = answer(&mut node).expect("an answer");
    asked[format!("{ADA} {OWN_APP}")].as_str().expect("it asks the service").to_owned()
}

#[test]
fn python_lists_no_account_when_one_lacks_its_authority_type() {
    for peer in python() {
        let case = Case::new(peer, "missing-field", |cache| {
            vec![remove(&entry(cache, Section::Account, &["ada"]), Field::AuthorityType)]
        });
        let complaint = case.ask(&["read"]).expect_err("no account is listed");
        assert!(complaint.contains("KeyError: 'authority_type'"), "{complaint}");

        case.mend(Severity::Error);

        assert_eq!(case.silent(), ["cache"; 4]);
    }
}

#[test]
fn python_fails_at_a_name_when_an_account_has_none() {
    for peer in python() {
        let case = Case::new(peer, "missing-field", |cache| {
            vec![replace(&entry(cache, Section::Account, &["ada"]), Field::Username, "null")]
        });
        assert_eq!(named(&case)["error"], "AttributeError");

        case.mend(Severity::Error);

        assert_eq!(named(&case)["accounts"], 1);
    }
}

#[test]
fn python_fails_at_every_search_beside_a_token_without_expiry() {
    all_at_once(
        ["none", "1.5"].into_iter().flat_map(|expiry| python().into_iter().map(move |peer| (peer, expiry))),
        |(peer, expiry)| {
            let case = Case::new(peer, "missing-field", |cache| match expiry {
                "none" => vec![remove(&token(cache), Field::ExpiresOn)],
                other => vec![replace(&token(cache), Field::ExpiresOn, &quote(other, true))],
            });
            let error = if expiry == "none" { "error:KeyError" } else { "error:ValueError" };
            // A token under its very key is found before the search comes to the broken one.
            assert!(case.silent().iter().any(|from| from == error), "{:?}", case.silent());

            case.mend(Severity::Error);

            assert_eq!(case.silent(), ["refresh", "cache", "cache", "cache"]);
        },
    );
}

#[test]
fn python_asserts_at_an_expired_token_of_a_foreign_type() {
    for peer in python() {
        let case = Case::new(peer, "foreign-credential-type", |cache| {
            let token = token(cache);
            vec![
                replace(&token, Field::CredentialType, "\"ATExt\""),
                replace(&token, Field::ExpiresOn, "\"1600000000\""),
            ]
        });
        assert!(case.silent().iter().any(|from| from == "error:AssertionError"), "{:?}", case.silent());

        case.mend(Severity::Error);

        assert_eq!(case.silent(), ["refresh", "cache", "cache", "cache"]);
    }
}

#[test]
fn python_cannot_look_into_a_section_of_null() {
    for peer in python() {
        let case = Case::new(peer, "broken-section", |_| {
            vec![Edit::Replace(Spot(vec![Step::first("AccessToken")]), text("null"))]
        });
        assert_eq!(case.silent(), ["error:AttributeError"; 4]);

        case.mend(Severity::Error);

        assert_eq!(case.silent(), ["refresh"; 4]);
    }
}

#[test]
fn python_and_node_read_no_text_behind_a_byte_order_mark() {
    all_at_once(ready(&["python-filelock", "node"]), |peer| {
        let case = Case::new(peer, "byte-order-mark", |_| Vec::new());
        let before = case.silent();
        fs::write(&case.file, format!("\u{feff}{}", case.text())).expect("written");
        let complaint = case.ask(&["read"]).expect_err("it cannot be read");
        assert!(
            complaint.contains("BOM") || complaint.contains("JSON") || complaint.contains('\u{feff}'),
            "{complaint}"
        );

        case.mend(Severity::Error);

        assert_eq!(case.silent(), before);
    });
}

#[test]
fn python_in_a_c_locale_reads_no_raw_letters() {
    let c_locale = [("LC_ALL", "C"), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0"), ("PYTHONIOENCODING", "utf-8")];
    for peer in python() {
        let case = Case::new(peer, "raw-non-ascii", |cache| {
            vec![replace(&entry(cache, Section::Account, &["ada"]), Field::Username, "\"adá@contoso.com\"")]
        });
        let complaint = case.ask_with(&["read"], &c_locale).expect_err("it cannot be read");
        assert!(complaint.contains("UnicodeDecodeError"), "{complaint}");

        case.mend(Severity::Warning);

        assert!(case.ask_with(&["read"], &c_locale).is_ok());
    }
}

#[test]
fn python_never_purges_an_expired_token_under_a_foreign_key() {
    for peer in python() {
        let case = Case::new(peer, "foreign-key", |cache| {
            let token = token(cache);
            let expired = raw(cache, &token).replace(&*token.text(Field::ExpiresOn).expect("a time"), "1600000000");
            vec![Edit::Remove(token.path()), beside(&token, &format!("{}-", token.key()), &expired)]
        });
        let is_there = || case.text().contains("1600000000");
        peer.run("read", &case.file, &[]);
        assert!(is_there(), "a search does not purge it");

        case.mend(Severity::Error);
        peer.run("read", &case.file, &[]);

        assert!(!is_there(), "a search purges it");
    }
}

#[test]
fn node_asks_with_the_shadowing_refresh_token_until_it_is_taken_out() {
    for peer in node() {
        let fresh = Case::new(peer, "shadowed-refresh-token", |_| Vec::new());
        let case = Case::new(peer, "shadowed-refresh-token", |cache| {
            let new = entry(cache, Section::RefreshToken, &["ada", OWN_APP, "---"]);
            let secret = new.field_path(Field::Secret).expect("it is written");
            let node = cache.document().get(&secret).expect("it is there");
            assert_eq!(node.kind(), Kind::String);
            let old = raw(cache, &new).replace(&*node.raw(), "\"0.old\"");
            let (object, _) = new.path().split_last().expect("a section");
            let name = text(&quote(&format!("{}-", new.key()), true));
            vec![Edit::Insert { object, at: saltcellar::json::Position::First, name, value: text(&old) }]
        });
        let (old, new) = (asked(&case), asked(&fresh));
        assert_ne!(old, new);
        assert_eq!(old, saltcellar::secret::Fingerprint::of("0.old").to_string());
        peer.run("make", &case.file, &["work"]);
        assert_eq!(asked(&case), old, "a sign-in does not heal it");

        case.mend(Severity::Error);

        let healed = asked(&case);
        assert_ne!(healed, old);
        let cache = case.document();
        let kept = entry(&Cache::of(&cache), Section::RefreshToken, &["ada", OWN_APP, "---"]);
        assert_eq!(healed, kept.secret().expect("a secret").fingerprint().to_string(), "the token of the last sign-in");
    }
}

#[test]
fn node_uses_none_of_two_tokens_for_the_same() {
    all_at_once(node(), |peer| {
        let case = Case::new(peer, "duplicate-access-token", |cache| {
            let token = token(cache);
            vec![beside(&token, &format!("{}-", token.key()), &raw(cache, &token))]
        });
        let first = |case: &Case| case.silent().first().cloned();
        assert_eq!(first(&case).as_deref(), Some("none"));

        case.mend(Severity::Error);

        assert_eq!(first(&case).as_deref(), Some("cache"));
    });
}

#[test]
fn node_does_not_find_a_token_whose_key_names_nothing() {
    for peer in node() {
        let case = Case::new(peer, "foreign-key", |cache| {
            let token = token(cache);
            vec![Edit::Remove(token.path()), beside(&token, "x", &raw(cache, &token))]
        });
        assert_eq!(case.silent().first().map(String::as_str), Some("none"));

        case.mend(Severity::Error);

        assert_eq!(case.silent().first().map(String::as_str), Some("cache"));
    }
}

#[test]
fn node_drops_tokens_of_a_foreign_type_and_metadata_under_a_foreign_key() {
    for peer in node() {
        let case = Case::new(peer, "foreign-credential-type", |cache| {
            let metadata = entry(cache, Section::AppMetadata, &["04b07795"]);
            let renamed = beside(&metadata, "04b07795", &raw(cache, &metadata));
            vec![replace(&token(cache), Field::CredentialType, "\"ATExt\""), Edit::Remove(metadata.path()), renamed]
        });
        let severities: Vec<_> = all_findings(&case.text(), &Surroundings::default(), UnixSeconds(now()))
            .into_iter()
            .filter(|finding| ["foreign-credential-type", "foreign-key"].contains(&finding.rule))
            .map(|finding| finding.severity)
            .collect();
        assert_eq!(severities, [Severity::Error; 2]);

        peer.run("write", &case.file, &["1", "w"]);

        assert!(!case.text().contains("ATExt") && !case.text().contains("\"04b07795\""), "both are gone");
    }
}

#[test]
fn node_takes_a_token_from_the_future_for_expired() {
    for peer in node() {
        let case = Case::new(peer, "wrong-clock", |cache| {
            vec![replace(&token(cache), Field::CachedAt, &format!("\"{}\"", now() + 9_999))]
        });

        assert_eq!(case.silent().first().map(String::as_str), Some("none"));

        case.mend(Severity::Warning);
    }
}

#[test]
fn what_the_libraries_write_holds_no_error_and_little_else() {
    all_at_once(ready(LIBRARIES), |peer| {
        let root = tempfile::tempdir().expect("a folder");
        let file = peer.make(root.path(), if peer.0 == "java-old" { "work" } else { "all" });
        let text = fs::read_to_string(&file).expect("UTF-8");

        let found = all_findings(&text, &Surroundings::default(), UnixSeconds(now()));

        for finding in &found {
            println!("{} {} {}: {}", peer.0, finding.severity.name(), finding.rule, finding.says);
        }
        let wrong: Vec<_> = found.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", peer.0);
    });
}
