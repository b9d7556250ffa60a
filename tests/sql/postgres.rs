//! Caches in rows of a real PostgreSQL.

use saltcellar::secret::SecretBytes;
use saltcellar::store::expected::{Expected, Seen};
use saltcellar::store::file::Reading;
use saltcellar::store::passwords::Passwords;
use saltcellar::store::{Slot, State, Store, StoreErrorKind};
use saltcellar::time::UnixSeconds;

use super::server::{DJANGO, Database, store};
use super::sqlite::{scanned, text, words};
use super::writers::{append, with_patience};

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

/// Puts `new` where `old` is, and says what went wrong.
fn replaced(store: &dyn Store, slot: &str, old: &str, new: &str) -> Result<bool, saltcellar::store::StoreError> {
    let slot = Slot(slot.to_owned());
    let staged = store.stage(&slot, &bytes(new), &State::default())?;
    let expected = Expected { state: State::default(), seen: Seen::Hash(bytes(old).hash()) };
    with_patience(|patience| Ok(store.hold(&slot, patience)?.replace(&expected, staged)?.durable))
}

#[test]
fn tables_of_django_and_asp_net_are_found_with_their_expiry() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.add("k1", "{}");
    let all = scanned(&database.store("")).expect("scanned");
    assert_eq!((all.len(), all[0].slot.0.as_str()), (1, "k1"));
    assert_eq!(all[0].snapshot.as_ref().expect("read").state.expires, Some(UnixSeconds(1_893_553_445)));

    let asp =
        "CREATE TABLE \"DistCache\" (\"Id\" text PRIMARY KEY, \"Value\" bytea NOT NULL, \"ExpiresAtTime\" timestamptz,
        \"SlidingExpirationInSeconds\" double precision, \"AbsoluteExpiration\" timestamptz);
        INSERT INTO \"DistCache\" VALUES ('uid.utid', '{}', '2030-01-02 03:04:05+00'), ('never', '[]', 'infinity')";
    let Some(database) = Database::made_by(asp) else { return };
    let store = database.store("");
    let all = scanned(&store).expect("scanned");
    let expiries: Vec<_> = all.iter().map(|found| found.snapshot.as_ref().expect("read").state.expires).collect();
    assert_eq!(expiries, [None, Some(UnixSeconds(1_893_553_445))]);
    assert!(replaced(&store, "uid.utid", "{}", "{\"a\":1}").expect("replaced"));
    assert_eq!(text(&store, "uid.utid"), "{\"a\":1}");
}

/// What connect-pg-simple makes (its table.sql).
const EXPRESS: &str = "CREATE TABLE \"session\" (\"sid\" varchar NOT NULL PRIMARY KEY, \"sess\" json NOT NULL, \
     \"expire\" timestamp(6) NOT NULL)";

#[test]
fn a_session_of_express_ends_in_the_hours_of_its_server() {
    let Some(database) = Database::made_by(EXPRESS) else { return };
    database.run(&format!("ALTER DATABASE {} SET TimeZone = 'Pacific/Kiritimati'", database.name));
    database.run("INSERT INTO session VALUES ('s1', '{}', to_timestamp(1893553445))");
    let store = database.store("");
    let expires = || -> Vec<_> {
        let all = scanned(&store).expect("scanned");
        all.iter().map(|found| found.snapshot.as_ref().expect("read").state.expires).collect()
    };

    assert_eq!(expires(), [Some(UnixSeconds(1_893_553_445))]);
    assert!(replaced(&store, "s1", "{}", "{\"a\":  1}").expect("replaced"));
    assert_eq!(text(&store, "s1"), "{\"a\":  1}");
    store.create(&Slot("s2".into()), &bytes("{}"), Some(UnixSeconds(1_893_553_446))).expect("made");
    assert_eq!(expires(), [1_893_553_445, 1_893_553_446].map(|at| Some(UnixSeconds(at))));
}

#[test]
fn names_with_quotes_statements_and_schemas_are_names() {
    let evil = "a\"b; DROP TABLE keep; --";
    let quoted = evil.replace('"', "\"\"");
    let made = Database::made_by(&format!(
        "CREATE SCHEMA \"other app\"; CREATE TABLE keep (a int); CREATE TABLE \"other app\".\"{quoted}\"
         (\"the key\" uuid PRIMARY KEY, \"значение \"\"v\"\"\" json);
         INSERT INTO \"other app\".\"{quoted}\" VALUES ('00000000-0000-0000-0000-000000000001', '{{\"a\":  1.50}}')"
    ));
    let Some(database) = made else { return };
    let store = database.store("?table=other app.a\"b; DROP TABLE keep; --&key=the key&value=значение \"v\"");

    let key = "00000000-0000-0000-0000-000000000001";
    assert_eq!(text(&store, key), "{\"a\":  1.50}");
    assert!(store.peek(&Slot("x'; DROP TABLE keep; --".into())).expect("no such key").is_none());
    replaced(&store, key, "{\"a\":  1.50}", "{\"b\":  2.50}").expect("replaced");
    store.create(&Slot(key.replace('1', "2")), &bytes("[]"), None).expect("made");

    assert_eq!(text(&store, key), "{\"b\":  2.50}");
    assert_eq!(store.slots().count(), 2);
    assert_eq!(database.connect().query("SELECT * FROM keep", &[]).expect("still there").len(), 0);
    let said = words(scanned(&database.store("")));
    assert!(said.contains("other app.a\"b; DROP TABLE keep; -- (the key, значение \"v\")"), "{said}");
}

#[test]
fn many_rows_come_in_pages_by_key_and_without_a_unique_key_by_a_cursor() {
    let made = Database::made_by(
        "CREATE TABLE t (k int PRIMARY KEY, v text); INSERT INTO t SELECT i, '{}' FROM generate_series(1, 1500) i;
         CREATE TABLE u (k int, v text); INSERT INTO u SELECT k, v FROM t",
    );
    let Some(database) = made else { return };
    let expected: Vec<String> = (1..=1500).map(|number: i32| number.to_string()).collect();
    for table in ["t", "u"] {
        let store = database.store(&format!("?table={table}&key=k&value=v"));

        let scanned: Vec<String> = scanned(&store).expect("scanned").into_iter().map(|found| found.slot.0).collect();
        let slots: Vec<String> = store.slots().map(|slot| slot.expect("a slot").0).collect();

        assert_eq!(scanned, expected, "{table}");
        assert_eq!(slots, expected, "{table}");
    }
}

#[test]
fn values_that_are_no_cache_are_rows_with_words_and_rows_that_lie_twice_are_refused() {
    let made = Database::made_by(
        "CREATE TABLE t (k text, v bytea);
         INSERT INTO t VALUES ('binary', '\\x00ff'), ('bomb', convert_to(repeat('x', 20000000), 'UTF8')), ('null', NULL),
         ('twice', '{}'), ('twice', '{}'); CREATE TABLE n (k text, v int)",
    );
    let Some(database) = made else { return };
    let store = database.store("?table=t&key=k&value=v");
    let said = |key: &str| words(store.peek(&Slot(key.to_owned())));

    assert_eq!(store.peek(&Slot("binary".into())).expect("read").expect("there").bytes.len(), 2);
    assert_eq!(said("bomb"), "it is larger than 16777216 bytes");
    assert_eq!(said("null"), "its column v is NULL: no cache");
    assert!(said("twice").contains("several rows of t have this k: none of them is touched"));
    assert!(words(replaced(&store, "twice", "{}", "[]")).contains("several rows"));
    assert_eq!(scanned(&store).expect("scanned").len(), 5);
    let numbers = words(scanned(&database.store("?table=n&key=k&value=v")));
    assert_eq!(numbers, "its column v is integer: no cache");
}

#[test]
fn beside_four_writers_nothing_is_lost() {
    let Some(database) = &Database::made_by(DJANGO) else { return };
    database.add("shared", "");
    let store = &database.store("");

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut app = database.connect();
                for _ in 0..50 {
                    let sql =
                        "UPDATE django_session SET session_data = session_data || 'a' WHERE session_key = 'shared'";
                    app.execute(sql, &[]).expect("written");
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..50 {
                append(store, &Slot("shared".into()), "s");
            }
        });
    });

    let text = text(store, "shared");
    let of = |letter: char| text.chars().filter(|c| *c == letter).count();
    assert_eq!((of('a'), of('s')), (200, 50));
}

#[test]
fn a_row_that_stays_locked_is_busy_with_the_app_that_holds_it_and_readers_are_served() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.add("k", "{}");
    let mut app = database.connect();
    app.batch_execute("BEGIN; UPDATE django_session SET session_data = '[]'").expect("locked");
    let store = database.store("");
    let (clock, cancel) = (saltcellar::time::SystemClock::new(), std::sync::atomic::AtomicBool::new(false));
    let wait = std::time::Duration::from_millis(500);
    let patience = saltcellar::lock::Patience { clock: &clock, wait, cancel: &cancel, waiting: &|_| {} };

    let busy = store.hold(&Slot("k".into()), &patience).err().expect("busy");

    assert!(busy.to_string().starts_with("the row in django_session is held by app (pid "), "{busy}");
    assert_eq!(text(&store, "k"), "{}");
}

#[test]
fn a_trigger_and_a_column_of_values_are_refused_and_nothing_changes() {
    let made = Database::made_by(
        "CREATE TABLE t (k text PRIMARY KEY, v text); INSERT INTO t VALUES ('a', '{}');
         CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v = 'other'; RETURN NEW; END $$;
         CREATE TRIGGER evil BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION evil();
         CREATE TABLE j (k text PRIMARY KEY, v jsonb); INSERT INTO j VALUES ('a', '{\"b\": 1}')",
    );
    let Some(database) = made else { return };

    let said = words(replaced(&database.store("?table=t&key=k&value=v"), "a", "{}", "[]"));
    assert_eq!(said, "the table makes something else of what is written");
    assert_eq!(text(&database.store("?table=t&key=k&value=v"), "a"), "{}");
    let said = words(replaced(&database.store("?table=j&key=k&value=v"), "a", "{\"b\": 1}", "{}"));
    assert!(said.contains("its column v is jsonb"), "{said}");
    assert_eq!(text(&database.store("?table=j&key=k&value=v"), "a"), "{\"b\": 1}");
}

#[test]
fn what_is_made_is_there_with_its_expiry_and_removed_only_as_it_was_read() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    let (store, slot) = (database.store(""), Slot("new".into()));
    store.create(&slot, &bytes("{}"), Some(UnixSeconds(1_893_553_445))).expect("made");
    assert_eq!(
        store.create(&slot, &bytes("{}"), Some(UnixSeconds(1))).expect_err("there").kind,
        StoreErrorKind::Changed
    );
    let seen = store.peek(&slot).expect("read").expect("there");
    assert_eq!(seen.state.expires, Some(UnixSeconds(1_893_553_445)));

    with_patience(|patience| {
        let stale = Expected { state: State::default(), seen: Seen::Hash(bytes("[]").hash()) };
        let mut held = store.hold(&slot, patience).expect("held");
        assert_eq!(held.remove(&stale).expect_err("changed").kind, StoreErrorKind::Changed);
        held.remove(&Expected::of(&seen)).expect("removed");
    });

    assert!(store.peek(&slot).expect("read").is_none());
}

#[test]
fn read_only_changes_nothing_on_the_server_and_refuses_a_hold() {
    let Some(database) = Database::made_by(DJANGO) else { return };
    database.add("k", "{}");
    let store = store(&database.place(""), Reading::Traceless, &Passwords::default());

    let refused = with_patience(|patience| store.hold(&Slot("k".into()), patience).err()).expect("refused");
    let said = words(store.create(&Slot("n".into()), &bytes("{}"), Some(UnixSeconds(1))));

    assert_eq!(refused.kind, StoreErrorKind::Unsupported("be changed: it is open read-only"));
    assert!(said.contains("read-only transaction"), "{said}");
    assert_eq!(text(&store, "k"), "{}");
}
