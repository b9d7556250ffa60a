//! What can go wrong with an opened cache. Each message names the place; exit codes and hints hang on the variant.

use std::io;
use std::path::PathBuf;

use super::Place;
use super::obstacle::Obstacle;
use crate::json::{EditError, ParseError};
use crate::lock::Holder;
use crate::seal::SealError;
use crate::secret::Forbidden;
use crate::store::keyring::KeyringTrouble;
use crate::store::server::ServerTrouble;
use crate::store::{StoreError, StoreErrorKind};

/// Why a cache could not be read or changed. Unless a variant says otherwise, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Nothing is there.
    #[error("{place} does not exist")]
    Missing {
        /// The place as the user knows it.
        place: String,
    },
    /// There, but not to be read.
    #[error("cannot read {place}: {what}")]
    Unreadable {
        /// The place.
        place: String,
        /// What is in the way.
        what: String,
        /// What the system said.
        #[source]
        cause: Option<io::Error>,
        /// What is in the way, as far as it was found out.
        obstacle: Option<Box<Obstacle>>,
    },
    /// Recognised as sealed, and not opened or not closed again.
    #[error("{place} is {error}")]
    Sealed {
        /// The place.
        place: String,
        /// Who sealed it, and what is wrong.
        error: SealError,
    },
    /// A keyring did not give or take it.
    #[error("cannot open {place}: {trouble}")]
    Keyring {
        /// The place.
        place: String,
        /// What is in the way.
        trouble: Box<KeyringTrouble>,
    },
    /// A server did not give or take it.
    #[error("cannot open {place}: {trouble}")]
    Served {
        /// The place.
        place: String,
        /// What is in the way.
        trouble: Box<ServerTrouble>,
    },
    /// Not the text of a cache.
    #[error("{place} is not a token cache")]
    NotACache {
        /// The place.
        place: String,
        /// What is wrong and where.
        #[source]
        cause: ParseError,
    },
    /// Changes are refused.
    #[error("{place} is open read-only, by {by}")]
    ReadOnly {
        /// The place.
        place: String,
        /// What asked for it: a flag, the environment, the config, the policy.
        by: String,
    },
    /// A symlink or hard link.
    #[error("{place} is a {what}, which is not followed")]
    Link {
        /// The place.
        place: String,
        /// Which sort of link.
        what: &'static str,
        /// Where it leads.
        obstacle: Option<Box<Obstacle>>,
    },
    /// Another process holds the lock.
    #[error("{} {}", lock.display(), holder.does())]
    Locked {
        /// The lock file.
        lock: PathBuf,
        /// Who holds it.
        holder: Holder,
    },
    /// The cache is not what the change was planned for.
    #[error("{place} changed meanwhile")]
    Changed {
        /// The place.
        place: String,
    },
    /// The user gave up.
    #[error("cancelled: {place} is as it was")]
    Cancelled {
        /// The place.
        place: String,
    },
    /// A step of the write failed; the old text stands.
    #[error("cannot write {place}: {what}")]
    Write {
        /// The place.
        place: String,
        /// Which step.
        what: String,
        /// What the system said.
        #[source]
        cause: Option<io::Error>,
        /// What is in the way, as far as it was found out.
        obstacle: Option<Box<Obstacle>>,
    },
    /// The patch does not fit the cache.
    #[error("cannot change {place}")]
    Edit {
        /// The place.
        place: String,
        /// Where it does not fit.
        #[source]
        cause: EditError,
    },
    /// No undo is kept, or it lapsed.
    #[error("there is nothing to undo for {place}")]
    NothingToUndo {
        /// The place.
        place: String,
    },
    /// The policy of this machine forbids it.
    #[error(transparent)]
    Forbidden(Forbidden),
    /// The proposal refused, in its own words.
    #[error("{0}")]
    Refused(String),
}

impl SourceError {
    /// What is in the way, as far as it was found out.
    #[must_use]
    pub fn obstacle(&self) -> Option<&Obstacle> {
        match self {
            Self::Unreadable { obstacle, .. } | Self::Link { obstacle, .. } | Self::Write { obstacle, .. } => {
                obstacle.as_deref()
            }
            Self::Missing { .. }
            | Self::Sealed { .. }
            | Self::Keyring { .. }
            | Self::Served { .. }
            | Self::NotACache { .. }
            | Self::ReadOnly { .. }
            | Self::Forbidden(_)
            | Self::Locked { .. }
            | Self::Changed { .. }
            | Self::Cancelled { .. }
            | Self::Edit { .. }
            | Self::NothingToUndo { .. }
            | Self::Refused(_) => None,
        }
    }

    /// What the store says, said of `place`, at which is looked once more to tell what is in the way.
    pub(super) fn of(place: &Place, error: StoreError) -> Self {
        let StoreError { kind, cause } = error;
        let obstacle = place.path().and_then(|path| Obstacle::of(path, &kind, cause.as_ref())).map(Box::new);
        let place = place.to_string();
        match kind {
            StoreErrorKind::Busy { lock, holder } => Self::Locked { lock, holder },
            StoreErrorKind::Cancelled => Self::Cancelled { place },
            StoreErrorKind::Changed => Self::Changed { place },
            StoreErrorKind::Keyring(trouble) => Self::Keyring { place, trouble },
            StoreErrorKind::Served(trouble) => Self::Served { place, trouble },
            StoreErrorKind::Link(what) => Self::Link { place, what, obstacle },
            StoreErrorKind::Unreadable if obstacle.is_some() => {
                let what = obstacle.as_ref().map(ToString::to_string).unwrap_or_default();
                Self::Unreadable { place, what, cause, obstacle }
            }
            StoreErrorKind::Unreadable
            | StoreErrorKind::NotAFile
            | StoreErrorKind::KeyOnly
            | StoreErrorKind::NotBuilt { .. }
            | StoreErrorKind::OtherSystem { .. }
            | StoreErrorKind::Server(_)
            | StoreErrorKind::TooLarge(_) => Self::Unreadable { place, what: kind.to_string(), cause, obstacle },
            StoreErrorKind::NoLock(_)
            | StoreErrorKind::LockLost
            | StoreErrorKind::Foreign
            | StoreErrorKind::Fixed(_)
            | StoreErrorKind::OtherUser
            | StoreErrorKind::Unsupported(_)
            | StoreErrorKind::Write(_) => Self::Write { place, what: kind.to_string(), cause, obstacle },
        }
    }
}
