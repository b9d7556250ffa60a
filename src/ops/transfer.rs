//! Which entries of a cache go to another place, whether they came, and which of them leave this one afterwards. Writes
//! nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::import::{Fate, Import, is_same};
use super::{Filter, why};
use crate::cache::{Cache, Field, Roster, Row, Section, State, environment};
use crate::json::{Change, Edit, EntrySpot, Patch, Path, Step};
use crate::secret::Hash;
use crate::time::{UnixSeconds, span};

/// What is to go.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Everything of one account, by home account id or user name, and the metadata of its apps; all when `None`.
    pub account: Option<String>,
    /// Access tokens alone, with the account that they are for: none that is good after this moment.
    pub until: Option<UnixSeconds>,
}

/// What goes.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// The entries; `None` for the whole cache, sections without entries too.
    pub spots: Option<BTreeSet<EntrySpot>>,
    /// Access tokens that were meant and do not go, each with its why.
    pub left: Vec<(Path, Cow<'static, str>)>,
    /// How many tokens go.
    pub tokens: usize,
}

/// An entry that went, and what it said.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Where it stands.
    pub path: Path,
    hash: Hash,
}

/// An account that went and stays here too, for not all of its tokens went: without it they would be orphans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// Its user name, else its home account id.
    pub account: String,
    /// How many of its tokens stay.
    pub tokens: usize,
}

/// What of `cache` is to go at `now`.
#[must_use]
pub fn choose(cache: &Cache<'_>, options: &LoadOptions, now: UnixSeconds) -> Load {
    let roster = Roster::shared(cache);
    if options.account.is_none() && options.until.is_none() {
        let tokens = roster.rows.iter().filter(|row| row.section.is_credential()).count();
        return Load { spots: None, left: Vec::new(), tokens };
    }
    let accounts: Vec<String> = options.account.iter().cloned().collect();
    let filter = Filter { accounts, ..Filter::default() };
    let sieve = filter.sieve(&roster, now);
    let meant = roster.rows.iter().filter(|row| options.account.is_none() || sieve.takes(row));
    let mut load = Load::default();
    let mut taken: Vec<&Row> = Vec::new();
    for row in meant.filter(|row| row.section != Section::AppMetadata) {
        match (row.section, options.until) {
            (_, None) | (Section::Account, _) => taken.push(row),
            (Section::AccessToken, Some(until)) => match not_within(row, until, now) {
                None => taken.push(row),
                Some(why) => load.left.push((cache.document().path(row.spot), why)),
            },
            (Section::RefreshToken | Section::IdToken | Section::AppMetadata | Section::Other, Some(_)) => {}
        }
    }
    load.tokens = taken.iter().filter(|row| row.section.is_credential()).count();
    let of_apps = roster.rows.iter().filter(|row| row.section == Section::AppMetadata && is_of_any(row, &taken));
    load.spots = Some(of_apps.chain(taken.iter().copied()).map(|row| row.spot).collect());
    load
}

/// Why an access token is no token for that time; `None` if it is. A token cannot be made to end earlier.
fn not_within(row: &Row, until: UnixSeconds, now: UnixSeconds) -> Option<Cow<'static, str>> {
    let Some(expires_on) = row.expires_on else { return Some("no expiry that can be read".into()) };
    match row.state(now) {
        State::Expired | State::None => Some(format!("expired {} ago", span(now.since(expires_on))).into()),
        State::Live | State::Expiring if expires_on > until => {
            Some(format!("good for {}, longer than asked for", span(expires_on.since(now))).into())
        }
        State::Live | State::Expiring => None,
    }
}

/// Whether `metadata` is of an app that one of `rows` is a token of.
fn is_of_any(metadata: &Row, rows: &[&Row]) -> bool {
    let client = |row: &Row| row.client_id.as_deref().unwrap_or_default().to_lowercase();
    let host = |row: &Row| row.environment.as_deref().unwrap_or_default().to_owned();
    let (app, cloud) = (client(metadata), host(metadata));
    let is_its = |row: &&&Row| row.section.is_credential() && client(row) == app;
    rows.iter().filter(is_its).any(|row| environment::same_cloud(&host(row), &cloud))
}

/// The entries of `from` at `paths` that stand in `to` with the same value, accounts with any, and those that do not.
#[must_use]
pub fn arrived(from: &Cache<'_>, to: &Cache<'_>, paths: &[Path]) -> (Vec<Gone>, Vec<Path>) {
    let mut gone = Vec::new();
    let mut missing = Vec::new();
    for path in paths {
        match from.document().get(path) {
            Some(node) if stands(to, path, &node.raw(), account_id(from, path).as_deref()) => {
                gone.push(Gone { path: path.clone(), hash: Hash::of(node.raw().as_bytes()) });
            }
            Some(_) | None => missing.push(path.clone()),
        }
    }
    (gone, missing)
}

/// The entries that stand at the other place once `import` is done there.
#[must_use]
pub fn standing(import: &Import) -> Vec<Path> {
    let stands = |path: &Path, fate| !matches!(fate, Fate::Stays(_)) || is_account(path);
    import.arrivals.iter().filter(|one| stands(&one.path, one.fate)).map(|one| one.path.clone()).collect()
}

fn is_account(path: &Path) -> bool {
    path.0.first().is_some_and(|step| Section::named(&step.name) == Section::Account)
}

/// Whether a member of that name says the same in `cache`, or names the same account: what else is said of an account
/// differs from library to library, and no time tells which is newer.
fn stands(cache: &Cache<'_>, path: &Path, raw: &str, id: Option<&str>) -> bool {
    let Some((parent, step)) = path.split_last() else { return false };
    let member = |nth| Step { name: step.name.clone(), nth };
    let sections = |nth| parent.0.first().map(|section| Path(vec![Step { name: section.name.clone(), nth }]));
    let homes: Vec<Path> = match parent.0.as_slice() {
        [] => vec![parent],
        _ => (1..).map_while(|nth| sections(nth).filter(|path| cache.document().get(path).is_some())).collect(),
    };
    let is_its =
        |path: &Path| id.is_some_and(|id| account_id(cache, path).is_some_and(|it| it.eq_ignore_ascii_case(id)));
    homes.iter().any(|home| {
        let found = (1..).map(|nth| home.join(member(nth)));
        let mut found = found.map_while(|path| cache.document().get(&path).map(|node| (path, node)));
        found.any(|(path, node)| is_same(&node.raw(), raw) || is_its(&path))
    })
}

/// Whose Account entry stands at `path`; `None` if none does.
fn account_id<'a>(cache: &'a Cache<'_>, path: &Path) -> Option<Cow<'a, str>> {
    let entry = cache.entry(cache.document().spot(path)?).filter(|entry| entry.section() == Section::Account)?;
    entry.text(Field::HomeAccountId).filter(|id| !id.is_empty())
}

/// The paths of the entries of `load`, and of the sections that are no objects where the whole cache goes.
#[must_use]
pub fn paths(cache: &Cache<'_>, load: &Load) -> Vec<Path> {
    let document = cache.document();
    let mut paths = Vec::new();
    for section in document.sections() {
        let is_object = document.section_node(section).is_some_and(|node| node.raw().starts_with('{'));
        if !is_object && load.spots.is_none() {
            paths.push(cache.document().section_path(section));
        }
        let meant = |spot: &EntrySpot| load.spots.as_ref().is_none_or(|spots| spots.contains(spot));
        paths.extend(document.entries(section).filter(meant).map(|spot| document.path(spot)));
    }
    paths
}

/// Takes what has `gone` elsewhere out of `cache`, as far as it still says what went. An account stays while a token of
/// it does, and metadata of an app while one of that app does: no app could use what stays without them.
#[must_use]
pub fn leave(cache: &Cache<'_>, gone: &[Gone]) -> Patch {
    let (roster, spots) = (Roster::shared(cache), still(cache, gone));
    let staying: Vec<&Row> = roster.rows.iter().filter(|row| !spots.contains(&row.spot)).collect();
    let accounts: BTreeSet<usize> = tokens_of(&staying).collect();
    let is_needed = |row: &Row| match row.section {
        Section::Account => row.account.is_some_and(|at| accounts.contains(&at)),
        Section::AppMetadata => is_of_any(row, &staying),
        Section::AccessToken | Section::RefreshToken | Section::IdToken | Section::Other => false,
    };
    let goes = |one: &&Gone| match cache.document().spot(&one.path) {
        Some(spot) => spots.contains(&spot) && !roster.row_at(spot).is_some_and(is_needed),
        // A section that is no object.
        None => one.is_still(cache),
    };
    let change =
        |one: &Gone| Change { edit: Edit::Remove(one.path.clone()), why: "it stands at the other place now".into() };
    let changes: Vec<Change> = gone.iter().filter(goes).map(change).collect();
    Patch { title: format!("Take {} out here", why::counted(changes.len(), "item")), changes }
}

/// The accounts that [`leave`] lets stay though they went.
#[must_use]
pub fn remain(cache: &Cache<'_>, gone: &[Gone]) -> Vec<Remains> {
    let (roster, spots) = (Roster::shared(cache), still(cache, gone));
    let went = |row: &&Row| row.section == Section::Account && spots.contains(&row.spot);
    let accounts: BTreeSet<usize> = roster.rows.iter().filter(went).filter_map(|row| row.account).collect();
    let staying: Vec<&Row> = roster.rows.iter().filter(|row| !spots.contains(&row.spot)).collect();
    let remains = |at: usize| {
        let tokens = tokens_of(&staying).filter(|account| *account == at).count();
        let account = roster.accounts.get(at).filter(|_| tokens > 0)?.label().to_owned();
        Some(Remains { account, tokens })
    };
    accounts.into_iter().filter_map(remains).collect()
}

/// Where the entries stand that have `gone` and still say what went.
fn still(cache: &Cache<'_>, gone: &[Gone]) -> BTreeSet<EntrySpot> {
    gone.iter().filter(|one| one.is_still(cache)).filter_map(|one| cache.document().spot(&one.path)).collect()
}

/// The account of each token among `rows`.
fn tokens_of<'a>(rows: &'a [&Row]) -> impl Iterator<Item = usize> + 'a {
    rows.iter().filter(|row| row.section.is_credential()).filter_map(|row| row.account)
}

impl Gone {
    /// Whether `cache` says at its place what went.
    fn is_still(&self, cache: &Cache<'_>) -> bool {
        cache.document().get(&self.path).is_some_and(|node| Hash::of(node.raw().as_bytes()) == self.hash)
    }
}
