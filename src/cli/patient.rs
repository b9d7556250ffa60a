//! A cache with all that lies around it, as the doctor sees it: also one that is no cache any more, or that is not
//! opened. Looks, and changes nothing.

use std::sync::Arc;

use super::caches::Opened;
use super::failure::{Exit, Failure};
use super::session::Session;
use crate::cache::{Cache, Roster};
use crate::json::ParseError;
use crate::lint::{self, Finding, Subject, Surroundings};
use crate::present::around::{self, Seen};
use crate::source::{Loaded, Source, SourceError, Vicinity};
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
    Cache(Box<(Loaded, Arc<Roster>)>),
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
            Some(shut) => Ok(Self::around(session, source, Reading::Closed(shut.state, Exit::Done))),
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

    /// What was read of `source`, and what lies around it.
    pub(super) fn around(session: &Session, source: Source, reading: Reading) -> Self {
        let vicinity = source.vicinity();
        let surroundings = surroundings(session, &source, &vicinity, reading.roster());
        Self { source, reading, surroundings, sign_out: vicinity.sign_out }
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

/// What the rules find in `cache` with `surroundings` around it; of one rule alone if `rule` names it.
pub(super) fn findings_in(
    cache: &Cache<'_>,
    surroundings: &Surroundings,
    rule: Option<&str>,
    now: UnixSeconds,
) -> Vec<Finding> {
    let roster = Roster::shared(cache);
    findings(&Subject { cache: Some(cache), roster: Some(&roster), unreadable: None, surroundings, now }, rule)
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
            // Rules that make a patch ask for it too.
            let roster = Roster::shared(&Cache::of(&loaded.document));
            Ok(Reading::Cache(Box::new((loaded, roster))))
        }
        Err(SourceError::NotACache { cause, .. }) => Ok(Reading::NotACache(cause)),
        Err(SourceError::Sealed { error, .. }) => Ok(Reading::Closed(error.to_string(), Exit::CannotOpen)),
        Err(error) => Err(Failure::at(source.place(), error)),
    }
}

fn surroundings(session: &Session, source: &Source, seen: &Vicinity, roster: Option<&Roster>) -> Surroundings {
    let twin = seen.twin.as_deref().and_then(|path| source.beside(path));
    let twin = twin.map(|loaded| Roster::of(&Cache::of(&loaded.document)));
    let (locks, now) = (source.lock_status(), session.wall());
    around::surroundings(&Seen { vicinity: seen, locks: &locks, roster, twin: twin.as_ref(), now })
}
