//! The keys and words of the language, in one table: parser, printer and completion read it.

use super::{Clock, Field, Flag};
use crate::cache::Section;

/// What a key leads to.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Kind,
    Text(Field),
    Time(Clock),
}

/// The keys; of several for one thing the first is printed.
const KEYS: [(&str, Key, &str); 12] = [
    ("type", Key::Kind, "kind of entry: at, rt, id, account, app"),
    ("account", Key::Text(Field::Account), "user name, name or home account id"),
    ("user", Key::Text(Field::Account), "the same as account"),
    ("tenant", Key::Text(Field::Tenant), "name or id of the tenant"),
    ("client", Key::Text(Field::Client), "name or id of the app"),
    ("aud", Key::Text(Field::Audience), "resource of an access token"),
    ("resource", Key::Text(Field::Audience), "the same as aud"),
    ("scope", Key::Text(Field::Scope), "scope of a token"),
    ("env", Key::Text(Field::Host), "host of the authority"),
    ("realm", Key::Text(Field::Realm), "id of the tenant alone"),
    ("expires", Key::Time(Clock::Expires), "time left: expires<15m, expires>2h, expires<2026-11-22"),
    ("cached", Key::Time(Clock::Cached), "age: cached>7d, cached<2026-11-22"),
];

/// The words that ask for a state; of several for one state the first is printed.
const FLAGS: [(&str, Flag, &str); 6] = [
    ("expired", Flag::Expired, "access tokens that have expired"),
    ("expiring", Flag::Expiring, "access tokens with 15 minutes or less"),
    ("orphan", Flag::Orphan, "credentials whose account is not in the cache"),
    ("orphans", Flag::Orphan, "the same as orphan"),
    ("apponly", Flag::AppOnly, "access tokens that apps got for themselves"),
    ("app-only", Flag::AppOnly, "the same as apponly"),
];

/// The kinds of `type:`; of several names for one the first is printed.
const KINDS: [(&str, Section); 8] = [
    ("at", Section::AccessToken),
    ("rt", Section::RefreshToken),
    ("id", Section::IdToken),
    ("account", Section::Account),
    ("acct", Section::Account),
    ("app", Section::AppMetadata),
    ("other", Section::Other),
    ("?", Section::Other),
];

/// Before the name of a claim.
pub(super) const CLAIM: &str = "claim.";

/// A word to begin a term with, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// `tenant:`, `expired`.
    pub word: &'static str,
    /// What it asks for.
    pub help: &'static str,
}

/// Every beginning of a term.
#[must_use]
pub fn hints() -> Vec<Hint> {
    const HEADS: [&str; 12] = [
        "type:",
        "account:",
        "user:",
        "tenant:",
        "client:",
        "aud:",
        "resource:",
        "scope:",
        "env:",
        "realm:",
        "expires<",
        "cached>",
    ];
    let keys = HEADS.into_iter().zip(KEYS).map(|(word, (_, _, help))| Hint { word, help });
    let flags = FLAGS.into_iter().map(|(word, _, help)| Hint { word, help });
    let claim = Hint { word: CLAIM, help: "what a token says: claim.oid:, claim.roles=" };
    keys.chain([claim]).chain(flags).filter(|hint| !hint.help.starts_with("the same")).collect()
}

pub(super) fn key(name: &str) -> Option<Key> {
    KEYS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, key, _)| *key)
}

pub(super) fn flag(word: &str) -> Option<Flag> {
    FLAGS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(word)).map(|(_, flag, _)| *flag)
}

pub(super) fn kind(name: &str) -> Option<Section> {
    KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, section)| *section)
}

pub(super) fn field_name(field: Field) -> &'static str {
    name_of(|key| matches!(key, Key::Text(known) if *known == field))
}

pub(super) fn clock_name(clock: Clock) -> &'static str {
    name_of(|key| matches!(key, Key::Time(known) if *known == clock))
}

fn name_of(is: impl Fn(&Key) -> bool) -> &'static str {
    KEYS.iter().find(|(_, key, _)| is(key)).map_or("", |(name, ..)| name)
}

pub(super) fn flag_name(flag: Flag) -> &'static str {
    FLAGS.iter().find(|(_, known, _)| *known == flag).map_or("", |(name, ..)| name)
}

pub(super) fn kind_name(section: Section) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == section).map_or("", |(name, _)| name)
}
