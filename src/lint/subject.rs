//! What rules look at: a cache, if its text is one, and what lies around it. The faces fill it; rules only read.

use super::Severity;
use crate::cache::{Cache, Dialect, Roster};
use crate::json::{Layout, ParseError};
use crate::ops::reserialise;
use crate::time::UnixSeconds;

/// One cache and its surroundings, seen at one moment.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The cache; `None` when its text is none.
    pub cache: Option<&'a Cache<'a>>,
    /// The rows and accounts of `cache`; `None` exactly when that is.
    pub roster: Option<&'a Roster>,
    /// Why the text is no cache, when it is none.
    pub unreadable: Option<&'a ParseError>,
    /// What lies around the cache.
    pub surroundings: &'a Surroundings,
    /// The moment at which times are judged.
    pub now: UnixSeconds,
}

impl Subject<'_> {
    /// The runtime whose cache this is, as far as its place or its hand tells.
    #[must_use]
    pub fn runtime(&self) -> Dialect {
        let by_hand = self.roster.map_or(Dialect::Unknown, |roster| roster.dialect);
        self.surroundings.dialect.unwrap_or(by_hand)
    }

    /// How grave a finding is that says what the runtime does: an error only where it is sure whose cache this is.
    #[must_use]
    pub fn graded(&self, severity: Severity) -> Severity {
        if severity == Severity::Error && !self.is_sure_of_runtime() { Severity::Warning } else { severity }
    }

    /// Whether the place tells the runtime, or the text is laid out exactly as that runtime writes: keys alone may be
    /// those of a test's file, or of an older version of another library.
    fn is_sure_of_runtime(&self) -> bool {
        let written_by = |layout| self.cache.is_some_and(|cache| reserialise(cache, layout).is_empty());
        self.surroundings.dialect.is_some()
            || match self.runtime() {
                Dialect::Python => written_by(Layout::Pretty),
                Dialect::DotNet | Dialect::Node | Dialect::Java | Dialect::Go => written_by(Layout::Compact),
                Dialect::Unknown => false,
            }
    }
}

/// What lies around a cache. All of it may be unknown: a cache in memory, or from standard input, has none.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The app that keeps its cache at this place, if the place is a known one.
    pub app: Option<String>,
    /// Whether that app usually seals this cache, so that plain text is the exception.
    pub usually_sealed: bool,
    /// The runtime that keeps its cache at this place, if the place tells.
    pub dialect: Option<Dialect>,
    /// The permission bits of the file.
    pub file_mode: Option<u32>,
    /// The permission bits of its folder.
    pub folder_mode: Option<u32>,
    /// Whether every folder above the file lets other users pass, so that only the file's own mode keeps them out.
    pub others_can_reach: bool,
    /// The length of the file in bytes.
    pub length: Option<u64>,
    /// Whether the file at this place may only be the signal of a cache that lies in a keyring.
    pub may_be_signal: bool,
    /// Lock files whose holder is gone, or that nobody signed.
    pub left_locks: Vec<LeftLock>,
    /// Names of temp files of ours that no process works on any more.
    pub left_temps: Vec<String>,
    /// The age of our undo file in seconds, if there is one.
    pub undo_age: Option<i64>,
    /// The `.cae` or `.nocae` cache beside this one.
    pub twin: Option<Twin>,
    /// Files beside the cache that name an account which the cache does not hold, with the account.
    pub stale_siblings: Vec<(String, String)>,
    /// Files beside the cache in which the app keeps secrets in plain text, and copies of them.
    pub app_secrets: Vec<SecretsFile>,
    /// Copies of the cache beside it that hold sign-ins.
    pub copies: Vec<CopyFile>,
    /// Files that are called like copies and were not read, because there are so many.
    pub copies_unread: usize,
}

/// A file in which an app keeps secrets in plain text.
#[derive(Clone, Debug)]
pub struct SecretsFile {
    /// Its name.
    pub name: String,
    /// Its permission bits, where the system has them.
    pub mode: Option<u32>,
    /// How many secrets stand in it.
    pub secrets: usize,
}

/// A copy of the cache.
#[derive(Clone, Debug)]
pub struct CopyFile {
    /// Its name.
    pub name: String,
    /// Its permission bits, where the system has them.
    pub mode: Option<u32>,
    /// Its refresh tokens, as far as it was read.
    pub refresh_tokens: usize,
    /// Its accounts, as far as it was read.
    pub accounts: usize,
    /// Whether all of it was read.
    pub is_whole: bool,
}

/// A lock file that keeps apps out though nobody works behind it.
#[derive(Clone, Debug)]
pub struct LeftLock {
    /// The name of the lock file.
    pub name: String,
    /// Who left it, in words.
    pub holder: String,
    /// Why it is sure that the holder is gone; `None` when it is not sure.
    pub proof: Option<String>,
    /// How many seconds ago it was last written.
    pub age: Option<i64>,
}

/// The other one of a pair of caches: azure-identity keeps tokens for continuous access evaluation apart.
#[derive(Clone, Debug)]
pub struct Twin {
    /// Its file name.
    pub name: String,
    /// The home account ids that it holds, lower case; `None` when it cannot be read as plain text.
    pub home_account_ids: Option<Vec<String>>,
}
