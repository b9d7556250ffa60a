//! The accounts pane: whose entries are shown, how each account stands and in which tenants it is; below,
//! where there is room, how all entries stand and which caches are open.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::filter::lit;
use super::paint::{fit, pane, put, role, row_style, word};
use crate::cache::Health;
use crate::present::Role;
use crate::tui::browse::{Counts, Whose};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, OpenCache, Reading};
use crate::tui::tally;
use crate::tui::theme::Tone;

/// Draws the pane.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let found = model.cache().and_then(|cache| cache.reading().map(|reading| (cache, reading)));
    if model.cache().is_some_and(OpenCache::is_awaited) {
        return awaited(model, area, buffer);
    }
    let (at, count) = found.map_or((0, 0), |(cache, _)| {
        let tally = &cache.browse.tally;
        (tally.line_of(cache.browse.whose).map_or(0, |at| at + 1), tally.lines.len())
    });
    let title = Line::from(word(model.theme, Tone::Title, Pane::Accounts.name()));
    let inside = pane(model, Pane::Accounts, area, title, Line::from(format!(" {at}/{count} ")), buffer);
    if let Some((cache, reading)) = found {
        rows(model, cache, reading, inside, buffer);
        below(model, cache, inside, buffer);
    }
}

/// Nobody is counted before a cache is read whole.
fn awaited(model: &Model, area: Rect, buffer: &mut Buffer) {
    let title = Line::from(word(model.theme, Tone::Title, Pane::Accounts.name()));
    let inside = pane(model, Pane::Accounts, area, title, Line::default(), buffer);
    put(&[Line::from(role(model.theme, Role::Dim, " reading …"))], inside, buffer);
}

fn rows(model: &Model, cache: &OpenCache, reading: &Reading, area: Rect, buffer: &mut Buffer) {
    let browse = &cache.browse;
    let seen = browse.tally.lines.iter().skip(browse.accounts_scroll).take(usize::from(area.height)).enumerate();
    for (at, line) in seen {
        let here = line.whose == browse.whose;
        let text = row(model, reading, line, here, usize::from(area.width));
        put(&[text], Rect { y: area.y + u16::try_from(at).unwrap_or(0), height: 1, ..area }, buffer);
        if here {
            let tone = if model.focus == Pane::Accounts { Tone::Cursor } else { Tone::CursorElsewhere };
            row_style(area, at, model.theme.style(tone), buffer);
        }
    }
}

fn row(model: &Model, reading: &Reading, line: &tally::Line, here: bool, width: usize) -> Line<'static> {
    let cursor = if here { "> " } else { "  " };
    let (name, health) = match line.whose {
        Whose::All => ("All accounts".to_owned(), None),
        Whose::Orphans => ("(orphans)".to_owned(), None),
        Whose::Tenant(account, tenant) => return tenant_row(model, reading, line, (account, tenant), cursor, width),
        Whose::Account(at) => {
            let account = reading.roster.accounts.get(at);
            let name = account.map_or_else(String::new, |account| account.label().to_owned());
            (name, Some(reading.roster.health(at, None, model.moment.now)))
        }
    };
    // A narrow pane has no column to spare before the longest count.
    let all = model.cache().and_then(|cache| cache.browse.tally.lines.first()).map_or(0, |all| all.all);
    let count = format!("{:>1$}", line.all, all.to_string().len() + 1);
    let room = width.saturating_sub(4 + count.len());
    let mut words = vec![Span::raw(cursor)];
    words.extend(found(model, &fit(&name, room)));
    words.extend([glyph(model, health), Span::raw(count)]);
    Line::from(words)
}

/// "    contoso    home  AT4 RT2".
fn tenant_row(
    model: &Model,
    reading: &Reading,
    line: &tally::Line,
    (account, tenant): (usize, usize),
    cursor: &'static str,
    width: usize,
) -> Line<'static> {
    let tenant = reading.roster.accounts.get(account).and_then(|account| account.tenants.get(tenant));
    let (name, kind) = tenant.map_or(("", ""), |tenant| (&tenant.name, if tenant.home { "home" } else { "guest" }));
    let counts = match (line.access, line.refresh) {
        (0, 0) => format!("{}", line.all),
        (access, 0) => format!("AT{access}"),
        (0, refresh) => format!("RT{refresh}"),
        (access, refresh) => format!("AT{access} RT{refresh}"),
    };
    let facts = if width >= 26 { format!(" {kind:<6}{counts:<7}") } else { format!(" {kind:<5}{:>4}", line.all) };
    let name = fit(name, width.saturating_sub(4 + facts.chars().count()));
    let mut words = vec![Span::raw(cursor), Span::raw("  ")];
    words.extend(found(model, &name));
    words.push(role(model.theme, Role::Dim, facts));
    Line::from(words)
}

/// `name`, with the words that the filter looks for marked in it.
fn found(model: &Model, name: &str) -> Vec<Span<'static>> {
    let wanted = model.cache().map(|cache| cache.browse.sieve.query().words()).unwrap_or_default();
    lit(model.theme, name, Role::Plain, &wanted)
}

/// A letter for how an account stands: nothing where all is well or unknown.
fn glyph(model: &Model, health: Option<Health>) -> Span<'static> {
    match health {
        Some(Health::SignInNeeded) => role(model.theme, Role::Bad, " x"),
        Some(Health::Renews) => role(model.theme, Role::Dim, " ~"),
        Some(Health::Unknown) => role(model.theme, Role::Dim, " ?"),
        Some(Health::Ok) | None => Span::raw("  "),
    }
}

/// What else there is room for: all of it, a line at the foot, or nothing.
fn below(model: &Model, cache: &OpenCache, area: Rect, buffer: &mut Buffer) {
    let counts = cache.browse.tally.counts(model.moment.now);
    let free = usize::from(area.height).saturating_sub(cache.browse.tally.lines.len() + 1);
    let width = usize::from(area.width);
    let states = states(model, &counts, width);
    let sources = sources(model, width);
    let lines = match free {
        _ if free > states.len() + sources.len() => [states, vec![Line::default()], sources].concat(),
        _ if free >= states.len() => states,
        1.. => {
            let says = format!(" {} expired  {} <15m", counts.expired, counts.expiring);
            let blanks = vec![Line::default(); free - 1];
            [blanks, vec![Line::from(role(model.theme, Role::Dim, says))]].concat()
        }
        0 => return,
    };
    let skip = u16::try_from(cache.browse.tally.lines.len() + 1).unwrap_or(u16::MAX).min(area.height);
    put(&lines, Rect { y: area.y + skip, height: area.height - skip, ..area }, buffer);
}

/// "-- Health ------".
fn heading(model: &Model, text: &str, width: usize) -> Line<'static> {
    let rest = "─".repeat(width.saturating_sub(text.len() + 5));
    Line::from(role(model.theme, Role::Dim, format!(" ── {text} {rest}")))
}

/// How many entries there are of each state.
fn states(model: &Model, counts: &Counts, width: usize) -> Vec<Line<'static>> {
    let Counts { live, expiring, expired, none } = *counts;
    let warn = if expiring > 0 { Role::Warn } else { Role::Dim };
    let states = [
        ("live", live, "", Role::Plain),
        ("expiring <15m", expiring, "!", warn),
        ("expired", expired, "x", Role::Dim),
        ("no expiry", none, "", Role::Dim),
    ];
    let label = width.saturating_sub(9).min(17);
    let line = |(name, count, letter, kind): (&str, usize, &str, Role)| {
        let letter = if count > 0 { letter } else { "" };
        Line::from(role(model.theme, kind, format!("  {}{count:>5} {letter}", fit(name, label))))
    };
    let lines = states.into_iter().map(line);
    std::iter::once(heading(model, "Health", width)).chain(lines).collect()
}

/// The opened caches, and those found here that are sealed.
fn sources(model: &Model, width: usize) -> Vec<Line<'static>> {
    let opened = model.caches.iter().enumerate().map(|(at, cache)| {
        let cursor = if at == model.current { "> " } else { "  " };
        let readonly = model.session.readonly.is_some() || cache.readonly.is_some();
        (format!("{cursor}{}", file_name(&cache.name)), if readonly { "RO" } else { "RW" }, Role::Plain)
    });
    let known = match &model.places {
        crate::tui::model::Places::Known(known) => known.as_slice(),
        crate::tui::model::Places::NotNeeded
        | crate::tui::model::Places::Searching
        | crate::tui::model::Places::Listing => &[],
    };
    let sealed = known.iter().filter(|known| known.exists && !known.plaintext);
    let sealed = sealed.map(|known| (format!("  {}", file_name(&known.path.display().to_string())), "--", Role::Dim));
    let line = |(name, access, kind): (String, &str, Role)| {
        Line::from(role(model.theme, kind, format!("{} {access}", fit(&name, width.saturating_sub(4)))))
    };
    std::iter::once(heading(model, "Sources", width)).chain(opened.chain(sealed).map(line)).collect()
}

/// The last part of a path: the rest stands in the title.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
