//! The well-known places on this machine, from `assets/places.toml`. Looks at names, modes and first bytes;
//! decrypts nothing, asks nobody, writes nothing.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Place;
use super::traceless::open;
use crate::config::OwnPlace;
use crate::seal::sniff;
use crate::system::{self, Kind, Stat};

/// One known place that was looked at.
#[derive(Clone, Debug)]
pub struct Known {
    /// The app that keeps its cache there.
    pub app: String,
    /// The place.
    pub place: Place,
    /// Its file.
    pub path: PathBuf,
    /// Whether something is there.
    pub exists: bool,
    /// What was seen: "plaintext 0600", "sealed by …", "the tokens are in the keyring", "not there".
    pub state: String,
    /// Whether it is plain text of the own user: what `list` and the terminal UI open unasked.
    pub plaintext: bool,
    /// The app's command that makes this cache.
    pub made_by: Option<String>,
}

#[derive(Deserialize)]
struct Places {
    place: Vec<Entry>,
}

/// What places.toml says of an app.
#[derive(Default, Deserialize)]
pub(super) struct Entry {
    pub(super) app: String,
    file: Vec<String>,
    made_by: Option<String>,
    pub(super) sign_out: Option<String>,
    #[serde(default)]
    siblings: Vec<String>,
    #[serde(default)]
    pub(super) signal: bool,
    #[serde(default)]
    pub(super) sealed: bool,
    pub(super) runtime: Option<String>,
}

/// The user's folders, by the names that places.toml uses for them.
struct Folders(Vec<(&'static str, PathBuf)>);

/// The file of the user's settings, whether or not it is there.
#[must_use]
pub fn settings_file() -> Option<PathBuf> {
    Folders::of_user().resolve("{config}/saltcellar/config.toml")
}

/// Every known place of this user and all of `own`, those that exist first.
#[must_use]
pub fn discover(own: &[OwnPlace]) -> Vec<Known> {
    let folders = Folders::of_user();
    let mut known: Vec<Known> = Vec::new();
    for entry in own.iter().map(Entry::own).chain(places()) {
        for path in entry.file.iter().filter_map(|file| folders.resolve(file)) {
            if known.iter().all(|known| known.path != path) {
                known.push(look_at(&entry, path));
            }
        }
    }
    known.sort_by_key(|known| !known.exists);
    known
}

/// Files beside the cache at `place`, or elsewhere of its app, that still hold one of `names`, each with the app's
/// own sign-out command.
#[must_use]
pub fn siblings(place: &Place, names: &[String]) -> Vec<(PathBuf, Option<String>)> {
    siblings_among(&places(), &Folders::of_user(), place, names)
}

fn siblings_among(
    places: &[Entry],
    folders: &Folders,
    place: &Place,
    names: &[String],
) -> Vec<(PathBuf, Option<String>)> {
    let Some((path, folder)) = place.path().and_then(|path| Some((path, path.parent()?))) else {
        return Vec::new();
    };
    // A copy in another folder is told by its name; several apps call their caches the same.
    let by_name = || places.iter().find(|entry| entry.is_called_as(path));
    let Some(entry) = places.iter().find(|entry| entry.is_at(folders, path)).or_else(by_name) else {
        return Vec::new();
    };
    let username = names.iter().find(|name| name.contains('@')).or(names.first());
    let command = entry.sign_out.as_ref().zip(username).map(|(command, name)| command.replace("{username}", name));
    let beside = entry.siblings.iter().map(|name| folders.resolve(name).unwrap_or_else(|| folder.join(name)));
    beside.filter(|file| names_any(file, names)).map(|file| (file, command.clone())).collect()
}

impl Entry {
    /// A place that the user knows and places.toml does not.
    fn own(place: &OwnPlace) -> Self {
        let file = place.path.strip_prefix("~/").map_or_else(|| place.path.clone(), |rest| format!("{{home}}/{rest}"));
        Self { app: place.app.clone(), file: vec![file], made_by: place.made_by.clone(), ..Self::default() }
    }

    fn is_at(&self, folders: &Folders, path: &Path) -> bool {
        self.file.iter().any(|file| folders.resolve(file).as_deref() == Some(path))
    }

    fn is_called_as(&self, path: &Path) -> bool {
        self.file.iter().any(|file| Path::new(file).file_name() == path.file_name())
    }
}

/// The app that keeps its cache at `path`, and its other files: the cache lies at a place of that app, or bears a name
/// that only one app uses. Of the latter only the files beside it count.
pub(super) fn keeper(path: &Path) -> Option<(Entry, Vec<PathBuf>)> {
    let folders = Folders::of_user();
    let mut all = places();
    let is_at = all.iter().position(|entry| entry.is_at(&folders, path));
    let entry = match is_at {
        Some(at) => all.swap_remove(at),
        None => {
            all.retain(|entry| entry.is_called_as(path));
            all.pop().filter(|_| all.is_empty())?
        }
    };
    let beside = |name: &String| match folders.resolve(name) {
        Some(elsewhere) => is_at.map(|_| elsewhere),
        None => Some(path.with_file_name(name)),
    };
    let siblings = entry.siblings.iter().filter_map(beside).collect();
    Some((entry, siblings))
}

/// Where this user's programs keep what they remember.
pub(super) fn state_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))
}

/// The largest sibling that is searched for names.
const SIBLING_BYTES: u64 = 4 << 20;

fn names_any(file: &Path, names: &[String]) -> bool {
    let text = sibling_text(file).unwrap_or_default().to_lowercase();
    names.iter().any(|name| !name.is_empty() && text.contains(&name.to_lowercase()))
}

/// The text of a file beside a cache, what is no UTF-8 in it replaced.
pub(super) fn sibling_text(file: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    open(file).ok()?.take(SIBLING_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn places() -> Vec<Entry> {
    let data: Places =
        toml::from_str(include_str!("../../assets/places.toml")).expect("places.toml parses: a test reads it");
    data.place
}

impl Folders {
    fn of_user() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let Some(home) = set("HOME") else {
            return Self(Vec::new());
        };
        let below = |name: &str, rest: &str| set(name).unwrap_or_else(|| home.join(rest));
        let mut folders = vec![
            ("{azure}", below("AZURE_CONFIG_DIR", ".azure")),
            ("{data}", below("XDG_DATA_HOME", ".local/share")),
            ("{config}", below("XDG_CONFIG_HOME", ".config")),
        ];
        folders.extend(set("XDG_RUNTIME_DIR").map(|folder| ("{runtime}", folder)));
        folders.push(("{home}", home));
        Self(folders)
    }

    fn resolve(&self, file: &str) -> Option<PathBuf> {
        if file.starts_with('/') {
            return Some(PathBuf::from(file));
        }
        let (name, folder) = self.0.iter().find(|(name, _)| file.starts_with(name))?;
        let rest = file.strip_prefix(name)?.trim_start_matches('/');
        Some(folder.join(rest))
    }
}

fn look_at(entry: &Entry, path: PathBuf) -> Known {
    let (exists, plaintext, state) = match system::stat_at(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (false, false, "not there".to_owned()),
        Err(error) => (true, false, format!("not readable: {error}")),
        Ok(is) if is.kind == Kind::Link => (true, false, "a symbolic link".to_owned()),
        Ok(is) if is.kind != Kind::File => (true, false, "not a regular file".to_owned()),
        Ok(is) => {
            let (plaintext, state) = look_inside(entry, &path, &is);
            (true, plaintext, state)
        }
    };
    let place = Place::file(&path);
    Known { app: entry.app.clone(), place, path, exists, state, plaintext, made_by: entry.made_by.clone() }
}

fn look_inside(entry: &Entry, path: &Path, is: &Stat) -> (bool, String) {
    let mut head = Vec::new();
    if let Err(error) = open(path).and_then(|file| file.take(4096).read_to_end(&mut head)) {
        return (false, format!("not readable: {error}"));
    }
    if let Some(by) = sniff::sealed_by(&head) {
        return (false, format!("sealed by {by}"));
    }
    if entry.signal && matches!(head.trim_ascii(), b"" | b"{}") {
        return (false, "the tokens are in the keyring".to_owned());
    }
    let whose = if is.is_own { "" } else { ", another user's" };
    let mode = is.mode.map(|mode| format!(" {mode:04o}")).unwrap_or_default();
    (is.is_own, format!("plaintext{mode}{whose}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_readable_data() {
        assert!(places().iter().any(|entry| entry.app == "Azure CLI" && !entry.siblings.is_empty()));
    }

    #[test]
    fn folders_resolve_by_name() {
        let folders = Folders(vec![("{azure}", PathBuf::from("/h/.azure")), ("{home}", PathBuf::from("/h"))]);

        assert_eq!(folders.resolve("{azure}/c.json"), Some(PathBuf::from("/h/.azure/c.json")));
        assert_eq!(folders.resolve("{runtime}/c.json"), None);
    }

    #[test]
    fn siblings_that_name_the_account_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = folder.path().join("msal_token_cache.json");
        std::fs::write(folder.path().join("azureProfile.json"), "\u{feff}{\"user\":\"Ada@Contoso.com\"}")
            .expect("written");

        let found = siblings(&Place::file(&cache), &["ada@contoso.com".to_owned()]);

        let [(file, Some(command))] = found.as_slice() else { panic!("one sibling") };
        assert!(file.ends_with("azureProfile.json"));
        assert_eq!(command, "az logout --username ada@contoso.com");
    }

    #[test]
    fn siblings_in_other_folders_are_found_for_the_app_whose_place_it_is() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |rest: &str| home.path().join(rest);
        let folders = Folders(vec![("{data}", at("data")), ("{home}", at(""))]);
        std::fs::create_dir_all(at(".Azure")).expect("a folder");
        std::fs::write(at(".Azure/AzureRmContext.json"), "{\"Id\":\"ada@contoso.com\"}").expect("written");
        let names = ["ada@contoso.com".to_owned()];
        let found = |cache: &str| siblings_among(&places(), &folders, &Place::file(&at(cache)), &names);

        let [(file, Some(command))] = &found("data/.IdentityService/msal.cache.cae")[..] else { panic!("one sibling") };

        assert!(file.ends_with("AzureRmContext.json"));
        assert_eq!(command, "Disconnect-AzAccount -Username ada@contoso.com");
        assert_eq!(found(".IdentityService/msal.cache.cae"), []);
    }
}
