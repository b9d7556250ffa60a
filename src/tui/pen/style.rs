//! Styles as a terminal knows them, and the shortest sequence from one to another.

use std::fmt::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Default for Look {
    fn default() -> Self {
        Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() }
    }
}

/// Attributes with the number that sets each, and the one that takes it away.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Look {
    /// What is seen on a cell without a letter, too.
    pub(super) const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
        .union(Modifier::UNDERLINED)
        .union(Modifier::SLOW_BLINK)
        .union(Modifier::RAPID_BLINK)
        .union(Modifier::CROSSED_OUT);

    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank in this style looks like one in `other`.
    pub(super) fn is_same_on_blanks(self, other: Self) -> bool {
        let seen = |look: Self| look.modifier.intersection(Self::SEEN_ON_BLANKS);
        self.bg == other.bg && seen(self).is_empty() && seen(other).is_empty()
    }

    /// Adds to `out` the shortest sequence after which a terminal that writes like this writes like `next`.
    pub(super) fn change_to(self, next: Self, out: &mut Vec<u8>) {
        if self == next {
            return;
        }
        let mut anew = "0".to_owned();
        Self::default().parts_to(next, &mut anew);
        let mut changed = String::new();
        self.parts_to(next, &mut changed);
        let changed = changed.trim_start_matches(';');
        let shorter = if anew.len() <= changed.len() { &anew } else { changed };
        super::write(out, format_args!("\x1b[{shorter}m"));
    }

    /// Adds the numbers that lead from this style to `next`, each behind a semicolon.
    fn parts_to(self, next: Self, parts: &mut String) {
        let mut kept = self.modifier;
        let mut gone = Vec::new();
        for (modifier, _, off) in ATTRIBUTES {
            if kept.contains(modifier) && !next.modifier.contains(modifier) && !gone.contains(&off) {
                gone.push(off);
            }
        }
        for off in gone {
            // Bold and dim go together, whichever was meant.
            ATTRIBUTES.iter().filter(|(.., other)| *other == off).for_each(|(modifier, ..)| kept.remove(*modifier));
            add(parts, format_args!(";{off}"));
        }
        for (modifier, on, _) in ATTRIBUTES {
            if next.modifier.contains(modifier) && !kept.contains(modifier) {
                add(parts, format_args!(";{on}"));
            }
        }
        if self.fg != next.fg {
            colour(next.fg, 30, parts);
        }
        if self.bg != next.bg {
            colour(next.bg, 40, parts);
        }
    }
}

fn add(parts: &mut String, what: std::fmt::Arguments<'_>) {
    parts.write_fmt(what).expect("a string takes every text");
}

/// Adds the numbers of `colour`; `base` is that of a black letter, or of a black ground.
fn colour(colour: Color, base: u8, parts: &mut String) {
    match (named(colour), colour) {
        (Some(at @ 0..8), _) => add(parts, format_args!(";{}", base + at)),
        (Some(at), _) => add(parts, format_args!(";{}", base + 60 + (at - 8))),
        (None, Color::Indexed(at)) => add(parts, format_args!(";{};5;{at}", base + 8)),
        (None, Color::Rgb(red, green, blue)) => add(parts, format_args!(";{};2;{red};{green};{blue}", base + 8)),
        (None, _) => add(parts, format_args!(";{}", base + 9)),
    }
}

/// The number of one of the sixteen colours that terminals have names for.
fn named(colour: Color) -> Option<u8> {
    match colour {
        Color::Black => Some(0),
        Color::Red => Some(1),
        Color::Green => Some(2),
        Color::Yellow => Some(3),
        Color::Blue => Some(4),
        Color::Magenta => Some(5),
        Color::Cyan => Some(6),
        Color::Gray => Some(7),
        Color::DarkGray => Some(8),
        Color::LightRed => Some(9),
        Color::LightGreen => Some(10),
        Color::LightYellow => Some(11),
        Color::LightBlue => Some(12),
        Color::LightMagenta => Some(13),
        Color::LightCyan => Some(14),
        Color::White => Some(15),
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => None,
    }
}
