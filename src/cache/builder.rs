//! Builds a roster from a cache's parts, in order: from the whole document at once, or from the documents that a skim
//! of a large cache gives one after another. Keeps nothing of a document but its rows and a few notes.

use std::collections::HashMap;

use super::dialect::Ballot;
use super::roster::Stranger;
use super::{Cache, Entry, Field, QuickSet, Roster, Row, Section, Shared, account};
use crate::json::EntrySpot;

/// A roster in the making.
#[derive(Default)]
pub struct RosterBuilder {
    parts: Parts,
    ballot: Ballot,
}

/// What one part of a cache gives to its roster.
pub struct RosterPart {
    shares: Vec<Share>,
    ballot: Ballot,
    strangers: Vec<Stranger>,
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) rows: Vec<Row>,
    pub(super) notes: Notes,
    pub(super) strangers: Vec<Stranger>,
}

/// Which rows have their keys: of a large cache they are the larger part, and a listing shows none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// All of them.
    All,
    /// Those that nothing but their key may tell from others; the key of any other row is empty.
    Needed,
}

/// What few entries have, by the places of their rows.
#[derive(Default)]
pub(super) struct Notes {
    /// Accounts that a broker keeps.
    pub(super) brokered: Vec<usize>,
    /// The display names of accounts.
    pub(super) shown: HashMap<usize, String>,
    /// The name of the tenant that an id token of a guest gives away.
    pub(super) hosts: HashMap<usize, String>,
}

/// A share of the rows, with what is to be noted of some.
type Share = (Vec<Row>, Vec<(usize, Note)>);

enum Note {
    Brokered,
    Shown(String),
    Host(String),
}

impl RosterPart {
    /// What `cache` gives, a part of a whole: its first section goes on with one of which `base.entry` entries or more
    /// stand before.
    #[must_use]
    pub fn of(cache: &Cache<'_>, base: EntrySpot, names: &mut Interner, keys: Keys) -> Self {
        let share = share(cache, &spots(cache), base, names, keys);
        Self::from_shares(cache, vec![share])
    }

    /// What a whole cache gives.
    pub(super) fn whole(cache: &Cache<'_>) -> Self {
        Self::from_shares(cache, read(cache, &spots(cache)))
    }

    fn from_shares(cache: &Cache<'_>, shares: Vec<(Share, Ballot)>) -> Self {
        let mut ballot = Ballot::default();
        ballot.lay_out(cache);
        let (shares, ballots): (_, Vec<_>) = shares.into_iter().unzip();
        ballots.into_iter().for_each(|one| ballot.join(one));
        let document = cache.document();
        let told =
            |spot| Stranger { name: document.section_name(spot).into_owned(), entries: document.entry_count(spot) };
        let unknown = document.sections().filter(|at| Section::named(&document.section_name(*at)) == Section::Other);
        Self { shares, ballot, strangers: unknown.map(told).collect() }
    }
}

fn spots(cache: &Cache<'_>) -> Vec<EntrySpot> {
    let document = cache.document();
    document.sections().flat_map(|section| document.entries(section)).collect()
}

impl RosterBuilder {
    /// Adds the next part: its first section goes on with the section of `base`, of which `base.entry` entries stand
    /// before.
    pub fn add(&mut self, base: EntrySpot, part: RosterPart) {
        let RosterPart { shares, ballot, strangers } = part;
        self.ballot.join(ballot);
        self.add_strangers(strangers, base);
        for (mut rows, notes) in shares {
            let first = self.parts.rows.len();
            notes.into_iter().for_each(|(at, note)| self.parts.notes.add(first + at, note));
            rows.iter_mut().for_each(|row| row.spot = behind(base, row.spot));
            if self.parts.rows.is_empty() {
                // A large share is not copied for nothing.
                self.parts.rows = rows;
            } else {
                self.parts.rows.append(&mut rows);
            }
        }
    }

    /// The roster of all that was added.
    #[must_use]
    pub fn finish(self) -> Roster {
        let dialect = self.ballot.winner();
        Roster::gather(self.parts, dialect)
    }

    /// A section that goes on was counted already, as far as it went.
    fn add_strangers(&mut self, strangers: Vec<Stranger>, base: EntrySpot) {
        let mut strangers = strangers.into_iter().peekable();
        if base.entry > 0
            && let Some(last) = self.parts.strangers.last_mut()
            && let Some(next) = strangers.next_if(|next| next.name == last.name)
        {
            last.entries += next.entries;
        }
        self.parts.strangers.extend(strangers);
    }
}

/// Where what stands at `spot` of a part stands in the whole.
fn behind(base: EntrySpot, spot: EntrySpot) -> EntrySpot {
    let before = if spot.section == 0 { base.entry } else { 0 };
    EntrySpot { section: base.section + spot.section, entry: before + spot.entry }
}

impl Notes {
    fn add(&mut self, row: usize, note: Note) {
        match note {
            Note::Brokered => self.brokered.push(row),
            Note::Shown(name) => _ = self.shown.insert(row, name),
            Note::Host(name) => _ = self.hosts.insert(row, name),
        }
    }
}

/// Below this many entries a second thread costs more than it brings.
pub(super) const WORTH_THREADS: usize = 2000;

/// The rows of all `spots`. Large caches are read by several threads: most of the time goes into hashing tokens.
fn read(cache: &Cache<'_>, spots: &[EntrySpot]) -> Vec<(Share, Ballot)> {
    let alone = |part: &[EntrySpot]| share(cache, part, EntrySpot::default(), &mut Interner::default(), Keys::All);
    if spots.len() < WORTH_THREADS {
        return vec![alone(spots)];
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let mut parts = spots.chunks(spots.len().div_ceil(threads).max(1));
        let first = parts.next().unwrap_or_default();
        let spawn = |part| std::thread::Builder::new().spawn_scoped(scope, move || alone(part));
        let others: Vec<_> = parts.map(|part| (part, spawn(part))).collect();
        let first = alone(first);
        let others = others.into_iter().map(|(part, thread)| match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // A user at the limit of processes gets no thread: then we read it ourselves.
            Err(_) => alone(part),
        });
        std::iter::once(first).chain(others).collect()
    })
}

fn share(cache: &Cache<'_>, spots: &[EntrySpot], base: EntrySpot, names: &mut Interner, keys: Keys) -> (Share, Ballot) {
    let (mut rows, mut notes, mut ballot) = (Vec::with_capacity(spots.len()), Vec::new(), Ballot::default());
    for entry in spots.iter().filter_map(|spot| cache.entry(*spot)) {
        ballot.look(&entry, base);
        notes.extend(noted(&entry).into_iter().map(|note| (rows.len(), note)));
        rows.push(Row::of(&entry, names, keys));
    }
    ((rows, notes), ballot)
}

/// What else is to be known of `entry`.
fn noted(entry: &Entry<'_>) -> Vec<Note> {
    match entry.section() {
        Section::Account => {
            let shown = entry.text(Field::Name).filter(|name| !name.is_empty());
            let shown = shown.map(|name| Note::Shown(name.into_owned()));
            is_brokered(entry).then_some(Note::Brokered).into_iter().chain(shown).collect()
        }
        Section::IdToken => account::host_name(entry).map(Note::Host).into_iter().collect(),
        Section::AccessToken | Section::RefreshToken | Section::AppMetadata | Section::Other => Vec::new(),
    }
}

/// An account whose tokens a broker keeps: it says so, or .NET has noted its ids in WAM.
fn is_brokered(entry: &Entry<'_>) -> bool {
    entry.text(Field::AccountSource).as_deref() == Some("broker") || entry.has("wam_account_ids")
}

/// The target as written; the array of old MSAL Python as one text.
pub(super) fn target(entry: &Entry<'_>, names: &mut Interner) -> Option<Shared> {
    if let Some(target) = entry.text(Field::Target) {
        return Some(names.get(Field::Target, &target));
    }
    let scopes = entry.scopes();
    (!scopes.is_empty()).then(|| names.get(Field::Target, &scopes.0.join(" ")))
}

/// Equal texts once: a large cache repeats few hosts, clients and tenants very often.
#[derive(Default)]
pub struct Interner {
    known: QuickSet<Shared>,
    /// By field, what was asked for last: neighbours in a cache have most of their texts in common, and comparing is
    /// cheaper than hashing.
    recent: Vec<Option<Shared>>,
}

impl Interner {
    /// The text of `field`, shared with those before.
    pub(super) fn get(&mut self, field: Field, text: &str) -> Shared {
        let place = field as usize;
        if let Some(Some(recent)) = self.recent.get(place).filter(|recent| recent.as_deref() == Some(text)) {
            return recent.clone();
        }
        let found = self.known.get(text).cloned().unwrap_or_else(|| {
            let new: Shared = text.into();
            self.known.insert(new.clone());
            new
        });
        self.recent.resize(self.recent.len().max(place + 1), None);
        self.recent.get_mut(place).into_iter().for_each(|recent| *recent = Some(found.clone()));
        found
    }
}
