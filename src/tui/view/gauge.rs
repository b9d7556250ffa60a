//! The LIFETIME column: the share of a token's life that is over. Refresh tokens get no bar, for
//! nothing in a cache says how long they live.

use ratatui::text::Span;

use super::paint::role;
use crate::cache::{Row, Section, State};
use crate::present::Role;
use crate::time::UnixSeconds;
use crate::tui::theme::Theme;

const CELLS: i64 = 10;

/// The cells of the LIFETIME column.
pub(super) fn lifetime(theme: Theme, row: &Row, renews: bool, now: UnixSeconds) -> Span<'static> {
    match row.section {
        Section::AccessToken => bar(theme, row, renews, now),
        Section::RefreshToken => role(theme, Role::Dim, "sliding   "),
        Section::IdToken | Section::Account => role(theme, Role::Dim, "profile   "),
        Section::AppMetadata => role(theme, Role::Dim, "metadata  "),
        Section::Other => role(theme, Role::Dim, "          "),
    }
}

fn bar(theme: Theme, row: &Row, renews: bool, now: UnixSeconds) -> Span<'static> {
    let Some((from, to)) = row.cached_at.zip(row.expires_on) else { return role(theme, Role::Dim, "          ") };
    let tint = match row.state(now) {
        State::Live => Role::Good,
        State::Expiring => Role::Warn,
        State::Expired if renews => Role::Dim,
        State::Expired => Role::Bad,
        State::None => Role::Dim,
    };
    let tick = row.refresh_on.filter(|at| *at > from && *at < to).map(|at| eighths(from, to, at) / 8);
    role(theme, tint, cells(theme, eighths(from, to, now), tick))
}

/// How many eighths of cells lie between `from` and `at`, of all up to `to`.
fn eighths(from: UnixSeconds, to: UnixSeconds, at: UnixSeconds) -> i64 {
    let whole = i128::from(to.since(from)).max(1);
    let done = i128::from(at.since(from)).clamp(0, whole);
    i64::try_from(done * i128::from(CELLS * 8) / whole).unwrap_or(CELLS * 8)
}

fn cells(theme: Theme, filled: i64, tick: Option<i64>) -> String {
    let glyphs = theme.eighths();
    let glyph = |cell: i64| {
        let part = usize::try_from((filled - cell * 8).clamp(0, 8)).unwrap_or(0);
        match (part, tick) {
            (0, Some(tick)) if tick == cell => "|",
            _ => glyphs.get(part).copied().unwrap_or(" "),
        }
    };
    (0..CELLS).map(glyph).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(theme: Theme, share: i64) -> String {
        let at = UnixSeconds;
        cells(theme, eighths(at(0), at(80), at(share)), Some(9))
    }

    #[test]
    fn the_bar_fills_by_eighths_and_shows_the_refresh_tick_until_it_is_reached() {
        assert_eq!(drawn(Theme::ANSI, 0), "·········|");
        assert_eq!(drawn(Theme::ANSI, 19), "██▍······|");
        assert_eq!(drawn(Theme::ANSI, 99), "██████████");
        assert_eq!(drawn(Theme::MONO, 40), "#####....|");
    }

    #[test]
    fn lifetimes_of_no_length_and_of_any_length_draw() {
        let ends = [i64::MIN, 0, i64::MAX].map(UnixSeconds);

        for [from, to] in ends.map(|from| ends.map(|to| [from, to])).concat() {
            assert!(ends.iter().all(|at| (0..=80).contains(&eighths(from, to, *at))));
        }
    }
}
