//! A cache with all that lies around it, as the doctor sees it: also one that is no cache any more, or that is not
//! opened. Looks, and changes nothing.

use std::path::Path;

use super::caches::Opened;
use super::failure::{Exit, Failure};
use super::session::Session;
use crate::cache::{Cache, Dialect, Roster};
use crate::json::ParseError;
use crate::lint::{self, Finding, LeftLock, Subject, Surroundings, Twin};
use crate::present;
use crate::source::{Access, Liveness, Loaded, LockState, LockStatus, Place, Source, SourceError, Vicinity};
use crate::time::UnixSeconds;

/// One cache before the doctor.
pub(super) struct Patient {
    /// The source.
    pub(super) source: Source,
    /// What was read.
    pub(super) reading: Reading,
    /// What lies around it.
    pub(super) surroundings: Surroundings,
    /// The app's command that signs out, with `{username}` for the account.
    pub(super) sign_out: Option<String>,
}

/// What reading gave.
pub(super) enum Reading {
    /// A cache.
    Cache(Box<(Loaded, Roster)>),
    /// A text that is none.
    NotACache(ParseError),
    /// Nothing, because it is sealed or nobody named it; and how that ends the run.
    Closed(String, Exit),
}

impl Patient {
    /// Reads the cache and looks around it.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub(super) fn examine(session: &Session, opened: Opened) -> Result<Self, Failure> {
        let Opened { closed, source, .. } = opened;
        let source = source?;
        match closed {
            Some(state) => Ok(Self::around(session, source, Reading::Closed(state, Exit::Done))),
            None => Self::of(session, source),
        }
    }

    /// Reads the cache of `source` and looks around it.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub(super) fn of(session: &Session, source: Source) -> Result<Self, Failure> {
        let reading = read(&source)?;
        Ok(Self::around(session, source, reading))
    }

    fn around(session: &Session, source: Source, reading: Reading) -> Self {
        let vicinity = source.vicinity();
        let sign_out = vicinity.sign_out.clone();
        let surroundings = surroundings(session, &source, vicinity, reading.roster());
        Self { source, reading, surroundings, sign_out }
    }

    /// What the rules find, the gravest first; of one rule alone if `rule` names it.
    pub(super) fn findings(&self, rule: Option<&str>, now: UnixSeconds) -> Vec<Finding> {
        let cache = self.reading.loaded().map(|loaded| Cache::of(&loaded.document));
        let unreadable = match &self.reading {
            Reading::NotACache(error) => Some(error),
            Reading::Cache(_) | Reading::Closed(..) => None,
        };
        let roster = self.reading.roster();
        findings(&Subject { cache: cache.as_ref(), roster, unreadable, surroundings: &self.surroundings, now }, rule)
    }
}

/// What the rules find in `subject`; of one rule alone if `rule` names it.
pub(super) fn findings(subject: &Subject<'_>, rule: Option<&str>) -> Vec<Finding> {
    let mut found = lint::check(subject);
    found.retain(|finding| rule.is_none_or(|rule| finding.rule == rule));
    found
}

impl Reading {
    /// What was read of a cache.
    pub(super) fn loaded(&self) -> Option<&Loaded> {
        match self {
            Self::Cache(read) => Some(&read.0),
            Self::NotACache(_) | Self::Closed(..) => None,
        }
    }

    /// The rows of a cache.
    pub(super) fn roster(&self) -> Option<&Roster> {
        match self {
            Self::Cache(read) => Some(&read.1),
            Self::NotACache(_) | Self::Closed(..) => None,
        }
    }
}

fn read(source: &Source) -> Result<Reading, Failure> {
    match source.load() {
        Ok(loaded) => {
            let roster = Roster::of(&Cache::of(&loaded.document));
            Ok(Reading::Cache(Box::new((loaded, roster))))
        }
        Err(SourceError::NotACache { cause, .. }) => Ok(Reading::NotACache(cause)),
        Err(SourceError::Sealed { seal, .. }) => Ok(Reading::Closed(format!("sealed by {seal}"), Exit::CannotOpen)),
        Err(error) => Err(Failure::at(source.place(), error)),
    }
}

fn surroundings(session: &Session, source: &Source, seen: Vicinity, roster: Option<&Roster>) -> Surroundings {
    let now = session.wall();
    let twins = seen.twin.as_deref().and_then(|path| roster_at(session, path));
    Surroundings {
        stale_siblings: roster.map(|roster| stale(&seen, roster, twins.as_ref())).unwrap_or_default(),
        twin: seen.twin.as_deref().map(|path| twin(path, twins.as_ref())),
        left_locks: source.lock_status().iter().filter_map(|lock| left_lock(lock, now)).collect(),
        dialect: seen.runtime.as_deref().and_then(Dialect::named),
        app: seen.app,
        usually_sealed: seen.usually_sealed,
        file_mode: seen.file_mode,
        folder_mode: seen.folder_mode,
        others_can_reach: seen.others_can_reach,
        length: seen.length,
        may_be_signal: seen.may_be_signal,
        left_temps: seen.left_temps,
        undo_age: seen.undo_age,
    }
}

/// (file, account) for each account that a file of the app names and neither the cache nor its twin holds. Where the
/// tokens lie in a keyring nobody knows.
fn stale(seen: &Vicinity, roster: &Roster, twins: Option<&Roster>) -> Vec<(String, String)> {
    if seen.may_be_signal && roster.rows.is_empty() {
        return Vec::new();
    }
    let known = || std::iter::once(roster).chain(twins).flat_map(|roster| &roster.accounts);
    let names = || known().filter_map(|account| account.username.as_deref());
    let is_here = |name: &str| names().any(|known| known.to_lowercase() == name.to_lowercase());
    let named = seen.siblings.iter().flat_map(|(file, names)| names.iter().map(move |name| (file, name)));
    named.filter(|(_, name)| !is_here(name)).map(|(file, name)| (file.clone(), name.clone())).collect()
}

/// The rows of another cache, if it is plain text.
fn roster_at(session: &Session, path: &Path) -> Option<Roster> {
    let access = Access { follow_symlink: false, ..session.access() };
    let loaded = Source::open(&Place::file(path), access).and_then(|source| source.load()).ok()?;
    Some(Roster::of(&Cache::of(&loaded.document)))
}

fn twin(path: &Path, roster: Option<&Roster>) -> Twin {
    let ids = |roster: &Roster| {
        let people = roster.accounts.iter().filter(|account| !account.is_app_only());
        people.map(|account| account.home_account_id.to_lowercase()).collect()
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Twin { name, home_account_ids: roster.map(ids) }
}

/// A lock behind which nobody is seen to work. One whose holder lives, or holds a kernel lock, or may run elsewhere,
/// is none.
fn left_lock(lock: &LockStatus, now: UnixSeconds) -> Option<LeftLock> {
    let (holder, proof) = match &lock.state {
        LockState::LeftOver { holder, proof } => (holder, Some(proof.to_string())),
        LockState::Held { holder, kernel } if kernel.is_empty() && holder.alive == Liveness::Unknown => (holder, None),
        LockState::Held { .. } | LockState::Free | LockState::NotAFile | LockState::Unreadable { .. } => return None,
    };
    let name = lock.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Some(LeftLock { name, holder: present::place::holder(holder), proof, age: holder.since.map(|at| now.since(at)) })
}
