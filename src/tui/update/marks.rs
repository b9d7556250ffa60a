//! Marks of the tokens.

use super::browser;
use crate::tui::browse::Browse;
use crate::tui::model::Model;

/// Marks or unmarks `count` lines from the cursor down, and stands behind them. A range being
/// drawn is kept instead.
pub(super) fn toggle(model: &mut Model, count: usize) {
    let Some(browse) = browse(model) else { return };
    if browse.anchor.is_some() {
        return browse.keep_range();
    }
    let rows: Vec<_> = browse.rows_from(browse.cursor).take(count).collect();
    for row in &rows {
        flip(browse, *row);
    }
    let focus = std::mem::replace(&mut model.focus, crate::tui::layout::Pane::Tokens);
    browser::step(model, isize::try_from(rows.len()).unwrap_or(isize::MAX));
    model.focus = focus;
}

/// Begins a range at the cursor, or keeps the one being drawn.
pub(super) fn range(model: &mut Model) {
    let Some(browse) = browse(model) else { return };
    match browse.anchor {
        Some(_) => browse.keep_range(),
        None => browse.anchor = Some(browse.cursor),
    }
}

/// Draws a range by `lines`.
pub(super) fn range_to(model: &mut Model, lines: isize) {
    let Some(browse) = browse(model) else { return };
    let anchor = browse.anchor.unwrap_or(browse.cursor);
    model.focus = crate::tui::layout::Pane::Tokens;
    browser::step(model, lines);
    if let Some(cache) = model.cache_mut() {
        cache.browse.anchor = Some(anchor);
    }
}

/// Marks every line that account, tab and filter leave.
pub(super) fn all_shown(model: &mut Model) {
    let Some(browse) = browse(model) else { return };
    browse.anchor = None;
    let shown: Vec<_> = browse.rows_from(0).collect();
    browse.marks.extend(shown);
}

/// Takes every mark away, hidden ones too.
pub(super) fn none(model: &mut Model) {
    let Some(browse) = browse(model) else { return };
    browse.anchor = None;
    browse.marks.clear();
}

/// Turns the marks of what is shown round.
pub(super) fn invert(model: &mut Model) {
    let Some(browse) = browse(model) else { return };
    browse.keep_range();
    let shown: Vec<_> = browse.rows_from(0).collect();
    for row in shown {
        flip(browse, row);
    }
}

fn browse(model: &mut Model) -> Option<&mut Browse> {
    model.cache_mut().map(|cache| &mut cache.browse)
}

fn flip(browse: &mut Browse, row: usize) {
    if !browse.marks.remove(&row) {
        browse.marks.insert(row);
    }
}
