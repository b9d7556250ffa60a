//! One change over a place with one cache per user, as the program makes it: what it only plans, how fast it goes, what
//! it removes, and what it leaves to the next run.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::sql::sqlite::Database;
use crate::support::binary::{Run, command, run};

const USERS: usize = 12;
const TABLE: &str = "CREATE TABLE caches (id TEXT PRIMARY KEY, data TEXT)";
const OPTIONS: &str = "?table=caches&key=id&value=data";

/// A place in which each user has a token that is old.
fn stocked() -> Database {
    let database = Database::made_by(TABLE);
    for user in 0..USERS {
        let old = format!(
            r#"{{"AccessToken":{{"a":{{"credential_type":"AccessToken","home_account_id":"u{user}.t","environment":"e",
            "client_id":"c","realm":"t","target":"s","secret":"old-{user}","cached_at":"1","expires_on":"2"}}}}}}"#
        );
        put(&database, &format!("u{user:02}"), &old);
    }
    database
}

fn put(database: &Database, key: &str, value: &str) {
    database.connect().execute("INSERT INTO caches VALUES (?1, ?2)", [key, value]).expect("added");
}

/// How many caches have, of those that there are, an old token; and how many there are.
fn old(database: &Database) -> (usize, usize) {
    let sql = "SELECT count(*) FILTER (WHERE data LIKE '%old-%'), count(*) FROM caches";
    let few = |count: i64| usize::try_from(count).expect("few");
    let counted = |row: &rusqlite::Row<'_>| Ok((few(row.get(0)?), few(row.get(1)?)));
    database.connect().query_row(sql, [], counted).expect("counted")
}

fn prune(database: &Database, more: &[&str]) -> Run {
    let place = database.place(OPTIONS);
    run([&["prune", &place, "--expired", "--json"], more].concat())
}

#[test]
fn a_dry_run_over_many_caches_writes_nothing() {
    let database = stocked();
    let before = std::fs::read(&database.path).expect("read");

    let planned = prune(&database, &["--dry-run", "--drop-empty"]);

    assert_eq!((planned.code, &planned.json()["touched"]), (Some(0), &USERS.into()), "{planned:?}");
    assert_eq!(planned.json()["written"], false);
    assert_eq!(std::fs::read(&database.path).expect("read"), before);
}

#[test]
fn no_more_caches_a_second_are_changed_than_was_asked_for() {
    let database = stocked();
    let began = Instant::now();

    let pruned = prune(&database, &["--yes", "--rate", "10"]);

    assert_eq!((pruned.code, old(&database)), (Some(0), (0, USERS)), "{pruned:?}");
    assert!(began.elapsed() >= Duration::from_millis(USERS as u64 * 100), "{:?}", began.elapsed());
}

#[test]
fn keys_of_caches_in_which_nothing_is_left_go_only_if_that_is_asked_for() {
    let database = stocked();
    put(&database, "settings", "{}");

    let kept = prune(&database, &["--yes"]);
    assert_eq!((kept.code, old(&database)), (Some(0), (0, USERS + 1)), "{kept:?}");
    let dropped = prune(&database, &["--yes", "--drop-empty"]);

    assert_eq!((dropped.code, &dropped.json()["dropped"]), (Some(0), &USERS.into()), "{dropped:?}");
    assert_eq!(old(&database), (0, 1));
}

#[test]
fn a_run_that_is_interrupted_says_what_is_left_and_the_next_one_does_it() {
    let database = stocked();
    let place = database.place(OPTIONS);
    let mut child = command(["prune", &place, "--expired", "--yes", "--json", "--rate", "5"]);
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("saltcellar runs");
    until_half_done(&database, &child);

    let first = Run::of(child.wait_with_output().expect("it ends"));
    let (left, _) = old(&database);
    let second = prune(&database, &["--yes"]);

    assert_eq!(first.code, Some(130), "{first:?}");
    assert!(left > 0 && left < USERS, "{left}");
    assert_eq!(first.json()["not_reached"], left, "{first:?}");
    assert_eq!((second.code, &second.json()["changed"]), (Some(0), &left.into()), "{second:?}");
    assert_eq!(old(&database), (0, USERS));
}

/// Presses ctrl-c once some caches are changed, and others are not.
fn until_half_done(database: &Database, child: &Child) {
    let end = Instant::now() + Duration::from_secs(30);
    while old(database).0 == USERS {
        assert!(Instant::now() < end, "nothing is changed");
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).expect("small")).expect("one");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
}
