//! Places read from text. Refuses a scheme or an option that it does not know, and names those it does: a typo must
//! never open another cache than was meant.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

mod served;

use super::percent::{decoded, to_path};
use super::{Address, AppCache, KernelKey, KeychainItem, Place, PlaceError, SecretItem};

/// The runtimes of which the lock protocols are known.
const RUNTIMES: &[&str] = &["python", "dotnet", "node", "java", "go"];
/// The rings of the kernel.
const RINGS: &[&str] = &["persistent", "user", "user-session", "session", "process", "thread"];

const REDIS: &[&str] = &["match", "password-file", "ca", "plaintext", "layout"];
const REDIS_SOCKET: &[&str] = &["match", "password-file", "ca", "plaintext", "layout", "user", "db"];
const TABLE: &[&str] = &["table", "key", "value", "expires"];
const SERVED_TABLE: &[&str] = &["table", "key", "value", "expires", "password-file", "ca", "plaintext", "socket"];

type Why = std::borrow::Cow<'static, str>;

/// A scheme that this version knows: a row of the grammar.
struct Scheme {
    name: &'static str,
    /// The options beside `seal` and `lock`.
    options: &'static [&'static str],
    /// Whether several caches may lie there, one of which `#slot` chooses.
    has_slots: bool,
    read: fn(&str, &mut Options) -> Result<Address, Why>,
}

const SCHEMES: &[Scheme] = &[
    Scheme { name: "file", options: &[], has_slots: false, read: file },
    Scheme { name: "dir", options: &[], has_slots: false, read: folder },
    Scheme { name: "secret-service", options: &["attr.KEY", "signal"], has_slots: true, read: secret_service },
    Scheme { name: "keyctl", options: &["ring"], has_slots: false, read: kernel_key },
    Scheme { name: "keychain", options: &["signal"], has_slots: false, read: keychain },
    Scheme { name: "redis", options: REDIS_SOCKET, has_slots: true, read: served::redis },
    Scheme { name: "rediss", options: REDIS, has_slots: true, read: served::redis_tls },
    Scheme { name: "redis-cluster", options: REDIS, has_slots: true, read: served::cluster },
    Scheme { name: "rediss-cluster", options: REDIS, has_slots: true, read: served::cluster_tls },
    Scheme { name: "redis-sentinel", options: REDIS, has_slots: true, read: served::sentinel },
    Scheme { name: "rediss-sentinel", options: REDIS, has_slots: true, read: served::sentinel_tls },
    Scheme { name: "sqlite", options: TABLE, has_slots: true, read: served::sqlite },
    Scheme { name: "postgres", options: SERVED_TABLE, has_slots: true, read: served::postgres },
];

/// What stands behind the question mark, read once and taken out by who knows it.
#[derive(Default)]
struct Options {
    named: BTreeMap<String, Vec<u8>>,
    attributes: BTreeMap<String, String>,
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        read(text).map_err(|why| PlaceError { text: served::without_password(text), why })
    }
}

fn read(text: &str) -> Result<Place, Why> {
    match text {
        "" => return Err("it is empty".into()),
        "-" => return Ok(Place::stdin()),
        _ => {}
    }
    let Some((name, rest)) = scheme_of(text) else {
        let path = PathBuf::from(text);
        return Ok(Place::at(if text.ends_with(std::path::is_separator) {
            Address::Folder(path)
        } else {
            Address::File(path)
        }));
    };
    // PostgreSQL's own tools take both.
    let name = if name == "postgresql" { "postgres" } else { name };
    let known = SCHEMES.iter().map(|scheme| format!("{}:", scheme.name));
    let scheme = SCHEMES.iter().find(|scheme| scheme.name == name);
    let scheme = scheme.ok_or_else(|| Why::from(format!("this version knows {}", listed(known))))?;
    uri(scheme, rest)
}

/// The options of every place.
const COMMON: [&str; 3] = ["seal", "lock", "key-file"];

fn uri(scheme: &Scheme, text: &str) -> Result<Place, Why> {
    let (text, slot) = match text.split_once('#') {
        Some((text, slot)) => (text, Some(utf8(bytes(slot)?)?)),
        None => (text, None),
    };
    if slot.is_some() && !scheme.has_slots {
        return Err(format!("{}: takes no #slot; a # in its name is written %23", scheme.name).into());
    }
    let (rest, query) = text.split_once('?').unwrap_or((text, ""));
    let mut options = Options::read(scheme, query)?;
    let address = (scheme.read)(rest, &mut options)?;
    let lock = options.text("lock")?;
    if lock.as_deref().is_some_and(|lock| !RUNTIMES.contains(&lock)) {
        return Err(format!("?lock= takes {}", listed(RUNTIMES.iter().copied())).into());
    }
    let (seal, key_file) = (options.text("seal")?, options.path("key-file")?);
    Ok(Place { lock, seal, key_file, slot, ..Place::at(address) })
}

/// A scheme has two letters or more, so that `C:\cache.json` stays a path. What has `//` behind it is one in any spelling:
/// taken for a file, `postgresql+psycopg://` and its like would be shown with the password in them.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_ours = || scheme.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let is_any = || scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_scheme = scheme.len() > 1 && (is_ours() || (rest.starts_with("//") && is_any()));
    is_scheme.then_some((scheme, rest))
}

impl Options {
    fn read(scheme: &Scheme, query: &str) -> Result<Self, Why> {
        let mut options = Self::default();
        for option in query.split('&').filter(|_| !query.is_empty()) {
            let (name, value) = option.split_once('=').ok_or("an option is written NAME=VALUE")?;
            let value = bytes(value)?;
            let attribute = name.strip_prefix("attr.").filter(|_| scheme.options.contains(&"attr.KEY"));
            let twice = match attribute {
                Some(key) => options.attributes.insert(utf8(bytes(key)?)?, utf8(value)?).is_some(),
                None if COMMON.contains(&name) || scheme.options.contains(&name) => {
                    options.named.insert(name.to_owned(), value).is_some()
                }
                None => return Err(unknown_option(scheme)),
            };
            if twice {
                return Err("an option is given twice".into());
            }
        }
        Ok(options)
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, Why> {
        let text = self.named.remove(name).map(utf8).transpose()?;
        match text.as_deref() {
            Some("") => Err(format!("?{name}= is empty").into()),
            _ => Ok(text),
        }
    }

    fn path(&mut self, name: &str) -> Result<Option<PathBuf>, Why> {
        match self.named.remove(name) {
            Some(path) if path.is_empty() => Err(format!("?{name}= is empty").into()),
            path => Ok(path.map(to_path)),
        }
    }
}

fn unknown_option(scheme: &Scheme) -> Why {
    let known = scheme.options.iter().chain(&COMMON);
    format!("the options of {}: are {}", scheme.name, listed(known.map(|name| format!("?{name}=")))).into()
}

fn file(rest: &str, _options: &mut Options) -> Result<Address, Why> {
    absolute(rest).map(Address::File)
}

fn folder(rest: &str, _options: &mut Options) -> Result<Address, Why> {
    absolute(rest).map(Address::Folder)
}

fn absolute(rest: &str) -> Result<PathBuf, Why> {
    let path = to_path(bytes(rest)?);
    match path.is_absolute() {
        true => Ok(path),
        false => Err("file: and dir: take an absolute path".into()),
    }
}

fn secret_service(rest: &str, options: &mut Options) -> Result<Address, Why> {
    let signal = options.path("signal")?;
    let attributes = std::mem::take(&mut options.attributes);
    let is_plain = signal.is_none() && attributes.is_empty();
    let item = match (AppCache::split(rest), signal) {
        (Some(app), None) if is_plain => SecretItem::App(app_cache(app)?),
        (Some(_), _) => return Err("the short way of an app takes no attributes and no signal file".into()),
        (None, None) if is_plain && rest.starts_with('/') => SecretItem::Signal(to_path(bytes(rest)?)),
        (None, _) if rest.starts_with('/') => {
            return Err("a signal file's path takes no attributes and no second signal file".into());
        }
        (None, Some(signal)) if rest.is_empty() && attributes.is_empty() => SecretItem::Signal(signal),
        (None, None) if rest.is_empty() && attributes.is_empty() => {
            return Err("name an app, a signal file, a schema or attributes: see `saltcellar help places`".into());
        }
        (None, signal) => {
            let schema = Some(utf8(bytes(rest)?)?).filter(|schema| !schema.is_empty());
            SecretItem::Search { schema, attributes, signal }
        }
    };
    Ok(Address::SecretService(item))
}

fn kernel_key(rest: &str, options: &mut Options) -> Result<Address, Why> {
    let description = utf8(bytes(rest)?)?;
    let ring = options.text("ring")?;
    if ring.as_deref().is_some_and(|ring| !RINGS.contains(&ring)) {
        return Err(format!("?ring= takes {}", listed(RINGS.iter().copied())).into());
    }
    match description.is_empty() {
        true => Err("keyctl: takes the description of a key".into()),
        false => Ok(Address::KernelKey(KernelKey { description, ring })),
    }
}

fn keychain(rest: &str, options: &mut Options) -> Result<Address, Why> {
    let signal = options.path("signal")?;
    let item = match (AppCache::split(rest), signal) {
        (Some(app), None) => KeychainItem::App(app_cache(app)?),
        (Some(_), Some(_)) => return Err("the short way of an app takes no signal file".into()),
        (None, None) if rest.starts_with('/') => KeychainItem::Signal(to_path(bytes(rest)?)),
        (None, Some(_)) if rest.starts_with('/') => {
            return Err("a signal file's path takes no second signal file".into());
        }
        (None, Some(signal)) if rest.is_empty() => KeychainItem::Signal(signal),
        (None, signal) => {
            let (service, account) = rest.split_once('/').ok_or("keychain: takes SERVICE/ACCOUNT, an app or a path")?;
            KeychainItem::Named { service: utf8(bytes(service)?)?, account: utf8(bytes(account)?)?, signal }
        }
    };
    Ok(Address::Keychain(item))
}

fn app_cache((app, name): (&'static super::apps::App, Option<&str>)) -> Result<AppCache, Why> {
    match name {
        None => Ok(AppCache { app, name: None }),
        Some(_) if app.default_cache.is_empty() => Err(format!("{} has one cache, without a name", app.name).into()),
        Some(name) => {
            let name = utf8(bytes(name)?)?;
            let is_name = !name.is_empty() && !name.contains('/') && !name.starts_with('.');
            let why = format!("{}/NAME takes a name such as {}", app.name, app.default_cache);
            is_name.then_some(AppCache { app, name: Some(name) }).ok_or_else(|| why.into())
        }
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, Why> {
    decoded(text).ok_or_else(|| "a % is not followed by two hex digits".into())
}

fn utf8(bytes: Vec<u8>) -> Result<String, Why> {
    String::from_utf8(bytes).map_err(|_| "a name is not UTF-8".into())
}

/// "a, b and c".
fn listed(words: impl IntoIterator<Item = impl Into<String>>) -> String {
    let words: Vec<String> = words.into_iter().map(Into::into).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => words.concat(),
    }
}
