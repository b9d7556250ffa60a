//! Where entries go: a cache that is there, or a file that is to be made. Writes through the one writing flow; a new
//! file begins empty, 0600, never over another one, and is gone again if nothing came into it.

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
    /// Whether it is yet to be made.
    is_new: bool,
    is_guarded: bool,
}

impl Target {
    /// Looks at `place`.
    ///
    /// # Errors
    /// What is there cannot be read, or may not be written.
    pub(super) fn open(session: &Session, place: &Typed, access: Access) -> Result<Self, Failure> {
        let source = caches::open_one(session, &OnePlace { place: Some(place.clone()) }, access)?;
        match source.load() {
            Ok(loaded) => {
                let is_guarded = source.is_guarded(Some(&loaded));
                Ok(Self { source, document: loaded.document, is_new: false, is_guarded })
            }
            Err(SourceError::Missing { place }) if source.path().is_some() => {
                let nothing = Document::parse(SecretBytes::default());
                let document =
                    nothing.map_err(|cause| Failure::at(source.place(), SourceError::NotACache { place, cause }))?;
                // Nothing stood there that an undo could bring back.
                let is_guarded = source.is_guarded(None);
                Ok(Self { source: source.without_undo(), document, is_new: true, is_guarded })
            }
            Err(error) => Err(Failure::at(source.place(), error)),
        }
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
        let Some(path) = self.source.path().filter(|_| self.is_new) else {
            return change::commit(session, &self.source, propose, severity);
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
