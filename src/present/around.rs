//! What a source saw around a cache, as the facts that rules look at: the holders of locks are already in words.

use std::path::Path;

use super::place;
use crate::cache::{Dialect, Roster};
use crate::lint::{CopyFile, LeftLock, SecretsFile, Surroundings, Twin};
use crate::source::{Liveness, LockState, LockStatus, Vicinity};
use crate::time::UnixSeconds;

/// What was seen at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Around the file.
    pub vicinity: &'a Vicinity,
    /// Its locks.
    pub locks: &'a [LockStatus],
    /// The rows of the cache, if it is one.
    pub roster: Option<&'a Roster>,
    /// The rows of the twin, if there is one in plain text.
    pub twin: Option<&'a Roster>,
    /// The real time, to which the ages of files are told.
    pub now: UnixSeconds,
}

/// The surroundings as rules look at them.
#[must_use]
pub fn surroundings(seen: &Seen<'_>) -> Surroundings {
    let Seen { vicinity, locks, roster, twin, now } = *seen;
    Surroundings {
        stale_siblings: roster.map(|roster| stale(vicinity, roster, twin)).unwrap_or_default(),
        twin: vicinity.twin.as_deref().map(|path| twin_at(path, twin)),
        left_locks: locks.iter().filter_map(|lock| left_lock(lock, now)).collect(),
        dialect: vicinity.runtime.as_deref().and_then(Dialect::named),
        app: vicinity.app.clone(),
        usually_sealed: vicinity.usually_sealed,
        file_mode: vicinity.file_mode,
        folder_mode: vicinity.folder_mode,
        others_can_reach: vicinity.others_can_reach,
        length: vicinity.length,
        may_be_signal: vicinity.may_be_signal,
        left_temps: vicinity.left_temps.clone(),
        undo_age: vicinity.undo_age,
        app_secrets: secrets(vicinity),
        copies: copies(vicinity),
        copies_unread: vicinity.copies_unread,
    }
}

fn secrets(seen: &Vicinity) -> Vec<SecretsFile> {
    let files = seen.secrets.iter();
    files.map(|file| SecretsFile { name: file.name.clone(), mode: file.mode, secrets: file.secrets }).collect()
}

fn copies(seen: &Vicinity) -> Vec<CopyFile> {
    let copies = seen.copies.iter().map(|copy| CopyFile {
        name: copy.name.clone(),
        mode: copy.mode,
        refresh_tokens: copy.refresh_tokens,
        accounts: copy.accounts,
        is_whole: copy.is_whole,
    });
    copies.collect()
}

/// (file, account) for each account that a file of the app names and neither the cache nor its twin holds. Where the
/// tokens lie in a keyring nobody knows.
fn stale(seen: &Vicinity, roster: &Roster, twins: Option<&Roster>) -> Vec<(String, String)> {
    if seen.may_be_signal && roster.rows.is_empty() {
        return Vec::new();
    }
    let known = || std::iter::once(roster).chain(twins).flat_map(|roster| &roster.accounts);
    let names = || known().filter_map(|account| account.username.as_deref());
    let is_here = |name: &str| names().any(|known| known.to_lowercase() == name.to_lowercase());
    let named = seen.siblings.iter().flat_map(|(file, names)| names.iter().map(move |name| (file, name)));
    named.filter(|(_, name)| !is_here(name)).map(|(file, name)| (file.clone(), name.clone())).collect()
}

fn twin_at(path: &Path, roster: Option<&Roster>) -> Twin {
    let ids = |roster: &Roster| {
        let people = roster.accounts.iter().filter(|account| !account.is_app_only());
        people.map(|account| account.home_account_id.to_lowercase()).collect()
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Twin { name, home_account_ids: roster.map(ids) }
}

/// A lock behind which nobody is seen to work. One whose holder lives, or holds a kernel lock, or may run elsewhere,
/// is none.
fn left_lock(lock: &LockStatus, now: UnixSeconds) -> Option<LeftLock> {
    let (holder, proof) = match &lock.state {
        LockState::LeftOver { holder, proof } => (holder, Some(proof.to_string())),
        LockState::Held { holder, kernel } if kernel.is_empty() && holder.alive == Liveness::Unknown => (holder, None),
        LockState::Held { .. } | LockState::Free | LockState::NotAFile | LockState::Unreadable { .. } => return None,
    };
    let name = lock.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Some(LeftLock { name, holder: place::holder(holder), proof, age: holder.since.map(|at| now.since(at)) })
}
