//! What leaves by the user's own hand: something of an entry to the clipboard, a copy to a file of
//! the user's own. Refuses to overwrite, to follow a link, and to make a file that others can read.

use std::io::{self, Write};
use std::path::Path;

use super::dialog::CopyKind;
use crate::cache::{Cache, Entry, Field};
use crate::clipboard::{Clipboard, ClipboardError, Route, Secrecy};
use crate::json::{Document, EntrySpot};
use crate::ops::export::entry_json;
use crate::present::entry::claim_values;
use crate::secret::{Pepper, SecretText};
use crate::system;

/// What is to be copied.
pub(super) struct Wish<'a> {
    pub(super) document: &'a Document,
    pub(super) spot: EntrySpot,
    pub(super) kind: CopyKind,
    /// Which claim, if a claim is meant.
    pub(super) claim: usize,
}

/// Copies what `wish` says, and tells which way and how many bytes; `None` if there is no such thing.
///
/// # Errors
/// Neither the system's clipboard nor the terminal took it.
pub(super) fn copy(
    clipboard: &mut Clipboard,
    wish: &Wish<'_>,
    terminal: &mut dyn Write,
) -> Result<Option<(Route, usize)>, ClipboardError> {
    let cache = Cache::of(wish.document);
    let Some(entry) = cache.entry(wish.spot) else { return Ok(None) };
    if wish.kind.is_secret() {
        return copy_secret(clipboard, &entry, wish.kind, terminal);
    }
    let Some(text) = public_text(&cache, &entry, wish).filter(|text| !text.is_empty()) else { return Ok(None) };
    let bytes = text.len();
    let route = clipboard.copy(&SecretText::new(text), Secrecy::Public, terminal)?;
    Ok(Some((route, bytes)))
}

fn copy_secret(
    clipboard: &mut Clipboard,
    entry: &Entry<'_>,
    kind: CopyKind,
    terminal: &mut dyn Write,
) -> Result<Option<(Route, usize)>, ClipboardError> {
    let Some(secret) = entry.secret().filter(|secret| !secret.is_empty()) else { return Ok(None) };
    let bytes = secret.len();
    let route = match kind {
        CopyKind::Header => clipboard.copy_header(scheme(entry), secret, terminal)?,
        CopyKind::Secret | CopyKind::Claim | CopyKind::Value | CopyKind::Json | CopyKind::Id | CopyKind::Scopes => {
            clipboard.copy_secret(secret, terminal)?
        }
    };
    Ok(Some((route, bytes)))
}

/// Proof-of-possession tokens are sent under a scheme of their own.
fn scheme(entry: &Entry<'_>) -> &'static str {
    match entry.text(Field::TokenType) {
        Some(kind) if kind.eq_ignore_ascii_case("pop") => "PoP",
        Some(_) | None => "Bearer",
    }
}

fn public_text(cache: &Cache<'_>, entry: &Entry<'_>, wish: &Wish<'_>) -> Option<String> {
    let text = |field: Field| entry.text(field).map(std::borrow::Cow::into_owned);
    let claim = || claim_values(cache, wish.spot).into_iter().nth(wish.claim);
    match wish.kind {
        CopyKind::Claim => claim().map(|(name, value)| format!("{name}: {value}")),
        CopyKind::Value => claim().map(|(_, value)| value),
        CopyKind::Json => entry_json(cache, wish.spot, &Pepper::random()),
        CopyKind::Id => text(Field::HomeAccountId).or_else(|| text(Field::ClientId)),
        CopyKind::Scopes => text(Field::Target),
        CopyKind::Secret | CopyKind::Header => None,
    }
}

/// Writes `document` to a new file at `path`, readable by its owner alone.
///
/// # Errors
/// Something stands there already, or the file cannot be written.
pub(super) fn save(path: &Path, document: &Document) -> io::Result<()> {
    put(path, |file| document.write_to(file))
}

/// Writes `text`, in which no secret stands, to a new file at `path`, readable by its owner alone.
///
/// # Errors
/// Something stands there already, or the file cannot be written.
pub(super) fn save_text(path: &Path, text: &str) -> io::Result<()> {
    put(path, |file| file.write_all(text.as_bytes()))
}

fn put(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = system::create_private(path)?;
    let written = write(&mut file).and_then(|()| file.flush()).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        // Half a copy of tokens is worse than none; the write's own error is the one to tell.
        _ = std::fs::remove_file(path);
    })
}
