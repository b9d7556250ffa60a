//! What it means: a document read as MSAL reads it. Lenses borrow the document and lose nothing.
//! A top: it re-exports its children.

mod account;
mod builder;
pub mod claims;
pub mod demo;
mod dialect;
mod entry;
pub mod environment;
mod field;
mod health;
pub mod key;
mod loose;
mod member;
pub mod names;
mod roster;
pub mod scopes;
mod section;
mod spelling;
mod verbatim;
mod written;

/// A map for the short texts of a large cache: seeded anew in each run, and quicker than the standard one.
pub type QuickMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
/// A text that many rows share, one word wide.
pub type Shared = arcstr::ArcStr;
/// A set like [`QuickMap`].
pub type QuickSet<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;

pub use account::{AccountRow, Tenant};
pub use builder::{Interner, Keys, RosterBuilder, RosterPart};
pub use claims::Claims;
pub use dialect::Dialect;
pub use entry::{Cache, EXPIRING, Entry, FieldValue, State};
pub use field::{Field, is_secret_field, looks_like_token};
pub use health::Health;
pub use member::Written;
pub use roster::{Roster, Row, Stranger};
pub use scopes::Scopes;
pub use section::Section;
