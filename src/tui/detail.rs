//! The lines of the details pane: asked of `present`, wrapped to a width. Shared by update, which
//! must know how many there are, and the view, which paints them.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::model::{DetailTab, Model};
use crate::cache::Cache;
use crate::present::{Line, Role, Word, entry};

/// The page of the entry under the cursor, unwrapped; empty without one.
#[must_use]
pub fn page(model: &Model) -> Vec<Line> {
    let Some((reading, at)) = model.reading().zip(model.current_row()) else { return Vec::new() };
    let Some(spot) = reading.roster.rows.get(at).map(|row| row.spot) else { return Vec::new() };
    let cache = Cache::of(&reading.document);
    match model.detail.tab {
        DetailTab::Summary => entry::summary(&cache, &reading.roster, spot, model.moment.now, model.grant()),
        DetailTab::Claims => entry::claims(&cache, spot, model.moment.now),
        DetailTab::Raw => entry::raw(&cache, spot, model.grant()),
    }
}

/// The names and values of the claims of the entry under the cursor.
#[must_use]
pub fn claims(model: &Model) -> Vec<(String, String)> {
    let Some((reading, at)) = model.reading().zip(model.current_row()) else { return Vec::new() };
    let Some(spot) = reading.roster.rows.get(at).map(|row| row.spot) else { return Vec::new() };
    entry::claim_values(&Cache::of(&reading.document), spot)
}

/// How far the details pane can go down: the last claim, or the last line.
#[must_use]
pub fn last_line(model: &Model, width: u16) -> usize {
    let count = match model.detail.tab {
        DetailTab::Claims => claims(model).len(),
        DetailTab::Summary | DetailTab::Raw => wrap(&page(model), usize::from(width)).len(),
    };
    count.saturating_sub(1)
}

/// `lines` in lines of at most `width` columns; what goes on is set in under its label.
#[must_use]
pub fn wrap(lines: &[Line], width: usize) -> Vec<Line> {
    lines.iter().flat_map(|line| wrap_line(line, width.max(1))).collect()
}

fn wrap_line(line: &Line, width: usize) -> Vec<Line> {
    let indent = indent(line, width);
    let cells: Vec<Cell<'_>> = line.0.iter().flat_map(cells).collect();
    let mut done = Vec::new();
    let mut rest = cells.as_slice();
    loop {
        let lead = if done.is_empty() { 0 } else { indent };
        let (row, behind) = rest.split_at(fitting(rest, width - lead.min(width - 1), indent - lead));
        done.push(row_of(row, lead));
        if behind.is_empty() {
            return done;
        }
        rest = behind;
    }
}

/// The width of the label that begins `line`, if it leaves most of the room to what follows.
fn indent(line: &Line, width: usize) -> usize {
    let Some(at) = line.0.iter().position(|word| word.role == Role::Label) else { return 0 };
    let (head, _) = line.0.split_at(at + 1);
    let blank = head.iter().rev().skip(1).all(|word| word.text.trim().is_empty());
    let label: usize = head.iter().map(|word| word.text.width()).sum();
    if blank && label * 2 <= width { label } else { 0 }
}

/// What takes its place on the screen as one, in the role of its word.
type Cell<'l> = (&'l str, Role);

fn cells(word: &Word) -> impl Iterator<Item = Cell<'_>> {
    word.text.graphemes(true).map(|grapheme| (grapheme, word.role))
}

/// How many of `cells` go on a line of `width` columns: up to a space where there is one behind the
/// label and what sets the line in.
fn fitting(cells: &[Cell<'_>], width: usize, label: usize) -> usize {
    let mut columns = 0;
    let mut after_space = None;
    let mut in_text = false;
    for (at, (grapheme, _)) in cells.iter().enumerate() {
        columns += grapheme.width();
        if columns > width {
            return after_space.unwrap_or(at).max(1);
        }
        // The spaces that set a line in are no place to break it.
        in_text |= *grapheme != " " && columns > label;
        if *grapheme == " " && in_text {
            after_space = Some(at + 1);
        }
    }
    cells.len()
}

fn row_of(cells: &[Cell<'_>], lead: usize) -> Line {
    let mut words = Vec::new();
    if lead > 0 {
        words.push(Word { text: " ".repeat(lead), role: Role::Plain });
    }
    for (grapheme, role) in cells {
        match words.last_mut() {
            Some(Word { text, role: last }) if last == role => text.push_str(grapheme),
            Some(_) | None => words.push(Word { text: (*grapheme).to_owned(), role: *role }),
        }
    }
    Line(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(label: &str, value: &str) -> Line {
        let word = |text: &str, role| Word { text: text.to_owned(), role };
        Line(vec![word(label, Role::Label), word(value, Role::Plain)])
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.0.iter().map(|word| word.text.as_str()).collect()).collect()
    }

    #[test]
    fn long_values_go_on_under_themselves() {
        let wrapped = wrap(&[line("Scopes  ", "User.Read Mail.Read")], 18);

        assert_eq!(texts(&wrapped), ["Scopes  User.Read ", "        Mail.Read"]);
    }

    #[test]
    fn wide_characters_never_pass_the_edge() {
        for width in 1..20 {
            let wrapped = wrap(&[line("Name ", "山田太郎 and 山田花子")], width);

            assert!(texts(&wrapped).iter().all(|text| text.width() <= width.max(2)), "{width}");
        }
    }
}
