//! What to do when a keyring does not give or take a cache, in words for both faces.

use crate::source::KeyringTrouble;

/// The stable word for it in JSON.
#[must_use]
pub fn name(trouble: &KeyringTrouble) -> &'static str {
    match trouble {
        KeyringTrouble::NoBus => "no-bus",
        KeyringTrouble::BusClosed => "bus-closed",
        KeyringTrouble::Elevated { .. } => "elevated",
        KeyringTrouble::NoService => "no-keyring",
        KeyringTrouble::NoCollection => "no-collection",
        KeyringTrouble::Locked => "keyring-locked",
        KeyringTrouble::Dismissed => "prompt-dismissed",
        KeyringTrouble::NoItem { .. } => "no-item",
        KeyringTrouble::SeveralItems { .. } => "several-items",
        KeyringTrouble::Hangs { .. } => "keyring-hangs",
        KeyringTrouble::NoCommonKey => "keyring-key",
        KeyringTrouble::Other(_) => "keyring",
    }
}

/// It in a word or two, for a title.
#[must_use]
pub fn short(trouble: &KeyringTrouble) -> &'static str {
    match trouble {
        KeyringTrouble::NoBus => "no bus",
        KeyringTrouble::BusClosed => "closed bus",
        KeyringTrouble::Elevated { .. } => "run by sudo",
        KeyringTrouble::NoService => "no keyring",
        KeyringTrouble::NoCollection => "empty keyring",
        KeyringTrouble::Locked => "locked",
        KeyringTrouble::Dismissed => "dismissed",
        KeyringTrouble::NoItem { .. } => "no such item",
        KeyringTrouble::SeveralItems { .. } => "several items",
        KeyringTrouble::Hangs { .. } => "no answer",
        KeyringTrouble::NoCommonKey => "no common key",
        KeyringTrouble::Other(_) => "refused",
    }
}

/// What to do about a trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// A sentence without a period; empty if there is nothing to do.
    pub says: &'static str,
    /// Places, as a shell takes them, that belong to it.
    pub places: Vec<String>,
}

/// What to do about `trouble`.
#[must_use]
pub fn advice(trouble: &KeyringTrouble) -> Advice {
    let says = match trouble {
        KeyringTrouble::NoBus => {
            "run it in the desktop session; over ssh, as another user or in a container, \
             DBUS_SESSION_BUS_ADDRESS must name that session's bus"
        }
        KeyringTrouble::BusClosed => "run it as the user whose session DBUS_SESSION_BUS_ADDRESS names",
        KeyringTrouble::Elevated { .. } => "run it without sudo",
        KeyringTrouble::NoService => {
            "start the keyring of your desktop: gnome-keyring-daemon --start --components=secrets, or KWallet"
        }
        KeyringTrouble::NoCollection => "the first app that keeps a secret makes one: sign in with the app once",
        KeyringTrouble::Locked => {
            "unlock it in the desktop, or run this at a terminal and not read-only: then it asks for its password"
        }
        KeyringTrouble::Dismissed => "run it again and answer the keyring's question",
        KeyringTrouble::NoItem { others, .. } if others.is_empty() => {
            "no item looks like a token cache: the app keeps its cache in a file, or nobody has signed in yet"
        }
        KeyringTrouble::NoItem { .. } => "items that look like token caches lie at",
        KeyringTrouble::SeveralItems { .. } => "name the one that is meant",
        KeyringTrouble::Hangs { .. } => {
            "look whether the keyring waits for an answer somewhere, or restart it; nothing was changed"
        }
        KeyringTrouble::NoCommonKey => "try again; if it stays so, restart the keyring",
        KeyringTrouble::Other(_) => "",
    };
    Advice { says, places: places(trouble).iter().map(|place| quoted(place)).collect() }
}

fn places(trouble: &KeyringTrouble) -> &[String] {
    match trouble {
        KeyringTrouble::NoItem { others, .. } => others,
        KeyringTrouble::SeveralItems { candidates } => candidates,
        KeyringTrouble::NoBus
        | KeyringTrouble::BusClosed
        | KeyringTrouble::Elevated { .. }
        | KeyringTrouble::NoService
        | KeyringTrouble::NoCollection
        | KeyringTrouble::Locked
        | KeyringTrouble::Dismissed
        | KeyringTrouble::Hangs { .. }
        | KeyringTrouble::NoCommonKey
        | KeyringTrouble::Other(_) => &[],
    }
}

/// A place as a shell takes it.
fn quoted(place: &str) -> String {
    match place.contains(['&', '#', '?', ' ', '*', '$']) {
        true => format!("'{}'", place.replace('\'', "'\\''")),
        false => place.to_owned(),
    }
}
