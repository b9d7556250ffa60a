//! The tokens pane: one line an entry, only the lines on the screen built.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::filter::lit;
use super::gauge;
use super::paint::{fit, line, pane, put, role, row_style, tab_words, word};
use crate::cache::{Row, Section, State};
use crate::present::{Role, place, when};
use crate::source::SourceError;
use crate::tui::browse::{Direction, Order, Tab};
use crate::tui::layout::{Columns, Pane, columns};
use crate::tui::model::{Content, Model, OpenCache, Reading, TimeMode};
use crate::tui::theme::Tone;
use crate::tui::wrap::wrap;
use crate::tui::{order, tabs};

/// Draws the pane.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let Some(cache) = model.cache() else { return };
    if let Some(users) = &cache.users {
        return super::users::draw(model, cache, users, area, buffer);
    }
    let inside = pane(model, Pane::Tokens, area, title(model, cache, area.width), end(cache, area.width), buffer);
    match &cache.content {
        Content::Loading => put(&[Line::from(role(model.theme, Role::Dim, " reading …"))], inside, buffer),
        Content::Glimpse(reading) => glimpse(model, cache, reading, inside, buffer),
        Content::Failed(error) => failed(model, cache, error, inside, buffer),
        Content::Ready(reading) => table(model, cache, reading, inside, buffer),
    }
}

fn title(model: &Model, cache: &OpenCache, width: u16) -> Line<'static> {
    if cache.is_failed() {
        return Line::from(word(model.theme, Tone::Title, "2 Tokens"));
    }
    let mut words = vec![word(model.theme, Tone::Title, "2 Tokens ")];
    words.extend(tab_words(model, tabs::tokens(&cache.browse, width)));
    Line::from(words)
}

fn end(cache: &OpenCache, width: u16) -> Line<'static> {
    match &cache.content {
        Content::Glimpse(first) => return Line::from(format!(" first {} of …, reading ", first.roster.rows.len())),
        Content::Loading | Content::Failed(_) => return Line::default(),
        Content::Ready(_) => {}
    }
    let browse = &cache.browse;
    let place = (browse.cursor + 1).min(browse.shown.len());
    let arrow = match browse.order.direction {
        Direction::Up => "^",
        Direction::Down => "v",
    };
    let label = if width >= ROOMY { "sort: " } else { "" };
    let is_as_written = browse.order == Order::default();
    let sort = if is_as_written { String::new() } else { format!("{label}{} {arrow}  ", browse.order.key.name()) };
    Line::from(format!(" {sort}{place}/{} ", browse.shown.len()))
}

/// From this width on a title has room for more than it must say.
const ROOMY: u16 = 64;

fn failed(model: &Model, cache: &OpenCache, error: &SourceError, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width.saturating_sub(2));
    let told = wrap(&place::failed(error, cache.path.as_deref()), width);
    let key = |id: &str| word(model.theme, Tone::Key, format!(" {}", model.keymap.key(id)));
    let keys = vec![key("reload"), Span::raw(" reads it again  "), key("health"), Span::raw(" tells why")];
    let head = Line::from(word(model.theme, Tone::Banner, " x this cache cannot be shown"));
    let mut shown = vec![head, Line::from(keys), Line::default()];
    shown.extend(told.iter().map(|words| {
        let mut told = line(model.theme, words);
        told.spans.insert(0, Span::raw(" "));
        told
    }));
    put(&shown, area, buffer);
}

/// Why no line stands in the table, and what to do about it.
fn nothing(model: &Model, cache: &OpenCache, reading: &Reading) -> String {
    let browse = &cache.browse;
    let key = |id: &str| model.keymap.key(id);
    if browse.sieve.is_waiting() {
        return "searching …".to_owned();
    }
    if !browse.filter.text().is_empty() {
        return format!("nothing matches: {} clears the filter, {} changes it", key("back"), key("filter"));
    }
    if reading.roster.rows.is_empty() {
        return "This cache is empty: nobody has signed in with its app yet, or all have signed out. What an app writes \
                into it is shown as it comes."
            .to_owned();
    }
    match browse.tab {
        Tab::All => "nothing here".to_owned(),
        Tab::AccessTokens | Tab::RefreshTokens | Tab::IdTokens | Tab::Apps => {
            format!("nothing of this kind: {} and {} show the others", key("tab.previous"), key("tab.next"))
        }
    }
}

/// Dim words below the first `lines` lines of `area`, a free line between, if there is room.
pub(super) fn below(model: &Model, says: &str, lines: usize, area: Rect, buffer: &mut Buffer) {
    let skip = u16::try_from(lines).unwrap_or(u16::MAX).min(area.height);
    let area = Rect { y: area.y + skip, height: area.height - skip, ..area };
    let line = crate::present::Line::plain(" ").with(Role::Dim, says);
    let lines = wrap(&[line], usize::from(area.width));
    let lines: Vec<_> = lines.iter().map(|words| self::line(model.theme, words)).collect();
    put(&lines, area, buffer);
}

const NO_TOKEN: &str = "No access token and no refresh token stands here: an app must sign in to get one.";

fn table(model: &Model, cache: &OpenCache, reading: &Reading, area: Rect, buffer: &mut Buffer) {
    let columns = columns(area.width);
    put(&[heading(model, &columns)], area, buffer);
    let area = Rect { y: area.y + area.height.min(1), height: area.height.saturating_sub(1), ..area };
    if cache.browse.shown.is_empty() {
        below(model, &nothing(model, cache, reading), 0, area, buffer);
    } else if cache.browse.tally.lines.first().is_some_and(|all| all.access + all.refresh == 0) {
        below(model, NO_TOKEN, cache.browse.shown.len() + 1, area, buffer);
    }
    let seen = cache.browse.rows_from(cache.browse.scroll).take(usize::from(area.height));
    for (line, at) in seen.enumerate() {
        let place = cache.browse.scroll + line;
        let Some(row) = reading.roster.rows.get(at) else { continue };
        let spot = Rect { y: area.y + u16::try_from(line).unwrap_or(0), height: 1, ..area };
        put(&[entry(model, cache, reading, row, place, &columns)], spot, buffer);
        if cache.browse.tinted.has(at) {
            row_style(area, line, model.theme.style(Tone::Changed), buffer);
        }
        if place == cache.browse.cursor {
            let tone = if model.focus == Pane::Tokens { Tone::Cursor } else { Tone::CursorElsewhere };
            // A bar reversed would tell the contrary.
            let bar = u16::try_from(columns.lifetime).unwrap_or(0).min(area.width);
            let named = Rect { width: area.width - bar, ..area };
            row_style(named, line, model.theme.style(tone), buffer);
        }
    }
}

/// The first entries, without a cursor: there is nothing to be done with them yet.
fn glimpse(model: &Model, cache: &OpenCache, reading: &Reading, area: Rect, buffer: &mut Buffer) {
    let columns = columns(area.width);
    let rows = reading.roster.rows.iter().take(usize::from(area.height));
    let rows = rows.map(|row| entry(model, cache, reading, row, usize::MAX, &columns));
    let lines: Vec<_> = std::iter::once(heading(model, &columns)).chain(rows).collect();
    put(&lines, area, buffer);
}

fn heading(model: &Model, columns: &Columns) -> Line<'static> {
    let Columns { kind, target, scope, tenant, expires, lifetime } = *columns;
    let text = format!(
        "  {}{}{}{}{}{}",
        fit("TYPE", kind),
        fit("TARGET", target),
        fit("SCOPE", scope),
        fit("TENANT", tenant),
        fit("EXPIRES", expires),
        fit("LIFETIME", lifetime)
    );
    Line::from(role(model.theme, Role::Dim, text))
}

fn entry(
    model: &Model,
    cache: &OpenCache,
    reading: &Reading,
    row: &Row,
    place: usize,
    columns: &Columns,
) -> Line<'static> {
    let Columns { kind, target, scope, tenant, expires, lifetime } = *columns;
    let cursor = if place == cache.browse.cursor { ">" } else { " " };
    let mark = if cache.browse.is_marked(place) { word(model.theme, Tone::Marked, "*") } else { Span::raw(" ") };
    let is_over = row.state(model.moment.now) == State::Expired;
    // Of a glimpse nobody knows yet what renews it: it is not called dead.
    let renews = is_over && (cache.reading().is_none() || row.renews(&reading.roster, model.moment.now));
    let scopes = if row.section == Section::AccessToken { row.scope_count().to_string() } else { "-".to_owned() };
    let mut words = vec![Span::raw(cursor), mark, Span::raw(fit(row.section.short(), kind))];
    let wanted = cache.browse.sieve.query().words();
    words.extend(lit(model.theme, &spaced(&order::target(row), target), Role::Plain, &wanted));
    words.push(role(model.theme, Role::Dim, fit(&scopes, scope)));
    words.extend(lit(model.theme, &spaced(&tenant_name(reading, row), tenant), Role::Dim, &wanted));
    if expires > 0 {
        words.push(expiry(model, row, renews, expires));
    }
    if lifetime > 0 {
        words.push(gauge::lifetime(model.theme, row, renews, model.moment.now));
    }
    Line::from(words)
}

/// `text` in exactly `width` columns, the last of them free.
pub(super) fn spaced(text: &str, width: usize) -> String {
    fit(&fit(text, width.saturating_sub(1)), width)
}

fn tenant_name(reading: &Reading, row: &Row) -> String {
    if row.realm.is_none() { "-".to_owned() } else { reading.roster.tenant_name(row).into_owned() }
}

/// When the entry expires, with a letter beside it: `!` soon, `x` over and nothing renews it.
pub(super) fn expiry(model: &Model, row: &Row, renews: bool, width: usize) -> Span<'static> {
    let now = model.moment.now;
    let (text, letter, kind) = match (row.section, row.state(now)) {
        (Section::IdToken | Section::Account | Section::AppMetadata, _) => ("-".to_owned(), "", Role::Dim),
        (Section::RefreshToken, State::None) | (Section::Other, State::None) => ("none".to_owned(), "", Role::Dim),
        (_, State::None) => ("none".to_owned(), "", Role::Dim),
        (_, State::Live) => (told(model, row), "", Role::Plain),
        (_, State::Expiring) => (told(model, row), "!", Role::Warn),
        (_, State::Expired) if renews => (old(model, row), "", Role::Dim),
        (_, State::Expired) => (told(model, row), "x", Role::Bad),
    };
    role(model.theme, kind, fit(&format!("{text:<9}{letter}"), width))
}

pub(super) fn told(model: &Model, row: &Row) -> String {
    let Some(at) = row.expires_on else { return "none".to_owned() };
    match model.times {
        TimeMode::Relative => when::expiry(Some(at), model.moment.now),
        TimeMode::Local => when::brief_local(at, model.moment.now),
        TimeMode::Utc => when::brief_utc(at, model.moment.now),
    }
}

/// An expired token that a refresh token renews is old, not dead.
pub(super) fn old(model: &Model, row: &Row) -> String {
    match (model.times, row.expires_on) {
        (TimeMode::Relative, Some(at)) => format!("old {}", when::span(model.moment.now.since(at))),
        (TimeMode::Relative | TimeMode::Local | TimeMode::Utc, _) => told(model, row),
    }
}
