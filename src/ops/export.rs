//! A copy of entries for other eyes: secrets redacted by default. Hands out a text, writes nothing.

use std::collections::{BTreeSet, HashMap};

use super::redact::{self, Marked, Survivor};
use super::redact_text;
use super::reserialise;
use crate::cache::{Cache, Entry, Field, FieldValue, Section};
use crate::json::{
    Change, Document, Edit, EditError, EntrySpot, Layout, Patch, REDACTED, SectionSpot, Step, Text, relayout,
};
use crate::secret::{Masked, Pepper, SecretBytes, SecretText};

/// What an export may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// Secrets to `redacted:<fingerprint>:<length>`, or to tokens with the same claims; names and ids to stand-ins;
    /// marked as redacted.
    Redacted,
    /// Access and ID tokens verbatim, refresh tokens redacted; unknown sections, which may hold
    /// refresh tokens, are left out.
    WithoutRefreshTokens,
    /// Everything verbatim.
    All,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The redaction would let something through.
    #[error("nothing is exported")]
    Leak(#[from] Survivor),
    /// The entries that are not wanted could not be cut out.
    #[error("the entries cannot be cut out of the cache")]
    Cut(#[from] EditError),
}

/// The chosen entries (all when `None`) as a cache text in the layout of the original. Sections of which
/// nothing is chosen are left out.
///
/// # Errors
/// When a secret, name or id would survive the redaction.
pub fn export(
    cache: &Cache<'_>,
    only: Option<&[EntrySpot]>,
    secrets: Secrets,
    pepper: &Pepper,
) -> Result<SecretText, ExportError> {
    let only: Option<BTreeSet<EntrySpot>> = only.map(|spots| spots.iter().copied().collect());
    match secrets {
        Secrets::Redacted => Ok(laid_out(cache, redact::redact(cache, only.as_ref(), Marked::Yes, pepper)?)),
        Secrets::WithoutRefreshTokens | Secrets::All => verbatim(cache, only.as_ref(), secrets, pepper),
    }
}

/// `text` laid out exactly as a runtime does it, where the original is: rules tell whose cache it is by that.
fn laid_out(cache: &Cache<'_>, text: String) -> SecretText {
    if cache.document().style().bom {
        return SecretText::new(format!("\u{feff}{text}"));
    }
    let is_pretty = reserialise(cache, Layout::Pretty).is_empty();
    let copy = is_pretty.then(|| Document::parse(SecretBytes::new(text.clone().into_bytes())).ok()).flatten();
    let pretty = copy.and_then(|copy| relayout(&copy, Layout::Pretty).into_text().ok());
    pretty.unwrap_or_else(|| SecretText::new(text))
}

/// One entry as redacted JSON, in its section, for the clipboard. `None` if there is no such entry, or
/// if it cannot be redacted.
#[must_use]
pub fn entry_json(cache: &Cache<'_>, spot: EntrySpot, pepper: &Pepper) -> Option<String> {
    cache.document().node(spot)?;
    redact::redact(cache, Some(&BTreeSet::from([spot])), Marked::No, pepper).ok()
}

/// How an entry looks in a redacted copy, laid out. `None` if it cannot be redacted.
#[must_use]
pub fn sample(cache: &Cache<'_>, spot: EntrySpot, layout: Layout, pepper: &Pepper) -> Option<String> {
    let text = redact::redact(cache, Some(&BTreeSet::from([spot])), Marked::No, pepper).ok()?;
    let copy = Document::parse(laid_out(cache, text).into_bytes()).ok()?;
    let text = relayout(&copy, layout).into_text().ok()?;
    Some(text.reveal().trim_start_matches('\u{feff}').to_owned())
}

/// The redacted text of the whole cache, without a byte order mark.
///
/// # Errors
/// When a secret, name or id would survive the redaction.
pub fn redacted(cache: &Cache<'_>, pepper: &Pepper) -> Result<String, ExportError> {
    let text = laid_out(cache, redact::redact(cache, None, Marked::Yes, pepper)?);
    Ok(text.reveal().trim_start_matches('\u{feff}').to_owned())
}

/// The redacted cache without its mark, to be looked at in place of the real one: every entry stands where it stands
/// there. `None` if it cannot be redacted.
#[must_use]
pub fn stand_in(cache: &Cache<'_>, pepper: &Pepper) -> Option<Document> {
    let text = redact::redact(cache, None, Marked::No, pepper).ok()?;
    Document::parse(laid_out(cache, text).into_bytes()).ok()
}

/// Whether `document` is a redacted export: its tokens are none, so it must not be imported.
#[must_use]
pub fn is_redacted(document: &Document) -> bool {
    document.find_section(&Step::first(REDACTED)).is_some()
}

fn verbatim(
    cache: &Cache<'_>,
    only: Option<&BTreeSet<EntrySpot>>,
    secrets: Secrets,
    pepper: &Pepper,
) -> Result<SecretText, ExportError> {
    let document = cache.document();
    let mut patch = Patch::new("Export");
    for section in document.sections() {
        patch.changes.extend(cuts(cache, section, only, secrets, pepper));
    }
    let (copy, _) = document.apply(&patch)?;
    // A document's text is UTF-8: it was read from text.
    copy.to_bytes().into_text().map_err(|_| ExportError::Leak(Survivor("a byte that is no text")))
}

/// The changes that leave of `section` what is wanted.
fn cuts(
    cache: &Cache<'_>,
    section: SectionSpot,
    only: Option<&BTreeSet<EntrySpot>>,
    secrets: Secrets,
    pepper: &Pepper,
) -> Vec<Change> {
    let document = cache.document();
    let unknown = Section::named(&document.section_name(section)) == Section::Other;
    let wanted = |spot: &EntrySpot| only.is_none_or(|only| only.contains(spot));
    let nothing = only.is_some() && !document.entries(section).any(|spot| wanted(&spot));
    if nothing || (unknown && secrets == Secrets::WithoutRefreshTokens) {
        return vec![change(Edit::Remove(document.section_path(section)))];
    }
    let mut changes = Vec::new();
    for spot in document.entries(section) {
        match cache.entry(spot) {
            _ if !wanted(&spot) => changes.push(change(Edit::Remove(document.path(spot)))),
            Some(entry) if secrets == Secrets::WithoutRefreshTokens && !is_short_lived(&entry) => {
                changes.extend(masks(&entry, pepper));
            }
            Some(_) | None => {}
        }
    }
    changes
}

/// Access and id tokens; what stands in their sections but calls itself a refresh token is none.
fn is_short_lived(entry: &Entry<'_>) -> bool {
    let refresh = entry.text(Field::CredentialType).is_some_and(|kind| kind.to_ascii_lowercase().contains("refresh"));
    match entry.section() {
        Section::AccessToken | Section::IdToken => !refresh,
        Section::RefreshToken | Section::Account | Section::AppMetadata | Section::Other => false,
    }
}

/// The changes that put the redacted form in the place of every secret of `entry`.
fn masks(entry: &Entry<'_>, pepper: &Pepper) -> Vec<Change> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut changes = Vec::new();
    for (name, value) in entry.fields() {
        let nth = seen.entry(name.to_string()).and_modify(|nth| *nth += 1).or_insert(1);
        if let FieldValue::Secret(secret) = value {
            let path = entry.path().join(Step { name: name.into_owned(), nth: *nth });
            let mark = redact_text::secret(pepper, secret.into_secret().reveal());
            changes.push(change(Edit::Replace(path, Text::Printed(SecretText::new(format!("\"{mark}\""))))));
        }
    }
    changes
}

/// Whether `is_it` holds of some secret of `cache`, which it is shown in lower case.
pub(super) fn any_secret(cache: &Cache<'_>, is_it: &dyn Fn(&str) -> bool) -> bool {
    let mut secrets = cache.entries().filter_map(|entry| entry.secret().map(Masked::into_secret));
    secrets.any(|secret| is_it(SecretText::new(secret.reveal().to_lowercase()).reveal()))
}

fn change(edit: Edit) -> Change {
    Change { edit, why: "export".into() }
}
