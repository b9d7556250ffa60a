//! A cluster on loopback: three nodes, or six of which three follow the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use saltcellar::store::place::Place;
use saltcellar::store::{Slot, Store, StoreErrorKind};

use super::{bytes, remove, replace, scanned};
use crate::support::redis::{SPARE, Server, ask, place, read, store, tell, until};

/// Three masters, each with a third of the keys; behind them the replica of each, in their order, if there are any.
pub(crate) struct Cluster(pub(crate) Vec<Server>);

const THIRDS: [(&str, &str); 3] = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];

impl Cluster {
    pub(crate) fn start() -> Option<Self> {
        Self::of(THIRDS.len())
    }

    /// The same, with a replica for each master, which takes its place once two others think it dead.
    pub(super) fn with_replicas() -> Option<Self> {
        let cluster = Self::of(2 * THIRDS.len())?;
        for (master, replica) in cluster.0.iter().zip(cluster.0.iter().skip(THIRDS.len())) {
            let id: String = ask(&mut master.client(), &[b"CLUSTER", b"MYID"]);
            until("a node that knows its master", || {
                let nodes: String = ask(&mut replica.client(), &[b"CLUSTER", b"NODES"]);
                nodes.contains(&id)
            });
            tell(&mut replica.client(), &[b"CLUSTER", b"REPLICATE", id.as_bytes()]);
        }
        Some(cluster)
    }

    fn of(count: usize) -> Option<Self> {
        let options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", SPARE];
        let more = ["--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0"];
        let options = [options.as_slice(), &more].concat();
        let nodes: Vec<Server> = (0..count).map(|_| Server::start(&options)).collect::<Option<_>>()?;
        for (server, (first, last)) in nodes.iter().zip(THIRDS) {
            tell(&mut server.client(), &[b"CLUSTER", b"ADDSLOTSRANGE", first.as_bytes(), last.as_bytes()]);
        }
        let mut first = nodes.first().expect("three").client();
        for server in nodes.iter().skip(1) {
            let (port, bus) = (server.port.to_string(), server.setting("cluster-port"));
            tell(&mut first, &[b"CLUSTER", b"MEET", b"127.0.0.1", port.as_bytes(), bus.as_bytes()]);
        }
        let cluster = Self(nodes);
        until("a whole cluster", || cluster.0.iter().all(|server| is_whole(server, count)));
        Some(cluster)
    }

    pub(crate) fn place(&self) -> Place {
        // One is enough: the others are asked for.
        place(&format!("redis-cluster://127.0.0.1:{}", self.0.last().expect("three").port))
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        store(&self.place())
    }
}

fn is_whole(server: &Server, nodes: usize) -> bool {
    let info: String = ask(&mut server.client(), &[b"CLUSTER", b"INFO"]);
    let slots: Vec<::redis::Value> = ask(&mut server.client(), &[b"CLUSTER", b"SLOTS"]);
    let knows_all = info.contains(&format!("cluster_known_nodes:{nodes}\r"));
    info.contains("cluster_state:ok") && knows_all && slots.len() == THIRDS.len()
}

#[test]
fn keys_of_every_node_are_found_read_changed_and_made() {
    let Some(cluster) = Cluster::start() else { return };
    let all = cluster.store();
    let names: BTreeSet<String> = (0..300).map(|number| format!("session:{number}")).collect();
    for name in &names {
        all.create(&Slot(name.clone()), &bytes(name), None).expect("made");
    }
    let counts = cluster.0.iter().map(|server| ask::<i64>(&mut server.client(), &[b"DBSIZE"])).collect::<Vec<_>>();
    assert!(counts.iter().all(|count| *count > 50) && counts.iter().sum::<i64>() == 300, "{counts:?}");

    let found = scanned(&*all).expect("scanned");
    let slots: Vec<Slot> = names.iter().cloned().map(Slot).collect();
    let peeked = all.peek_all(&slots).expect("read");

    assert_eq!(found.len(), 300);
    assert!(found.into_iter().map(|(key, _)| key).collect::<BTreeSet<_>>() == names);
    assert!(peeked.iter().map(|found| &found.slot).eq(slots.iter()));
    for name in &names {
        let seen = read(&*all, name);
        assert!(seen.bytes == bytes(name));
        replace(&*all, name, &seen, "new").expect("replaced");
        assert_eq!(replace(&*all, name, &seen, "stale").expect_err("changed").kind, StoreErrorKind::Changed);
    }
    remove(&*all, "session:7", &read(&*all, "session:7")).expect("removed");
    assert_eq!(all.slots().count(), 299);
}

#[test]
fn a_killed_node_is_told_and_nothing_is_half_written() {
    let Some(mut cluster) = Cluster::start() else { return };
    let all = cluster.store();
    for number in 0..60 {
        all.create(&Slot(format!("k{number}")), &bytes("old"), None).expect("made");
    }
    let seen: Vec<_> = (0..60).map(|number| read(&*all, &format!("k{number}"))).collect();
    let dead = cluster.0.first_mut().expect("three");
    let port = dead.port;
    dead.kill();

    let scan = scanned(&*all).expect_err("a third is gone");
    let results: Vec<_> =
        seen.iter().enumerate().map(|(at, seen)| replace(&*all, &format!("k{at}"), seen, "new")).collect();

    let said = scan.to_string();
    assert!(said.contains(&port.to_string()) && said.contains("nobody listens there"), "{said}");
    for (at, result) in results.iter().enumerate() {
        let key = format!("k{at}");
        match result {
            Ok(()) => {}
            Err(error) => {
                let says = error.to_string();
                assert!(says.contains("nobody listens there") || says.contains("cannot serve now"), "{key}: {says}");
            }
        }
    }
    // Whole or old on the nodes that live.
    for server in cluster.0.iter().skip(1) {
        let mut client = server.client();
        for key in ask::<Vec<String>>(&mut client, &[b"KEYS", b"*"]) {
            let at: usize = key.trim_start_matches('k').parse().expect("a number");
            tell(&mut client, &[b"CONFIG", b"SET", b"cluster-allow-reads-when-down", b"yes"]);
            let value: String = ask(&mut client, &[b"GET", key.as_bytes()]);
            assert_eq!(value, if results[at].is_ok() { "new" } else { "old" }, "{key}");
        }
    }
}

#[test]
fn a_key_that_moved_to_another_node_is_followed() {
    let Some(cluster) = Cluster::start() else { return };
    let all = cluster.store();
    // CLUSTER KEYSLOT foo = 12182, of the third node.
    all.create(&Slot("foo".into()), &bytes("old"), None).expect("made");
    let [to, _, from] = &cluster.0[..] else { panic!("three") };
    let id = |server: &Server| ask::<String>(&mut server.client(), &[b"CLUSTER", b"MYID"]);
    let (here, there) = (id(from), id(to));
    tell(&mut to.client(), &[b"CLUSTER", b"SETSLOT", b"12182", b"IMPORTING", here.as_bytes()]);
    tell(&mut from.client(), &[b"CLUSTER", b"SETSLOT", b"12182", b"MIGRATING", there.as_bytes()]);
    let port = to.port.to_string();
    tell(&mut from.client(), &[b"MIGRATE", b"127.0.0.1", port.as_bytes(), b"foo", b"0", b"5000"]);

    let moving = all.peek(&Slot("foo".into()));
    for server in [to, from] {
        tell(&mut server.client(), &[b"CLUSTER", b"SETSLOT", b"12182", b"NODE", there.as_bytes()]);
    }
    let seen = read(&*all, "foo");

    let says = moving.err().map(|error| error.to_string());
    assert_eq!(says.as_deref(), Some("the server cannot serve now: the key is just moving to another node"));
    assert!(seen.bytes == bytes("old"));
    replace(&*all, "foo", &seen, "new").expect("replaced");
    assert_eq!(ask::<String>(&mut to.client(), &[b"GET", b"foo"]), "new");
}

#[test]
fn a_node_named_as_a_single_server_says_what_it_is() {
    let Some(cluster) = Cluster::start() else { return };
    let node = cluster.0.first().expect("three");

    // CLUSTER KEYSLOT foo = 12182, of the third node.
    let error = node.store().peek(&Slot("foo".into())).expect_err("elsewhere").to_string();

    assert!(error.contains("name it as redis-cluster:"), "{error}");
}
