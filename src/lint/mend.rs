//! Changes that fixes are made of. Takes out, moves and completes; never invents a token.

use std::borrow::Cow;

use crate::cache::{Cache, Entry, Field};
use crate::json::{Change, Document, Edit, EntrySpot, Patch, Path, Position, Text, quote};
use crate::secret::SecretText;

/// The patch called `title` that takes `spots` out, all for one reason.
pub(super) fn take_out(cache: &Cache<'_>, title: impl Into<String>, spots: &[EntrySpot], why: &'static str) -> Patch {
    let changes = spots.iter().map(|spot| removal(cache, *spot, why)).collect();
    Patch { title: title.into(), changes }
}

/// Takes one entry out.
pub(super) fn removal(cache: &Cache<'_>, spot: EntrySpot, why: impl Into<Cow<'static, str>>) -> Change {
    Change { edit: Edit::Remove(cache.document().path(spot)), why: why.into() }
}

/// Gives `field` of `entry` the text `value`, in the place of what stands there or as a new member.
pub(super) fn set(
    cache: &Cache<'_>,
    entry: &Entry<'_>,
    field: Field,
    value: &str,
    why: impl Into<Cow<'static, str>>,
) -> Option<Change> {
    let quoted = |text: &str| printed(quote(text, cache.document().style().ascii));
    let edit = match entry.field_path(field) {
        Some(path) => Edit::Replace(path, quoted(value)),
        None => {
            let name = quoted(field.spellings().first()?);
            Edit::Insert { object: entry.path(), at: Position::Last, name, value: quoted(value) }
        }
    };
    Some(Change { edit, why: why.into() })
}

/// Moves `entry`, verbatim, under `key` in its section. Nothing may stand there.
pub(super) fn move_to(cache: &Cache<'_>, entry: &Entry<'_>, key: &str, why: &'static str) -> Option<[Change; 2]> {
    let (section, _) = entry.path().split_last()?;
    let name = printed(quote(key, cache.document().style().ascii));
    let insert = Edit::Insert { object: section, at: Position::Last, name, value: verbatim(cache, entry.spot())? };
    Some([removal(cache, entry.spot(), why), Change { edit: insert, why: why.into() }])
}

/// Moves `entry`, verbatim, into the place of the entry at `taken`.
pub(super) fn move_over(
    cache: &Cache<'_>,
    entry: &Entry<'_>,
    taken: EntrySpot,
    why: &'static str,
) -> Option<[Change; 2]> {
    let replace = Edit::Replace(cache.document().path(taken), verbatim(cache, entry.spot())?);
    Some([removal(cache, entry.spot(), why), Change { edit: replace, why: why.into() }])
}

/// Puts `rewritten`, made of the text of the root object, in the place of the whole text.
pub(super) fn whole(
    document: &Document,
    title: &str,
    why: &'static str,
    rewritten: impl FnOnce(&str) -> String,
) -> Patch {
    let mut patch = Patch::new(title);
    let root = Path(Vec::new());
    if let Some(node) = document.get(&root) {
        let text = printed(rewritten(&node.raw()));
        patch.changes.push(Change { edit: Edit::Replace(root, text), why: why.into() });
    }
    patch
}

fn printed(text: String) -> Text {
    Text::Printed(SecretText::new(text))
}

fn verbatim(cache: &Cache<'_>, spot: EntrySpot) -> Option<Text> {
    let node = cache.document().node(spot)?;
    Some(Text::Verbatim(SecretText::new(node.raw().into_owned())))
}
