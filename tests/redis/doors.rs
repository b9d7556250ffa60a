//! Who is let in and how: users, passwords, TLS, sockets; and what is said where nobody is.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use saltcellar::secret::SecretText;
use saltcellar::store::passwords::{AskPassword, Kind, List, Passwords};
use saltcellar::store::{Slot, Store, StoreError};

use super::{bytes, replace, scanned};
use crate::support::peers::installed;
use crate::support::redis::{NOBODY, SPARE, Server, ask, place, read, store, store_with, tell};

/// What must show nowhere.
const PASSWORD: &str = "correct-horse-battery";

/// Types the words one after the other.
struct Typist(&'static [&'static str], AtomicUsize);

impl AskPassword for Typist {
    fn ask(&self, server: &str) -> Option<SecretText> {
        assert!(server.starts_with("redis://"), "{server}");
        let word = self.0.get(self.1.fetch_add(1, Ordering::Relaxed))?;
        Some(SecretText::new((*word).to_owned()))
    }
}

fn typing(words: &'static [&'static str]) -> Passwords {
    Passwords::asking(Arc::new(Typist(words, AtomicUsize::new(0))))
}

/// A file with the password, in a folder that stays as long as the test.
fn password_file(folder: &Path, word: &str, mode: u32) -> PathBuf {
    let path = folder.join("password");
    std::fs::write(&path, format!("{word}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
    path
}

fn said(store: &dyn Store) -> String {
    let error = store.peek(&Slot("a".into())).expect_err("refused");
    shows_no_password(&error);
    error.to_string()
}

fn shows_no_password(error: &StoreError) {
    let all = format!("{error} {error:?} {:?}", error.cause);
    assert!(!all.contains(PASSWORD), "{all}");
}

/// A server whose user `app` may read and write keys of sessions, and do no more than we need.
fn with_users() -> Option<Server> {
    let server = Server::start(&[])?;
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"a", b"old"]);
    tell(&mut client, &[b"SET", b"session:1", b"old"]);
    let needed = "+scan +getrange +pttl +type +hstrlen +hget +watch +unwatch +multi +exec +set +del +exists";
    let mut rule: Vec<&[u8]> = vec![b"ACL", b"SETUSER", b"app", b"on", b">correct-horse-battery", b"~session:*"];
    rule.extend(needed.split(' ').map(str::as_bytes));
    tell(&mut client, &rule);
    tell(&mut client, &[b"ACL", b"SETUSER", b"reader", b"on", b">correct-horse-battery", b"~*", b"+@read", b"-scan"]);
    tell(&mut client, &[b"ACL", b"SETUSER", b"default", b"resetpass", b">correct-horse-battery"]);
    Some(server)
}

#[test]
fn a_user_with_the_least_rights_finds_reads_and_changes_its_keys() {
    let Some(server) = with_users() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = password_file(folder.path(), PASSWORD, 0o600);
    let named = format!("redis://app@127.0.0.1:{}?match=session:*&password-file={}", server.port, file.display());
    let all = store(&place(&named));

    let found = scanned(&*all).expect("scanned");
    replace(&*all, "session:1", &read(&*all, "session:1"), "new").expect("replaced");

    assert_eq!(found.len(), 1);
    assert_eq!(said(&*all), "the server lets this user not touch this key");
}

#[test]
fn what_a_user_may_not_do_is_named() {
    let Some(server) = with_users() else { return };
    let named = place(&format!("redis://reader@127.0.0.1:{}", server.port));
    let all = store_with(&named, &typing(&[PASSWORD]));

    let seen = read(&*all, "a");
    let (found, replaced) = (scanned(&*all), replace(&*all, "a", &seen, "new"));

    assert_eq!(found.expect_err("denied").to_string(), "the server lets this user not run SCAN");
    assert!(replaced.expect_err("denied").to_string().starts_with("the server lets this user not run "));
    assert!(read(&*all, "a").bytes == bytes("old"));
}

#[test]
fn a_password_is_asked_for_only_where_one_is_wanted_and_again_after_a_typo() {
    let (Some(open), Some(closed)) = (Server::start(&[]), with_users()) else { return };

    let unasked = store_with(&open.place(""), &typing(&[]));
    let mistyped = store_with(&closed.place(""), &typing(&["wrong", PASSWORD]));
    let wrong = store_with(&closed.place(""), &typing(&["wrong", "wrong", "wrong", PASSWORD]));
    let nobody = store(&closed.place(""));

    assert!(unasked.peek(&Slot("a".into())).expect("open").is_none());
    assert!(read(&*mistyped, "a").bytes == bytes("old"));
    assert_eq!(said(&*wrong), "the server does not take this user and password");
    assert_eq!(said(&*nobody), "the server wants a password");
}

#[test]
fn a_wrong_password_in_a_file_and_a_file_that_others_read_are_told_apart() {
    let Some(server) = with_users() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let with = |word: &str, mode| {
        let file = password_file(folder.path(), word, mode);
        said(&*store(&server.place(&format!("?password-file={}", file.display()))))
    };

    assert_eq!(with("wrong", 0o600), "the server does not take this user and password");
    assert!(with(PASSWORD, 0o644).ends_with("can be read by others: its mode is 0644"));
}

#[test]
fn a_password_is_taken_from_a_list_and_a_list_that_others_read_is_named() {
    let Some(server) = with_users() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let listed = |line: &str, mode, only| {
        let path = password_file(folder.path(), line, mode);
        Passwords::default().with_lists(vec![List { path, only }])
    };
    let line = format!("127.0.0.1:{}:0:default:{PASSWORD}", server.port);
    let with = |passwords: &Passwords| store_with(&server.place(""), passwords);

    assert!(read(&*with(&listed(&line, 0o600, None)), "a").bytes == bytes("old"));
    assert!(said(&*with(&listed(&line, 0o644, None))).ends_with("can be read by others: its mode is 0644"));
    assert_eq!(said(&*with(&listed(&line, 0o600, Some(Kind::Postgres)))), "the server wants a password");
    assert_eq!(said(&*with(&listed("*:*:*:app:x", 0o600, None))), "the server wants a password");
    let wrong = listed("*:*:*:*:wrong", 0o600, None);
    assert_eq!(said(&*with(&wrong)), "the server does not take this user and password");
    let typed = typing(&[PASSWORD]).with_lists(vec![List { path: folder.path().join("password"), only: None }]);
    assert!(read(&*with(&typed), "a").bytes == bytes("old"));
}

#[test]
fn a_socket_and_another_database_are_reached() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SELECT", b"3"]);
    tell(&mut client, &[b"SET", b"a", b"three"]);
    let socket = server.socket().display().to_string();

    assert!(read(&*store(&place(&format!("redis:{socket}?db=3"))), "a").bytes == bytes("three"));
    assert!(read(&*store(&server.place("/3")), "a").bytes == bytes("three"));
    assert!(server.store().peek(&Slot("a".into())).expect("read").is_none());
    assert_eq!(said(&*store(&server.place("/99"))), "the server has no database 99");
}

#[test]
fn where_nobody_answers_it_is_said_and_nothing_hangs() {
    let closed = place(&format!("redis://127.0.0.1:{NOBODY}"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = place(&format!("redis://127.0.0.1:{}", listener.local_addr().expect("bound").port()));
    let no_socket = place("redis:/nonexistent/socket");

    let nobody = "cannot be reached: nobody listens there";
    for (place, says) in [(closed, nobody), (no_socket, nobody), (silent, "did not answer within 10 s")] {
        let said = said(&*store(&place));
        assert!(said.ends_with(says), "{place}: {said}");
    }
}

#[test]
fn an_open_network_is_refused_unless_the_user_says_so() {
    // TEST-NET-1, where nobody is.
    let refused = store(&place("redis://192.0.2.1:6379"));
    let cluster = store(&place("redis-cluster://cache.example"));
    let sentinel = store(&place("redis-sentinel://cache.example/main"));

    assert_eq!(said(&*refused), "192.0.2.1 is another machine, and the connection would not be encrypted");
    for store in [cluster, sentinel] {
        assert_eq!(said(&*store), "cache.example is another machine, and the connection would not be encrypted");
    }
    assert!(place("redis://192.0.2.1?plaintext=yes").to_string().ends_with("plaintext=yes"));
}

/// A certificate for 127.0.0.1 by an authority of the test's own; `None` where openssl is not.
fn certificates(folder: &Path) -> Option<()> {
    if !installed("openssl") {
        return None;
    }
    let script = "set -e
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca \
            -keyout ca.key -out ca.crt
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout key -out csr
        echo subjectAltName=IP:127.0.0.1 > ext
        openssl x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out crt";
    let mut shell = Command::new("bash");
    shell.args(["-c", script]).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(shell.status().expect("bash runs").success());
    Some(())
}

#[test]
fn tls_trusts_the_authority_that_is_named_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = certificates(folder.path()) else { return };
    let at = |name: &str| folder.path().join(name).display().to_string();
    let ca = at("ca.crt");
    let (crt, key) = (at("crt"), at("key"));
    let options = ["--tls-port", SPARE, "--tls-cert-file", &crt, "--tls-key-file", &key];
    let options = [&options[..], &["--tls-ca-cert-file", &ca, "--tls-auth-clients", "no"]].concat();
    let Some(server) = Server::start(&options) else { return };
    tell(&mut server.client(), &[b"SET", b"a", b"old"]);
    let port = server.setting("tls-port");

    let trusted = store(&place(&format!("rediss://127.0.0.1:{port}?ca={ca}")));
    let public = store(&place(&format!("rediss://127.0.0.1:{port}")));
    let other_name = store(&place(&format!("rediss://localhost:{port}?ca={ca}")));

    assert!(read(&*trusted, "a").bytes == bytes("old"));
    assert_eq!(scanned(&*trusted).expect("scanned").len(), 1);
    replace(&*trusted, "a", &read(&*trusted, "a"), "new").expect("replaced");
    assert_eq!(ask::<String>(&mut server.client(), &[b"GET", b"a"]), "new");
    for (store, why) in [(public, "UnknownIssuer"), (other_name, "not valid for name")] {
        let says = said(&*store);
        assert!(says.starts_with("there is no trusted TLS connection to ") && says.contains(why), "{says}");
    }
}
