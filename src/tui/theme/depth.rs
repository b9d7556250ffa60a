//! How many colours a terminal has, from its environment, and the nearest of the 256 to any colour. Own code and no
//! crate: the 240 fixed colours are a cube and a row of greys, so the nearest is a few sums, and exact.

use ratatui::style::{Color, Style};

/// How many colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None.
    None,
    /// The terminal's own sixteen.
    Sixteen,
    /// 256: the sixteen, a cube and greys.
    Indexed,
    /// All.
    True,
}

impl Depth {
    /// What `variable` says of the terminal.
    #[must_use]
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let says = |part: &str| term.contains(part);
        match variable("COLORTERM").as_deref() {
            _ if term == "dumb" || ["vt1", "vt2", "vt3", "vt5"].iter().any(|old| term.starts_with(old)) => Self::None,
            Some("truecolor" | "24bit") => Self::True,
            _ if says("direct") || ["kitty", "ghostty", "alacritty", "foot", "wezterm"].into_iter().any(says) => {
                Self::True
            }
            _ if says("256") => Self::Indexed,
            Some(_) | None => Self::Sixteen,
        }
    }
}

/// `style` in the 256 colours.
pub(super) fn reduced(style: Style) -> Style {
    Style { fg: style.fg.map(indexed), bg: style.bg.map(indexed), ..style }
}

/// The nearest of the 240 colours that are the same on every terminal; what is no RGB stays.
#[must_use]
pub fn indexed(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else { return colour };
    let wanted = [red, green, blue];
    let cube = wanted.map(step);
    let [r, g, b] = cube.map(|(at, _)| at);
    let grey = grey(wanted);
    let in_cube = (16 + 36 * r + 6 * g + b, cube.map(|(_, value)| value));
    let in_greys = (232 + grey, [8 + 10 * grey; 3]);
    let (index, _) = if apart(wanted, in_greys.1) < apart(wanted, in_cube.1) { in_greys } else { in_cube };
    Color::Indexed(index)
}

/// The levels of the cube.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest level of the cube: its number and its value.
fn step(value: u8) -> (u8, u8) {
    let levels = (0..).zip(LEVELS);
    levels.min_by_key(|(_, level)| level.abs_diff(value)).unwrap_or_default()
}

/// The number of the nearest of the 24 greys.
fn grey(wanted: [u8; 3]) -> u8 {
    (0..24).min_by_key(|at| apart(wanted, [8 + 10 * at; 3])).unwrap_or_default()
}

fn apart(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.into_iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(term: &str, colorterm: Option<&str>) -> Depth {
        Depth::read(&|name| match name {
            "TERM" => Some(term.to_owned()),
            "COLORTERM" => colorterm.map(str::to_owned),
            _ => None,
        })
    }

    #[test]
    fn the_environment_tells_the_depth() {
        assert_eq!(depth("xterm-256color", Some("truecolor")), Depth::True);
        assert_eq!(depth("xterm-kitty", None), Depth::True);
        assert_eq!(depth("xterm-256color", None), Depth::Indexed);
        assert_eq!(depth("tmux-256color", Some("")), Depth::Indexed);
        assert_eq!(depth("linux", None), Depth::Sixteen);
        assert_eq!(depth("", None), Depth::Sixteen);
        assert_eq!(depth("vt220", Some("truecolor")), Depth::None);
    }

    /// The colour of an index, as every terminal has it.
    fn fixed(index: u8) -> [u8; 3] {
        if index >= 232 {
            return [8 + 10 * (index - 232); 3];
        }
        let cube = index - 16;
        [cube / 36, cube / 6 % 6, cube % 6].map(|at| LEVELS.into_iter().nth(at.into()).expect("one of six"))
    }

    #[test]
    fn no_other_of_the_240_is_nearer() {
        let steps = || (0..=255_u8).step_by(15);

        for (r, g, b) in steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| (r, g, b)))) {
            let Color::Indexed(found) = indexed(Color::Rgb(r, g, b)) else { panic!("an index") };
            let least = (16..=255).map(|index| apart([r, g, b], fixed(index))).min();
            assert_eq!(Some(apart([r, g, b], fixed(found))), least, "{r} {g} {b}");
        }
    }

    #[test]
    fn colours_of_the_terminal_stay_its_own() {
        assert_eq!(indexed(Color::Red), Color::Red);
        assert_eq!(indexed(Color::Reset), Color::Reset);
    }
}
