//! All that the TUI knows: changed by `update` alone, read by `view`. Holds no handle to the
//! outside and asks no clock; time stands in [`Moment`] as the last tick brought it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::{Position, Size};

use super::axis::Zoom;
use super::dialog::{Dialog, Intent, Planning};
use super::input::Input;
use super::keymap::Keymap;
use super::layout::{Body, FilterLine, Origin, Pane, Panes, Tier, Wish, panes, tier};
use super::reader::Reader;
use super::seek;
use super::theme::{Drawing, Theme};
use super::users::Users;
use crate::config::Config;
use crate::json::Path;
use crate::ops::query::{Query, QueryError};
use crate::present::Role;
use crate::secret::RevealGrant;
use crate::source::Known;
use crate::time::UnixSeconds;

pub use super::dialog::Job;
pub use super::opened::{Above, Arrival, CacheId, Content, OpenCache, ReadState, Reading, WayBack};

/// The whole state of the TUI.
pub struct Model {
    /// The size of the screen.
    pub size: Size,
    /// What time it is.
    pub moment: Moment,
    /// The looks.
    pub theme: Theme,
    /// What was asked for on the command line.
    pub session: Session,
    /// The opened caches; one is shown at a time.
    pub caches: Vec<OpenCache>,
    /// Which of them is shown.
    pub current: usize,
    /// Whether the next one that opens is to be shown.
    pub arrival: Arrival,
    /// The well-known places, as far as they were looked for.
    pub places: Places,
    /// The pane that gets the keys.
    pub focus: Pane,
    /// The pane that fills the screen, if one does.
    pub zoom: Option<Pane>,
    /// From where an entry was opened over the whole screen: esc leads back there.
    pub origin: Option<Origin>,
    /// What is read over the whole screen: the last one is seen.
    pub readers: Vec<Reader>,
    /// What the details pane shows.
    pub detail: Detail,
    /// How close the timeline looks.
    pub axis: Zoom,
    /// How the expiry column tells time.
    pub times: TimeMode,
    /// The actions that the palette ran, the last one at the end.
    pub recent: Vec<&'static str>,
    /// What each key means.
    pub keymap: Keymap,
    /// Keys pressed but not yet complete.
    pub pending: Pending,
    /// Whether the filter line has the keys.
    pub filter: FilterMode,
    /// What the filter line remembers.
    pub bar: Bar,
    /// The words looked for in the details.
    pub seek: Input,
    /// What stands over the browser, if anything does.
    pub dialog: Option<Dialog>,
    /// A short word at the foot, until its time is over.
    pub toast: Option<Toast>,
    /// What happened, newest last.
    pub log: Vec<Note>,
    /// The secret shown in clear, if one is.
    pub reveal: Option<Reveal>,
    /// When the copied secret is to be cleared, after the start.
    pub clear_copy_at: Option<Duration>,
    /// The plan that a worker makes, if one does.
    pub planning: Option<Planning>,
    /// The write under way, if one is.
    pub job: Option<Job>,
    /// When the copy being made was begun, after the start.
    pub exporting: Option<Duration>,
    /// What is to be asked about again as soon as the cache is read anew.
    pub ask_again: Option<Intent>,
    /// Where and when, after the start, the mouse was last clicked.
    pub clicked: Option<(Position, Duration)>,
    /// Whether the mouse is ours.
    pub mouse: MouseMode,
    /// Whether changes on disk are shown as they come.
    pub live: Live,
}

/// A moment, as two clocks tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the screen calls now (Unix seconds): real, `--at`, or the demo's.
    pub now: UnixSeconds,
    /// The time since the start, which never steps back: for deadlines.
    pub elapsed: Duration,
}

/// What was asked for at the start.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// Why nothing may be written at all, if so.
    pub readonly: Option<String>,
    /// Whether invented data is shown.
    pub demo: Option<Demo>,
    /// The home folder, to shorten paths.
    pub home: Option<PathBuf>,
    /// The settings.
    pub config: Config,
}

/// The demo is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demo;

/// The well-known places of this machine.
#[derive(Clone, Debug)]
pub enum Places {
    /// Not asked for: the command line named places.
    NotNeeded,
    /// Being looked for, to open what is found.
    Searching,
    /// Being looked for, only to be listed.
    Listing,
    /// What was found, or not.
    Known(Vec<Known>),
}

/// What the details pane shows of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Which page.
    pub tab: DetailTab,
    /// The first line shown, or the claim under the cursor.
    pub line: usize,
}

/// The pages of the details pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DetailTab {
    /// The entry in words.
    #[default]
    Summary,
    /// What the token says of itself.
    Claims,
    /// The JSON.
    Raw,
}

/// How times are told in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeMode {
    /// "in 52m".
    Relative,
    /// The wall clock's.
    Local,
    /// UTC.
    Utc,
}

/// Keys that await others.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// A count typed before a movement.
    pub count: Option<usize>,
    /// The keys of an unfinished sequence.
    pub keys: Vec<String>,
    /// When the popup with the possible next keys opens, after the start.
    pub popup_at: Option<Duration>,
}

/// Whether the filter is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterMode {
    /// Keys go to the panes.
    Rest,
    /// Keys go to the search in the details.
    Seeking,
    /// Keys go to the filter.
    Typing,
}

/// What the filter line remembers.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// The filter that every cache opens with.
    pub start: String,
    /// What esc leads back to: the filter as it was before it was typed on.
    pub kept: String,
    /// Filters kept before, the newest last.
    pub past: Vec<String>,
    /// Which of them is shown, counted from the newest; 0 is the one being typed.
    pub back: usize,
    /// The one being typed, while an older one is shown.
    pub draft: String,
}

/// A short word at the foot.
#[derive(Clone, Debug)]
pub struct Toast {
    /// What it says; safe already.
    pub text: String,
    /// How it is painted.
    pub role: Role,
    /// When it goes, after the start; `None` stays until a key is pressed.
    pub until: Option<Duration>,
    /// Whether it answers the key just pressed.
    pub kind: ToastKind,
}

/// Why a word stands at the foot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    /// Something happened.
    News,
    /// A key did nothing; why.
    Hint,
}

/// A line of the activity log.
#[derive(Clone, Debug)]
pub struct Note {
    /// When (Unix seconds).
    pub at: UnixSeconds,
    /// What happened; safe already.
    pub text: String,
    /// How it is painted.
    pub role: Role,
    /// The entry that it tells of, if that may still be there.
    pub about: Option<(CacheId, Path)>,
}

/// A secret shown in clear.
#[derive(Debug)]
pub struct Reveal {
    /// The permission that the reveal key gave.
    pub grant: RevealGrant,
    /// Whose secret.
    pub cache: CacheId,
    /// Which entry of the current reading.
    pub row: usize,
    /// When it is hidden again, after the start.
    pub until: Duration,
}

/// Whether clicks and the wheel come to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseMode {
    /// To us.
    Captured,
    /// To the terminal, for selecting text.
    Free,
}

/// Whether changes on disk are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// They are shown as they come.
    Following,
    /// The screen stands still.
    Frozen,
}

impl Model {
    /// A model that has read nothing yet.
    #[must_use]
    pub fn new(size: Size, moment: Moment, theme: Theme, session: Session) -> Self {
        let keymap = session.config.settings.keys.as_ref().map(Keymap::from).unwrap_or_default();
        Self {
            size,
            moment,
            theme,
            session,
            caches: Vec::new(),
            current: 0,
            arrival: Arrival::Listed,
            places: Places::NotNeeded,
            focus: Pane::Tokens,
            zoom: None,
            origin: None,
            readers: Vec::new(),
            detail: Detail::default(),
            axis: Zoom::default(),
            times: TimeMode::Relative,
            recent: Vec::new(),
            keymap,
            pending: Pending::default(),
            filter: FilterMode::Rest,
            bar: Bar::default(),
            seek: Input::default(),
            dialog: None,
            toast: None,
            log: Vec::new(),
            reveal: None,
            clear_copy_at: None,
            planning: None,
            job: None,
            exporting: None,
            ask_again: None,
            clicked: None,
            mouse: MouseMode::Captured,
            live: Live::Following,
        }
    }

    /// Filters every cache that is opened from now on by `text`, as a setting asks.
    ///
    /// # Errors
    /// It is no query; nothing is changed.
    pub fn start_filter(&mut self, text: &str) -> Result<(), QueryError> {
        Query::parse(text)?;
        text.clone_into(&mut self.bar.start);
        Ok(())
    }

    /// The cache on the screen.
    #[must_use]
    pub fn cache(&self) -> Option<&OpenCache> {
        self.caches.get(self.current)
    }

    /// The cache on the screen, to change.
    pub fn cache_mut(&mut self) -> Option<&mut OpenCache> {
        self.caches.get_mut(self.current)
    }

    /// The list of users on the screen, if one is.
    #[must_use]
    pub fn users(&self) -> Option<&Users> {
        self.cache()?.users.as_deref()
    }

    /// The reading on the screen.
    #[must_use]
    pub fn reading(&self) -> Option<&Arc<Reading>> {
        self.cache()?.reading()
    }

    /// The row under the cursor.
    #[must_use]
    pub fn current_row(&self) -> Option<usize> {
        self.cache()?.browse.current_row()
    }

    /// How much room there is, and what of it is used.
    #[must_use]
    pub fn tier(&self) -> Tier {
        match (tier(self.size), self.theme.drawing) {
            (Tier::Wide | Tier::Medium | Tier::Single, Drawing::Plain) => Tier::Plain,
            (tier, Drawing::Lines | Drawing::Plain) => tier,
        }
    }

    /// The panes of the screen as it is.
    #[must_use]
    pub fn panes(&self) -> Panes {
        let filtered = self.cache().is_some_and(|cache| !cache.browse.filter.text().is_empty());
        let typing = self.filter == FilterMode::Typing;
        let wanted = self.reader().map_or(filtered || typing || seek::has_line(self), |reader| reader.search.is_on());
        let filter = if wanted { FilterLine::Shown } else { FilterLine::Hidden };
        let body = match (self.reader(), self.zoom) {
            (Some(_), _) => Body::Reader,
            (None, Some(pane)) => Body::One(pane),
            // Of a cache that cannot be shown there is only the reason to be read.
            (None, None) if self.cache().is_some_and(OpenCache::is_failed) => Body::One(Pane::Tokens),
            // A list of users has the room of the tokens and of everything beside them.
            (None, None) if self.users().is_some() => Body::One(Pane::Tokens),
            (None, None) => Body::Panes,
        };
        panes(&Wish { size: self.size, tier: self.tier(), focus: self.focus, body, filter })
    }

    /// What is read over the whole screen.
    #[must_use]
    pub fn reader(&self) -> Option<&Reader> {
        self.readers.last()
    }

    /// The permission to show the secret of the row under the cursor, if the user asked for it.
    #[must_use]
    pub fn grant(&self) -> Option<&RevealGrant> {
        let reveal = self.reveal.as_ref()?;
        let here = self.cache().map(|cache| cache.id) == Some(reveal.cache) && self.current_row() == Some(reveal.row);
        here.then_some(&reveal.grant)
    }
}
