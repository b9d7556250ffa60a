//! What a cache holds, how much of it, and what that costs the apps that use it.

use crate::cache::Cache;
use crate::ops::cost::cost;
use crate::ops::summary::summary;
use crate::present::{Line, cost as told, stats};
use crate::time::UnixSeconds;
use crate::tui::model::Reading;
use crate::tui::page::{Asked, Block, Page};

/// The counts and sizes of `reading`, and the commands that would make it smaller.
pub(super) fn page(asked: &Asked, reading: &Reading, now: UnixSeconds) -> Page {
    let cache = Cache::of(&reading.document);
    let place = asked.path.as_ref().map_or_else(|| "--demo".to_owned(), |path| path.display().to_string());
    let summary = summary(&cache, &reading.roster, now);
    let mut lines = stats::lines(&summary);
    lines.extend(told::lines(&cache, &cost(&cache, &reading.roster, now), &place));
    Page { sum: Line::new(), blocks: vec![Block::of(lines)] }
}
