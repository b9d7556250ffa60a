//! What can be done: pure functions from a cache to a patch or a text. Never a store, never a clock.
//! A top: it re-exports its children.

pub mod claims;
mod clash;
mod compare;
pub mod cost;
pub mod deed;
mod effect;
pub mod explain;
pub mod export;
mod filter;
mod find;
mod forget;
mod leak;
mod left;
mod moment;
pub mod people;
mod prune;
mod pseudonym;
pub mod query;
mod redact;
mod redact_text;
mod redact_token;
mod renew;
mod renewers;
mod reserialise;
mod restore;
mod salvage;
mod snapshot;
pub mod summary;
mod why;

pub use clash::{Cause, Clash};
pub use compare::{Comparison, Difference, History, Kind, compare, identity};
pub use effect::{Effect, Severity, effect, removed};
pub use filter::{Filter, Sieve, TokenType};
pub use find::{FindError, entry_label, find_entry};
pub use forget::{ForgetOptions, forget, home_ids};
pub use left::Left;
pub use moment::{Item, Moment, Print, Word};
pub use prune::{PruneOptions, prune, prune_entries};
pub use redact::{Discretion, Survivor};
pub use renew::{RenewOptions, renew, renew_entries};
pub use reserialise::reserialise;
pub use restore::restore;
pub use salvage::salvage;
pub use snapshot::{Snapshot, SnapshotError};
