//! From PLACE on the command line to opened caches: files, folders, standard input, the demo, or what is found here.
//! Opens; reads only where a stream must be read to be a cache at all.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::Path;

use super::args::{OnePlace, Typed};
use super::failure::{Exit, Failure, Kind};
use super::folders::{Lying, folder_of};
use super::io::{read_input, read_stream};
use super::session::Session;
use super::which;
use crate::cache::{Cache, Keys, Roster, RosterBuilder, RosterPart};
use crate::config::STDIN;
use crate::json::Document;
use crate::ops::query::Look;
use crate::present::{self, collection::Standing};
use crate::source::{Access, Known, Loaded, PLAINTEXT, Place, Skimmed, Source, WhyNot, discover};
use crate::time::UnixSeconds;

/// One place of several, with what was read of its cache.
pub(super) struct Looked<C = Content> {
    /// The place as JSON names it.
    pub(super) place: String,
    /// The app that keeps its cache there, if the cache was found and not named.
    pub(super) app: Option<String>,
    /// What was found.
    pub(super) found: Found<C>,
}

/// One place of several, before it is read.
pub(super) struct Opened {
    /// The place as JSON names it.
    pub(super) place: String,
    /// The app that keeps its cache there, if the cache was found and not named.
    pub(super) app: Option<String>,
    /// Why it is not to be read: nobody named it, and it is no plain text of the own user.
    pub(super) closed: Option<Shut>,
    /// The source, or why there is none.
    pub(super) source: Result<Source, Failure>,
}

/// A cache that is not opened because nobody named it.
#[derive(Clone, Debug)]
pub(super) struct Shut {
    /// What is seen of it: "sealed by …".
    pub(super) state: String,
    /// The command that opens it, where one does.
    pub(super) run: Option<String>,
}

/// What was found at a place.
pub(super) enum Found<C = Content> {
    /// A cache that was read.
    Cache(Box<C>),
    /// A cache that nobody named and that is not opened unasked; why.
    Closed(Shut),
    /// Nothing that can be read.
    Failed(Failure),
}

/// A cache that was read.
pub(super) struct Content {
    /// Where from.
    pub(super) source: Source,
    /// What was read.
    pub(super) loaded: Loaded,
    /// Its rows and accounts.
    pub(super) roster: Roster,
}

/// A cache of which the rows are to be listed.
pub(super) struct Listing {
    /// Where from.
    pub(super) source: Source,
    /// Permission bits such as `0o600`, if the place is a file.
    pub(super) mode: Option<u32>,
    /// How it is wrapped: "plaintext".
    pub(super) seal: &'static str,
    /// What lies under its key, and when the place drops it, if it is one of many.
    pub(super) among: Option<Among>,
    /// Its rows and accounts. Not taken apart behind a listing: that takes long, holds no secret, and the program ends.
    pub(super) roster: ManuallyDrop<Roster>,
    /// Its text, if it was read whole.
    document: Option<Document>,
}

/// One cache of many, as its place keeps it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Among {
    /// What lies there.
    pub(super) standing: Standing,
    /// When the place itself drops it, where it does.
    pub(super) expires: Option<UnixSeconds>,
}

/// What a listing needs of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// The rows without the keys that nobody sees: what takes the least memory.
    Brief,
    /// The rows: what a skim gives.
    Rows,
    /// The tokens too.
    Tokens,
}

impl Content {
    /// Reads the cache of `source`.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(source: Source) -> Result<Self, Failure> {
        let loaded = source.load().map_err(|error| Failure::at(source.place(), error))?;
        let roster = Roster::of(&Cache::of(&loaded.document));
        Ok(Self { source, loaded, roster })
    }

    /// The cache.
    pub(super) fn cache(&self) -> Cache<'_> {
        Cache::of(&self.loaded.document)
    }

    /// The cache as a query looks at it.
    pub(super) fn look(&self, now: UnixSeconds) -> Look<'_> {
        Look { cache: Some(self.cache()), roster: &self.roster, now }
    }
}

impl Listing {
    /// Reads the rows of the cache of `source`.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn skim(source: Source) -> Result<Self, Failure> {
        Self::skim_with(source, Keys::All)
    }

    fn brief(source: Source) -> Result<Self, Failure> {
        Self::skim_with(source, Keys::Needed)
    }

    fn skim_with(source: Source, keys: Keys) -> Result<Self, Failure> {
        let mut roster = RosterBuilder::default();
        let part = |names: &mut _, part: &Document, base| RosterPart::of(&Cache::of(part), base, names, keys);
        match source.skim(&part, &mut |base, part| roster.add(base, part)) {
            Some(Skimmed { mode }) => {
                let roster = ManuallyDrop::new(roster.finish());
                Ok(Self { source, mode, seal: PLAINTEXT, among: None, roster, document: None })
            }
            None => Self::read(source),
        }
    }

    fn read(source: Source) -> Result<Self, Failure> {
        let Content { source, loaded, roster } = Content::read(source)?;
        let among = source
            .place()
            .is_served()
            .then(|| Among { standing: Standing::of(&loaded, &roster), expires: loaded.expires() });
        let (mode, seal) = (loaded.mode, loaded.kept(&source));
        let roster = ManuallyDrop::new(roster);
        Ok(Self { source, mode, seal, among, roster, document: Some(loaded.document) })
    }

    /// The cache as a query looks at it.
    pub(super) fn look(&self, now: UnixSeconds) -> Look<'_> {
        Look { cache: self.document.as_ref().map(Cache::of), roster: &self.roster, now }
    }
}

impl Shut {
    fn of(known: &Known) -> Self {
        let opens = known.why_not.as_ref().is_some_and(WhyNot::opens_when_asked);
        Self { state: known.state.clone(), run: opens.then(|| present::discover::command(&known.place.to_string())) }
    }
}

impl<C> Looked<C> {
    /// The cache, if one was read.
    pub(super) fn content(&self) -> Option<&C> {
        match &self.found {
            Found::Cache(content) => Some(content),
            Found::Closed(_) | Found::Failed(_) => None,
        }
    }

    /// How a run ends that looked here alone, and asked no more than to look.
    pub(super) fn exit(&self) -> Exit {
        match &self.found {
            Found::Cache(_) | Found::Closed(_) => Exit::Done,
            Found::Failed(failure) => failure.kind().exit(),
        }
    }

    fn at(opened: Opened, read: fn(Source) -> Result<C, Failure>) -> Self {
        let Opened { place, app, closed, source } = opened;
        let found = match closed {
            Some(shut) => Found::Closed(shut),
            None => match source.and_then(read) {
                Ok(content) => Found::Cache(Box::new(content)),
                Err(failure) => Found::Failed(failure),
            },
        };
        Self { place, app, found }
    }
}

/// Reads the caches at `places`; without any, the plaintext caches found here.
///
/// # Errors
/// There is none.
pub(super) fn read_all(session: &Session, places: &[Typed]) -> Result<Vec<Looked>, Failure> {
    Ok(open_all(session, places)?.into_iter().map(|opened| Looked::at(opened, Content::read)).collect())
}

/// The same for lists, which as a rule takes less of time and memory.
///
/// # Errors
/// There is none.
pub(super) fn list_all(session: &Session, places: &[Typed], need: Need) -> Result<Vec<Looked<Listing>>, Failure> {
    let read = match need {
        Need::Brief => Listing::brief,
        Need::Rows => Listing::skim,
        Need::Tokens => Listing::read,
    };
    Ok(open_all(session, places)?.into_iter().map(|opened| Looked::at(opened, read)).collect())
}

/// Opens the caches at `places` and reads none yet; without any, those found here.
///
/// # Errors
/// There is none.
pub(super) fn open_all(session: &Session, places: &[Typed]) -> Result<Vec<Opened>, Failure> {
    if session.is_demo {
        let source = session.demo(session.access());
        return Ok(vec![Opened { place: source.place().to_string(), app: None, closed: None, source: Ok(source) }]);
    }
    if places.is_empty() {
        return found_here(session);
    }
    let mut opened = Vec::new();
    for typed in places {
        match folder_of(&typed.place) {
            Some(folder) => opened.extend(caches_in(session, &typed.text, &folder)),
            None => opened.push(one_of_several(session, typed)),
        }
    }
    Ok(opened)
}

/// The one cache that a command is about.
///
/// # Errors
/// It cannot be opened, or a folder is named.
pub(super) fn open_one(session: &Session, place: &OnePlace, access: Access) -> Result<Source, Failure> {
    if session.is_demo {
        return Ok(session.demo(access));
    }
    let Some(typed) = &place.place else {
        return Err(which::none(session));
    };
    if let Some(folder) = folder_of(&typed.place) {
        return Err(which::folder(session, &typed.text, &folder));
    }
    one_slot(typed)?;
    open(typed, access)
}

/// Refuses a place with many caches where one is meant.
fn one_slot(typed: &Typed) -> Result<(), Failure> {
    if !typed.place.is_collection() {
        return Ok(());
    }
    let place = &typed.place;
    let failure = Failure::new(Kind::Usage, format!("{place} holds many caches, and one is meant"));
    Err(failure.hint(format!("name one: '{place}#KEY'; its keys: saltcellar list '{place}'")))
}

fn open(typed: &Typed, access: Access) -> Result<Source, Failure> {
    let path = typed.place.path().filter(|path| is_stream(path));
    if typed.place.is_stdin() || path.is_some() {
        access.policy.allow_store(STDIN)?;
    }
    if typed.place.is_stdin() {
        return Ok(Source::memory("-", read_input()?, access));
    }
    if let Some(path) = path {
        return open_stream(path, access);
    }
    let place = typed.place.absolute();
    Source::open(&place, Access { named: true, ..access }).map_err(|error| Failure::at(&place, error))
}

/// What a shell hands over with `<(…)`: read once, like standard input.
fn open_stream(path: &Path, access: Access) -> Result<Source, Failure> {
    let name = path.display().to_string();
    let mut file =
        File::open(path).map_err(|error| Failure::new(Kind::Unreadable, format!("cannot read {name}: {error}")))?;
    let bytes = read_stream(&mut file, &name)?;
    let readonly = access.readonly.or_else(|| Some("its being a stream".to_owned()));
    Ok(Source::memory(&name, bytes, Access { readonly, ..access }))
}

/// Whether `path` names a descriptor of this process.
#[must_use]
pub fn is_stream(path: &Path) -> bool {
    let begins = |folder: &str| path.starts_with(folder);
    // Nearly no word of a command line begins with a slash, and each is asked about before anything else.
    path.has_root() && (begins("/dev/fd") || begins("/proc/self/fd") || path == Path::new("/dev/stdin"))
}

fn one_of_several(session: &Session, typed: &Typed) -> Opened {
    let source = one_slot(typed).and_then(|()| open(typed, session.access()));
    let place =
        source.as_ref().map_or_else(|_| typed.place.absolute().to_string(), |source| source.place().to_string());
    Opened { place, app: None, closed: None, source }
}

/// The caches of a folder, by name; what lies beside them is said.
fn caches_in(session: &Session, typed: &str, folder: &Path) -> Vec<Opened> {
    let failed = |failure| vec![Opened { place: typed.to_owned(), app: None, closed: None, source: Err(failure) }];
    match Lying::of(folder) {
        Err(error) => failed(Failure::new(Kind::Unreadable, format!("cannot read {}: {error}", folder.display()))),
        Ok(Lying { caches, .. }) if caches.is_empty() => {
            failed(Failure::new(Kind::NoCache, format!("no cache lies in {}", folder.display())))
        }
        Ok(Lying { caches, others }) => {
            session.talk_all(&present::place::passed_over(typed, &others));
            caches.iter().map(|path| file(session, path)).collect()
        }
    }
}

fn file(session: &Session, path: &Path) -> Opened {
    let place = Place::file(path).absolute();
    let source = Source::open(&place, session.access()).map_err(|error| Failure::at(&place, error));
    Opened { place: place.to_string(), app: None, closed: None, source }
}

/// The caches at the well-known places: plaintext ones of the own user are to be read, the others only named.
fn found_here(session: &Session) -> Result<Vec<Opened>, Failure> {
    let known = discover(&session.config().settings.places);
    let there: Vec<&Known> = known.iter().filter(|known| known.exists).collect();
    if there.is_empty() {
        return Err(none_found(&known));
    }
    let opened = |known: &Known| Opened {
        place: known.place.to_string(),
        app: Some(known.app.clone()),
        closed: (!known.plaintext).then(|| Shut::of(known)),
        ..file(session, &known.path)
    };
    Ok(there.into_iter().map(opened).collect())
}

/// What a run says that finds no cache at all.
pub(super) fn none_found(known: &[Known]) -> Failure {
    let failure = Failure::new(Kind::NoCache, "no token cache was found at the well-known places");
    let failure = match known.iter().find_map(|known| known.made_by.as_deref()) {
        Some(command) => failure.hint(format!("an app makes one, for example: {command}")),
        None => failure,
    };
    failure.hint("look around in an invented one: saltcellar list --demo")
}
