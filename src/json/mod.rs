//! What is written: a cache's exact text, where things stand in it, and how to change it without
//! touching the rest. Knows nothing of tokens. A top: it re-exports its children.

mod check;
mod count;
mod document;
mod edit;
mod glimpse;
mod index;
mod joint;
mod judged;
mod letters;
mod names;
mod node;
mod object;
mod patch;
mod path;
mod print;
mod read;
pub mod salvage;
mod stretch;
mod style;
mod sweep;

pub use count::texts_called;
pub use document::{Document, EntrySpot, REDACTED, SectionSpot};
pub use edit::{EditError, Splice};
pub use index::{Kind, Span, decode};
pub use judged::Judged;
pub use node::{Members, Node};
pub use patch::{Change, Draft, Edit, Inverse, Patch, Position, Text};
pub use path::{Path, PathError, Step};
pub use print::{Layout, as_ascii, escaped, quote, relayout, scalar_object, tokens};
pub use read::{ParseError, ParseErrorKind};
pub use stretch::{Joined, Sizes, Stretch, Stretches, Worker};
pub use style::Style;
