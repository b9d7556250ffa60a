//! Places as text that reads back to the same place.

use std::fmt;
use std::path::Path;

mod served;

use super::percent::{self, IN_NAME, IN_REST, IN_SLOT, IN_VALUE};
use super::{Address, AppCache, KernelKey, KeychainItem, Place, SecretItem};

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rest, mut options) = match &self.address {
            Address::File(path) => (format!("file:{}", percent::path(path, IN_REST)), Vec::new()),
            Address::Folder(path) => (format!("dir:{}", percent::path(path, IN_REST)), Vec::new()),
            Address::Stdin => return f.write_str("-"),
            Address::Memory(name) => (format!("memory:{name}"), Vec::new()),
            Address::SecretService(item) => secret_item(item),
            Address::KernelKey(key) => kernel_key(key),
            Address::Keychain(item) => keychain_item(item),
            Address::Redis(redis) => served::redis(redis),
            Address::Table(table) => served::table(table),
        };
        options.extend(self.seal.iter().map(|seal| option("seal", seal)));
        options.extend(self.lock.iter().map(|lock| option("lock", lock)));
        options.extend(self.key_file.iter().map(|file| format!("key-file={}", percent::path(file, IN_VALUE))));
        f.write_str(&rest)?;
        for (at, option) in options.iter().enumerate() {
            write!(f, "{}{option}", if at == 0 { '?' } else { '&' })?;
        }
        self.slot.iter().try_for_each(|slot| write!(f, "#{}", percent::text(slot, IN_SLOT)))
    }
}

fn option(name: &str, value: &str) -> String {
    format!("{name}={}", percent::text(value, IN_VALUE))
}

fn signal_option(path: &Path) -> String {
    format!("signal={}", percent::path(path, IN_VALUE))
}

fn secret_item(item: &SecretItem) -> (String, Vec<String>) {
    let of = |rest: &str| format!("secret-service:{rest}");
    match item {
        SecretItem::App(cache) => (of(&app(cache)), Vec::new()),
        SecretItem::Signal(path) => by_signal("secret-service:", path),
        SecretItem::Search { schema, attributes, signal } => {
            let schema = schema.as_deref().map(first_part).unwrap_or_default();
            let attribute =
                |(key, value): (&String, &String)| option(&format!("attr.{}", percent::text(key, IN_NAME)), value);
            let attributes = attributes.iter().map(attribute);
            (of(&schema), attributes.chain(signal.as_deref().map(signal_option)).collect())
        }
    }
}

fn by_signal(scheme: &str, path: &Path) -> (String, Vec<String>) {
    match path.is_absolute() {
        true => (format!("{scheme}{}", percent::path(path, IN_REST)), Vec::new()),
        false => (scheme.to_owned(), vec![signal_option(path)]),
    }
}

fn kernel_key(key: &KernelKey) -> (String, Vec<String>) {
    let ring = key.ring.iter().map(|ring| option("ring", ring));
    (format!("keyctl:{}", percent::text(&key.description, IN_REST)), ring.collect())
}

fn keychain_item(item: &KeychainItem) -> (String, Vec<String>) {
    match item {
        KeychainItem::App(cache) => (format!("keychain:{}", app(cache)), Vec::new()),
        KeychainItem::Signal(path) => by_signal("keychain:", path),
        KeychainItem::Named { service, account, signal } => {
            let service = first_part(service).replace('/', "%2F");
            let account = percent::text(account, IN_REST);
            (format!("keychain:{service}/{account}"), signal.as_deref().map(signal_option).into_iter().collect())
        }
    }
}

fn app(cache: &AppCache) -> String {
    match &cache.name {
        Some(name) => format!("{}/{}", cache.app.name, percent::text(name, IN_REST)),
        None => cache.app.name.to_owned(),
    }
}

/// A name of the user's own: its first letter is coded where it would read as a path or as the short way of an app.
fn first_part(name: &str) -> String {
    let coded = percent::text(name, IN_REST);
    let is_special = coded.starts_with('/') || AppCache::is_short_way(&coded);
    match coded.split_at_checked(1).filter(|_| is_special) {
        Some((first, rest)) => format!("{}{rest}", percent::text(first, &first.chars().collect::<Vec<_>>())),
        None => coded,
    }
}
