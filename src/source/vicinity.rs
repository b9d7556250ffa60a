//! What lies around a cache file: modes, temp files, the undo, files beside it, and whose cache it is. Looks without
//! leaving a trace; judges nothing, opens no seal, writes nothing.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Source;
use super::beside::{self, CopyFile, SecretsFile};
use super::discover::{Entry, keeper, sibling_text};
use crate::store::atomic;
use crate::system::{self, Kind};

/// Plain facts about the surroundings of a cache; none of them for a cache in memory.
#[derive(Clone, Debug, Default)]
pub struct Vicinity {
    /// The app that keeps its cache here, if the place is a known one.
    pub app: Option<String>,
    /// Whether that app usually seals this cache.
    pub usually_sealed: bool,
    /// The runtime that writes the cache of that app, if only one does.
    pub runtime: Option<String>,
    /// Whether the file may only be the signal of a cache that lies in a keyring.
    pub may_be_signal: bool,
    /// The app's command that signs out, with `{username}` for the account.
    pub sign_out: Option<String>,
    /// The permission bits of the file.
    pub file_mode: Option<u32>,
    /// The permission bits of its folder.
    pub folder_mode: Option<u32>,
    /// Whether every folder above the file lets other users pass.
    pub others_can_reach: bool,
    /// The length of the file in bytes.
    pub length: Option<u64>,
    /// Names of temp files of ours that no process works on any more.
    pub left_temps: Vec<String>,
    /// The age of our undo file in seconds, if there is one.
    pub undo_age: Option<i64>,
    /// The `.cae` or `.nocae` cache beside this one.
    pub twin: Option<PathBuf>,
    /// Other files of the app, beside the cache or elsewhere, with the accounts that each names.
    pub siblings: Vec<(String, Vec<String>)>,
    /// Files beside the cache in which the app keeps secrets in plain text, and copies of them.
    pub secrets: Vec<SecretsFile>,
    /// Copies of the cache beside it that hold sign-ins.
    pub copies: Vec<CopyFile>,
    /// Files that are called like copies and were not read, because there are so many.
    pub copies_unread: usize,
}

impl Source {
    /// What lies around this cache.
    #[must_use]
    pub fn vicinity(&self) -> Vicinity {
        let Some(path) = self.target() else { return Vicinity::default() };
        let folder = path.parent().unwrap_or(Path::new("/"));
        let file = system::stat_at(&path).ok();
        let names = system::files_in(folder).unwrap_or_default();
        let keeper = keeper(&path);
        let beside = beside_among(&path, keeper.as_ref().map(|(entry, _)| entry), &names);
        let seen = Vicinity {
            secrets: beside.secrets,
            copies: beside.copies,
            copies_unread: beside.unread,
            file_mode: file.and_then(|is| is.mode),
            folder_mode: system::mode_of(folder),
            others_can_reach: folder.ancestors().all(lets_others_pass),
            length: file.map(|is| is.len),
            left_temps: atomic::left_temps(&path, &names).iter().filter_map(|temp| name_of(temp)).collect(),
            undo_age: self.undo_age(),
            twin: twin_of(&path).filter(|twin| system::stat_at(twin).is_ok_and(|is| is.kind == Kind::File)),
            ..Vicinity::default()
        };
        match keeper {
            Some((entry, siblings)) => seen.of_app(entry, &siblings, folder),
            None => seen,
        }
    }
}

impl Vicinity {
    fn of_app(self, entry: Entry, siblings: &[PathBuf], folder: &Path) -> Self {
        let named = |file: &PathBuf| {
            let beside = file.strip_prefix(folder).unwrap_or(file);
            Some((beside.display().to_string(), accounts_in(&sibling_text(file)?)))
        };
        Self {
            siblings: siblings.iter().filter_map(named).collect(),
            app: Some(entry.app),
            usually_sealed: entry.sealed,
            runtime: entry.runtime,
            may_be_signal: entry.signal,
            sign_out: entry.sign_out,
            ..self
        }
    }
}

/// What lies beside the cache at `path` among the files of its folder, in the order of their names.
fn beside_among(path: &Path, entry: Option<&Entry>, names: &[OsString]) -> beside::Found {
    let mut names: Vec<&str> = names.iter().filter_map(|name| name.to_str()).collect();
    names.sort_unstable();
    beside::found(path, entry, &names)
}

fn lets_others_pass(folder: &Path) -> bool {
    system::mode_of(folder).is_some_and(|mode| mode & 0o001 != 0)
}

fn name_of(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// azure-identity keeps the tokens for continuous access evaluation in a cache of their own.
fn twin_of(path: &Path) -> Option<PathBuf> {
    let other = match path.extension().and_then(OsStr::to_str)? {
        "cae" => "nocae",
        "nocae" => "cae",
        _ => return None,
    };
    Some(path.with_extension(OsString::from(other)))
}

/// The people that a file of an app names: `username` of an authentication record, `user` of a subscription of Azure
/// CLI, `Account` of a context of Azure PowerShell. A service principal is none.
fn accounts_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        gather(&value, &mut found);
    }
    found
}

fn gather(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            let is_user =
                ["type", "Type"].iter().filter_map(|name| text(name)).any(|kind| kind.eq_ignore_ascii_case("user"));
            let of_user = if is_user { text("name").or_else(|| text("Id")) } else { None };
            for name in [of_user, text("username")].into_iter().flatten().filter(|name| !name.is_empty()) {
                if !found.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    found.push(name.to_owned());
                }
            }
            members.values().for_each(|member| gather(member, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_of_a_profile_are_found_and_service_principals_are_not() {
        let profile = "\u{feff}{\"subscriptions\":[{\"name\":\"Pay\",\"user\":{\"name\":\"ada@contoso.com\",\"type\":\"user\"}},
            {\"user\":{\"name\":\"ADA@contoso.com\",\"type\":\"user\"}},{\"user\":{\"name\":\"app-id\",\"type\":\"servicePrincipal\"}}]}";

        assert_eq!(accounts_in(profile), ["ada@contoso.com"]);
        assert_eq!(accounts_in("{\"username\":\"bob@fabrikam.com\",\"clientId\":\"c\"}"), ["bob@fabrikam.com"]);
        assert_eq!(accounts_in("{\"Account\":{\"Id\":\"eve@x\",\"Type\":\"User\"}}"), ["eve@x"]);
        assert!(accounts_in("not json").is_empty());
    }

    #[test]
    fn twins_are_named_after_each_other() {
        assert_eq!(twin_of(Path::new("/h/msal.cache.cae")), Some(PathBuf::from("/h/msal.cache.nocae")));
        assert_eq!(twin_of(Path::new("/h/x.nocae")), Some(PathBuf::from("/h/x.cae")));
        assert_eq!(twin_of(Path::new("/h/msal.cache")), None);
    }
}
