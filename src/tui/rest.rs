//! When the details follow the cursor of the list: once it rests, at the latest after a moment. So a key that is held
//! down moves the cursor at once, and a slow line is not flooded with details that nobody reads. Pure.

use std::time::Duration;

use ratatui::layout::Rect;

use super::layout::Pane;
use super::model::{CacheId, DetailTab, Model};

/// The cursor rests when it has not moved for so long: shorter than anybody notices.
pub const REST: Duration = Duration::from_millis(40);
/// Under a key that is held down the details follow so often.
pub const AT_MOST: Duration = Duration::from_millis(200);

/// How far the details lag behind.
#[derive(Debug, Default)]
pub struct Rest {
    /// What the details on the screen show.
    shown: Option<Sight>,
    /// Where the cursor went since, if it did.
    lag: Option<Lag>,
}

/// What the details depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sight {
    row: Option<usize>,
    cache: CacheId,
    area: Rect,
    tab: DetailTab,
    focus: Pane,
    /// Whether a secret is shown in clear: it must go as soon as it is to go.
    revealed: bool,
}

/// Details that are owed. Times are counted from the start.
#[derive(Clone, Copy, Debug)]
struct Lag {
    row: Option<usize>,
    /// When the cursor will have rested on that row.
    rested: Duration,
    /// When they come even if it does not rest.
    latest: Duration,
}

impl Rest {
    /// The room of the details, if they stay as they are on the screen for this frame.
    pub fn holds(&mut self, model: &Model) -> Option<Rect> {
        let sight = Sight::of(model);
        let moved = sight.filter(|sight| self.shown.is_some_and(|shown| sight.has_only_moved(shown)));
        let lag = moved.map(|sight| Lag::of(self.lag, sight.row, model.moment.elapsed));
        self.lag = lag.filter(|lag| lag.due() > model.moment.elapsed);
        if self.lag.is_none() {
            self.shown = sight;
        }
        moved.filter(|_| self.lag.is_some()).map(|sight| sight.area)
    }

    /// When details are owed, after the start; `None` if they are not.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.lag.map(Lag::due)
    }
}

impl Sight {
    /// `None` where no details stand beside a list, or something may stand over them.
    fn of(model: &Model) -> Option<Self> {
        let is_covered = model.dialog.is_some() || model.reader().is_some() || !model.pending.keys.is_empty();
        Some(Self {
            row: model.current_row(),
            cache: model.cache().filter(|_| !is_covered)?.id,
            area: model.panes().details?,
            tab: model.detail.tab,
            focus: model.focus,
            revealed: model.grant().is_some(),
        })
    }

    fn has_only_moved(&self, from: Self) -> bool {
        self.row != from.row && *self == Self { row: self.row, ..from }
    }
}

impl Lag {
    /// The cursor is on `row` now.
    fn of(before: Option<Self>, row: Option<usize>, now: Duration) -> Self {
        let rested = before.filter(|lag| lag.row == row).map_or(now + REST, |lag| lag.rested);
        Self { row, rested, latest: before.map_or(now + AT_MOST, |lag| lag.latest) }
    }

    fn due(self) -> Duration {
        self.rested.min(self.latest)
    }
}

#[cfg(test)]
mod tests;
