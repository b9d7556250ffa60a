//! A theme file read: TOML with the tables `[any]`, `[dark]` and `[light]` (by the terminal's ground), each with
//! lines such as `found = "black on yellow bold"`. Whatever is not understood is refused by name.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use ratatui::style::{Color, Modifier, Style};

use super::{Ground, TONES, Tone, own};

type Styles = [Style; TONES.len()];

/// A theme that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    name: String,
    any: Styles,
    dark: Styles,
    light: Styles,
}

/// What is wrong with a theme file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// No TOML, or not of this form.
    #[error("this is no theme file: {0}")]
    Form(String),
    /// A table that is none.
    #[error("there is no table [{0}]: any, dark, light")]
    Table(String),
    /// A tone that is none.
    #[error("there is no tone \"{0}\": {list}", list = TONES.map(|(name, _)| name).join(", "))]
    Tone(String),
    /// A word that is neither a colour nor a weight.
    #[error(
        "{tone}: \"{word}\" is neither a colour (red, light-red, #ff8800) nor bold, dim, italic, underlined, reversed"
    )]
    Word {
        /// Where.
        tone: String,
        /// What.
        word: String,
    },
}

type Tables = BTreeMap<String, BTreeMap<String, String>>;

impl Sheet {
    /// Reads `text`; tones that it leaves out look as in `ansi`.
    ///
    /// # Errors
    /// The first thing that is not understood.
    pub fn read(name: &str, text: &str) -> Result<Self, SheetError> {
        let tables: Tables = toml::from_str(text).map_err(|error| SheetError::Form(error.message().to_owned()))?;
        if let Some(odd) = tables.keys().find(|name| !["any", "dark", "light"].contains(&name.as_str())) {
            return Err(SheetError::Table(odd.clone()));
        }
        let on = |name: &str, ground: Ground| {
            let mut styles = TONES.map(|(_, tone)| own::ansi(tone, ground));
            let tables = ["any", name].into_iter().filter_map(|name| tables.get(name));
            tables.flatten().try_for_each(|(tone, looks)| put(&mut styles, tone, looks)).map(|()| styles)
        };
        Ok(Self {
            name: name.to_owned(),
            // Whoever paints a ground of its own paints the dark one until the terminal has said.
            any: on(if tables.contains_key("any") { "any" } else { "dark" }, Ground::Unknown)?,
            dark: on("dark", Ground::Dark)?,
            light: on("light", Ground::Light)?,
        })
    }

    /// The name or path under which it was asked for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The style of `tone` on `ground`.
    #[must_use]
    pub fn style(&self, tone: Tone, ground: Ground) -> Style {
        let styles = match ground {
            Ground::Unknown => &self.any,
            Ground::Dark => &self.dark,
            Ground::Light => &self.light,
        };
        let at = TONES.iter().position(|(_, other)| *other == tone);
        at.and_then(|at| styles.get(at)).copied().unwrap_or_default()
    }
}

fn put(styles: &mut Styles, tone: &str, looks: &str) -> Result<(), SheetError> {
    let at = TONES.iter().position(|(name, _)| *name == tone);
    let place = at.and_then(|at| styles.get_mut(at)).ok_or_else(|| SheetError::Tone(tone.to_owned()))?;
    *place = style(looks).map_err(|word| SheetError::Word { tone: tone.to_owned(), word })?;
    Ok(())
}

/// "red on #202020 bold" as a style; a word that is not understood comes back.
fn style(looks: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut is_ground = false;
    for word in looks.split_whitespace() {
        let modifier = match word {
            "on" => {
                is_ground = true;
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underlined" => Modifier::UNDERLINED,
            "reversed" => Modifier::REVERSED,
            colour => {
                let colour = colour_of(colour).ok_or_else(|| colour.to_owned())?;
                style = if is_ground { style.bg(colour) } else { style.fg(colour) };
                continue;
            }
        };
        style = style.add_modifier(modifier);
    }
    Ok(style)
}

fn colour_of(word: &str) -> Option<Color> {
    if word == "default" {
        return Some(Color::Reset);
    }
    // Plain numbers would be colours of the 256, which no other name here is.
    Color::from_str(word).ok().filter(|_| !word.starts_with(|c: char| c.is_ascii_digit()))
}
