//! An opened cache as the screen knows it: what was last read from it, and where one is in it.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::browse::Browse;
use super::tally::Tally;
use super::users::Users;
use crate::cache::Roster;
use crate::json::{Document, EntrySpot};
use crate::ops::query::Index;
use crate::source::SourceError;
use crate::time::UnixSeconds;

/// Names an opened cache for as long as the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheId(pub usize);

/// One opened cache.
pub struct OpenCache {
    /// Its name for messages.
    pub id: CacheId,
    /// The place as it is shown; made safe by the view.
    pub name: String,
    /// Its file, if it is one.
    pub path: Option<PathBuf>,
    /// Why it cannot be written, if so.
    pub readonly: Option<String>,
    /// What was last read from it.
    pub content: Content,
    /// What is wrong with it now, while the last good content stays on the screen.
    pub banner: Option<String>,
    /// Whether it is being read.
    pub reading: ReadState,
    /// When that began, after the start.
    pub reading_since: Duration,
    /// When its filter last asked a worker for something, after the start.
    pub filter_since: Duration,
    /// When a worker was last asked to sort it, after the start.
    pub sort_since: Duration,
    /// Its size, where that is worth a word.
    pub bytes: Option<u64>,
    /// When it was first read.
    pub since: Option<UnixSeconds>,
    /// How often it changed while the screen stood still.
    pub waiting: usize,
    /// When its content last changed, after the start.
    pub changed_at: Option<Duration>,
    /// Cursor, marks, filter and order.
    pub browse: Browse,
    /// Its caches, if it is a place with one for each user and no cache itself.
    pub users: Option<Box<Users>>,
    /// The list that it was opened from, and its key there.
    pub of_user: Option<(CacheId, String)>,
}

/// What becomes of a cache that was just opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is one more in the list.
    Listed,
    /// It is shown: the user asked for it.
    Shown,
}

/// What was last read from a cache.
#[derive(Clone)]
pub enum Content {
    /// Nothing yet.
    Loading,
    /// Its first entries, only to be looked at: what goes with them is not known yet.
    Glimpse(Arc<Reading>),
    /// Nothing could be read; why.
    Failed(Arc<SourceError>),
    /// A cache.
    Ready(Arc<Reading>),
}

/// Whether a cache is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadState {
    /// No.
    Idle,
    /// Yes.
    Running,
    /// Yes, and it changed again meanwhile.
    RunningAndStale,
}

/// Whether a change of a cache can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// An undo can be kept.
    Possible,
    /// There is no place for one: the cache lies on a server or in a keyring.
    Nowhere,
}

/// What stands between the place of a cache and who uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Above {
    /// Nothing that hides a change for long.
    Nothing,
    /// Perhaps the own memory of a web app: the cache lies on a server.
    Apps,
}

/// One state of a cache, read and understood by a worker.
pub struct Reading {
    /// The text.
    pub document: Document,
    /// Its rows and accounts.
    pub roster: Arc<Roster>,
    /// What is counted of them.
    pub tally: Arc<Tally>,
    /// The file's permission bits, if it is a file.
    pub mode: Option<u32>,
    /// When the file last changed, if the place tells.
    pub modified: Option<UnixSeconds>,
    /// Whether a change can be taken back, if the user wants that.
    pub way_back: WayBack,
    /// What may hide a change.
    pub above: Above,
    /// What the filter searches, once somebody filters.
    index: OnceLock<Index>,
}

impl Reading {
    /// What was read, counted: that walks over all rows.
    #[must_use]
    pub fn new(document: Document, roster: impl Into<Arc<Roster>>, mode: Option<u32>) -> Self {
        let (way_back, above) = (WayBack::Possible, Above::Nothing);
        let roster = roster.into();
        let (tally, index) = (Arc::new(Tally::of(&roster)), OnceLock::new());
        Self { document, roster, tally, mode, modified: None, way_back, above, index }
    }

    /// The same, with when the file last changed.
    #[must_use]
    pub fn modified_at(self, modified: Option<UnixSeconds>) -> Self {
        Self { modified, ..self }
    }

    /// The same, with whether a change can be taken back.
    #[must_use]
    pub fn with_way_back(self, way_back: WayBack) -> Self {
        Self { way_back, ..self }
    }

    /// The same, with what may hide a change.
    #[must_use]
    pub fn below(self, above: Above) -> Self {
        Self { above, ..self }
    }

    /// What the filter searches; built now if it was not yet, which takes long for a large cache.
    #[must_use]
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.roster))
    }

    /// The same, if it was built already.
    #[must_use]
    pub fn known_index(&self) -> Option<&Index> {
        self.index.get()
    }

    /// The row of the entry at `spot`: rows stand in file order.
    #[must_use]
    pub fn row_of(&self, spot: EntrySpot) -> Option<usize> {
        self.roster.rows.binary_search_by_key(&spot, |row| row.spot).ok()
    }
}

impl OpenCache {
    /// A cache that was just opened and not yet read.
    #[must_use]
    pub fn new(id: CacheId, name: String, path: Option<PathBuf>, readonly: Option<String>) -> Self {
        Self {
            id,
            name,
            path,
            readonly,
            content: Content::Loading,
            banner: None,
            reading: ReadState::Idle,
            reading_since: Duration::ZERO,
            filter_since: Duration::ZERO,
            sort_since: Duration::ZERO,
            bytes: None,
            since: None,
            waiting: 0,
            changed_at: None,
            browse: Browse::default(),
            users: None,
            of_user: None,
        }
    }

    /// A place with one cache per user that was just opened and not yet read.
    #[must_use]
    pub fn list(id: CacheId, name: String, readonly: Option<String>) -> Self {
        Self { users: Some(Box::default()), ..Self::new(id, name, None, readonly) }
    }

    /// Whether nothing could ever be read of it.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.content, Content::Failed(_))
    }

    /// Whether it is being read for the first time.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        let is_unread = matches!(self.content, Content::Loading | Content::Glimpse(_));
        is_unread && self.users.is_none()
    }

    /// What was last read, if anything could be.
    #[must_use]
    pub fn reading(&self) -> Option<&Arc<Reading>> {
        match &self.content {
            Content::Ready(reading) => Some(reading),
            Content::Loading | Content::Glimpse(_) | Content::Failed(_) => None,
        }
    }
}
