//! What workers write: changes of a cache, exports, plans in words. Asks nobody: what arrives here was confirmed.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Crew, locked};
use crate::cache::Cache;
use crate::json::{Document, EntrySpot, Patch};
use crate::ops::export::{Secrets, export};
use crate::present::{place, words};
use crate::secret::Pepper;
use crate::source::{Holder, Loaded, Patience, Source, SourceError, Turn};
use crate::text::Safe;
use crate::time::SystemClock;
use crate::tui::clipboard::{save, save_text};
use crate::tui::dialog::{ExportSecrets, Keeps, Proposal};
use crate::tui::model::CacheId;
use crate::tui::msg::{Msg, Outcome};

impl Crew {
    /// Finds what an undo or a redo would do.
    pub(in crate::tui) fn plan_undo(self: &Arc<Self>, cache: CacheId, asked: Turn) {
        let Some(source) = self.source(cache) else { return };
        self.start(move |crew| {
            let result = source.plan_undo(&crate::ops::restore).map(Box::new);
            crew.say(Msg::UndoPlanned { cache, asked, result });
        });
    }

    /// Writes what was proposed, if what it touches is still as it was shown.
    pub(in crate::tui) fn commit(self: &Arc<Self>, cache: CacheId, proposal: Proposal, shown: Document, keeps: Keeps) {
        let Some(source) = self.source(cache) else { return };
        self.cancel.store(false, Ordering::Relaxed);
        let writer = self.start(move |crew| {
            if matches!(proposal, Proposal::Undo(_)) {
                crew.forget_history(cache);
            }
            let result = keeping(&source, keeps).and_then(|source| crew.write(&source, &proposal, &shown));
            crew.say(Msg::Written { cache, result });
        });
        locked(&self.writers).extend(writer);
    }

    /// Writes a copy to a new file.
    pub(in crate::tui) fn export(
        self: &Arc<Self>,
        document: Document,
        spots: Vec<EntrySpot>,
        secrets: ExportSecrets,
        path: PathBuf,
    ) {
        let writer = self.start(move |crew| {
            let secrets = match secrets {
                ExportSecrets::Redacted => Secrets::Redacted,
                ExportSecrets::WithAccessTokens => Secrets::WithoutRefreshTokens,
            };
            let shown = Safe::new(&path.display().to_string()).to_string();
            let saved = exported(&document, &spots, secrets)
                .and_then(|copy| save(&path, &copy).map_err(|error| refused(&shown, &error)));
            crew.say(Msg::Exported(saved.map(|()| shown)));
        });
        locked(&self.writers).extend(writer);
    }

    /// Writes a plan in words to a new file.
    pub(in crate::tui) fn save_plan(self: &Arc<Self>, text: String, path: PathBuf) {
        let writer = self.start(move |crew| {
            let shown = Safe::new(&path.display().to_string()).to_string();
            let saved = save_text(&path, &text).map_err(|error| refused(&shown, &error));
            crew.say(Msg::PlanSaved(saved.map(|()| shown)));
        });
        locked(&self.writers).extend(writer);
    }

    fn write(&self, source: &Source, proposal: &Proposal, shown: &Document) -> Result<Outcome, SourceError> {
        let clock = SystemClock::new();
        let waiting = |holder: &Holder| self.say(Msg::Waiting(place::holder(holder)));
        let patience = Patience { clock: &clock, wait: self.wait, cancel: &self.cancel, waiting: &waiting };
        match proposal {
            Proposal::Patch(patch) => {
                let committed = source.commit(&patience, &|loaded| propose(source, loaded, patch, shown))?;
                Ok(Outcome::Committed(Box::new(committed)))
            }
            Proposal::Undo(_) => {
                if source.load()?.document.hash() != shown.hash() {
                    return Err(SourceError::Changed { place: source.place().to_string() });
                }
                source.undo(&patience, &crate::ops::restore).map(|undone| Outcome::Undone(Box::new(undone)))
            }
        }
    }
}

/// The same source, or one that keeps no undo.
fn keeping(source: &Arc<Source>, keeps: Keeps) -> Result<Arc<Source>, SourceError> {
    match keeps {
        Keeps::Undo => Ok(Arc::clone(source)),
        // Of a cache in memory no undo is kept anyway.
        Keeps::Nothing if source.path().is_none() => Ok(Arc::clone(source)),
        Keeps::Nothing => source.again_without_undo().map(Arc::new),
    }
}

/// Why a file of the user's own could not be made.
fn refused(shown: &str, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return format!("{shown} is there already: no file is ever replaced, name another");
    }
    format!("{shown}: {}", words::error(error))
}

fn exported(document: &Document, spots: &[EntrySpot], secrets: Secrets) -> Result<Document, String> {
    let text =
        export(&Cache::of(document), Some(spots), secrets, &Pepper::random()).map_err(|error| words::error(&error))?;
    Document::parse(text.into_bytes()).map_err(|error| words::error(&error))
}

/// The patch that was shown, if every value it touches is still the one that was shown.
fn propose(source: &Source, loaded: &Loaded, patch: &Patch, shown: &Document) -> Result<Patch, SourceError> {
    let now = &loaded.document;
    let same = |path| now.get(path).map(|node| node.raw()) == shown.get(path).map(|node| node.raw());
    if now.hash() == shown.hash() || patch.paths().all(same) {
        return Ok(patch.clone());
    }
    Err(SourceError::Changed { place: source.place().to_string() })
}
