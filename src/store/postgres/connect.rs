//! Connections to a PostgreSQL server: over the socket of this machine or its loopback in plain, to any other machine over
//! TLS that proves whom it speaks to. A password is never taken from a place; few connections are kept, and reused.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use rustls::ClientConfig;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::trouble::{trouble, unconnected};
use crate::secret::SecretText;
use crate::store::passwords::{Kind, Login, Passwords};
use crate::store::place::{Database, Host, TablePlace};
use crate::store::server::ServerTrouble;
use crate::store::{StoreError, tls};
use crate::system;

/// How long a connection may take.
pub(super) const CONNECT_SECONDS: u64 = 10;
/// How long what was sent may stay unacknowledged before the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(30);
/// How many connections are kept for the next question.
const KEPT: usize = 2;
/// Where the server of this machine listens: Debian's folder, and PostgreSQL's own.
const SOCKETS: &[&str] = &["/var/run/postgresql", "/tmp"];
/// Where a server listens if nobody says otherwise.
const PORT: u16 = 5432;
/// How often a password is asked for.
const TRIES: usize = 3;

/// A database of a server, and who asks it.
pub(super) struct Server {
    host: Option<Host>,
    socket: Option<PathBuf>,
    user: String,
    database: String,
    password_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    may_be_plain: bool,
    is_readonly: bool,
    passwords: Passwords,
    idle: Mutex<Vec<Client>>,
}

impl Server {
    pub(super) fn of(place: &TablePlace, is_readonly: bool, passwords: &Passwords) -> Self {
        let (host, user, database) = match &place.database {
            Database::Postgres { host, user, name } => (host.clone(), user.clone(), name.clone()),
            Database::Sqlite(_) => (None, None, String::new()),
        };
        let us = || system::us().and_then(|us| us.name);
        Self {
            host,
            socket: place.socket.clone(),
            user: user.or_else(us).unwrap_or_else(|| "postgres".to_owned()),
            database,
            password_file: place.password_file.clone(),
            ca: place.ca.clone(),
            may_be_plain: place.plaintext,
            is_readonly,
            passwords: passwords.clone(),
            idle: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn is_readonly(&self) -> bool {
        self.is_readonly
    }

    /// Lets `work` ask over a connection of its own.
    ///
    /// # Errors
    /// Nobody is reached, or what `work` says.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut client = self.client()?;
        let done = work(&mut client)?;
        self.give_back(client);
        Ok(done)
    }

    /// A connection with no transaction open.
    ///
    /// # Errors
    /// Nobody is reached, or the server lets nobody in.
    pub(super) fn client(&self) -> Result<Client, StoreError> {
        while let Some(client) = self.idle().pop() {
            if !client.is_closed() {
                return Ok(client);
            }
        }
        self.connect()
    }

    /// Keeps a connection that has no transaction open.
    pub(super) fn give_back(&self, client: Client) {
        let mut idle = self.idle();
        if !client.is_closed() && idle.len() < KEPT {
            idle.push(client);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Client>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As a place names it, for the question for a password and for errors.
    pub(super) fn label(&self) -> String {
        let host = self.host.as_ref().map_or("this machine".to_owned(), |host| format!("{}:{}", host.name, host.port));
        format!("{}@{host}/{}", self.user, self.database)
    }

    fn connect(&self) -> Result<Client, StoreError> {
        let label = self.label();
        let known = self.passwords.known(&label, self.password_file.as_deref())?;
        let mut password = known.or_else(|| self.passwords.listed(&self.login()));
        for left in (0..TRIES).rev() {
            let error = match self.try_connect(password.as_ref())? {
                Ok(client) => return self.settled(client),
                Err(error) => error,
            };
            let is_wrong = error.code() == Some(&SqlState::INVALID_PASSWORD);
            let is_file = self.password_file.is_some();
            if is_wrong {
                self.passwords.forget(&label);
            }
            if left == 0 || is_file || !(is_wrong || wants_password(&error)) {
                return Err(unconnected(error, &label, &self.database));
            }
            // Nobody to ask: then what the server said of the password that was listed.
            password = match self.passwords.ask(&label) {
                Ok(typed) => Some(typed),
                Err(_) if is_wrong => return Err(unconnected(error, &label, &self.database)),
                Err(error) => return Err(error),
            };
        }
        Err(ServerTrouble::WrongPassword.into())
    }

    /// As a list of passwords names it.
    fn login(&self) -> Login<'_> {
        let at_socket = || (self.socket.as_deref().and_then(|socket| parts_of(socket).1).unwrap_or(PORT), "localhost");
        let (port, host) = self.host.as_ref().map_or_else(at_socket, |host| (host.port, host.name.as_str()));
        Login { kind: Kind::Postgres, host, port, database: &self.database, user: &self.user }
    }

    fn settled(&self, mut client: Client) -> Result<Client, StoreError> {
        if self.is_readonly {
            client.batch_execute("SET default_transaction_read_only = on").map_err(trouble)?;
        }
        Ok(client)
    }

    fn try_connect(&self, password: Option<&SecretText>) -> Result<Result<Client, postgres::Error>, StoreError> {
        let mut config = Config::new();
        config.user(&self.user).dbname(&self.database).application_name("saltcellar");
        config.connect_timeout(Duration::from_secs(CONNECT_SECONDS)).tcp_user_timeout(SILENCE);
        if let Some(password) = password {
            config.password(password.reveal());
        }
        match &self.host {
            Some(host) => {
                config.host(&host.name).port(host.port);
            }
            None => self.through_socket(&mut config),
        }
        if !self.is_encrypted()? {
            config.ssl_mode(SslMode::Disable);
            return Ok(config.connect(NoTls));
        }
        config.ssl_mode(SslMode::Require);
        let tls = MakeRustlsConnect::new(self.trust()?);
        Ok(config.connect(tls))
    }

    fn through_socket(&self, config: &mut Config) {
        let Some(socket) = &self.socket else {
            for folder in SOCKETS {
                config.host(folder);
            }
            return;
        };
        let (folder, port) = parts_of(socket);
        config.host(&folder.to_string_lossy());
        if let Some(port) = port {
            config.port(port);
        }
    }

    /// Whether the connection is encrypted, as it must be to another machine unless the user said otherwise.
    fn is_encrypted(&self) -> Result<bool, StoreError> {
        match &self.host {
            None => Ok(false),
            Some(_) if self.ca.is_some() => Ok(true),
            Some(host) => Ok(!host.is_this_machine() && !self.may_be_plain),
        }
    }

    /// Whom TLS believes: the authority that the place names, or those that browsers believe.
    fn trust(&self) -> Result<ClientConfig, StoreError> {
        tls::trust(self.ca.as_deref()).map_err(|why| ServerTrouble::Tls { server: self.label(), why }.into())
    }
}

/// The folder and the port of a socket: `.s.PGSQL.5433` is one in its folder, and libpq names both.
fn parts_of(socket: &Path) -> (&Path, Option<u16>) {
    let name = socket.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let port = name.strip_prefix(".s.PGSQL.").and_then(|port| port.parse().ok());
    (if port.is_some() { socket.parent().unwrap_or(Path::new("/")) } else { socket }, port)
}

/// The server asked for a password, and none was known: the crate says so in words alone.
fn wants_password(error: &postgres::Error) -> bool {
    let source = std::error::Error::source(error).map(ToString::to_string);
    error.as_db_error().is_none() && source.is_some_and(|words| words.contains("password missing"))
}
