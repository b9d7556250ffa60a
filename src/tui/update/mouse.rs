//! Clicks and the wheel. The wheel moves the view, a click the cursor; a heading orders.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{actions, browser, help, order, palette, reader, users};
use crate::tui::action::{Action, Go};
use crate::tui::browse::SortKey;
use crate::tui::detail;
use crate::tui::dialog::Dialog;
use crate::tui::effect::Effect;
use crate::tui::layout::{CURSOR_AND_MARK, Columns, Pane, UserColumns, columns, detail_room, inner, user_columns};
use crate::tui::model::Model;
use crate::tui::tabs;
use crate::tui::users::UserSort;

const WHEEL_LINES: isize = 3;

/// What of a mouse means something here.
#[derive(Clone, Copy)]
pub(super) enum Gesture {
    Click,
    WheelDown,
    WheelUp,
}

impl Gesture {
    fn of(kind: MouseEventKind) -> Option<Self> {
        match kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Self::Click),
            MouseEventKind::ScrollDown => Some(Self::WheelDown),
            MouseEventKind::ScrollUp => Some(Self::WheelUp),
            MouseEventKind::Down(MouseButton::Right | MouseButton::Middle)
            | MouseEventKind::Up(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Moved
            | MouseEventKind::ScrollLeft
            | MouseEventKind::ScrollRight => None,
        }
    }
}

/// Takes in a click or a turn of the wheel.
pub(super) fn turn(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    let at = Position { x: event.column, y: event.row };
    let Some(gesture) = Gesture::of(event.kind) else { return Vec::new() };
    match &model.dialog {
        Some(Dialog::Palette(_)) => return palette::turn(model, gesture, at),
        Some(Dialog::Help(_)) => return help::turn(model, gesture, at),
        Some(_) => return Vec::new(),
        None => {}
    }
    if model.reader().is_some() {
        return reader::turn(model, gesture, at);
    }
    match gesture {
        Gesture::Click => return click(model, at),
        Gesture::WheelDown => wheel(model, at, WHEEL_LINES),
        Gesture::WheelUp => wheel(model, at, -WHEEL_LINES),
    }
    Vec::new()
}

fn under(model: &Model, at: Position) -> Option<(Pane, Rect)> {
    let panes = model.panes();
    let pane = Pane::ALL.into_iter().find(|pane| panes.of(*pane).is_some_and(|area| area.contains(at)))?;
    Some((pane, inner(model.tier(), panes.of(pane)?)))
}

/// Two clicks within so long a time are one that opens.
const DOUBLE: Duration = Duration::from_millis(400);

fn click(model: &mut Model, at: Position) -> Vec<Effect> {
    let elapsed = model.moment.elapsed;
    let before = model.clicked.replace((at, elapsed));
    let is_double = before.is_some_and(|(place, when)| place == at && elapsed.saturating_sub(when) <= DOUBLE);
    if let Some(pane) = pane_tab(model, at) {
        browser::focus(model, pane);
        return Vec::new();
    }
    let Some((pane, area)) = under(model, at) else { return Vec::new() };
    browser::focus(model, pane);
    let line = usize::from(at.y.saturating_sub(area.y));
    let is_heading = line == 0 && matches!(pane, Pane::Tokens | Pane::Timeline);
    if is_double && area.contains(at) && !is_heading && pane != Pane::Details {
        model.clicked = None;
        return actions::run(model, Action::Go(Go::Open), 1);
    }
    click_once(model, pane, area, at)
}

fn click_once(model: &mut Model, pane: Pane, area: Rect, at: Position) -> Vec<Effect> {
    if !area.contains(at) {
        click_title(model, pane, at);
        return Vec::new();
    }
    let line = usize::from(at.y - area.y);
    match pane {
        Pane::Accounts => click_account(model, line),
        Pane::Tokens if line == 0 && model.users().is_some() => click_users_heading(model, area, at.x - area.x),
        Pane::Tokens if line == 0 => return click_heading(model, area, at.x - area.x),
        Pane::Tokens => click_token(model, line - 1),
        Pane::Details => click_claim(model, line),
        Pane::Timeline => click_timeline(model, line),
    }
    Vec::new()
}

/// The pane whose name was hit, where only one pane is drawn.
fn pane_tab(model: &Model, at: Position) -> Option<Pane> {
    let area = model.panes().tabs.filter(|area| area.contains(at))?;
    tabs::at(0, &tabs::panes(model.focus), usize::from(at.x - area.x))
}

/// A name of a tab in the title shows that tab.
fn click_title(model: &mut Model, pane: Pane, at: Position) {
    let Some(area) = model.panes().of(pane).filter(|area| at.y == area.y && at.x > area.x) else { return };
    let column = usize::from(at.x - area.x - 1);
    let before = pane.name().len() + 1;
    match pane {
        Pane::Accounts | Pane::Timeline => {}
        // A list of users has no tabs.
        Pane::Tokens if model.users().is_some() => {}
        Pane::Tokens => {
            let tabs = model.cache().map(|cache| tabs::tokens(&cache.browse, area.width)).unwrap_or_default();
            tabs::at(before, &tabs, column).into_iter().for_each(|tab| browser::show_tab(model, tab));
        }
        Pane::Details => {
            let page = tabs::at(before, &tabs::details(model.detail.tab), column);
            page.into_iter().for_each(|page| browser::show_page(model, page));
        }
    }
}

fn click_account(model: &mut Model, line: usize) {
    let Some(browse) = model.cache().map(|cache| &cache.browse) else { return };
    if let Some(line) = browse.tally.lines.get(browse.accounts_scroll + line) {
        browser::choose(model, line.whose);
    }
}

/// Chooses the claim that was hit, where claims are shown.
fn click_claim(model: &mut Model, line: usize) {
    let Some(area) = model.panes().details.map(|area| detail_room(model.tier(), area)) else { return };
    if let Some(claim) = detail::claim_at(model, area.width, usize::from(area.height), line) {
        model.detail.line = claim;
    }
}

/// The line of the axis is no entry.
fn click_timeline(model: &mut Model, line: usize) {
    let Some(browse) = model.cache_mut().map(|cache| &mut cache.browse) else { return };
    let place = line.checked_sub(1).and_then(|line| browse.timed.get(browse.timeline_scroll + line));
    if let Some(place) = place.copied() {
        browse.cursor = place;
        model.detail.line = 0;
        browser::follow(model);
    }
}

fn click_token(model: &mut Model, line: usize) {
    let Some(cache) = model.cache_mut() else { return };
    let at = cache.browse.scroll + line;
    if at < cache.browse.shown.len() {
        cache.browse.cursor = at;
        model.detail.line = 0;
    }
}

/// Orders by the column under the heading that was hit; again, the other way round.
fn click_heading(model: &mut Model, area: Rect, x: u16) -> Vec<Effect> {
    let Columns { kind, target, scope, tenant, expires, lifetime } = columns(area.width);
    let headings = [
        (CURSOR_AND_MARK, None),
        (kind, Some(SortKey::Kind)),
        (target, Some(SortKey::Target)),
        (scope, Some(SortKey::Scopes)),
        (tenant, Some(SortKey::Tenant)),
        (expires, Some(SortKey::Expiry)),
        (lifetime, Some(SortKey::Lifetime)),
    ];
    hit(&headings, x).map_or_else(Vec::new, |key| order::sort(model, key))
}

/// The same in a list of users.
fn click_users_heading(model: &mut Model, area: Rect, x: u16) {
    let UserColumns { key, account, live, refresh, entries, health, expires, kept, size } = user_columns(area.width);
    let headings = [
        (CURSOR_AND_MARK, None),
        (key, Some(UserSort::Key)),
        (account, Some(UserSort::Account)),
        (live + refresh + entries, None),
        (health, Some(UserSort::Health)),
        (expires, Some(UserSort::Expiry)),
        (kept, Some(UserSort::Dropped)),
        (size, Some(UserSort::Size)),
    ];
    if let Some(key) = hit(&headings, x) {
        users::sort(model, key);
    }
}

/// What the column at `x` is ordered by, of columns with their widths.
fn hit<T: Copy>(headings: &[(usize, Option<T>)], x: u16) -> Option<T> {
    let mut ends = 0;
    let found = headings.iter().find(|(width, _)| {
        ends += width;
        usize::from(x) < ends
    });
    found.and_then(|(_, by)| *by)
}

fn wheel(model: &mut Model, at: Position, lines: isize) {
    let Some((pane, _)) = under(model, at) else { return };
    let height = browser::height(model, pane);
    if pane == Pane::Details {
        let focus = std::mem::replace(&mut model.focus, Pane::Details);
        browser::step(model, lines);
        model.focus = focus;
        return;
    }
    let Some(browse) = model.cache_mut().map(|cache| &mut cache.browse) else { return };
    let (scroll, count) = match pane {
        Pane::Accounts => (&mut browse.accounts_scroll, browse.tally.lines.len()),
        Pane::Timeline => (&mut browse.timeline_scroll, browse.timed.len()),
        Pane::Tokens | Pane::Details => (&mut browse.scroll, browse.shown.len()),
    };
    *scroll = scroll.saturating_add_signed(lines).min(count.saturating_sub(height));
}
