//! What places.toml says of each app. Data only: nothing here looks at the disk.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::folders::Folders;
use super::pattern;
use crate::config::OwnPlace;

#[derive(Deserialize)]
struct Places {
    place: Vec<Entry>,
}

/// What places.toml says of an app.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::source) struct Entry {
    pub(in crate::source) app: String,
    pub(super) file: Vec<String>,
    #[serde(default)]
    pub(super) copies: Vec<String>,
    pub(super) made_by: Option<String>,
    pub(in crate::source) sign_out: Option<String>,
    #[serde(default)]
    pub(super) siblings: Vec<String>,
    #[serde(default)]
    pub(in crate::source) secrets: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(in crate::source) signal: bool,
    item: Option<String>,
    item_js: Option<String>,
    #[serde(default)]
    pub(in crate::source) sealed: bool,
    pub(in crate::source) runtime: Option<String>,
}

impl Entry {
    /// A place that the user knows and places.toml does not.
    pub(super) fn own(place: &OwnPlace) -> Self {
        let file = place.path.strip_prefix("~/").map_or_else(|| place.path.clone(), |rest| format!("{{home}}/{rest}"));
        Self { app: place.app.clone(), file: vec![file], made_by: place.made_by.clone(), ..Self::default() }
    }

    /// The place of the keyring where the tokens lie when the file at `path` is only a signal; `has_braces`: it holds `{}`.
    pub(super) fn item(&self, path: &Path, has_braces: bool) -> Option<String> {
        let item = self.item_js.as_ref().filter(|_| has_braces).or(self.item.as_ref())?;
        let name = path.file_name()?.to_str()?;
        Some(format!("{KEYRING}:{}", item.replace("{name}", name)))
    }

    /// Whether this app keeps a cache, or a copy of one, at `path`.
    pub(super) fn is_at(&self, folders: &Folders, path: &Path) -> bool {
        let all = self.file.iter().chain(&self.copies).flat_map(|file| folders.resolve_all(file));
        all.into_iter().any(|pattern| pattern::matches(&pattern, path))
    }

    /// Whether this app calls a cache as `path` is called; a name that may be anything tells nothing.
    pub(in crate::source) fn is_called_as(&self, path: &Path) -> bool {
        self.file.iter().any(|file| Path::new(file).file_name() == path.file_name())
    }
}

/// The scheme of places in the keyring of this system.
const KEYRING: &str = if cfg!(target_os = "macos") { "keychain" } else { "secret-service" };

/// Every app that is known.
pub(super) fn places() -> Vec<Entry> {
    let data: Places =
        toml::from_str(include_str!("../../../assets/places.toml")).expect("places.toml parses: a test reads it");
    data.place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_readable_data() {
        let has_all = |entry: &Entry| !entry.siblings.is_empty() && !entry.secrets.is_empty();
        assert!(places().iter().any(|entry| entry.app == "Azure CLI" && has_all(entry)));
    }
}
