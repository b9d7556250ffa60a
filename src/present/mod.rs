//! Facts to words with roles: no colour, no terminal. Both faces say what stands here.
//! A top: it re-exports its children.

pub mod around;
pub mod arrival;
pub mod bulk;
pub mod change;
pub mod claims;
pub mod collection;
pub mod columns;
pub mod cost;
pub mod crossing;
pub mod deed;
mod diff;
pub mod difference;
pub mod discover;
pub mod entry;
pub mod explanation;
pub mod finding;
pub mod issue;
pub mod keyring;
pub mod list;
pub mod lock;
pub mod obstacle;
pub mod people;
pub mod place;
pub mod record;
pub mod salvage;
pub mod sealed;
pub mod served;
mod sign_in;
pub mod sign_out;
pub mod stats;
pub mod undo;
pub mod user;
pub mod when;
pub mod words;

pub use words::{Line, Role, Word};
