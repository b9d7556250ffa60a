//! The master dies in the middle of a bulk prune, beside an app that writes; a replica takes its place.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::sentinel::{Sentinel, is_master};
use crate::support::binary::{Run, command, run};
use crate::support::redis::{Server, ask, tell, until};

const USERS: usize = 400;
/// The app writes these, and the prune has nothing to do there.
const WRITTEN: usize = 20;

/// A cache with a token that is old, and one that is not.
fn cache(user: usize, mark: &str) -> String {
    let token = |kind: &str, ends: u64| {
        format!(
            r#""{kind}":{{"credential_type":"AccessToken","home_account_id":"u{user}.t","environment":"e","client_id":"c",
            "realm":"t","target":"{kind}","secret":"{mark}","cached_at":"1","expires_on":"{ends}"}}"#
        )
    };
    format!(
        r#"{{"AccessToken":{{{},{}}},"RefreshToken":{{"r":{{"home_account_id":"u{user}.t","environment":"e",
        "client_id":"c","credential_type":"RefreshToken","secret":"{mark}"}}}}}}"#,
        token("old", 2),
        token("live", 4_000_000_000)
    )
}

fn key(user: usize) -> String {
    format!("user:{user}")
}

#[test]
fn a_prune_in_whose_midst_the_master_dies_says_so_and_goes_on_when_it_is_run_again() {
    let Some(mut master) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    for user in 0..USERS {
        tell(&mut master.client(), &[b"SET", key(user).as_bytes(), cache(user, "m").as_bytes(), b"EX", b"5000"]);
    }
    let replica = Server::start(&["--replicaof", &format!("127.0.0.1 {}", master.port)]).expect("as before");
    let sentinel = Sentinel::start(&master.port.to_string());
    until("a sentinel that knows the replica", || sentinel.knows_replica());
    until("a replica that has all", || ask::<i64>(&mut replica.client(), &[b"DBSIZE"]) == USERS as i64);
    let place = format!("redis-sentinel://127.0.0.1:{}/main", sentinel.0.port);
    let prune = |rate: &'static str| ["prune", &place, "--expired", "--yes", "--json", "--rate", rate];
    let changed = |server: &Server| values(server).iter().filter(|value| !value.contains("\"old\":")).count();

    let mut child = command(prune("100"));
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("saltcellar runs");
    until("a prune under way", || changed(&master) > USERS / 10);
    let before = changed(&master);
    master.kill();
    let stop = AtomicBool::new(false);
    let (first, second, written) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&replica, &stop));
        let first = Run::of(child.wait_with_output().expect("it ends"));
        until("a failover", || is_master(&replica));
        until("a sentinel that names the new master", || run(["stats", &place]).code == Some(0));
        let second = run(prune("100000"));
        stop.store(true, Ordering::Relaxed);
        (first, second, writer.join().expect("it ends"))
    });

    let told = first.json();
    assert!(before < USERS && told["changed"].as_u64() < Some(USERS as u64), "{first:?}");
    assert_eq!(first.code, Some(1), "{first:?}");
    let said = format!("{}{}", first.out, first.err);
    assert!(said.contains("nobody listens there") || said.contains("cannot serve now"), "{first:?}");
    assert_eq!((second.code, changed(&replica)), (Some(0), USERS), "{second:?}");
    assert!(written.len() == WRITTEN, "{}", written.len());
    for (user, value) in values(&replica).into_iter().enumerate() {
        // The app put a token more there than the prune leaves.
        let (mark, secrets) = written.get(&user).map_or(("m", 2), |mark| (mark, 3));
        assert!(value.contains("\"live\":"), "{user}: {value}");
        assert_eq!(value.matches(&format!("\"secret\":\"{mark}\"")).count(), secrets, "{user}: {value}");
        assert!(ask::<i64>(&mut replica.client(), &[b"TTL", key(user).as_bytes()]) > 4000, "{user}");
    }
}

/// What lies at the keys of all users, who are all there.
fn values(server: &Server) -> Vec<String> {
    let keys: Vec<String> = (0..USERS).map(key).collect();
    let words: Vec<&[u8]> = std::iter::once("MGET").chain(keys.iter().map(String::as_str)).map(str::as_bytes).collect();
    ask(&mut server.client(), &words)
}

/// Signs users in anew at `server` once it takes that; what it took last.
fn write(server: &Server, stop: &AtomicBool) -> BTreeMap<usize, String> {
    let (mut written, mut turn) = (BTreeMap::new(), 0);
    let mut client = server.client();
    while !stop.load(Ordering::Relaxed) || written.len() < WRITTEN {
        let (user, mark) = (USERS - 1 - turn % WRITTEN, format!("w{turn}"));
        let fresh = cache(user, &mark).replace("\"old\":", "\"new\":").replace("\"2\"", "\"4000000000\"");
        match ::redis::cmd("SET").arg(key(user)).arg(fresh).arg("KEEPTTL").exec(&mut client) {
            Ok(()) => _ = written.insert(user, mark),
            // Whoever becomes the master sends everybody away.
            Err(_) => client = server.client(),
        }
        turn += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
    written
}
