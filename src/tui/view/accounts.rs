//! The accounts pane: whose entries are shown, and how each account stands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{fit, pane, put, role, row_style, word};
use crate::cache::Health;
use crate::present::Role;
use crate::tui::browse::{Browse, Counts, Whose};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, OpenCache, Reading};
use crate::tui::theme::Tone;

/// Draws the pane.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let found = model.cache().and_then(|cache| cache.reading().map(|reading| (cache, reading)));
    let lines = found.map(|(_, reading)| Browse::lines(reading)).unwrap_or_default();
    let whose = found.map(|(cache, _)| cache.browse.whose).unwrap_or_default();
    let at = lines.iter().position(|line| *line == whose).unwrap_or(0);
    let end = Line::from(format!(" {}/{} ", (at + 1).min(lines.len()), lines.len()));
    let title = Line::from(word(model.theme, Tone::Title, "1 Accounts"));
    let inside = pane(model, Pane::Accounts, area, title, end, buffer);
    if let Some((cache, reading)) = found {
        rows(model, cache, reading, &lines, inside, buffer);
        counts(model, reading, lines.len(), inside, buffer);
    }
}

fn rows(model: &Model, cache: &OpenCache, reading: &Reading, lines: &[Whose], area: Rect, buffer: &mut Buffer) {
    let seen = lines.iter().skip(cache.browse.accounts_scroll).take(usize::from(area.height)).enumerate();
    for (at, whose) in seen {
        let here = *whose == cache.browse.whose;
        let line = row(model, reading, *whose, here, usize::from(area.width));
        put(&[line], Rect { y: area.y + u16::try_from(at).unwrap_or(0), height: 1, ..area }, buffer);
        if here {
            let tone = if model.focus == Pane::Accounts { Tone::Cursor } else { Tone::CursorElsewhere };
            row_style(area, at, model.theme.style(tone), buffer);
        }
    }
}

fn row(model: &Model, reading: &Reading, whose: Whose, here: bool, width: usize) -> Line<'static> {
    let (name, count, health) = match whose {
        Whose::All => ("All accounts".to_owned(), reading.roster.rows.len(), None),
        Whose::Orphans => ("(orphans)".to_owned(), reading.roster.rows.iter().filter(|row| row.orphan).count(), None),
        Whose::Account(at) => {
            let account = reading.roster.accounts.get(at);
            let name = account.map_or_else(String::new, |account| account.label().to_owned());
            let count = account.map_or(0, |account| account.rows.len());
            (name, count, Some(reading.roster.health(at, None, model.moment.now)))
        }
    };
    let count = format!("{count:>4}");
    let room = width.saturating_sub(4 + count.len());
    let cursor = if here { "> " } else { "  " };
    Line::from(vec![Span::raw(cursor), Span::raw(fit(&name, room)), glyph(model, health), Span::raw(count)])
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

/// How many there are of each state, at the foot of the pane where there is room.
fn counts(model: &Model, reading: &Reading, lines: usize, area: Rect, buffer: &mut Buffer) {
    let Counts { live, expiring, expired, none } = Counts::of(reading, model.moment.now);
    let label = usize::from(area.width).saturating_sub(11).min(17);
    let tall = [
        ("live", live, "", Role::Plain),
        ("expiring < 15m", expiring, "!", if expiring > 0 { Role::Warn } else { Role::Dim }),
        ("expired", expired, "x", Role::Dim),
        ("no expiry", none, "", Role::Dim),
    ];
    let tall = tall.map(|(name, count, letter, kind)| (format!("  {}{count:>6} {letter}", fit(name, label)), kind));
    let short = [(format!(" {expired} expired  {expiring} <15m"), Role::Dim)];
    let free = usize::from(area.height).saturating_sub(lines + 1);
    let chosen: &[(String, Role)] = if free >= tall.len() + 4 { &tall } else { &short };
    let Some(blank) = free.checked_sub(chosen.len()) else { return };
    let skip = u16::try_from(lines + 1 + blank).unwrap_or(u16::MAX).min(area.height);
    let area = Rect { y: area.y + skip, height: area.height - skip, ..area };
    let lines: Vec<_> = chosen.iter().map(|(text, kind)| Line::from(role(model.theme, *kind, text.clone()))).collect();
    put(&lines, area, buffer);
}
