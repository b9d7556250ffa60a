//! What a key can ask for, by kind. Knows neither keys nor how it is done.

use super::browse::SortKey;
use super::dialog::CopyKind;
use super::layout::Pane;
use super::users::UserSort;

/// What a key asks for. The variants are described in words by their rows of [`BINDINGS`](super::keymap::BINDINGS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Moving about, finding and ordering.
    Go(Go),
    /// Marking.
    Mark(Mark),
    /// Something with entries: copying, showing, changing.
    Do(Do),
    /// An answer to read.
    Tell(Tell),
    /// The view and the program.
    View(View),
}

/// Moving about, finding and ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "described by their rows of BINDINGS")]
pub enum Go {
    Down,
    Up,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    Top,
    Bottom,
    NextPane,
    PreviousPane,
    Jump(Pane),
    Timeline,
    Grow,
    Shrink,
    Wider,
    NextTab,
    PreviousTab,
    Open,
    Back,
    Filter,
    NextFound,
    PreviousFound,
    Sort(SortKey),
    SortUsers(UserSort),
}

/// Marking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "described by their rows of BINDINGS")]
pub enum Mark {
    Toggle,
    Range,
    RangeDown,
    RangeUp,
    Shown,
    Nothing,
    Invert,
}

/// Something with entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "described by their rows of BINDINGS")]
pub enum Do {
    Copy(CopyKind),
    Reveal,
    Prune,
    PruneBy,
    Forget,
    PurgeUsers,
    RemoveUsers,
    Renew,
    Export,
    Undo,
    Redo,
    Fix,
}

/// An answer to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "described by their rows of BINDINGS")]
pub enum Tell {
    Health,
    Why,
    Stats,
    People,
    Changes,
    Activity,
}

/// The view and the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "described by their rows of BINDINGS")]
pub enum View {
    Reload,
    Freeze,
    Times,
    Sources,
    NextCache,
    PreviousCache,
    Demo,
    Help,
    Palette,
    Mouse,
    Theme,
    Suspend,
    Repaint,
    Quit,
    QuitNow,
}
