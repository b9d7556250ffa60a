//! The connection breaks while a change is made: before the server was told to make it, or before its answer came. Whoever
//! asked is told how it stands, and nothing is half done.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use saltcellar::store::{Store, StoreError};

use super::{remove, replace};
use crate::support::redis::{Server, ask, place, read, store, tell};

/// What ends a transaction, and how the answer to one that was done begins.
const EXEC: &[u8] = b"*1\r\n$4\r\nEXEC\r\n";
const DONE: &[u8] = b"*1\r\n";

/// When the connection breaks, once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The server hears all but the last word.
    Before,
    /// The server has done it, and its answer is lost.
    After,
    /// The same, and nobody can be reached any more.
    AfterForGood,
}

/// A port that leads to `server`, over connections that break as `cut` says.
fn through(server: &Server, cut: Cut) -> Arc<dyn Store> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (port, to) = (listener.local_addr().expect("bound").port(), server.port);
    std::thread::spawn(move || {
        let mut left = Some(cut);
        // The store calls again only once its connection is lost.
        for client in listener.incoming().flatten() {
            let was_cut = lead(client, TcpStream::connect(("127.0.0.1", to)).expect("reached"), left);
            if was_cut && left.take() == Some(Cut::AfterForGood) {
                return;
            }
        }
    });
    store(&place(&format!("redis://127.0.0.1:{port}")))
}

/// Hands over what both say until one of them goes, or until the cut; whether it came to that.
fn lead(mut client: TcpStream, mut server: TcpStream, cut: Option<Cut>) -> bool {
    let is_held = Arc::new(AtomicBool::new(false));
    let back = {
        let (mut client, mut server) = (client.try_clone().expect("cloned"), server.try_clone().expect("cloned"));
        let is_held = Arc::clone(&is_held);
        std::thread::spawn(move || {
            let (mut chunk, mut held) = ([0; 4096], Vec::new());
            while let Ok(read @ 1..) = server.read(&mut chunk) {
                if is_held.load(Ordering::SeqCst) {
                    held.extend_from_slice(&chunk[..read]);
                    if held.windows(DONE.len()).any(|bytes| bytes == DONE) {
                        break;
                    }
                } else if client.write_all(&chunk[..read]).is_err() {
                    break;
                }
            }
            _ = client.shutdown(Shutdown::Both);
        })
    };
    let (mut chunk, mut said) = ([0; 4096], Vec::new());
    let mut was_cut = false;
    while let Ok(read @ 1..) = client.read(&mut chunk) {
        said.extend_from_slice(&chunk[..read]);
        if cut.is_some() && said.ends_with(EXEC) {
            was_cut = true;
            if cut == Some(Cut::Before) {
                server.write_all(&said[..said.len() - EXEC.len()]).expect("told");
                break;
            }
            is_held.store(true, Ordering::SeqCst);
        }
        // Whole commands alone: what ends in the midst of one waits for the rest.
        if said.ends_with(b"\r\n") {
            server.write_all(&said).expect("told");
            said.clear();
        }
    }
    if was_cut && cut == Some(Cut::Before) {
        _ = server.shutdown(Shutdown::Both);
    }
    back.join().expect("it ends");
    was_cut
}

/// A server with `old` at `a`, for a while.
fn with_old() -> Option<Server> {
    let server = Server::start(&[])?;
    tell(&mut server.client(), &[b"SET", b"a", b"old", b"EX", b"5000"]);
    Some(server)
}

fn at_a(server: &Server) -> Option<String> {
    ask(&mut server.client(), &[b"GET", b"a"])
}

fn says(result: Result<(), StoreError>) -> String {
    result.map_or_else(|error| error.to_string(), |()| "done".to_owned())
}

#[test]
fn a_change_whose_answer_is_lost_is_read_back_and_told_as_made() {
    let Some(server) = with_old() else { return };
    let all = through(&server, Cut::After);
    let seen = read(&*all, "a");

    assert_eq!(says(replace(&*all, "a", &seen, "new")), "done");

    assert_eq!(at_a(&server).as_deref(), Some("new"));
    assert!(ask::<i64>(&mut server.client(), &[b"TTL", b"a"]) > 4000);
}

#[test]
fn a_removal_whose_answer_is_lost_is_told_as_made() {
    let Some(server) = with_old() else { return };
    let all = through(&server, Cut::After);
    let seen = read(&*all, "a");

    assert_eq!(says(remove(&*all, "a", &seen)), "done");

    assert_eq!(at_a(&server), None);
}

#[test]
fn a_change_that_the_server_never_heard_of_is_told_as_not_made() {
    let Some(server) = with_old() else { return };
    let all = through(&server, Cut::Before);
    let seen = read(&*all, "a");

    let changed = says(replace(&*all, "a", &seen, "new"));

    assert!(changed.contains("the connection was lost") && changed.contains("other bytes lie there now"), "{changed}");
    assert_eq!(at_a(&server).as_deref(), Some("old"));
    // And once more, over the connection that there is by now.
    assert_eq!(says(replace(&*all, "a", &seen, "new")), "done");
    assert_eq!(at_a(&server).as_deref(), Some("new"));
}

#[test]
fn a_change_that_cannot_be_read_back_is_told_as_unknown() {
    let Some(server) = with_old() else { return };
    let all = through(&server, Cut::AfterForGood);
    let seen = read(&*all, "a");

    let changed = says(replace(&*all, "a", &seen, "new"));

    assert!(changed.contains("may or may not") && changed.contains("nor can it be read back"), "{changed}");
    assert_eq!(at_a(&server).as_deref(), Some("new"));
}
