//! The timeline: from when to when each access token lives, on an axis around now. Only the lines on
//! the screen are built.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{fit, line, pane, put, role, row_style, word};
use super::tokens::{expiry, spaced};
use crate::cache::{Row, State};
use crate::present::{self, Role, when};
use crate::tui::axis::{Axis, Label, Spot, offset};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, OpenCache, Reading, TimeMode};
use crate::tui::theme::{Theme, Tone};
use crate::tui::wrap::wrap;

/// Draws the pane.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let Some(cache) = model.cache() else { return };
    let title = Line::from(word(model.theme, Tone::Title, "4 Expiry timeline"));
    let inside = pane(model, Pane::Timeline, area, title, end(model, cache), buffer);
    let Some(reading) = cache.reading() else { return };
    if cache.browse.timed.is_empty() {
        let says = if cache.browse.shown.is_empty() { " nothing here" } else { NOTHING };
        let says = wrap(&[present::Line::new().with(Role::Dim, says)], usize::from(inside.width));
        let lines: Vec<_> = says.iter().map(|words| line(model.theme, words)).collect();
        return put(&lines, inside, buffer);
    }
    let chart = Chart::new(model, inside);
    put(&[chart.heading()], inside, buffer);
    let left = usize::from(inside.height).saturating_sub(cache.browse.timed.len() + 1);
    if left > 1 && model.panes().tokens.is_none() {
        let foot = Rect { y: inside.bottom().saturating_sub(1), height: 1, ..inside };
        put(&[legend(model.theme, usize::from(foot.width))], foot, buffer);
    }
    let rows = Rect { y: inside.y + inside.height.min(1), height: inside.height.saturating_sub(1), ..inside };
    let browse = &cache.browse;
    let seen = browse.timed.iter().skip(browse.timeline_scroll).take(usize::from(rows.height));
    for (line, place) in seen.enumerate() {
        let row = browse.row_at(*place).and_then(|at| reading.roster.rows.get(at));
        let Some(row) = row else { continue };
        let area = Rect { y: rows.y + u16::try_from(line).unwrap_or(0), height: 1, ..rows };
        put(&[chart.line(cache, reading, row, *place)], area, buffer);
        if *place == browse.cursor {
            let tone = if model.focus == Pane::Timeline { Tone::Cursor } else { Tone::CursorElsewhere };
            let named = Rect { width: u16::try_from(chart.name + 3).unwrap_or(0).min(area.width), ..area };
            row_style(named, 0, model.theme.style(tone), buffer);
        }
    }
}

/// What the strokes mean, where the pane has the screen and lines to spare.
fn legend(theme: Theme, width: usize) -> Line<'static> {
    let strokes = theme.strokes();
    let meanings = [
        (strokes.bar, "lives"),
        (strokes.tick, "apps renew it"),
        (strokes.now, "now"),
        ("<", "began earlier"),
        (">", "ends later"),
        ("!", "< 15m"),
        ("x", "expired"),
    ];
    let mut room = width;
    let told = meanings.map(|(stroke, means)| role(theme, Role::Dim, format!("  {stroke} {means}")));
    // The last ones stand in help, too.
    told.into_iter().take_while(|word| room.checked_sub(word.width()).map(|left| room = left).is_some()).collect()
}

const NOTHING: &str = " only access tokens expire: refresh tokens, id tokens and app data do not stand here";

/// Which of the tokens, of how many, and what time it is.
fn end(model: &Model, cache: &OpenCache) -> Line<'static> {
    let browse = &cache.browse;
    let place = if browse.timed.is_empty() { 0 } else { browse.timeline_cursor() + 1 };
    let now = model.moment.now;
    let now = match model.times {
        TimeMode::Local => when::brief_local(now, now),
        TimeMode::Relative | TimeMode::Utc => when::brief_utc(now, now),
    };
    // Before a cache is read nobody knows how many there are.
    let count = if cache.reading().is_some() { format!("{place}/{}  ", browse.timed.len()) } else { String::new() };
    Line::from(format!(" {count}now {now} "))
}

/// The measures of the pane, and what they are measured for.
struct Chart<'m> {
    model: &'m Model,
    axis: Axis,
    labels: Vec<Label>,
    /// The columns for names.
    name: usize,
    /// The columns for bars.
    width: usize,
    /// The columns behind them, for the time left; none where there is no room.
    expires: usize,
}

/// The columns for cursor, mark and letter, each with what parts it from its neighbour.
const SIGNS: usize = 5;

impl<'m> Chart<'m> {
    fn new(model: &'m Model, area: Rect) -> Self {
        let whole = usize::from(area.width);
        let expires = if whole >= 76 { 12 } else { 0 };
        let name = (whole / 4).clamp(8, 28);
        let width = whole.saturating_sub(SIGNS + name + expires);
        let axis = Axis::new(model.moment.now, model.axis, width);
        let labels = axis.labels(|seconds| named(model, seconds));
        Self { model, axis, labels, name, width, expires }
    }

    /// The line of the axis.
    fn heading(&self) -> Line<'static> {
        let mut text = String::new();
        for label in &self.labels {
            text = fit(&text, label.from) + &label.name;
        }
        let head = format!("  {}", fit("", self.name + SIGNS - 2));
        Line::from(role(self.model.theme, Role::Dim, head + &text))
    }

    fn line(&self, cache: &OpenCache, reading: &Reading, row: &Row, place: usize) -> Line<'static> {
        let (theme, now) = (self.model.theme, self.model.moment.now);
        let renews = row.state(now) == State::Expired && row.renews(&reading.roster, now);
        let (letter, tint) = match row.state(now) {
            State::Live => (" ", Role::Good),
            State::Expiring => ("!", Role::Warn),
            State::Expired if renews => (" ", Role::Dim),
            State::Expired => ("x", Role::Bad),
            State::None => (" ", Role::Dim),
        };
        let cursor = if place == cache.browse.cursor { ">" } else { " " };
        let mark = if cache.browse.is_marked(place) { word(theme, Tone::Marked, "*") } else { Span::raw(" ") };
        let mut words = vec![Span::raw(cursor), mark, Span::raw(spaced(&self.title(reading, row), self.name + 1))];
        words.extend([role(theme, tint, letter), Span::raw(" ")]);
        words.extend(self.bar(row, tint));
        if self.expires > 0 {
            words.extend([Span::raw(" "), expiry(self.model, row, renews, self.expires - 1)]);
        }
        Line::from(words)
    }

    /// "Microsoft Graph"; where there is room, "Microsoft Graph (fabrikam)" of a guest.
    fn title(&self, reading: &Reading, row: &Row) -> String {
        let account = row.account.and_then(|at| reading.roster.accounts.get(at)).filter(|_| self.name >= 26);
        let tenant = account.zip(row.realm.as_deref()).and_then(|(account, realm)| account.tenant(realm));
        match tenant.filter(|tenant| !tenant.home) {
            Some(guest) => format!("{} ({})", row.title(), guest.name),
            None => row.title(),
        }
    }

    /// The life of `row` on the axis, cell by cell, in as few words as it has colours.
    fn bar(&self, row: &Row, tint: Role) -> Vec<Span<'static>> {
        let theme = self.model.theme;
        let life = Life::of(&self.axis, row, self.width);
        let mut words: Vec<(Tone, String)> = Vec::new();
        for column in 0..self.width {
            let (glyph, tone) = self.cell(&life, column, tint, theme);
            match words.last_mut() {
                Some((last, text)) if *last == tone => text.push_str(glyph),
                Some(_) | None => words.push((tone, glyph.to_owned())),
            }
        }
        words.into_iter().map(|(tone, text)| word(theme, tone, text)).collect()
    }

    fn cell(&self, life: &Life, column: usize, tint: Role, theme: Theme) -> (&'static str, Tone) {
        let strokes = theme.strokes();
        let now = self.axis.now_column();
        if column == now {
            return (strokes.now, Tone::Focus);
        }
        if life.runs_out == Some(column) {
            return (">", Tone::Word(tint));
        }
        if life.comes_in == Some(column) {
            return ("<", Tone::Word(tint));
        }
        if life.bar.is_some_and(|(from, to)| (from..=to).contains(&column)) {
            let glyph = if life.refresh == Some(column) { strokes.tick } else { strokes.bar };
            // What is over is over.
            return (glyph, Tone::Word(if column < now { Role::Dim } else { tint }));
        }
        let is_named = self.labels.iter().any(|label| label.column == column);
        (if is_named { strokes.grid } else { " " }, Tone::Word(Role::Dim))
    }
}

/// "+1h", or the time on the clock then, or the day if it is another.
fn named(model: &Model, seconds: i64) -> String {
    let at = model.moment.now.plus(seconds);
    match model.times {
        _ if seconds == 0 || seconds.abs() >= 86_400 => offset(seconds),
        TimeMode::Relative => offset(seconds),
        TimeMode::Local => when::brief_local(at, model.moment.now),
        TimeMode::Utc => when::brief_utc(at, model.moment.now),
    }
}

/// The columns of a token's life.
struct Life {
    /// The first and the last column of its bar.
    bar: Option<(usize, usize)>,
    /// The column that says it began before the axis does.
    comes_in: Option<usize>,
    /// The column that says it ends behind the axis.
    runs_out: Option<usize>,
    /// The column from which on apps renew it.
    refresh: Option<usize>,
}

impl Life {
    fn of(axis: &Axis, row: &Row, width: usize) -> Self {
        let end = row.expires_on.map_or(Spot::Behind, |at| axis.spot(at));
        let begin = row.cached_at.map_or(end, |at| axis.spot(at)).min(end);
        let last = width.saturating_sub(1);
        let column = |spot| match spot {
            Spot::Before => 0,
            Spot::At(column) => column,
            Spot::Behind => last,
        };
        let refresh = row.refresh_on.filter(|at| row.expires_on.is_some_and(|end| *at < end));
        let refresh = refresh.map(|at| axis.spot(at)).and_then(|spot| match spot {
            Spot::At(column) => Some(column),
            Spot::Before | Spot::Behind => None,
        });
        Self {
            bar: (end != Spot::Before && begin != Spot::Behind).then(|| (column(begin), column(end))),
            comes_in: (begin == Spot::Before).then_some(0),
            runs_out: (end == Spot::Behind).then_some(last),
            refresh,
        }
    }
}
