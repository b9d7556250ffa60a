//! What is to be done outside: data that `run.rs` carries out. An effect says whether it writes,
//! and only [`permitted`] decides whether it may: one place, whatever key asked for it.

use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::browse::SortKey;
use super::dialog::{CopyKind, ExportSecrets, Keeps, Proposal};
use super::draft::Draft;
use super::fresh::Was;
use super::model::{CacheId, Demo, Model, MouseMode, Reading};
use super::page::Question;
use super::prune::Rule;
use super::purge::How;
use super::whole_diff::WholeDiff;
use super::work::Work;
use crate::json::{Document, EntrySpot, Layout};
use crate::ops::query::{Memory, Query};
use crate::secret::SecretText;
use crate::source::Turn;
use crate::time::UnixSeconds;

/// One thing to do outside.
pub enum Effect {
    /// Look at the well-known places.
    Discover,
    /// Open a well-known place, by its number in the list.
    OpenKnown(usize),
    /// Follow a cache no longer.
    Close(CacheId),
    /// Look at the outside of caches: sizes, ages, locks.
    Survey {
        /// Opened ones.
        opened: Vec<CacheId>,
        /// Well-known places, by their numbers in the list.
        known: Vec<usize>,
    },
    /// Open the demo.
    OpenDemo(Demo),
    /// Read a cache; `was` is what the screen shows, to tell what changed.
    Load {
        /// Which cache.
        cache: CacheId,
        /// What the screen shows of it.
        was: Option<Box<Was>>,
    },
    /// Free what is shown no more: of a large cache that takes its time.
    Free(Arc<Reading>),
    /// Read a place with one cache per user.
    Scan {
        /// Which place.
        cache: CacheId,
        /// The number of this reading.
        number: u64,
    },
    /// Open the cache of one user.
    OpenUser {
        /// The list that it stands in.
        list: CacheId,
        /// Its key there.
        key: String,
    },
    /// Read the names of a large cache for its filter.
    Index {
        /// Which cache.
        cache: CacheId,
        /// What was read of it.
        reading: Arc<Reading>,
        /// The claims of its tokens to read too.
        claims: Vec<String>,
    },
    /// Find the rows that a filter takes.
    Search {
        /// Of which cache.
        cache: CacheId,
        /// What was read of it.
        reading: Arc<Reading>,
        /// The filter.
        query: Query,
        /// What is remembered of the filter before it.
        memory: Memory,
        /// At which moment.
        now: UnixSeconds,
    },
    /// Sort the rows of a large cache.
    Rank {
        /// Of which cache.
        cache: CacheId,
        /// What was read of it.
        reading: Arc<Reading>,
        /// By what.
        key: SortKey,
        /// At which moment.
        now: UnixSeconds,
    },
    /// Answer a question: that may take a while on a large cache.
    Answer(Box<Question>),
    /// Make a plan of a large cache.
    Plan(Box<Draft>),
    /// Make the whole difference of a plan.
    Differ(CacheId, WholeDiff),
    /// Find what an undo, or a redo, would do.
    PlanUndo(CacheId, Turn),
    /// Look which apps to close before a plan for this cache is written.
    LookForApps(CacheId),
    /// Count what rules would take.
    Count {
        /// Of which cache.
        cache: CacheId,
        /// What was read of it.
        reading: Arc<Reading>,
        /// Which rules.
        rules: Vec<Rule>,
        /// At which moment.
        now: UnixSeconds,
    },
    /// Find what taking users out of a list would mean.
    PlanPurge {
        /// Which list.
        list: CacheId,
        /// Their keys.
        keys: Vec<String>,
        /// How.
        how: How,
        /// At which moment.
        now: UnixSeconds,
    },
    /// Write, if what it touches is still as shown.
    Commit {
        /// Which cache.
        cache: CacheId,
        /// The change.
        proposal: Proposal,
        /// The state it was planned on.
        shown: Document,
        /// Whether an undo is kept.
        keeps: Keeps,
    },
    /// Write a plan in words to a new file.
    SavePlan {
        /// The words: no secret is among them.
        text: String,
        /// The whole difference, to be added.
        whole: Option<WholeDiff>,
        /// Where to.
        path: PathBuf,
    },
    /// Hand a server's password to whoever asked for it; `None`: nobody answers.
    AnswerPassword(Option<SecretText>),
    /// Stop some work: nobody waits for it any more.
    Stop(Work),
    /// Stop waiting for the lock.
    CancelWrite,
    /// Show how a copy begins.
    Preview {
        /// The text.
        document: Document,
        /// Its first entry.
        spot: EntrySpot,
        /// How it is laid out.
        layout: Layout,
    },
    /// Write a copy to a new file.
    Export {
        /// The text.
        of: Document,
        /// Which entries.
        spots: Vec<EntrySpot>,
        /// What it carries.
        secrets: ExportSecrets,
        /// How it is laid out.
        layout: Layout,
        /// Where to.
        path: PathBuf,
    },
    /// Copy something of an entry.
    Copy {
        /// The text.
        document: Document,
        /// Which entry.
        spot: EntrySpot,
        /// What of it.
        kind: CopyKind,
        /// Which claim, if a claim is meant.
        claim: usize,
    },
    /// Clear the clipboard if it is still ours.
    ClearCopy,
    /// Send bytes to the terminal as they are (OSC 52).
    Terminal(Zeroizing<Vec<u8>>),
    /// Hand the terminal back until the shell wakes us.
    Suspend,
    /// Draw everything anew.
    Repaint,
    /// Take or free the mouse.
    Mouse(MouseMode),
    /// End.
    Quit,
}

/// What an action or effect writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Nothing but the screen and the clipboard.
    Nothing,
    /// The cache.
    Cache,
    /// Some other file.
    File,
}

impl Effect {
    /// What it writes.
    #[must_use]
    pub fn writes(&self) -> Writes {
        match self {
            Self::Commit { .. } => Writes::Cache,
            Self::Export { .. } | Self::SavePlan { .. } => Writes::File,
            Self::Discover
            | Self::OpenKnown(_)
            | Self::Close(_)
            | Self::Survey { .. }
            | Self::OpenDemo(_)
            | Self::Load { .. }
            | Self::Free(_)
            | Self::Rank { .. }
            | Self::Scan { .. }
            | Self::OpenUser { .. }
            | Self::Index { .. }
            | Self::Search { .. }
            | Self::Answer(_)
            | Self::Plan(_)
            | Self::PlanUndo(..)
            | Self::LookForApps(_)
            | Self::Differ(..)
            | Self::PlanPurge { .. }
            | Self::Count { .. }
            | Self::Preview { .. }
            | Self::AnswerPassword(_)
            | Self::Stop(_)
            | Self::CancelWrite
            | Self::Copy { .. }
            | Self::ClearCopy
            | Self::Terminal(_)
            | Self::Suspend
            | Self::Repaint
            | Self::Mouse(_)
            | Self::Quit => Writes::Nothing,
        }
    }
}

/// Why `writes` is refused on the cache shown, if it is.
#[must_use]
pub fn refusal(model: &Model, writes: Writes) -> Option<String> {
    let everywhere = model.session.readonly.as_ref();
    let here = || model.cache().and_then(|cache| cache.readonly.as_ref());
    let by = match writes {
        Writes::Nothing => None,
        Writes::File => everywhere,
        Writes::Cache => everywhere.or_else(here),
    };
    by.map(|by| format!("read-only ({by})"))
}

/// The effects that may happen: under read-only, none that writes.
#[must_use]
pub fn permitted(model: &Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.retain(|effect| refusal(model, effect.writes()).is_none());
    effects
}
