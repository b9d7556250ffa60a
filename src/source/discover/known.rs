//! One known place as the faces get it: facts only, and what its lock says when it is asked for.

use std::path::PathBuf;

use crate::lock::{self, Conventions, LockStatus};
use crate::source::{Obstacle, Place};
use crate::system::{self, Stat};
use crate::time::UnixSeconds;

/// One known place that was looked at.
#[derive(Clone, Debug)]
pub struct Known {
    /// The app that keeps its cache there.
    pub app: String,
    /// The place that opens it: the file, or the keyring where the file only says that something changed.
    pub place: Place,
    /// Its file.
    pub path: PathBuf,
    /// Whether something is there.
    pub exists: bool,
    /// What was seen: "plaintext 0600", "sealed by …", "the tokens are in the keyring", "not there".
    pub state: String,
    /// Whether it is plain text of the own user: what `list` and the terminal UI open unasked.
    pub plaintext: bool,
    /// How it is wrapped, in the words of `?seal=` and of the schemes of places: "plaintext", "dpapi", "jwe",
    /// "aspnet", "secret-service", "keychain"; `None` where nothing could be seen of it.
    pub seal: Option<&'static str>,
    /// Why it is not opened unasked.
    pub why_not: Option<WhyNot>,
    /// The length of the file in bytes.
    pub bytes: Option<u64>,
    /// When the file last changed.
    pub modified: Option<UnixSeconds>,
    /// The app's command that makes this cache.
    pub made_by: Option<String>,
}

/// Why a place is not opened unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It is sealed: it opens when it is named, where its key is.
    Sealed,
    /// The tokens are in a keyring: it opens when it is named.
    InKeyring,
    /// Something stands in the way.
    Obstacle(Obstacle),
    /// It cannot be read, and nothing more is known.
    Unreadable,
}

impl WhyNot {
    /// The word for it in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::InKeyring => "in-keyring",
            Self::Obstacle(obstacle) => obstacle.name(),
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether the cache opens when it is named, as far as can be told before that.
    #[must_use]
    pub fn opens_when_asked(&self) -> bool {
        matches!(self, Self::Sealed | Self::InKeyring)
    }

    /// What stands in the way.
    #[must_use]
    pub fn obstacle(&self) -> Option<&Obstacle> {
        match self {
            Self::Obstacle(obstacle) => Some(obstacle),
            Self::Sealed | Self::InKeyring | Self::Unreadable => None,
        }
    }
}

/// The last change that `is` tells of.
pub(super) fn modified(is: Stat) -> Option<UnixSeconds> {
    i64::try_from(is.modified?.as_secs()).ok().map(UnixSeconds)
}

impl Known {
    /// Whether others than its owner may read or write the file, and it is plain text.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        let may_others = |is: Stat| is.mode.is_some_and(|mode| mode & 0o077 != 0);
        self.seal == Some("plaintext") && system::stat_at(&self.path).is_ok_and(may_others)
    }

    /// The size and the last change of the file as it is now; `None` where there is none.
    #[must_use]
    pub fn stat(&self) -> Option<(u64, UnixSeconds)> {
        let is = system::stat_at(&self.path).ok()?;
        Some((is.len, modified(is).unwrap_or(UnixSeconds(0))))
    }

    /// The locks of this cache and who holds them. Looks only; takes nothing.
    #[must_use]
    pub fn locks(&self) -> Vec<LockStatus> {
        lock::status(&[&self.path], &Conventions::AsFolderSays)
    }
}
