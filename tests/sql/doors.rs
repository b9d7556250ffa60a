//! How a PostgreSQL lets somebody in: sockets, passwords and TLS; and what is told where it does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use saltcellar::secret::SecretText;
use saltcellar::store::file::Reading;
use saltcellar::store::passwords::{AskPassword, Passwords};

use super::server::{DJANGO, Database, store};
use super::sqlite::{scanned, words};

/// Types one password after another.
struct Typist(&'static [&'static str], AtomicUsize);

impl AskPassword for Typist {
    fn ask(&self, _server: &str) -> Option<SecretText> {
        let typed = self.0.get(self.1.fetch_add(1, Ordering::Relaxed))?;
        Some(SecretText::new((*typed).to_owned()))
    }
}

fn typing(passwords: &'static [&'static str]) -> Passwords {
    Passwords::asking(Arc::new(Typist(passwords, AtomicUsize::new(0))))
}

fn said(place: &str, passwords: &Passwords) -> String {
    words(scanned(&store(place, Reading::Plain, passwords)))
}

#[test]
fn a_password_is_asked_for_until_it_fits_and_is_in_no_error() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.role("locked", "PASSWORD 'hunter2'");
    database.run("GRANT ALL ON django_session TO locked");
    let place = database.place_as("locked", "");

    let store = store(&place, Reading::Plain, &typing(&["wrong-canary", "hunter2"]));
    assert!(scanned(&store).expect("let in").is_empty());
    assert_eq!(said(&place, &Passwords::default()), "the server wants a password");
    let wrong = said(&place, &typing(&["wrong-canary", "wrong-canary", "wrong-canary"]));
    assert_eq!(wrong, "the server does not take this user and password");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "hunter2\n").expect("written");
    let with_file = format!("{place}?password-file={}", file.display());
    assert!(said(&with_file, &Passwords::default()).contains("can be read by others"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
        let store = super::server::store(&with_file, Reading::Plain, &Passwords::default());
        assert!(scanned(&store).expect("let in").is_empty());
    }
}

/// `text` as a list of passwords, with `mode`.
#[cfg(unix)]
fn list(path: &std::path::Path, text: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
}

#[cfg(unix)]
#[test]
fn a_password_stands_in_pgpass_or_in_a_list_of_our_own_if_nobody_else_can_read_it() {
    use crate::support::binary::{Run, command};
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.role("locked", "PASSWORD 'hunter2'");
    database.run("GRANT ALL ON django_session TO locked");
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name);
    let place = database.place_as("locked", "");
    let port = database.server.port;
    let run = |variables: &[(&str, &str)]| {
        let mut command = command(["list", &place, "--json"]);
        let command = command.env("HOME", home.path()).env_remove("XDG_CONFIG_HOME").env_remove("PGPASSFILE");
        let run = Run::of(command.envs(variables.iter().copied()).output().expect("saltcellar runs"));
        assert!(!run.out.contains("hunter2") && !run.err.contains("hunter2"), "{run:?}");
        (run.code, run.out.clone() + &run.err)
    };
    let line = format!("# mine\n127.0.0.1:{port}:*:locked:hunter2\n");
    assert_eq!(run(&[]).0, Some(4));

    list(&at(".pgpass"), &line, 0o600);
    assert_eq!(run(&[]).0, Some(0));
    list(&at(".pgpass"), &line, 0o640);
    let (code, said) = run(&[]);
    assert_eq!(code, Some(4));
    assert!(said.contains(".pgpass can be read by others: its mode is 0640"), "{said}");
    list(&at("elsewhere"), &line, 0o600);
    assert_eq!(run(&[("PGPASSFILE", &at("elsewhere").display().to_string())]).0, Some(0));
    list(&at(".config/saltcellar/passwords"), &line, 0o600);
    assert_eq!(run(&[]).0, Some(0));
    list(&at(".config/saltcellar/passwords"), &line.replace("hunter2", "wrong"), 0o600);
    let (code, said) = run(&[]);
    assert_eq!(code, Some(4));
    assert!(said.contains("the server does not take this user and password"), "{said}");
}

#[test]
fn what_keeps_us_out_is_told_apart() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.role("guest", "");
    let nobody = Passwords::default();
    let port = database.server.port;

    let spare = std::net::TcpListener::bind("127.0.0.1:0").and_then(|spare| spare.local_addr()).expect("a port").port();
    let refused = said(&format!("postgres://127.0.0.1:{spare}/x"), &nobody);
    assert!(refused.contains("cannot be reached: Connection refused"), "{refused}");
    let none = said(&format!("postgres://postgres@127.0.0.1:{port}/none"), &nobody);
    assert_eq!(none, "the server has no database none");
    let barred = said(&database.place_as("barred", ""), &nobody);
    assert!(barred.starts_with("the server lets this user not in: pg_hba.conf rejects"), "{barred}");
    let denied = said(&database.place_as("guest", ""), &nobody);
    assert_eq!(denied, "the server lets this user not do that: permission denied for table django_session");
    let said_of_table = said(&database.place("?table=nothing&key=a&value=b"), &nobody);
    assert!(
        said_of_table.contains("it has no table nothing; say which, such as ?table=django_session"),
        "{said_of_table}"
    );
}

#[test]
fn the_socket_of_this_machine_is_a_door_too() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.add("k", "{}");
    let folder = database.server.folder.display();

    let place = format!("postgres://postgres@/{}?socket={folder}/.s.PGSQL.{}", database.name, database.server.port);

    assert_eq!(scanned(&store(&place, Reading::Plain, &Passwords::default())).expect("let in").len(), 1);
}

#[test]
fn tls_proves_whom_it_speaks_to() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    let folder = &database.server.folder;
    if !folder.join("ca.pem").exists() {
        return super::super::support::peers::missing("openssl is not on this machine");
    }
    let with = |name: &str| database.place(&format!("?ca={}", folder.join(name).display()));

    assert!(scanned(&store(&with("ca.pem"), Reading::Plain, &Passwords::default())).expect("let in").is_empty());
    let untrusted = said(&with("other.pem"), &Passwords::default());
    assert!(untrusted.starts_with("there is no trusted TLS connection to postgres@127.0.0.1"), "{untrusted}");
    assert!(untrusted.contains("UnknownIssuer"), "{untrusted}");
    let unread = said(&with("none.pem"), &Passwords::default());
    assert!(unread.contains("?ca= cannot be read"), "{unread}");
}
