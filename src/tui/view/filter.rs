//! The filter line: what is typed with its cursor, the place at which it is no query, how much it takes; and the words
//! that it found in the rows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::boxes::Focus;
use super::paint::{ends, role, word};
use crate::ops::query::QueryError;
use crate::present::{self, Role};
use crate::text::Safe;
use crate::tui::input::Input;
use crate::tui::model::{FilterMode, Model, OpenCache};
use crate::tui::reader::search::hits;
use crate::tui::seek;
use crate::tui::theme::{Theme, Tone};

/// Draws the line, if there is one: of the search in the details, else of the filter.
pub(super) fn draw(model: &Model, area: Option<Rect>, buffer: &mut Buffer) {
    let Some(area) = area else { return };
    let Some(cache) = model.cache() else { return };
    let is_search = seek::has_line(model);
    let mode = if is_search { FilterMode::Seeking } else { FilterMode::Typing };
    let input = if is_search { &model.seek } else { &cache.browse.filter };
    let error = cache.browse.sieve.error().filter(|_| !is_search);
    let pieces = pieces(model.theme, input, error, Focus::of(model.filter, mode));
    let (says, kind) = match (is_search, error) {
        (true, _) => (says_search(model), Role::Dim),
        (false, Some(error)) => (says_error(error), Role::Bad),
        (false, None) => (says_filter(model, cache), Role::Dim),
    };
    let prompt = word(model.theme, Tone::Key, if is_search { " / details: " } else { " / " });
    let width = usize::from(area.width);
    let typed: usize = pieces.iter().map(|piece| piece.width).sum();
    // What was typed has half of the line at least, the longest words that fit beside it the rest.
    let room = width.saturating_sub(prompt.width() + typed.min(width / 2) + 2);
    let said = says.into_iter().find(|said| said.width() <= room);
    let right = said.map_or_else(Line::default, |said| Line::from(role(model.theme, kind, format!("{said} "))));
    let room = width.saturating_sub(prompt.width() + right.width() + 1);
    let mut left = vec![prompt];
    left.extend(window(pieces, room).into_iter().map(|piece| Span::styled(piece.text, piece.style)));
    ends(Line::from(left), right, area, buffer);
}

/// What is wrong, the longest form first.
fn says_error(error: &QueryError) -> Vec<String> {
    let (says, column) = (Safe::new(&error.says).to_string(), error.column);
    vec![
        format!("^ {says} at {column}; last result shown"),
        format!("^ {says} at {column}"),
        format!("^ wrong at {column}; last result shown"),
        format!("^ wrong at {column}"),
    ]
}

/// How much the filter takes, and the keys.
fn says_filter(model: &Model, cache: &OpenCache) -> Vec<String> {
    let of_list = cache.users.as_ref().map(|users| users.rows.len());
    let all = of_list.or_else(|| cache.reading().map(|reading| reading.roster.rows.len())).unwrap_or(0);
    let count = match cache.browse.sieve.is_waiting() {
        _ if cache.is_awaited() => "reading …".to_owned(),
        true if cache.browse.shown.is_empty() => "searching …".to_owned(),
        true => "searching …; last result shown".to_owned(),
        false => format!("{} of {all} shown", cache.browse.shown.len()),
    };
    let keys = match (model.filter, model.bar.kept.is_empty()) {
        (FilterMode::Rest | FilterMode::Seeking, _) => "esc clears",
        (FilterMode::Typing, true) => "enter keeps, esc clears",
        (FilterMode::Typing, false) => "enter keeps, esc goes back",
    };
    vec![format!("{count}   {keys}"), count]
}

/// How much the search found, and the keys.
fn says_search(model: &Model) -> Vec<String> {
    let count = seek::found(model, usize::from(u16::MAX)).len();
    let found = match (model.seek.text(), count) {
        ("", _) => String::new(),
        (_, 0) => "nothing found".to_owned(),
        (_, 1) => "1 line found".to_owned(),
        (_, many) => format!("{many} lines found"),
    };
    let keys = match model.filter {
        FilterMode::Rest | FilterMode::Typing => "n N go on, esc clears",
        FilterMode::Seeking => "enter keeps, esc clears",
    };
    vec![format!("{found}   {keys}"), found]
}

/// A grapheme of the line.
struct Piece {
    text: String,
    width: usize,
    style: Style,
    /// Whether the line is scrolled so that it is seen.
    seen: bool,
}

/// The text in graphemes: the cursor on one of them while it is typed, another marked where it is no query.
fn pieces(theme: Theme, input: &Input, error: Option<&QueryError>, focus: Focus) -> Vec<Piece> {
    let text = input.text();
    let cursor = (focus == Focus::Here).then(|| input.halves().0.len());
    let wrong = error.map(|error| text.chars().take(error.column - 1).map(char::len_utf8).sum::<usize>());
    let marked = theme.style(Tone::Banner).add_modifier(Modifier::UNDERLINED);
    let piece = |at: usize, grapheme: &str| {
        let is_at = |place: Option<usize>| place.is_some_and(|place| (at..at + grapheme.len()).contains(&place));
        let style = match (is_at(cursor), is_at(wrong)) {
            (true, true) => marked.patch(theme.style(Tone::Caret)),
            (true, false) => theme.style(Tone::Caret),
            (false, true) => marked,
            (false, false) => Style::new(),
        };
        let text = Safe::new(grapheme).to_string();
        Piece { width: text.width(), text, style, seen: is_at(cursor) || (cursor.is_none() && is_at(wrong)) }
    };
    let mut pieces: Vec<_> = text.grapheme_indices(true).map(|(at, grapheme)| piece(at, grapheme)).collect();
    if cursor == Some(text.len()) {
        pieces.push(piece(text.len(), " "));
    } else if wrong == Some(text.len()) {
        pieces.push(piece(text.len(), "^"));
    }
    pieces
}

/// As much of the line as there is room for, what must be seen in it.
fn window(pieces: Vec<Piece>, room: usize) -> Vec<Piece> {
    let width = |pieces: &[Piece]| pieces.iter().map(|piece| piece.width).sum::<usize>();
    let seen = pieces.iter().position(|piece| piece.seen).map_or(0, |at| at + 1);
    let head = pieces.get(..seen).unwrap_or(&[]);
    let skip = (0..seen).find(|skip| head.get(*skip..).is_none_or(|rest| width(rest) <= room)).unwrap_or(seen);
    let mut left = room;
    let fits = |piece: &Piece| {
        let fits = piece.width <= left;
        left = left.saturating_sub(piece.width);
        fits
    };
    pieces.into_iter().skip(skip).take_while(fits).collect()
}

/// `text`, safe already, in the style of `kind`, with the words that were looked for marked in it.
pub(super) fn lit(theme: Theme, text: &str, kind: Role, words: &[&str]) -> Vec<Span<'static>> {
    let told = present::Line::plain(text);
    let found: Vec<_> = words.iter().flat_map(|word| hits(&told, word)).collect();
    if found.is_empty() {
        return vec![role(theme, kind, text)];
    }
    let mut spans: Vec<(bool, String)> = Vec::new();
    for (at, grapheme) in text.graphemes(true).enumerate() {
        let is_found = found.iter().any(|range| range.contains(&at));
        match spans.last_mut() {
            Some((same, span)) if *same == is_found => span.push_str(grapheme),
            Some(_) | None => spans.push((is_found, grapheme.to_owned())),
        }
    }
    let tone = |is_found| if is_found { Tone::Found } else { Tone::Word(kind) };
    spans.into_iter().map(|(is_found, text)| word(theme, tone(is_found), text)).collect()
}
