//! What workers write: changes of a cache, exports, plans in words. Asks nobody: what arrives here was confirmed.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Crew, locked};
use crate::cache::Cache;
use crate::json::{Document, EntrySpot, Layout, Patch, relayout};
use crate::ops::export::{Secrets, export, sample};
use crate::present::{change, place, words};
use crate::secret::{Deed, Law, Pepper};
use crate::source::{Holder, Loaded, Patience, Source, SourceError, Turn};
use crate::text::Safe;
use crate::time::SystemClock;
use crate::tui::clipboard::{save, save_text};
use crate::tui::dialog::{ExportSecrets, Keeps, Proposal};
use crate::tui::model::CacheId;
use crate::tui::msg::{Msg, OfPlan, Outcome};
use crate::tui::outlook::Outlook;
use crate::tui::whole_diff::WholeDiff;
use crate::tui::work::Work;

/// What a copy is to hold, and how.
pub(in crate::tui) struct Copying {
    pub(in crate::tui) spots: Vec<EntrySpot>,
    pub(in crate::tui) secrets: ExportSecrets,
    pub(in crate::tui) layout: Layout,
}

impl From<(Vec<EntrySpot>, ExportSecrets, Layout)> for Copying {
    fn from((spots, secrets, layout): (Vec<EntrySpot>, ExportSecrets, Layout)) -> Self {
        Self { spots, secrets, layout }
    }
}

impl Crew {
    /// Finds what an undo or a redo would do.
    pub(in crate::tui) fn plan_undo(self: &Arc<Self>, cache: CacheId, asked: Turn) {
        let Some(source) = self.source(cache) else { return };
        self.start(move |crew| {
            let result = source.plan_undo(&crate::ops::restore).map(|undone| Box::new(Outlook::of(undone)));
            crew.say(Msg::UndoPlanned { cache, asked, result });
        });
    }

    /// Writes what was proposed, if what it touches is still as it was shown.
    pub(in crate::tui) fn commit(self: &Arc<Self>, cache: CacheId, proposal: Proposal, shown: Document, keeps: Keeps) {
        if let Proposal::Purge(how, doomed) = proposal {
            return self.purge(cache, how, doomed);
        }
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
    pub(in crate::tui) fn export(self: &Arc<Self>, document: Document, wanted: impl Into<Copying>, path: PathBuf) {
        let wanted = wanted.into();
        let stop = locked(&self.stops).begin(Work::Export);
        let writer = self.start(move |crew| {
            let shown = Safe::new(&path.display().to_string()).to_string();
            let go_on = |copy| match stop.load(Ordering::Relaxed) {
                true => Err("stopped: nothing was written".to_owned()),
                false => Ok(copy),
            };
            let copy = exported(&document, &wanted, &crew.access.policy.law).and_then(go_on);
            let saved = copy.and_then(|copy| save(&path, &copy).map_err(|error| refused(&shown, &error)));
            crew.say(Msg::Exported(saved.map(|()| shown)));
        });
        locked(&self.writers).extend(writer);
    }

    /// Shows how an entry looks in a copy: redacted, whatever the copy itself carries.
    pub(in crate::tui) fn preview(self: &Arc<Self>, document: Document, spot: EntrySpot, layout: Layout) {
        self.start(move |crew| {
            let text = sample(&Cache::of(&document), spot, layout, &Pepper::random()).unwrap_or_default();
            crew.say(Msg::Previewed { layout, lines: first_lines(&text) });
        });
    }

    /// Writes a plan in words to a new file.
    pub(in crate::tui) fn save_plan(self: &Arc<Self>, text: String, whole: Option<WholeDiff>, path: PathBuf) {
        let writer = self.start(move |crew| {
            let text = text + &whole.map(|whole| in_words(&whole)).unwrap_or_default();
            let shown = Safe::new(&path.display().to_string()).to_string();
            let saved = save_text(&path, &text).map_err(|error| refused(&shown, &error));
            crew.say(Msg::OfPlan(OfPlan::Saved(saved.map(|()| shown))));
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
                let done = change::done(&Cache::of(&committed.before), &committed.patch);
                Ok(Outcome::Committed(Box::new(committed), done))
            }
            // Of one cache alone.
            Proposal::Purge(..) => Err(SourceError::Refused("a purge is of a list".to_owned())),
            Proposal::Undo(_) => {
                if source.load()?.document.hash() != shown.hash() {
                    return Err(SourceError::Changed { place: source.place().to_string() });
                }
                source.undo(&patience, &crate::ops::restore).map(|undone| Outcome::Undone(Box::new(undone)))
            }
        }
    }
}

/// The whole difference as the end of a text.
fn in_words(whole: &WholeDiff) -> String {
    let lines = whole.lines(&|| true);
    let gap = if lines.is_empty() { "" } else { "\n" };
    std::iter::once(gap.to_owned()).chain(lines.iter().map(|line| format!("{}\n", line.text().trim_end()))).collect()
}

/// The same source, or one that keeps no undo.
fn keeping(source: &Arc<Source>, keeps: Keeps) -> Result<Arc<Source>, SourceError> {
    match keeps {
        Keeps::Undo | Keeps::Nowhere => Ok(Arc::clone(source)),
        Keeps::Nothing if !source.keeps_undo() => Ok(Arc::clone(source)),
        Keeps::Nothing => source.again_without_undo().map(Arc::new),
    }
}

/// Three lines from where the entry begins; of a text without line breaks, its beginning in three parts.
fn first_lines(text: &str) -> Vec<String> {
    const PART: usize = 62;
    let safe = |line: &str| Safe::new(line).to_string();
    if text.lines().nth(1).is_some() {
        // Before the entry stand the braces of the cache and of its section.
        return text.lines().skip(2).take(3).map(safe).collect();
    }
    let letters: Vec<char> = text.chars().take(3 * PART).collect();
    letters.chunks(PART).map(|part| safe(&part.iter().collect::<String>())).collect()
}

/// Why a file of the user's own could not be made.
fn refused(shown: &str, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return format!("{shown} is there already: no file is ever replaced, name another");
    }
    format!("{shown}: {}", words::error(error))
}

fn exported(document: &Document, wanted: &Copying, law: &Law) -> Result<Document, String> {
    if wanted.secrets != ExportSecrets::Redacted {
        law.allow(Deed::Export).map_err(|forbidden| words::error(&forbidden))?;
    }
    let secrets = match wanted.secrets {
        ExportSecrets::Redacted => Secrets::Redacted,
        ExportSecrets::WithAccessTokens => Secrets::WithoutRefreshTokens,
        ExportSecrets::All => Secrets::All,
    };
    let text = export(&Cache::of(document), Some(&wanted.spots), secrets, &Pepper::random());
    let copy = Document::parse(text.map_err(|error| words::error(&error))?.into_bytes());
    let laid_out = copy.and_then(|copy| match wanted.layout {
        Layout::Keep => Ok(copy),
        Layout::Pretty | Layout::Compact | Layout::Canonical => Document::parse(relayout(&copy, wanted.layout)),
    });
    laid_out.map_err(|error| words::error(&error))
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
