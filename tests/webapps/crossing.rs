//! Caches that go from one place with one cache per user into another: a Redis, a PostgreSQL, a SQLite.

use serde_json::Value;

use crate::sql::{server, sqlite};
use crate::support::binary::{Run, command};
use crate::support::redis::{Server, ask, tell};

const CACHE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_people.json");
/// What Microsoft.Extensions.Caching makes, as far as it matters here.
const ROWS: &str = "CREATE TABLE caches (\"Id\" text PRIMARY KEY, \"Value\" bytea, \"ExpiresAtTime\" timestamptz)";
const ADAS: &str = "aaaaaaaa-0000-4000-8000-000000000001.11111111-aaaa-4bbb-8ccc-000000000001";

/// A folder for a home, with a shared cache in it.
fn home() -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().expect("a folder");
    let cache = home.path().join("c.json");
    std::fs::copy(CACHE, &cache).expect("copied");
    std::fs::set_permissions(&cache, std::fs::Permissions::from_mode(0o600)).expect("0600");
    let cache = cache.display().to_string();
    (home, cache)
}

fn saltcellar(home: &tempfile::TempDir, words: &[&str]) -> Run {
    let words = words.iter().copied().chain(["--json"]);
    Run::of(command(words).env("HOME", home.path()).output().expect("saltcellar runs"))
}

/// The answer of a run that must end well.
fn answer(home: &tempfile::TempDir, words: &[&str]) -> Value {
    let run = saltcellar(home, words);
    assert_eq!(run.code, Some(0), "{words:?}: {}{}", run.out, run.err);
    run.json()
}

/// The names of those who have a cache at `place`.
fn people(home: &tempfile::TempDir, place: &str) -> Vec<String> {
    let listed = answer(home, &["list", place]);
    let caches = listed["caches"].as_array().expect("a list").iter();
    let accounts = caches.flat_map(|cache| cache["accounts"].as_array().cloned().unwrap_or_default());
    let mut names: Vec<String> = accounts.filter_map(|one| one["username"].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

#[test]
fn all_users_of_a_redis_move_into_postgresql_and_a_run_that_was_stopped_is_done_by_the_next() {
    let (Some(redis), Some(database)) = (Server::start(&[]), server::Database::made_by(ROWS)) else { return };
    let mut client = redis.client();
    let (home, cache) = home();
    let (from, to) = (redis.place("").to_string(), database.place(""));
    answer(&home, &["partition", &cache, "--out", &from, "--prefix", "msal:", "--ttl", "90d", "--yes"]);
    tell(&mut client, &[b"SET", b"other", b"no cache"]);
    let both = ["ada@contoso.com", "bob@fabrikam.com"];

    let planned = answer(&home, &["move", &from, &to, "--dry-run"]);
    assert_eq!((&planned["caches"], &planned["written"]), (&3.into(), &false.into()), "{planned}");
    let unnamed = saltcellar(&home, &["move", &from, &to, "--yes"]);
    assert_eq!(unnamed.code, Some(2), "{unnamed:?}");
    // As if stopped after the first half of the work: Ada's is at both places.
    answer(&home, &["copy-to", &from, &to, "--account", "ada@contoso.com", "--yes"]);
    assert_eq!((people(&home, &from), people(&home, &to)), (both.map(str::to_owned).into(), vec![both[0].to_owned()]));
    let moved = answer(&home, &["move", &from, &to, "--confirm", &from]);

    assert_eq!(
        (&moved["made"], &moved["same"], &moved["removed_caches"]),
        (&2.into(), &1.into(), &3.into()),
        "{moved}"
    );
    assert_eq!(people(&home, &to), both);
    assert_eq!(ask::<Vec<String>>(&mut client, &[b"KEYS", b"*"]), ["other"]);
    let ends = "SELECT count(*) FROM caches WHERE \"ExpiresAtTime\" > now() + interval '80 days'";
    let kept: i64 = database.connect().query_one(ends, &[]).expect("counted").get(0);
    assert_eq!(kept, 3, "each keeps its expiry");
    let back = answer(&home, &["move", &to, &from, "--account", "ada@contoso.com", "--confirm", "ada@contoso.com"]);
    assert_eq!(back["removed_caches"], 1, "{back}");
    assert_eq!((people(&home, &from), people(&home, &to)), (vec![both[0].to_owned()], vec![both[1].to_owned()]));
}

#[test]
fn one_place_under_two_names_loses_nothing() {
    let made = "CREATE TABLE caches (Id TEXT PRIMARY KEY, Value BLOB, ExpiresAtTime TEXT)";
    let (home, cache) = home();
    let database = sqlite::Database::made_by(made);
    let place = database.place("");
    answer(&home, &["partition", &cache, "--out", &place, "--yes"]);
    let twin = database.folder.path().join("twin.db");
    std::fs::hard_link(&database.path, &twin).expect("linked");
    let before = sqlite::text(&database.store(""), ADAS);

    let named = saltcellar(&home, &["move", &place, &database.place("?table=caches"), "--confirm", &place]);
    let linked = saltcellar(&home, &["move", &place, &format!("sqlite:{}", twin.display()), "--confirm", &place]);

    assert_eq!(named.code, Some(2), "{named:?}");
    assert_eq!(linked.code, Some(2), "{linked:?}");
    assert!(linked.json()["error"]["says"].as_str().is_some_and(|says| says.ends_with("are the same place")));
    assert_eq!(sqlite::text(&database.store(""), ADAS), before);
    assert_eq!(people(&home, &place), ["ada@contoso.com", "bob@fabrikam.com"]);
}

#[test]
fn caches_named_as_dotnet_names_them_are_made_as_asp_net_reads_them() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    let (home, cache) = home();
    let place = server.place("").to_string();

    let style = ["--keys", "dotnet", "--prefix", "app:", "--ttl", "1h", "--yes"];
    answer(&home, &[&["partition", &cache, "--out", &place], &style[..]].concat());
    answer(&home, &["partition", &cache, "--out", &format!("{place}?layout=aspnet"), "--prefix", "kept:", "--yes"]);

    let (key, kept) = (format!("app:{ADAS}"), format!("kept:{ADAS}"));
    assert_eq!(ask::<String>(&mut client, &[b"TYPE", key.as_bytes()]), "hash");
    // As the app reads it: RedisCache.cs.
    let read = |client: &mut _, key: &str| -> Vec<String> {
        ask(client, &[b"HMGET", key.as_bytes(), b"absexp", b"sldexp", b"data"])
    };
    let [absolute, sliding, data] = <[String; 3]>::try_from(read(&mut client, &key)).expect("three fields");
    let (absolute, ttl): (i64, i64) = (absolute.parse().expect("ticks"), ask(&mut client, &[b"TTL", key.as_bytes()]));
    let ends = absolute / 10_000_000 - 62_135_596_800;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("later").as_secs();
    let left = ends - i64::try_from(now).expect("seconds");
    assert!((3000..=3600).contains(&left) && (ttl - left).abs() < 60, "{left} {ttl}");
    assert!(sliding == "-1" && data.contains("ada@contoso.com"));
    assert_eq!(read(&mut client, &kept)[..2], ["-1", "-1"]);
    assert_eq!(ask::<i64>(&mut client, &[b"TTL", kept.as_bytes()]), -1);
    let again = answer(&home, &[&["partition", &cache, "--out", &place], &style[..]].concat());
    assert_eq!((&again["made"], &again["same"]), (&0.into(), &3.into()), "{again}");
}

#[test]
fn a_cache_of_which_a_later_value_stands_there_stays_with_that_entry_and_is_told_apart() {
    let made = "CREATE TABLE caches (Id TEXT PRIMARY KEY, Value BLOB, ExpiresAtTime TEXT)";
    let (home, cache) = home();
    let (from, to) = (sqlite::Database::made_by(made), sqlite::Database::made_by(made));
    let (here, there) = (from.place(""), to.place(""));
    answer(&home, &["copy-to", &cache, &there, "--account", "bob@fabrikam.com", "--yes"]);
    answer(&home, &["partition", &cache, "--out", &here, "--yes"]);
    let older = "UPDATE caches SET Value = replace(replace(Value, 'opaque-token-of-bob', 'an-older-one'), \
                 '1795341600', '1795341000')";
    from.connect().execute_batch(older).expect("changed");

    let run = command(["move", &here, &there, "--confirm", &here]).env("HOME", home.path()).output();
    let moved = Run::of(run.expect("saltcellar runs"));

    assert_eq!(moved.code, Some(0), "{moved:?}");
    let said = moved.err.lines().chain(moved.out.lines()).collect::<Vec<_>>().join("\n");
    assert!(said.contains("1 entry is not there as it is here, but with a later value. It stays here."), "{said}");
    assert!(said.contains("1 cache is still here, with the tokens that stay and their account."), "{said}");
    let left: String =
        from.connect().query_row("SELECT CAST(Value AS TEXT) FROM caches", [], |row| row.get(0)).expect("one");
    assert!(left.contains("an-older-one") && !left.contains("ada@contoso.com"), "{left}");
    // A token without its account could not be used, listed or signed out.
    assert!(left.contains("\"username\": \"bob@fabrikam.com\""), "{left}");
}

#[test]
fn of_a_cache_of_two_people_one_moves_and_the_other_stays_whole() {
    let made = "CREATE TABLE caches (Id TEXT PRIMARY KEY, Value BLOB, ExpiresAtTime TEXT)";
    let (home, cache) = home();
    let whole = std::fs::read_to_string(&cache).expect("readable");
    for to_file in [true, false] {
        let (from, to) = (sqlite::Database::made_by(made), sqlite::Database::made_by(made));
        from.connect().execute("INSERT INTO caches VALUES ('both', ?1, NULL)", [&whole]).expect("added");
        let there = if to_file { home.path().join("ada.json").display().to_string() } else { to.place("") };
        let here = from.place("");

        let only = ["--account", "ada@contoso.com", "--confirm", "ada@contoso.com"];
        let moved = answer(&home, &[&["move", &here, &there], &only[..]].concat());

        assert_eq!(moved["kept"], 0, "{moved}");
        assert_eq!(
            (people(&home, &here), people(&home, &there)),
            (vec!["bob@fabrikam.com".into()], vec!["ada@contoso.com".into()])
        );
        let left: Value = serde_json::from_str(&sqlite::text(&from.store(""), "both")).expect("JSON");
        let was: Value = serde_json::from_str(&whole).expect("JSON");
        for (section, entries) in was.as_object().expect("a cache") {
            for (key, value) in entries.as_object().expect("entries") {
                let stays = (!key.starts_with("aaaaaaaa")).then_some(value);
                assert_eq!(left[section].get(key), stays, "{there}: {section} {key}");
            }
        }
    }
}
