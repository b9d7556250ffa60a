//! A settings file as it was found: where it is looked for, who says so, and what came of it.

use std::path::PathBuf;

use super::action::Action;
use super::policy::Policy;
use super::setting::THEMES;
use super::settings::Settings;
use super::warning::{Concern, Warning};
use crate::text::Safe;

/// The settings of a run, and where they come from.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, if there is a place for one.
    pub path: Option<PathBuf>,
    /// Who says that it is there.
    pub origin: Origin,
    /// What was found.
    pub found: Found,
    /// What counts.
    pub settings: Settings,
    /// What does not.
    pub warnings: Vec<Warning>,
    /// What the administrator says, over all of it.
    pub policy: Policy,
}

/// Who says where the file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// `--config`.
    Flag,
    /// `SALTCELLAR_CONFIG`.
    Environment,
    /// Nobody: it is the usual place.
    #[default]
    Usual,
}

/// What was found at the place of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Found {
    /// Nothing, which is as good as an empty file.
    #[default]
    Nothing,
    /// A file, which was read.
    Read,
    /// Something that cannot be read.
    Unreadable,
}

impl Origin {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Flag => "--config",
            Self::Environment => "SALTCELLAR_CONFIG",
            Self::Usual => "the usual place",
        }
    }
}

impl Config {
    /// The settings of a file whose text came as `text`; of the usual place, where nothing need be.
    #[must_use]
    pub fn of(path: PathBuf, origin: Origin, text: std::io::Result<String>, actions: &dyn Fn() -> Vec<Action>) -> Self {
        let bare = Self { path: Some(path), origin, ..Self::default() };
        match text {
            Ok(text) => {
                let (settings, warnings) = super::read(&text, &actions());
                Self { found: Found::Read, settings, warnings, ..bare }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && origin == Origin::Usual => bare,
            Err(error) => Self { found: Found::Unreadable, warnings: vec![unreadable(&error)], ..bare },
        }
    }

    /// Why nothing may be written, if so: the file says it, or cannot be asked.
    #[must_use]
    pub fn readonly_by(&self) -> Option<String> {
        match self.found {
            Found::Unreadable => Some("the settings cannot be read".to_owned()),
            Found::Read if self.settings.is_readonly() => Some("readonly in the settings".to_owned()),
            Found::Read | Found::Nothing => None,
        }
    }

    /// The theme that the file wants; the path of one begins at the file's own folder, or with ~/.
    #[must_use]
    pub fn theme(&self, home: Option<&std::path::Path>) -> Option<String> {
        let wish = self.settings.theme()?;
        if THEMES.contains(&wish.as_str()) {
            return Some(wish);
        }
        let folder = self.path.as_ref().and_then(|path| path.parent());
        let path = match (wish.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            (Some(_), None) | (None, _) => folder.map_or_else(|| PathBuf::from(&wish), |folder| folder.join(&wish)),
        };
        // A bare name would be looked up among the built-in ones.
        Some(if path.is_absolute() { path } else { PathBuf::from(".").join(path) }.display().to_string())
    }

    /// The warnings that concern `face`, each as a sentence that names the file.
    pub fn sentences(&self, home: Option<&std::path::Path>, face: Concern) -> impl Iterator<Item = String> {
        let concerns = move |warning: &&Warning| face == Concern::Screen || warning.concern == Concern::Everyone;
        self.warnings.iter().filter(concerns).map(move |warning| {
            let path = self.short(home);
            match warning.line {
                0 => format!("{path}: {}", warning.says),
                line => format!("{path}:{line}:{}: {}", warning.column, warning.says),
            }
        })
    }

    /// The path as a person would write it; safe already.
    #[must_use]
    pub fn short(&self, home: Option<&std::path::Path>) -> String {
        let Some(path) = &self.path else { return String::new() };
        let below = home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok());
        let text = below.map_or_else(|| path.display().to_string(), |rest| format!("~/{}", rest.display()));
        Safe::new(&text).to_string()
    }
}

fn unreadable(error: &std::io::Error) -> Warning {
    let says = format!("cannot be read, so nothing is written without --write: {}", Safe::new(&error.to_string()));
    Warning { line: 0, column: 0, says, concern: Concern::Everyone }
}
