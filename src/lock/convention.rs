//! How each runtime locks a cache: a table, and the lock paths that follow from it.
//! Takes no lock itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a runtime puts its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// `<file>.lockfile`.
    BesideCache,
    /// `<dir>/.lockfile`: one lock for all caches of a folder.
    InFolder,
}

/// What keeps others out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The file exists: whoever created it holds the lock.
    Existence,
    /// `flock`; on Windows a share mode that admits readers only.
    Flock,
    /// `flock`; on Windows a range locked by `LockFileEx`.
    FlockOrRange,
    /// `fcntl`, blind to flock on Linux; on Windows a range locked by `LockFileEx`.
    FcntlOrRange,
}

/// One act of letting go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The kernel lock is dropped.
    Unlock,
    /// The descriptor is closed.
    Close,
    /// The file is removed.
    Unlink,
}

/// How one runtime locks, as its source says.
#[derive(Clone, Copy, Debug)]
pub struct Convention {
    /// The runtime, and the way of locking where it has two.
    pub runtime: &'static str,
    /// Where its lock lies.
    pub lies: Lies,
    /// What it takes, in its order.
    pub takes: &'static [Means],
    /// What it writes into the lock file.
    pub writes: &'static str,
    /// How long it waits before it gives up; how we hold the lock must stay far below.
    pub waits: Duration,
    /// How it lets go. Whatever comes after an unlink while unlocked may hit the next holder's file.
    pub releases: &'static [Step],
    /// The source file that says so.
    pub source: &'static str,
}

/// Every runtime that locks. The core libraries (MSAL.NET, MSAL Go, MSAL4J, msal-node) lock nothing themselves.
/// Azure CLI is `python (filelock)`: it pins msal-extensions without the portalocker extra.
pub const CONVENTIONS: &[Convention] = &[
    Convention {
        runtime: "python (filelock)",
        lies: Lies::BesideCache,
        takes: &[Means::Existence],
        writes: "{pid} {argv0}",
        waits: Duration::from_secs(5),
        releases: &[Step::Unlink],
        source: "msal-extensions 1.3.1, filelock.py",
    },
    Convention {
        runtime: "python (portalocker)",
        lies: Lies::BesideCache,
        // Existence is waited for 5 s, then only warned of.
        takes: &[Means::Existence, Means::FlockOrRange],
        writes: "{pid} {argv0}",
        waits: Duration::from_secs(10),
        releases: &[Step::Unlock, Step::Close, Step::Unlink],
        source: "msal-extensions 1.3.1, cache_lock.py",
    },
    Convention {
        runtime: "dotnet",
        lies: Lies::BesideCache,
        takes: &[Means::Flock],
        writes: "\u{feff}{pid} {process}\n",
        waits: Duration::from_secs(60),
        releases: &[Step::Unlink, Step::Unlock, Step::Close],
        source: "Microsoft.Identity.Client.Extensions.Msal, CrossPlatLock.cs",
    },
    Convention {
        runtime: "node",
        lies: Lies::BesideCache,
        takes: &[Means::Existence],
        writes: "{pid}",
        // @azure/identity-cache-persistence; msal-node-extensions alone waits 50 s.
        waits: Duration::from_secs(5),
        // Unlinks whenever it ever held a lock: also the file of another process.
        releases: &[Step::Unlink, Step::Close],
        source: "@azure/msal-node-extensions 5.6.0, CrossPlatformLock.mjs",
    },
    Convention {
        runtime: "java",
        lies: Lies::InFolder,
        // Existence is waited for 6 s, then passed over.
        takes: &[Means::Existence, Means::FcntlOrRange],
        writes: "{pid} {host}",
        waits: Duration::from_secs(12),
        releases: &[Step::Unlock, Step::Close, Step::Unlink],
        source: "msal4j-persistence-extension, CrossProcessCacheFileLock.java",
    },
    Convention {
        runtime: "go",
        lies: Lies::BesideCache,
        takes: &[Means::FlockOrRange],
        writes: "{{pid}} {{argv0}}",
        waits: Duration::from_secs(5),
        releases: &[Step::Unlock, Step::Close, Step::Unlink],
        source: "microsoft-authentication-extensions-for-go, lock.go",
    },
];

/// Which runtimes a cache is shared with, as far as it decides which files to lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conventions {
    /// The lock beside the cache; the folder's too where MSAL4J is at home (`.IdentityService`).
    #[default]
    AsFolderSays,
    /// The lock beside the cache alone.
    BesideCache,
    /// Both locks: an app on MSAL4J uses this folder.
    WithFolder,
    /// None: no app locks it, and one may take a lock file for a cache.
    Nobody,
}

/// What the link at `cache` leads to; `None` where no link stands there, or where it leads nowhere.
#[must_use]
pub fn target_of(cache: &Path) -> Option<PathBuf> {
    let is_link = cache.symlink_metadata().is_ok_and(|is| is.is_symlink());
    is_link.then(|| cache.canonicalize().ok()).flatten()
}

/// The names of the cache at `cache`: as it is spelled, and, where links are followed and that is one, what it leads to.
/// An app locks the name that it was given, and apps may have been given either.
#[must_use]
pub fn names_of(cache: &Path, follows: bool) -> Vec<PathBuf> {
    let target = follows.then(|| target_of(cache)).flatten();
    std::iter::once(cache.to_owned()).chain(target).collect()
}

/// The lock files to take for the cache of these `names`, in the one order in which everybody of us takes them: those
/// beside it before those of folders. A folder that is reached in two ways has one.
#[must_use]
pub fn lock_paths(names: &[impl AsRef<Path>], wanted: &Conventions) -> Vec<PathBuf> {
    let with_folder = |cache: &Path| match wanted {
        Conventions::AsFolderSays => is_shared_with_java(cache),
        Conventions::BesideCache | Conventions::Nobody => false,
        Conventions::WithFolder => true,
    };
    if *wanted == Conventions::Nobody {
        return Vec::new();
    }
    let beside = names.iter().map(|name| path_of(Lies::BesideCache, name.as_ref()));
    let folders = names.iter().filter(|name| with_folder(name.as_ref()));
    let mut paths: Vec<_> = beside.chain(folders.map(|name| path_of(Lies::InFolder, name.as_ref()))).collect();
    if names.len() > 1 {
        let mut seen = Vec::new();
        paths.retain(|path| {
            let stands = stands_at(path);
            let is_new = !seen.contains(&stands);
            seen.push(stands);
            is_new
        });
    }
    paths
}

/// Where `path` stands, whatever links lead to its folder.
fn stands_at(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

fn path_of(lies: Lies, cache: &Path) -> PathBuf {
    match lies {
        Lies::BesideCache => {
            let mut name = cache.as_os_str().to_owned();
            name.push(".lockfile");
            name.into()
        }
        Lies::InFolder => cache.with_file_name(".lockfile"),
    }
}

/// The folder in which azure-identity for Java keeps `msal.cache`, beside those of .NET and Go.
fn is_shared_with_java(cache: &Path) -> bool {
    let full = std::path::absolute(cache).unwrap_or_else(|_| cache.to_owned());
    full.parent().and_then(Path::file_name) == Some(OsStr::new(".IdentityService"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(cache: &str, wanted: Conventions) -> Vec<String> {
        lock_paths(&[cache], &wanted).iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn the_lock_lies_beside_the_cache() {
        assert_eq!(
            names("/h/.azure/msal_token_cache.json", Conventions::AsFolderSays),
            ["/h/.azure/msal_token_cache.json.lockfile"]
        );
    }

    #[test]
    fn the_folder_of_java_is_locked_too_and_second() {
        let both = ["/h/.IdentityService/msal.cache.lockfile", "/h/.IdentityService/.lockfile"];

        assert_eq!(names("/h/.IdentityService/msal.cache", Conventions::AsFolderSays), both);
        assert_eq!(names("/h/.IdentityService/msal.cache", Conventions::WithFolder), both);
        assert_eq!(names("/h/.IdentityService/msal.cache", Conventions::BesideCache), both[..1]);
    }

    #[test]
    fn a_folder_lock_can_be_asked_for_anywhere() {
        assert_eq!(names("cache.bin", Conventions::WithFolder), ["cache.bin.lockfile", ".lockfile"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_cache_behind_a_link_is_locked_under_both_names() {
        let home = tempfile::tempdir().expect("a folder");
        let path = |name: &str| home.path().join(name);
        std::fs::create_dir(path("real")).expect("made");
        std::fs::write(path("real/c"), "{}").expect("written");
        for (link, to) in [("x", "real"), ("l", "real/c"), ("real/m", "c"), ("gone", "nowhere")] {
            std::os::unix::fs::symlink(to, path(link)).expect("linked");
        }
        let locks = |name: &str, wanted| {
            let names = names_of(&path(name), true);
            let real = home.path().canonicalize().expect("there");
            let short = |lock: &PathBuf| {
                let lock = lock.strip_prefix(home.path()).or_else(|_| lock.strip_prefix(&real)).expect("within");
                lock.display().to_string()
            };
            lock_paths(&names, &wanted).iter().map(short).collect::<Vec<_>>()
        };

        assert_eq!(locks("l", Conventions::BesideCache), ["l.lockfile", "real/c.lockfile"]);
        assert_eq!(locks("real/c", Conventions::BesideCache), ["real/c.lockfile"]);
        assert_eq!(locks("x/c", Conventions::BesideCache), ["x/c.lockfile"], "the folder's link changes no name");
        assert_eq!(locks("gone", Conventions::BesideCache), ["gone.lockfile"]);
        // By whatever way, the folder has one lock, which comes last.
        assert_eq!(locks("x/m", Conventions::WithFolder), ["x/m.lockfile", "real/c.lockfile", "x/.lockfile"]);
        assert_eq!(names_of(&path("l"), false), [path("l")]);
    }

    #[test]
    fn what_nobody_locks_has_no_lock() {
        assert!(names("/h/flask_session/0f", Conventions::Nobody).is_empty());
    }

    #[test]
    fn every_convention_of_the_table_lies_on_a_path_we_take() {
        let taken = names("/h/c", Conventions::WithFolder);

        let missed = CONVENTIONS.iter().find(|one| {
            let path = path_of(one.lies, Path::new("/h/c")).display().to_string();
            !taken.contains(&path)
        });
        assert!(missed.is_none(), "{missed:?}");
    }
}
