//! Places with one cache per user: a Redis, a table of a database. Their parts as values; a password is never one.

use std::net::IpAddr;
use std::path::PathBuf;

/// A Redis, and which of its keys may hold caches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RedisPlace {
    /// How it is reached.
    pub reach: Reach,
    /// The ACL user; `None`: the default one.
    pub user: Option<String>,
    /// The number of the database; a cluster has 0 alone.
    pub database: u32,
    /// `?match=`: the glob of the keys looked at, as SCAN takes it; `None`: every key.
    pub matching: Option<String>,
    /// `?password-file=`: a file of nobody else's that holds the password.
    pub password_file: Option<PathBuf>,
    /// `?ca=`: a file with the certificates of the authority that signed the server's, instead of the public ones.
    pub ca: Option<PathBuf>,
    /// `?plaintext=yes`: secrets may cross a network in the open.
    pub plaintext: bool,
    /// `?layout=`: as what a new cache is made there.
    pub layout: Made,
}

/// As what a new cache is made in a Redis; one that is there keeps the form it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Made {
    /// A string, as msal-node and most apps have it.
    #[default]
    String,
    /// A hash, as ASP.NET's distributed cache has it: `?layout=aspnet`.
    AspNet,
}

/// How a Redis is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// `redis:` and `rediss:`: one server.
    Server {
        /// `host:port`.
        host: Host,
        /// Over TLS.
        tls: bool,
    },
    /// `redis:/path`: a socket of this machine.
    Socket(PathBuf),
    /// `redis-cluster:` and `rediss-cluster:`, by some of its nodes.
    Cluster {
        /// At least one.
        hosts: Vec<Host>,
        /// Over TLS.
        tls: bool,
    },
    /// `redis-sentinel:` and `rediss-sentinel:`: whom the sentinels name.
    Sentinel {
        /// At least one.
        hosts: Vec<Host>,
        /// What the sentinels call the server.
        master: String,
        /// Over TLS.
        tls: bool,
    },
}

impl Reach {
    /// Whether every connection is encrypted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        match self {
            Self::Server { tls, .. } | Self::Cluster { tls, .. } | Self::Sentinel { tls, .. } => *tls,
            Self::Socket(_) => false,
        }
    }
}

/// A machine and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// Its name or address, without brackets.
    pub name: String,
    /// The port.
    pub port: u16,
}

impl Host {
    /// Whether this machine is meant, by a name or an address that leads to no other.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        let is_loopback = || self.name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.name.eq_ignore_ascii_case("localhost") || is_loopback()
    }
}

/// A table with one cache a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TablePlace {
    /// Which database.
    pub database: Database,
    /// `?table=`; `None`: the tables that are recognised.
    pub table: Option<String>,
    /// `?key=`: the column that names a row.
    pub key: Option<String>,
    /// `?value=`: the column that holds a cache.
    pub value: Option<String>,
    /// `?expires=`: the column that says when the app drops a row.
    pub expires: Option<String>,
    /// `?password-file=`: a file of nobody else's that holds the password.
    pub password_file: Option<PathBuf>,
    /// `?ca=`: a file with the certificates of the authority that signed the server's, instead of the public ones.
    pub ca: Option<PathBuf>,
    /// `?plaintext=yes`: secrets may cross a network in the open.
    pub plaintext: bool,
    /// `?socket=`: the socket of a server of this machine, or its folder.
    pub socket: Option<PathBuf>,
}

/// A database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Database {
    /// `sqlite:FILE`.
    Sqlite(PathBuf),
    /// `postgres://[USER@]HOST[:PORT]/NAME`.
    Postgres {
        /// Where it runs; `None`: the socket of this machine.
        host: Option<Host>,
        /// As whom; `None`: as the user is called here.
        user: Option<String>,
        /// The database's name.
        name: String,
    },
}
