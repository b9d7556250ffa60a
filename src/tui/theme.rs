//! What each kind of thing looks like. Themes are data (`assets/themes/`, or a file of the user's);
//! a style never carries meaning alone, the letters `!` and `x` stand beside it. Reads no environment.

mod chosen;
mod depth;
mod ground;
mod own;
mod sheet;

use ratatui::style::{Color, Modifier, Style};

use crate::present::Role;

pub use chosen::{NAMES, ThemeError, Wanted, chosen};
pub use depth::{Depth, indexed};
pub use ground::Ground;
pub use sheet::{Sheet, SheetError};

/// What a piece of the screen is. A new tone also needs its name in [`TONES`], its two styles in `own.rs`,
/// and its line in each of `assets/themes/`: tests say which is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Where nothing else is painted: the colours of the text and of the ground.
    Base,
    /// A word of `present`, painted by its role.
    Word(Role),
    /// The border of a pane without the focus.
    Border,
    /// The border of the pane with the focus.
    Focus,
    /// The first line of the screen.
    Title,
    /// The line under the cursor in the pane with the focus, and what enter would press.
    Cursor,
    /// The line under the cursor elsewhere.
    CursorElsewhere,
    /// Where the next typed letter goes; the terminal's own cursor stands there.
    Caret,
    /// A marked line.
    Marked,
    /// A line that another process changed a moment ago.
    Changed,
    /// Words that were looked for.
    Found,
    /// A key in the foot or in help.
    Key,
    /// A line that says something is wrong.
    Banner,
}

/// Every tone with its name in theme files.
pub const TONES: [(&str, Tone); 22] = [
    ("base", Tone::Base),
    ("plain", Tone::Word(Role::Plain)),
    ("dim", Tone::Word(Role::Dim)),
    ("strong", Tone::Word(Role::Strong)),
    ("good", Tone::Word(Role::Good)),
    ("warn", Tone::Word(Role::Warn)),
    ("bad", Tone::Word(Role::Bad)),
    ("label", Tone::Word(Role::Label)),
    ("secret", Tone::Word(Role::Secret)),
    ("added", Tone::Word(Role::Added)),
    ("removed", Tone::Word(Role::Removed)),
    ("border", Tone::Border),
    ("focus", Tone::Focus),
    ("title", Tone::Title),
    ("cursor", Tone::Cursor),
    ("cursor-elsewhere", Tone::CursorElsewhere),
    ("caret", Tone::Caret),
    ("marked", Tone::Marked),
    ("changed", Tone::Changed),
    ("found", Tone::Found),
    ("key", Tone::Key),
    ("banner", Tone::Banner),
];

/// Told to the view by [`Tone::Cursor`], and taken off again before anything is written: here is what is chosen.
pub(super) const CHOSEN_HERE: Modifier = Modifier::SLOW_BLINK;
/// Told to the view by [`Tone::Caret`]: here is typed.
pub(super) const TYPED_HERE: Modifier = Modifier::RAPID_BLINK;

/// Where the styles come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    /// The terminal's own sixteen colours, on its own background.
    Ansi,
    /// None: bold, dim, underlined and reversed only.
    Mono,
    /// A theme file.
    Read(&'static Sheet),
}

/// With what the screen is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawing {
    /// Borders, and whatever letter a name has.
    #[default]
    Lines,
    /// ASCII alone, no borders, one pane at a time: for screen readers (`--plain-ui`).
    Plain,
}

/// The looks of the whole screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    looks: Looks,
    file: Option<&'static Sheet>,
    /// How many colours the terminal has.
    pub depth: Depth,
    /// What the terminal's own background is.
    pub ground: Ground,
    /// With what the screen is drawn.
    pub drawing: Drawing,
}

impl Theme {
    /// The terminal's own sixteen colours.
    pub const ANSI: Self = Self::of(Looks::Ansi);
    /// No colours.
    pub const MONO: Self = Self::of(Looks::Mono);

    const fn of(looks: Looks) -> Self {
        Self { looks, file: None, depth: Depth::True, ground: Ground::Unknown, drawing: Drawing::Lines }
    }

    /// The style of `tone`.
    #[must_use]
    pub fn style(self, tone: Tone) -> Style {
        let style = match (self.looks, self.depth) {
            (Looks::Mono, _) | (_, Depth::None) => own::mono(tone),
            // What the terminal's sixteen look like is its user's choice: of them the nearest is a guess.
            (Looks::Ansi, _) | (_, Depth::Sixteen) => own::ansi(tone, self.ground),
            (Looks::Read(sheet), Depth::True) => sheet.style(tone, self.ground),
            (Looks::Read(sheet), Depth::Indexed) => depth::reduced(sheet.style(tone, self.ground)),
        };
        match tone {
            Tone::Cursor => style.add_modifier(CHOSEN_HERE),
            Tone::Caret => style.add_modifier(TYPED_HERE),
            Tone::Base
            | Tone::Word(_)
            | Tone::Border
            | Tone::Focus
            | Tone::Title
            | Tone::CursorElsewhere
            | Tone::Marked
            | Tone::Changed
            | Tone::Found
            | Tone::Key
            | Tone::Banner => style,
        }
    }

    /// The strokes of the timeline.
    #[must_use]
    pub fn strokes(self) -> Strokes {
        if self.draws_lines() {
            Strokes { bar: "━", tick: "┿", now: "│", grid: "·" }
        } else {
            Strokes { bar: "=", tick: "+", now: "|", grid: "." }
        }
    }

    /// The colours of text and ground where nothing else is painted; the terminal's own where `Reset`.
    #[must_use]
    pub fn base(self) -> (Color, Color) {
        let style = self.style(Tone::Base);
        (style.fg.unwrap_or(Color::Reset), style.bg.unwrap_or(Color::Reset))
    }

    /// The name under which the theme can be asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.looks {
            Looks::Ansi => "ansi",
            Looks::Mono => "mono",
            Looks::Read(sheet) => sheet.name(),
        }
    }

    /// Whether it looks otherwise on a light ground than on a dark one.
    #[must_use]
    pub fn heeds_ground(self) -> bool {
        [Tone::Base, Tone::Word(Role::Warn)].iter().any(|tone| {
            let on = |ground| Self { ground, ..self }.style(*tone);
            on(Ground::Dark) != on(Ground::Light)
        })
    }

    /// Whether the screen is drawn for screen readers.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.drawing == Drawing::Plain
    }

    /// The cells of a gauge by eighths filled, empty first: letters where lines are unwanted.
    #[must_use]
    pub fn eighths(self) -> [&'static str; 9] {
        if self.draws_lines() {
            ["·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
        } else {
            [".", ".", ".", ".", "#", "#", "#", "#", "#"]
        }
    }

    /// Whether bars are lines and blocks: without colours letters tell more, and to a screen reader nothing else does.
    fn draws_lines(self) -> bool {
        self.looks != Looks::Mono && self.depth != Depth::None && !self.is_plain()
    }
}

/// What the timeline is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strokes {
    /// A token's life.
    pub bar: &'static str,
    /// The moment in it from which on apps renew it.
    pub tick: &'static str,
    /// Now.
    pub now: &'static str,
    /// A moment that has a name.
    pub grid: &'static str,
}

#[cfg(test)]
mod sight;
#[cfg(test)]
mod tests;
