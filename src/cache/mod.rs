//! What it means: a document read as MSAL reads it. Lenses borrow the document and lose nothing.
//! A top: it re-exports its children.

mod account;
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
mod written;

pub use account::{AccountRow, Tenant};
pub use claims::Claims;
pub use dialect::Dialect;
pub use entry::{Cache, EXPIRING, Entry, FieldValue, State};
pub use field::{Field, is_secret_field, looks_like_token};
pub use health::Health;
pub use member::Written;
pub use roster::{Roster, Row};
pub use scopes::Scopes;
pub use section::Section;
