//! A master, its replica and a sentinel that puts one in the place of the other.

use super::{replace, scanned};
use crate::support::redis::{Server, ask, place, read, store, tell, until};

#[test]
fn whom_the_sentinel_names_is_read_and_written_also_after_a_failover() {
    let Some(mut master) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    let port = master.port.to_string();
    let replica = Server::start(&["--replicaof", &format!("127.0.0.1 {port}")]).expect("as before");
    let sentinel = Sentinel::start(&port);
    let named = place(&format!("redis-sentinel://127.0.0.1:{}/main", sentinel.0.port));
    tell(&mut master.client(), &[b"SET", b"a", b"old", b"EX", b"5000"]);
    until("a replica", || ask::<Option<String>>(&mut replica.client(), &[b"GET", b"a"]).is_some());
    let all = store(&named);
    let before = read(&*all, "a");

    until("a sentinel that knows the replica", || sentinel.knows_replica());
    master.kill();
    until("a failover", || is_master(&replica));
    until("a sentinel that names the new one", || all.peek(&saltcellar::store::Slot("a".into())).is_ok());
    replace(&*all, "a", &before, "new").expect("replaced");

    assert_eq!(ask::<String>(&mut replica.client(), &[b"GET", b"a"]), "new");
    assert!(ask::<i64>(&mut replica.client(), &[b"TTL", b"a"]) > 4000);
    assert_eq!(scanned(&*all).expect("scanned").len(), 1);
    let unknown = place(&format!("redis-sentinel://127.0.0.1:{}/other", sentinel.0.port));
    let error = scanned(&*store(&unknown)).expect_err("no such name").to_string();
    assert!(error.contains("knows no other"), "{error}");
}

/// Whether `server` is one that takes writes; not yet, while it sends away whoever asks.
pub(super) fn is_master(server: &Server) -> bool {
    let role: ::redis::RedisResult<Vec<::redis::Value>> = ::redis::cmd("ROLE").query(&mut server.client());
    role.is_ok_and(|role| role.first() == Some(&::redis::Value::BulkString(b"master".to_vec())))
}

/// A sentinel alone, which needs nobody's vote.
pub(super) struct Sentinel(pub(super) Server);

impl Sentinel {
    pub(super) fn start(master: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("sentinel.conf");
        let says = format!(
            "sentinel monitor main 127.0.0.1 {master} 1\nsentinel down-after-milliseconds main 1000\n\
             sentinel failover-timeout main 5000\n"
        );
        std::fs::write(&config, says).expect("written");
        Self(Server::start_sentinel(folder, &config))
    }

    pub(super) fn knows_replica(&self) -> bool {
        let replicas: Vec<::redis::Value> = ask(&mut self.0.client(), &[b"SENTINEL", b"REPLICAS", b"main"]);
        !replicas.is_empty()
    }
}
