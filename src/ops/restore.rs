//! Puts back, one by one, the entries that a change took, into a cache that others have written since.
//! Never an older refresh token beside or over a newer one: the server may have retired it.

use std::borrow::Cow;

use crate::cache::{Cache, Entry, Field, Section, environment};
use crate::json::{Change, Document, Edit, Patch, Path, Position, Text, quote};
use crate::secret::SecretText;

/// The patch that brings the `touched` entries of `old` back into `now`, and what it leaves out and why.
#[must_use]
pub fn restore(old: &Document, touched: &[Path], now: &Document) -> (Patch, Vec<(Path, String)>) {
    let (was, is) = (Cache::of(old), Cache::of(now));
    let mut patch = Patch::new("Put back what the last change took");
    let mut skipped = Vec::new();
    for path in touched {
        let Some(entry) = old.spot(path).and_then(|spot| was.entry(spot)) else {
            continue;
        };
        match in_the_way(&entry, &is, now.spot(path).and_then(|spot| is.entry(spot))) {
            Some(Way::Same) => {}
            Some(Way::Taken(why)) => skipped.push((path.clone(), why)),
            None => patch.changes.extend(put_back(old, path, &entry, now)),
        }
    }
    (patch, skipped)
}

enum Way {
    /// The same entry is there again.
    Same,
    /// Something newer is.
    Taken(String),
}

/// What keeps `entry` from being put back.
fn in_the_way(entry: &Entry<'_>, now: &Cache<'_>, there: Option<Entry<'_>>) -> Option<Way> {
    if let Some(there) = there {
        let same =
            fingerprint(&there) == fingerprint(entry) && there.text(Field::ExpiresOn) == entry.text(Field::ExpiresOn);
        return Some(if same { Way::Same } else { Way::Taken("another process wrote a newer one".to_owned()) });
    }
    if entry.section() != Section::RefreshToken {
        return None;
    }
    let rival = now.entries().find(|other| other.section() == Section::RefreshToken && serves_alike(other, entry));
    rival.map(|_| Way::Taken("a refresh token of this account and client has come since".to_owned()))
}

fn fingerprint(entry: &Entry<'_>) -> Option<crate::secret::Fingerprint> {
    entry.secret().map(|secret| secret.fingerprint())
}

/// Whether two refresh tokens are for the same account and the same client or family, under whatever key.
fn serves_alike(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    let same = |field| match (a.text(field), b.text(field)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
        _ => false,
    };
    let host = |entry: &Entry<'_>| entry.text(Field::Environment).unwrap_or(Cow::Borrowed("")).into_owned();
    same(Field::HomeAccountId)
        && environment::same_cloud(&host(a), &host(b))
        && (same(Field::ClientId) || same(Field::FamilyId))
}

fn put_back(old: &Document, path: &Path, entry: &Entry<'_>, now: &Document) -> Option<Change> {
    let (object, step) = path.split_last()?;
    let section = object.0.first()?.name.clone();
    let value = old.node(entry.spot())?.raw().into_owned();
    let ascii = now.style().ascii;
    let name = if ascii { quote(&step.name, true) } else { old.raw_key(entry.spot()).into_owned() };
    let edit = Edit::Insert {
        object: Path(vec![crate::json::Step::first(section)]),
        at: Position::Last,
        name: Text::Verbatim(SecretText::new(name)),
        value: Text::Verbatim(SecretText::new(value)),
    };
    Some(Change { edit, why: Cow::Borrowed("taken by the last change") })
}
