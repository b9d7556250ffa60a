//! The well-known places on this machine, from `assets/places.toml`. Looks at names, modes and first bytes;
//! decrypts nothing, asks nobody, writes nothing.

mod beside;
mod data;
mod folders;
mod known;
mod look;
mod pattern;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::config::OwnPlace;
use data::places;
use folders::Folders;
use look::look_at;

pub use beside::siblings;
pub(super) use beside::{keeper, sibling_text};
pub(super) use data::Entry;
pub use folders::password_lists;
pub(super) use folders::{desktop, state_folder};
pub use known::{Known, WhyNot};

/// The file of the user's settings, whether or not it is there.
#[must_use]
pub fn settings_file() -> Option<PathBuf> {
    Folders::of_user().resolve("{config}/saltcellar/config.toml")
}

/// Every known place of this user and all of `own`, those that exist first. Of places that may be anywhere (copies,
/// caches under names of an app's own) only those that exist.
#[must_use]
pub fn discover(own: &[OwnPlace]) -> Vec<Known> {
    discovered(&Folders::of_user(), own)
}

fn discovered(folders: &Folders, own: &[OwnPlace]) -> Vec<Known> {
    let mut seen = BTreeSet::new();
    let mut known: Vec<Known> = Vec::new();
    let entries: Vec<Entry> = own.iter().map(Entry::own).chain(places()).collect();
    // Every app's own place comes before any copy: one file may be both.
    let named = entries.iter().map(|entry| (entry, entry.app.clone(), &entry.file));
    let copied = entries.iter().map(|entry| (entry, format!("{} copy", entry.app), &entry.copies));
    for (entry, app, files) in named.chain(copied) {
        for path in files.iter().flat_map(|file| folders.resolve_all(file)).flat_map(|file| pattern::files(&file)) {
            if seen.insert(same(&path)) {
                known.push(look_at(entry, &app, path));
            }
        }
    }
    known.sort_by_key(|known| !known.exists);
    known
}

/// `path` with the links above it resolved, so that one file under two names of its folder counts once.
fn same(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    folder.zip(path.file_name()).map_or_else(|| path.to_path_buf(), |(folder, name)| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_told_from_the_app_s_own_place_and_stands_once() {
        let home = tempfile::tempdir().expect("a folder");
        for folder in [".azure", ".azure-work", "build/.azure"] {
            std::fs::create_dir_all(home.path().join(folder)).expect("made");
            std::fs::write(home.path().join(folder).join("msal_token_cache.json"), "{\"Account\":{}}")
                .expect("written");
        }
        let folders =
            Folders::made(vec![("{azure}", home.path().join(".azure-work")), ("{home}", home.path().to_path_buf())]);

        let found: Vec<_> = discovered(&folders, &[]).into_iter().filter(|known| known.exists).collect();

        let told: Vec<_> = found.iter().map(|known| (known.app.as_str(), known.path.clone())).collect();
        let at = |rest: &str| home.path().join(rest).join("msal_token_cache.json");
        let copy = "Azure CLI copy";
        assert_eq!(told, [("Azure CLI", at(".azure-work")), (copy, at(".azure")), (copy, at("build/.azure"))]);
    }
}
