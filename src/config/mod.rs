//! What the user chose: the text of a settings file to settings, keys and warnings. Pure: whoever asks reads the
//! file. A top: it re-exports what the faces need.

mod action;
mod bind;
mod explain;
mod file;
mod keys;
mod policy;
mod read;
mod schema;
mod setting;
mod settings;
mod warning;

pub use action::{Action, Leads};
pub use bind::Bindings;
pub use explain::{Shown, as_toml, example, listed, shown};
pub use file::{Config, Found, Origin};
pub use keys::{KeyError, spelt};
pub use policy::{Policy, STDIN, STORES};
pub use read::read;
pub use schema::schema;
pub use setting::{Kind, SETTINGS, Setting, THEMES, Value};
pub use settings::{OwnPlace, Settings};
pub use warning::{Concern, Warning, nearest};
