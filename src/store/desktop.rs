//! What of the user's session a place may need: folders, the bus, and whether anybody may be asked. Handed in by
//! whoever read the environment; reads none itself.

use std::path::PathBuf;

use super::place::AppCache;

/// The session of the user, as far as places depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desktop {
    /// The user's folder.
    pub home: Option<PathBuf>,
    /// `$XDG_DATA_HOME`, or what stands for it.
    pub data: Option<PathBuf>,
    /// `$AZURE_CONFIG_DIR`, or what stands for it.
    pub azure: Option<PathBuf>,
    /// Whether a session bus is named, or lies at its usual place.
    pub has_bus: bool,
    /// Who became root by `sudo` and runs this, if so.
    pub sudo: Option<String>,
    /// Whether a keyring may ask the user for a password.
    pub prompts: Prompts,
}

/// Whether a keyring may ask the user for a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prompts {
    /// Nobody is asked: what is locked stays locked.
    #[default]
    Never,
    /// The user named this place, at a terminal.
    Allowed,
}

impl Desktop {
    /// The signal file of an app's cache; `None` where its folder is not known.
    #[must_use]
    pub fn signal_of(&self, cache: &AppCache) -> Option<PathBuf> {
        let filled = cache.filled(cache.app.signal);
        let (base, rest) = filled.split_once('/')?;
        let folder = match base {
            "~" => &self.home,
            "$XDG_DATA_HOME" => &self.data,
            "$AZURE_CONFIG_DIR" => &self.azure,
            _ => &None,
        };
        folder.as_ref().map(|folder| folder.join(rest))
    }
}
