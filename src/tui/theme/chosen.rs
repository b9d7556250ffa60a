//! From a name or a path to a theme; the order in which a key goes through them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Looks, Sheet, SheetError, Theme};

/// What can be asked for by name; besides, the path of a theme file.
pub use crate::config::THEMES as NAMES;

/// Whether the user wants colours, where nothing was asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing says no.
    Colours,
    /// `NO_COLOR` and the like.
    NoColours,
}

impl Wanted {
    /// What `variable` says: `NO_COLOR` (no-color.org), `CLICOLOR` and `CLICOLOR_FORCE` (bixense.com/clicolors).
    #[must_use]
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, value: &str| variable(name).is_some_and(|found| found == value);
        let is_forced = variable("CLICOLOR_FORCE").is_some() && !is("CLICOLOR_FORCE", "0");
        let is_off = variable("NO_COLOR").is_some() || (is("CLICOLOR", "0") && !is_forced);
        if is_off { Self::NoColours } else { Self::Colours }
    }
}

/// Why a theme cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// Neither a name nor a path.
    #[error("there is no theme \"{0}\": {list}, or the path of a theme file", list = NAMES.join(", "))]
    Unknown(String),
    /// The file cannot be read.
    #[error("cannot read the theme {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is not understood.
    #[error("in the theme {path}")]
    Sheet {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: SheetError,
    },
}

/// The theme that `wish` names, or whose file it is the path of; `read` reads files. What a person asks for by name
/// counts more than `NO_COLOR`.
///
/// # Errors
/// There is no such theme, or its file is not understood.
pub fn chosen(wish: &str, wanted: Wanted, read: &dyn Fn(&Path) -> io::Result<String>) -> Result<Theme, ThemeError> {
    match (wish, wanted) {
        ("auto", Wanted::NoColours) => return Ok(Theme::MONO),
        ("auto", Wanted::Colours) => return Ok(Theme::ANSI),
        _ => {}
    }
    if let Some(looks) = built_in(wish) {
        return Ok(Theme::of(looks));
    }
    if !wish.contains(['/', '\\']) && !wish.ends_with(".toml") {
        return Err(ThemeError::Unknown(wish.to_owned()));
    }
    let path = PathBuf::from(wish);
    let text = read(&path).map_err(|cause| ThemeError::Read { path: path.clone(), cause })?;
    let sheet = Sheet::read(wish, &text).map_err(|cause| ThemeError::Sheet { path, cause })?;
    // It lives as long as the program, as the built-in ones do, so that a theme is a small thing to hand around.
    let sheet: &'static Sheet = Box::leak(Box::new(sheet));
    Ok(Theme { file: Some(sheet), ..Theme::of(Looks::Read(sheet)) })
}

fn built_in(name: &str) -> Option<Looks> {
    static LIGHT: OnceLock<Sheet> = OnceLock::new();
    static DARK: OnceLock<Sheet> = OnceLock::new();
    static COLOUR_BLIND: OnceLock<Sheet> = OnceLock::new();
    let (sheet, text) = match name {
        "ansi" => return Some(Looks::Ansi),
        "mono" => return Some(Looks::Mono),
        "light" => (&LIGHT, include_str!("../../../assets/themes/light.toml")),
        "dark" => (&DARK, include_str!("../../../assets/themes/dark.toml")),
        "colour-blind" | "color-blind" => (&COLOUR_BLIND, include_str!("../../../assets/themes/colour-blind.toml")),
        _ => return None,
    };
    // Parsed only once somebody asks for it: the first frame waits for no parser.
    let read = || Sheet::read(name, text).expect("the built-in themes are read by a test");
    Some(Looks::Read(sheet.get_or_init(read)))
}

impl Theme {
    /// The theme after this one: through the built-in ones, then the user's file, if one was given.
    #[must_use]
    pub fn next(self) -> Self {
        let named = NAMES.iter().filter_map(|name| built_in(name));
        let all: Vec<Looks> = named.chain(self.file.map(Looks::Read)).collect();
        let at = all.iter().position(|looks| *looks == self.looks).map_or(0, |at| at + 1);
        Self { looks: all.get(at).or_else(|| all.first()).copied().unwrap_or(Looks::Ansi), ..self }
    }
}
