//! Places with one cache per user, as text that reads back.

use super::option;
use crate::store::place::percent::{self, IN_AUTHORITY, IN_REST, IN_VALUE};
use crate::store::place::served::{Database, Host, Made, Reach, RedisPlace, TablePlace};

/// A Redis, and its options.
pub(super) fn redis(place: &RedisPlace) -> (String, Vec<String>) {
    let user = user(place.user.as_deref());
    let scheme = |name: &str, tls: bool| match (tls, name) {
        (false, name) => format!("redis{name}:"),
        (true, name) => format!("rediss{name}:"),
    };
    let database = if place.database == 0 { String::new() } else { format!("/{}", place.database) };
    let mut options = Vec::new();
    let rest = match &place.reach {
        Reach::Server { host, tls } => format!("{}//{user}{}{database}", scheme("", *tls), written(host)),
        Reach::Cluster { hosts, tls } => format!("{}//{user}{}", scheme("-cluster", *tls), all(hosts)),
        Reach::Sentinel { hosts, master, tls } => {
            let master = percent::text(master, IN_AUTHORITY);
            format!("{}//{user}{}/{master}{database}", scheme("-sentinel", *tls), all(hosts))
        }
        Reach::Socket(path) => {
            options.extend(place.user.iter().map(|user| option("user", user)));
            options.extend((place.database != 0).then(|| option("db", &place.database.to_string())));
            format!("redis:{}", percent::path(path, IN_REST))
        }
    };
    options.extend(place.matching.iter().map(|glob| option("match", glob)));
    options.extend(place.password_file.iter().map(|file| format!("password-file={}", percent::path(file, IN_VALUE))));
    options.extend(place.ca.iter().map(|file| format!("ca={}", percent::path(file, IN_VALUE))));
    options.extend(place.plaintext.then(|| option("plaintext", "yes")));
    options.extend((place.layout == Made::AspNet).then(|| option("layout", "aspnet")));
    (rest, options)
}

/// A table, and its options.
pub(super) fn table(place: &TablePlace) -> (String, Vec<String>) {
    let rest = match &place.database {
        Database::Sqlite(path) => format!("sqlite:{}", percent::path(path, IN_REST)),
        Database::Postgres { host, user: name, name: database } => {
            let host = host.as_ref().map(written).unwrap_or_default();
            format!("postgres://{}{host}/{}", user(name.as_deref()), percent::text(database, IN_AUTHORITY))
        }
    };
    let named = [("table", &place.table), ("key", &place.key), ("value", &place.value), ("expires", &place.expires)];
    let mut options: Vec<String> =
        named.into_iter().filter_map(|(name, value)| Some(option(name, value.as_deref()?))).collect();
    options.extend(place.password_file.iter().map(|file| format!("password-file={}", percent::path(file, IN_VALUE))));
    options.extend(place.ca.iter().map(|file| format!("ca={}", percent::path(file, IN_VALUE))));
    options.extend(place.plaintext.then(|| option("plaintext", "yes")));
    options.extend(place.socket.iter().map(|socket| format!("socket={}", percent::path(socket, IN_VALUE))));
    (rest, options)
}

fn user(name: Option<&str>) -> String {
    name.map(|name| format!("{}@", percent::text(name, IN_AUTHORITY))).unwrap_or_default()
}

fn all(hosts: &[Host]) -> String {
    hosts.iter().map(written).collect::<Vec<_>>().join(",")
}

/// `host:port`, an address of version 6 in brackets.
fn written(host: &Host) -> String {
    let Host { name, port } = host;
    if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") }
}
