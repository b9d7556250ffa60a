//! A real PostgreSQL, started once for all tests and ended with them, and a database of each test's own.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use saltcellar::store::file::Reading;
use saltcellar::store::passwords::Passwords;
use saltcellar::store::place::{Address, Place};
use saltcellar::store::postgres::PostgresStore;
use saltcellar::time::SystemClock;

use super::super::support::peers::missing;

/// What Django makes.
pub(crate) const DJANGO: &str = "CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, \
     session_data text NOT NULL, expire_date timestamptz NOT NULL)";

/// Longer than a loaded machine needs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The server of this run.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
    /// Its standard input is closed with this process: then the server ends.
    _child: Child,
}

/// The server; `None`, and a word why, where there is none to start.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

fn start() -> Option<Server> {
    if !Path::new("/usr/lib/postgresql").is_dir() {
        missing("postgresql is not on this machine");
        return None;
    }
    let port = TcpListener::bind("127.0.0.1:0").and_then(|spare| spare.local_addr()).expect("a spare port").port();
    let is_root = rustix::process::geteuid().is_root();
    // PostgreSQL refuses to run as root.
    let mut command = Command::new(if is_root { "setpriv" } else { "env" });
    if is_root {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command
        .args(["sh", "-c", include_str!("postgres.sh"), "sh", &port.to_string()])
        .current_dir("/")
        .env("TMPDIR", "/tmp");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("started");
    let mut folder = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut folder).expect("told");
    let server = Server { port, folder: folder.trim().into(), _child: child };
    let began = Instant::now();
    while let Err(error) = connect(port, "postgres") {
        assert!(began.elapsed() < PATIENCE, "{error}");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(server)
}

fn connect(port: u16, database: &str) -> Result<Client, postgres::Error> {
    Client::connect(&format!("host=127.0.0.1 port={port} user=postgres dbname={database} application_name=app"), NoTls)
}

/// A database of a test's own.
pub(crate) struct Database {
    pub(crate) server: &'static Server,
    pub(crate) name: String,
}

impl Database {
    /// With what `sql` makes in it; `None` where there is no server.
    pub(crate) fn made_by(sql: &str) -> Option<Self> {
        static DATABASES: AtomicUsize = AtomicUsize::new(0);
        let server = server()?;
        let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        connect(server.port, "postgres")
            .and_then(|mut app| app.batch_execute(&format!("CREATE DATABASE {name}")))
            .expect("made");
        let database = Self { server, name };
        database.run(sql);
        Some(database)
    }

    /// As an app connects.
    pub(crate) fn connect(&self) -> Client {
        connect(self.server.port, &self.name).expect("connected")
    }

    pub(crate) fn run(&self, sql: &str) {
        self.connect().batch_execute(sql).expect("run");
    }

    /// Makes a user of the whole server, unless another test has made it or does so at this moment, which PostgreSQL tells
    /// in another way.
    pub(crate) fn role(&self, name: &str, with: &str) {
        let made = "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL";
        self.run(&format!("DO $$ BEGIN CREATE ROLE {name} LOGIN {with}; {made}; END $$"));
    }

    /// Puts a Django session there.
    pub(crate) fn add(&self, key: &str, value: &str) {
        let sql = "INSERT INTO django_session VALUES ($1, $2, '2030-01-02 03:04:05.678901+00')";
        self.connect().execute(sql, &[&key, &value]).expect("added");
    }

    pub(crate) fn place(&self, options: &str) -> String {
        self.place_as("postgres", options)
    }

    pub(crate) fn place_as(&self, user: &str, options: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{}{options}", self.server.port, self.name)
    }

    pub(crate) fn store(&self, options: &str) -> PostgresStore {
        store(&self.place(options), Reading::Plain, &Passwords::default())
    }
}

pub(crate) fn store(place: &str, reading: Reading, passwords: &Passwords) -> PostgresStore {
    let place: Place = place.parse().expect("a place");
    let Address::Table(table) = place.address() else { panic!("{place} is no table") };
    PostgresStore::new(table, reading, passwords, Arc::new(SystemClock::new()))
}
