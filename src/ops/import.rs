//! Entries of another cache into this one, byte for byte. Where both have a key with different values the later one
//! stays, and the other is named: never an older token over a newer one. Removes nothing.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::Crowd;
use super::export::is_redacted;
use super::gather::{self, Chapter};
use super::why;
use crate::cache::{Cache, Dialect, Entry, Field, QuickMap, Roster, Section, claims};
use crate::json::{
    Change, Document, Edit, EntrySpot, Patch, Path, Position, SectionSpot, Step, Text, decode, escaped, quote, tokens,
};
use crate::secret::SecretText;

/// Which of two different values of one key stays where their times do not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefer {
    /// The later one; this cache's if their times do not tell.
    #[default]
    Later,
    /// This cache's, even if it is older.
    Mine,
    /// The other's, unless it is known to be older.
    Theirs,
}

/// What to import, and how.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Which value stays.
    pub prefer: Prefer,
    /// Only these entries of the other cache; all, and sections without entries, when `None`.
    pub only: Option<BTreeSet<EntrySpot>>,
}

/// What an import does.
#[derive(Clone, Debug)]
pub struct Import {
    /// The change to this cache.
    pub patch: Patch,
    /// What becomes of each entry of the other cache, in its order.
    pub arrivals: Vec<Arrival>,
    /// Labels of the accounts that this cache does not know yet.
    pub new_accounts: Vec<String>,
    /// Whether tokens of users and of apps come together by it in a cache of MSAL.NET, which loses such a file.
    pub mixes: bool,
}

/// One entry of the other cache, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Where it stands in the other cache.
    pub path: Path,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// This cache has nothing under that key.
    New,
    /// This cache says the same under that key.
    Same,
    /// It takes the place of what stood under that key; why.
    Replaces(&'static str),
    /// What stands under that key stays; why.
    Stays(&'static str),
}

/// Why nothing is imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The other cache is a redacted export.
    #[error("it is a redacted export: its tokens are none")]
    Redacted,
    /// There is no other cache.
    #[error("there is nothing to take in")]
    Nothing,
    /// A section that cannot take entries.
    #[error("{0} is no object here")]
    NotAnObject(String),
}

impl Import {
    /// The entries with this fate.
    pub fn of(&self, is_it: fn(Fate) -> bool) -> impl Iterator<Item = &Arrival> {
        self.arrivals.iter().filter(move |arrival| is_it(arrival.fate))
    }

    /// How many entries are the same in both.
    #[must_use]
    pub fn same(&self) -> usize {
        self.of(|fate| fate == Fate::Same).count()
    }
}

/// What takes `theirs` into `mine`.
///
/// # Errors
/// `theirs` is redacted, or a section of `mine` cannot take entries.
pub fn import(mine: &Cache<'_>, theirs: &Cache<'_>, options: &ImportOptions) -> Result<Import, ImportError> {
    if is_redacted(theirs.document()) {
        return Err(ImportError::Redacted);
    }
    let mut desk = Desk { mine, theirs, prefer: options.prefer, changes: Vec::new(), arrivals: Vec::new() };
    for section in theirs.document().sections() {
        desk.take_section(section, options.only.as_ref())?;
    }
    let Desk { mut changes, arrivals, .. } = desk;
    if mine.document().is_empty() && !changes.is_empty() {
        changes = vec![whole(theirs.document(), options.only.as_ref())];
    }
    let new_accounts = new_accounts(mine, theirs, &arrivals);
    let mixes = mixes(mine, theirs, &arrivals);
    Ok(Import { patch: Patch { title: title(&arrivals), changes }, arrivals, new_accounts, mixes })
}

/// Where entries are taken in.
struct Desk<'a> {
    mine: &'a Cache<'a>,
    theirs: &'a Cache<'a>,
    prefer: Prefer,
    changes: Vec<Change>,
    arrivals: Vec<Arrival>,
}

impl Desk<'_> {
    fn take_section(&mut self, section: SectionSpot, only: Option<&BTreeSet<EntrySpot>>) -> Result<(), ImportError> {
        let (ours, document) = (self.mine.document(), self.theirs.document());
        if !gather::is_object(document, section) {
            if only.is_none() {
                self.take_whole(section);
            }
            return Ok(());
        }
        let wanted = |spot: &EntrySpot| only.is_none_or(|only| only.contains(spot));
        let keys = by_key(document, document.entries(section).filter(wanted));
        let name = document.section_name(section).into_owned();
        let into = last_section(ours, &name);
        if ours.find_section(&into).is_some_and(|spot| !keys.is_empty() && !gather::is_object(ours, spot)) {
            return Err(ImportError::NotAnObject(name));
        }
        keys.iter().for_each(|(key, spots)| self.take_key(&into, key, spots));
        Ok(())
    }

    /// Takes what stands under `key` in the other cache: of several members of one name the last is what is read.
    fn take_key(&mut self, section: &Step, key: &str, theirs: &[EntrySpot]) {
        let ours = self.mine.document();
        let path = |nth| Path(vec![section.clone(), Step { name: key.to_owned(), nth }]);
        let mine: Vec<EntrySpot> = (1..).map_while(|nth| ours.spot(&path(nth))).collect();
        let Some(standing) = mine.last() else {
            theirs.iter().for_each(|spot| self.insert(section, *spot));
            return;
        };
        let is_twin =
            mine.len() == theirs.len() && mine.iter().zip(theirs).all(|(mine, spot)| self.is_same(*mine, *spot));
        for (at, spot) in theirs.iter().enumerate() {
            let fate = match at + 1 == theirs.len() {
                _ if is_twin => Fate::Same,
                true => self.judge(*standing, *spot),
                false if mine.iter().any(|mine| self.is_same(*mine, *spot)) => Fate::Same,
                false => Fate::Stays("another member of that name follows it, which is what apps read"),
            };
            if let Fate::Replaces(why) = fate {
                let edit = Edit::Replace(path(mine.len()), self.value(*spot));
                self.changes.push(Change { edit, why: why.into() });
            }
            self.note(*spot, fate);
        }
    }

    fn insert(&mut self, section: &Step, spot: EntrySpot) {
        let document = self.theirs.document();
        let name = self.verbatim(&document.raw_key(spot));
        let edit =
            Edit::Insert { object: Path(vec![section.clone()]), at: Position::Last, name, value: self.value(spot) };
        self.changes.push(Change { edit, why: "new here".into() });
        self.note(spot, Fate::New);
    }

    /// Takes a section that is no object as it is.
    fn take_whole(&mut self, section: SectionSpot) {
        let (ours, document) = (self.mine.document(), self.theirs.document());
        let name = document.section_name(section);
        let raw = document.section_node(section).map(|node| node.raw()).unwrap_or_default();
        let standing = ours.find_section(&last_section(ours, &name)).and_then(|spot| ours.section_node(spot));
        let fate = match standing {
            Some(standing) if is_same(&standing.raw(), &raw) => Fate::Same,
            Some(_) => Fate::Stays("a section of that name stands here"),
            None => Fate::New,
        };
        if fate == Fate::New {
            let name = Text::Printed(SecretText::new(quote(&name, ours.style().ascii)));
            let edit = Edit::Insert { object: Path(Vec::new()), at: Position::Last, name, value: self.verbatim(&raw) };
            self.changes.push(Change { edit, why: "new here".into() });
        }
        self.arrivals.push(Arrival { path: document.section_path(section), fate });
    }

    fn judge(&self, mine: EntrySpot, theirs: EntrySpot) -> Fate {
        if self.is_same(mine, theirs) {
            return Fate::Same;
        }
        let entries = self.theirs.entry(theirs).zip(self.mine.entry(mine));
        match (entries.and_then(|(theirs, mine)| age(&theirs, &mine)), self.prefer) {
            (Some(Ordering::Less), _) => Fate::Stays("what stands here is newer"),
            (_, Prefer::Mine) => Fate::Stays("this cache is preferred"),
            (Some(Ordering::Greater), _) => Fate::Replaces("it is newer"),
            (Some(Ordering::Equal) | None, Prefer::Theirs) => Fate::Replaces("the other cache is preferred"),
            (Some(Ordering::Equal) | None, Prefer::Later) => Fate::Stays("neither is known to be newer"),
        }
    }

    fn is_same(&self, mine: EntrySpot, theirs: EntrySpot) -> bool {
        let pair = self.mine.document().node(mine).zip(self.theirs.document().node(theirs));
        pair.is_some_and(|(mine, theirs)| is_same(&mine.raw(), &theirs.raw()))
    }

    fn note(&mut self, spot: EntrySpot, fate: Fate) {
        self.arrivals.push(Arrival { path: self.theirs.document().path(spot), fate });
    }

    fn value(&self, spot: EntrySpot) -> Text {
        self.verbatim(&self.theirs.document().node(spot).map(|node| node.raw()).unwrap_or_default())
    }

    fn verbatim(&self, raw: &str) -> Text {
        verbatim(self.mine.document(), raw)
    }
}

/// `raw` for the text of `into`. What MSAL Python wrote as ASCII must stay ASCII, for it may read in the locale's
/// encoding: then what is not comes escaped, which says the same.
pub(super) fn verbatim(into: &Document, raw: &str) -> Text {
    let is_foreign = into.style().ascii && !raw.is_ascii();
    let text = SecretText::new(if is_foreign { escaped(raw) } else { raw.to_owned() });
    if is_foreign { Text::Printed(text) } else { Text::Verbatim(text) }
}

/// Entries by key, in the order in which the keys come first.
pub(super) fn by_key(
    document: &Document,
    spots: impl Iterator<Item = EntrySpot>,
) -> Vec<(Cow<'_, str>, Vec<EntrySpot>)> {
    let mut places: QuickMap<Cow<'_, str>, usize> = QuickMap::default();
    let mut keys: Vec<(Cow<'_, str>, Vec<EntrySpot>)> = Vec::new();
    for spot in spots {
        let key = document.key(spot);
        let at = *places.entry(key.clone()).or_insert(keys.len());
        match keys.get_mut(at) {
            Some((_, same)) => same.push(spot),
            None => keys.push((key, vec![spot])),
        }
    }
    keys
}

/// Of two sections of one name every runtime's parser takes the last.
pub(super) fn last_section(document: &Document, name: &str) -> Step {
    let nth = document.sections().filter(|spot| document.section_name(*spot) == name).count();
    Step { name: name.to_owned(), nth: nth.max(1) }
}

/// Whether two values say the same, whatever their white space, escapes and order of members.
#[must_use]
pub fn is_same(a: &str, b: &str) -> bool {
    a == b || normal(a) == normal(b)
}

/// The tokens of a value, those of an object member by member and sorted.
fn normal(raw: &str) -> Vec<Vec<Cow<'_, str>>> {
    let mut depth = 0usize;
    let mut members: Vec<Vec<Cow<'_, str>>> = vec![Vec::new()];
    for token in tokens(raw) {
        let was = depth;
        match token {
            "{" | "[" => depth += 1,
            "}" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        // The outermost brackets and commas are what all values of a kind have.
        if was.min(depth) == 0 && was != depth {
            continue;
        }
        match members.last_mut() {
            Some(member) if token != "," || depth != 1 => member.push(spelled(token)),
            Some(_) | None => members.push(Vec::new()),
        }
    }
    if raw.starts_with('{') {
        members.sort();
    }
    members
}

/// A token without its escapes. A string keeps a quote, lest it be taken for a number.
fn spelled(token: &str) -> Cow<'_, str> {
    if token.starts_with('"') { format!("\"{}", decode(token)).into() } else { token.into() }
}

/// Whether `theirs` is older or newer than `mine`; `None` where no time tells.
pub(super) fn age(theirs: &Entry<'_>, mine: &Entry<'_>) -> Option<Ordering> {
    let times = [Field::LastModificationTime, Field::CachedAt, Field::ExpiresOn];
    let told = times.into_iter().filter_map(|field| Some(theirs.time(field)?.cmp(&mine.time(field)?)));
    let of_tokens =
        || (theirs.section() == Section::IdToken).then(|| Some(issued(theirs)?.cmp(&issued(mine)?))).flatten();
    let mut known = None;
    for order in told.chain(of_tokens()) {
        known.get_or_insert(order);
        if order != Ordering::Equal {
            return Some(order);
        }
    }
    known
}

/// When an id token was issued, as it says itself. Unix seconds.
fn issued(entry: &Entry<'_>) -> Option<i64> {
    claims::one_of_token(&entry.secret()?, "iat")?.parse().ok()
}

/// A cache of no bytes has no layout to keep: it becomes the other one's text.
fn whole(document: &Document, only: Option<&BTreeSet<EntrySpot>>) -> Change {
    let wanted = |spot: &EntrySpot| only.is_none_or(|only| only.contains(spot));
    let chapter = |section| Chapter { section, entries: document.entries(section).filter(wanted).collect() };
    let chapters: Vec<Chapter> =
        document.sections().map(chapter).filter(|c| only.is_none() || !c.entries.is_empty()).collect();
    let text = Text::Verbatim(gather::text(document, &chapters));
    Change { edit: Edit::Replace(Path(Vec::new()), text), why: "new here".into() }
}

/// The entries that come where nothing stands under their keys.
fn new<'c>(theirs: &Cache<'c>, arrivals: &[Arrival]) -> impl Iterator<Item = Entry<'c>> {
    let coming = arrivals.iter().filter(|arrival| arrival.fate == Fate::New);
    coming.filter_map(|arrival| theirs.entry(theirs.document().spot(&arrival.path)?))
}

fn mixes(mine: &Cache<'_>, theirs: &Cache<'_>, arrivals: &[Arrival]) -> bool {
    if mine.dialect() != Dialect::DotNet {
        return false;
    }
    let (ours, others) = (Roster::shared(mine), Roster::shared(theirs));
    let coming = new(theirs, arrivals).filter_map(|entry| others.row_at(entry.spot()));
    Crowd::of(ours.rows.iter()).is_mixed_by(Crowd::of(coming))
}

fn new_accounts(mine: &Cache<'_>, theirs: &Cache<'_>, arrivals: &[Arrival]) -> Vec<String> {
    let id = |entry: &Entry<'_>| entry.text(Field::HomeAccountId).unwrap_or_default().to_lowercase();
    let is_account = |entry: &Entry<'_>| entry.section() == Section::Account;
    let mut known: BTreeSet<String> = mine.entries().filter(is_account).map(|entry| id(&entry)).collect();
    let fresh = new(theirs, arrivals).filter(is_account).filter(|entry| known.insert(id(entry)));
    let label = |entry: Entry<'_>| {
        let name = entry.text(Field::Username).filter(|name| !name.is_empty());
        name.or_else(|| entry.text(Field::HomeAccountId)).unwrap_or_default().into_owned()
    };
    fresh.map(label).collect()
}

fn title(arrivals: &[Arrival]) -> String {
    let comes = |arrival: &&Arrival| matches!(arrival.fate, Fate::New | Fate::Replaces(_));
    format!("Import {}", why::counted(arrivals.iter().filter(comes).count(), "item"))
}
