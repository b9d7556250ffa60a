//! The plan dialog: what goes, the redacted difference, what it means, and the buttons.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::boxes::{Button, Focus, Power, buttons, field};
use super::paint::{line, popup, put, role, word};
use crate::ops::Severity;
use crate::present::{self, Role};
use crate::tui::dialog::{Form, PlanDialog, PlanFocus};
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::theme::Tone;
use crate::tui::wrap::wrap;

/// Draws the box; the one-line form stands at the foot instead.
pub(super) fn draw(model: &Model, open: &PlanDialog, area: Rect, buffer: &mut Buffer) {
    if open.form == Form::Foot {
        return;
    }
    let width = area.width.saturating_sub(4).min(100);
    let body = body(open, usize::from(width.saturating_sub(3)));
    let foot = foot(model, open, usize::from(width));
    let wanted = u16::try_from(body.len() + foot.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = centered(area, width, wanted.min(area.height.saturating_sub(2).max(4)));
    let title = format!("{}?", open.plan.title.trim_end_matches(['.', '?']));
    let inside = popup(model.theme, area, &title, "tab focus   j/k scroll   esc cancels", buffer);
    let (body_area, foot_area) = split(inside, foot.len());
    scrolled(model, open, &body, body_area, buffer);
    put(&foot, foot_area, buffer);
}

fn split(inside: Rect, foot: usize) -> (Rect, Rect) {
    let foot = u16::try_from(foot).unwrap_or(u16::MAX).min(inside.height);
    let body = inside.height - foot;
    (Rect { height: body, ..inside }, Rect { y: inside.y + body, height: foot, ..inside })
}

fn scrolled(model: &Model, open: &PlanDialog, body: &[present::Line], area: Rect, buffer: &mut Buffer) {
    let whole = usize::from(area.height);
    // Where not all can be seen, the last line says how much is not.
    let height = if body.len() > whole { whole.saturating_sub(1) } else { whole };
    let first = open.scroll.min(body.len().saturating_sub(height));
    let mut seen: Vec<_> = body.iter().skip(first).take(height).map(|words| indented(model, words)).collect();
    let more = body.len().saturating_sub(first + height);
    if height < whole {
        let text = if more > 0 { format!(" {more} more lines (down)") } else { " the end (up)".to_owned() };
        seen.push(Line::from(role(model.theme, Role::Dim, text)));
    }
    put(&seen, area, buffer);
}

fn indented(model: &Model, words: &present::Line) -> Line<'static> {
    let mut line = line(model.theme, words);
    line.spans.insert(0, Span::raw(" "));
    line
}

/// What it means comes first: on a small screen the rest may not fit. Sentences are wrapped, the
/// columns of changes and the lines of the difference are cut.
fn body(open: &PlanDialog, width: usize) -> Vec<present::Line> {
    let plan = &open.plan;
    let note = open.note.map(|note| present::Line::new().with(Role::Warn, note));
    let parts = [wrap(&plan.effect, width), plan.changes.clone(), plan.diff.clone()];
    let mut lines: Vec<present::Line> = note.into_iter().collect();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !lines.is_empty() {
            lines.push(present::Line::new());
        }
        lines.extend(part);
    }
    lines
}

fn foot(model: &Model, open: &PlanDialog, width: usize) -> Vec<Line<'static>> {
    let power = if open.may_write() { Power::On } else { Power::Off };
    let verb = open.plan.proposal.verb();
    let write = match (power, open.focus) {
        (Power::Off, _) => format!("{verb} (type the name first)"),
        (Power::On, PlanFocus::Name) => verb.to_owned(),
        (Power::On, PlanFocus::Cancel | PlanFocus::Write) => format!("{verb} (W)"),
    };
    let row = [
        Button { text: "Cancel".to_owned(), focus: Focus::of(open.focus, PlanFocus::Cancel), power: Power::On },
        Button { text: write, focus: Focus::of(open.focus, PlanFocus::Write), power },
    ];
    let mut lines = vec![Line::default()];
    if let Severity::Severe { names } = &open.plan.severity {
        lines.push(typed(model, open, names, width));
        lines.push(Line::default());
    }
    lines.push(buttons(model.theme, &row));
    lines
}

fn typed(model: &Model, open: &PlanDialog, names: &[String], width: usize) -> Line<'static> {
    let name = names.first().map(|name| crate::text::Safe::new(name).to_string()).unwrap_or_default();
    let mut words = vec![
        Span::raw(" Type  "),
        word(model.theme, Tone::Title, super::paint::cut(&name, width / 2)),
        Span::raw("  to go on:  "),
    ];
    words.extend(field(model.theme, &open.typed, Focus::of(open.focus, PlanFocus::Name), width / 3));
    Line::from(words)
}
