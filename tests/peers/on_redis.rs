//! Real web apps whose users' caches lie in a real Redis: what they wrote is read, what we changed they go on with.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::{account_ids, ready, rows};
use crate::support::binary::run;
use crate::support::msal::program;
use crate::support::redis::{Server, ask, tell};

/// A Flask with Flask-Session, its sessions in a Redis. Ends with this value.
struct App {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl App {
    fn start(peer: &str, port: u16, folder: &std::path::Path) -> Self {
        let mut command = Command::new(program("peer"));
        command.args([peer, "app.py", "redis"]).arg(folder).arg(port.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the app starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, out }
    }

    /// What the app answers to an order.
    fn order(&mut self, order: &str) -> Value {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{order}").expect("the app listens");
        let mut line = String::new();
        self.out.read_line(&mut line).expect("the app speaks UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `saltcellar WORDS… --json`, which must end well.
fn answer(words: &[&str]) -> Value {
    let run = run(words.iter().copied().chain(["--json"]));
    assert_eq!(run.code, Some(0), "{words:?}: {}{}", run.out, run.err);
    run.json()
}

#[test]
fn a_live_session_of_flask_on_redis_is_still_served_after_our_change() {
    for peer in ready(&["web-4", "web-5", "web-8"]) {
        let Some(server) = Server::start(&[]) else { return };
        let mut client = server.client();
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = App::start(peer.0, server.port, folder.path());
        let cookie = app.order("login ada");
        let cookie = cookie.as_str().expect("a cookie");
        let keys: Vec<String> = ask(&mut client, &[b"KEYS", b"session:*"]);
        let [key] = &keys[..] else { panic!("{}: {keys:?}", peer.0) };
        let before = app.order(&format!("who {cookie}"));
        // Each visit moves the end.
        tell(&mut client, &[b"EXPIRE", key.as_bytes(), b"5000"]);
        let place = format!("redis://127.0.0.1:{}#{key}", server.port);

        let listed = answer(&["list", &place]);
        answer(&["prune", &place, "--type", "AT", "--yes"]);
        let ttl: i64 = ask(&mut client, &[b"TTL", key.as_bytes()]);
        let after = app.order(&format!("who {cookie}"));

        let accounts: Vec<&Value> = rows(&listed["caches"]).flat_map(|cache| rows(&cache["accounts"])).collect();
        assert_eq!(accounts.len(), 1, "{}: {listed}", peer.0);
        assert_eq!(accounts[0]["username"], "ada@contoso.com", "{}", peer.0);
        assert_eq!((&before["tokens"], &after["tokens"]), (&json!(1), &json!(0)), "{}", peer.0);
        assert_eq!((&before["accounts"], &before["rest"]), (&after["accounts"], &after["rest"]), "{}", peer.0);
        assert!((4000..=5000).contains(&ttl), "{}: {ttl}", peer.0);
        let again = app.order(&format!("visit {cookie}"));
        let served = app.order(&format!("who {}", again.as_str().expect("a cookie")));
        assert_eq!((&served["rest"]["visits"], &served["tokens"]), (&json!(1), &json!(0)), "{}", peer.0);
    }
}

#[test]
fn msal_node_goes_on_with_the_cache_of_a_user_that_we_changed() {
    for peer in ready(&["node"]) {
        let Some(server) = Server::start(&[]) else { return };
        let mut client = server.client();
        let node = |command: &str, words: &[&str]| -> Value {
            let mut run = Command::new(program("peer"));
            run.args([peer.0, command, "-"]).args(words).env("REDIS_KEY", format!("{}/msal:work", server.port));
            let output = run.stderr(Stdio::inherit()).output().expect("node runs");
            let last = String::from_utf8(output.stdout).expect("UTF-8").lines().last().map(str::to_owned);
            serde_json::from_str(&last.expect("an answer")).expect("JSON")
        };
        let place = format!("redis://127.0.0.1:{}#msal:work", server.port);
        node("make", &["work"]);
        let before = node("read", &[]);
        let text: String = ask(&mut client, &[b"GET", b"msal:work"]);

        let listed = answer(&["list", &place]);
        answer(&["prune", &place, "--type", "AT", "--yes"]);
        let after = node("read", &[]);
        node("make", &["guest"]);
        let grown = answer(&["list", &place]);

        let ids = |listed: &Value| -> BTreeSet<String> {
            let accounts =
                rows(&listed["caches"]).flat_map(|cache| rows(&cache["accounts"]).cloned().collect::<Vec<_>>());
            accounts.map(|account| account["home_account_id"].as_str().expect("an id").to_owned()).collect()
        };
        assert!(text.starts_with('{') && !account_ids(&before).is_empty());
        assert_eq!(ids(&listed).iter().map(String::as_str).collect::<BTreeSet<_>>(), account_ids(&before));
        assert_eq!(account_ids(&before), account_ids(&after));
        let from = |read: &Value, from: &str| rows(&read["silent"]).filter(|row| row["from"] == from).count();
        assert!(from(&before, "cache") > 0 && from(&after, "cache") == 0, "{before} {after}");
        assert!(from(&after, "refresh") > 0, "{after}");
        assert!(ids(&grown).len() >= ids(&listed).len(), "{grown}");
        assert_eq!(ask::<i64>(&mut client, &[b"TTL", b"msal:work"]), -1);
    }
}
