//! The lines of the details pane: asked of `present`. Shared by update, which must know how many
//! there are, and the view, which paints them.

use super::model::{DetailTab, Model};
use super::wrap::wrap;
use crate::cache::Cache;
use crate::present::{Line, entry};

/// The page of the entry under the cursor, unwrapped; empty without one.
#[must_use]
pub fn page(model: &Model) -> Vec<Line> {
    let Some((reading, at)) = model.reading().zip(model.current_row()) else { return Vec::new() };
    let Some(spot) = reading.roster.rows.get(at).map(|row| row.spot) else { return Vec::new() };
    let cache = Cache::of(&reading.document);
    match model.detail.tab {
        DetailTab::Summary => entry::summary(&cache, &reading.roster, spot, model.moment.now, model.grant()),
        DetailTab::Claims => entry::claims(&cache, spot, model.moment.now),
        DetailTab::Raw => entry::raw(&cache, spot, model.grant()),
    }
}

/// The names and values of the claims of the entry under the cursor.
#[must_use]
pub fn claims(model: &Model) -> Vec<(String, String)> {
    let Some((reading, at)) = model.reading().zip(model.current_row()) else { return Vec::new() };
    let Some(spot) = reading.roster.rows.get(at).map(|row| row.spot) else { return Vec::new() };
    entry::claim_values(&Cache::of(&reading.document), spot)
}

/// How far the details pane can go down: the last claim, or the last line.
#[must_use]
pub fn last_line(model: &Model, width: u16) -> usize {
    let count = match model.detail.tab {
        DetailTab::Claims => claims(model).len(),
        DetailTab::Summary | DetailTab::Raw => wrap(&page(model), usize::from(width)).len(),
    };
    count.saturating_sub(1)
}
