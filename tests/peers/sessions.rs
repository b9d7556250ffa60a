//! Live sessions of real web apps: Flask with Flask-Session of three times on files, Flask's own cookies, and Django's
//! sessions. The app goes on serving a session that saltcellar changed, and its next write keeps the change.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::super::support::binary::{Run, command};
use super::super::support::msal::{Peer, program};
use super::ready;

const ADA: &str = "ada@contoso.com";
const FORGET: [&str; 4] = ["--account", ADA, "--confirm", ADA];

/// A web app that runs, in a folder of its own.
pub(super) struct App {
    folder: tempfile::TempDir,
    child: Child,
    out: BufReader<ChildStdout>,
}

impl App {
    /// `script` of `tests/peers/web`, which keeps its sessions as `kind` says.
    pub(super) fn start(peer: Peer, script: &str, kind: &str) -> Self {
        Self::start_at(peer, script, kind, &[])
    }

    /// The same, at a server of which `served` is told.
    pub(super) fn start_at(Peer(name): Peer, script: &str, kind: &str, served: &[String]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("sessions")).expect("a folder");
        let sessions = folder.path().join("sessions").display().to_string();
        let mut child = Command::new(program("peer"))
            .args([name, script, kind, &sessions])
            .args(served)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/peers/peer runs");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { folder, child, out }
    }

    pub(super) fn sessions(&self) -> PathBuf {
        self.folder.path().join("sessions")
    }

    /// Gives an order; the answer.
    pub(super) fn order(&mut self, order: &str) -> Value {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{order}").expect("the app listens");
        let mut line = String::new();
        self.out.read_line(&mut line).expect("apps speak UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{order}: {error}: {line}"))
    }

    pub(super) fn word(&mut self, order: &str) -> String {
        self.order(order).as_str().expect("a word").to_owned()
    }

    pub(super) fn run(&self, subcommand: &str, place: &str, words: &[&str]) -> Run {
        let words = [&[subcommand, place], words].concat();
        Run::of(command(words).env("HOME", self.folder.path()).output().expect("saltcellar runs"))
    }

    fn names(&self) -> BTreeSet<PathBuf> {
        fs::read_dir(self.sessions()).expect("listed").map(|file| file.expect("a file").path()).collect()
    }

    /// The session file in which Ada is.
    fn adas(&self) -> PathBuf {
        let has_ada = |file: &&PathBuf| self.run("list", &file.display().to_string(), &[]).out.contains(ADA);
        self.names().iter().find(has_ada).expect("a session of Ada").clone()
    }

    /// `text` in a file of its own, for nobody else.
    fn put(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, text).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("0600");
        file.display().to_string()
    }

    /// The cache at `file`, of which changes are signed with the key in `key`.
    fn signed(file: &str, key: &str) -> String {
        format!("file:{file}?key-file={key}")
    }
}

impl Drop for App {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        _ = self.child.wait();
    }
}

fn text(file: impl AsRef<Path>) -> String {
    fs::read_to_string(file).expect("a text")
}

#[test]
fn flask_goes_on_serving_a_session_of_which_an_account_was_forgotten() {
    for peer in ready(&["web-4", "web-5", "web-8"]) {
        let mut app = App::start(peer, "app.py", "filesystem");
        let (ada, bob) = (app.word("login ada"), app.word("login bob"));
        let before = (app.order(&format!("who {ada}")), app.order(&format!("who {bob}")));
        let (names, file) = (app.names(), app.adas());
        assert_eq!(before.0["accounts"], json!([ADA]), "{peer:?}");

        let run = app.run("forget", &file.display().to_string(), &FORGET);

        assert_eq!(run.code, Some(0), "{peer:?} {run:?}");
        assert_eq!(app.names(), names, "{peer:?}");
        let after = app.order(&format!("who {ada}"));
        assert_eq!((&after["accounts"], &after["rest"]), (&json!([]), &before.0["rest"]), "{peer:?}");
        assert_eq!(app.order(&format!("who {bob}")), before.1);
        app.word(&format!("visit {ada}"));
        let visited = app.order(&format!("who {ada}"));
        assert_eq!((&visited["accounts"], &visited["rest"]["visits"]), (&json!([]), &json!(1)), "{peer:?}");
        assert!(!app.run("list", &file.display().to_string(), &[]).out.contains(ADA));
        assert_eq!(app.names(), names, "{peer:?}: it counts as many sessions as before");
    }
}

#[test]
fn a_folder_of_sessions_lists_each_user() {
    for peer in ready(&["web-4", "web-5", "web-8"]) {
        let mut app = App::start(peer, "app.py", "filesystem");
        for name in ["ada", "bob", "cleo"] {
            app.word(&format!("login {name}"));
        }

        let listed = app.run("list", &app.sessions().display().to_string(), &["--json"]);

        assert_eq!(listed.code, Some(0), "{peer:?} {listed:?}");
        assert_eq!(listed.json()["caches"].as_array().map(Vec::len), Some(3), "{peer:?}");
        assert!(["ada", "bob", "cleo"].iter().all(|name| listed.out.contains(&format!("{name}@contoso.com"))));
    }
}

#[test]
fn a_signed_cookie_is_changed_only_with_the_app_s_own_key() {
    for peer in ready(&["web-8"]) {
        let mut app = App::start(peer, "app.py", "cookie");
        let cookie = app.word("login ada");
        let before = app.order(&format!("who {cookie}"));
        let (key, wrong) = (app.word("key"), app.put("wrong", "another key\n"));
        let (key, file) = (app.put("key", &key), app.put("cookie", &cookie));

        assert!(app.run("list", &file, &[]).out.contains(ADA));
        let refused = app.run("forget", &file, &[&FORGET[..], &["--json"]].concat());
        assert_eq!(refused.json()["error"]["kind"], "no-key", "{refused:?}");
        let refused = app.run("forget", &App::signed(&file, &wrong), &[&FORGET[..], &["--json"]].concat());
        assert_eq!(refused.json()["error"]["kind"], "wrong-key", "{refused:?}");
        assert_eq!(text(&file), cookie);
        let run = app.run("forget", &App::signed(&file, &key), &FORGET);
        assert_eq!(run.code, Some(0), "{run:?}");

        let after = app.order(&format!("who {}", text(&file)));
        assert_eq!((&after["accounts"], &after["rest"]), (&json!([]), &before["rest"]));
    }
}

#[test]
fn django_reads_what_was_signed_with_its_key_wherever_it_keeps_sessions() {
    for peer in ready(&["web-8"]) {
        let cache = text(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_people.json"));
        let cache = cache.split_whitespace().collect::<Vec<_>>().join(" ");
        for backend in ["file", "db", "signed_cookies"] {
            let mut site = App::start(peer, "site.py", backend);
            let session = site.word(&format!("login {cache}"));
            let before = site.order(&format!("who {session}"));
            let key = site.word("key");
            let key = site.put("key", &key);
            let file = match backend {
                "file" => site.adas().display().to_string(),
                "db" => {
                    let row = site.word(&format!("raw {session}"));
                    site.put("row", &row)
                }
                _ => site.put("cookie", &session),
            };
            let names = site.names();

            let run = site.run("forget", &App::signed(&file, &key), &FORGET);

            assert_eq!(run.code, Some(0), "{backend} {run:?}");
            assert_eq!(site.names(), names, "{backend}");
            let session = match backend {
                "file" => session,
                "db" => site.word(&format!("put {session} {}", text(&file))),
                _ => text(&file),
            };
            let after = site.order(&format!("who {session}"));
            let kept = after["_token_cache"].as_str().expect("a cache");
            assert!(!kept.contains(ADA) && kept.len() > 100, "{backend}: {kept}");
            assert_eq!(after["_logged_in_user"], before["_logged_in_user"]);
            let session = site.word(&format!("visit {session}"));
            assert_eq!(site.order(&format!("who {session}"))["_token_cache"], after["_token_cache"], "{backend}");
        }
    }
}

/// What the site's `_token_cache` is after Ada was forgotten at the one place that lists her among those at `place`.
#[cfg(all(unix, feature = "redis", feature = "sqlite"))]
fn goes_on_without_ada(site: &mut App, place: &str, what: &str) {
    let cache = text(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_people.json"));
    let cache = cache.split_whitespace().collect::<Vec<_>>().join(" ");
    let session = site.word(&format!("login {cache}"));
    site.word(&format!("login {}", cache.replace("ada@", "eve@")));
    let before = site.order(&format!("who {session}"));
    let listed = site.run("list", place, &["--json"]).json();
    let has_ada = |one: &&Value| one.to_string().contains(ADA);
    let adas = listed["caches"].as_array().expect("a list").iter().find(has_ada).expect("a session of Ada");
    let adas = adas["place"].as_str().expect("a place");
    let names = site.names();

    let run = site.run("forget", adas, &FORGET);

    assert_eq!(run.code, Some(0), "{what} {run:?}");
    assert_eq!(site.names(), names, "{what}");
    let after = site.order(&format!("who {session}"));
    let kept = after["_token_cache"].as_str().expect("a cache");
    assert!(!kept.contains(ADA) && kept.contains("bob@fabrikam.com"), "{what}: {kept}");
    assert_eq!(after["_logged_in_user"], before["_logged_in_user"], "{what}");
    site.word(&format!("visit {session}"));
    let visited = site.order(&format!("who {session}"));
    assert_eq!((&visited["_token_cache"], &visited["visits"]), (&after["_token_cache"], &json!(1)), "{what}");
}

#[cfg(all(unix, feature = "redis", feature = "sqlite"))]
#[test]
fn django_goes_on_with_a_session_in_its_cache_that_we_changed() {
    use super::super::support::redis::{Server, ask};
    for peer in ready(&["web-8"]) {
        let mut site = App::start(peer, "site.py", "cache-file");
        let place = site.sessions().display().to_string();
        goes_on_without_ada(&mut site, &place, "files");

        let mut site = App::start(peer, "site.py", "cache-db");
        let place = format!("sqlite:{}?table=site_cache", site.sessions().join("db.sqlite3").display());
        goes_on_without_ada(&mut site, &place, "rows");

        let Some(server) = Server::start(&[]) else { return };
        let mut site = App::start_at(peer, "site.py", "cache-redis", &[server.port.to_string()]);
        goes_on_without_ada(&mut site, &server.place("").to_string(), "Redis");
        let keys: Vec<String> = ask(&mut server.client(), &[b"KEYS", b"*"]);
        for key in keys {
            assert!(key.starts_with(":1:django.contrib.sessions.cache"), "{key}");
            assert!(ask::<i64>(&mut server.client(), &[b"TTL", key.as_bytes()]) > 1_000_000, "its expiry stays");
        }
    }
}

#[cfg(all(unix, feature = "redis", feature = "postgres", feature = "sqlite"))]
#[test]
fn django_goes_on_with_a_row_of_postgresql_that_we_signed() {
    use super::super::sql::server::Database;
    for peer in ready(&["web-8"]) {
        let Some(database) = Database::made_by("") else { return };
        let served = [database.server.port.to_string(), database.name.clone()];
        let mut site = App::start_at(peer, "site.py", "postgres", &served);
        let key = site.word("key");
        let key = site.put("key", &key);

        let place = database.place(&format!("?table=django_session&key-file={key}"));
        goes_on_without_ada(&mut site, &place, "PostgreSQL");
    }
}
