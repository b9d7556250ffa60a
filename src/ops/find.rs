//! KEY of the command line: a key, SECTION/KEY, SECTION/KEY#2, or 6 or more digits of a fingerprint.
//! Guesses nothing: what names two entries names none.

use crate::cache::{Cache, Entry};
use crate::json::EntrySpot;

/// Why no single entry was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// Nothing matched (exit 3).
    #[error("no entry matches {0}")]
    None(String),
    /// Several did (exit 2): `SECTION/KEY` of each.
    #[error("{0} matches several entries")]
    Several(String, Vec<String>),
}

/// The one entry that `key` names: read first as a key, then as SECTION/KEY, then with `#2` cut off as a
/// count, then as digits of a fingerprint.
///
/// # Errors
/// When none or several entries match.
pub fn find_entry(cache: &Cache<'_>, key: &str) -> Result<EntrySpot, FindError> {
    let ways: [&dyn Fn() -> Vec<EntrySpot>; 4] =
        [&|| by_name(cache, None, key), &|| by_section(cache, key), &|| by_count(cache, key), &|| {
            by_fingerprint(cache, key)
        }];
    let found = ways.iter().map(|way| way()).find(|found| !found.is_empty()).unwrap_or_default();
    match found.as_slice() {
        [] => Err(FindError::None(key.to_owned())),
        [one] => Ok(*one),
        several => {
            Err(FindError::Several(key.to_owned(), several.iter().map(|spot| entry_label(cache, *spot)).collect()))
        }
    }
}

/// `SECTION/KEY`, with `#n` where another entry of the section has the same key: reads back as KEY.
#[must_use]
pub fn entry_label(cache: &Cache<'_>, spot: EntrySpot) -> String {
    let document = cache.document();
    let path = document.path(spot);
    let [section, key] = path.0.as_slice() else { return String::new() };
    let count = match (key.nth, has_next(cache, spot)) {
        (1, false) => String::new(),
        (nth, _) => format!("#{nth}"),
    };
    format!("{}/{}{count}", section.name, key.name)
}

fn has_next(cache: &Cache<'_>, spot: EntrySpot) -> bool {
    let mut path = cache.document().path(spot);
    if let Some(step) = path.0.last_mut() {
        step.nth += 1;
    }
    cache.document().spot(&path).is_some()
}

fn by_name(cache: &Cache<'_>, section: Option<&str>, key: &str) -> Vec<EntrySpot> {
    let document = cache.document();
    let sections = document.sections().filter(|spot| section.is_none_or(|name| document.section_name(*spot) == name));
    sections.flat_map(|spot| document.entries(spot)).filter(|spot| document.key(*spot) == key).collect()
}

fn by_section(cache: &Cache<'_>, text: &str) -> Vec<EntrySpot> {
    let Some((section, key)) = text.split_once('/') else { return Vec::new() };
    by_name(cache, Some(section), key)
}

fn by_count(cache: &Cache<'_>, text: &str) -> Vec<EntrySpot> {
    let Some((name, count)) = text.rsplit_once('#') else { return Vec::new() };
    let Some(at) = count.parse::<usize>().ok().and_then(|count| count.checked_sub(1)) else { return Vec::new() };
    let mut found = by_section(cache, name);
    if found.is_empty() {
        found = by_name(cache, None, name);
    }
    found.get(at).copied().into_iter().collect()
}

fn by_fingerprint(cache: &Cache<'_>, digits: &str) -> Vec<EntrySpot> {
    let digits = digits.to_ascii_lowercase();
    if digits.len() < 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let fits = |entry: &Entry<'_>| {
        let secret = entry.secret().filter(|secret| !secret.is_empty());
        secret.is_some_and(|secret| secret.fingerprint().to_string().starts_with(&digits))
    };
    cache.entries().filter(fits).map(|entry| entry.spot()).collect()
}
