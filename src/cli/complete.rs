//! What the shell's tab key offers: places found here, files, accounts and clients. Opens plaintext caches only,
//! never a sealed one, writes nothing, and is silent about what it cannot read.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter as _};

use super::io::{settings_text, words_typed};
use crate::cache::{Cache, Roster, names};
use crate::config::{self, THEMES};
use crate::present::Line;
use crate::source::{Access, Known, Place, Source, discover, policy};

/// Places found here, then files.
#[must_use]
pub(super) fn places(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    let of_apps = found_here().filter(|known| known.path.to_string_lossy().starts_with(&*typed));
    let mut offered: Vec<_> = of_apps
        .map(|known| CompletionCandidate::new(known.path.clone()).help(Some(known.app.clone().into())))
        .collect();
    let schemes = SCHEMES.iter().filter(|(scheme, _)| !typed.is_empty() && scheme.starts_with(&*typed));
    offered.extend(schemes.map(|(scheme, help)| CompletionCandidate::new(*scheme).help(Some((*help).into()))));
    offered.extend(PathCompleter::file().complete(current));
    offered
}

/// How places begin that are no paths. A server is not asked what it has: that would take a password and its time.
const SCHEMES: &[(&str, &str)] = &[
    ("dir:", "a folder of caches"),
    ("keychain:", "the macOS Keychain"),
    ("keyctl:", "a key of the Linux kernel"),
    ("postgres://", "one cache per user in PostgreSQL"),
    ("redis://", "one cache per user in Redis"),
    ("redis-cluster://", "one cache per user in a Redis Cluster"),
    ("redis-sentinel://", "one cache per user in a Redis that sentinels name"),
    ("rediss://", "one cache per user in Redis, over TLS"),
    ("secret-service:", "GNOME Keyring, KWallet"),
    ("sqlite:", "one cache per user in SQLite"),
];

/// The themes, then files.
#[must_use]
pub(super) fn themes(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = offered(current, THEMES.iter().map(|name| ((*name).to_owned(), None)));
    found.extend(PathCompleter::file().complete(current));
    found
}

/// User names of the accounts in the caches that are named on the line or found here.
#[must_use]
pub(super) fn accounts(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = rosters().into_iter().flat_map(|roster| roster.accounts).filter(|account| !account.is_app_only());
    offered(current, names.map(|account| (account.label().to_owned(), account.name.clone())))
}

/// Client ids in those caches.
#[must_use]
pub(super) fn clients(current: &OsStr) -> Vec<CompletionCandidate> {
    let rows = rosters().into_iter().flat_map(|roster| roster.rows);
    let ids = rows.filter_map(|row| row.client_id.map(|id| id.to_string()));
    offered(current, ids.map(|id| (id.clone(), names::client(&id).map(ToOwned::to_owned))))
}

/// What begins as typed, once each. A name that a shell could not be shown safely is left out.
fn offered(current: &OsStr, names: impl Iterator<Item = (String, Option<String>)>) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy().to_lowercase();
    let is_safe = |name: &String| Line::plain(name).text() == *name;
    let fits = names.filter(|(name, _)| name.to_lowercase().starts_with(&typed)).filter(|(name, _)| is_safe(name));
    let once: BTreeSet<_> = fits.collect();
    let help = |text: Option<String>| text.filter(is_safe).map(Into::into);
    once.into_iter().map(|(name, text)| CompletionCandidate::new(name).help(help(text))).collect()
}

fn rosters() -> Vec<Roster> {
    let access = Access { readonly: Some("completion".to_owned()), policy: Arc::new(policy()), ..Access::default() };
    let read = |path: PathBuf| {
        let source = Source::open(&Place::file(&path), access.clone()).ok()?;
        Some(Roster::of(&Cache::of(&source.load().ok()?.document)))
    };
    // The file of settings is no cache.
    let settings = config_typed();
    let named: Vec<PathBuf> =
        words_typed().filter_map(file_named).filter(|path| Some(path) != settings.as_ref()).collect();
    let paths = if named.is_empty() { found_here().map(|known| known.path).collect() } else { named };
    paths.into_iter().filter_map(read).collect()
}

/// What opens unasked at the well-known places and at the user's own.
fn found_here() -> impl Iterator<Item = Known> {
    let text = settings_text(config_typed()).and_then(|(_, _, text)| text.ok()).unwrap_or_default();
    let own = config::read(&text, &[]).0.places;
    discover(&own).into_iter().filter(|known| known.exists && known.plaintext)
}

/// The file of settings that the line names.
fn config_typed() -> Option<PathBuf> {
    let is_flag = |word: &OsString| word == "--config";
    let behind = words_typed().skip_while(|word| !is_flag(word)).nth(1);
    let joined = || words_typed().find_map(|word| Some(word.to_str()?.strip_prefix("--config=")?.into()));
    behind.or_else(joined).and_then(path_typed)
}

/// The path that a word of the line stands for: the shell hands `~` over unexpanded.
fn path_typed(word: OsString) -> Option<PathBuf> {
    match word.to_str()?.strip_prefix("~/") {
        Some(rest) => Some(super::io::home()?.join(rest)),
        None => Some(PathBuf::from(word)),
    }
}

/// The file that a word of the command line names, if it names one.
fn file_named(word: OsString) -> Option<PathBuf> {
    let path = path_typed(word)?;
    let is_ours = path.extension().is_some_and(|extension| extension != "exe");
    (path.is_file() && is_ours).then_some(path)
}
