//! The one door out. A change is a proposal: asked about what was read freely, staged on the disk, and only then
//! is the lock taken, for a comparison and a rename. Never holds the lock while a person thinks.

use std::time::Duration;

use super::audit::Ledger;
use super::{Loaded, Source, SourceError, Turn};
use crate::json::{Change, Document, Edit, Patch, Path};
use crate::lock::{Holder, Patience, Which};
use crate::store::{Held, Released, Staged, StoreError, StoreErrorKind};

/// How often a proposal is asked again when other processes keep changing the cache.
const ROUNDS: usize = 5;
/// In so many of them the lock is let go while the new plan is staged, which syncs the disk: peers wait for a rename,
/// not for a disk. In the others nobody can come between any more.
const FREE_ROUNDS: usize = 3;
/// When to look whether a peer wrote over our change.
const LOOK_BACK: Duration = Duration::from_millis(60);

/// What a commit did.
#[derive(Clone, Debug)]
pub struct Committed {
    /// `false`: nothing was to change, and nothing was touched.
    pub written: bool,
    /// What changed.
    pub patch: Patch,
    /// The cache before.
    pub before: Document,
    /// The cache after.
    pub after: Document,
    /// How long the lock was held.
    pub held: Duration,
    /// `false`: written, but not surely on the disk (exit code 6).
    pub durable: bool,
    /// What went wrong with the lock after the write, if anything did.
    pub trouble: Option<String>,
    /// Whether an undo is kept.
    pub undo: Undoable,
    /// What stood there a moment later.
    pub read_back: ReadBack,
    /// Who has had the file open since before the change: what it saves may undo the change, or be lost.
    pub open_in: Vec<Holder>,
}

/// Whether a change can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// `saltcellar undo` brings the old bytes back.
    Kept,
    /// None was wanted.
    NotKept,
    /// None is kept: the place is sealed, and an undo beside it would not be.
    Unsealed,
    /// None is kept: the cache lies on a server, and the old tokens would lie on this machine.
    Elsewhere,
    /// It could not be kept; why.
    Failed(String),
}

/// What was found a moment after the lock was let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadBack {
    /// What we wrote.
    Same,
    /// Another process has written since; our removals stand.
    Changed,
    /// Another process put these entries back: Node and new MSAL4J do so from their memory.
    Resurrected(Vec<Path>),
    /// It could not be read.
    NotRead,
}

/// What to do next, planned on one reading.
pub(super) struct Next {
    pub(super) patch: Patch,
    pub(super) after: Document,
    /// What taking this write back will be.
    pub(super) turn: Turn,
}

/// A plan with its bytes ready beside the cache.
struct Ready {
    next: Next,
    staged: Box<dyn Staged>,
}

impl Source {
    /// Changes the cache as `propose` says of what it is shown: first of a free reading, then again of
    /// whatever another process wrote meanwhile (up to five times, in the end under the lock). An empty patch touches nothing.
    ///
    /// # Errors
    /// Read-only, locked, changed, cancelled, or a step that failed: the old text stands then.
    pub fn commit(
        &self,
        patience: &Patience<'_>,
        propose: &dyn Fn(&Loaded) -> Result<Patch, SourceError>,
    ) -> Result<Committed, SourceError> {
        self.change(patience, &|loaded| {
            let patch = propose(loaded)?;
            if patch.is_empty() {
                return Ok(None);
            }
            let applied = loaded.document.apply(&patch);
            let (after, _) = applied.map_err(|cause| SourceError::Edit { place: self.place.to_string(), cause })?;
            self.refuse_import(&loaded.document, &after)?;
            Ok(Some(Next { patch, after, turn: Turn::Undo }))
        })
    }

    /// The change behind [`Source::commit`] and undo.
    pub(super) fn change(
        &self,
        patience: &Patience<'_>,
        plan: &dyn Fn(&Loaded) -> Result<Option<Next>, SourceError>,
    ) -> Result<Committed, SourceError> {
        self.refuse_readonly()?;
        let mut loaded = self.load()?;
        let Some(mut ready) = self.prepare(&loaded, plan)? else {
            return Ok(untouched(loaded));
        };
        let ledger = self.ledger()?;
        let mut kept = None;
        for round in 0..ROUNDS {
            if patience.cancel.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(SourceError::Cancelled { place: self.place.to_string() });
            }
            let mut held = match kept.take() {
                Some(held) => held,
                None => self.hold(patience)?,
            };
            let Ready { next, staged } = ready;
            match held.replace(&loaded.expected(), staged) {
                Ok(_) => return Ok(self.finish(held.release(), loaded, next, ledger)),
                Err(StoreError { kind: StoreErrorKind::Changed, .. }) => {}
                Err(error) => return Err(self.store_error(error)),
            }
            if round < FREE_ROUNDS {
                drop(held);
                loaded = self.load()?.sealed_as(&loaded, self)?;
            } else {
                loaded = self.read_held(&mut *held)?.sealed_as(&loaded, self)?;
                kept = Some(held);
            }
            let Some(again) = self.prepare(&loaded, plan)? else {
                return Ok(untouched(loaded));
            };
            ready = again;
        }
        Err(SourceError::Changed { place: self.place.to_string() })
    }

    /// Plans on `loaded` and stages the outcome; `None` when there is nothing to do.
    fn prepare(
        &self,
        loaded: &Loaded,
        plan: &dyn Fn(&Loaded) -> Result<Option<Next>, SourceError>,
    ) -> Result<Option<Ready>, SourceError> {
        let Some(next) = plan(loaded)? else {
            return Ok(None);
        };
        let was_ascii = loaded.document.style().ascii && !loaded.document.is_empty();
        if was_ascii && !next.after.style().ascii {
            // A Python peer may read its file in the locale's encoding: what it wrote as ASCII must stay ASCII.
            return Err(SourceError::Refused(format!("{} is ASCII and would not be any more", self.place)));
        }
        let sealed = loaded.wrap(next.after.to_bytes()).map_err(|error| self.sealed(error))?;
        let staged = self.store.stage(&self.slot, &sealed, &loaded.expected().state);
        let staged = staged.map_err(|error| self.store_error(error))?;
        Ok(Some(Ready { next, staged }))
    }

    fn hold(&self, patience: &Patience<'_>) -> Result<Box<dyn Held + '_>, SourceError> {
        self.store.hold(&self.slot, patience).map_err(|error| self.store_error(error))
    }

    fn read_held(&self, held: &mut dyn Held) -> Result<Loaded, SourceError> {
        let snapshot = held.read().map_err(|error| self.store_error(error))?;
        let snapshot = snapshot.ok_or_else(|| SourceError::Missing { place: self.place.to_string() })?;
        self.understand_held(snapshot)
    }

    fn finish(&self, released: Released, loaded: Loaded, next: Next, ledger: Ledger) -> Committed {
        let Released { held, durable, trouble } = released;
        let trouble = trouble.or(self.note(ledger, &next.patch, &loaded.document, &next.after));
        let undo = self.keep_undo(&loaded, &next);
        let read_back = self.look_back(&next);
        let Next { patch, after, .. } = next;
        // After the look back: whoever only read the old file has closed it by then.
        let open_in = if self.looks_back { self.openers(Which::Replaced) } else { Vec::new() };
        let before = loaded.document;
        Committed { written: true, patch, before, after, held, durable, trouble, undo, read_back, open_in }
    }

    fn look_back(&self, next: &Next) -> ReadBack {
        if !self.store.abilities().persistent {
            return ReadBack::Same;
        }
        if !self.looks_back {
            return ReadBack::NotRead;
        }
        self.clock().sleep(LOOK_BACK);
        let Ok(now) = self.load() else {
            return ReadBack::NotRead;
        };
        if now.document.hash() == next.after.hash() {
            return ReadBack::Same;
        }
        let back = resurrected(&next.patch, &next.after, &now.document);
        if back.is_empty() { ReadBack::Changed } else { ReadBack::Resurrected(back) }
    }

    fn store_error(&self, error: StoreError) -> SourceError {
        SourceError::of(&self.place, error)
    }
}

/// The answer when nothing was to change in what was read.
fn untouched(loaded: Loaded) -> Committed {
    Committed {
        written: false,
        patch: Patch::default(),
        before: loaded.document.clone(),
        after: loaded.document,
        held: Duration::ZERO,
        durable: true,
        trouble: None,
        undo: Undoable::NotKept,
        read_back: ReadBack::Same,
        open_in: Vec::new(),
    }
}

/// The entries that `patch` removed, that were gone in `after`, and that stand in `now` again.
#[must_use]
pub fn resurrected(patch: &Patch, after: &Document, now: &Document) -> Vec<Path> {
    let removed = |change: &Change| match &change.edit {
        Edit::Remove(path) => Some(path.clone()),
        Edit::Replace(..) | Edit::Insert { .. } => None,
    };
    let is_back = |path: &Path| after.get(path).is_none() && now.get(path).is_some();
    patch.changes.iter().filter_map(removed).filter(is_back).collect()
}
