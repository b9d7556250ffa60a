//! The same entries in another layout. Changes no value: number text, escapes and duplicates stay.

use crate::cache::Cache;
use crate::json::{Change, Edit, Layout, Patch, Path, Text, relayout};

/// Replaces the text by its own tokens laid out anew; empty if nothing would change.
#[must_use]
pub fn reserialise(cache: &Cache<'_>, layout: Layout) -> Patch {
    let mut patch = Patch::new("Lay the text out anew");
    let document = cache.document();
    let new = relayout(document, layout);
    if document.is_empty() || new.hash() == document.hash() {
        return patch;
    }
    // A text made from the tokens of a valid text is valid text.
    let Ok(text) = new.into_text() else { return patch };
    let edit = Edit::Replace(Path(Vec::new()), Text::Printed(text));
    patch.changes.push(Change { edit, why: why(layout).into() });
    patch
}

fn why(layout: Layout) -> &'static str {
    match layout {
        Layout::Keep => "as it is",
        Layout::Pretty => "four spaces a level, as MSAL Python writes",
        Layout::Compact => "no white space, as the other runtimes write",
        Layout::Canonical => "compact, names sorted",
    }
}
