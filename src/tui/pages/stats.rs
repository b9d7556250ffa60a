//! What a cache holds, and how much of it.

use crate::cache::Cache;
use crate::ops::summary::summary;
use crate::present::{Line, stats};
use crate::time::UnixSeconds;
use crate::tui::model::Reading;
use crate::tui::page::{Block, Page};

/// The counts and sizes of `reading`, a table a block.
pub(super) fn page(reading: &Reading, now: UnixSeconds) -> Page {
    let summary = summary(&Cache::of(&reading.document), &reading.roster, now);
    Page { sum: Line::new(), blocks: vec![Block::of(stats::lines(&summary))] }
}
