//! The plan dialog: what goes, the redacted difference, what it means, and the buttons.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::boxes::{Button, Focus, Power, buttons, field};
use super::paint::{cut, cut_line, dialog, line, put, role, word};
use crate::ops::Severity;
use crate::present::{self, Role, when};
use crate::text::Safe;
use crate::tui::dialog::{Form, Keeps, PlanDialog, PlanFocus, PlanPage, Proposal};
use crate::tui::input::Input;
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::theme::Tone;
use crate::tui::wrap::wrap;

/// Draws the box; the one-line form stands at the foot instead.
pub(super) fn draw(model: &Model, open: &PlanDialog, area: Rect, buffer: &mut Buffer) {
    if open.form == Form::Foot {
        return;
    }
    let width = area.width.min(100);
    let inner = usize::from(width.saturating_sub(3));
    let (title, keys) = match &open.page {
        PlanPage::Sum => (asked(open), "tab focus   j/k scroll   esc cancels"),
        PlanPage::Diff(_) => ("The whole difference".to_owned(), "j/k scroll   D or esc goes back"),
    };
    let body = Body::of(model, open, inner);
    let foot = foot(model, open, usize::from(width));
    let wanted = u16::try_from(body.len() + foot.len()).unwrap_or(u16::MAX).saturating_add(2);
    let area = above_foot(area);
    let area = centered(area, width, wanted.min(area.height.max(4)));
    let inside = dialog(model, area, &title, keys, buffer);
    let (body_area, foot_area) = split(inside, foot.len());
    scrolled(model, open, &body, body_area, buffer);
    put(&foot, foot_area, buffer);
}

/// The first line says what is invented, the last two what a key just did: they stay in sight where there is room.
fn above_foot(area: Rect) -> Rect {
    if area.height < 14 { area } else { Rect { y: area.y + 1, height: area.height - 3, ..area } }
}

fn asked(open: &PlanDialog) -> String {
    format!("{}?", open.plan.title.trim_end_matches(['.', '?']))
}

fn split(inside: Rect, foot: usize) -> (Rect, Rect) {
    let foot = u16::try_from(foot).unwrap_or(u16::MAX).min(inside.height);
    let body = inside.height - foot;
    (Rect { height: body, ..inside }, Rect { y: inside.y + body, height: foot, ..inside })
}

fn scrolled(model: &Model, open: &PlanDialog, body: &Body<'_>, area: Rect, buffer: &mut Buffer) {
    let whole = usize::from(area.height);
    // Where not all can be seen, the last line says how much is not.
    let height = if body.len() > whole { whole.saturating_sub(1) } else { whole };
    let first = open.scroll.min(body.len().saturating_sub(height));
    let mut seen: Vec<_> =
        body.from(first).take(height).map(|words| indented(model, words, usize::from(area.width))).collect();
    let more = body.len().saturating_sub(first + height);
    if height < whole {
        let text = if more > 0 { format!(" {more} more lines (down)") } else { " the end (up)".to_owned() };
        seen.push(Line::from(role(model.theme, Role::Dim, text)));
    }
    put(&seen, area, buffer);
}

fn indented(model: &Model, words: &present::Line, width: usize) -> Line<'static> {
    let mut line = line(model.theme, words);
    line.spans.insert(0, Span::raw(" "));
    cut_line(line, width)
}

/// The lines of a plan, part by part: of many changes only those in sight are copied for a frame.
struct Body<'p>(Vec<Cow<'p, [present::Line]>>);

impl<'p> Body<'p> {
    fn of(model: &Model, open: &'p PlanDialog, width: usize) -> Self {
        match &open.page {
            PlanPage::Sum => Self::of_sum(open, width, model),
            PlanPage::Diff(lines) => Self(vec![Cow::Borrowed(lines)]),
        }
    }

    /// What it means comes first: on a small screen the rest may not fit. Sentences are wrapped, the columns of changes
    /// and the lines of the difference are cut.
    fn of_sum(open: &'p PlanDialog, width: usize, model: &Model) -> Self {
        let plan = &open.plan;
        let note: Vec<_> = open.note.map(|note| present::Line::new().with(Role::Warn, note)).into_iter().collect();
        let meaning = wrap(&plan.effect, width).into_iter().chain(head(model, open, width)).collect();
        let parts = [Cow::Owned(meaning), Cow::Borrowed(&*plan.changes), Cow::Borrowed(&*plan.diff)];
        let mut body = Self(vec![Cow::Owned(note)]);
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if body.len() > 0 {
                body.0.push(Cow::Owned(vec![present::Line::new()]));
            }
            body.0.push(part);
        }
        body
    }

    fn len(&self) -> usize {
        self.0.iter().map(|part| part.len()).sum()
    }

    fn from(&self, first: usize) -> impl Iterator<Item = &present::Line> {
        self.0.iter().flat_map(|part| part.iter()).skip(first)
    }
}

/// What keeps the tokens that are to go where no undo does; the place stands above it.
fn copy_first(label: present::Line) -> present::Line {
    label.with(Role::Dim, "to keep one first: ").with(Role::Strong, "saltcellar copy-to PLACE FILE")
}

/// Which text the plan is for, how old it is, and whether there is a way back.
fn head(model: &Model, open: &PlanDialog, width: usize) -> Vec<present::Line> {
    let hash = open.plan.shown.hash().to_string();
    let label = |text: &'static str| present::Line::new().with(Role::Label, text);
    if matches!(open.plan.proposal, Proposal::Purge(..)) {
        let place = cut(&Safe::new(&open.plan.place).to_string(), width.saturating_sub(8));
        let undo = "none: it would hold the tokens that are to go";
        let lines = [label("Place   ").with(Role::Plain, &place), label("Undo    ").with(Role::Dim, undo)];
        return lines.into_iter().chain([copy_first(label("Copy    "))]).collect();
    }
    let age = open.plan.modified.map(|at| format!("  changed {}", when::changed(at, model.moment.now)));
    let print = format!("{}  sha256 {}", age.unwrap_or_default(), hash.get(..6).unwrap_or_default());
    let room = width.saturating_sub(8 + print.len());
    let lies_in = if open.plan.keeps == Keeps::Nowhere { "Place   " } else { "File    " };
    let file = label(lies_in).with(Role::Plain, &cut(&Safe::new(&open.plan.place).to_string(), room));
    let undo = match open.plan.keeps {
        Keeps::Undo => "kept for an hour beside the file (0600), with the old tokens in it",
        Keeps::Nothing => "none: it would hold the tokens that are to go",
        Keeps::Nowhere => "none is kept of what lies on a server or in a keyring",
    };
    let copy = (open.plan.keeps == Keeps::Nowhere).then(|| copy_first(label("Copy    ")));
    let lines = [file.with(Role::Dim, &print), label("Undo    ").with(Role::Dim, undo)];
    lines.into_iter().chain(copy).collect()
}

fn foot(model: &Model, open: &PlanDialog, width: usize) -> Vec<Line<'static>> {
    let power = if open.may_write() { Power::On } else { Power::Off };
    let verb = open.plan.proposal.verb();
    let write = match (power, open.focus) {
        (Power::Off, _) => format!("{verb} (name first)"),
        (Power::On, PlanFocus::Name) => verb.to_owned(),
        (Power::On, _) => format!("{verb} (W)"),
    };
    let button = |text: String, stop, power| Button { text, focus: Focus::of(open.focus, stop), power };
    let plain = |text: &str, stop| button(text.to_owned(), stop, Power::On);
    if let Some(path) = &open.save {
        return saved(model, open, path, width);
    }
    let row = [
        plain("Cancel", PlanFocus::Cancel),
        button(write, PlanFocus::Write, power),
        plain("Full diff (D)", PlanFocus::Diff),
        plain("Save plan (s)", PlanFocus::Save),
    ];
    let mut lines = vec![Line::default()];
    if open.plan.offers_undo() {
        lines.push(keep(model, open));
    }
    if let Severity::Severe { names } = &open.plan.severity {
        lines.push(typed(model, open, names, width));
        lines.push(Line::default());
    }
    lines.push(buttons(model.theme, &row, width.saturating_sub(2)));
    lines
}

/// The choice of an undo, where it is one.
fn keep(model: &Model, open: &PlanDialog) -> Line<'static> {
    let mark = if open.plan.keeps == Keeps::Undo { "[*]" } else { "[ ]" };
    let tone = if open.focus == PlanFocus::Keep { Tone::Cursor } else { Tone::Word(Role::Plain) };
    let keep = word(model.theme, tone, format!("{mark} keep an undo for an hour"));
    Line::from(vec![Span::raw(" "), keep, role(model.theme, Role::Dim, "  space toggles")])
}

/// Asks for the path of a saved plan.
fn saved(model: &Model, open: &PlanDialog, path: &Input, width: usize) -> Vec<Line<'static>> {
    let mut words = vec![Span::raw(" Save to  ")];
    words.extend(field(model.theme, path, Focus::of(open.focus, PlanFocus::Path), width.saturating_sub(14)));
    let note = role(model.theme, Role::Dim, "          a new file, readable by you alone (0600), without secrets");
    let button =
        |text: &str, stop| Button { text: text.to_owned(), focus: Focus::of(open.focus, stop), power: Power::On };
    let row = [button("Save", PlanFocus::Put), button("Cancel", PlanFocus::Cancel)];
    vec![Line::default(), Line::from(words), Line::from(note), buttons(model.theme, &row, width.saturating_sub(2))]
}

fn typed(model: &Model, open: &PlanDialog, names: &[String], width: usize) -> Line<'static> {
    let name = names.first().map(|name| Safe::new(name).to_string()).unwrap_or_default();
    let mut words =
        vec![Span::raw(" Type  "), word(model.theme, Tone::Title, cut(&name, width / 2)), Span::raw("  to go on:  ")];
    words.extend(field(model.theme, &open.typed, Focus::of(open.focus, PlanFocus::Name), width / 3));
    Line::from(words)
}
