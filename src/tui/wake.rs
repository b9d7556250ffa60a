//! When to wake next if nothing happens: at the next deadline, each second while a countdown on the
//! screen runs by minutes or less, else at the turn of a minute. Pure.

use std::time::Duration;

use super::layout::{Pane, inner};
use super::model::Model;
use super::work;

/// A countdown within this many seconds is watched closely.
const CLOSE: i64 = 3600;
const SECOND: Duration = Duration::from_secs(1);
const IDLE: Duration = Duration::from_secs(30);

/// How long to sleep.
#[must_use]
pub fn next(model: &Model) -> Duration {
    let elapsed = model.moment.elapsed;
    let tick = if counts_down(model) { SECOND } else { IDLE.min(to_next_minute(model)) };
    let soonest = deadlines(model).filter(|at| *at > elapsed).map(|at| at - elapsed).min();
    soonest.map_or(tick, |soonest| soonest.min(tick)).max(Duration::from_millis(1))
}

fn deadlines(model: &Model) -> impl Iterator<Item = Duration> {
    let tint = model.cache().filter(|cache| cache.browse.tinted.count() > 0).map(|cache| cache.browse.tint_until);
    let toast = model.toast.as_ref().and_then(|toast| toast.until);
    let reveal = model.reveal.as_ref().map(|reveal| reveal.until);
    let turn = work::next_turn(model);
    [tint, toast, reveal, model.clear_copy_at, model.pending.popup_at, turn].into_iter().flatten()
}

/// Whether a line on the screen expires within the hour.
fn counts_down(model: &Model) -> bool {
    // Pages tell time to the minute.
    if model.reader().is_some() {
        return false;
    }
    let Some((cache, reading)) = model.cache().and_then(|cache| cache.reading().map(|reading| (cache, reading))) else {
        return false;
    };
    let panes = model.panes();
    let height = |pane| panes.of(pane).map_or(0, |area| usize::from(inner(model.tier(), area).height));
    let browse = &cache.browse;
    let listed = browse.rows_from(browse.scroll).take(height(Pane::Tokens));
    let timed = browse.timed.iter().skip(browse.timeline_scroll).take(height(Pane::Timeline));
    let timed = timed.filter_map(|place| browse.row_at(*place));
    let current = model.current_row();
    listed.chain(timed).chain(current).filter_map(|at| reading.roster.rows.get(at)?.expires_on).any(|at| {
        let left = at.since(model.moment.now);
        (0..=CLOSE).contains(&left)
    })
}

fn to_next_minute(model: &Model) -> Duration {
    let left = 60 - model.moment.now.0.rem_euclid(60);
    Duration::from_secs(left.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Size;

    use super::*;
    use crate::time::UnixSeconds;
    use crate::tui::model::{Moment, Session};
    use crate::tui::theme::Theme;

    fn model(now: i64) -> Model {
        let moment = Moment { now: UnixSeconds(now), elapsed: Duration::from_secs(100) };
        Model::new(Size::new(80, 24), moment, Theme::ANSI, Session::default())
    }

    #[test]
    fn an_idle_screen_wakes_at_the_turn_of_the_minute_or_after_half_of_one() {
        assert_eq!(next(&model(60)), IDLE);
        assert_eq!(next(&model(119)), SECOND);
    }

    #[test]
    fn while_something_is_waited_for_the_spinner_turns_ten_times_a_second_unless_the_screen_is_plain() {
        let mut model = model(60);
        model.exporting = Some(Duration::from_secs(100));

        assert_eq!(next(&model), work::WORTH_A_WORD, "what is quick gets no word");
        model.moment.elapsed += Duration::from_millis(250);
        assert_eq!(next(&model), work::TURN);
        model.exporting = None;
        assert_eq!(next(&model), IDLE, "an idle screen stands still");
    }

    #[test]
    fn the_nearest_deadline_wakes_and_one_gone_by_does_not() {
        let mut model = model(60);
        model.clear_copy_at = Some(Duration::from_secs(103));
        model.pending.popup_at = Some(Duration::from_secs(99));

        assert_eq!(next(&model), Duration::from_secs(3));
    }
}
