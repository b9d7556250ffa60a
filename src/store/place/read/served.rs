//! Places with one cache per user, read from text. A password in one is refused: a place stands in argv, in the history
//! of the shell and in titles.

use super::{Options, Why, bytes, utf8};
use crate::store::place::Address;
use crate::store::place::percent::to_path;
use crate::store::place::served::{Database, Host, Made, Reach, RedisPlace, TablePlace};

const REDIS_PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;
const POSTGRES_PORT: u16 = 5432;

/// What stands behind `//`: `[user@]host[:port][,host[:port]…][/path]`.
struct Authority {
    user: Option<String>,
    hosts: Vec<Host>,
    path: Option<String>,
}

pub(super) fn redis(rest: &str, options: &mut Options) -> Result<Address, Why> {
    if rest.starts_with("//") {
        return one(rest, options, false);
    }
    let path = to_path(bytes(rest)?);
    if !path.is_absolute() {
        return Err("redis: takes //[USER@]HOST[:PORT][/DATABASE] or the absolute path of a socket".into());
    }
    let database = options.text("db")?.map_or(Ok(0), |number| database(&number))?;
    redis_at(Reach::Socket(path), options.text("user")?, database, options)
}

pub(super) fn redis_tls(rest: &str, options: &mut Options) -> Result<Address, Why> {
    one(rest, options, true)
}

pub(super) fn cluster(rest: &str, options: &mut Options) -> Result<Address, Why> {
    nodes(rest, options, false)
}

pub(super) fn cluster_tls(rest: &str, options: &mut Options) -> Result<Address, Why> {
    nodes(rest, options, true)
}

pub(super) fn sentinel(rest: &str, options: &mut Options) -> Result<Address, Why> {
    watched(rest, options, false)
}

pub(super) fn sentinel_tls(rest: &str, options: &mut Options) -> Result<Address, Why> {
    watched(rest, options, true)
}

/// `sqlite:FILE`, as a path is written.
pub(super) fn sqlite(rest: &str, options: &mut Options) -> Result<Address, Why> {
    let path = to_path(bytes(rest)?);
    match path.as_os_str().is_empty() {
        true => Err("sqlite: takes the path of a database".into()),
        false => table(Database::Sqlite(path), options),
    }
}

/// `postgres://[USER@][HOST[:PORT]]/DATABASE`.
pub(super) fn postgres(rest: &str, options: &mut Options) -> Result<Address, Why> {
    let Authority { user, hosts, path } = authority(rest, POSTGRES_PORT)?;
    let name = path
        .filter(|name| !name.is_empty() && !name.contains('/'))
        .ok_or("postgres: takes //[USER@]HOST[:PORT]/DATABASE")?;
    let mut hosts = hosts.into_iter();
    match (hosts.next(), hosts.next()) {
        (host, None) => table(Database::Postgres { host, user, name: plain(&name)? }, options),
        (_, Some(_)) => Err("postgres: takes one host".into()),
    }
}

fn one(rest: &str, options: &mut Options, tls: bool) -> Result<Address, Why> {
    let Authority { user, hosts, path } = authority(rest, REDIS_PORT)?;
    if options.named.contains_key("db") || options.named.contains_key("user") {
        return Err("?db= and ?user= belong to a socket; here they stand in //USER@HOST/DATABASE".into());
    }
    let number = path.map_or(Ok(0), |number| database(&number))?;
    let mut hosts = hosts.into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => redis_at(Reach::Server { host, tls }, user, number, options),
        _ => Err("one host is meant; several are those of redis-cluster: and redis-sentinel:".into()),
    }
}

fn nodes(rest: &str, options: &mut Options, tls: bool) -> Result<Address, Why> {
    let Authority { user, hosts, path } = authority(rest, REDIS_PORT)?;
    match (hosts.is_empty(), path) {
        (false, None) => redis_at(Reach::Cluster { hosts, tls }, user, 0, options),
        (true, _) => Err("redis-cluster: takes //[USER@]HOST[:PORT],HOST[:PORT]…".into()),
        (false, Some(_)) => Err("a cluster has one database, which is not named".into()),
    }
}

fn watched(rest: &str, options: &mut Options, tls: bool) -> Result<Address, Why> {
    let Authority { user, hosts, path } = authority(rest, SENTINEL_PORT)?;
    let why = "redis-sentinel: takes //[USER@]HOST[:PORT],…/MASTER[/DATABASE]";
    let path = path.filter(|_| !hosts.is_empty()).ok_or(why)?;
    let (master, number) = path.split_once('/').unwrap_or((&path, "0"));
    let number = database(number)?;
    match master.is_empty() {
        true => Err(why.into()),
        false => redis_at(Reach::Sentinel { hosts, master: plain(master)?, tls }, user, number, options),
    }
}

fn redis_at(reach: Reach, user: Option<String>, database: u32, options: &mut Options) -> Result<Address, Why> {
    let matching = options.text("match")?;
    let (password_file, ca) = (options.path("password-file")?, options.path("ca")?);
    let plaintext = plaintext(options)?;
    let layout = match options.text("layout")?.as_deref() {
        None | Some("string") => Made::String,
        Some("aspnet") => Made::AspNet,
        Some(_) => return Err("?layout= takes string or aspnet: as what a new cache is made".into()),
    };
    if ca.is_some() && !reach.is_tls() {
        return Err("?ca= belongs to TLS: rediss:".into());
    }
    Ok(Address::Redis(Box::new(RedisPlace { reach, user, database, matching, password_file, ca, plaintext, layout })))
}

fn table(database: Database, options: &mut Options) -> Result<Address, Why> {
    let (table, key, value) = (options.text("table")?, options.text("key")?, options.text("value")?);
    let (expires, password_file) = (options.text("expires")?, options.path("password-file")?);
    let (ca, socket, plaintext) = (options.path("ca")?, options.path("socket")?, plaintext(options)?);
    if table.is_none() && (key.is_some() || value.is_some() || expires.is_some()) {
        return Err("?key=, ?value= and ?expires= are columns of a ?table=".into());
    }
    if socket.is_some() && !matches!(database, Database::Postgres { host: None, .. }) {
        return Err("?socket= stands in place of a host: postgres:///DATABASE?socket=PATH".into());
    }
    let named = TablePlace { database, table, key, value, expires, password_file, ca, plaintext, socket };
    Ok(Address::Table(Box::new(named)))
}

fn plaintext(options: &mut Options) -> Result<bool, Why> {
    match options.text("plaintext")?.as_deref() {
        None => Ok(false),
        Some("yes") => Ok(true),
        Some(_) => Err("?plaintext= takes yes: secrets then cross the network in the open".into()),
    }
}

fn database(number: &str) -> Result<u32, Why> {
    number.parse().map_err(|_| "a database of Redis is a number".into())
}

/// The path is left coded.
fn authority(rest: &str, port: u16) -> Result<Authority, Why> {
    let rest = rest.strip_prefix("//").ok_or("// and a host are expected behind the colon")?;
    let (before, path) = match rest.split_once('/') {
        Some((before, path)) => (before, Some(path.to_owned())),
        None => (rest, None),
    };
    let (user, hosts) = match before.rsplit_once('@') {
        Some((user, hosts)) => (Some(user), hosts),
        None => (None, before),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return Err("a password does not belong in a place, where others can read it: \
                    give ?password-file=PATH, or be asked for it"
            .into());
    }
    let user = user.filter(|user| !user.is_empty()).map(plain).transpose()?;
    let hosts =
        hosts.split(',').filter(|_| !hosts.is_empty()).map(|text| host(text, port)).collect::<Result<_, _>>()?;
    Ok(Authority { user, hosts, path })
}

fn host(text: &str, port: u16) -> Result<Host, Why> {
    let (name, given) = match text.strip_prefix('[') {
        Some(inner) => {
            let (name, behind) = inner.split_once(']').ok_or("a [ is not closed")?;
            (name, behind.strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    let port = given.map_or(Ok(port), |port| port.parse().map_err(|_| Why::from("a port is a number")))?;
    let is_host = |letter: char| letter.is_alphanumeric() || ".-_:".contains(letter);
    match !name.is_empty() && name.chars().all(is_host) {
        true => Ok(Host { name: name.to_owned(), port }),
        false => Err("a host is a name or an address".into()),
    }
}

fn plain(text: &str) -> Result<String, Why> {
    utf8(bytes(text)?)
}

/// The place as it may be repeated to the user: what stands between `user:` and `@host` is left out.
pub(super) fn without_password(text: &str) -> String {
    let masked = || {
        let (scheme, rest) = text.split_once("://")?;
        let (before, hosts) = rest.rsplit_once('@')?;
        let (user, _) = before.split_once(':')?;
        Some(format!("{scheme}://{user}:…@{hosts}"))
    };
    masked().unwrap_or_else(|| text.to_owned())
}
