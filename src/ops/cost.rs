//! What a cache costs the apps that use it, and what makes it grow: counted in entries and bytes, not in time.
//! How each runtime works is in its sources; a figure here is what stands in this cache.

use std::collections::HashMap;

use super::alike;
use super::summary::size;
use crate::cache::{Cache, Claims, Dialect, Roster, Row, Section, State, claims, names};
use crate::json::EntrySpot;
use crate::time::UnixSeconds;

/// Tokens that one app got for itself in one tenant, above which its cache grows rather than works.
const MANY_APP_ONLY: usize = 20;
/// Tokens of extended keys for one client, above which sessions pile up.
const MANY_EXTENDED: usize = 5;
/// A token longer than this carries lists.
const HEAVY: usize = 4096;
/// How many heavy tokens are decoded, and how many of the largest entries are named.
const DECODED: usize = 200;
const LARGEST: usize = 3;

/// What a cache costs.
#[derive(Clone, Debug)]
pub struct Cost {
    /// The runtime that wrote the cache.
    pub dialect: Dialect,
    /// The bytes that every load reads, and every write writes.
    pub bytes: usize,
    /// The access tokens that a look-up walks when no key fits.
    pub access_tokens: usize,
    /// The access tokens that have expired.
    pub expired: Pile,
    /// What makes the cache grow.
    pub suspects: Vec<Suspect>,
    /// The largest entries, the first the largest.
    pub largest: Vec<Large>,
}

/// Entries and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pile {
    /// How many.
    pub entries: usize,
    /// How large.
    pub bytes: usize,
}

/// Entries that make a cache grow, and how they are taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// What sort of growth.
    pub cause: Growth,
    /// Whose: a client and tenant, a resource; empty where it is the whole cache's.
    pub of: String,
    /// The entries.
    pub pile: Pile,
    /// The command, without the program and the place, and its options.
    pub command: Option<(&'static str, Vec<String>)>,
}

/// Why a cache grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Growth {
    /// Nobody searched here, so nobody purged what has expired.
    Expired,
    /// Many tokens that one app got for itself in one tenant.
    AppOnly,
    /// A token for each session of an agent, or each path (`atext` keys).
    Extended,
    /// Several tokens for the same.
    Duplicates,
    /// Tokens with long lists of groups or roles.
    Heavy,
}

impl Growth {
    /// The word in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::AppOnly => "app-only",
            Self::Extended => "extended-keys",
            Self::Duplicates => "duplicates",
            Self::Heavy => "heavy-tokens",
        }
    }
}

/// A large entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Large {
    /// Where it stands.
    pub spot: EntrySpot,
    /// What it is: "AccessToken Microsoft Graph".
    pub title: String,
    /// Its bytes.
    pub bytes: usize,
}

/// The cost of `cache`, whose roster is `roster`, at `now`.
#[must_use]
pub fn cost(cache: &Cache<'_>, roster: &Roster, now: UnixSeconds) -> Cost {
    let weighed: Vec<(&Row, usize)> = roster.rows.iter().map(|row| (row, size(cache.document(), row))).collect();
    let tokens: Vec<(&Row, usize)> =
        weighed.iter().filter(|(row, _)| row.section == Section::AccessToken).copied().collect();
    let expired = Pile::of(tokens.iter().filter(|(row, _)| row.state(now) == State::Expired));
    let mut suspects: Vec<Suspect> = (expired.entries > 0).then(|| purge(expired)).into_iter().collect();
    suspects.extend(app_only(roster, &tokens));
    suspects.extend(extended(&tokens));
    suspects.extend(duplicates(cache, roster, &tokens));
    suspects.extend(heavy(cache, &tokens));
    Cost {
        dialect: roster.dialect,
        bytes: cache.document().len(),
        access_tokens: tokens.len(),
        expired,
        suspects,
        largest: largest(weighed),
    }
}

impl Pile {
    fn of<'r>(rows: impl Iterator<Item = &'r (&'r Row, usize)>) -> Self {
        rows.fold(Self::default(), |pile, (_, bytes)| Self { entries: pile.entries + 1, bytes: pile.bytes + bytes })
    }

    fn add(&mut self, bytes: usize) {
        self.entries += 1;
        self.bytes += bytes;
    }
}

fn purge(pile: Pile) -> Suspect {
    Suspect { cause: Growth::Expired, of: String::new(), pile, command: Some(("prune", words(&["--expired"]))) }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Piles by key, the largest first.
fn piles<K: std::hash::Hash + Eq + Ord>(found: impl Iterator<Item = (K, usize)>) -> Vec<(K, Pile)> {
    let mut piles: HashMap<K, Pile> = HashMap::new();
    for (key, bytes) in found {
        piles.entry(key).or_default().add(bytes);
    }
    let mut piles: Vec<(K, Pile)> = piles.into_iter().collect();
    piles.sort_by(|(a, pile), (b, other)| other.bytes.cmp(&pile.bytes).then_with(|| a.cmp(b)));
    piles
}

/// Apps with many tokens of their own in one tenant.
fn app_only(roster: &Roster, tokens: &[(&Row, usize)]) -> Vec<Suspect> {
    let own = tokens.iter().filter(|(row, _)| row.is_app_only());
    let found = piles(own.clone().map(|(row, bytes)| (client_and_tenant(row), *bytes)));
    let many = found.into_iter().filter(|(_, pile)| pile.entries >= MANY_APP_ONLY);
    let suspect = |((client, tenant), pile): ((&str, &str), Pile)| {
        let row = own.clone().map(|(row, _)| *row).find(|row| client_and_tenant(row) == (client, tenant));
        let (app, short) = row.map(|row| (row.client_name(), roster.tenant_name(row))).unwrap_or_default();
        let command = words(&["--app-only", "--client", client, "--tenant", tenant]);
        Suspect { cause: Growth::AppOnly, of: format!("{app} in {short}"), pile, command: Some(("prune", command)) }
    };
    many.map(suspect).collect()
}

fn client_and_tenant(row: &Row) -> (&str, &str) {
    (row.client_id.as_deref().unwrap_or(""), row.realm.as_deref().unwrap_or(""))
}

/// Clients with many tokens under extended keys: what has expired of them is of no use to any session.
fn extended(tokens: &[(&Row, usize)]) -> Vec<Suspect> {
    let is_extended = |row: &Row| row.key.to_ascii_lowercase().contains("-atext-");
    let found = tokens.iter().filter(|(row, _)| is_extended(row));
    let found = piles(found.map(|(row, bytes)| (row.client_id.as_deref().unwrap_or(""), *bytes)));
    let many = found.into_iter().filter(|(_, pile)| pile.entries >= MANY_EXTENDED);
    let suspect = |(client, pile): (&str, Pile)| {
        let of = names::client(client).unwrap_or(client).to_owned();
        let command = Some(("prune", words(&["--expired", "--client", client])));
        Suspect { cause: Growth::Extended, of, pile, command }
    };
    many.map(suspect).collect()
}

/// Tokens beside another one for the same, of the same spelling.
fn duplicates(cache: &Cache<'_>, roster: &Roster, tokens: &[(&Row, usize)]) -> Option<Suspect> {
    let sizes: HashMap<EntrySpot, usize> = tokens.iter().map(|(row, bytes)| (row.spot, *bytes)).collect();
    let mut pile = Pile::default();
    for twins in alike(cache, roster).into_iter().flatten() {
        twins.iter().skip(1).filter_map(|spot| sizes.get(spot)).for_each(|bytes| pile.add(*bytes));
    }
    let command = Some(("doctor", words(&["--rule", "duplicate-access-token"])));
    (pile.entries > 0).then(|| Suspect { cause: Growth::Duplicates, of: String::new(), pile, command })
}

/// Long tokens with lists of groups or roles in them.
fn heavy(cache: &Cache<'_>, tokens: &[(&Row, usize)]) -> Option<Suspect> {
    let mut long: Vec<&(&Row, usize)> = tokens.iter().filter(|(_, bytes)| *bytes > HEAVY).collect();
    long.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let mut most = 0;
    let with_lists = long.iter().take(DECODED).filter(|(row, _)| {
        let secret = cache.entry(row.spot).and_then(|entry| entry.secret());
        let Some(secret) = secret.filter(|secret| secret.len() > HEAVY) else { return false };
        let items = listed_items(&claims::of_token(&secret));
        most = most.max(items);
        items > 0
    });
    let pile = Pile::of(with_lists.copied());
    let of = format!("up to {most} groups and roles in one");
    (pile.entries > 0).then_some(Suspect { cause: Growth::Heavy, of, pile, command: None })
}

fn listed_items(claims: &Claims) -> usize {
    let count = |name: &str| {
        let items: Option<Vec<serde::de::IgnoredAny>> = claims.get(name).and_then(|raw| serde_json::from_str(raw).ok());
        items.map_or(0, |items| items.len())
    };
    ["groups", "roles", "wids"].into_iter().map(count).sum()
}

fn largest(mut weighed: Vec<(&Row, usize)>) -> Vec<Large> {
    weighed.sort_by(|(a, bytes), (b, others)| others.cmp(bytes).then_with(|| a.spot.cmp(&b.spot)));
    let large = |(row, bytes): &(&Row, usize)| Large {
        spot: row.spot,
        title: format!("{} {}", row.section_name, row.title()),
        bytes: *bytes,
    };
    weighed.iter().take(LARGEST).map(large).collect()
}
