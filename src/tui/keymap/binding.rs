//! One row of the table of keys: what it does, its keys, its words and where it counts.

use crate::tui::action::Action;
use crate::tui::effect::Writes;
use crate::tui::layout::Pane;

/// The heading of a binding in help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Moving about.
    Move,
    /// Finding and ordering.
    Find,
    /// Marking.
    Mark,
    /// Reading answers.
    Tell,
    /// Copying and showing.
    Copy,
    /// Changing.
    Write,
    /// The view and the program.
    View,
}

impl Group {
    /// The heading.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Move => "MOVE",
            Self::Find => "FIND AND ORDER",
            Self::Mark => "MARK",
            Self::Tell => "ANSWERS",
            Self::Copy => "COPY AND SHOW",
            Self::Write => "CHANGE",
            Self::View => "VIEW",
        }
    }
}

/// Where a binding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On every screen.
    Everywhere,
    /// Everywhere but in the reader.
    Home,
    /// Wherever lines are moved about in: everywhere but on the start screen.
    Lines,
    /// In the browser and in the reader.
    Cache,
    /// In the browser.
    Browser,
    /// In the browser and among users.
    Sources,
    /// In lists that are marked in: of entries, above all the tokens, and of users.
    Marks,
    /// Among users.
    Users,
    /// In the reader.
    Reader,
    /// In the browser, above all in this pane: help lists it first there.
    Pane(Pane),
    /// On the start screen.
    Start,
}

impl Scope {
    /// Where that is, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Home => "everywhere but in answers",
            Self::Lines => "everywhere but on the start screen",
            Self::Cache => "with a cache",
            Self::Browser => "in the browser",
            Self::Sources => "in the browser and among users",
            Self::Marks => "among the tokens and among users",
            Self::Users => "among users",
            Self::Reader => "in answers",
            Self::Pane(Pane::Accounts) => "in the browser, above all the accounts",
            Self::Pane(Pane::Tokens) => "in the browser, above all the tokens",
            Self::Pane(Pane::Details) => "in the browser, above all the details",
            Self::Pane(Pane::Timeline) => "in the browser, above all the timeline",
            Self::Start => "on the start screen",
        }
    }

    /// Why a binding of this scope does not count elsewhere.
    #[must_use]
    pub fn elsewhere(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Home => "not while an answer is read",
            Self::Lines | Self::Sources | Self::Marks => "no cache is open",
            Self::Cache | Self::Browser | Self::Pane(_) => "only while a cache is browsed",
            Self::Users => "only in a list of users",
            Self::Reader => "only while an answer is read",
            Self::Start => "only on the start screen",
        }
    }

    /// Whether a binding of this scope counts on `ground`.
    #[must_use]
    pub fn is_on(self, ground: Ground) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Home => ground != Ground::Reader,
            Self::Lines => ground != Ground::Start,
            Self::Cache => matches!(ground, Ground::Browser | Ground::Reader),
            Self::Browser | Self::Pane(_) => ground == Ground::Browser,
            Self::Sources | Self::Marks => matches!(ground, Ground::Browser | Ground::Users),
            Self::Users => ground == Ground::Users,
            Self::Reader => ground == Ground::Reader,
            Self::Start => ground == Ground::Start,
        }
    }
}

/// Which of the screens has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A cache is shown.
    Browser,
    /// A list of users is shown.
    Users,
    /// An answer is read.
    Reader,
    /// None is.
    Start,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Browser, Self::Users, Self::Reader, Self::Start];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Users => "users",
            Self::Reader => "answers",
            Self::Start => "start",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// Its name in settings.
    pub id: &'static str,
    /// Its keys unless the user chose others; a sequence has spaces between its keys.
    pub keys: &'static [&'static str],
    /// What it does, in words.
    pub words: &'static str,
    /// The word in the foot, for what is worth the room.
    pub foot: Option<&'static str>,
    /// Its heading.
    pub group: Group,
    /// Where it counts.
    pub scope: Scope,
    /// What it writes.
    pub writes: Writes,
}

/// A row of the browser that writes nothing.
pub(super) const fn row(
    group: Group,
    action: Action,
    id: &'static str,
    keys: &'static [&'static str],
    words: &'static str,
) -> Binding {
    Binding { action, id, keys, words, foot: None, group, scope: Scope::Browser, writes: Writes::Nothing }
}

impl Binding {
    pub(super) const fn foot(self, word: &'static str) -> Self {
        Self { foot: Some(word), ..self }
    }

    pub(super) const fn at(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    pub(super) const fn writes(self, writes: Writes) -> Self {
        Self { writes, ..self }
    }
}
