//! The folders of this user, by the names that places.toml uses for them, and their desktop. Asks the environment; of
//! the disk no more than whether a bus lies at its usual place.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::store::desktop::{Desktop, Prompts};
use crate::store::passwords::{Kind, List};
use crate::system;

/// The user's folders by name; one name may stand for several.
pub(super) struct Folders(Vec<(&'static str, PathBuf)>);

/// Where this user's programs keep what they remember.
pub(in crate::source) fn state_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let (name, rest) = STATE;
    set(name).or_else(|| Some(home(&|name| std::env::var_os(name))?.join(rest)))
}

/// The user's session, as far as places of a desktop depend on it.
pub(in crate::source) fn desktop(prompts: Prompts) -> Desktop {
    let folders = Folders::of_user();
    let is_named = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty());
    // systemd's place of the bus. libdbus would go on to start a bus of its own, which nobody asked for.
    let is_usual = || folders.resolve("{runtime}/bus").is_some_and(|bus| bus.exists());
    Desktop {
        home: folders.resolve("{home}"),
        data: folders.resolve("{data}"),
        azure: folders.resolve("{azure}"),
        has_bus: is_named || is_usual(),
        sudo: by_sudo(),
        prompts,
    }
}

/// Where this user may list passwords of servers: in a file of our own for all of them, and in that of PostgreSQL.
#[must_use]
pub fn password_lists() -> Vec<List> {
    let folders = Folders::of_user();
    let ours = folders.resolve("{config}/saltcellar/passwords").map(|path| List { path, only: None });
    let named = std::env::var_os("PGPASSFILE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let usual = if cfg!(windows) { "{config}/postgresql/pgpass.conf" } else { "{home}/.pgpass" };
    let of_postgres = named.or_else(|| folders.resolve(usual));
    ours.into_iter().chain(of_postgres.map(|path| List { path, only: Some(Kind::Postgres) })).collect()
}

/// Who called `sudo`, if that made this process root. The variable alone is only a claim.
fn by_sudo() -> Option<String> {
    let is_root = system::us().is_some_and(|us| us.id == 0);
    std::env::var("SUDO_USER").ok().filter(|user| is_root && !user.is_empty() && user != "root")
}

/// The variable that names the user's own folder.
const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
/// The variables that name the folders of a user's programs, and where those lie if it does not.
const DATA: (&str, &str) = if cfg!(windows) { LOCAL } else { ("XDG_DATA_HOME", ".local/share") };
const CONFIG: (&str, &str) =
    if cfg!(windows) { ("APPDATA", "AppData/Roaming") } else { ("XDG_CONFIG_HOME", ".config") };
/// No app keeps a token cache there on Windows.
const CACHE: (&str, &str) = ("XDG_CACHE_HOME", ".cache");
const STATE: (&str, &str) = if cfg!(windows) { LOCAL } else { ("XDG_STATE_HOME", ".local/state") };
const LOCAL: (&str, &str) = ("LOCALAPPDATA", "AppData/Local");

fn home(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set("HOME").or_else(|| set(HOME))
}

impl Folders {
    /// Those of the environment.
    pub(super) fn of_user() -> Self {
        Self::of(&|name| std::env::var_os(name))
    }

    /// Those that `variable` names; none where it names no home.
    fn of(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let Some(home) = home(variable) else {
            return Self(Vec::new());
        };
        let below = |name: &str, rest: &str| set(name).unwrap_or_else(|| home.join(rest));
        let mut folders = vec![
            ("{azure}", below("AZURE_CONFIG_DIR", ".azure")),
            ("{azd}", below("AZD_CONFIG_DIR", ".azd")),
            ("{data}", below(DATA.0, DATA.1)),
            ("{config}", below(CONFIG.0, CONFIG.1)),
            ("{cache}", below(CACHE.0, CACHE.1)),
        ];
        let azures = set("AZURE_CONFIG_DIR").and_then(|folder| Some(folder.parent()?.to_path_buf()));
        folders.extend(azures.map(|folder| ("{azures}", folder)));
        folders.extend(set("XDG_RUNTIME_DIR").map(|folder| ("{runtime}", folder)));
        folders.extend(set("LOCALAPPDATA").map(|folder| ("{local}", folder)));
        let agents = ["RUNNER_TEMP", "AGENT_TEMPDIRECTORY"].into_iter().filter_map(set);
        let temporary = set("TMPDIR").or_else(|| set("TEMP")).unwrap_or_else(|| PathBuf::from("/tmp"));
        let absolute = |folder: &PathBuf| folder.is_absolute();
        folders.extend(agents.chain([temporary]).filter(absolute).map(|folder| ("{temp}", folder)));
        folders.push(("{home}", home));
        Self(folders)
    }

    /// The paths that `file` means, by every folder of its name; a path that names none, as it is.
    pub(super) fn resolve_all(&self, file: &str) -> Vec<PathBuf> {
        if Path::new(file).is_absolute() {
            return vec![PathBuf::from(file)];
        }
        let named = self.0.iter().filter_map(|(name, folder)| {
            let rest = file.strip_prefix(name)?.trim_start_matches('/');
            Some(folder.join(rest))
        });
        named.collect()
    }

    /// The path that `file` means, by the first folder of its name.
    pub(super) fn resolve(&self, file: &str) -> Option<PathBuf> {
        self.resolve_all(file).into_iter().next()
    }

    /// Folders of a test's own.
    #[cfg(test)]
    pub(super) fn made(folders: Vec<(&'static str, PathBuf)>) -> Self {
        Self(folders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_resolve_by_name() {
        let folders = Folders::made(vec![("{azure}", PathBuf::from("/h/.azure")), ("{home}", PathBuf::from("/h"))]);

        assert_eq!(folders.resolve("{azure}/c.json"), Some(PathBuf::from("/h/.azure/c.json")));
        assert_eq!(folders.resolve("{runtime}/c.json"), None);
        assert_eq!(folders.resolve("/c.json"), Some(PathBuf::from("/c.json")));
    }

    #[test]
    fn a_build_agent_has_temporary_folders_beside_the_usual_one() {
        let set = |name: &str| match name {
            "HOME" => Some("/h".into()),
            "AGENT_TEMPDIRECTORY" => Some("/agent/_temp".into()),
            "AZURE_CONFIG_DIR" => Some("/ci/azure".into()),
            _ => None,
        };
        let folders = Folders::of(&set);

        assert_eq!(folders.resolve_all("{temp}/c"), [PathBuf::from("/agent/_temp/c"), PathBuf::from("/tmp/c")]);
        assert_eq!(folders.resolve("{azure}/c"), Some(PathBuf::from("/ci/azure/c")));
        assert!(Folders::of(&|_| None).resolve_all("{home}/c").is_empty());
    }
}
