//! Redis servers of a test's own: on a spare port of loopback and a socket, with nothing kept, bounded in time and ended
//! by their pid.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::redis::{Connection, ConnectionLike as _, FromRedisValue};
use saltcellar::store::desktop::Desktop;
use saltcellar::store::file::{Links, Reading};
use saltcellar::store::open::open;
use saltcellar::store::passwords::Passwords;
use saltcellar::store::place::Place;
use saltcellar::store::{Slot, Snapshot, Store};
use saltcellar::time::SystemClock;
use tempfile::TempDir;

use super::peers::installed;

/// No server outlives this, whatever becomes of its test.
const SECONDS: &str = "300";
/// Among options: a port that is spare when the server starts.
pub(crate) const SPARE: &str = "a spare port";
/// A port of loopback where nobody listens: a spare one could be another test's by the time it is called.
pub(crate) const NOBODY: u16 = 1;
/// How often another port is tried.
const PORTS: usize = 5;
/// Longer than a loaded machine needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// One `redis-server`.
pub(crate) struct Server {
    child: Child,
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
}

impl Server {
    /// A server with `options` besides its own; `None`, and a word why, where there is none to start.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        installed("redis-server").then(|| Self::start_in(tempfile::tempdir().expect("a folder"), options))
    }

    /// The same, with files that are there already.
    pub(crate) fn start_in(folder: TempDir, options: &[&str]) -> Self {
        Self::launched(folder, options, None)
    }

    /// A sentinel with the settings in `config`, which it rewrites.
    pub(crate) fn start_sentinel(folder: TempDir, config: &Path) -> Self {
        Self::launched(folder, &[], Some(config))
    }

    /// Somebody may take a spare port before the server does: then with another.
    fn launched(folder: TempDir, options: &[&str], sentinel: Option<&Path>) -> Self {
        let port = spare_port();
        let mut server = Self { child: launch(&folder, port, options, sentinel), folder, port };
        for _ in 0..PORTS {
            if server.answers() {
                return server;
            }
            server.port = spare_port();
            server.child = launch(&server.folder, server.port, options, sentinel);
        }
        panic!("redis-server ended: {}", server.log());
    }

    /// Waits until it answers, be it with a refusal; `false`: it ended. That it listens is not enough: one of a cluster
    /// does so before it finds its second port taken.
    fn answers(&mut self) -> bool {
        let is_answered = |mut stream: UnixStream| {
            stream.set_read_timeout(Some(Duration::from_secs(1)))?;
            stream.write_all(b"PING\r\n").and_then(|()| stream.read_exact(&mut [0]))
        };
        let mut has_ended = false;
        until("a Redis that answers", || {
            has_ended = self.child.try_wait().expect("known").is_some();
            has_ended || UnixStream::connect(self.socket()).and_then(is_answered).is_ok()
        });
        !has_ended
    }

    /// A number among its settings.
    pub(crate) fn setting(&self, name: &str) -> String {
        let told: Vec<String> = ask(&mut self.client(), &[b"CONFIG", b"GET", name.as_bytes()]);
        told.into_iter().nth(1).expect("it has that setting")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    /// A connection of the test's own, over the socket. A server that becomes a master sends everybody away, also who just
    /// came: then another.
    pub(crate) fn client(&self) -> Connection {
        let client = ::redis::Client::open(::redis::ConnectionAddr::Unix(self.socket())).expect("an address");
        let end = Instant::now() + PATIENCE;
        loop {
            match client.get_connection() {
                Ok(connection) => return connection,
                Err(error) => assert!(error.is_io_error() && Instant::now() < end, "not reached: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `redis://127.0.0.1:PORT` and what stands behind it.
    pub(crate) fn place(&self, behind: &str) -> Place {
        place(&format!("redis://127.0.0.1:{}{behind}", self.port))
    }

    /// Its caches as saltcellar reaches them.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        store(&self.place(""))
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        let pid = std::fs::read_to_string(self.folder.path().join("pid")).expect("a pid");
        signal("KILL", pid.trim());
        _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `timeout` hands it on and waits.
        signal("TERM", &self.child.id().to_string());
        _ = self.child.wait();
    }
}

fn signal(name: &str, pid: &str) {
    _ = Command::new("kill").args([&format!("-{name}"), pid]).stderr(Stdio::null()).status();
}

fn launch(folder: &TempDir, port: u16, options: &[&str], sentinel: Option<&Path>) -> Child {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", SECONDS, "redis-server"]);
    match sentinel {
        Some(config) => command.arg(config).arg("--sentinel"),
        None => command.args(["--save", "", "--appendonly", "no"]),
    };
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir", &folder.path().display().to_string()]);
    command.args(["--unixsocket", &at("s"), "--logfile", &at("log"), "--pidfile", &at("pid")]);
    let spare = |option: &&str| if *option == SPARE { spare_port().to_string() } else { (*option).to_owned() };
    command.args(options.iter().map(spare)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("timeout starts")
}

/// A port that nobody listens at, a moment ago.
fn spare_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a spare port");
    listener.local_addr().expect("bound").port()
}

/// Waits until `is_so`.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn place(text: &str) -> Place {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The store at `place`, where nobody can be asked for a password.
pub(crate) fn store(place: &Place) -> Arc<dyn Store> {
    store_with(place, &Passwords::default())
}

pub(crate) fn store_with(place: &Place, passwords: &Passwords) -> Arc<dyn Store> {
    let clock = Arc::new(SystemClock::new());
    open(place, Links::Refuse, Reading::Plain, &Desktop::default(), passwords, clock).expect("opened")
}

/// What a command answers, as the test's own client asks it.
pub(crate) fn ask<T: FromRedisValue>(client: &mut Connection, words: &[&[u8]]) -> T {
    let (name, arguments) = words.split_first().expect("a command");
    let mut command = ::redis::cmd(std::str::from_utf8(name).expect("a name"));
    arguments.iter().for_each(|word| _ = command.arg(word));
    let answer = client.req_command(&command).and_then(::redis::Value::extract_error).expect("granted");
    ::redis::from_redis_value(answer).expect("as expected")
}

/// Runs a command, whatever it answers.
pub(crate) fn tell(client: &mut Connection, words: &[&[u8]]) {
    _ = ask::<::redis::Value>(client, words);
}

/// What lies at `key`, which must be there.
pub(crate) fn read(store: &dyn Store, key: &str) -> Snapshot {
    store.peek(&Slot(key.to_owned())).expect("readable").expect("there")
}
