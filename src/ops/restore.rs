//! Puts back, one by one, the entries that a change took, into a cache that others have written since.
//! Never an older refresh token beside or over a newer one: the server may have retired it.

use std::borrow::Cow;

use super::import::{last_section, verbatim};
use crate::cache::{Cache, Entry, Field, Section, environment};
use crate::json::{Change, Document, Edit, Patch, Path, Position, Step};

/// The patch that brings the `touched` entries of `old` back into `now`, and what it leaves out and why.
#[must_use]
pub fn restore(old: &Document, touched: &[Path], now: &Document) -> (Patch, Vec<(Path, String)>) {
    let (was, is) = (Cache::of(old), Cache::of(now));
    let mut patch = Patch::new("Put back what the last change took");
    let mut skipped = Vec::new();
    for path in touched {
        let Some(entry) = old.spot(path).and_then(|spot| was.entry(spot)) else {
            // Several fields of one entry may have changed.
            skipped.extend(changed_within(old, path, now).filter(|one| skipped.last() != Some(one)));
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

/// Why what the change did at `path`, which is not where an entry goes, stays: a field that was changed in place, or a
/// section that grew. Nothing where that is as it was.
fn changed_within(old: &Document, path: &Path, now: &Document) -> Option<(Path, String)> {
    let raw = |document: &Document| document.get(path).map(|node| node.raw().into_owned());
    let (path_of_entry, why) = match path.0.get(..2) {
        Some(entry) => (Path(entry.to_vec()), "it was changed within, and others have written since"),
        None => (path.clone(), "what came into it stays, for others have written since"),
    };
    (raw(old) != raw(now)).then(|| (path_of_entry, why.to_owned()))
}

/// What keeps `entry` from being put back.
fn in_the_way(entry: &Entry<'_>, now: &Cache<'_>, there: Option<Entry<'_>>) -> Option<Way> {
    if let Some(there) = there {
        let same =
            fingerprint(&there) == fingerprint(entry) && there.text(Field::ExpiresOn) == entry.text(Field::ExpiresOn);
        // What came instead may be of others, or of the change itself.
        let is_newer = there.time(Field::ExpiresOn) > entry.time(Field::ExpiresOn);
        let says = if is_newer { "a newer one stands there now" } else { "another one stands there now" };
        return Some(if same { Way::Same } else { Way::Taken(says.to_owned()) });
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
    let (object, _) = path.split_last()?;
    let [name, value] = [old.raw_key(entry.spot()), old.node(entry.spot())?.raw()].map(|raw| verbatim(now, &raw));
    let edit =
        Edit::Insert { object: Path(vec![home_of(object.0.first()?, old, now)]), at: Position::Last, name, value };
    Some(Change { edit, why: Cow::Borrowed("taken by the last change") })
}

/// The section of `now` for what stood in `was` of `old`: the one that is read, if that was.
fn home_of(was: &Step, old: &Document, now: &Document) -> Step {
    let is_read = *was == last_section(old, &was.name);
    if is_read || now.find_section(was).is_none() { last_section(now, &was.name) } else { was.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    fn document(text: &str) -> Document {
        Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid")
    }

    /// What becomes of `now` when `paths` of `old` are put back, and what was skipped.
    fn restored(old: &str, paths: &[&str], now: &str) -> (String, Vec<String>) {
        let paths: Vec<Path> = paths.iter().map(|path| path.parse().expect("a path")).collect();
        let now = document(now);
        let (patch, skipped) = restore(&document(old), &paths, &now);
        let (after, _) = now.apply(&patch).expect("it fits");
        let text = String::from_utf8(after.to_bytes().reveal().to_vec()).expect("text");
        (text, skipped.into_iter().map(|(path, why)| format!("{path}: {why}")).collect())
    }

    #[test]
    fn an_entry_comes_back_into_the_section_that_is_read() {
        let old = r#"{"AccessToken":{"a":{}},"AccessToken":{"k":{"x":1}}}"#;
        let now = r#"{"AccessToken":{"a":{}},"AccessToken":{},"X":{}}"#;

        let (text, skipped) = restored(old, &["/AccessToken#2/k"], now);

        assert_eq!(text, r#"{"AccessToken":{"a":{}},"AccessToken":{"k":{"x":1}},"X":{}}"#);
        assert!(skipped.is_empty());
        let alone = restored(old, &["/AccessToken/a"], r#"{"AccessToken":{},"AccessToken":{}}"#).0;
        assert_eq!(alone, r#"{"AccessToken":{"a":{}},"AccessToken":{}}"#);
        assert!(restored(old, &["/AccessToken#2/k"], "{}").0.contains(r#""k": {"x":1}"#));
    }

    #[test]
    fn what_is_ascii_stays_so() {
        let old = "{\"Account\":{\"zo\u{eb}\":{\"username\":\"zo\u{eb}\"}}}";

        let (text, _) = restored(old, &["/Account/zo\u{eb}"], r#"{"Account":{},"X":{}}"#);

        assert_eq!(text, r#"{"Account":{"zo\u00eb":{"username":"zo\u00eb"}},"X":{}}"#);
    }

    #[test]
    fn what_no_entry_can_bring_back_is_said() {
        let old = r#"{"AccessToken":{"k":{"expires_on":1,"cached_at":2}}}"#;
        let now = r#"{"AccessToken":{"k":{"expires_on":"1","cached_at":"2"},"l":{}}}"#;

        let (text, skipped) =
            restored(old, &["/AccessToken/k/expires_on", "/AccessToken/k/cached_at", "/AccessToken"], now);

        assert_eq!(text, now);
        assert_eq!(skipped.len(), 2, "{skipped:?}");
        assert!(skipped[0].starts_with("/AccessToken/k: it was changed within"), "{skipped:?}");
        assert!(skipped[1].starts_with("/AccessToken: what came into it stays"), "{skipped:?}");
        assert!(restored(old, &["/AccessToken/k/expires_on"], old).1.is_empty());
    }
}
