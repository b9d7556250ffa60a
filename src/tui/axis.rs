//! The axis of the timeline: from a moment to a column. The past is pressed together, the next minutes
//! stand in a straight measure, what lies behind them ever closer. Pure; knows no entries.

use libm::log;

use crate::time::UnixSeconds;

/// How much time an axis spans, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    /// Seconds before now.
    past: i64,
    /// Seconds from now on in a straight measure.
    straight: i64,
    /// Seconds from now on in all.
    future: i64,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The closest look first.
const SPANS: [Span; 6] = [
    Span { past: 5 * MINUTE, straight: 5 * MINUTE, future: 15 * MINUTE },
    Span { past: 15 * MINUTE, straight: 15 * MINUTE, future: HOUR },
    Span { past: HOUR, straight: 15 * MINUTE, future: 4 * HOUR },
    Span { past: 4 * HOUR, straight: 15 * MINUTE, future: DAY },
    Span { past: DAY, straight: 15 * MINUTE, future: 7 * DAY },
    Span { past: 7 * DAY, straight: 15 * MINUTE, future: 90 * DAY },
];

/// How close the look is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zoom(usize);

impl Default for Zoom {
    /// An hour back, four ahead: what most access tokens live.
    fn default() -> Self {
        Self(2)
    }
}

impl Zoom {
    /// A closer look; the closest stays.
    #[must_use]
    pub fn closer(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// A wider one; the widest stays.
    #[must_use]
    pub fn wider(self) -> Self {
        Self((self.0 + 1).min(SPANS.len() - 1))
    }
}

/// Where a moment stands on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// Before its first column.
    Before,
    /// In this column.
    At(usize),
    /// Behind its last column.
    Behind,
}

/// An axis of so many columns around a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    now: UnixSeconds,
    span: Span,
    width: usize,
}

/// A column with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The column that is named.
    pub column: usize,
    /// The first column of the name.
    pub from: usize,
    /// The name.
    pub name: String,
}

/// The share of the columns that the past has, and that the next minutes have, in hundredths.
const PAST: usize = 30;
const STRAIGHT: usize = 22;
/// Below this much of the past, in seconds, it is hardly pressed together.
const NEAR: f64 = 300.0;

/// Moments that may bear a name, in seconds from now, those first that most deserve it.
const NAMED: [i64; 17] = [
    0,
    15 * MINUTE,
    HOUR,
    -HOUR,
    4 * HOUR,
    DAY,
    -DAY,
    7 * DAY,
    5 * MINUTE,
    -4 * HOUR,
    30 * DAY,
    90 * DAY,
    -15 * MINUTE,
    30 * MINUTE,
    -7 * DAY,
    2 * HOUR,
    -5 * MINUTE,
];

impl Axis {
    /// An axis `width` columns wide around `now`.
    #[must_use]
    pub fn new(now: UnixSeconds, zoom: Zoom, width: usize) -> Self {
        let span = SPANS.get(zoom.0).copied().unwrap_or(Span { past: HOUR, straight: 15 * MINUTE, future: 4 * HOUR });
        Self { now, span, width }
    }

    /// The column of now.
    #[must_use]
    pub fn now_column(&self) -> usize {
        self.width * PAST / 100
    }

    /// Where `at` stands.
    #[must_use]
    pub fn spot(&self, at: UnixSeconds) -> Spot {
        let seconds = at.since(self.now);
        if seconds < -self.span.past {
            return Spot::Before;
        }
        if seconds > self.span.future || self.width == 0 {
            return Spot::Behind;
        }
        Spot::At(self.column(seconds))
    }

    /// Names for the columns, `naming` those of so many seconds from now; no two touch.
    #[must_use]
    pub fn labels(&self, naming: impl Fn(i64) -> String) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        for seconds in NAMED {
            let Spot::At(column) = self.spot(self.now.plus(seconds)) else { continue };
            let name = naming(seconds);
            let length = name.chars().count();
            if length > self.width {
                continue;
            }
            let from = column.saturating_sub(length / 2).min(self.width - length);
            let is_free = |label: &Label| from > label.from + label.name.chars().count() || from + length < label.from;
            if labels.iter().all(is_free) {
                labels.push(Label { column, from, name });
            }
        }
        labels.sort_by_key(|label| label.from);
        labels
    }

    /// The column of a moment on the axis, so many seconds from now.
    fn column(&self, seconds: i64) -> usize {
        let now = self.now_column();
        let straight = self.width * STRAIGHT / 100;
        let far = self.width.saturating_sub(now + straight + 1);
        let (past, linear, future) = (self.span.past as f64, self.span.straight as f64, self.span.future as f64);
        let (share, of, before) = match seconds {
            ..0 => (1.0 - log(1.0 - seconds as f64 / NEAR) / log(1.0 + past / NEAR), now, 0),
            _ if seconds <= self.span.straight => (seconds as f64 / linear, straight, now),
            _ => (log(seconds as f64 / linear) / log(future / linear), far, now + straight),
        };
        // A moment gone by never stands in the column of now.
        let most = if seconds < 0 { now.saturating_sub(1) } else { self.width.saturating_sub(1) };
        (before + (share.clamp(0.0, 1.0) * of as f64).floor() as usize).min(most)
    }
}

/// "+15m", "-1h", "now".
#[must_use]
pub fn offset(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.abs();
    match size {
        0 => "now".to_owned(),
        DAY.. => format!("{sign}{}d", size / DAY),
        HOUR.. => format!("{sign}{}h", size / HOUR),
        _ => format!("{sign}{}m", size / MINUTE),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_795_348_800);

    fn axis(level: usize, width: usize) -> Axis {
        Axis::new(NOW, Zoom(level), width)
    }

    #[test]
    fn now_has_its_column_and_the_ends_are_the_ends() {
        let axis = axis(2, 60);

        assert_eq!(axis.spot(NOW), Spot::At(axis.now_column()));
        assert_eq!(axis.spot(NOW.plus(-HOUR)), Spot::At(0));
        assert_eq!(axis.spot(NOW.plus(4 * HOUR)), Spot::At(59));
        assert_eq!(axis.spot(NOW.plus(-HOUR - 1)), Spot::Before);
        assert_eq!(axis.spot(NOW.plus(4 * HOUR + 1)), Spot::Behind);
    }

    #[test]
    fn the_next_minutes_stand_in_a_straight_measure() {
        let axis = axis(2, 100);
        let column = |minutes: i64| match axis.spot(NOW.plus(minutes * MINUTE)) {
            Spot::At(column) => column,
            Spot::Before | Spot::Behind => 0,
        };

        assert_eq!(column(5) - column(0), column(10) - column(5));
        assert!(column(15) - column(0) > 2 * (column(240) - column(225)), "later minutes stand closer");
    }

    #[test]
    fn labels_tell_how_far_it_is() {
        let names: Vec<_> = axis(2, 60).labels(offset).into_iter().map(|label| label.name).collect();

        assert_eq!(names, ["-1h", "-15m", "-5m", "now", "+5m", "+15m", "+30m", "+1h", "+2h", "+4h"]);
    }

    #[test]
    fn the_look_goes_no_closer_and_no_wider_than_there_is() {
        let closest = (0..9).fold(Zoom::default(), |zoom, _| zoom.closer());
        let widest = (0..9).fold(Zoom::default(), |zoom, _| zoom.wider());

        assert_eq!((closest, widest), (Zoom(0), Zoom(SPANS.len() - 1)));
    }

    /// Seconds from now: minutes, hours, months, and what no calendar has.
    fn seconds() -> impl Strategy<Value = i64> {
        prop_oneof![-900..900_i64, -20_000..20_000_i64, -9_000_000..9_000_000_i64, any::<i64>()]
    }

    proptest! {
        #[test]
        fn what_is_later_never_stands_further_left(
            level in 0..SPANS.len(), width in 0_usize..300,
            one in seconds(), other in seconds(),
        ) {
            let axis = axis(level, width);
            let (early, late) = (NOW.plus(one.min(other)), NOW.plus(one.max(other)));

            prop_assert!(axis.spot(early) <= axis.spot(late));
        }

        #[test]
        fn every_column_lies_on_the_axis_and_the_past_before_now(
            level in 0..SPANS.len(), width in 1_usize..300, seconds in seconds(),
        ) {
            let axis = axis(level, width);

            if let Spot::At(column) = axis.spot(NOW.plus(seconds)) {
                prop_assert!(column < width);
                prop_assert!(axis.now_column() == 0 || (column < axis.now_column()) == (seconds < 0));
            }
        }

        #[test]
        fn no_two_labels_touch_and_each_covers_its_column(level in 0..SPANS.len(), width in 0_usize..300) {
            let labels = axis(level, width).labels(offset);

            let ends = labels.iter().map(|label| label.from + label.name.len());
            prop_assert!(ends.clone().all(|end| end <= width));
            prop_assert!(ends.zip(labels.iter().skip(1)).all(|(end, next)| end < next.from));
            let covers = |label: &Label| (label.from..label.from + label.name.len()).contains(&label.column);
            prop_assert!(labels.iter().all(covers));
        }
    }
}
