//! What each action does, by its kind.

use super::browser::{self, Turn};
use super::{
    arrivals, copy, export, filter, marks, order, palette, plan, prune, purge, reader, say, seek, sources, undo, users,
};
use crate::source;
use crate::text::Safe;
use crate::tui::action::{Action, Do, Go, Mark, View};
use crate::tui::dialog::{Dialog, HelpDialog};
use crate::tui::effect::Effect;
use crate::tui::layout::Pane;
use crate::tui::model::{Demo, Live, Model, MouseMode, TimeMode};
use crate::tui::purge::How;
use crate::tui::reader::Way;
use crate::tui::seek::is_page;

/// Does what `action` asks for, `count` times where that means something.
pub(super) fn run(model: &mut Model, action: Action, count: usize) -> Vec<Effect> {
    match action {
        Action::Go(way) if model.reader().is_some() => return reader::go(model, way, count),
        Action::Go(Go::Filter) if model.focus == Pane::Details && is_page(model) => seek::begin(model),
        Action::Go(Go::Filter) => return filter::begin(model),
        Action::Go(Go::Sort(key)) => return order::sort(model, key),
        Action::Go(Go::Open) if model.users().is_some() => return users::open(model),
        Action::Go(way) => go(model, way, count),
        Action::Mark(how) => mark(model, how, count),
        Action::Do(what) => return act(model, what),
        Action::Tell(what) => return reader::open(model, what),
        Action::View(what) => return look(model, what),
    }
    Vec::new()
}

fn go(model: &mut Model, way: Go, count: usize) {
    let page = browser::page(model);
    let down = |lines: usize| isize::try_from(lines).unwrap_or(isize::MAX);
    match way {
        Go::Down => browser::step(model, down(count)),
        Go::Up => browser::step(model, -down(count)),
        Go::HalfDown => browser::step(model, down(page.div_ceil(2).saturating_mul(count))),
        Go::HalfUp => browser::step(model, -down(page.div_ceil(2).saturating_mul(count))),
        Go::PageDown => browser::step(model, down(page.saturating_mul(count))),
        Go::PageUp => browser::step(model, -down(page.saturating_mul(count))),
        Go::Top => browser::step(model, isize::MIN),
        Go::Bottom => browser::step(model, isize::MAX),
        Go::NextPane => browser::turn_pane(model, Turn::Next),
        Go::PreviousPane => browser::turn_pane(model, Turn::Previous),
        Go::Jump(pane) => browser::focus(model, pane),
        Go::Timeline => browser::timeline(model),
        Go::Grow => browser::grow(model),
        Go::Shrink => browser::shrink(model),
        Go::Wider => model.axis = model.axis.wider(),
        Go::NextTab => browser::turn_tab(model, Turn::Next),
        Go::PreviousTab => browser::turn_tab(model, Turn::Previous),
        Go::Open => browser::open(model),
        Go::Back => browser::back(model),
        Go::NextFound => seek::go(model, Way::On),
        Go::PreviousFound => seek::go(model, Way::Back),
        Go::Filter => {}
        Go::Sort(_) => {}
        Go::SortUsers(key) => users::sort(model, key),
    }
}

fn mark(model: &mut Model, how: Mark, count: usize) {
    match how {
        Mark::Toggle => marks::toggle(model, count),
        Mark::Range => marks::range(model),
        Mark::RangeDown => marks::range_to(model, 1),
        Mark::RangeUp => marks::range_to(model, -1),
        Mark::Shown | Mark::Invert if is_searching(model) => say::hint(model, "the filter is still searching"),
        Mark::Shown => marks::all_shown(model),
        Mark::Nothing => marks::none(model),
        Mark::Invert => marks::invert(model),
    }
}

fn act(model: &mut Model, what: Do) -> Vec<Effect> {
    match what {
        Do::Copy(kind) => return copy::copy(model, kind),
        Do::Reveal => copy::reveal(model),
        Do::Prune => return plan::open(model, plan::prune_marked(model)),
        Do::PruneBy => return prune::open(model),
        Do::PurgeUsers => return purge::ask(model, How::Entries),
        Do::RemoveUsers => return purge::ask(model, How::Keys),
        Do::Forget => return plan::open(model, plan::forget(model)),
        Do::Renew => return plan::open(model, plan::renew_marked(model)),
        Do::Export => return export::open(model),
        Do::Undo => return undo::ask(model, source::Turn::Undo),
        Do::Redo => return undo::ask(model, source::Turn::Redo),
        Do::Fix => return plan::open(model, reader::fix(model)),
    }
    Vec::new()
}

fn look(model: &mut Model, what: View) -> Vec<Effect> {
    match what {
        View::Reload => return arrivals::load(model, model.current),
        View::Freeze => return freeze(model),
        View::Times => model.times = next_times(model.times),
        View::Sources => return sources::open(model),
        View::NextCache => sources::turn(model, 1),
        View::PreviousCache => sources::turn(model, model.caches.len().saturating_sub(1)),
        View::Demo => return vec![Effect::OpenDemo(Demo)],
        View::Palette => palette::open(model),
        View::Help => model.dialog = Some(Dialog::Help(HelpDialog::default())),
        View::Mouse => return mouse(model),
        View::Theme => {
            model.theme = model.theme.next();
            say::hint(model, format!("theme {}", Safe::new(model.theme.name())));
        }
        View::Suspend => return vec![Effect::Suspend],
        View::Repaint => return vec![Effect::Repaint],
        View::Quit => return quit(model),
        View::QuitNow => return vec![Effect::Quit],
    }
    Vec::new()
}

/// Ends, unless something is being written: that is named first.
fn quit(model: &mut Model) -> Vec<Effect> {
    let Some(job) = &model.job else { return vec![Effect::Quit] };
    let more = model.keymap.spell("is under way: esc cancels it, {quit-now} quits anyway");
    let says = format!("{} {more}", job.says.trim_end_matches('.'));
    say::hint(model, says);
    Vec::new()
}

fn next_times(times: TimeMode) -> TimeMode {
    match times {
        TimeMode::Relative => TimeMode::Local,
        TimeMode::Local => TimeMode::Utc,
        TimeMode::Utc => TimeMode::Relative,
    }
}

fn mouse(model: &mut Model) -> Vec<Effect> {
    let (mode, says) = match model.mouse {
        MouseMode::Captured => (MouseMode::Free, "the mouse selects text; {mouse} takes it back"),
        MouseMode::Free => (MouseMode::Captured, "the mouse clicks and scrolls here"),
    };
    model.mouse = mode;
    say::hint(model, model.keymap.spell(says));
    vec![Effect::Mouse(mode)]
}

/// Thawing reads again: what was missed meanwhile comes at once.
fn freeze(model: &mut Model) -> Vec<Effect> {
    match model.live {
        Live::Following => {
            model.live = Live::Frozen;
            Vec::new()
        }
        Live::Frozen => {
            model.live = Live::Following;
            // A list follows nothing: it is read again when somebody asks for it.
            let lists: Vec<bool> = model.caches.iter().map(|cache| cache.users.is_some()).collect();
            let followed = lists.into_iter().enumerate().filter(|(_, is_list)| !is_list);
            followed.flat_map(|(at, _)| arrivals::load(model, at)).collect()
        }
    }
}

/// Whether the rows that are shown are not yet those that the filter takes.
fn is_searching(model: &Model) -> bool {
    model.cache().is_some_and(|cache| cache.browse.sieve.is_waiting())
}
