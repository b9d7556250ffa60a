//! Caches of ASP.NET, which are hashes: listed with few commands once a place shows that it holds such, whatever else lies
//! among them.

use std::collections::BTreeMap;

use saltcellar::store::StoreErrorKind;

use super::{bytes, scanned};
use crate::support::redis::{Server, ask, tell};

const KEYS: usize = 1000;

fn put(client: &mut ::redis::Connection, key: &str, field: &str, value: &str) {
    let ends = format!("{field}-ends");
    tell(client, &[b"HSET", key.as_bytes(), field.as_bytes(), value.as_bytes(), ends.as_bytes(), b"-1"]);
}

/// How often the server was asked each of `commands` since it last forgot.
fn calls(client: &mut ::redis::Connection, commands: &[&str]) -> Vec<usize> {
    let told: String = ask(client, &[b"INFO", b"commandstats"]);
    let count = |command: &&str| {
        let line = told.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().and_then(|count| count.parse().ok()).expect("a count"))
    };
    commands.iter().map(count).collect()
}

#[test]
fn a_place_of_hashes_is_listed_with_three_commands_a_key_after_the_first_pages() {
    for field in ["data", "dv"] {
        let Some(server) = Server::start(&[]) else { return };
        let mut client = server.client();
        (0..KEYS).for_each(|at| put(&mut client, &format!("k{at}"), field, &format!("{{\"a\":{at}}}")));
        tell(&mut client, &[b"CONFIG", b"RESETSTAT"]);

        let found = scanned(&*server.store()).expect("scanned");

        assert!(found.len() == KEYS && found.iter().all(|(_, snapshot)| snapshot.is_ok()));
        let [kinds, sizes, ends, values, texts] =
            <[usize; 5]>::try_from(calls(&mut client, &["type", "hstrlen", "pttl", "hget", "getrange"])).expect("five");
        assert_eq!((ends, values), (KEYS, KEYS));
        // Two pages are on their way before the first has told what it is.
        assert!(kinds == texts && kinds <= 3 * 64, "{kinds} {texts}");
        assert!(sizes == KEYS - texts + 2 * kinds, "{sizes}");
    }
}

#[test]
fn hashes_texts_and_others_in_any_order_are_told_as_what_they_are() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    let mut expected = BTreeMap::new();
    for at in 0..KEYS {
        let (key, value) = (format!("k{at}"), format!("{{\"a\":{at}}}"));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(70_000));
        // Hashes are in the majority, and so are the next keys taken for some.
        let lies = match at % 10 {
            0 => ("SET", value.as_str()),
            1 if at % 100 == 1 => ("SET", long.as_str()),
            2 if at % 100 == 2 => ("data", long.as_str()),
            3 => ("dv", value.as_str()),
            4 if at % 100 == 4 => ("SET", ""),
            _ => ("data", value.as_str()),
        };
        match lies {
            ("SET", value) => tell(&mut client, &[b"SET", key.as_bytes(), value.as_bytes()]),
            (field, value) => put(&mut client, &key, field, value),
        }
        expected.insert(key, lies.1.to_owned());
    }
    put(&mut client, "of-another", "name", "x");
    tell(&mut client, &[b"RPUSH", b"a-list", b"x"]);
    tell(&mut client, &[b"HSET", b"huge", b"data", &vec![b'x'; (64 << 20) + 1]]);

    let found: BTreeMap<String, _> = scanned(&*server.store()).expect("scanned").into_iter().collect();

    assert_eq!(found.len(), KEYS + 3);
    for (key, value) in &expected {
        let snapshot = found.get(key).expect("told").as_ref().expect("read");
        assert!(snapshot.bytes == bytes(value), "{key}");
    }
    let said = |key: &str| found.get(key).expect("told").as_ref().expect_err("no cache").to_string();
    assert!(said("of-another").contains("without the fields of an ASP.NET cache"), "{}", said("of-another"));
    assert!(said("a-list").contains("it is a list"), "{}", said("a-list"));
    let huge = found.get("huge").expect("told").as_ref().expect_err("too large");
    assert_eq!(huge.kind, StoreErrorKind::TooLarge(64 << 20));
}
