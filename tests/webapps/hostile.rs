//! The same hostile values in every sort of place: nothing runs, nothing ends the program, clear words, and the caches
//! beside them are listed all the same.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;

use crate::sql::sqlite;
use crate::support::binary::{Run, command};
use crate::support::redis::{Server, tell};

/// A value, by what it is, and words that must be said of it; none: any.
type Hostile = (&'static str, Vec<u8>, &'static str);

const ADA: &str = "ada@contoso.com";
const GOOD: &[u8] = include_bytes!("../data/two_people.json");

/// A pickle that would make a file at `trap`.
fn evil(trap: &Path) -> Vec<u8> {
    let command = format!("touch {}", trap.display());
    let mut pickle = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94X".to_vec();
    pickle.extend(u32::try_from(command.len()).expect("short").to_le_bytes());
    pickle.extend(command.as_bytes());
    pickle.extend(b"\x94\x85\x94R\x94.");
    pickle
}

/// A session, whole and right, nested `depth` deep.
fn deep(depth: usize) -> Vec<u8> {
    let value = [b"(".repeat(depth), b"t".repeat(depth)].concat();
    [b"\x80\x04}(\x8c\x01x".as_slice(), &value, &b"\x8c\x0btoken_cache\x8c\x02{}u."[..]].concat()
}

/// A session in Django's table that swells a thousandfold.
fn bomb() -> Vec<u8> {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 17 << 20], 6);
    format!(".{}:1r31eq:{}", BASE64.encode(packed), "a".repeat(43)).into_bytes()
}

/// A list of ten lists that are one, ten levels of it, as a pickle's memory allows.
fn laughs() -> Vec<u8> {
    let level = |at: u8| [b"](".as_slice(), &[b'h', at].repeat(10), b"e\x94"].concat();
    [b"\x80\x04]\x94".as_slice(), &(0..10).flat_map(level).collect::<Vec<u8>>(), b"."].concat()
}

/// What is put into every place.
fn values(trap: &Path) -> Vec<Hostile> {
    vec![
        ("evil", evil(trap), "posix.system"),
        ("deep", deep(2000), "nested deeper than 1,000 levels"),
        ("open-lists", [b"\x80\x05".as_slice(), &b"](".repeat(200_000)].concat(), ""),
        ("lists", [b"\x80\x05".as_slice(), &b"]".repeat(400_000)].concat(), ""),
        ("tall", [b"\x80\x05".as_slice(), &b"N".repeat(400_000), b"."].concat(), "more values at once"),
        ("text-of-512-mb", b"\x80\x05}X\0\0\0\x20token.".to_vec(), "it ends too soon"),
        ("frame-of-512-mb", b"\x80\x05\x95\0\0\0\x20\0\0\0\0}.".to_vec(), "a frame is longer"),
        ("bytes-of-8-eb", b"\x80\x05}\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.".to_vec(), "it ends too soon"),
        ("msgpack-of-512-mb", b"\x81\xabtoken_cache\xdb\x20\0\0\0{}".to_vec(), "it ends too soon"),
        ("maps", b"\x81\xa1k".repeat(200_000), ""),
        ("arrays", b"\x91".repeat(400_000), ""),
        ("brackets", b"[".repeat(400_000), ""),
        ("braces", b"{\"a\":".repeat(100_000), ""),
        ("row-of-django-cut", b"gAWVAAAA".to_vec(), "it ends too soon"),
        ("bomb", bomb(), "it swells to more than 16 MiB"),
        ("laughs", laughs(), "it is no dictionary"),
        ("number-of-2-gb", b"\x80\x04\x8b\xff\xff\xff\x7f\0.".to_vec(), "it ends too soon"),
        ("array-of-4-billion", b"\x81\xabtoken_cache\xdd\xff\xff\xff\xff".to_vec(), "it ends too soon"),
        ("map-of-4-billion", b"\xdf\xff\xff\xff\xff\xabtoken_cache\xa2{}".to_vec(), "it ends too soon"),
        ("binary", (0..=255).collect(), ""),
        ("not-utf-8", b"{\"Account\":{\"\xff\xfe\":{}}}".to_vec(), ""),
        ("sealed-by-asp-net", b"\x09\xf0\xc9\xf0\0\0\0\0".to_vec(), "ASP.NET Data Protection"),
        ("controls", b"\x1b]0;title\x07\x1b[2J".to_vec(), ""),
        ("good", GOOD.to_vec(), ""),
    ]
}

/// The same, and what may be there all the same.
fn all(trap: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let harmful = values(trap).into_iter().map(|(name, bytes, _)| (name, bytes));
    harmful.chain(odd_but_whole()).collect()
}

/// Lists `place` in words and as JSON, and judges what is said of each value.
fn judge(place: &str, home: &Path, trap: &Path) {
    let list = |words: &[&str]| {
        let run = command([&["list", place], words].concat()).env("HOME", home).output();
        let run = Run::of(run.expect("saltcellar runs"));
        assert!(run.code.is_some_and(|code| code != 101), "{place}: {:?} {}", run.code, run.err);
        assert!(!run.out.contains('\x1b') && !run.err.contains('\x1b'), "{place}");
        run
    };
    assert!(list(&[]).out.contains(ADA), "{place}");
    let listed = list(&["--json"]).json();
    let caches = listed["caches"].as_array().expect("a list");
    let of = |name: &str| {
        let is_it = |cache: &&Value| cache["place"].as_str().is_some_and(|place| place.ends_with(name));
        caches.iter().find(is_it).unwrap_or_else(|| panic!("{place}: {name} is not listed"))
    };
    for (name, _, words) in values(trap).iter().filter(|(name, ..)| *name != "good") {
        let told = of(name);
        let says = told["error"]["says"].as_str().unwrap_or_default();
        let is_told = !says.is_empty() || told["holds"] == "no-cache";
        assert!(is_told && says.contains(words), "{place}: {name}: {told}");
    }
    for (name, _) in odd_but_whole() {
        assert!(of(name)["error"].is_null(), "{place}: {name}: {}", of(name));
    }
    assert!(of("good")["accounts"].to_string().contains(ADA), "{place}");
    assert!(!trap.exists(), "{place}");
}

/// What is whole and right, and nothing that an app writes: far too deep, or with a note at the end of a large memory.
fn odd_but_whole() -> [(&'static str, Vec<u8>); 3] {
    let brackets = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    let cache = format!("{{\"AccessToken\":{{\"k\":{brackets}}},\"Account\":{{}}}}");
    let arrays = [b"\x82\xa1x".as_slice(), &b"\x91".repeat(100_000), b"\xc0\xabtoken_cache\xa2{}"].concat();
    let memory = b"\x80\x04}r\xff\xff\xff\x7f.".to_vec();
    [("deep-json", cache.into_bytes()), ("deep-msgpack", arrays), ("memory-of-2-gb", memory)]
}

#[test]
fn values_that_mean_harm_are_told_in_words_wherever_they_lie_and_run_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let trap = home.path().join("ran");
    let values = all(&trap);

    let folder = home.path().join("sessions");
    std::fs::create_dir(&folder).expect("made");
    values.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).expect("written"));
    judge(&folder.display().to_string(), home.path(), &trap);

    let database = sqlite::Database::made_by("CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)");
    for (name, bytes) in &values {
        let sql = "INSERT INTO t VALUES (?1, ?2)";
        database.connect().execute(sql, rusqlite::params![name, bytes]).expect("added");
    }
    judge(&database.place("?table=t&key=k&value=v"), home.path(), &trap);

    if let Some(server) = Server::start(&[]) {
        let mut client = server.client();
        values.iter().for_each(|(name, bytes)| tell(&mut client, &[b"SET", name.as_bytes(), bytes]));
        tell(&mut client, &[b"RPUSH", b"a-list", b"x"]);
        tell(&mut client, &[b"XADD", b"a-stream", b"*", b"k", b"v"]);
        judge(&server.place("").to_string(), home.path(), &trap);
    }

    #[cfg(feature = "postgres")]
    if let Some(database) = crate::sql::server::Database::made_by("CREATE TABLE t (k text PRIMARY KEY, v bytea)") {
        let mut app = database.connect();
        for (name, bytes) in &values {
            app.execute("INSERT INTO t VALUES ($1, $2)", &[name, bytes]).expect("added");
        }
        judge(&database.place("?table=t&key=k&value=v"), home.path(), &trap);
    }
}

/// Names of caches that no app gives: what drives a terminal, what parts a place, what is no text.
const KEYS: [&[u8]; 9] = [
    b"\x1b]0;evil\x07\x1b[2J",
    "\u{202e}live\u{2066}".as_bytes(),
    b"a\nb\r\n\tc",
    b"100%#?&match=*",
    b"\xff\xfe not text",
    b"\xc3",
    b" ",
    b"'; DROP TABLE t; --",
    &[b'k'; 5000],
];

/// Lists `place`, where `keys` stand; what it says of each opens that one.
fn judge_keys(place: &str, home: &Path, keys: usize) {
    let run = |words: &[&str]| {
        let run = Run::of(command(words).env("HOME", home).output().expect("saltcellar runs"));
        assert_eq!(run.code, Some(0), "{words:?}: {run:?}");
        let is_clean = |text: &str| {
            !text.chars().any(|c| !"\n\t".contains(c) && (c.is_control() || "\u{202e}\u{2066}".contains(c)))
        };
        assert!(is_clean(&run.out) && is_clean(&run.err), "{run:?}");
        run
    };
    run(&["list", place]);
    let listed = run(&["list", place, "--json"]).json();
    let caches = listed["caches"].as_array().expect("a list");
    assert_eq!(caches.len(), keys, "{listed}");
    for cache in caches {
        let one = cache["place"].as_str().expect("a place");
        let opened = run(&["list", one, "--json"]).json();
        assert!(opened.to_string().contains(ADA), "{one}: {opened}");
    }
}

#[test]
fn keys_that_mean_harm_are_shown_as_text_and_open_what_lies_there() {
    let home = tempfile::tempdir().expect("a folder");
    let texts: Vec<&str> = KEYS.iter().filter_map(|key| std::str::from_utf8(key).ok()).collect();

    let database = sqlite::Database::made_by("CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)");
    for key in &texts {
        let row = rusqlite::params![key, GOOD];
        database.connect().execute("INSERT INTO t VALUES (?1, ?2)", row).expect("added");
    }
    judge_keys(&database.place("?table=t&key=k&value=v"), home.path(), texts.len());

    if let Some(server) = Server::start(&[]) {
        let mut client = server.client();
        KEYS.iter().for_each(|key| tell(&mut client, &[b"SET", key, GOOD]));
        judge_keys(&server.place("").to_string(), home.path(), KEYS.len());
    }

    #[cfg(feature = "postgres")]
    if let Some(database) = crate::sql::server::Database::made_by("CREATE TABLE t (k text PRIMARY KEY, v bytea)") {
        let mut app = database.connect();
        for key in &texts {
            app.execute("INSERT INTO t VALUES ($1, $2)", &[key, &GOOD]).expect("added");
        }
        judge_keys(&database.place("?table=t&key=k&value=v"), home.path(), texts.len());
    }
}
