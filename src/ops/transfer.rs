//! Which entries of a cache go to another place, whether they came, and which of them leave this one afterwards. Writes
//! nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::import::is_same;
use super::{Filter, why};
use crate::cache::{Cache, Roster, Row, Section, State, environment};
use crate::json::{Change, Edit, EntrySpot, Patch, Path, SectionSpot, Step};
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

/// The entries of `from` at `paths` that stand in `to` with the same value, and those that do not.
#[must_use]
pub fn arrived(from: &Cache<'_>, to: &Cache<'_>, paths: &[Path]) -> (Vec<Gone>, Vec<Path>) {
    let mut gone = Vec::new();
    let mut missing = Vec::new();
    for path in paths {
        match from.document().get(path) {
            Some(node) if stands(to, path, &node.raw()) => {
                gone.push(Gone { path: path.clone(), hash: Hash::of(node.raw().as_bytes()) });
            }
            Some(_) | None => missing.push(path.clone()),
        }
    }
    (gone, missing)
}

/// Whether a member of that name says the same in `cache`.
fn stands(cache: &Cache<'_>, path: &Path, raw: &str) -> bool {
    let Some((parent, step)) = path.split_last() else { return false };
    let member = |nth| Step { name: step.name.clone(), nth };
    let sections = |nth| parent.0.first().map(|section| Path(vec![Step { name: section.name.clone(), nth }]));
    let homes: Vec<Path> = match parent.0.as_slice() {
        [] => vec![parent],
        _ => (1..).map_while(|nth| sections(nth).filter(|path| cache.document().get(path).is_some())).collect(),
    };
    homes.iter().any(|home| {
        let found = (1..).map_while(|nth| cache.document().get(&home.join(member(nth))));
        found.into_iter().any(|node| is_same(&node.raw(), raw))
    })
}

/// The paths of the entries of `load`, and of the sections that are no objects where the whole cache goes.
#[must_use]
pub fn paths(cache: &Cache<'_>, load: &Load) -> Vec<Path> {
    let document = cache.document();
    let mut paths = Vec::new();
    for section in document.sections() {
        let is_object = document.section_node(section).is_some_and(|node| node.raw().starts_with('{'));
        if !is_object && load.spots.is_none() {
            paths.push(section_path(cache, section));
        }
        let meant = |spot: &EntrySpot| load.spots.as_ref().is_none_or(|spots| spots.contains(spot));
        paths.extend(document.entries(section).filter(meant).map(|spot| document.path(spot)));
    }
    paths
}

fn section_path(cache: &Cache<'_>, section: SectionSpot) -> Path {
    let document = cache.document();
    let name = document.section_name(section).into_owned();
    let nth = document.sections().take(section.0 + 1).filter(|spot| document.section_name(*spot) == name).count();
    Path(vec![Step { name, nth }])
}

/// Takes what has `gone` elsewhere out of `cache`, as far as it still says what went. Metadata of an app stays while
/// tokens of it do.
#[must_use]
pub fn leave(cache: &Cache<'_>, gone: &[Gone]) -> Patch {
    let document = cache.document();
    let roster = Roster::shared(cache);
    let same = |one: &&Gone| document.get(&one.path).is_some_and(|node| Hash::of(node.raw().as_bytes()) == one.hash);
    let going: Vec<&Gone> = gone.iter().filter(same).collect();
    let spots: BTreeSet<EntrySpot> = going.iter().filter_map(|one| document.spot(&one.path)).collect();
    let staying: Vec<&Row> = roster.rows.iter().filter(|row| !spots.contains(&row.spot)).collect();
    let needed = |path: &Path| {
        let spot = document.spot(path);
        let row = roster.rows.iter().find(|row| Some(row.spot) == spot && row.section == Section::AppMetadata);
        row.is_some_and(|row| is_of_any(row, &staying))
    };
    let changes: Vec<Change> = going
        .into_iter()
        .filter(|one| !needed(&one.path))
        .map(|one| Change { edit: Edit::Remove(one.path.clone()), why: "it stands at the other place now".into() })
        .collect();
    Patch { title: format!("Take {} out here", why::counted(changes.len(), "item")), changes }
}
