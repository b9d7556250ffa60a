//! One connection to one node: commands out, answers in, each with its time. Refuses a network that others read, and
//! takes no password but from [`Passwords`].

use std::fmt;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::answer::{Answer, Answers, Refusal};
use super::stream::Stream;
use super::trouble;
use crate::secret::{SecretBytes, SecretText};
use crate::store::passwords::{Kind, Login, Passwords};
use crate::store::place::{Host, RedisPlace};
use crate::store::server::ServerTrouble;
use crate::store::{StoreError, tls};

/// How long an answer may take.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// Where a Redis listens if nobody says otherwise.
const PORT: u16 = 6379;
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
        self.sign_in(&mut line, end)?;
        self.choose_database(&mut line)?;
        Ok(line)
    }

    /// A connection to a sentinel, which often knows no users.
    pub(super) fn dial_sentinel(&self, end: &End) -> Result<Line, StoreError> {
        let mut line = self.reach(end)?;
        if is_refused(&line.one(&[b"PING"])?, "NOAUTH") {
            self.sign_in(&mut line, end)?;
        }
        Ok(line)
    }

    fn reach(&self, end: &End) -> Result<Line, StoreError> {
        let server = end.to_string();
        self.refuse_open_network(end)?;
        let trust = self.place.reach.is_tls().then(|| tls::trust(self.place.ca.as_deref())).transpose();
        let trust = trust.map_err(|why| ServerTrouble::Tls { server: server.clone(), why })?;
        let stream = Stream::open(end, trust).map_err(|error| trouble::unreached(&server, &error))?;
        Ok(Line { server, answers: Answers::over(stream) })
    }

    fn refuse_open_network(&self, end: &End) -> Result<(), StoreError> {
        match end {
            End::Port(host) if !self.place.reach.is_tls() && !self.place.plaintext && !is_this_machine(&host.name) => {
                Err(ServerTrouble::Plaintext(host.name.clone()).into())
            }
            End::Port(_) | End::Socket(_) => Ok(()),
        }
    }

    fn sign_in(&self, line: &mut Line, end: &End) -> Result<(), StoreError> {
        let file = self.place.password_file.as_deref();
        let user = self.place.user.as_deref();
        let mut known = self.passwords.known(&self.label, file)?;
        if known.is_none() && user.is_none() && !is_refused(&line.one(&[b"PING"])?, "NOAUTH") {
            return Ok(());
        }
        known = known.or_else(|| self.listed(end));
        let mut refused = None;
        for left in (0..TRIES).rev() {
            let password = match known.take() {
                Some(password) => password,
                // Nobody to ask: then what the server said of the password that was listed.
                None => self.passwords.ask(&self.label).map_err(|error| refused.take().unwrap_or(error))?,
            };
            let answer = authenticate(line, user, &password)?;
            let Answer::Refused(refusal) = answer else { return Ok(()) };
            self.passwords.forget(&self.label);
            if refusal.code != "WRONGPASS" || file.is_some() || left == 0 {
                return Err(trouble::said(&refusal));
            }
            refused = Some(trouble::said(&refusal));
        }
        Err(ServerTrouble::WrongPassword.into())
    }

    /// What a list of passwords has for the node at `end`.
    fn listed(&self, end: &End) -> Option<SecretText> {
        let (host, port) = match end {
            End::Port(Host { name, port }) => (name.as_str(), *port),
            End::Socket(_) => ("localhost", PORT),
        };
        let (database, user) = (self.place.database.to_string(), self.place.user.as_deref().unwrap_or("default"));
        self.passwords.listed(&Login { kind: Kind::Redis, host, port, database: &database, user })
    }

    fn choose_database(&self, line: &mut Line) -> Result<(), StoreError> {
        let number = self.place.database;
        if number == 0 {
            return Ok(());
        }
        let answer = line.one(&[b"SELECT", number.to_string().as_bytes()])?;
        match refusal(&answer) {
            Some(refusal) if refusal.details.contains("out of range") => {
                Err(ServerTrouble::NoDatabase(number.to_string()).into())
            }
            Some(refusal) => Err(trouble::said(refusal)),
            None => Ok(()),
        }
    }
}

fn authenticate(line: &mut Line, user: Option<&str>, password: &SecretText) -> Result<Answer, StoreError> {
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
pub(super) fn is_refused(answer: &Answer, code: &str) -> bool {
    refusal(answer).is_some_and(|refusal| refusal.code == code)
}

/// What the server refused, if it did.
pub(super) fn refusal(answer: &Answer) -> Option<&Refusal> {
    if let Answer::Refused(refusal) = answer { Some(refusal) } else { None }
}

/// The bytes of an answer, which are wiped when they go.
pub(super) fn bytes(answer: Answer) -> Option<SecretBytes> {
    if let Answer::Bytes(bytes) = answer { Some(bytes) } else { None }
}

/// The number of an answer.
pub(super) fn number(answer: &Answer) -> Option<i64> {
    if let Answer::Number(number) = answer { Some(*number) } else { None }
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
    answers: Answers<Stream>,
}

impl Line {
    /// Sends commands; each is to be answered by [`Line::answer`].
    pub(super) fn send(&mut self, request: &Request) -> Result<(), StoreError> {
        let sent = self.answers.stream().write_all(request.packed.reveal());
        // What is encrypted may have waited.
        let sent = sent.and_then(|()| self.answers.stream().flush());
        sent.map_err(|error| trouble::broken(&self.server, &error))
    }

    /// The next answer; a refusal is one too.
    pub(super) fn answer(&mut self) -> Result<Answer, StoreError> {
        self.answers.read().map_err(|error| trouble::broken(&self.server, &error))
    }

    /// Sends commands and waits for their answers.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Vec<Answer>, StoreError> {
        if request.count() == 0 {
            return Ok(Vec::new());
        }
        self.send(request)?;
        (0..request.count()).map(|_| self.answer()).collect()
    }

    /// The answer to one command.
    pub(super) fn one(&mut self, words: &[&[u8]]) -> Result<Answer, StoreError> {
        self.send(&Request::of(words))?;
        self.answer()
    }
}

/// The text of an answer.
pub(super) fn text(answer: &Answer) -> Option<String> {
    if let Answer::Word(word) = answer {
        return Some(word.clone());
    }
    if let Answer::Bytes(bytes) = answer { String::from_utf8(bytes.reveal().to_vec()).ok() } else { None }
}

/// An answer that must not be a refusal.
pub(super) fn granted(answer: Answer) -> Result<Answer, StoreError> {
    refusal(&answer).map_or(Ok(()), |refusal| Err(trouble::said(refusal)))?;
    Ok(answer)
}
