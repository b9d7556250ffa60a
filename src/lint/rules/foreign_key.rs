//! Entries under keys that the cache's own runtime would not build, where it looks for entries by key.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::cache::{Cache, Dialect, Entry, Field, Section, key};
use crate::json::{Change, EntrySpot, Kind, Patch};
use crate::lint::{About, Finding, Remedy, Rule, Severity, Subject, Surroundings, mend, words};

/// The rule `foreign-key`.
pub(super) struct ForeignKey;

static ABOUT: About = About {
    id: "foreign-key",
    severity: Severity::Error,
    title: "A key under which its runtime cannot find or remove the entry",
    text: include_str!("../../../assets/explain/foreign-key.md"),
    link: "https://github.com/AzureAD/microsoft-authentication-library-for-go/issues/652",
};

const WHY: &str = "under the key that its runtime builds";

impl Rule for ForeignKey {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn takes_long(&self) -> bool {
        true
    }

    fn check(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let Some(cache) = subject.cache else { return Vec::new() };
        let runtime = subject.runtime();
        let judge: fn(&Entry<'_>) -> Option<Trouble> = match runtime {
            Dialect::Python => |entry| is_foreign(entry, Dialect::Python).then_some(Trouble::KeptByPython),
            Dialect::Node => for_node,
            Dialect::Java => for_java,
            Dialect::DotNet | Dialect::Go | Dialect::Unknown => return Vec::new(),
        };
        let mut troubled: Vec<(Trouble, Vec<Entry<'_>>)> = Vec::new();
        for entry in cache.entries() {
            let Some(trouble) = judge(&entry) else { continue };
            match troubled.iter_mut().find(|(known, _)| *known == trouble) {
                Some((_, entries)) => entries.push(entry),
                None => troubled.push((trouble, vec![entry])),
            }
        }
        let told = |(trouble, entries): (Trouble, _)| {
            finding(cache, runtime, trouble, entries).graded(subject.graded(trouble.severity()))
        };
        troubled.into_iter().map(told).collect()
    }

    fn remedy(&self, surroundings: &Surroundings) -> Option<Remedy> {
        surroundings.dialect.map(Remedy::Rewrite)
    }
}

/// What a foreign key does to its runtime.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// Python reads most entries by their fields, and removes or replaces all by the key that it builds.
    KeptByPython,
    /// The key does not hold what Node looks for in it.
    MissedByNode,
    /// Node finds the entry, and writes the next one under its own key beside it.
    DoubledByNode,
    /// Java looks ID tokens up by key when it lists accounts.
    MissedByJava,
}

impl Trouble {
    fn severity(self) -> Severity {
        match self {
            Self::KeptByPython | Self::MissedByNode => Severity::Error,
            Self::DoubledByNode | Self::MissedByJava => Severity::Warning,
        }
    }

    /// What follows for so many entries.
    fn follows(self, entries: usize) -> &'static str {
        match self {
            Self::KeptByPython if entries == 1 => {
                "cannot remove or replace: a sign-out leaves it there, and an expired access token has the file written \
                 again at every search."
            }
            Self::KeptByPython => {
                "cannot remove or replace: a sign-out leaves them there, and an expired access token has the file \
                 written again at every search."
            }
            Self::MissedByNode => "cannot find, because the key lacks what it looks for.",
            Self::DoubledByNode => "does not build: it writes the next one beside it, and reads the older first.",
            Self::MissedByJava => "does not look up: the account is listed without the profile in its ID token.",
        }
    }
}

fn is_foreign(entry: &Entry<'_>, runtime: Dialect) -> bool {
    // Old MSAL Python wrote scopes as an array, of which it could build no key today.
    if entry.kind(Field::Target) == Some(Kind::Array) {
        return false;
    }
    key::follows(entry, runtime) == Some(false)
}

/// Node looks for the ids and scopes in the key before it reads the entry (`CacheManager.ts`).
fn for_node(entry: &Entry<'_>) -> Option<Trouble> {
    if !is_foreign(entry, Dialect::Node) {
        return None;
    }
    let key = entry.key().to_lowercase();
    let names = |field| entry.text(field).is_none_or(|text| key.contains(&text.to_lowercase()));
    let of_family = || entry.text(Field::FamilyId).is_some_and(|family| !family.is_empty() && key.contains(&*family));
    let is_found = match entry.section() {
        Section::AccessToken => {
            let named = [Field::HomeAccountId, Field::ClientId, Field::Realm].into_iter().all(names);
            named && entry.scopes().iter().all(|scope| key.contains(&scope.to_lowercase()))
        }
        Section::RefreshToken => names(Field::HomeAccountId) && (names(Field::ClientId) || of_family()),
        Section::IdToken => [Field::HomeAccountId, Field::ClientId, Field::Realm].into_iter().all(names),
        Section::AppMetadata => key.starts_with("appmetadata"),
        Section::Account | Section::Other => true,
    };
    Some(if is_found { Trouble::DoubledByNode } else { Trouble::MissedByNode })
}

fn for_java(entry: &Entry<'_>) -> Option<Trouble> {
    (entry.section() == Section::IdToken && is_foreign(entry, Dialect::Java)).then_some(Trouble::MissedByJava)
}

fn finding(cache: &Cache<'_>, runtime: Dialect, trouble: Trouble, entries: Vec<Entry<'_>>) -> Finding {
    let library = match runtime {
        Dialect::Python => "MSAL Python",
        Dialect::Node => "msal-node",
        Dialect::Java => "MSAL4J",
        Dialect::DotNet | Dialect::Go | Dialect::Unknown => "its runtime",
    };
    let count = words::counted(entries.len(), "entry stands under a key that", "entries stand under keys that");
    let says = format!("{count} {library} {}", trouble.follows(entries.len()));
    let spots = entries.iter().map(Entry::spot).collect();
    let fix = rekeyed(cache, runtime, entries);
    Finding::of(&ABOUT, spots, says).mended_by(fix)
}

/// Moves each entry under the key that `runtime` builds; where one stands there already, the later one stays.
fn rekeyed(cache: &Cache<'_>, runtime: Dialect, mut entries: Vec<Entry<'_>>) -> Patch {
    let mut patch = Patch::new("Move entries under the keys of their runtime");
    let document = cache.document();
    let mut taken: HashMap<(usize, String), EntrySpot> = HashMap::new();
    let moving: HashSet<EntrySpot> = entries.iter().map(Entry::spot).collect();
    let spots = document.sections().flat_map(|section| document.entries(section));
    for spot in spots.filter(|spot| !moving.contains(spot)) {
        taken.insert((spot.section, document.key(spot).into_owned()), spot);
    }
    // The latest comes first and gets the key; what wants the same key later goes.
    entries.sort_by_key(|entry| (Reverse(date(entry)), entry.spot()));
    for entry in entries {
        let Some(key) = key::build(&entry, runtime) else { continue };
        let place = (entry.spot().section, key);
        let changes: Option<Vec<Change>> = match taken.get(&place).copied() {
            None => mend::move_to(cache, &entry, &place.1, WHY).map(Vec::from),
            Some(other) if cache.entry(other).is_some_and(|other| date(&other) < date(&entry)) => {
                mend::move_over(cache, &entry, other, "later than what stands under its key").map(Vec::from)
            }
            Some(_) => Some(vec![mend::removal(cache, entry.spot(), "a twin stands under the right key")]),
        };
        patch.changes.extend(changes.unwrap_or_default());
        taken.insert(place, entry.spot());
    }
    patch
}

/// When an entry was written, as far as it says.
fn date(entry: &Entry<'_>) -> Option<i64> {
    [Field::LastModificationTime, Field::CachedAt]
        .into_iter()
        .filter_map(|field| entry.time(field))
        .map(|at| at.0)
        .max()
}
