//! The lines of the details pane: asked of `present`. Shared by update, which must know how many
//! there are, and the view, which paints them.

use super::model::{DetailTab, Model};
use super::wrap::wrap;
use crate::cache::Cache;
use crate::present::{Line, entry};
use crate::text::Safe;

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

/// The first line to draw, and the line of the claim under the cursor.
#[must_use]
pub fn window(model: &Model, page: &[Line], height: usize) -> (usize, Option<usize>) {
    let last = page.len().saturating_sub(height);
    match model.detail.tab {
        DetailTab::Summary | DetailTab::Raw => (model.detail.line.min(last), None),
        DetailTab::Claims => {
            let at = claim_line(model, page, model.detail.line);
            let first = at.map_or(0, |at| at.saturating_sub(height / 2));
            (first.min(last), at)
        }
    }
}

/// The claim at `line` of a pane of `width` by `height`: its number, if claims are shown and one stands there.
#[must_use]
pub fn claim_at(model: &Model, width: u16, height: usize, line: usize) -> Option<usize> {
    let page = wrap(&page(model), usize::from(width));
    let meant = window(model, &page, height).0 + line;
    let lines = (0..claims(model).len()).map(|claim| claim_line(model, &page, claim));
    let is_shown = model.detail.tab == DetailTab::Claims && meant < page.len();
    // A claim goes on up to where the next one begins.
    lines.enumerate().rfind(|(_, begins)| is_shown && begins.is_some_and(|begins| begins <= meant)).map(|(at, _)| at)
}

/// The line that begins with the name of claim number `claim`.
fn claim_line(model: &Model, page: &[Line], claim: usize) -> Option<usize> {
    let claims = claims(model);
    let (name, _) = claims.get(claim)?;
    let name = Safe::new(name).to_string();
    // A name may stand twice, in the header and in the payload: count which one is meant.
    let nth = claims.iter().take(claim).filter(|(other, _)| Safe::new(other).to_string() == name).count();
    let begins = |words: &Line| words.0.iter().any(|word| word.text.trim() == name);
    page.iter().enumerate().filter(|(_, words)| begins(words)).map(|(at, _)| at).nth(nth)
}
