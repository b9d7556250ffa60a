//! What each kind of thing looks like: sixteen colours, or none at all. A style never carries
//! meaning alone; the letters `!` and `x` stand beside it. Reads no environment.

use ratatui::style::{Color, Modifier, Style};

use crate::present::Role;

/// How many colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// The terminal's own sixteen, on its own background.
    Ansi,
    /// None: bold, dim, underlined and reversed only (`NO_COLOR`).
    Mono,
}

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A word of `present`, painted by its role.
    Word(Role),
    /// The border of a pane without the focus.
    Border,
    /// The border of the pane with the focus.
    Focus,
    /// The first line of the screen.
    Title,
    /// The line under the cursor in the pane with the focus.
    Cursor,
    /// The line under the cursor elsewhere.
    CursorElsewhere,
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

/// The looks of the whole screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The colours in use.
    pub palette: Palette,
}

impl Theme {
    /// The style of `tone`.
    #[must_use]
    pub fn style(self, tone: Tone) -> Style {
        match self.palette {
            Palette::Ansi => ansi(tone),
            Palette::Mono => mono(tone),
        }
    }

    /// The strokes of the timeline.
    #[must_use]
    pub fn strokes(self) -> Strokes {
        match self.palette {
            Palette::Ansi => Strokes { bar: "━", tick: "┿", now: "│", grid: "·" },
            Palette::Mono => Strokes { bar: "=", tick: "+", now: "|", grid: "." },
        }
    }

    /// The cells of a gauge by eighths filled, empty first: letters where colour is unwanted.
    #[must_use]
    pub fn eighths(self) -> [&'static str; 9] {
        match self.palette {
            Palette::Ansi => ["·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
            Palette::Mono => [".", ".", ".", ".", "#", "#", "#", "#", "#"],
        }
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

fn ansi(tone: Tone) -> Style {
    match tone {
        Tone::Word(role) => ansi_role(role),
        Tone::Border => Style::new().add_modifier(Modifier::DIM),
        Tone::Focus => Style::new().fg(Color::Cyan),
        Tone::Title => Style::new().add_modifier(Modifier::BOLD),
        // The colours of words reversed would be blocks of colour.
        Tone::Cursor => Style::new().fg(Color::Reset).bg(Color::Reset).add_modifier(Modifier::REVERSED),
        Tone::CursorElsewhere => Style::new().add_modifier(Modifier::BOLD),
        Tone::Marked => Style::new().fg(Color::Magenta),
        Tone::Changed => Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Found => Style::new().fg(Color::Black).bg(Color::Yellow),
        Tone::Key => Style::new().fg(Color::Cyan),
        Tone::Banner => Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
    }
}

fn ansi_role(role: Role) -> Style {
    match role {
        Role::Plain => Style::new(),
        Role::Dim | Role::Label => Style::new().add_modifier(Modifier::DIM),
        Role::Strong => Style::new().add_modifier(Modifier::BOLD),
        Role::Good | Role::Added => Style::new().fg(Color::Green),
        Role::Warn => Style::new().fg(Color::Yellow),
        Role::Bad | Role::Removed => Style::new().fg(Color::Red),
        Role::Secret => Style::new().fg(Color::Magenta),
    }
}

fn mono(tone: Tone) -> Style {
    match tone {
        Tone::Word(role) => mono_role(role),
        Tone::Border | Tone::Marked => Style::new(),
        Tone::Focus | Tone::Title | Tone::Key | Tone::Banner => Style::new().add_modifier(Modifier::BOLD),
        Tone::CursorElsewhere => Style::new().add_modifier(Modifier::UNDERLINED),
        Tone::Cursor => Style::new().add_modifier(Modifier::REVERSED),
        Tone::Changed | Tone::Found => Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
    }
}

fn mono_role(role: Role) -> Style {
    match role {
        Role::Plain | Role::Good | Role::Secret | Role::Added | Role::Removed => Style::new(),
        Role::Dim | Role::Label => Style::new().add_modifier(Modifier::DIM),
        Role::Strong | Role::Warn | Role::Bad => Style::new().add_modifier(Modifier::BOLD),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TONES: [Tone; 13] = [
        Tone::Word(Role::Good),
        Tone::Word(Role::Warn),
        Tone::Word(Role::Bad),
        Tone::Border,
        Tone::Focus,
        Tone::Title,
        Tone::Cursor,
        Tone::CursorElsewhere,
        Tone::Marked,
        Tone::Changed,
        Tone::Found,
        Tone::Key,
        Tone::Banner,
    ];

    #[test]
    fn the_mono_palette_sets_no_colour_at_all() {
        let theme = Theme { palette: Palette::Mono };

        for tone in TONES {
            let style = theme.style(tone);
            assert_eq!((style.fg, style.bg, style.underline_color), (None, None, None), "{tone:?}");
        }
    }

    #[test]
    fn the_cursor_is_seen_in_both_palettes() {
        for palette in [Palette::Ansi, Palette::Mono] {
            assert!(Theme { palette }.style(Tone::Cursor).add_modifier.contains(Modifier::REVERSED));
        }
    }
}
