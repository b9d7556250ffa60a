//! The first line: which cache, how it is protected, whether it is followed, whether it can be written.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::paint::{cut, role, tab_words, word};
use crate::present::{Role, keyring};
use crate::source::SourceError;
use crate::text::Safe;
use crate::tui::model::{Content, Live, Model, OpenCache, ReadState};
use crate::tui::tabs;
use crate::tui::theme::Tone;
use crate::tui::users::Scan;

/// Draws the first line.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let theme = model.theme;
    let mut left = vec![word(theme, Tone::Title, " saltcellar ")];
    if model.session.demo.is_some() {
        // These words stand on every screen, however narrow.
        if area.width < 34 {
            left.clear();
        }
        left.push(role(theme, Role::Warn, " DEMO, invented data "));
    }
    let taken: usize = left.iter().map(Span::width).sum::<usize>() + 3;
    let width = usize::from(area.width);
    let mut facts = facts(model);
    let name = model.cache().map(|cache| Safe::new(&cache.name).to_string()).unwrap_or_default();
    // The name needs some room; facts give way to it from the left, whether it can be written last.
    while facts.len() > 1 && taken + name.width().min(NAME) + columns(&facts) > width {
        facts.remove(0);
    }
    let facts = joined(model, facts);
    if !name.is_empty() {
        let room = width.saturating_sub(taken + facts.width());
        left.push(Span::raw(format!(" {}", cut(&name, room))));
    }
    super::paint::ends(Line::from(left), facts, area, buffer);
}

/// What the window is called; safe.
pub fn window_title(model: &Model) -> String {
    let name = model.cache().map(|cache| format!(" - {}", Safe::new(&cache.name)));
    format!("saltcellar{}", name.unwrap_or_default())
}

/// The least room for a long name of a cache.
const NAME: usize = 20;
const BETWEEN: &str = " | ";

fn columns(facts: &[Span<'_>]) -> usize {
    facts.iter().map(|fact| fact.width() + BETWEEN.len()).sum()
}

fn joined(model: &Model, facts: Vec<Span<'static>>) -> Line<'static> {
    let mut words = Vec::new();
    for fact in facts {
        if !words.is_empty() {
            words.push(role(model.theme, Role::Dim, BETWEEN));
        }
        words.push(fact);
    }
    words.push(Span::raw(" "));
    Line::from(words)
}

/// What is known of the cache, the most important last.
fn facts(model: &Model) -> Vec<Span<'static>> {
    let theme = model.theme;
    let Some(cache) = model.cache() else { return Vec::new() };
    let mut facts = Vec::new();
    if let Some(users) = &cache.users {
        facts.push(Span::raw(format!("{} caches", users.rows.len())));
    }
    if let Some(reading) = cache.reading() {
        if let Some(mode) = reading.mode {
            let tone = if mode & 0o077 == 0 { Role::Plain } else { Role::Warn };
            facts.push(role(theme, tone, format!("{:04o}", mode & 0o7777)));
        }
        facts.push(Span::raw(format!("{} items", reading.roster.rows.len())));
    }
    if model.caches.len() > 1 {
        facts.push(Span::raw(format!("{}/{} O", model.current + 1, model.caches.len())));
    }
    facts.push(live(model, cache));
    facts.push(access(model, cache));
    facts
}

fn live(model: &Model, cache: &OpenCache) -> Span<'static> {
    let theme = model.theme;
    if let Content::Failed(error) = &cache.content {
        return role(theme, Role::Bad, format!("x {}", fault(error)));
    }
    if let Some(users) = &cache.users {
        return match &users.scan {
            Scan::Running => role(theme, Role::Dim, "reading"),
            Scan::Done => role(theme, Role::Dim, "as read"),
            Scan::Stopped => role(theme, Role::Warn, "stopped"),
            Scan::Lost(_) => role(theme, Role::Bad, "x lost"),
        };
    }
    match (model.live, cache.reading, &cache.banner) {
        (Live::Frozen, _, _) => role(theme, Role::Warn, frozen(cache.waiting)),
        (Live::Following, _, Some(_)) => role(theme, Role::Bad, "x stale"),
        (Live::Following, ReadState::Running | ReadState::RunningAndStale, None) if cache.reading().is_none() => {
            role(theme, Role::Dim, "reading")
        }
        // Nothing tells of changes in a place with one cache per user.
        (Live::Following, _, None) if cache.of_user.is_some() => role(theme, Role::Dim, "as read"),
        (Live::Following, _, None) => role(theme, Role::Good, "* live"),
    }
}

/// Why nothing is shown: only a text that is no cache is broken.
fn fault(error: &SourceError) -> &'static str {
    match error {
        SourceError::Keyring { trouble, .. } => keyring::short(trouble),
        SourceError::NotACache { .. } => "broken",
        SourceError::Sealed { .. } => "sealed",
        SourceError::Missing { .. } => "missing",
        SourceError::Forbidden(_) => "forbidden",
        SourceError::Unreadable { .. }
        | SourceError::Link { .. }
        | SourceError::ReadOnly { .. }
        | SourceError::Locked { .. }
        | SourceError::Changed { .. }
        | SourceError::Cancelled { .. }
        | SourceError::Write { .. }
        | SourceError::Edit { .. }
        | SourceError::NothingToUndo { .. }
        | SourceError::Refused(_) => "not read",
        SourceError::Served { .. } => "no answer",
    }
}

/// What waits to be seen.
fn frozen(waiting: usize) -> String {
    match waiting {
        0 => "FROZEN".to_owned(),
        1 => "FROZEN, 1 change waits".to_owned(),
        many => format!("FROZEN, {many} changes wait"),
    }
}

fn access(model: &Model, cache: &OpenCache) -> Span<'static> {
    if model.session.readonly.is_some() || cache.readonly.is_some() {
        role(model.theme, Role::Warn, "RO")
    } else {
        Span::raw("RW")
    }
}

/// The names of the panes, where only one of them is drawn.
pub(super) fn tabs(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let names = tab_words(model, tabs::panes(model.focus));
    super::paint::put(&[Line::from_iter(names)], area, buffer);
}
