//! The two themes that need no file, as functions, so that the first frame waits for no parser: the terminal's own
//! sixteen colours, and none. `assets/themes/ansi.toml` and `mono.toml` say the same; a test compares.

use ratatui::style::{Color, Modifier, Style};

use super::{Ground, Tone};
use crate::present::Role;

const fn of(colour: Color) -> Style {
    Style::new().fg(colour)
}

const fn with(modifier: Modifier) -> Style {
    Style::new().add_modifier(modifier)
}

/// The sixteen. Green, yellow and cyan are too faint on a white ground, dark red and blue on a black one; of all
/// usual palettes only bright red and bright magenta can be read on both (`tests` measures), so an unknown ground
/// gets these, bold, and weight instead of the rest.
pub(super) fn ansi(tone: Tone, ground: Ground) -> Style {
    match tone {
        Tone::Base | Tone::Caret => Style::new(),
        Tone::Word(role) => ansi_role(role, ground),
        Tone::Border => with(Modifier::DIM),
        Tone::Focus | Tone::Key => accent(ground),
        Tone::Title | Tone::CursorElsewhere => with(Modifier::BOLD),
        // The colours of words reversed would be blocks of colour.
        Tone::Cursor => of(Color::Reset).bg(Color::Reset).add_modifier(Modifier::REVERSED),
        Tone::Marked => secret(ground),
        Tone::Changed => accent(ground).add_modifier(Modifier::BOLD),
        Tone::Found => of(Color::Black).bg(Color::Yellow),
        Tone::Banner => bad(ground).add_modifier(Modifier::BOLD),
    }
}

fn ansi_role(role: Role, ground: Ground) -> Style {
    match role {
        Role::Plain => Style::new(),
        Role::Dim | Role::Label => with(Modifier::DIM),
        Role::Strong => with(Modifier::BOLD),
        Role::Good | Role::Added => match ground {
            Ground::Dark => of(Color::Green),
            Ground::Light => of(Color::Blue),
            Ground::Unknown => Style::new(),
        },
        Role::Warn => match ground {
            Ground::Dark => of(Color::Yellow),
            Ground::Light => of(Color::Magenta).add_modifier(Modifier::BOLD),
            Ground::Unknown => with(Modifier::BOLD),
        },
        Role::Bad | Role::Removed => bad(ground),
        Role::Secret => secret(ground),
    }
}

fn accent(ground: Ground) -> Style {
    match ground {
        Ground::Dark => of(Color::Cyan),
        Ground::Light => of(Color::Blue),
        Ground::Unknown => with(Modifier::BOLD),
    }
}

fn bad(ground: Ground) -> Style {
    match ground {
        Ground::Dark => of(Color::LightRed),
        Ground::Light => of(Color::Red),
        Ground::Unknown => of(Color::LightRed).add_modifier(Modifier::BOLD),
    }
}

fn secret(ground: Ground) -> Style {
    match ground {
        Ground::Dark => of(Color::LightMagenta),
        Ground::Light => of(Color::Magenta),
        Ground::Unknown => of(Color::LightMagenta).add_modifier(Modifier::BOLD),
    }
}

/// None.
pub(super) fn mono(tone: Tone) -> Style {
    match tone {
        Tone::Word(role) => mono_role(role),
        Tone::Base | Tone::Border | Tone::Marked | Tone::Caret => Style::new(),
        Tone::Focus | Tone::Title | Tone::Key | Tone::Banner => with(Modifier::BOLD),
        Tone::CursorElsewhere => with(Modifier::UNDERLINED),
        Tone::Cursor => with(Modifier::REVERSED),
        Tone::Changed | Tone::Found => with(Modifier::UNDERLINED.union(Modifier::BOLD)),
    }
}

fn mono_role(role: Role) -> Style {
    match role {
        Role::Plain | Role::Good | Role::Secret | Role::Added | Role::Removed => Style::new(),
        Role::Dim | Role::Label => with(Modifier::DIM),
        Role::Strong | Role::Warn | Role::Bad => with(Modifier::BOLD),
    }
}
