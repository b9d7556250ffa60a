//! Apps that write the same key all the while.

use saltcellar::store::StoreErrorKind;

use super::replace;
use crate::support::redis::{Server, ask, read, tell};

const TURNS: usize = 60;
const WRITERS: usize = 4;

/// The counters that the key holds, one for each writer and one for us.
fn counters(text: &str) -> Vec<usize> {
    text.split(' ').map(|count| count.parse().expect("a number")).collect()
}

fn with_one_more(text: &str, at: usize) -> String {
    let mut counts = counters(text);
    counts[at] += 1;
    counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

/// Counts up as an app does that takes care: WATCH, then MULTI.
fn write_as_app(client: &mut ::redis::Connection, at: usize) {
    for _ in 0..TURNS {
        loop {
            tell(client, &[b"WATCH", b"shared"]);
            let now: String = ask(client, &[b"GET", b"shared"]);
            tell(client, &[b"MULTI"]);
            tell(client, &[b"SET", b"shared", with_one_more(&now, at).as_bytes(), b"KEEPTTL"]);
            if ask::<Option<()>>(client, &[b"EXEC"]).is_some() {
                break;
            }
        }
    }
}

#[test]
fn four_writers_beside_our_changes_lose_nothing() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"shared", b"0 0 0 0 0", b"EX", b"5000"]);
    let all = server.store();

    std::thread::scope(|scope| {
        for at in 0..WRITERS {
            let mut client = server.client();
            scope.spawn(move || write_as_app(&mut client, at));
        }
        for _ in 0..TURNS {
            loop {
                let seen = read(&*all, "shared");
                let text = String::from_utf8(seen.bytes.reveal().to_vec()).expect("text");
                match replace(&*all, "shared", &seen, &with_one_more(&text, WRITERS)) {
                    Ok(()) => break,
                    Err(error) => assert_eq!(error.kind, StoreErrorKind::Changed),
                }
            }
        }
    });

    let end: String = ask(&mut client, &[b"GET", b"shared"]);
    assert_eq!(counters(&end), [TURNS; WRITERS + 1]);
    assert!(ask::<i64>(&mut client, &[b"TTL", b"shared"]) > 4000);
}

#[test]
fn several_threads_of_ours_over_one_connection_lose_nothing() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"shared", b"0 0 0 0 0"]);
    let all = server.store();

    std::thread::scope(|scope| {
        for at in 0..=WRITERS {
            let all = &*all;
            scope.spawn(move || {
                for _ in 0..TURNS {
                    loop {
                        let seen = read(all, "shared");
                        let text = String::from_utf8(seen.bytes.reveal().to_vec()).expect("text");
                        if replace(all, "shared", &seen, &with_one_more(&text, at)).is_ok() {
                            break;
                        }
                    }
                }
            });
        }
    });

    assert_eq!(counters(&ask::<String>(&mut client, &[b"GET", b"shared"])), [TURNS; WRITERS + 1]);
    assert!(all.abilities().writes);
}
