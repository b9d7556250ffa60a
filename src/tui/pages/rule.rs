//! What a rule means, whom it hurts and what mends it.

use crate::lint::about;
use crate::present::{Line, Role};
use crate::tui::page::{Block, Page};

/// The text of the rule called `id`.
pub(super) fn page(id: &str) -> Page {
    let Some(about) = about(id) else { return Page::default() };
    let mut lines = vec![Line::new().with(Role::Strong, about.title), Line::new()];
    lines.extend(paragraphs(about.text));
    lines.extend([Line::new(), Line::new().with(Role::Label, "See  ").with(Role::Plain, about.link)]);
    Page { sum: Line::new().with(Role::Dim, id), blocks: vec![Block::of(lines)] }
}

/// The paragraphs of a text, each on one line, an empty line between two: the screen wraps them anew.
fn paragraphs(text: &str) -> Vec<Line> {
    let joined = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut lines: Vec<Line> = Vec::new();
    for part in joined.filter(|part| !part.is_empty()) {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        lines.push(Line::plain(&part));
    }
    lines
}
