//! Whose cache lies at a path, and the other files of that app. Looks without a trace; writes nothing.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::data::{Entry, places};
use super::folders::Folders;
use crate::source::Place;
use crate::source::traceless::open;

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

/// The app that keeps its cache at `path`, and its other files: the cache lies at a place of that app, or bears a name
/// that only one app uses. Of the latter only the files beside it count.
pub(in crate::source) fn keeper(path: &Path) -> Option<(Entry, Vec<PathBuf>)> {
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

/// The largest sibling that is searched for names.
const SIBLING_BYTES: u64 = 4 << 20;

fn names_any(file: &Path, names: &[String]) -> bool {
    let text = sibling_text(file).unwrap_or_default().to_lowercase();
    names.iter().any(|name| !name.is_empty() && text.contains(&name.to_lowercase()))
}

/// The text of a file beside a cache, what is no UTF-8 in it replaced.
pub(in crate::source) fn sibling_text(file: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    open(file).ok()?.take(SIBLING_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let folders = Folders::made(vec![("{data}", at("data")), ("{home}", at(""))]);
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
