//! What can go wrong with a keyring, each told from the others: what to do hangs on it. Words of the trouble alone;
//! the advice is the faces'.

/// Why a keyring did not give or take a cache. Holds names and places, never a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringTrouble {
    /// No session bus: a container, ssh, cron, sudo.
    #[error("there is no session bus to ask a keyring over")]
    NoBus,
    /// A bus that hung up at once: it hears its own user alone.
    #[error("the session bus closed the connection: it is another user's, or it ends")]
    BusClosed,
    /// Root by `sudo`: the keyring is in the session of the user who called it, and hears that user alone.
    #[error("this runs as root by sudo, and the keyring is in the session of {user}")]
    Elevated {
        /// Who called sudo.
        user: String,
    },
    /// A bus on which nobody offers secrets.
    #[error("no keyring answers on the session bus")]
    NoService,
    /// A service that keeps nothing yet.
    #[error("the keyring has no collection yet")]
    NoCollection,
    /// Locked, and nobody may be asked.
    #[error("the keyring is locked")]
    Locked,
    /// The user said no to the keyring's question, or did not answer it.
    #[error("the keyring's question was dismissed")]
    Dismissed,
    /// No item fits.
    #[error("no item has {searched}")]
    NoItem {
        /// What was looked for: schema and attributes.
        searched: String,
        /// The places of items that look like token caches, none of them opened.
        others: Vec<String>,
    },
    /// More than one item fits.
    #[error("{} items fit", candidates.len())]
    SeveralItems {
        /// The place of each.
        candidates: Vec<String>,
    },
    /// The bus or the service is there and does not answer.
    #[error("the keyring did not answer within {seconds} s")]
    Hangs {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The keys of the two sides differ, whichever way it was tried.
    #[error("the keyring and saltcellar came to no common key, three times")]
    NoCommonKey,
    /// Anything else, in the words of the bus.
    #[error("the keyring says: {0}")]
    Other(String),
}
