//! The one door out. A change is a proposal: asked about what was read freely, staged on the disk, and only then
//! is the lock taken, for a comparison and a rename. Never holds the lock while a person thinks.

use std::cell::Cell;
use std::time::Duration;

use super::audit::Ledger;
use super::{Loaded, Source, SourceError, Turn};
use crate::json::{Change, Document, Draft, Edit, EditError, Judged, Patch, Path};
use crate::lock::{Holder, Patience, Which};
use crate::store::huge;
use crate::store::{Held, Released, Replaced, Revision, Staged, StoreError, StoreErrorKind};
use crate::threads::both;

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
    pub after: Judged,
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

/// From this size on, the new text is made and judged while it is brought to the disk: each takes as long as the other. A
/// smaller one is judged first, and no thread is started for it.
const WORTH_TWO: usize = 4 << 20;

/// What was planned on one reading.
pub(super) enum Plan {
    /// A patch, and what it makes of the text: to be judged.
    Drafted(Patch, Draft),
    /// What is known to be right.
    Judged(Next),
}

/// What to do next, planned on one reading.
pub(super) struct Next {
    pub(super) patch: Patch,
    pub(super) after: Judged,
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
        self.change(patience, &|| self.load(), &|loaded| self.drafted(loaded, propose(loaded)?))
    }

    /// The same by a plan that was made, and perhaps agreed to, on a reading before: `propose` is asked only where the cache
    /// is not that any more.
    ///
    /// # Errors
    /// Those of [`Source::commit`].
    pub fn commit_planned(
        &self,
        patience: &Patience<'_>,
        (loaded, patch): (Loaded, Patch),
        propose: &dyn Fn(&Loaded) -> Result<Patch, SourceError>,
    ) -> Result<Committed, SourceError> {
        let planned = Cell::new(Some(patch));
        self.change(patience, &|| Ok(loaded.clone()), &|loaded| {
            let patch = planned.take().map_or_else(|| propose(loaded), Ok)?;
            self.drafted(loaded, patch)
        })
    }

    fn drafted(&self, loaded: &Loaded, patch: Patch) -> Result<Option<Plan>, SourceError> {
        if patch.is_empty() {
            return Ok(None);
        }
        let draft = loaded.document.draft(&patch).map_err(|cause| self.unfit(cause))?;
        Ok(Some(Plan::Drafted(patch, draft)))
    }

    /// The error for a patch that does not fit.
    pub(super) fn unfit(&self, cause: EditError) -> SourceError {
        SourceError::Edit { place: self.place.to_string(), cause }
    }

    /// The change behind [`Source::commit`] and undo, planned on what `first` gives at first.
    pub(super) fn change(
        &self,
        patience: &Patience<'_>,
        first: &dyn Fn() -> Result<Loaded, SourceError>,
        plan: &dyn Fn(&Loaded) -> Result<Option<Plan>, SourceError>,
    ) -> Result<Committed, SourceError> {
        self.refuse_readonly()?;
        let mut loaded = first()?;
        let Some(mut ready) = self.prepare(&loaded, plan)? else { return Ok(untouched(loaded)) };
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
                Ok(replaced) => return Ok(self.finish(held.release(), &replaced, loaded, next, ledger)),
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
            let Some(again) = self.prepare(&loaded, plan)? else { return Ok(untouched(loaded)) };
            ready = again;
        }
        Err(SourceError::Changed { place: self.place.to_string() })
    }

    /// Plans on `loaded` and stages the outcome; `None` when there is nothing to do.
    fn prepare(
        &self,
        loaded: &Loaded,
        plan: &dyn Fn(&Loaded) -> Result<Option<Plan>, SourceError>,
    ) -> Result<Option<Ready>, SourceError> {
        match plan(loaded)? {
            None => Ok(None),
            Some(Plan::Judged(next)) => {
                let staged = self.stage(loaded, next.after.document())?;
                Ok(Some(Ready { next, staged }))
            }
            Some(Plan::Drafted(patch, draft)) => {
                let (after, staged) = self.judge_and_stage(loaded, &patch, &draft)?;
                Ok(Some(Ready { next: Next { patch, after, turn: Turn::Undo }, staged }))
            }
        }
    }

    /// The verdict on `draft`, and its bytes beside the cache; without the first, the second goes again.
    fn judge_and_stage(
        &self,
        loaded: &Loaded,
        patch: &Patch,
        draft: &Draft,
    ) -> Result<(Judged, Box<dyn Staged>), SourceError> {
        let judge = || self.judge(loaded, patch, draft);
        // A seal closes over the whole text.
        if draft.length() < WORTH_TWO || loaded.is_wrapped() {
            let after = judge()?;
            let staged = self.stage(loaded, after.document())?;
            return Ok((after, staged));
        }
        let (after, staged) = both(judge, || self.stage_pieces(loaded, &mut draft.pieces()));
        Ok((after?, staged?))
    }

    /// What `draft` is, if it may take the place of what was `loaded`.
    fn judge(&self, loaded: &Loaded, patch: &Patch, draft: &Draft) -> Result<Judged, SourceError> {
        let before = &loaded.document;
        // Whoever reads the new text in any case need not have it judged by stretches first.
        let after = match loaded.is_wrapped() || self.counts_secrets() {
            true => before.judge_whole(patch, draft, &huge::room_for).map(Judged::from),
            false => before.judge(patch, draft, &huge::room_for),
        };
        let after = after.map_err(|cause| self.unfit(cause))?;
        self.refuse_import(before, &after)?;
        self.refuse_letters(before, &after)?;
        Ok(after)
    }

    /// A Python peer may read its file in the locale's encoding: what it wrote as ASCII must stay ASCII.
    pub(super) fn refuse_letters(&self, before: &Document, after: &Judged) -> Result<(), SourceError> {
        match after.is_ascii() || !before.is_ascii() || before.is_empty() {
            true => Ok(()),
            false => Err(SourceError::Refused(format!("{} is ASCII and would not be any more", self.place))),
        }
    }

    fn stage(&self, loaded: &Loaded, after: &Document) -> Result<Box<dyn Staged>, SourceError> {
        if !loaded.is_wrapped() {
            return self.stage_pieces(loaded, &mut after.pieces());
        }
        let sealed = loaded.wrap(after.to_bytes()).map_err(|error| self.sealed(error))?;
        self.store.stage(&self.slot, &sealed, loaded.state()).map_err(|error| self.store_error(error))
    }

    fn stage_pieces(
        &self,
        loaded: &Loaded,
        pieces: &mut dyn Iterator<Item = &str>,
    ) -> Result<Box<dyn Staged>, SourceError> {
        let staged = self.store.stage_pieces(&self.slot, pieces, loaded.state());
        staged.map_err(|error| self.store_error(error))
    }

    fn hold(&self, patience: &Patience<'_>) -> Result<Box<dyn Held + '_>, SourceError> {
        self.store.hold(&self.slot, patience).map_err(|error| self.store_error(error))
    }

    fn read_held(&self, held: &mut dyn Held) -> Result<Loaded, SourceError> {
        let snapshot = held.read().map_err(|error| self.store_error(error))?;
        let snapshot = snapshot.ok_or_else(|| SourceError::Missing { place: self.place.to_string() })?;
        self.understand_held(snapshot)
    }

    fn finish(&self, released: Released, replaced: &Replaced, loaded: Loaded, next: Next, ledger: Ledger) -> Committed {
        let Released { held, durable, trouble } = released;
        let trouble = trouble.or(self.note(ledger, &next.patch, &loaded.document, &next.after));
        let undo = self.keep_undo(&loaded, &next);
        let read_back = self.look_back(&next, &replaced.revision);
        let Next { patch, after, .. } = next;
        // After the look back: whoever only read the old file has closed it by then.
        let open_in = if self.looks_back { self.openers(Which::Replaced) } else { Vec::new() };
        let before = loaded.document;
        Committed { written: true, patch, before, after, held, durable, trouble, undo, read_back, open_in }
    }

    fn look_back(&self, next: &Next, revision: &Revision) -> ReadBack {
        if !self.store.abilities().persistent {
            return ReadBack::Same;
        }
        if !self.looks_back {
            return ReadBack::NotRead;
        }
        self.clock().sleep(LOOK_BACK);
        if self.store.stands(&self.slot, revision) {
            return ReadBack::Same;
        }
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
        after: loaded.document.into(),
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
pub fn resurrected(patch: &Patch, after: &Judged, now: &Document) -> Vec<Path> {
    let removed = |change: &Change| match &change.edit {
        Edit::Remove(path) => Some(path.clone()),
        Edit::Replace(..) | Edit::Insert { .. } => None,
    };
    let is_back = |path: &Path| now.get(path).is_some() && after.document().get(path).is_none();
    patch.changes.iter().filter_map(removed).filter(is_back).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::source::{Access, Place};
    use crate::time::{Clock, SystemClock};

    /// A clock under whose pauses a peer writes into the file where it stands, without any lock.
    struct Peer {
        clock: SystemClock,
        writes: Option<(PathBuf, &'static str)>,
    }

    impl Clock for Peer {
        fn wall(&self) -> Duration {
            self.clock.wall()
        }
        fn elapsed(&self) -> Duration {
            self.clock.elapsed()
        }
        fn sleep(&self, _duration: Duration) {
            self.writes.iter().for_each(|(path, text)| fs::write(path, text).expect("written"));
        }
    }

    #[test]
    fn who_writes_in_place_behind_our_back_is_seen_without_reading_for_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cache.json");
        let read_back = |peer: Option<&'static str>| {
            fs::write(&path, r#"{"AccessToken":{"a":{},"b":{}}}"#).expect("written");
            let mut source = Source::open(&Place::file(&path), Access::default()).expect("opened");
            source.clock = Arc::new(Peer { clock: SystemClock::new(), writes: peer.map(|text| (path.clone(), text)) });
            let edit = Edit::Remove(Path::entry("AccessToken", "a"));
            let patch = Patch { title: String::new(), changes: vec![Change { edit, why: "test".into() }] };
            let (clock, cancel) = (SystemClock::new(), AtomicBool::new(false));
            let patience = Patience { clock: &clock, wait: Duration::ZERO, cancel: &cancel, waiting: &|_| {} };
            source.commit(&patience, &|_| Ok(patch.clone())).expect("committed").read_back
        };

        assert_eq!(read_back(None), ReadBack::Same);
        // As long as what we wrote, to the byte.
        assert_eq!(read_back(Some(r#"{"AccessToken":{"c":{}}}"#)), ReadBack::Changed);
        let back = ReadBack::Resurrected(vec![Path::entry("AccessToken", "a")]);
        assert_eq!(read_back(Some(r#"{"AccessToken":{"a":{},"b":{}}}"#)), back);
    }
}
