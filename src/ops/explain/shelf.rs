//! The sections of a cache as a runtime has them in memory: of equal keys the last value stands, in the place of the
//! first. Says which faults raise while the file is read.

use std::borrow::Cow;

use super::answer::{Named, Raise};
use super::rules::{Load, Numbers};
use super::value;
use crate::cache::{Cache, Entry, QuickMap, Section, Written};
use crate::json::{Kind, SectionSpot};
use crate::threads::both;

/// One section.
#[derive(Default)]
pub(super) struct Shelf<'d> {
    /// The entries, in order.
    pub(super) held: Vec<Held<'d>>,
    by_key: QuickMap<Cow<'d, str>, usize>,
}

/// One entry.
pub(super) struct Held<'d> {
    /// Its key.
    pub(super) key: Cow<'d, str>,
    /// What its section holds.
    pub(super) section: Section,
    /// Its fields.
    pub(super) entry: Entry<'d>,
    /// What its value is.
    pub(super) kind: Kind,
}

impl Held<'_> {
    /// The entry by its names.
    pub(super) fn named(&self) -> Named {
        Named {
            spot: self.entry.spot(),
            section: self.entry.section_name().into_owned(),
            key: self.key.clone().into_owned(),
        }
    }

    /// Of which section it is, and under which key: "AccessToken entry k".
    pub(super) fn title(&self) -> String {
        format!("{} entry {}", self.entry.section_name(), self.key)
    }
}

impl<'d> Shelf<'d> {
    /// The entry that stands under `key`.
    pub(super) fn at_key(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// The entry number `at`.
    pub(super) fn get(&self, at: usize) -> Option<&Held<'d>> {
        self.held.get(at)
    }

    /// The names of the entry number `at`.
    pub(super) fn named(&self, at: usize) -> Option<Named> {
        self.get(at).map(Held::named)
    }

    fn put(&mut self, held: Held<'d>) {
        match self.by_key.get(&held.key).and_then(|at| self.held.get_mut(*at)) {
            Some(place) => *place = held,
            None => {
                self.by_key.insert(held.key.clone(), self.held.len());
                self.held.push(held);
            }
        }
    }
}

/// The five sections.
pub(super) struct Shelves<'d> {
    /// Access tokens.
    pub(super) access: Shelf<'d>,
    /// Refresh tokens.
    pub(super) refresh: Shelf<'d>,
    /// Id tokens.
    pub(super) identity: Shelf<'d>,
    /// Accounts.
    pub(super) accounts: Shelf<'d>,
    /// What is known of clients.
    pub(super) metadata: Shelf<'d>,
}

impl<'d> Shelves<'d> {
    /// The sections of `cache`.
    ///
    /// # Errors
    /// What a runtime that reads it so would raise.
    pub(super) fn read(cache: &Cache<'d>, load: Load) -> Result<Self, Raise> {
        let named = |name| shelf(cache, name, load);
        let access = || named("AccessToken");
        let others = || (named("RefreshToken"), named("IdToken"), named("Account"), named("AppMetadata"));
        let document = cache.document();
        let is_large = document.sections().map(|section| document.entry_count(section)).sum::<usize>() >= WORTH_TWO;
        let (others, access) = if is_large { both(others, access) } else { (others(), access()) };
        // The first fault is told.
        let access = access?;
        let (refresh, identity, accounts, metadata) = others;
        Ok(Self { access, refresh: refresh?, identity: identity?, accounts: accounts?, metadata: metadata? })
    }
}

/// From so many entries on, two threads are quicker than one.
const WORTH_TWO: usize = 4000;

fn shelf<'d>(cache: &Cache<'d>, name: &str, load: Load) -> Result<Shelf<'d>, Raise> {
    let document = cache.document();
    let mut places: Vec<SectionSpot> =
        document.sections().filter(|spot| document.section_name(*spot) == name).collect();
    if load != Load::Merged {
        // Of two members with one name a parser keeps the last.
        places = places.pop().into_iter().collect();
    }
    let mut shelf = Shelf::default();
    for place in places {
        let kind = document.section_node(place).map_or(Kind::Object, |node| node.kind());
        is_readable(name, kind, load)?;
        shelf.held.reserve(document.entry_count(place));
        shelf.by_key.reserve(document.entry_count(place));
        for spot in document.entries(place) {
            let (Some(entry), Some(node)) = (cache.entry(spot), document.node(spot)) else { continue };
            let held = Held { key: document.key(spot), section: entry.section(), entry, kind: node.kind() };
            entry_fault(&held, load).map_or(Ok(()), |fault| Err(Raise(fault)))?;
            shelf.put(held);
        }
    }
    Ok(shelf)
}

fn is_readable(name: &str, kind: Kind, load: Load) -> Result<(), Raise> {
    let raises = match (kind, load) {
        (Kind::Object, _) | (Kind::Null, Load::Mapped | Load::Typed | Load::Strict | Load::Merged) => false,
        (Kind::Array, Load::Mapped) => false,
        (Kind::Null, Load::Lazy) => true,
        (Kind::Array | Kind::String | Kind::Number | Kind::Bool, _) => true,
    };
    if raises { Err(Raise(format!("the section {name} is no object"))) } else { Ok(()) }
}

/// What reading the entry raises, before anyone asks for anything.
fn entry_fault(held: &Held<'_>, load: Load) -> Option<String> {
    // Of many entries few have a fault: the others are not put into words.
    let title = || held.title();
    match load {
        Load::Lazy => None,
        Load::Mapped => (held.kind == Kind::Null).then(|| format!("TypeError: {} is null", title())),
        Load::Merged => {
            let fits = matches!(held.kind, Kind::Object | Kind::Null);
            (!fits).then(|| format!("MsalClientException: {} is no object", title()))
        }
        Load::Typed | Load::Strict if held.kind != Kind::Object => Some(format!("{} is no object", title())),
        Load::Typed => typed_fault(held),
        Load::Strict => {
            let number = TIMES.iter().find(|name| matches!(held.entry.written(name), Written::Number(_)));
            number.map(|name| format!("InvalidOperationException: {name} of {} is a number, not a text", title()))
        }
    }
}

/// Members that hold a time.
const TIMES: [&str; 4] = ["expires_on", "extended_expires_on", "cached_at", "refresh_on"];

/// Members that Go's types know as text, in any section.
const TEXTS: [&str; 16] = [
    "home_account_id",
    "environment",
    "realm",
    "credential_type",
    "client_id",
    "secret",
    "target",
    "user_assertion_hash",
    "token_type",
    "keyid",
    "ext_cache_key",
    "family_id",
    "local_account_id",
    "authority_type",
    "username",
    "name",
];

fn typed_fault(held: &Held<'_>) -> Option<String> {
    let times = if held.section == Section::AccessToken { &TIMES[..] } else { &[] };
    let bad_time = times.iter().find(|name| {
        let written = held.entry.written(name);
        written.is_there() && !matches!(value::number(Numbers::Go, &written), Ok(Some(_)))
    });
    if let Some(name) = bad_time {
        return Some(format!("unix time: {name} of {} is no whole number", held.title()));
    }
    let bad_text = TEXTS.iter().find(|name| knows(held.section, name) && !is_text(&held.entry.written(name)));
    bad_text.map(|name| format!("json: {name} of {} is no text", held.title()))
}

fn is_text(written: &Written<'_>) -> bool {
    matches!(written, Written::Absent | Written::Null | Written::Text(_) | Written::Hidden)
}

/// Whether Go's type for `section` has the member: what it does not have it keeps as it is.
fn knows(section: Section, name: &str) -> bool {
    let shared = ["home_account_id", "environment", "user_assertion_hash"].contains(&name);
    match section {
        Section::AccessToken => {
            !["family_id", "local_account_id", "authority_type", "username", "name"].contains(&name)
        }
        Section::RefreshToken => {
            shared || ["credential_type", "client_id", "family_id", "secret", "realm", "target"].contains(&name)
        }
        Section::IdToken => shared || ["realm", "credential_type", "client_id", "secret"].contains(&name),
        Section::Account => {
            shared || ["realm", "local_account_id", "authority_type", "username", "name"].contains(&name)
        }
        Section::AppMetadata => ["family_id", "client_id", "environment"].contains(&name),
        Section::Other => false,
    }
}
