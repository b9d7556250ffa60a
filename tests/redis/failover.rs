//! A master dies in the middle of a bulk prune, beside an app that writes; a replica takes its place, as a sentinel or the
//! other masters of a cluster want it.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::redis::Connection;

use super::Cluster;
use super::sentinel::{Sentinel, is_master};
use crate::support::binary::{Run, command, run};
use crate::support::redis::{Server, ask, until};

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

/// A prune of all that is at `place`, so many caches a second.
fn prune<'a>(place: &'a str, rate: &'a str) -> [&'a str; 7] {
    ["prune", place, "--expired", "--yes", "--json", "--rate", rate]
}

#[test]
fn a_prune_in_whose_midst_the_master_dies_says_so_and_goes_on_when_it_is_run_again() {
    let Some(mut master) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    fill(&[&master]);
    let replica = Server::start(&["--replicaof", &format!("127.0.0.1 {}", master.port)]).expect("as before");
    let sentinel = Sentinel::start(&master.port.to_string());
    until("a sentinel that knows the replica", || sentinel.knows_replica());
    until("a replica that has all", || ask::<i64>(&mut replica.client(), &[b"DBSIZE"]) == USERS as i64);
    let place = format!("redis-sentinel://127.0.0.1:{}/main", sentinel.0.port);

    let mut child = command(prune(&place, "100"));
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("saltcellar runs");
    until("a prune under way", || changed(&[&master]) > USERS / 10);
    let before = changed(&[&master]);
    master.kill();
    let stop = AtomicBool::new(false);
    let (first, second, written) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&[&replica], &stop));
        let first = Run::of(child.wait_with_output().expect("it ends"));
        until("a failover", || is_master(&replica));
        until("a sentinel that names the new master", || run(["stats", &place]).code == Some(0));
        let second = run(prune(&place, "100000"));
        stop.store(true, Ordering::Relaxed);
        (first, second, writer.join().expect("it ends"))
    });

    assert!(before < USERS, "{before}");
    told_of_the_death(&first);
    assert_eq!((second.code, changed(&[&replica])), (Some(0), USERS), "{second:?}");
    nothing_is_lost(&[&replica], &written);
}

#[test]
fn a_prune_in_whose_midst_a_master_of_a_cluster_dies_goes_on_at_its_replica_when_it_is_run_again() {
    let Some(mut cluster) = Cluster::with_replicas() else { return };
    fill(&cluster.0.iter().collect::<Vec<_>>());
    until("replicas that have all", || {
        let counts: Vec<i64> = cluster.0.iter().map(|server| ask(&mut server.client(), &[b"DBSIZE"])).collect();
        counts.iter().sum::<i64>() == 2 * USERS as i64
    });
    // Of a node that lives on.
    let place = format!("redis-cluster://127.0.0.1:{}", cluster.0.get(1).expect("six").port);

    let mut child = command(prune(&place, "100"));
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("saltcellar runs");
    until("a prune under way", || changed(&cluster.0.iter().collect::<Vec<_>>()) > USERS / 10);
    cluster.0.first_mut().expect("six").kill();
    let left: Vec<&Server> = cluster.0.iter().skip(1).collect();
    let stop = AtomicBool::new(false);
    let (first, second, written) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&left, &stop));
        let first = Run::of(child.wait_with_output().expect("it ends"));
        until("a failover", || is_master(cluster.0.get(3).expect("six")));
        until("a cluster that serves again", || run(["stats", &place]).code == Some(0));
        let second = run(prune(&place, "100000"));
        stop.store(true, Ordering::Relaxed);
        (first, second, writer.join().expect("it ends"))
    });

    told_of_the_death(&first);
    assert_eq!((second.code, changed(&left)), (Some(0), USERS), "{second:?}");
    nothing_is_lost(&left, &written);
}

/// Puts a cache at the key of each user, at whichever of `servers` takes it.
fn fill(servers: &[&Server]) {
    let mut clients: Vec<Connection> = servers.iter().map(|server| server.client()).collect();
    for user in 0..USERS {
        let made = clients.iter_mut().any(|client| {
            ::redis::cmd("SET").arg(key(user)).arg(cache(user, "m")).arg("EX").arg(5000).exec(client).is_ok()
        });
        assert!(made, "{user}");
    }
}

fn told_of_the_death(first: &Run) {
    assert!(first.json()["changed"].as_u64() < Some(USERS as u64), "{first:?}");
    assert_eq!(first.code, Some(1), "{first:?}");
    let said = format!("{}{}", first.out, first.err);
    assert!(said.contains("nobody listens there") || said.contains("cannot serve now"), "{first:?}");
}

/// What the app has `written` is there, and of the others' caches all that was not old; each with its time to live.
fn nothing_is_lost(servers: &[&Server], written: &BTreeMap<usize, String>) {
    assert!(written.len() == WRITTEN, "{}", written.len());
    for (user, (value, left)) in values(servers).into_iter().enumerate() {
        // The app put a token more there than the prune leaves.
        let (mark, secrets) = written.get(&user).map_or(("m", 2), |mark| (mark, 3));
        let whole: serde_json::Value = serde_json::from_str(&value).expect("whole");
        assert!(whole["AccessToken"]["live"].is_object(), "{user}: {value}");
        assert_eq!(value.matches(&format!("\"secret\":\"{mark}\"")).count(), secrets, "{user}: {value}");
        assert!(left > 4000, "{user}");
    }
}

/// How many caches have no old token any more.
fn changed(servers: &[&Server]) -> usize {
    values(servers).iter().filter(|(value, _)| !value.contains("\"old\":")).count()
}

/// What lies at the keys of all users, who are all there, and how long it has to live: as those of `servers` tell it who
/// have the key.
fn values(servers: &[&Server]) -> Vec<(String, i64)> {
    let mut clients: Vec<Connection> = servers.iter().map(|server| server.client()).collect();
    let read = |user: usize| {
        let mut both = ::redis::pipe();
        both.get(key(user)).ttl(key(user));
        let told = clients.iter_mut().find_map(|client| both.query(client).ok());
        told.unwrap_or_else(|| panic!("{user} is nowhere"))
    };
    (0..USERS).map(read).collect()
}

/// Signs users in anew at whichever of `servers` takes that; what was taken last.
fn write(servers: &[&Server], stop: &AtomicBool) -> BTreeMap<usize, String> {
    let (mut written, mut turn) = (BTreeMap::new(), 0);
    let mut clients: Vec<Connection> = servers.iter().map(|server| server.client()).collect();
    while !stop.load(Ordering::Relaxed) || written.len() < WRITTEN {
        let (user, mark) = (USERS - 1 - turn % WRITTEN, format!("w{turn}"));
        let fresh = cache(user, &mark).replace("\"old\":", "\"new\":").replace("\"2\"", "\"4000000000\"");
        for (client, server) in clients.iter_mut().zip(servers) {
            match ::redis::cmd("SET").arg(key(user)).arg(&fresh).arg("KEEPTTL").exec(client) {
                Ok(()) => _ = written.insert(user, mark.clone()),
                // Whoever becomes a master sends everybody away.
                Err(error) if error.is_io_error() => *client = server.client(),
                Err(_) => {}
            }
        }
        turn += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
    written
}
