//! An answer as blocks of lines, with what can be done about each block. Made by `pages/`, read in
//! the reader. Holds no secret: its lines come from `present`.

use std::path::PathBuf;
use std::sync::Arc;

use super::model::{CacheId, Content, Note};
use crate::json::{Document, Patch, Path};
use crate::lint::Surroundings;
use crate::ops::explain::Runtime;
use crate::ops::{Moment, Snapshot};
use crate::present::Line;
use crate::time::UnixSeconds;

/// What is asked about a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What is wrong with it.
    Health,
    /// What a rule means.
    Rule(&'static str),
    /// Which libraries would use an entry, and why not.
    Why(Path),
    /// The same of one library, with every check.
    Library(Path, Runtime),
    /// Who is who among the accounts of all opened caches.
    People,
    /// What it holds, and how much of it.
    Stats,
    /// What has changed since it was opened, and with what else it can be compared.
    Changes,
    /// What has changed since the snapshot of this name.
    Since(String),
    /// How it differs from another opened cache.
    Against(CacheId),
    /// What happened.
    Activity,
}

impl Topic {
    /// The name in the title, and in the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Health => "Health",
            Self::Rule(_) => "Rule",
            Self::Why(_) => "Why",
            Self::Library(..) => "Every check",
            Self::People => "People",
            Self::Stats => "Stats",
            Self::Changes => "Changes",
            Self::Since(_) => "Since a snapshot",
            Self::Against(_) => "Two caches",
            Self::Activity => "Activity",
        }
    }
}

/// A question, with all that its answer depends on inside the house.
#[derive(Clone)]
pub struct Question {
    /// About which cache.
    pub cache: CacheId,
    /// What is asked.
    pub topic: Topic,
    /// Every opened cache.
    pub caches: Vec<Asked>,
    /// What happened, newest last.
    pub log: Vec<Note>,
    /// At which moment.
    pub now: UnixSeconds,
}

/// An opened cache, as far as answers depend on it.
#[derive(Clone)]
pub struct Asked {
    /// Its name for messages.
    pub id: CacheId,
    /// The place as it is shown.
    pub name: String,
    /// Its file, if it is one.
    pub path: Option<PathBuf>,
    /// When it was first read.
    pub since: Option<UnixSeconds>,
    /// What was read of it, or why nothing could be.
    pub content: Content,
}

impl Question {
    /// The cache that is asked about.
    #[must_use]
    pub fn here(&self) -> Option<&Asked> {
        self.caches.iter().find(|asked| asked.id == self.cache)
    }
}

/// What a worker saw around the cache asked about, and of the others only whose they are.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// What rules look at.
    pub surroundings: Surroundings,
    /// The app's command that signs out, with `{username}` for the account.
    pub sign_out: Option<String>,
    /// The app that keeps each cache, in the order of the question, as far as its place tells.
    pub apps: Vec<Option<String>>,
    /// What stood in it when it was first read, if that has changed.
    pub first: Option<Arc<Moment>>,
    /// The snapshots of it: the one that is asked about, or all.
    pub snapshots: Vec<(String, Snapshot)>,
}

/// An answer.
#[derive(Clone, Default)]
pub struct Page {
    /// The whole of it in a few words, beside the title.
    pub sum: Line,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// Lines that belong together, and what can be done about them.
#[derive(Clone, Default)]
pub struct Block {
    /// The lines; the first one carries the cursor.
    pub lines: Vec<Line>,
    /// What enter shows.
    pub opens: Option<Target>,
    /// What would mend what these lines tell.
    pub fix: Option<Arc<Fix>>,
}

/// What a block leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An entry, in the browser.
    Entry(Path),
    /// A further answer.
    Topic(Topic),
    /// An account, in the browser.
    Account(CacheId, String),
}

/// A change that mends something, and the text for which it was found.
pub struct Fix {
    /// The change.
    pub patch: Patch,
    /// The text.
    pub shown: Document,
}

impl Fix {
    /// Whether every value that the change touches is still the same in `document`.
    #[must_use]
    pub fn fits(&self, document: &Document) -> bool {
        let same = |path| self.shown.get(path).map(|node| node.raw()) == document.get(path).map(|node| node.raw());
        self.shown.hash() == document.hash() || self.patch.paths().all(same)
    }
}

impl Block {
    /// A block that is only read.
    #[must_use]
    pub fn of(lines: Vec<Line>) -> Self {
        Self { lines, ..Self::default() }
    }

    /// A line that leads to `target`.
    #[must_use]
    pub fn to(target: Target, line: Line) -> Self {
        Self { lines: vec![line], opens: Some(target), fix: None }
    }

    /// Whether the cursor stops here.
    #[must_use]
    pub fn is_choice(&self) -> bool {
        self.opens.is_some() || self.fix.is_some()
    }
}
