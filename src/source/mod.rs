//! An opened cache: place + seal + lock, and the only writer. A top: it re-exports what the faces need.

mod audit;
mod collection;
mod commit;
mod discover;
mod error;
mod follow;
mod glimpse;
mod guarded;
#[cfg(all(target_os = "linux", feature = "kernel-keyring"))]
mod kernel_key;
mod load;
mod obstacle;
mod open;
mod policy;
mod sealing;
mod shelf;
mod skim;
mod torn;
mod traceless;
mod undo;
mod vicinity;
mod watch;

pub use crate::lock::{ClearError, Holder, Liveness, LockKind, LockState, LockStatus, Patience, Proof};
pub use crate::seal::{SealError, SealTrouble};
pub use crate::store::desktop::Prompts;
pub use crate::store::keyring::KeyringTrouble;
pub use crate::store::place::{Place, PlaceError};
pub use audit::Audit;
pub use collection::{Collection, Row};
pub use commit::{Committed, ReadBack, Undoable, resurrected};
pub use discover::{Known, WhyNot, discover, settings_file, siblings};
pub use error::SourceError;
pub use follow::{Follow, Seen};
pub use load::Loaded;
pub use obstacle::{Folder, Obstacle};
pub use open::{Access, Source};
pub use policy::policy;
pub use sealing::PLAINTEXT;
pub use shelf::Shelf;
pub use skim::Skimmed;
pub use torn::Standing;
pub use traceless::files_in;
pub use undo::{Restore, Turn, Undone};
pub use vicinity::Vicinity;
pub use watch::{Changed, Watch};
