//! Keys of one server: found by SCAN, read whatever they are, changed with their time to live kept.

use std::collections::BTreeSet;

use saltcellar::store::{Slot, StoreErrorKind};
use saltcellar::time::{Clock as _, SystemClock};

use super::{bytes, remove, replace, scanned};
use crate::support::redis::{Server, ask, read, store, tell};

#[test]
fn a_scan_hands_over_each_key_once_and_never_asks_for_all_keys() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    for number in 0..3000 {
        tell(&mut client, &[b"SET", format!("session:{number}").as_bytes(), format!("value {number}").as_bytes()]);
    }
    tell(&mut client, &[b"SET", b"other", b"x"]);
    let all = store(&server.place("?match=session:*"));

    let found = scanned(&*all).expect("scanned");
    let names: Vec<String> = all.slots().map(|slot| slot.expect("told").0).collect();

    assert_eq!(found.len(), 3000);
    let right = |(key, value): &super::Row| {
        let number = key.trim_start_matches("session:");
        value.as_ref().is_ok_and(|seen| seen.bytes == bytes(&format!("value {number}")))
    };
    assert!(found.iter().all(right));
    let keys: BTreeSet<_> = found.into_iter().map(|(key, _)| key).collect();
    assert_eq!((keys.len(), names.len()), (3000, 3000));
    assert!(names.into_iter().collect::<BTreeSet<_>>() == keys);
    let stats: String = ask(&mut client, &[b"INFO", b"commandstats"]);
    assert!(stats.contains("cmdstat_scan"), "{stats}");
    assert!(!stats.contains("cmdstat_keys"), "{stats}");
}

#[test]
fn a_scan_beside_a_table_that_grows_and_shrinks_misses_no_key_that_stays() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    for number in 0..2000 {
        tell(&mut client, &[b"SET", format!("stays:{number}").as_bytes(), b"x"]);
    }
    for number in 0..20_000 {
        tell(&mut client, &[b"SET", format!("goes:{number}").as_bytes(), b"x"]);
    }
    let (mut stays, mut left) = (Vec::new(), 0..20_000);

    server
        .store()
        .scan(&mut |page| {
            stays.extend(page.into_iter().map(|found| found.slot.0).filter(|key| key.starts_with("stays:")));
            for number in left.by_ref().take(400) {
                tell(&mut client, &[b"DEL", format!("goes:{number}").as_bytes()]);
            }
            std::ops::ControlFlow::Continue(())
        })
        .expect("scanned");

    let keys: BTreeSet<_> = stays.iter().collect();
    assert_eq!(keys.len(), 2000);
    assert_eq!(stays.len(), 2000, "told twice");
}

#[test]
fn a_change_keeps_the_time_to_live() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"a", b"old", b"PX", b"5000000"]);
    tell(&mut client, &[b"SET", b"b", b"old"]);
    let all = server.store();
    let ends: i64 = ask(&mut client, &[b"PEXPIRETIME", b"a"]);

    for key in ["a", "b"] {
        replace(&*all, key, &read(&*all, key), "new").expect("replaced");
    }

    assert_eq!(ask::<i64>(&mut client, &[b"PEXPIRETIME", b"a"]), ends);
    assert_eq!(ask::<i64>(&mut client, &[b"PEXPIRETIME", b"b"]), -1);
    assert_eq!(ask::<String>(&mut client, &[b"GET", b"a"]), "new");
    let told = read(&*all, "a").state.expires.expect("ends").0;
    assert!((told - ends / 1000).abs() <= 1, "{told} {ends}");
    assert_eq!(read(&*all, "b").state.expires, None);
}

#[test]
fn what_an_app_wrote_meanwhile_is_neither_replaced_nor_removed() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    let all = server.store();
    for change in [b"new".as_slice(), b""] {
        tell(&mut client, &[b"SET", b"a", b"old"]);
        let seen = read(&*all, "a");
        tell(&mut client, &[b"SET", b"a", change]);

        let (replaced, removed) = (replace(&*all, "a", &seen, "ours"), remove(&*all, "a", &seen));

        assert_eq!(replaced.expect_err("changed").kind, StoreErrorKind::Changed);
        assert_eq!(removed.expect_err("changed").kind, StoreErrorKind::Changed);
        assert_eq!(ask::<Vec<u8>>(&mut client, &[b"GET", b"a"]), change);
    }
    tell(&mut client, &[b"SET", b"a", b"old"]);
    let seen = read(&*all, "a");
    tell(&mut client, &[b"DEL", b"a"]);
    assert_eq!(replace(&*all, "a", &seen, "ours").expect_err("gone").kind, StoreErrorKind::Changed);
    assert_eq!(ask::<i64>(&mut client, &[b"EXISTS", b"a"]), 0);
}

#[test]
fn a_key_that_became_another_kind_of_key_meanwhile_stays_what_it_is() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    let all = server.store();
    let hash: [&[u8]; 4] = [b"HSET", b"hash", b"data", b"old"];
    tell(&mut client, &[b"SET", b"text", b"old"]);
    tell(&mut client, &hash);
    let (text, field) = (read(&*all, "text"), read(&*all, "hash"));
    tell(&mut client, &[b"DEL", b"text", b"hash"]);
    tell(&mut client, &[b"RPUSH", b"text", b"old"]);
    tell(&mut client, &[b"SET", b"hash", b"old"]);

    for (key, seen) in [("text", &text), ("hash", &field)] {
        assert_eq!(replace(&*all, key, seen, "ours").expect_err("another").kind, StoreErrorKind::Changed, "{key}");
        assert_eq!(remove(&*all, key, seen).expect_err("another").kind, StoreErrorKind::Changed, "{key}");
    }

    assert_eq!(ask::<Vec<String>>(&mut client, &[b"LRANGE", b"text", b"0", b"-1"]), ["old"]);
    assert_eq!(ask::<String>(&mut client, &[b"GET", b"hash"]), "old");
}

#[test]
fn an_app_that_only_moves_the_end_of_a_session_is_in_nobodys_way() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"a", b"old", b"EX", b"100"]);
    let all = server.store();
    let seen = read(&*all, "a");
    tell(&mut client, &[b"SET", b"a", b"old", b"EX", b"5000"]);

    replace(&*all, "a", &seen, "new").expect("the bytes are the same");

    assert!(ask::<i64>(&mut client, &[b"TTL", b"a"]) > 4000);
}

#[test]
fn a_key_is_removed_once() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"a", b"old"]);
    let all = server.store();
    let seen = read(&*all, "a");

    remove(&*all, "a", &seen).expect("removed");

    assert!(all.peek(&Slot("a".into())).expect("readable").is_none());
    assert_eq!(remove(&*all, "a", &seen).expect_err("gone").kind, StoreErrorKind::Changed);
}

#[test]
fn a_key_is_made_with_its_end_and_never_over_another() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    let all = server.store();
    let ends = SystemClock::new().now().plus(1000);

    all.create(&Slot("a".into()), &bytes("ours"), Some(ends)).expect("made");
    all.create(&Slot("b".into()), &bytes("ours"), None).expect("made");
    let again = all.create(&Slot("a".into()), &bytes("other"), None).expect_err("it is there");

    assert_eq!(again.kind, StoreErrorKind::Changed);
    assert_eq!(ask::<String>(&mut client, &[b"GET", b"a"]), "ours");
    assert!((999..=1001).contains(&ask::<i64>(&mut client, &[b"TTL", b"a"])));
    assert_eq!(ask::<i64>(&mut client, &[b"TTL", b"b"]), -1);
}

#[test]
fn the_hashes_of_asp_net_are_read_and_written_in_their_own_fields() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    let all = server.store();
    for (key, field, absolute, sliding) in [("old", "data", "absexp", "sldexp"), ("new", "dv", "aev", "swv")] {
        let words: [&[u8]; 8] = [
            b"HSET",
            key.as_bytes(),
            absolute.as_bytes(),
            b"-1",
            sliding.as_bytes(),
            b"12000000000",
            field.as_bytes(),
            b"{\"a\":1}",
        ];
        tell(&mut client, &words);
        tell(&mut client, &[b"EXPIRE", key.as_bytes(), b"1200"]);
        let seen = read(&*all, key);
        assert!(seen.bytes == bytes("{\"a\":1}"));

        replace(&*all, key, &seen, "{}").expect("replaced");
        let stale = replace(&*all, key, &seen, "{\"b\":1}").expect_err("changed");

        assert_eq!(stale.kind, StoreErrorKind::Changed);
        let after: Vec<(String, String)> = ask(&mut client, &[b"HGETALL", key.as_bytes()]);
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(after, [named(absolute, "-1"), named(sliding, "12000000000"), named(field, "{}")]);
        assert!(ask::<i64>(&mut client, &[b"TTL", key.as_bytes()]) > 1100);
        remove(&*all, key, &read(&*all, key)).expect("removed");
        assert_eq!(ask::<i64>(&mut client, &[b"EXISTS", key.as_bytes()]), 0);
    }
}

#[test]
fn what_is_no_cache_is_a_row_with_clear_words() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"RPUSH", b"a list", b"x"]);
    tell(&mut client, &[b"SADD", b"a set", b"x"]);
    tell(&mut client, &[b"HSET", b"a hash", b"name", b"x"]);
    tell(&mut client, &[b"SETRANGE", b"huge", b"67108864", b"x"]);
    tell(&mut client, &[b"SETRANGE", b"large", b"67108863", b"x"]);
    tell(&mut client, &[b"SETRANGE", b"long", b"65535", b"x"]);
    tell(&mut client, &[b"SETRANGE", b"short", b"65534", b"x"]);
    tell(&mut client, &[b"SET", b"empty", b""]);
    tell(&mut client, &[b"SET", b"bin\xff\\", b"\xff\x00"]);
    let all = server.store();

    let mut found = scanned(&*all).expect("scanned");

    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let told: Vec<String> = found
        .into_iter()
        .map(|(key, value)| match value {
            Ok(seen) => format!("{key}: {} bytes", seen.bytes.len()),
            Err(error) => format!("{key}: {error}"),
        })
        .collect();
    let expected = [
        "a hash: it is a hash without the fields of an ASP.NET cache (data or dv)",
        "a list: it is a list; caches are strings, or hashes of ASP.NET",
        "a set: it is a set; caches are strings, or hashes of ASP.NET",
        "bin\\xff\\\\: 2 bytes",
        "empty: 0 bytes",
        "huge: it is larger than 67108864 bytes",
        "large: 67108864 bytes",
        "long: 65536 bytes",
        "short: 65535 bytes",
    ];
    assert_eq!(told, expected);
    replace(&*all, "bin\\xff\\\\", &read(&*all, "bin\\xff\\\\"), "text").expect("replaced");
    assert_eq!(ask::<String>(&mut client, &[b"GET", b"bin\xff\\"]), "text");
    replace(&*all, "empty", &read(&*all, "empty"), "text").expect("replaced");
}

#[test]
fn some_keys_are_read_in_their_order_and_gone_ones_left_out() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    for number in 0..200 {
        tell(&mut client, &[b"SET", format!("k{number}").as_bytes(), b"x"]);
    }
    let slots: Vec<Slot> = (0..200).rev().map(|number| Slot(format!("k{number}"))).collect();
    tell(&mut client, &[b"DEL", b"k7"]);

    let found = server.store().peek_all(&slots).expect("read");

    let names: Vec<&str> = found.iter().map(|found| found.slot.0.as_str()).collect();
    let expected: Vec<&str> = slots.iter().map(|slot| slot.0.as_str()).filter(|name| *name != "k7").collect();
    assert_eq!(names, expected);
}

#[test]
fn a_connection_that_the_server_closed_is_made_anew() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"a", b"old"]);
    let all = server.store();
    let seen = read(&*all, "a");
    let cut = |client: &mut _| tell(client, &[b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes"]);

    cut(&mut client);
    read(&*all, "a");
    cut(&mut client);
    replace(&*all, "a", &seen, "new").expect("replaced");
    cut(&mut client);
    all.create(&Slot("b".into()), &bytes("x"), None).expect("made");

    assert_eq!(ask::<String>(&mut client, &[b"GET", b"a"]), "new");
}
