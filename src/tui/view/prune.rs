//! The menu of rules by which to prune: what each takes, and how many entries.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::boxes::{Focus, field};
use super::paint::{dialog, fit, put, role, row_style};
use crate::present::Role;
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::prune::{Menu, Rule};
use crate::tui::theme::Tone;

/// The room for a number of entries, or for why there is none.
const COUNT: usize = 12;

/// Draws the box.
pub(super) fn draw(model: &Model, menu: &Menu, area: Rect, buffer: &mut Buffer) {
    let height = u16::try_from(menu.rules.len()).unwrap_or(u16::MAX).saturating_add(4);
    let area = centered(area, 74, height);
    let foot = "enter plans   digits set the days   esc closes";
    let inside = dialog(model, area, "Prune by rule", foot, buffer);
    let width = usize::from(inside.width);
    // Where not all fits, the rule under the cursor is in sight.
    let room = usize::from(inside.height).saturating_sub(2).max(1);
    let first = (menu.cursor + 1).saturating_sub(room);
    let rules = (0..menu.rules.len()).skip(first).take(room);
    let mut lines: Vec<_> = rules.filter_map(|at| rule(model, menu, at, width)).collect();
    lines.push(Line::default());
    lines.push(Line::from(role(model.theme, Role::Dim, format!(" {}", why(menu)))));
    put(&lines, inside, buffer);
    row_style(inside, menu.cursor - first, model.theme.style(Tone::Cursor), buffer);
}

fn rule(model: &Model, menu: &Menu, at: usize, width: usize) -> Option<Line<'static>> {
    let (rule, count) = (menu.rules.get(at)?, menu.counts.get(at)?);
    let cursor = if at == menu.cursor { ">" } else { " " };
    let (count, tone) = match count {
        None => ("counting".to_owned(), Role::Dim),
        Some(0) => ("none".to_owned(), Role::Dim),
        Some(1) => ("1 entry".to_owned(), Role::Plain),
        Some(many) => (format!("{many} entries"), Role::Plain),
    };
    let room = width.saturating_sub(COUNT + 4);
    let mut words = vec![Span::raw(format!(" {cursor} "))];
    match rule {
        Rule::ExpiredFor(_) => {
            let says = if width < NARROW { "expired over " } else { "expired for more than " };
            words.push(role(model.theme, tone, says));
            let days = field(model.theme, &menu.days, Focus::of(at, menu.cursor), 6);
            words.extend(days);
            words.push(role(model.theme, tone, "days"));
        }
        Rule::Expired | Rule::Orphans | Rule::Duplicates | Rule::Client(_) | Rule::Tenant(_) => {
            words.push(role(model.theme, tone, fit(&rule.says(), room)));
        }
    }
    let taken: usize = words.iter().map(Span::width).sum();
    words.push(Span::raw(" ".repeat(width.saturating_sub(taken + COUNT))));
    words.push(role(model.theme, tone, fit(&count, COUNT)));
    Some(Line::from(words))
}

/// With less room a rule is told in fewer words.
const NARROW: usize = 46;

/// What comes of enter.
fn why(menu: &Menu) -> &'static str {
    match (menu.why_not(), menu.chosen()) {
        (Some(reason), _) => reason,
        (None, Some(Rule::Client(_) | Rule::Tenant(_))) => "with refresh tokens: a name is to be typed before they go",
        (None, _) => "nothing is written before the plan is confirmed",
    }
}
