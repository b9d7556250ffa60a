//! One cache for each account, as libraries keep them that have one cache per user. Each entry goes to whom it belongs,
//! byte for byte, and what belongs to nobody into a cache of its own. Names no file and writes none.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::export::is_redacted;
use super::gather::{self, Chapter};
use super::import::by_key;
use crate::cache::{Cache, Entry, Field, Section, environment};
use crate::json::{Document, EntrySpot, ParseError, SectionSpot};

/// Whose cache a part is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// An account, in all tenants and clouds.
    Account {
        /// `uid.utid`, in lower case.
        home_account_id: String,
    },
    /// An app with its own tokens, in one tenant.
    App {
        /// The application, in lower case.
        client_id: String,
        /// The tenant, in lower case.
        realm: String,
    },
    /// Nobody: unknown sections, and what says of no account and no app that it is theirs.
    Nobody,
}

/// One of the caches.
#[derive(Clone, Debug)]
pub struct Part {
    /// Whose it is.
    pub owner: Owner,
    /// The name to sign in with, if an Account entry says it.
    pub username: Option<String>,
    /// How many entries it has.
    pub entries: usize,
    /// The cache.
    pub document: Document,
}

/// Why there are no parts.
#[derive(Debug, thiserror::Error)]
pub enum PartitionError {
    /// The cache is a redacted export.
    #[error("it is a redacted export: its tokens are none")]
    Redacted,
    /// A section stands twice, of which apps read one alone: parts could not tell which.
    #[error("the section {0} stands there twice")]
    Twice(String),
    /// A section has no entries to give away.
    #[error("the section {0} is no object")]
    NotAnObject(String),
    /// A section is named by half a character, which could not be written again.
    #[error("the name of a section is no text")]
    Unnamed,
    /// A part would be no cache: a fault of ours.
    #[error("the entries cannot be cut out of the cache")]
    Cut(#[from] ParseError),
}

/// The parts of `cache`, the accounts first. Metadata of an app goes to everybody who has tokens of it.
///
/// # Errors
/// A cache that cannot be parted without loss.
pub fn partition(cache: &Cache<'_>) -> Result<Vec<Part>, PartitionError> {
    let document = cache.document();
    refuse(document)?;
    let mut shares = Shares { cache, of: BTreeMap::new(), apps: BTreeMap::new() };
    for section in document.sections() {
        shares.give(section);
    }
    // Who has tokens of an app is known only now.
    document.sections().filter(|section| kind(document, *section) == Section::AppMetadata).for_each(|section| {
        shares.give_metadata(section);
    });
    shares.of.iter().map(|(owner, spots)| part(cache, owner, spots)).collect()
}

fn refuse(document: &Document) -> Result<(), PartitionError> {
    if is_redacted(document) {
        return Err(PartitionError::Redacted);
    }
    let mut seen = BTreeSet::new();
    for section in document.sections() {
        let name = document.section_name(section);
        if name.contains(char::REPLACEMENT_CHARACTER) {
            return Err(PartitionError::Unnamed);
        }
        if kind(document, section) != Section::Other && !gather::is_object(document, section) {
            return Err(PartitionError::NotAnObject(name.into_owned()));
        }
        if !seen.insert(name.clone()) {
            return Err(PartitionError::Twice(name.into_owned()));
        }
    }
    Ok(())
}

fn kind(document: &Document, section: SectionSpot) -> Section {
    Section::named(&document.section_name(section))
}

/// Who gets what.
struct Shares<'a> {
    cache: &'a Cache<'a>,
    of: BTreeMap<Owner, BTreeSet<EntrySpot>>,
    /// The owners with tokens of each application.
    apps: BTreeMap<String, Vec<(Owner, String)>>,
}

impl Shares<'_> {
    fn give(&mut self, section: SectionSpot) {
        let document = self.cache.document();
        match kind(document, section) {
            Section::AppMetadata => {}
            Section::Other => self.of.entry(Owner::Nobody).or_default().extend(document.entries(section)),
            Section::AccessToken | Section::RefreshToken | Section::IdToken | Section::Account => {
                for (_, spots) in by_key(document, document.entries(section)) {
                    self.give_key(spots);
                }
            }
        }
        if document.entry_count(section) == 0 {
            self.of.entry(Owner::Nobody).or_default();
        }
    }

    /// Members of one name stay together: the last, which apps read, says whose they are.
    fn give_key(&mut self, spots: Vec<EntrySpot>) {
        let entry = spots.last().and_then(|spot| self.cache.entry(*spot));
        let owner = entry.as_ref().map_or(Owner::Nobody, owner);
        if let Some(entry) = entry.filter(|entry| entry.section().is_credential()) {
            let host = entry.text(Field::Environment).unwrap_or_default().into_owned();
            let having = self.apps.entry(client(&entry)).or_default();
            if !having.contains(&(owner.clone(), host.clone())) {
                having.push((owner.clone(), host));
            }
        }
        self.of.entry(owner).or_default().extend(spots);
    }

    fn give_metadata(&mut self, section: SectionSpot) {
        let document = self.cache.document();
        for (_, spots) in by_key(document, document.entries(section)) {
            let entry = spots.last().and_then(|spot| self.cache.entry(*spot));
            let owners = entry.map(|entry| self.users_of(&entry)).unwrap_or_default();
            let owners = if owners.is_empty() { vec![Owner::Nobody] } else { owners };
            for owner in owners {
                self.of.entry(owner).or_default().extend(&spots);
            }
        }
    }

    /// Who has tokens of the app that `metadata` is about, in its cloud.
    fn users_of(&self, metadata: &Entry<'_>) -> Vec<Owner> {
        let host = metadata.text(Field::Environment).unwrap_or_default();
        let having = self.apps.get(&client(metadata)).into_iter().flatten();
        let near = having.filter(|(owner, other)| *owner != Owner::Nobody && environment::same_cloud(&host, other));
        near.map(|(owner, _)| owner.clone()).collect()
    }
}

fn owner(entry: &Entry<'_>) -> Owner {
    let lower = |field| entry.text(field).unwrap_or_default().to_lowercase();
    match lower(Field::HomeAccountId) {
        id if !id.is_empty() => Owner::Account { home_account_id: id },
        _ if entry.is_app_only() => Owner::App { client_id: client(entry), realm: lower(Field::Realm) },
        _ => Owner::Nobody,
    }
}

fn client(entry: &Entry<'_>) -> String {
    entry.text(Field::ClientId).unwrap_or_default().to_lowercase()
}

fn part(cache: &Cache<'_>, owner: &Owner, spots: &BTreeSet<EntrySpot>) -> Result<Part, PartitionError> {
    let document = cache.document();
    let own = |section: SectionSpot| {
        let first = EntrySpot { section: section.0, entry: 0 };
        let behind = EntrySpot { section: section.0 + 1, entry: 0 };
        spots.range(first..behind).copied().collect::<Vec<_>>()
    };
    let chapter = |section| Chapter { section, entries: own(section) };
    // What has no entries stays with what belongs to nobody: nothing is lost.
    let stays = |chapter: &Chapter| {
        !chapter.entries.is_empty() || (*owner == Owner::Nobody && document.entry_count(chapter.section) == 0)
    };
    let chapters: Vec<Chapter> = document.sections().map(chapter).filter(stays).collect();
    let accounts =
        spots.iter().filter_map(|spot| cache.entry(*spot)).filter(|entry| entry.section() == Section::Account);
    let names = accounts.filter_map(|entry| entry.text(Field::Username).map(Cow::into_owned));
    let username = names.into_iter().find(|name| !name.is_empty());
    let document = gather::gather(document, &chapters)?;
    Ok(Part { owner: owner.clone(), username, entries: spots.len(), document })
}
