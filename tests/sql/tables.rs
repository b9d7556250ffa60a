//! Which table and which columns are meant, and what is said when that cannot be told.

use saltcellar::secret::SecretBytes;
use saltcellar::store::{Slot, Store, StoreErrorKind};
use saltcellar::time::UnixSeconds;

use super::sqlite::{DJANGO, Database, scanned, text, words};

#[test]
fn a_table_of_django_is_found_by_its_columns_and_its_expiry_told() {
    let database = Database::made_by(DJANGO);
    database.add("k1", "{}");

    let all = scanned(&database.store("")).expect("scanned");

    let snapshot = all[0].snapshot.as_ref().expect("read");
    assert_eq!((all[0].slot.0.as_str(), all.len()), ("k1", 1));
    assert_eq!(snapshot.state.expires, Some(UnixSeconds(1_893_553_445)));
}

#[test]
fn tables_of_flask_session_asp_net_and_express_are_found() {
    let flask =
        "CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_id VARCHAR(255) UNIQUE, data BLOB, expiry DATETIME);
        INSERT INTO sessions VALUES (7, 'session:a', x'7B7D', '2030-01-02 03:04:05')";
    let asp = "CREATE TABLE cache (Id TEXT PRIMARY KEY, Value BLOB NOT NULL, ExpiresAtTime TEXT NOT NULL,
        SlidingExpirationInSeconds INTEGER, AbsoluteExpiration TEXT);
        INSERT INTO cache VALUES ('uid.utid', x'7B7D', '2030-01-02T03:04:05+00:00', NULL, NULL)";
    let express = "CREATE TABLE sessions (sid PRIMARY KEY, expired, sess);
        INSERT INTO sessions VALUES ('sid-1', 1893553445678, '{}')";
    for (sql, key) in [(flask, "session:a"), (asp, "uid.utid"), (express, "sid-1")] {
        let database = Database::made_by(sql);

        let all = scanned(&database.store("")).expect("scanned");

        assert_eq!(all[0].slot.0, key);
        assert_eq!(all[0].snapshot.as_ref().expect("read").state.expires, Some(UnixSeconds(1_893_553_445)));
    }
}

#[test]
fn an_unknown_table_is_named_with_its_columns_and_what_to_write() {
    let database = Database::made_by("CREATE TABLE caches (who TEXT PRIMARY KEY, what TEXT); CREATE TABLE other (a)");

    let said = words(scanned(&database.store("")));

    assert!(said.contains("caches (who, what)") && said.contains("other (a)"), "{said}");
    assert!(said.contains("?table=caches&key=who&value=what"), "{said}");
    let said = words(scanned(&database.store("?table=cache&key=a&value=b")));
    assert!(said.contains("it has no table cache;"), "{said}");
    let said = words(scanned(&database.store("?table=caches&key=who&value=b")));
    assert!(said.contains("its table caches has no column b; it has who, what"), "{said}");
    let said = words(scanned(&database.store("?table=caches")));
    assert!(said.contains("say which columns of caches are meant"), "{said}");
}

#[test]
fn of_two_known_tables_none_is_guessed() {
    let database = Database::made_by(&format!("{DJANGO}; {}", DJANGO.replace("django_session", "old_session")));

    let said = words(scanned(&database.store("")));

    assert!(said.contains("?table=django_session or ?table=old_session"), "{said}");
    assert!(scanned(&database.store("?table=old_session")).expect("scanned").is_empty());
}

#[test]
fn names_with_quotes_spaces_and_statements_in_them_are_names() {
    let evil = "a\"b; DROP TABLE keep; --";
    let quoted = evil.replace('"', "\"\"");
    let database = Database::made_by(&format!(
        "CREATE TABLE keep (a); CREATE TABLE \"{quoted}\" (\"the key\" TEXT PRIMARY KEY, \"значение \"\"v\"\"\" TEXT);
         INSERT INTO \"{quoted}\" VALUES ('x''; DROP TABLE keep; --', '{{}}')"
    ));
    let store = database.store("?table=a\"b; DROP TABLE keep; --&key=the key&value=значение \"v\"");

    assert_eq!(text(&store, "x'; DROP TABLE keep; --"), "{}");
    store.create(&Slot("\" ' ;".into()), &SecretBytes::new(b"[]".to_vec()), None).expect("made");

    assert_eq!(text(&store, "\" ' ;"), "[]");
    assert_eq!(
        store.slots().map(|slot| slot.expect("a slot").0).collect::<Vec<_>>(),
        ["x'; DROP TABLE keep; --", "\" ' ;"]
    );
    let kept: i64 =
        database.connect().query_row("SELECT count(*) FROM keep", [], |row| row.get(0)).expect("still there");
    assert_eq!(kept, 0);
}

#[test]
fn a_column_that_is_not_there_is_never_read_as_text() {
    let database = Database::made_by("CREATE TABLE t (k TEXT, v TEXT); INSERT INTO t VALUES ('a', '{}')");
    let store = database.store("?table=t&key=k&value=v");
    assert_eq!(text(&store, "a"), "{}");

    database.connect().execute_batch("ALTER TABLE t RENAME COLUMN v TO w").expect("altered");

    let said = words(store.peek(&Slot("a".into())));
    assert!(said.contains("no such column"), "{said}");
}

#[test]
fn tables_without_row_numbers_and_views_are_walked_by_their_key() {
    let database = Database::made_by(
        "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID; CREATE VIEW w AS SELECT k, v FROM t;
         CREATE TABLE shadowed (rowid TEXT, _rowid_ TEXT, oid TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)
         INSERT INTO t SELECT printf('%04d', i), '{}' FROM n; INSERT INTO shadowed SELECT k, v, 'x' FROM t",
    );
    for options in ["?table=t&key=k&value=v", "?table=w&key=k&value=v", "?table=shadowed&key=rowid&value=_rowid_"] {
        let store = database.store(options);

        let scanned: Vec<String> = scanned(&store).expect("scanned").into_iter().map(|found| found.slot.0).collect();
        let slots: Vec<String> = store.slots().map(|slot| slot.expect("a slot").0).collect();

        let expected: Vec<String> = (1..=700).map(|number| format!("{number:04}")).collect();
        assert_eq!(scanned, expected, "{options}");
        assert_eq!(slots, expected, "{options}");
    }
}

#[test]
fn keys_of_every_type_lead_back_to_their_row() {
    let database = Database::made_by(
        "CREATE TABLE t (k, v TEXT); INSERT INTO t VALUES ('a', '1'), (7, '2'), (x'00FF', '3'), (1.5, '4'), (NULL, '5')",
    );
    let store = database.store("?table=t&key=k&value=v");

    let slots: Vec<String> = store.slots().map(|slot| slot.expect("a slot").0).collect();

    assert_eq!(slots, ["a", "7", "x'00FF'", "1.5", ""]);
    let texts: Vec<String> = slots.iter().take(4).map(|slot| text(&store, slot)).collect();
    assert_eq!(texts, ["1", "2", "3", "4"]);
    let all = scanned(&store).expect("scanned");
    let said = all[4].snapshot.as_ref().expect_err("no key").to_string();
    assert!(said.contains("its column k is NULL"), "{said}");
}

#[test]
fn what_is_made_is_there_with_its_expiry_and_never_made_twice() {
    let database = Database::made_by(DJANGO);
    let store = database.store("");
    let (slot, bytes) = (Slot("new".into()), SecretBytes::new(b"{}".to_vec()));

    store.create(&slot, &bytes, Some(UnixSeconds(1_893_553_445))).expect("made");
    let again = store.create(&slot, &bytes, Some(UnixSeconds(1_893_553_445))).expect_err("there");

    assert_eq!(again.kind, StoreErrorKind::Changed);
    let row: (String, String) = database
        .connect()
        .query_row("SELECT session_data, expire_date FROM django_session", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("one row");
    assert_eq!(row, ("{}".to_owned(), "2030-01-02 03:04:05".to_owned()));
    let said = words(store.create(&Slot("other".into()), &bytes, None));
    assert!(said.contains("NOT NULL constraint failed: django_session.expire_date"), "{said}");
}

#[test]
fn pages_of_large_rows_are_short_so_that_memory_stays_bounded() {
    let database = Database::made_by(
        "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO t SELECT i, printf('%.*c', 200000, 'x') FROM n",
    );
    let (mut most, mut rows) = (0, 0);

    let scan = database.store("?table=t&key=k&value=v").scan(&mut |page| {
        rows += page.len();
        most = most.max(page.iter().map(|found| found.snapshot.as_ref().expect("read").bytes.len()).sum());
        std::ops::ControlFlow::Continue(())
    });

    scan.expect("scanned");
    assert_eq!(rows, 300);
    assert!(most <= (4 << 20) + 200_000, "{most}");
}
