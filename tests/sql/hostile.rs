//! Rows and databases that mean harm: told in clear words, and nothing else happens.

use saltcellar::secret::SecretBytes;
use saltcellar::store::expected::{Expected, Seen};
use saltcellar::store::{Slot, State, Store, StoreErrorKind};

use super::sqlite::{DJANGO, Database, scanned, store, text, words};
use super::writers::with_patience;
use saltcellar::store::file::Reading;

const TABLE: &str = "CREATE TABLE t (k TEXT, v); ";
const OPTIONS: &str = "?table=t&key=k&value=v";

#[test]
fn values_that_are_no_cache_are_rows_with_words() {
    let database = Database::made_by(&format!(
        "{TABLE} INSERT INTO t VALUES ('null', NULL), ('number', 7), ('real', 1.5), ('bomb', zeroblob(50000000)),
         ('binary', x'00FF8002'), ('text', '{{}}')"
    ));

    let all = scanned(&database.store(OPTIONS)).expect("scanned");

    let said: Vec<String> = all
        .iter()
        .map(|found| match &found.snapshot {
            Ok(snapshot) => format!("{} bytes", snapshot.bytes.len()),
            Err(error) => error.to_string(),
        })
        .collect();
    let number = "its column v is a number: no cache";
    let expected =
        ["its column v is NULL: no cache", number, number, "it is larger than 16777216 bytes", "4 bytes", "2 bytes"];
    assert_eq!(said, expected);
}

#[test]
fn a_row_that_lies_twice_under_its_key_is_refused_and_untouched() {
    let database = Database::made_by(&format!("{TABLE} INSERT INTO t VALUES ('a', '{{}}'), ('a', '{{}}')"));
    let store = database.store(OPTIONS);
    let slot = Slot("a".into());

    let said = words(store.peek(&slot));
    let expected = Expected { state: State::default(), seen: Seen::Hash(SecretBytes::new(b"{}".to_vec()).hash()) };
    let staged = store.stage(&slot, &SecretBytes::new(b"[]".to_vec()), &expected.state).expect("staged");
    with_patience(|patience| {
        let mut held = store.hold(&slot, patience).expect("held");
        assert!(words(held.replace(&expected, staged)).contains("several rows of t have this k"));
        assert!(words(held.remove(&expected)).contains("several rows"));
    });

    assert!(said.contains("several rows of t have this k: none of them is touched"), "{said}");
    let left: i64 =
        database.connect().query_row("SELECT count(*) FROM t WHERE v = '{}'", [], |row| row.get(0)).expect("a count");
    assert_eq!(left, 2);
}

#[test]
fn text_stays_text_and_bytes_stay_bytes() {
    let database = Database::made_by(&format!("{TABLE} INSERT INTO t VALUES ('text', '{{}}'), ('blob', x'7B7D')"));
    let store = database.store(OPTIONS);
    for key in ["text", "blob"] {
        let slot = Slot(key.to_owned());
        let seen = store.peek(&slot).expect("read").expect("there");
        let staged = store.stage(&slot, &SecretBytes::new(b"[1]".to_vec()), &seen.state).expect("staged");
        let expected = Expected::of(&seen);
        with_patience(|patience| {
            store.hold(&slot, patience).expect("held").replace(&expected, staged).expect("replaced");
        });

        assert_eq!(text(&store, key), "[1]");
        let kind: String = database
            .connect()
            .query_row("SELECT typeof(v) FROM t WHERE k = ?1", [key], |row| row.get(0))
            .expect("a type");
        assert_eq!(kind, key);
    }
}

#[test]
fn a_trigger_that_changes_what_is_written_undoes_the_write() {
    let database = Database::made_by(&format!(
        "{TABLE} INSERT INTO t VALUES ('a', '{{}}');
         CREATE TRIGGER evil AFTER UPDATE ON t BEGIN UPDATE t SET v = 'other' WHERE k = new.k; END"
    ));
    let store = database.store(OPTIONS);
    let (slot, seen) = (Slot("a".into()), SecretBytes::new(b"{}".to_vec()));
    let staged = store.stage(&slot, &SecretBytes::new(b"[]".to_vec()), &State::default()).expect("staged");
    let expected = Expected { state: State::default(), seen: Seen::Hash(seen.hash()) };

    let said = with_patience(|patience| words(store.hold(&slot, patience).expect("held").replace(&expected, staged)));

    assert_eq!(said, "the table makes something else of what is written");
    assert_eq!(text(&store, "a"), "{}");
}

#[test]
fn a_file_that_is_no_database_a_damaged_one_and_none_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("text"), "{\"AccessToken\": {}}, not a database at all".repeat(40)).expect("written");
    std::fs::create_dir(at("folder")).expect("made");
    std::fs::write(at("empty"), "").expect("written");
    let database = Database::made_by(DJANGO);
    for number in 0..200 {
        database.add(&format!("k{number}"), &"x".repeat(900));
    }
    let mut bytes = std::fs::read(&database.path).expect("read");
    bytes.iter_mut().skip(4096).step_by(7).for_each(|byte| *byte ^= 0x5a);
    std::fs::write(at("damaged"), bytes).expect("written");
    let said = |name: &str| words(scanned(&store(&format!("sqlite:{}", at(name).display()), Reading::Plain)));

    assert_eq!(said("none"), "there is no such file");
    assert_eq!(said("folder"), "it is not a regular file");
    assert!(said("text").starts_with("it is not a SQLite database"), "{}", said("text"));
    assert!(said("damaged").starts_with("the database is damaged"), "{}", said("damaged"));
    assert!(said("empty").contains("it has no tables"), "{}", said("empty"));
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed_unasked() {
    let database = Database::made_by(DJANGO);
    let link = database.folder.path().join("link.db");
    std::os::unix::fs::symlink(&database.path, &link).expect("linked");

    let store = store(&format!("sqlite:{}", link.display()), Reading::Plain);

    assert_eq!(scanned(&store).expect_err("refused").kind, StoreErrorKind::Link("symlink"));
}
