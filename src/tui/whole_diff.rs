//! The whole difference of a plan's texts, redacted. Pure, but not quick of a large change: a worker makes it then.

use std::sync::Arc;

use crate::cache::Cache;
use crate::json::{Document, Patch};
use crate::present::{Line, change};

/// More than anybody scrolls through; a saved plan ends there too.
const LINES: usize = 20_000;

/// With no more changes, of a text that is no longer, it is made within a keystroke.
const FEW: usize = 1000;
const SHORT: usize = 1 << 20;

/// What the whole difference is made of.
#[derive(Clone)]
pub struct WholeDiff {
    /// The text before.
    pub shown: Document,
    /// What changes in it.
    pub patch: Arc<Patch>,
}

impl WholeDiff {
    /// Whether it is made before a frame, rather than by a worker.
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.patch.changes.len() <= FEW && self.shown.len() <= SHORT
    }

    /// Its lines, as long as `go_on` says so.
    #[must_use]
    pub fn lines(&self, go_on: &dyn Fn() -> bool) -> Vec<Line> {
        change::diff_while(&Cache::of(&self.shown), &self.patch, LINES, go_on)
    }
}
