//! Where entries go: a cache that is there, or a file or keyring item that is to be made. Writes through the one writing
//! flow; a new file begins empty, 0600, never over another one, and is gone again if nothing came into it; an item is
//! made whole.

use std::fs;

use super::args::{OnePlace, Typed};
use super::change::{self, Propose};
use super::failure::Failure;
use super::session::Session;
use super::{caches, new_file};
use crate::cache::Cache;
use crate::json::Document;
use crate::ops::Severity;
use crate::secret::SecretBytes;
use crate::source::{Access, Committed, Source, SourceError};

/// A cache that entries go into.
pub(super) struct Target {
    /// The cache.
    pub(super) source: Source,
    /// What is there; nothing, where there is none yet.
    document: Document,
    state: State,
    is_guarded: bool,
}

/// Whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    There,
    /// A file, yet to be made.
    NewFile,
    /// An item of a keyring, yet to be made.
    NewItem,
}

impl Target {
    /// Looks at `place`.
    ///
    /// # Errors
    /// What is there cannot be read, or may not be written.
    pub(super) fn open(session: &Session, place: &Typed, access: Access) -> Result<Self, Failure> {
        let source = caches::open_one(session, &OnePlace { place: Some(place.clone()) }, access)?;
        let state = match source.load() {
            Ok(loaded) => {
                let is_guarded = source.is_guarded(Some(&loaded));
                return Ok(Self { source, document: loaded.document, state: State::There, is_guarded });
            }
            Err(SourceError::Missing { .. }) if source.path().is_some() => State::NewFile,
            Err(error) if source.can_be_made(&error) => State::NewItem,
            Err(error) => return Err(Failure::at(source.place(), error)),
        };
        let place = source.place().to_string();
        let nothing = Document::parse(SecretBytes::default());
        let document = nothing.map_err(|cause| Failure::at(source.place(), SourceError::NotACache { place, cause }))?;
        let is_guarded = source.is_guarded(None);
        // Nothing stood there that an undo could bring back.
        Ok(Self { source: source.without_undo(), document, state, is_guarded })
    }

    /// Whether an item of a keyring is to be made.
    pub(super) fn is_new_item(&self) -> bool {
        self.state == State::NewItem
    }

    /// Whether what goes there is kept from other eyes.
    pub(super) fn is_guarded(&self) -> bool {
        self.is_guarded
    }

    /// What is there.
    pub(super) fn cache(&self) -> Cache<'_> {
        Cache::of(&self.document)
    }

    /// Changes it as `propose` says of what is there by then.
    ///
    /// # Errors
    /// Why nothing was written.
    pub(super) fn commit(
        &self,
        session: &Session,
        propose: &Propose<'_>,
        severity: &Severity,
    ) -> Result<Committed, Failure> {
        let path = match (self.state, self.source.path()) {
            (State::NewItem, _) => return change::make(session, &self.source, propose, severity),
            (State::NewFile, Some(path)) => path,
            (State::There | State::NewFile, _) => return change::commit(session, &self.source, propose, severity),
        };
        new_file::create_empty(session, &path)?;
        let committed = change::commit(session, &self.source, propose, severity);
        let is_empty = || fs::symlink_metadata(&path).is_ok_and(|is| is.is_file() && is.len() == 0);
        if !committed.as_ref().is_ok_and(|committed| committed.written) && is_empty() {
            // An empty cache that nobody asked for; if it cannot be removed, apps read it as none.
            _ = fs::remove_file(&path);
        }
        committed
    }
}
