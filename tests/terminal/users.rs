//! Real places with one cache per user: two thousand rows of SQLite and keys of Redis come, one is found, opened, left
//! and taken out; a server dies.

use rusqlite::Connection;

use super::AT;
use super::pty::{Pty, Start};
use crate::support::redis::Server;

const USERS: i64 = 2000;

/// The cache of user number `at`.
fn cache(at: i64) -> String {
    let head = format!(r#""home_account_id":"u{at}.t","environment":"login.microsoftonline.com","client_id":"c""#);
    format!(
        r#"{{"AccessToken":{{"a":{{{head},"realm":"t","target":"User.Read","credential_type":"AccessToken","secret":"at-{at}","cached_at":"1795345200","expires_on":"4102444800"}}}},"RefreshToken":{{"r":{{{head},"credential_type":"RefreshToken","secret":"rt-{at}"}}}},"Account":{{"k":{{{head},"realm":"t","username":"user{at}@contoso.com","authority_type":"MSSTS"}}}}}}"#
    )
}

fn database() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut users = Connection::open(folder.path().join("users.db")).expect("a database");
    users.busy_timeout(std::time::Duration::from_secs(20)).expect("set");
    let all = users.transaction().expect("a transaction");
    all.execute_batch("CREATE TABLE caches (id TEXT PRIMARY KEY, data TEXT)").expect("a table");
    for at in 0..USERS {
        let key = format!("session:{at:05}");
        all.execute("INSERT INTO caches VALUES (?1, ?2)", [key, cache(at)]).expect("a row");
    }
    all.commit().expect("made");
    (folder, users)
}

#[test]
fn a_table_of_users_is_listed_searched_opened_and_one_is_purged() {
    let (folder, users) = database();
    let place = "sqlite:users.db?table=caches&key=id&value=data";
    let mut pty = Pty::start(&Start { args: &[place, "--at", AT], home: folder.path(), env: &[] });
    pty.wait_for(&format!("{USERS} caches"));
    pty.wait_for("as read");

    pty.send("/user1234@\r");
    pty.wait_for("1 of 2000 shown");
    pty.send("\r");
    pty.wait_for("Microsoft Graph");
    pty.wait_for("user1234@contoso.com");
    pty.send("d");
    pty.wait_for("An app that holds caches in its own memory too");
    pty.send("\x1b");
    pty.wait_without("An app that holds");
    pty.send("\x1b");
    pty.wait_for("1 of 2000 shown");
    pty.send("d");
    pty.wait_for("Purge user1234@contoso.com?");
    pty.send("user1234@contoso.com\r\r");
    pty.wait_for("1 user is purged");
    pty.send("\x1b");
    pty.wait_without("of 2000 shown");
    pty.send("GD");
    pty.wait_for("Remove the key of user1999@contoso.com?");
    pty.send("user1999@contoso.com\r\r");
    pty.wait_for("1 key is removed");

    let count = |sql: &str| users.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
    assert_eq!(count("SELECT count(*) FROM caches"), USERS - 1);
    assert_eq!(count("SELECT count(*) FROM caches WHERE data LIKE '%rt-1234\"%'"), 0);
    assert_eq!(count("SELECT count(*) FROM caches WHERE data LIKE '%\"rt-%'"), USERS - 2);
    pty.send("q");
    pty.wait_left();
}

#[test]
fn a_table_that_is_not_there_says_so_and_is_read_once_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = "sqlite:users.db?table=caches&key=id&value=data";
    let mut pty = Pty::start(&Start { args: &[place, "--at", AT], home: folder.path(), env: &[] });
    pty.wait_for("this place cannot be read");

    let users = Connection::open(folder.path().join("users.db")).expect("a database");
    users.execute_batch("CREATE TABLE caches (id TEXT PRIMARY KEY, data TEXT)").expect("a table");
    users.execute("INSERT INTO caches VALUES ('one', ?1)", [cache(7)]).expect("a row");
    pty.send("r");

    pty.wait_for("user7@contoso.com");
    pty.send("q");
    pty.wait_left();
}

#[test]
fn the_keys_of_a_redis_are_listed_once_its_password_was_typed_and_stay_when_it_dies() {
    const PASSWORD: &str = "correct-horse-battery";
    const KEYS: i64 = 2000;
    let Some(mut server) = Server::start(&["--requirepass", PASSWORD]) else { return };
    let mut client = server.client();
    ::redis::cmd("AUTH").arg(PASSWORD).exec(&mut client).expect("let in");
    for first in (0..KEYS).step_by(500) {
        let mut some = ::redis::pipe();
        for at in first..first + 500 {
            some.cmd("SET").arg(format!("session:{at:05}")).arg(cache(at)).arg("EX").arg(3600).ignore();
        }
        some.exec(&mut client).expect("put there");
    }
    let (folder, place) = (tempfile::tempdir().expect("a folder"), server.place("?match=session:*").to_string());
    let mut pty = Pty::start(&Start { args: &[&place], home: folder.path(), env: &[] });

    pty.wait_for("wants a password");
    pty.send(PASSWORD);
    assert!(!pty.contents().contains("horse"), "{}", pty.contents());
    pty.send("\r");
    pty.wait_for("2000 caches");
    pty.wait_for("as read");
    pty.send("/user777@\r");
    pty.wait_for("1 of 2000 shown");
    pty.send("\r");
    pty.wait_for("Microsoft Graph");
    server.kill();
    pty.send("\x1b");
    pty.wait_for("1 of 2000 shown");
    pty.send("r");
    pty.wait_for("the list is not whole");

    assert!(pty.contents().contains("user777@contoso.com"), "{}", pty.contents());
    pty.send("q");
    pty.wait_left();
}
