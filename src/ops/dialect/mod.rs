//! A cache as another runtime would have written it: its keys, its spellings, its accounts. What cannot be carried over
//! is named with the reason. A top: it uses its children.

mod credential;
mod draft;
mod fields;
mod people;
mod text;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{Cache, Dialect, Entry, Field, Section, key};
use crate::json::{Change, Document, Edit, EntrySpot, ParseError, Patch, Path, SectionSpot, Step, Text};

use draft::{Body, Draft, Verdict};

/// A cache in another runtime's hand.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The new text.
    pub document: Document,
    /// What is not in it.
    pub unfit: Vec<Unfit>,
}

/// An entry that the runtime would not take or not find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Where it stands.
    pub path: Path,
    /// Why it cannot be carried over, as a short clause.
    pub why: Cow<'static, str>,
}

/// `cache` as `to` writes. Entries that are in its hand already stay byte for byte.
///
/// # Errors
/// The new text would be no cache: a fault of ours.
pub fn convert(cache: &Cache<'_>, to: Dialect) -> Result<Conversion, ParseError> {
    let mut desk = Desk { cache, to, is_own: cache.dialect() == to, drafts: Vec::new(), unfit: Vec::new() };
    let accounts = desk.sort_out();
    if to == Dialect::DotNet && !desk.is_own {
        desk.part_from_apps(&accounts);
    }
    let (people, odd) = people::convert(cache, &accounts, to);
    desk.drafts.extend(people);
    if to == Dialect::Go && !desk.is_own {
        desk.introduce_apps();
    }
    desk.unfit.extend(odd);
    let keyed = text::with_keys(desk.drafts, to)?;
    let (kept, doubled) = settle(cache, keyed, to);
    desk.unfit.extend(doubled.into_iter().map(|(spot, why)| Unfit { path: cache.document().path(spot), why }));
    let document = text::printed(cache.document(), &kept, to)?;
    Ok(Conversion { document, unfit: desk.unfit })
}

/// Puts what `conversion` made of `cache` in the place of its text; empty if it is the same.
#[must_use]
pub fn into_patch(cache: &Cache<'_>, conversion: &Conversion) -> Patch {
    let mut patch = Patch::new("Write the cache in another runtime's way");
    if conversion.document.hash() == cache.document().hash() || cache.document().is_empty() {
        return patch;
    }
    // A document's text is UTF-8: it was read from text.
    let Ok(text) = conversion.document.to_bytes().into_text() else { return patch };
    let edit = Edit::Replace(Path(Vec::new()), Text::Printed(text));
    patch.changes.push(Change { edit, why: "keys, spellings and layout of another runtime".into() });
    patch
}

/// Where the entries of a cache are looked through.
struct Desk<'a, 'doc> {
    cache: &'a Cache<'doc>,
    to: Dialect,
    /// Whether the whole cache is in that hand already: then what cannot be converted stays.
    is_own: bool,
    drafts: Vec<Draft<'doc>>,
    unfit: Vec<Unfit>,
}

impl<'doc> Desk<'_, 'doc> {
    /// Drafts every credential and app; the accounts, which some runtimes gather, come back.
    fn sort_out(&mut self) -> Vec<EntrySpot> {
        let document = self.cache.document();
        let mut accounts = Vec::new();
        for section in document.sections() {
            let kind = Section::named(&document.section_name(section));
            if kind != Section::Other {
                self.refuse_bare(section);
            }
            for entry in document.entries(section).filter_map(|spot| self.cache.entry(spot)) {
                match kind {
                    Section::Other => {}
                    Section::Account if !self.stays(&entry) => accounts.push(entry.spot()),
                    Section::AccessToken
                    | Section::RefreshToken
                    | Section::IdToken
                    | Section::Account
                    | Section::AppMetadata => self.draft(&entry),
                }
            }
        }
        accounts
    }

    fn draft(&mut self, entry: &Entry<'doc>) {
        if self.stays(entry) {
            return self.drafts.push(Draft::verbatim(entry));
        }
        match credential::convert(self.cache.document(), entry, self.to) {
            Verdict::Fits(draft) => self.drafts.push(draft),
            Verdict::Unfit(_) if self.is_own => self.drafts.push(Draft::verbatim(entry)),
            Verdict::Unfit(why) => self.unfit.push(Unfit { path: entry.path(), why }),
        }
    }

    /// MSAL Go finds no refresh token of an app of which it has no metadata (storage.go, `Read`), and so writes some for
    /// every app; Node and MSAL4J do only for families.
    fn introduce_apps(&mut self) {
        let app = |entry: &Entry<'_>| {
            let host = entry.text(Field::Environment)?;
            Some((entry.text(Field::ClientId)?.to_lowercase(), credential::host(&host, self.to).to_lowercase()))
        };
        let drafted = |kinds: fn(Section) -> bool| {
            let of_kind = self.drafts.iter().filter(move |draft| kinds(draft.section));
            of_kind.flat_map(|draft| &draft.from).filter_map(|spot| app(&self.cache.entry(*spot)?))
        };
        let known: BTreeSet<(String, String)> = drafted(|section| section == Section::AppMetadata).collect();
        let users: BTreeSet<(String, String)> = drafted(Section::is_credential).collect();
        let stranger = |(client, host): &(String, String)| {
            let member = |name: &'static str, value: &str| (name.into(), credential::quoted(value).into());
            let body = Body::Members(vec![member("client_id", client), member("environment", host)]);
            Draft { section: Section::AppMetadata, from: Vec::new(), body }
        };
        let strangers: Vec<Draft<'doc>> = users.difference(&known).map(stranger).collect();
        self.drafts.extend(strangers);
    }

    /// MSAL.NET loses a file with tokens of users and of apps: [`Crowd`](crate::ops::Crowd) says how.
    fn part_from_apps(&mut self, accounts: &[EntrySpot]) {
        let has_users = |draft: &Draft<'_>| matches!(draft.section, Section::RefreshToken | Section::IdToken);
        if accounts.is_empty() && !self.drafts.iter().any(has_users) {
            return;
        }
        let (cache, why) =
            (self.cache, "MSAL.NET deletes a file with tokens of users and of apps: apps take one of their own");
        let is_of_app = |spot: &EntrySpot| {
            let entry = cache.entry(*spot);
            entry.is_some_and(|entry| entry.text(Field::HomeAccountId).is_none_or(|account| account.is_empty()))
        };
        let of_app = |draft: &Draft<'_>| draft.section == Section::AccessToken && draft.from.iter().any(is_of_app);
        let (apps, users): (Vec<_>, Vec<_>) = std::mem::take(&mut self.drafts).into_iter().partition(of_app);
        self.drafts = users;
        let parted = apps.iter().flat_map(|draft| &draft.from);
        self.unfit.extend(parted.map(|spot| Unfit { path: cache.document().path(*spot), why: why.into() }));
    }

    /// Whether the entry is as the runtime writes it: of its own cache and under its own key.
    fn stays(&self, entry: &Entry<'_>) -> bool {
        let forms = key::forms(entry, self.to);
        self.is_own && (forms.is_empty() || forms.iter().any(|form| *form == entry.key()))
    }

    fn refuse_bare(&mut self, section: SectionSpot) {
        let document = self.cache.document();
        let raw = document.section_node(section).map(|node| node.raw()).unwrap_or_default();
        if !raw.starts_with('{') && raw != "null" {
            let path = Path(vec![Step::first(document.section_name(section))]);
            self.unfit.push(Unfit { path, why: "it is no object".into() });
        }
    }
}

/// Drafts, each with its key.
type Keyed<'doc> = Vec<(String, Draft<'doc>)>;
/// Entries that are left out, with the reason.
type Doubled = Vec<(EntrySpot, Cow<'static, str>)>;

/// Where several come to stand under one key the newest stays, as its runtime would have kept it.
fn settle<'doc>(cache: &Cache<'doc>, keyed: Keyed<'doc>, to: Dialect) -> (Keyed<'doc>, Doubled) {
    let mut places: BTreeMap<(Section, String), usize> = BTreeMap::new();
    let mut kept: Keyed<'doc> = Vec::new();
    let mut doubled = Vec::new();
    for (key, draft) in keyed {
        let name = (draft.section, key.clone());
        let standing = places.get(&name).and_then(|at| kept.get_mut(*at));
        let Some((_, standing)) = standing else {
            places.insert(name, kept.len());
            kept.push((key, draft));
            continue;
        };
        let (winner, loser) =
            if draft.is_newer_than(standing, cache) { (draft, standing.clone()) } else { (standing.clone(), draft) };
        if !winner.says_the_same(&loser) {
            let why = format!("{} keeps one of these, and another one is not older", to.library());
            doubled.extend(loser.from.iter().map(|spot| (*spot, why.clone().into())));
        }
        *standing = winner;
    }
    (kept, doubled)
}
