//! What happened outside, as `update` hears of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;
use zeroize::Zeroizing;

use super::dialog::{CopyKind, Plan};
use super::fresh::Fresh;
use super::model::{CacheId, Moment, Reading};
use super::order::Ranked;
use super::outlook::Outlook;
use super::page::{Page, Topic};
use super::prune::Rule;
use super::purge::{How, Purge};
use super::sieve::Found;
use super::sources::Survey;
use super::theme::Ground;
use super::users::UserRow;
use crate::clipboard::Route;
use crate::json::{Layout, Patch};
use crate::present::Line;
use crate::source::{Committed, Known, SourceError, Turn, Undone};

/// Something that happened.
pub enum Msg {
    /// Time went on; sent before every other message.
    Tick(Moment),
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse was clicked or its wheel turned.
    Mouse(MouseEvent),
    /// The screen has another size.
    Resize(Size),
    /// Another window has the keys: secrets are hidden.
    FocusLost,
    /// The terminal said what its background is.
    Ground(Ground),
    /// The system asks to be suspended (ctrl-z, or SIGTSTP from outside).
    Suspend,
    /// The terminal is ours again after a suspension.
    Resumed,
    /// The settings were read, and this is wrong with them; safe already.
    Advice(Vec<String>),
    /// The well-known places were looked at.
    Places(Vec<Known>),
    /// The outside of caches was looked at.
    Surveyed(Vec<Survey>),
    /// A cache was opened, and will be read.
    Opened {
        /// Its name from now on.
        cache: CacheId,
        /// The place as it is shown.
        name: String,
        /// Its file, if it is one.
        path: Option<PathBuf>,
        /// Why it cannot be written, if so.
        readonly: Option<String>,
    },
    /// A place with one cache per user was opened, and will be read.
    Listed {
        /// Its name from now on.
        cache: CacheId,
        /// The place as it is shown.
        name: String,
        /// Why nothing in it can be written, if so.
        readonly: Option<String>,
    },
    /// Such a place is read.
    Scanned {
        /// Which place.
        cache: CacheId,
        /// Which reading of it.
        number: u64,
        /// How far that is.
        step: Scanning,
    },
    /// The cache of one user was opened, and will be read.
    UserOpened {
        /// Its name from now on.
        cache: CacheId,
        /// The place as it is shown.
        name: String,
        /// Why it cannot be written, if so.
        readonly: Option<String>,
        /// The list that it stands in.
        list: CacheId,
        /// Its key there.
        key: String,
    },
    /// The file of a cache may have changed.
    Changed(CacheId),
    /// A large cache is being read.
    Sized {
        /// Which cache.
        cache: CacheId,
        /// How large it is.
        bytes: u64,
    },
    /// The first entries of a large cache, while the rest is still read.
    Glimpsed {
        /// Which cache.
        cache: CacheId,
        /// What stands first in it.
        reading: Arc<Reading>,
    },
    /// A cache was read.
    Loaded {
        /// Which cache.
        cache: CacheId,
        /// What was read.
        result: Result<Fresh, SourceError>,
    },
    /// A question about a cache is answered.
    Answered {
        /// Which cache.
        cache: CacheId,
        /// What was asked.
        topic: Topic,
        /// The answer.
        page: Page,
    },
    /// A plan was made.
    Planned {
        /// For which cache.
        cache: CacheId,
        /// When it was asked for, after the start.
        since: Duration,
        /// The plan; `None` if there is nothing to do.
        plan: Option<Box<Plan>>,
    },
    /// What an undo would do.
    UndoPlanned {
        /// Which cache.
        cache: CacheId,
        /// Whether an undo or a redo was asked for.
        asked: Turn,
        /// What it would do.
        result: Result<Box<Outlook>, SourceError>,
    },
    /// A rule by which to prune was tried.
    Counted {
        /// On which cache.
        cache: CacheId,
        /// Which rule.
        rule: Rule,
        /// How many entries it takes.
        takes: usize,
    },
    /// Users are to be taken out of a list, or were.
    Purging {
        /// Which list.
        list: CacheId,
        /// How far that is.
        step: Purging,
    },
    /// A server wants a password; a worker waits for the answer.
    PasswordAsked {
        /// Which server, as a place names it.
        server: String,
    },
    /// A write waits for a lock; who holds it, in safe words.
    Waiting(String),
    /// A write came to its end.
    Written {
        /// Which cache.
        cache: CacheId,
        /// How.
        result: Result<Outcome, SourceError>,
    },
    /// A copy came to its end.
    Copied {
        /// What was copied.
        kind: CopyKind,
        /// How, or why not in safe words.
        result: Result<Copied, String>,
    },
    /// The clipboard was looked at again: in words, if there is something to say.
    CopyCleared(Option<String>),
    /// The names of a cache were read for its filter.
    Indexed(CacheId),
    /// The rows that a filter takes were found.
    Searched {
        /// Of which cache.
        cache: CacheId,
        /// Of which reading of it.
        reading: Arc<Reading>,
        /// Which rows.
        found: Box<Found>,
    },
    /// The rows of a large cache were sorted.
    Ranked {
        /// Of which cache.
        cache: CacheId,
        /// Of which reading of it.
        reading: Arc<Reading>,
        /// How.
        ranked: Ranked,
    },
    /// How an export begins.
    Previewed {
        /// In which layout.
        layout: Layout,
        /// Its first lines, redacted and safe.
        lines: Vec<String>,
    },
    /// An export came to its end: the path, or why not in safe words.
    Exported(Result<String, String>),
    /// Something was done with the plan that is asked about.
    OfPlan(OfPlan),
    /// A worker stopped unexpectedly; where, without its message, which may hold text of a cache.
    WorkerDied(String),
}

/// What was done with a plan.
pub enum OfPlan {
    /// Its whole difference was made.
    Differs {
        /// Its change.
        patch: Arc<Patch>,
        /// The lines.
        lines: Vec<Line>,
    },
    /// It was saved as a text: the path, or why not in safe words.
    Saved(Result<String, String>),
    /// Which apps should be closed before it is written.
    CloseFirst {
        /// The cache that it is for.
        cache: CacheId,
        /// In words; none if it does not matter.
        says: Vec<Line>,
    },
}

/// How far a place with one cache per user is read.
pub enum Scanning {
    /// A line for each of some of its caches. The second part is held as long as nobody has taken them in: whoever reads
    /// waits for that, lest they heap up.
    Rows(Vec<UserRow>, Arc<()>),
    /// To its end, or it was stopped or lost.
    Ended(Result<(), SourceError>),
}

/// How far users are taken out.
pub enum Purging {
    /// What it would mean; `None`: there is nothing to take.
    Planned(Result<Option<Purge>, SourceError>),
    /// What came of it.
    Done(Purged),
}

/// What came of taking users out, key by key.
pub struct Purged {
    /// How.
    pub how: How,
    /// Those who are out, with what lies under their key now.
    pub done: Vec<(String, Option<UserRow>)>,
    /// Those who are not, and why.
    pub failed: Vec<(String, SourceError)>,
}

/// How a write ended.
pub enum Outcome {
    /// A patch was committed; what it took out, in words.
    Committed(Box<Committed>, String),
    /// The last write was taken back.
    Undone(Box<Undone>),
}

/// A copy that went out.
pub struct Copied {
    /// Which way.
    pub route: Route,
    /// Its length in bytes.
    pub bytes: usize,
    /// What the terminal is to be sent for it; empty for the system's clipboard.
    pub sequence: Zeroizing<Vec<u8>>,
}

/// What reaches the loop.
pub enum Event {
    /// Something for `update`.
    Msg(Msg),
    /// A signal that ends or suspends the program, by its number.
    Signal(i32),
    /// No more keys will come: the terminal is gone.
    InputEnded,
}
