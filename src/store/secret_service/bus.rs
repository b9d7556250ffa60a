//! The talk with the Secret Service: one thread that owns the connection, and questions with a time limit. Starts no
//! bus, prompts only where that is allowed, and sends secrets through an encrypted session alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dbus_secret_service::{EncryptionType, Error, Item, SecretService};

use super::target::{Target, looks_like_a_cache, place_of};
use crate::secret::SecretBytes;
use crate::store::desktop::Prompts;
use crate::store::keyring::KeyringTrouble as Trouble;

/// How long a question may take that asks no person: each call of it is given up after two seconds already.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a person may take for a password.
const PROMPT: Duration = Duration::from_secs(120);
/// As many items are named at most when none fits.
const OTHERS: usize = 8;
/// libsecret writes every password as this (`secret-paths.c`).
const CONTENT_TYPE: &str = "text/plain";

/// An item that was read.
pub(super) struct Found {
    /// Its object path on the bus.
    pub(super) path: String,
    /// Its secret.
    pub(super) secret: SecretBytes,
    /// Its last change, in Unix seconds.
    pub(super) modified: u64,
}

/// As many connections are tried until both sides have the same key: with `KWallet` one in a hundred has not, because
/// either side leaves out the zero that one number in 256 begins with (measured; `secret-tool` fails as often).
const SESSIONS: u32 = 3;

/// Does its work with the connection, or the trouble of getting one, and says what that means for the connection.
type Job = Box<dyn FnMut(Result<&SecretService, Trouble>) -> After + Send>;

/// What becomes of a connection after a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// The next question finds it.
    Kept,
    /// The next question gets a new one.
    Dropped,
    /// This question is asked once more, over a new one.
    Again,
}

/// The connection, made at the first question.
pub(super) struct Bus {
    jobs: Mutex<Sender<Job>>,
    prompts: Prompts,
}

impl Bus {
    /// A bus that is not connected yet.
    pub(super) fn new(prompts: Prompts) -> Self {
        let (jobs, inbox) = mpsc::channel();
        // Without a thread the inbox is gone, and every question says so.
        _ = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || serve(&inbox, prompts));
        Self { jobs: Mutex::new(jobs), prompts }
    }

    /// Reads the one item that fits.
    pub(super) fn read(&self, target: &Target, slot: Option<&str>) -> Result<Found, Trouble> {
        let (target, slot, prompts) = (target.clone(), slot.map(str::to_owned), self.prompts);
        self.ask(move |service| {
            let item = the_item(service, &target, slot.as_deref(), prompts)?;
            read(&item)
        })
    }

    /// Writes `secret` into the item of `path` if it still holds what `is_expected` accepts. `false`: it does not.
    /// Its label and attributes stay.
    pub(super) fn replace(
        &self,
        path: &str,
        secret: SecretBytes,
        is_expected: impl Fn(&Found) -> bool + Send + 'static,
    ) -> Result<Option<u64>, Trouble> {
        let path = path.to_owned();
        self.ask(move |service| {
            let item = Item::new(service, path.clone().into());
            // What is as expected was sealed by the key that seals the new one.
            if !is_expected(&read(&item)?) {
                return Ok(None);
            }
            item.set_secret(secret.reveal(), CONTENT_TYPE).map_err(trouble)?;
            item.get_modified().map(Some).map_err(trouble)
        })
    }

    /// Makes the item of `target` in the default collection, with `secret` in it. `false`: one that fits is there already.
    pub(super) fn create(&self, target: &Target, secret: SecretBytes) -> Result<bool, Trouble> {
        let (target, prompts) = (target.clone(), self.prompts);
        let mut tried = false;
        self.ask(move |service| {
            // Unlocked first: what is locked could hold it.
            unlock_default(service, prompts)?;
            let (mut hits, locked) = search(service, &target, None)?;
            let item = match (hits.pop(), hits.is_empty() && locked.is_empty()) {
                (None, true) => {
                    tried = true;
                    make(service, &target, &secret)?
                }
                (Some(left), true) if tried && is_unopened(&read(&left)?) => {
                    left.set_secret(secret.reveal(), CONTENT_TYPE).map_err(trouble)?;
                    left
                }
                _ => return Ok(false),
            };
            // By chance the service may take a secret for whole that it opened with another key.
            match read(&item)?.secret == secret {
                true => Ok(true),
                false => Err(Trouble::NoCommonKey),
            }
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        mut question: impl FnMut(&SecretService) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let (answer, answered) = mpsc::sync_channel(1);
        let mut sessions = 0;
        let job: Job = Box::new(move |service| {
            let said = service.and_then(&mut question);
            sessions += 1;
            let after = after(said.as_ref().err(), sessions);
            if after != After::Again {
                // Nobody waits any more when the limit was over.
                _ = answer.send(said);
            }
            after
        });
        let limit = match self.prompts {
            Prompts::Never => PATIENCE,
            Prompts::Allowed => PATIENCE + PROMPT,
        };
        let gone = || Trouble::Other("no thread could be started to ask it".to_owned());
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).send(job).map_err(|_| gone())?;
        match answered.recv_timeout(limit) {
            Ok(said) => said,
            Err(RecvTimeoutError::Timeout) => Err(Trouble::Hangs { seconds: limit.as_secs() }),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

fn serve(inbox: &Receiver<Job>, prompts: Prompts) {
    let mut kept = None;
    for mut job in inbox {
        let mut after = After::Again;
        while after == After::Again {
            let service = kept.take().map_or_else(|| connect(prompts), Ok);
            after = job(service.as_ref().map_err(Clone::clone));
            kept = service.ok().filter(|_| after == After::Kept);
        }
    }
}

/// What becomes of the connection after an answer, the `sessions`th to its question.
fn after(trouble: Option<&Trouble>, sessions: u32) -> After {
    match trouble {
        Some(Trouble::NoCommonKey) if sessions < SESSIONS => After::Again,
        Some(Trouble::NoCommonKey | Trouble::Hangs { .. } | Trouble::NoBus | Trouble::NoService) => After::Dropped,
        _ => After::Kept,
    }
}

fn connect(prompts: Prompts) -> Result<SecretService, Trouble> {
    let seconds = match prompts {
        Prompts::Never => 0,
        Prompts::Allowed => PROMPT.as_secs(),
    };
    SecretService::connect_with_max_prompt_timeout(EncryptionType::Dh, seconds).map_err(trouble)
}

/// The one item that fits, unlocked.
fn the_item<'s>(
    service: &'s SecretService,
    target: &Target,
    slot: Option<&str>,
    prompts: Prompts,
) -> Result<Item<'s>, Trouble> {
    let (mut hits, mut locked) = search(service, target, slot)?;
    if hits.is_empty() && locked.is_empty() {
        // Some services find nothing in a locked collection: unlocked, it may hold the item after all.
        unlock_default(service, prompts)?;
        (hits, locked) = search(service, target, slot)?;
    }
    let count = hits.len() + locked.len();
    match (hits.pop(), locked.pop()) {
        (None, None) => Err(nothing(service, target)),
        (Some(item), None) if count == 1 => Ok(item),
        (None, Some(item)) if count == 1 => {
            refuse_locked(prompts)?;
            item.unlock().map_err(trouble)?;
            Ok(item)
        }
        (last, last_locked) => Err(several(hits.into_iter().chain(last).chain(locked).chain(last_locked))),
    }
}

fn make<'s>(service: &'s SecretService, target: &Target, secret: &SecretBytes) -> Result<Item<'s>, Trouble> {
    let collection = service.get_default_collection().map_err(trouble)?;
    let (attributes, label) = &target.made;
    let attributes = attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let made = collection.create_item(label, attributes, secret.reveal(), false, CONTENT_TYPE).map_err(trouble)?;
    Ok(Item::new(service, made.path))
}

/// Whether an item holds what the service made of a secret that it could not open: nothing (`KWallet`), or by chance what
/// another key made of it. A text is never overwritten: an app may have written it meanwhile.
fn is_unopened(found: &Found) -> bool {
    found.secret.is_empty() || std::str::from_utf8(found.secret.reveal()).is_err()
}

type Hits<'s> = (Vec<Item<'s>>, Vec<Item<'s>>);

/// The items that fit: the unlocked ones, and the locked ones.
fn search<'s>(service: &'s SecretService, target: &Target, slot: Option<&str>) -> Result<Hits<'s>, Trouble> {
    let attributes: HashMap<&str, &str> =
        target.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let found = service.search_items(attributes).map_err(trouble)?;
    let is_meant = |item: &Item<'_>| slot.is_none_or(|slot| slot_of(&item.path) == slot);
    let meant = |items: Vec<Item<'s>>| items.into_iter().filter(is_meant).collect();
    Ok((meant(found.unlocked), meant(found.locked)))
}

fn unlock_default(service: &SecretService, prompts: Prompts) -> Result<(), Trouble> {
    let collection = service.get_default_collection().map_err(trouble)?;
    if !collection.is_locked().map_err(trouble)? {
        return Ok(());
    }
    refuse_locked(prompts)?;
    collection.unlock().map_err(trouble)
}

fn refuse_locked(prompts: Prompts) -> Result<(), Trouble> {
    match prompts {
        Prompts::Never => Err(Trouble::Locked),
        Prompts::Allowed => Ok(()),
    }
}

fn read(item: &Item<'_>) -> Result<Found, Trouble> {
    let modified = item.get_modified().map_err(trouble)?;
    let secret = item.get_secret().map(SecretBytes::new).map_err(trouble)?;
    Ok(Found { path: item.path.to_string(), secret, modified })
}

/// Nothing fits: what was looked for, and which items look like caches.
fn nothing(service: &SecretService, target: &Target) -> Trouble {
    let collections = service.get_all_collections().unwrap_or_default();
    let items = collections.iter().flat_map(|collection| collection.get_all_items().unwrap_or_default());
    let of = |item: Item<'_>| {
        let attributes: BTreeMap<String, String> = item.get_attributes().ok()?.into_iter().collect();
        let label = item.get_label().unwrap_or_default();
        looks_like_a_cache(&label, &attributes).then(|| place_of(attributes, slot_of(&item.path)).to_string())
    };
    let others = items.filter_map(|item| of(Item::new(service, item.path))).take(OTHERS).collect();
    Trouble::NoItem { searched: target.words(), others }
}

fn several<'s>(items: impl Iterator<Item = Item<'s>>) -> Trouble {
    let place = |item: Item<'_>| {
        let attributes = item.get_attributes().unwrap_or_default().into_iter().collect();
        place_of(attributes, slot_of(&item.path)).to_string()
    };
    Trouble::SeveralItems { candidates: items.map(place).collect() }
}

/// `login/3` of `/org/freedesktop/secrets/collection/login/3`.
fn slot_of(path: &str) -> &str {
    path.split_once("/collection/").map_or(path, |(_, slot)| slot)
}

/// What an error of the bus means.
fn trouble(error: Error) -> Trouble {
    match error {
        Error::Prompt => Trouble::Dismissed,
        Error::NoResult => Trouble::NoCollection,
        Error::Locked => Trouble::Locked,
        Error::Unavailable => Trouble::NoService,
        // The secret was sealed with another key.
        Error::Crypto(_) => Trouble::NoCommonKey,
        Error::Dbus(error) => named(error.name().unwrap_or_default(), error.message().unwrap_or_default()),
        error @ (Error::Path(_) | Error::Parse | Error::UnsupportedSecretFormat | _) => {
            Trouble::Other(error.to_string())
        }
    }
}

/// What `KWallet` says where it cannot open or seal a secret with the key of a session, and where ours is a byte short
/// (`kwalletfreedesktopitem.cpp`, `kwalletfreedesktopservice.cpp`): there is no name for it.
const OTHER_KEY: [&str; 2] = ["Can't find session", "Client public key size is invalid"];

/// The names are those of the D-Bus and Secret Service specifications.
fn named(name: &str, message: &str) -> Trouble {
    match name.rsplit_once('.').map_or(name, |(_, last)| last) {
        "NoReply" | "Timeout" | "TimedOut" => Trouble::Hangs { seconds: 2 },
        "ServiceUnknown" | "NameHasNoOwner" | "ExecFailed" | "ChildExited" | "ServiceNotFound" => Trouble::NoService,
        "NoServer" | "FileNotFound" | "NotSupported" | "BadAddress" | "Disconnected" | "AuthFailed" | "NoNetwork" => {
            Trouble::NoBus
        }
        "IsLocked" => Trouble::Locked,
        "NoSession" => Trouble::NoCommonKey,
        _ if OTHER_KEY.iter().any(|words| message.starts_with(words)) => Trouble::NoCommonKey,
        _ => Trouble::Other(message.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_key_opened_is_written_over() {
        let is = |secret: &[u8]| {
            is_unopened(&Found { path: String::new(), secret: SecretBytes::new(secret.to_vec()), modified: 0 })
        };

        assert!(is(b"") && is(b"\x9f\xe3\x01\xff"));
        assert!(!is(b"{}") && !is("{\"é\":1}".as_bytes()));
    }

    #[test]
    fn where_the_keys_differ_it_is_asked_again_over_new_connections_a_few_times() {
        let differs = named("org.freedesktop.DBus.Error.UnknownObject", "Can't find session /org/session/2");

        let said: Vec<After> = (1..=SESSIONS).map(|sessions| after(Some(&differs), sessions)).collect();

        assert_eq!(said, [After::Again, After::Again, After::Dropped]);
        let short = named("org.freedesktop.DBus.Error.InvalidArgs", "Client public key size is invalid");
        assert_eq!(short, Trouble::NoCommonKey);
        assert_eq!(named("org.freedesktop.Secret.Error.NoSession", ""), Trouble::NoCommonKey);
        assert_eq!(after(Some(&Trouble::Locked), 1), After::Kept);
        assert_eq!(after(Some(&Trouble::Hangs { seconds: 2 }), 1), After::Dropped);
        assert_eq!(after(None, 1), After::Kept);
    }
}
