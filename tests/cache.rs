//! The cache room on real files of five runtimes: counts, dialects, keys, special accounts.
//! Reads them from `$SALTCELLAR_SHARED/caches` (default `../shared`); where they are absent each test says so.

mod files;
mod kinds;
mod secrets;

use std::path::PathBuf;

use saltcellar::json::{Document, ParseError};
use saltcellar::secret::SecretBytes;

/// The folder of shared caches; `None`, said aloud, where it is absent.
fn shared() -> Option<PathBuf> {
    crate::support::peers::shared("caches")
}

/// The shared cache called `name`, parsed.
fn read(folder: &std::path::Path, name: &str) -> Result<Document, ParseError> {
    let bytes = std::fs::read(folder.join(name)).expect("the shared file can be read");
    Document::parse(SecretBytes::new(bytes))
}

/// The document of `text`.
fn parsed(text: &str) -> Document {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("the text is valid")
}
