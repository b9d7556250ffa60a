//! One connection to one node: commands out, answers in, each with its time. Refuses a network that others read, and
//! takes no password but from [`Passwords`].

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use redis::{
    Client, Connection, ConnectionAddr, IntoConnectionInfo as _, RedisConnectionInfo, ServerError, TlsCertificates,
    Value,
};

use super::trouble;
use crate::secret::{SecretBytes, SecretText};
use crate::store::StoreError;
use crate::store::passwords::Passwords;
use crate::store::place::{Host, RedisPlace};
use crate::store::server::ServerTrouble;

/// How long a node may take to be reached.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// How often a person may mistype.
const TRIES: usize = 3;

/// Where a node listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// At a port.
    Port(Host),
    /// At a socket of this machine.
    Socket(PathBuf),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(Host { name, port }) if name.contains(':') => write!(f, "[{name}]:{port}"),
            Self::Port(Host { name, port }) => write!(f, "{name}:{port}"),
            Self::Socket(path) => path.display().fmt(f),
        }
    }
}

/// How the nodes of one place are called, and who calls.
pub(super) struct Dialling {
    pub(super) place: RedisPlace,
    /// By what name a person knows the place.
    pub(super) label: String,
    pub(super) passwords: Passwords,
}

impl Dialling {
    /// A connection to the node at `end`, signed in, with its database chosen.
    pub(super) fn dial(&self, end: &End) -> Result<Line, StoreError> {
        let mut line = self.reach(end)?;
        self.sign_in(&mut line)?;
        self.choose_database(&mut line)?;
        Ok(line)
    }

    /// A connection to a sentinel, which often knows no users.
    pub(super) fn dial_sentinel(&self, end: &End) -> Result<Line, StoreError> {
        let mut line = self.reach(end)?;
        if is_refused(&line.one(&[b"PING"])?, "NOAUTH") {
            self.sign_in(&mut line)?;
        }
        Ok(line)
    }

    fn reach(&self, end: &End) -> Result<Line, StoreError> {
        let server = end.to_string();
        self.refuse_open_network(end)?;
        let broken = |error: &redis::RedisError| trouble::broken(&server, error);
        let quiet = RedisConnectionInfo::default().set_skip_set_lib_name();
        let info = self.address(end).into_connection_info().map_err(|error| broken(&error))?.set_redis_settings(quiet);
        let client = match self.authority()? {
            Some(ca) if self.place.reach.is_tls() => {
                Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: Some(ca) })
            }
            Some(_) | None => Client::open(info),
        };
        let connection = client.and_then(|client| client.get_connection_with_timeout(CONNECT));
        let connection = connection.map_err(|error| match error.is_timeout() {
            true => ServerTrouble::Slow { server: server.clone(), seconds: CONNECT.as_secs() }.into(),
            false => broken(&error),
        })?;
        let timed = connection.set_read_timeout(Some(ANSWER)).and_then(|()| connection.set_write_timeout(Some(ANSWER)));
        timed.map_err(|error| broken(&error))?;
        Ok(Line { server, connection })
    }

    fn address(&self, end: &End) -> ConnectionAddr {
        match end {
            End::Socket(path) => ConnectionAddr::Unix(path.clone()),
            End::Port(Host { name, port }) if self.place.reach.is_tls() => {
                ConnectionAddr::TcpTls { host: name.clone(), port: *port, insecure: false, tls_params: None }
            }
            End::Port(Host { name, port }) => ConnectionAddr::Tcp(name.clone(), *port),
        }
    }

    fn authority(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let read = self.place.ca.as_ref().map(|path| (path, std::fs::read(path)));
        read.map(|(path, read)| {
            let server = path.display().to_string();
            read.map_err(|error| ServerTrouble::Tls { server, why: format!("?ca= cannot be read: {error}") }.into())
        })
        .transpose()
    }

    fn refuse_open_network(&self, end: &End) -> Result<(), StoreError> {
        match end {
            End::Port(host) if !self.place.reach.is_tls() && !self.place.plaintext && !is_this_machine(&host.name) => {
                Err(ServerTrouble::Plaintext(host.name.clone()).into())
            }
            End::Port(_) | End::Socket(_) => Ok(()),
        }
    }

    fn sign_in(&self, line: &mut Line) -> Result<(), StoreError> {
        let file = self.place.password_file.as_deref();
        let user = self.place.user.as_deref();
        let mut known = self.passwords.known(&self.label, file)?;
        if known.is_none() && user.is_none() && !is_refused(&line.one(&[b"PING"])?, "NOAUTH") {
            return Ok(());
        }
        for left in (0..TRIES).rev() {
            let password = match known.take() {
                Some(password) => password,
                None => self.passwords.ask(&self.label)?,
            };
            let answer = authenticate(line, user, &password)?;
            let Value::ServerError(error) = answer else { return Ok(()) };
            self.passwords.forget(&self.label);
            if error.code() != "WRONGPASS" || file.is_some() || left == 0 {
                return Err(trouble::said(&error));
            }
        }
        Err(ServerTrouble::WrongPassword.into())
    }

    fn choose_database(&self, line: &mut Line) -> Result<(), StoreError> {
        let number = self.place.database;
        if number == 0 {
            return Ok(());
        }
        let answer = line.one(&[b"SELECT", number.to_string().as_bytes()])?;
        match refusal(&answer) {
            Some(error) if error.details().is_some_and(|says| says.contains("out of range")) => {
                Err(ServerTrouble::NoDatabase(number.to_string()).into())
            }
            Some(error) => Err(trouble::said(error)),
            None => Ok(()),
        }
    }
}

fn authenticate(line: &mut Line, user: Option<&str>, password: &SecretText) -> Result<Value, StoreError> {
    let password = password.reveal().as_bytes();
    match user {
        Some(user) => line.one(&[b"AUTH", user.as_bytes(), password]),
        None => line.one(&[b"AUTH", password]),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `answer` is the refusal called `code`.
pub(super) fn is_refused(answer: &Value, code: &str) -> bool {
    refusal(answer).is_some_and(|error| error.code() == code)
}

/// What the server refused, if it did.
pub(super) fn refusal(answer: &Value) -> Option<&ServerError> {
    if let Value::ServerError(error) = answer { Some(error) } else { None }
}

/// The bytes of an answer, which are wiped when they go.
pub(super) fn bytes(answer: Value) -> Option<SecretBytes> {
    if let Value::BulkString(bytes) = answer { Some(SecretBytes::new(bytes)) } else { None }
}

/// The number of an answer.
pub(super) fn number(answer: &Value) -> Option<i64> {
    if let Value::Int(number) = answer { Some(*number) } else { None }
}

/// Commands that go out together. Wiped: a value may be among them.
#[derive(Default)]
pub(super) struct Request {
    packed: SecretBytes,
    count: usize,
}

impl Request {
    /// Adds a command and its arguments.
    pub(super) fn add(&mut self, words: &[&[u8]]) {
        self.packed.extend(format!("*{}\r\n", words.len()).as_bytes());
        for word in words {
            self.packed.extend(format!("${}\r\n", word.len()).as_bytes());
            self.packed.extend(word);
            self.packed.extend(b"\r\n");
        }
        self.count += 1;
    }

    /// One command alone.
    pub(super) fn of(words: &[&[u8]]) -> Self {
        let mut request = Self::default();
        request.add(words);
        request
    }

    /// How many answers come.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

/// A connection. After an error it is of no more use.
pub(super) struct Line {
    pub(super) server: String,
    connection: Connection,
}

impl Line {
    /// Sends commands; each is to be answered by [`Line::answer`].
    pub(super) fn send(&mut self, request: &Request) -> Result<(), StoreError> {
        let sent = self.connection.send_packed_command(request.packed.reveal());
        sent.map_err(|error| trouble::broken(&self.server, &error))
    }

    /// The next answer; a refusal is one too.
    pub(super) fn answer(&mut self) -> Result<Value, StoreError> {
        self.connection.recv_response().map_err(|error| trouble::broken(&self.server, &error))
    }

    /// Sends commands and waits for their answers.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Vec<Value>, StoreError> {
        if request.count() == 0 {
            return Ok(Vec::new());
        }
        self.send(request)?;
        (0..request.count()).map(|_| self.answer()).collect()
    }

    /// The answer to one command.
    pub(super) fn one(&mut self, words: &[&[u8]]) -> Result<Value, StoreError> {
        self.send(&Request::of(words))?;
        self.answer()
    }
}

/// The text of an answer.
pub(super) fn text(answer: &Value) -> Option<String> {
    if let Value::SimpleString(text) = answer {
        return Some(text.clone());
    }
    if let Value::BulkString(bytes) = answer { String::from_utf8(bytes.clone()).ok() } else { None }
}

/// An answer that must not be a refusal.
pub(super) fn granted(answer: Value) -> Result<Value, StoreError> {
    refusal(&answer).map_or(Ok(()), |error| Err(trouble::said(error)))?;
    Ok(answer)
}
