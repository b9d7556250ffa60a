//! PLACE of the command line as a value, read and printed. Knows the grammar, not what lies there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub mod apps;
mod percent;
mod print;
mod read;
mod same;
pub mod served;

pub use apps::AppCache;
pub use served::{Database, Host, Made, Reach, RedisPlace, TablePlace};

/// Where a cache lies: a path, or `scheme:rest[?seal=…&lock=…][#slot]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    address: Address,
    /// Extra lock protocols, from `?lock=`: `java` for a cache that MSAL4J shares outside `.IdentityService`.
    pub lock: Option<String>,
    /// How the cache is wrapped, from `?seal=`; else the bytes tell.
    pub seal: Option<String>,
    /// The file with the key by which an app signs the sessions here, from `?key-file=`; else it is asked for.
    pub key_file: Option<PathBuf>,
    /// Which of several caches, from `#slot`.
    pub slot: Option<String>,
}

/// The sort of a place, and what stands before its options.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A file.
    File(PathBuf),
    /// Every cache in a folder.
    Folder(PathBuf),
    /// Standard input.
    Stdin,
    /// In this process, under a name.
    Memory(String),
    /// An item of the Secret Service (GNOME Keyring, `KWallet`).
    SecretService(SecretItem),
    /// A key of the Linux kernel.
    KernelKey(KernelKey),
    /// An item of the macOS Keychain.
    Keychain(KeychainItem),
    /// Keys of a Redis.
    Redis(Box<RedisPlace>),
    /// Rows of a database.
    Table(Box<TablePlace>),
}

/// Which item of the Secret Service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SecretItem {
    /// As an app keeps it.
    App(AppCache),
    /// As MSAL Python keeps it by default, by the path of its signal file exactly as the app was given it: the
    /// schema is the path's SHA-256 (`msal_extensions/persistence.py`, `LibsecretPersistence`).
    Signal(PathBuf),
    /// By what the item says of itself.
    Search {
        /// Its `xdg:schema`; `None`: any.
        schema: Option<String>,
        /// Attributes that it has, among others perhaps.
        attributes: BTreeMap<String, String>,
        /// The file that tells running apps of a change, and beside which their lock lies.
        signal: Option<PathBuf>,
    },
}

/// Which key of the kernel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KernelKey {
    /// The description of a key of type `user`.
    pub description: String,
    /// The ring to look in; `None`: the persistent one of the user, then the user's (as azidentity does).
    pub ring: Option<String>,
}

/// Which item of the Keychain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeychainItem {
    /// As an app keeps it.
    App(AppCache),
    /// As MSAL Python keeps it by default, by the path of its signal file exactly as the app was given it: service
    /// `msal-extensions`, account the path's SHA-256.
    Signal(PathBuf),
    /// By its names.
    Named {
        /// The service, not empty.
        service: String,
        /// The account.
        account: String,
        /// The file that tells running apps of a change, and beside which their lock lies.
        signal: Option<PathBuf>,
    },
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text} is not a place: {why}")]
pub struct PlaceError {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub why: Cow<'static, str>,
}

impl Place {
    /// The file at `path`.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self::at(Address::File(path.to_owned()))
    }

    /// A cache that lives in memory under `name`: the demo, a test.
    #[must_use]
    pub fn memory(name: &str) -> Self {
        Self::at(Address::Memory(name.to_owned()))
    }

    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Self::at(Address::Stdin)
    }

    /// The place at `address`, without options.
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self { address, lock: None, seal: None, key_file: None, slot: None }
    }

    /// The sort of the place and its name.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The same place with its path as `path` says, if it is a file.
    #[must_use]
    pub fn with_path(self, path: PathBuf) -> Self {
        match self.address {
            Address::File(_) => Self { address: Address::File(path), ..self },
            Address::Folder(_)
            | Address::Stdin
            | Address::Memory(_)
            | Address::SecretService(_)
            | Address::KernelKey(_)
            | Address::Keychain(_)
            | Address::Redis(_)
            | Address::Table(_) => self,
        }
    }

    /// The same place with the path of its file from the root on, so that it means the same in every folder.
    #[must_use]
    pub fn absolute(&self) -> Self {
        let path = self.path().and_then(|path| std::path::absolute(path).ok());
        path.map_or_else(|| self.clone(), |path| self.clone().with_path(path))
    }

    /// The word before the colon; a folder's caches are files.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        match &self.address {
            Address::File(_) | Address::Folder(_) => "file",
            Address::Stdin => "-",
            Address::Memory(_) => "memory",
            Address::SecretService(_) => "secret-service",
            Address::KernelKey(_) => "keyctl",
            Address::Keychain(_) => "keychain",
            Address::Redis(_) => "redis",
            Address::Table(table) => match table.database {
                Database::Sqlite(_) => "sqlite",
                Database::Postgres { .. } => "postgres",
            },
        }
    }

    /// Whether this is standard input (`-`): read once, never written.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.address == Address::Stdin
    }

    /// Whether this is a cache in the memory of this process.
    #[must_use]
    pub fn is_memory(&self) -> bool {
        matches!(self.address, Address::Memory(_))
    }

    /// Whether the desktop or the kernel keeps it, not a file.
    #[must_use]
    pub fn is_kept_by_desktop(&self) -> bool {
        matches!(self.address, Address::SecretService(_) | Address::KernelKey(_) | Address::Keychain(_))
    }

    /// Whether many caches may lie here, one for each user, of which a slot names one.
    #[must_use]
    pub fn is_served(&self) -> bool {
        matches!(self.address, Address::Redis(_) | Address::Table(_))
    }

    /// Whether a whole collection is meant, and no single cache in it.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        self.is_served() && self.slot.is_none()
    }

    /// The same place, of which the cache in `slot` is meant.
    #[must_use]
    pub fn with_slot(&self, slot: &str) -> Self {
        Self { slot: Some(slot.to_owned()), ..self.clone() }
    }

    /// What all slots here are called up to their own names: `redis://localhost#`.
    #[must_use]
    pub fn before_slots(&self) -> String {
        self.with_slot("").to_string()
    }

    /// The name of `slot` as it stands behind [`Place::before_slots`].
    #[must_use]
    pub fn printed_slot(slot: &str) -> String {
        percent::text(slot, percent::IN_SLOT)
    }

    /// The same place, where in a Redis new caches are made as ASP.NET keeps them.
    #[must_use]
    pub fn with_hashes(mut self) -> Self {
        if let Address::Redis(redis) = &mut self.address {
            redis.layout = Made::AspNet;
        }
        self
    }

    /// The file, if the place is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.address {
            Address::File(path) => Some(path),
            Address::Folder(_)
            | Address::Stdin
            | Address::Memory(_)
            | Address::SecretService(_)
            | Address::KernelKey(_)
            | Address::Keychain(_)
            | Address::Redis(_)
            | Address::Table(_) => None,
        }
    }

    /// The folder whose caches are meant, if the place is one (`dir:` or a path that ends in a slash).
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.address {
            Address::Folder(path) => Some(path),
            Address::File(_)
            | Address::Stdin
            | Address::Memory(_)
            | Address::SecretService(_)
            | Address::KernelKey(_)
            | Address::Keychain(_)
            | Address::Redis(_)
            | Address::Table(_) => None,
        }
    }

    /// As a person would write it: `~/.azure/msal_token_cache.json` for a file in the `home` folder.
    #[must_use]
    pub fn short(&self, home: Option<&Path>) -> String {
        let path = match &self.address {
            Address::File(path) | Address::Folder(path) => path,
            Address::Stdin => return "standard input".to_owned(),
            Address::Memory(name) => return name.clone(),
            Address::SecretService(_)
            | Address::KernelKey(_)
            | Address::Keychain(_)
            | Address::Redis(_)
            | Address::Table(_) => return self.to_string(),
        };
        let below_home = home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok());
        match below_home {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
