//! Files with secrets, read only if nobody else can read them.

use std::io::Read as _;
use std::path::Path;

use crate::secret::SecretText;
use crate::system::{self, Kind, Trace};

/// What is wrong with such a file, in words that follow its name.
pub(super) type Fault = String;

/// The text of `file`, at most `longest` bytes of it.
///
/// # Errors
/// It cannot be read, or others can read it too.
pub(super) fn private(file: &Path, longest: u64) -> Result<SecretText, Fault> {
    let opened = match system::open(file, Trace::Spared) {
        Err(error) if system::is_link_refused(&error) => return Err("is a link".to_owned()),
        opened => opened.map_err(|error| format!("cannot be read: {error}"))?,
    };
    let is = system::stat(&opened).map_err(|error| format!("cannot be read: {error}"))?;
    let mode = is.mode.unwrap_or_default();
    match is.kind {
        Kind::Folder | Kind::Link | Kind::Other => return Err("is no file".to_owned()),
        Kind::File if !is.is_own => return Err("belongs to another user".to_owned()),
        Kind::File if mode & 0o077 != 0 => return Err(format!("can be read by others: its mode is {mode:04o}")),
        Kind::File if is.len > longest => return Err("is longer than such a file".to_owned()),
        Kind::File => {}
    }
    // In one piece from the beginning: a text that grows leaves copies behind.
    let mut text = String::with_capacity(usize::try_from(is.len.saturating_add(1)).unwrap_or_default());
    let read = opened.take(longest).read_to_string(&mut text);
    let text = SecretText::new(text);
    read.map_err(|error| format!("cannot be read: {error}"))?;
    Ok(text)
}
