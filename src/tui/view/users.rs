//! A list of users: one line a cache, only the lines on the screen built.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::filter::lit;
use super::paint::{fit, line, pane, put, role, row_style, word};
use super::tokens::{below, spaced};
use crate::cache::Health;
use crate::present::{Role, change, place, when};
use crate::source::SourceError;
use crate::time::UnixSeconds;
use crate::tui::browse::Direction;
use crate::tui::layout::{Pane, UserColumns, user_columns};
use crate::tui::model::{Model, OpenCache, TimeMode};
use crate::tui::theme::Tone;
use crate::tui::users::{Scan, Sum, UserRow, UserSort, Users};
use crate::tui::wrap::wrap;

/// Draws the list.
pub(super) fn draw(model: &Model, cache: &OpenCache, users: &Users, area: Rect, buffer: &mut Buffer) {
    let title = title(model, users);
    let inside = pane(model, Pane::Tokens, area, title, end(cache, users, area.width), buffer);
    match &users.scan {
        Scan::Lost(error) if users.rows.is_empty() => failed(model, error, inside, buffer),
        Scan::Lost(_) | Scan::Running | Scan::Done | Scan::Stopped => table(model, cache, users, inside, buffer),
    }
}

fn title(model: &Model, users: &Users) -> Line<'static> {
    let count = match users.rows.len() {
        1 => "1 cache".to_owned(),
        many => format!("{many} caches"),
    };
    let (state, kind) = match &users.scan {
        Scan::Running if users.is_stale && !users.rows.is_empty() => (", reading again …", Role::Dim),
        Scan::Running => (", reading …", Role::Dim),
        Scan::Done => ("", Role::Plain),
        Scan::Stopped => (", stopped: not all", Role::Warn),
        Scan::Lost(_) if users.rows.is_empty() => (", not read", Role::Bad),
        Scan::Lost(_) => (", lost: not all", Role::Bad),
    };
    let theme = model.theme;
    Line::from(vec![word(theme, Tone::Title, "Users "), Span::raw(format!(" {count}")), role(theme, kind, state)])
}

fn end(cache: &OpenCache, users: &Users, width: u16) -> Line<'static> {
    let browse = &cache.browse;
    let place = (browse.cursor + 1).min(browse.shown.len());
    let arrow = match users.order.direction {
        Direction::Up => "^",
        Direction::Down => "v",
    };
    let label = if width >= 64 { "sort: " } else { "" };
    let sort = match (users.order.key, users.order.direction) {
        (UserSort::Came, Direction::Up) => String::new(),
        (key, _) => format!("{label}{} {arrow}  ", key.name()),
    };
    Line::from(format!(" {sort}{place}/{} ", browse.shown.len()))
}

/// Why the place cannot be read, and what to do.
fn failed(model: &Model, error: &SourceError, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width.saturating_sub(2));
    let told = wrap(&place::failed(error, None), width);
    let key = word(model.theme, Tone::Key, format!(" {}", model.keymap.key("reload")));
    let head = Line::from(word(model.theme, Tone::Banner, " x this place cannot be read"));
    let mut shown = vec![head, Line::from(vec![key, Span::raw(" tries again")]), Line::default()];
    shown.extend(told.iter().map(|words| {
        let mut told = line(model.theme, words);
        told.spans.insert(0, Span::raw(" "));
        told
    }));
    put(&shown, area, buffer);
}

/// Why no line stands in the table, and what to do about it.
fn nothing(model: &Model, cache: &OpenCache, users: &Users) -> String {
    let key = |id: &str| model.keymap.key(id);
    match &users.scan {
        _ if !users.rows.is_empty() && !cache.browse.filter.text().is_empty() => {
            format!("nothing matches: {} clears the filter, {} changes it", key("users.back"), key("users.filter"))
        }
        Scan::Running => "reading …".to_owned(),
        Scan::Done | Scan::Stopped | Scan::Lost(_) => format!(
            "Nothing that could be a cache lies here: nobody has signed in yet, or the place is another. {} looks again.",
            key("reload")
        ),
    }
}

fn table(model: &Model, cache: &OpenCache, users: &Users, area: Rect, buffer: &mut Buffer) {
    let columns = user_columns(area.width);
    put(&[heading(model, &columns)], area, buffer);
    let area = Rect { y: area.y + area.height.min(1), height: area.height.saturating_sub(1), ..area };
    if cache.browse.shown.is_empty() {
        below(model, &nothing(model, cache, users), 0, area, buffer);
    }
    let seen = cache.browse.rows_from(cache.browse.scroll).take(usize::from(area.height));
    for (line, at) in seen.enumerate() {
        let place = cache.browse.scroll + line;
        let Some(row) = users.rows.get(at) else { continue };
        let spot = Rect { y: area.y + u16::try_from(line).unwrap_or(0), height: 1, ..area };
        put(&[user(model, cache, row, place, &columns)], spot, buffer);
        if place == cache.browse.cursor {
            row_style(area, line, model.theme.style(Tone::Cursor), buffer);
        }
    }
}

fn heading(model: &Model, columns: &UserColumns) -> Line<'static> {
    let UserColumns { key, account, live, refresh, entries, health, expires, kept, size } = *columns;
    let text = format!(
        "  {}{}{}{}{}{}{}{}{}",
        fit("KEY", key),
        fit("ACCOUNT", account),
        fit("AT LIVE", live),
        fit("RT", refresh),
        fit("ENTRIES", entries),
        fit("HEALTH", health),
        fit("EXPIRES", expires),
        fit("KEPT", kept),
        fit("SIZE", size),
    );
    Line::from(role(model.theme, Role::Dim, text))
}

fn user(model: &Model, cache: &OpenCache, row: &UserRow, place: usize, columns: &UserColumns) -> Line<'static> {
    let theme = model.theme;
    let cursor = if place == cache.browse.cursor { ">" } else { " " };
    let mark = if cache.browse.is_marked(place) { word(theme, Tone::Marked, "*") } else { Span::raw(" ") };
    let wanted = cache.browse.sieve.query().words();
    let mut words = vec![Span::raw(cursor), mark];
    words.extend(lit(theme, &spaced(row.key(), columns.key), Role::Dim, &wanted));
    match row.sum() {
        Some(sum) => {
            words.extend(lit(theme, &spaced(&names(row), columns.account), Role::Plain, &wanted));
            words.extend(facts(model, row, sum, columns));
        }
        None => {
            let label = row.label().unwrap_or_default();
            words.extend(lit(theme, &spaced(label, columns.account + columns.facts()), Role::Dim, &wanted));
        }
    }
    words.push(kept(model, row, columns.kept));
    let size =
        if row.bytes > 0 { change::size(usize::try_from(row.bytes).unwrap_or(usize::MAX)) } else { String::new() };
    words.push(role(theme, Role::Dim, fit(&size, columns.size)));
    Line::from(words)
}

/// "ada@contoso.com", "ada@contoso.com +2"; the key where nobody is named.
fn names(row: &UserRow) -> String {
    let mut names = row.accounts();
    let Some(first) = names.next() else { return "no account".to_owned() };
    match names.count() {
        0 => first.to_owned(),
        more => format!("{first} +{more}"),
    }
}

/// What is known of a cache with something in it.
fn facts(model: &Model, row: &UserRow, sum: &Sum, columns: &UserColumns) -> Vec<Span<'static>> {
    let (theme, now) = (model.theme, model.moment.now);
    let live = sum.live(now);
    let access = match sum.expiries.len() {
        0 => "-".to_owned(),
        all => format!("{live} of {all}"),
    };
    let (health, kind) = match row.health(now) {
        Some(Health::Ok) => ("ok", Role::Good),
        Some(Health::Renews) => ("renews itself", Role::Plain),
        Some(Health::SignInNeeded) => ("sign-in needed", Role::Bad),
        Some(Health::Unknown) => ("unknown", Role::Dim),
        None => ("-", Role::Dim),
    };
    vec![
        role(theme, Role::Plain, fit(&access, columns.live)),
        role(theme, Role::Plain, fit(&sum.refresh.to_string(), columns.refresh)),
        role(theme, Role::Dim, fit(&sum.entries.to_string(), columns.entries)),
        role(theme, kind, fit(health, columns.health)),
        role(theme, Role::Plain, fit(&expires(model, row.last_expiry()), columns.expires)),
    ]
}

/// When the last access token expires, or how long it is over.
fn expires(model: &Model, at: Option<UnixSeconds>) -> String {
    let now = model.moment.now;
    match at {
        None => "-".to_owned(),
        Some(at) if at <= now && model.times == TimeMode::Relative => format!("old {}", when::span(now.since(at))),
        Some(at) => told(model, at),
    }
}

/// When the place drops it; `!` where a token in it would live on.
fn kept(model: &Model, row: &UserRow, width: usize) -> Span<'static> {
    let Some(at) = row.dropped else { return role(model.theme, Role::Dim, fit("-", width)) };
    let (letter, kind) = if row.is_cut_short() { ("!", Role::Warn) } else { ("", Role::Dim) };
    role(model.theme, kind, fit(&format!("{:<9}{letter}", told(model, at)), width))
}

fn told(model: &Model, at: UnixSeconds) -> String {
    match model.times {
        TimeMode::Relative => when::expiry(Some(at), model.moment.now),
        TimeMode::Local => when::brief_local(at, model.moment.now),
        TimeMode::Utc => when::brief_utc(at, model.moment.now),
    }
}
