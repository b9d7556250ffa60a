//! Moving about in the three panes.

use crate::tui::browse::{Tab, Whose};
use crate::tui::detail;
use crate::tui::layout::{Origin, Pane, Tier, detail_room, inner};
use crate::tui::model::{DetailTab, FilterMode, Model};
use crate::tui::tabs::PAGES;

/// Which neighbour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Next,
    Previous,
}

/// How many lines the list with the focus shows.
pub(super) fn page(model: &Model) -> usize {
    height(model, model.focus).max(1)
}

/// How many lines of `pane` are on the screen: two panes have a line of headings.
pub(super) fn height(model: &Model, pane: Pane) -> usize {
    let area = model.panes().of(pane).map(|area| inner(model.tier(), area));
    let heading = match pane {
        Pane::Tokens | Pane::Timeline => 1,
        Pane::Accounts | Pane::Details => 0,
    };
    area.map_or(0, |area| usize::from(area.height).saturating_sub(heading))
}

/// Moves the cursor of the pane with the focus; `isize::MIN` and `MAX` go to its ends.
pub(super) fn step(model: &mut Model, lines: isize) {
    match model.focus {
        Pane::Accounts => step_accounts(model, lines),
        Pane::Tokens => step_tokens(model, lines),
        Pane::Details => step_details(model, lines),
        Pane::Timeline => step_timeline(model, lines),
    }
}

fn step_accounts(model: &mut Model, lines: isize) {
    let Some(cache) = model.cache() else { return };
    let choices = &cache.browse.tally.lines;
    let at = cache.browse.tally.line_of(cache.browse.whose).unwrap_or(0);
    let at = at.saturating_add_signed(lines).min(choices.len().saturating_sub(1));
    let whose = choices.get(at).map(|line| line.whose).unwrap_or_default();
    choose(model, whose);
}

/// Shows the entries of `whose`, from the top.
pub(super) fn choose(model: &mut Model, whose: Whose) {
    let Some(reading) = model.reading().cloned() else { return };
    let Some(cache) = model.cache_mut() else { return };
    if cache.browse.whose == whose {
        return;
    }
    cache.browse.whose = whose;
    cache.browse.refresh(&reading);
    (cache.browse.cursor, cache.browse.scroll) = (0, 0);
    model.detail.line = 0;
    follow(model);
}

fn step_tokens(model: &mut Model, lines: isize) {
    let Some(cache) = model.cache_mut() else { return };
    let last = cache.browse.shown.len().saturating_sub(1);
    cache.browse.cursor = cache.browse.cursor.saturating_add_signed(lines).min(last);
    model.detail.line = 0;
    follow(model);
}

/// The cursor is the tokens': it goes from one that stands in the timeline to the next.
fn step_timeline(model: &mut Model, lines: isize) {
    let Some(cache) = model.cache_mut() else { return };
    let browse = &mut cache.browse;
    let Some(last) = browse.timed.len().checked_sub(1) else { return };
    let gone_by = browse.timed.partition_point(|place| *place < browse.cursor);
    let is_here = browse.timed.get(gone_by) == Some(&browse.cursor);
    // Between two of them the next step down leads to the second one.
    let to = if lines > 0 && !is_here {
        gone_by.saturating_add_signed(lines - 1)
    } else {
        gone_by.saturating_add_signed(lines)
    };
    browse.cursor = browse.timed.get(to.min(last)).copied().unwrap_or(browse.cursor);
    model.detail.line = 0;
    follow(model);
}

fn step_details(model: &mut Model, lines: isize) {
    let width = model.panes().details.map_or(0, |area| detail_room(model.tier(), area).width);
    let last = detail::last_line(model, width);
    model.detail.line = model.detail.line.saturating_add_signed(lines).min(last);
}

/// Scrolls all lists so that their cursors are on the screen.
pub(super) fn follow(model: &mut Model) {
    let tokens = height(model, Pane::Tokens).max(1);
    let accounts = height(model, Pane::Accounts).max(1);
    let timeline = height(model, Pane::Timeline).max(1);
    let Some(cache) = model.cache_mut() else { return };
    let browse = &mut cache.browse;
    browse.scroll = scrolled(browse.scroll, browse.cursor, browse.shown.len(), tokens);
    browse.timeline_scroll = scrolled(browse.timeline_scroll, browse.timeline_cursor(), browse.timed.len(), timeline);
    let at = browse.tally.line_of(browse.whose).unwrap_or(0);
    browse.accounts_scroll = scrolled(browse.accounts_scroll, at, browse.tally.lines.len(), accounts);
}

/// The first line to show so that line `cursor` of `count` is seen in a window of `height`.
fn scrolled(scroll: usize, cursor: usize, count: usize, height: usize) -> usize {
    let scroll = scroll.min(cursor).max((cursor + 1).saturating_sub(height));
    scroll.min(count.saturating_sub(height))
}

/// Gives `pane` the keys.
pub(super) fn focus(model: &mut Model, pane: Pane) {
    model.focus = pane;
    // From the timeline over the whole screen one goes back to all panes.
    let stays = model.zoom != Some(Pane::Timeline);
    model.zoom = model.zoom.filter(|_| stays || pane == Pane::Timeline).map(|_| pane);
    follow(model);
}

/// Shows the timeline over the whole screen; asked again, leaves it.
pub(super) fn timeline(model: &mut Model) {
    if model.zoom == Some(Pane::Timeline) {
        return step_out(model);
    }
    model.zoom = Some(Pane::Timeline);
    focus(model, Pane::Timeline);
}

/// Fills the screen with the pane; the timeline looks closer.
pub(super) fn grow(model: &mut Model) {
    if model.focus == Pane::Timeline {
        model.axis = model.axis.closer();
        return;
    }
    model.zoom = Some(model.focus);
    follow(model);
}

/// Shows all panes again.
pub(super) fn shrink(model: &mut Model) {
    model.zoom = None;
    follow(model);
}

/// Moves the focus to a neighbouring pane, round and round. Where the timeline has no place beside the others it is
/// left out.
pub(super) fn turn_pane(model: &mut Model, turn: Turn) {
    let all = Pane::ALL;
    let panes = match model.tier() {
        Tier::Medium => all.get(..3).unwrap_or(&all),
        Tier::Wide | Tier::Single | Tier::Plain | Tier::Table | Tier::Tiny => &all,
    };
    focus(model, neighbour(panes, model.focus, turn));
}

/// Moves to a neighbouring tab: of the details there, of the tokens elsewhere.
pub(super) fn turn_tab(model: &mut Model, turn: Turn) {
    match model.focus {
        Pane::Details => turn_details(model, turn),
        Pane::Accounts | Pane::Tokens | Pane::Timeline => turn_tokens(model, turn),
    }
}

fn turn_details(model: &mut Model, turn: Turn) {
    let pages = PAGES.map(|(page, _)| page);
    show_page(model, neighbour(&pages, model.detail.tab, turn));
}

/// Shows one page of the details.
pub(super) fn show_page(model: &mut Model, page: DetailTab) {
    (model.detail.tab, model.detail.line) = (page, 0);
}

fn turn_tokens(model: &mut Model, turn: Turn) {
    let tabs = Tab::ALL.map(|(tab, _)| tab);
    if let Some(cache) = model.cache_mut() {
        let tab = neighbour(&tabs, cache.browse.tab, turn);
        show_tab(model, tab);
    }
}

/// Shows one kind of entry.
pub(super) fn show_tab(model: &mut Model, tab: Tab) {
    let Some(reading) = model.reading().cloned() else { return };
    let Some(cache) = model.cache_mut() else { return };
    cache.browse.tab = tab;
    cache.browse.refresh(&reading);
    model.detail.line = 0;
    follow(model);
}

fn neighbour<T: Copy + PartialEq>(all: &[T], now: T, turn: Turn) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or(0);
    let by = match turn {
        Turn::Next => 1,
        Turn::Previous => all.len().saturating_sub(1),
    };
    all.iter().cycle().nth(at + by).copied().unwrap_or(now)
}

/// Goes one step in: from accounts to tokens, from tokens to the details over the whole screen.
pub(super) fn open(model: &mut Model) {
    match model.focus {
        Pane::Accounts => focus(model, Pane::Tokens),
        Pane::Tokens | Pane::Timeline if model.current_row().is_none() => {}
        Pane::Tokens | Pane::Details | Pane::Timeline => {
            model.origin = Some(Origin { focus: model.focus, zoom: model.zoom });
            model.zoom = Some(Pane::Details);
            focus(model, Pane::Details);
        }
    }
}

/// Goes one step back: range, search, filter, marks, zoom, pane. Never out of the program.
pub(super) fn back(model: &mut Model) {
    let Some(cache) = model.cache_mut() else { return };
    if cache.browse.anchor.take().is_some() {
        return;
    }
    if crate::tui::seek::has_line(model) {
        return super::seek::drop_it(model);
    }
    let Some(cache) = model.cache_mut() else { return };
    if !cache.browse.filter.text().is_empty() {
        return super::filter::drop_it(model);
    }
    if !cache.browse.marks.is_empty() && model.zoom.is_none() {
        return super::marks::none(model);
    }
    model.filter = FilterMode::Rest;
    step_out(model);
}

fn step_out(model: &mut Model) {
    match model.zoom.take() {
        Some(Pane::Details) => return to_origin(model),
        Some(Pane::Timeline) => return focus(model, Pane::Tokens),
        Some(Pane::Accounts | Pane::Tokens) => return follow(model),
        None => {}
    }
    if model.users().is_some() {
        return;
    }
    let one_pane = matches!(model.tier(), Tier::Single | Tier::Plain | Tier::Table);
    match model.focus {
        Pane::Details | Pane::Timeline => focus(model, Pane::Tokens),
        Pane::Tokens if one_pane => focus(model, Pane::Accounts),
        Pane::Tokens | Pane::Accounts => _ = super::users::back(model),
    }
}

/// Back to the timeline if the entry was opened there, else to the tokens.
fn to_origin(model: &mut Model) {
    match model.origin.take() {
        Some(Origin { focus: Pane::Timeline, zoom }) => {
            model.zoom = zoom.filter(|pane| *pane == Pane::Timeline);
            focus(model, Pane::Timeline);
        }
        Some(_) | None => focus(model, Pane::Tokens),
    }
}

#[cfg(test)]
mod tests {
    use super::scrolled;

    #[test]
    fn a_window_follows_its_cursor_and_leaves_no_gap_at_the_end() {
        assert_eq!(scrolled(0, 12, 100, 10), 3);
        assert_eq!(scrolled(50, 12, 100, 10), 12);
        assert_eq!(scrolled(95, 99, 100, 10), 90);
        assert_eq!(scrolled(7, 2, 3, 10), 0);
    }
}
