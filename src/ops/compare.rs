//! Two moments of a cache, or two caches, and what differs by meaning: not which bytes, but which entries came, went,
//! were rotated, moved to another key, or came back. Judges nobody: who wrote is not seen here.

use std::collections::{HashMap, HashSet, VecDeque};

use super::moment::{Item, Moment, Print, Word};
use crate::cache::{Scopes, Section};

/// One entry that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What happened to it.
    pub kind: Kind,
    /// The entry before.
    pub was: Option<Item>,
    /// The entry after.
    pub is: Option<Item>,
    /// The members that differ, but for the secret and what goes with a new one: its times.
    pub fields: Vec<Word>,
}

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// The same entry holds another secret, or lives longer.
    Rotated,
    /// The same entry with the same secret stands under another key.
    Rekeyed,
    /// What was removed earlier is back.
    Resurrected,
    /// Other members differ.
    Changed,
}

/// What differs between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The entries that differ, in file order: what is gone stands where it stood.
    pub differences: Vec<Difference>,
    /// Whether the texts differ though their entries do not: order, white space, escapes.
    pub is_layout: bool,
}

impl Comparison {
    /// Whether the texts are the same, byte for byte.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differences.is_empty() && !self.is_layout
    }

    /// How many entries `kind` happened to.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.differences.iter().filter(|difference| difference.kind == kind).count()
    }
}

impl Difference {
    /// The entry as it is, or as it was.
    #[must_use]
    pub fn item(&self) -> Option<&Item> {
        self.is.as_ref().or(self.was.as_ref())
    }

    /// Whether the entry moved to another key.
    #[must_use]
    pub fn has_other_key(&self) -> bool {
        self.was.as_ref().zip(self.is.as_ref()).is_some_and(|(was, is)| was.key != is.key)
    }

    fn of(was: &Item, is: &Item) -> Option<Self> {
        let mut fields = changed_fields(was, is);
        let is_rotated = (was.fingerprint, was.expires_on) != (is.fingerprint, is.expires_on);
        let kind = match (is_rotated, was.key != is.key, fields.is_empty()) {
            (true, ..) => Kind::Rotated,
            (false, true, _) => Kind::Rekeyed,
            (false, false, false) => Kind::Changed,
            (false, false, true) => return None,
        };
        fields.retain(|name| !(is_rotated && GOES_WITH_IT.contains(&&*name.0)));
        Some(Self { kind, was: Some(was.clone()), is: Some(is.clone()), fields })
    }
}

/// A new secret and what it brings along, in every spelling.
const GOES_WITH_IT: &[&str] = &[
    "secret",
    "cached_at",
    "cachedAt",
    "expires_on",
    "expiresOn",
    "extended_expires_on",
    "ext_expires_on",
    "extendedExpiresOn",
    "refresh_on",
    "refreshOn",
    "last_modification_time",
    "lastModificationTime",
];

/// What differs between `old` and `new`.
#[must_use]
pub fn compare(old: &Moment, new: &Moment) -> Comparison {
    let partners = Pairing::of(&old.entries, &new.entries).partners;
    // Where an entry stands in the order of both: what is gone follows what it followed.
    let mut ordered: Vec<((usize, usize), Difference)> = Vec::new();
    let mut olds: HashMap<usize, &Item> = HashMap::new();
    let mut behind = (0, 0);
    for (at, (was, partner)) in old.entries.iter().zip(&partners).enumerate() {
        if let Some(partner) = partner {
            olds.insert(*partner, was);
            behind = (partner + 1, at);
            continue;
        }
        let gone = Difference { kind: Kind::Removed, was: Some(was.clone()), is: None, fields: Vec::new() };
        ordered.push(((behind.0, at + 1), gone));
    }
    for (at, is) in new.entries.iter().enumerate() {
        let added = || Difference { kind: Kind::Added, was: None, is: Some(is.clone()), fields: Vec::new() };
        let difference = match olds.get(&at) {
            Some(was) => Difference::of(was, is),
            None => Some(added()),
        };
        ordered.extend(difference.map(|difference| ((at + 1, 0), difference)));
    }
    ordered.sort_by_key(|(place, _)| *place);
    let differences: Vec<Difference> = ordered.into_iter().map(|(_, difference)| difference).collect();
    let is_layout = differences.is_empty() && old.hash != new.hash;
    Comparison { differences, is_layout }
}

/// Which entry of the new text is which of the old.
struct Pairing<'m> {
    old: Vec<(&'m Item, String)>,
    new: Vec<(&'m Item, String)>,
    partners: Vec<Option<usize>>,
    taken: Vec<bool>,
}

/// By what two entries are held to be one; what it does not apply to is left to the next.
type Likeness = fn(&Item, &str) -> Option<String>;

/// The closest likeness first. Entries of one key may be many: a text may hold duplicates.
const LIKENESSES: &[Likeness] = &[
    |item, identity| Some(format!("{}\0{identity}\0{:?}", item.key, item.fingerprint)),
    |item, identity| Some(format!("{}\0{identity}", item.key)),
    |item, identity| item.fingerprint.map(|print| format!("{identity}\0{}", print.0)),
    |_, identity| Some(identity.to_owned()),
    |item, _| Some(format!("{}\0{}", item.section.0, item.key)),
];

impl<'m> Pairing<'m> {
    fn of(old: &'m [Item], new: &'m [Item]) -> Self {
        let known = |items: &'m [Item]| items.iter().map(|item| (item, identity(item))).collect::<Vec<_>>();
        let (partners, taken) = (vec![None; old.len()], vec![false; new.len()]);
        let mut pairing = Self { old: known(old), new: known(new), partners, taken };
        LIKENESSES.iter().for_each(|likeness| pairing.pair(*likeness));
        pairing
    }

    fn pair(&mut self, likeness: Likeness) {
        let mut free: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, (item, identity)) in self.new.iter().enumerate() {
            let is_taken = self.taken.get(at).copied().unwrap_or(true);
            if let Some(like) = likeness(item, identity).filter(|_| !is_taken) {
                free.entry(like).or_default().push_back(at);
            }
        }
        for ((item, identity), partner) in self.old.iter().zip(&mut self.partners) {
            if partner.is_some() {
                continue;
            }
            let like = likeness(item, identity);
            *partner = like.and_then(|like| free.get_mut(&like)?.pop_front());
            if let Some(taken) = partner.and_then(|at| self.taken.get_mut(at)) {
                *taken = true;
            }
        }
    }
}

/// What makes an entry the one it is, whatever its key: the section and its normal fields. An entry that has none of
/// them, or of a section that MSAL does not know, is known by its key.
#[must_use]
pub fn identity(item: &Item) -> String {
    let section = item.kind();
    let named = [&item.home_account_id, &item.environment, &item.client_id].into_iter().any(Option::is_some);
    if section == Section::Other || !named {
        return format!("{}\0\0{}", item.section.0, item.key);
    }
    let text = |word: &Option<Word>| word.as_ref().map_or(String::new(), |word| word.0.to_lowercase());
    let environment = item.environment.as_ref().map_or("", |word| &word.0);
    let scopes = item.target.as_ref().map(|target| Scopes::of(&target.0).normal().0.join(" ")).unwrap_or_default();
    // Absent means Bearer.
    let scheme = Some(text(&item.token_type)).filter(|scheme| scheme != "bearer").unwrap_or_default();
    let family = if section == Section::RefreshToken { text(&item.family_id) } else { String::new() };
    let [home, client, realm] = [&item.home_account_id, &item.client_id, &item.realm].map(text);
    let parts = [&item.section.0, &*home, environment, &client, &realm, &scopes, &scheme, &family];
    format!("{}\0{}\0{}", parts.join("\0"), print_of(item, EXTENSIONS), print_of(item, ASSERTIONS))
}

/// What extended tokens and on-behalf-of tokens are further told apart by, in every spelling.
const EXTENSIONS: &[&str] = &["ext_cache_key", "ext", "additionalCacheKeyComponents"];
const ASSERTIONS: &[&str] = &["user_assertion_hash", "userAssertionHash"];

fn print_of(item: &Item, names: &[&str]) -> String {
    let found = item.fields.iter().find(|(name, _)| names.contains(&&*name.0));
    found.map(|(_, print)| print.0.to_string()).unwrap_or_default()
}

/// The members that stand in one alone, or differ: those of the new entry first.
fn changed_fields(was: &Item, is: &Item) -> Vec<Word> {
    let missing_in = |item: &Item, field: &(Word, Print)| !item.fields.contains(field);
    let differ = is.fields.iter().filter(|field| missing_in(was, field));
    let gone = was.fields.iter().filter(|(name, _)| is.fields.iter().all(|(other, _)| other != name));
    differ.chain(gone).map(|(name, _)| name.clone()).collect()
}

/// What was removed or replaced since somebody began to look: by it a resurrection is known.
#[derive(Clone, Debug, Default)]
pub struct History {
    gone: HashSet<(String, Print)>,
}

impl History {
    /// Notes that `item` went.
    pub fn note(&mut self, item: &Item) {
        if let Some(print) = item.fingerprint {
            self.gone.insert((identity(item), print));
        }
    }

    /// Calls resurrected what came back with the secret that went, and notes what goes now.
    pub fn judge(&mut self, comparison: &mut Comparison) {
        for difference in &mut comparison.differences {
            let back = difference.is.as_ref().and_then(|is| Some((identity(is), is.fingerprint?)));
            let is_new = match difference.kind {
                Kind::Added | Kind::Rotated => true,
                Kind::Removed | Kind::Rekeyed | Kind::Resurrected | Kind::Changed => false,
            };
            if is_new && back.is_some_and(|back| self.gone.remove(&back)) {
                difference.kind = Kind::Resurrected;
            }
        }
        for difference in &comparison.differences {
            let replaced = |was: &&Item| difference.is.as_ref().is_none_or(|is| is.fingerprint != was.fingerprint);
            if let Some(was) = difference.was.as_ref().filter(replaced) {
                self.note(was);
            }
        }
    }
}
