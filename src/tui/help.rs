//! Which bindings help lists, and in what order: those of the pane with the focus first; and where its lines stand.

use ratatui::layout::Rect;

use super::available::ground;
use super::dialog::{Dialog, HelpDialog};
use super::keymap::{Binding, Bound, Ground, Group, Scope};
use super::layout::{Pane, centered};
use super::model::Model;

const GROUPS: [Group; 7] = [Group::Move, Group::Find, Group::Mark, Group::Tell, Group::Copy, Group::Write, Group::View];

/// The bindings that the words typed in help leave.
#[must_use]
pub fn shown(model: &Model) -> Vec<&Bound> {
    let words = if let Some(Dialog::Help(open)) = &model.dialog { open.filter.text() } else { "" }.to_lowercase();
    let mut found: Vec<_> = model.keymap.on(ground(model)).filter(|binding| matches(binding, &words)).collect();
    found.sort_by_key(|binding| rank(model, binding));
    found
}

/// What the screen with the keys is called.
#[must_use]
pub fn heading(model: &Model) -> &'static str {
    match (ground(model), model.focus) {
        (Ground::Start, _) => "Help: start",
        (Ground::Reader, _) => "Help: answers",
        (Ground::Users, _) => "Help: users",
        (Ground::Browser, Pane::Accounts) => "Help: accounts",
        (Ground::Browser, Pane::Tokens) => "Help: tokens",
        (Ground::Browser, Pane::Details) => "Help: details",
        (Ground::Browser, Pane::Timeline) => "Help: timeline",
    }
}

fn matches(binding: &Bound, words: &str) -> bool {
    let text = format!("{} {} {}", binding.keys.join(" "), binding.words, binding.id).to_lowercase();
    words.split_whitespace().all(|word| text.contains(word))
}

/// Where help lists `binding`: that of the pane with the focus first, then by groups.
pub fn rank(model: &Model, binding: &Binding) -> (usize, usize) {
    let of_tokens = binding.scope == Scope::Marks && model.focus == Pane::Tokens;
    let here = of_tokens || [Scope::Reader, Scope::Users, Scope::Pane(model.focus)].contains(&binding.scope);
    let group = GROUPS.iter().position(|group| *group == binding.group).unwrap_or(GROUPS.len());
    (usize::from(!here), group)
}

/// A line of the list.
#[derive(Clone, Copy)]
pub enum Headed<'a> {
    /// A heading.
    Heading(Group),
    /// A binding, and its place among those shown.
    Binding(usize, &'a Bound),
}

/// Where help stands, and what of its list is seen.
pub struct Page<'a> {
    /// The frame.
    pub frame: Rect,
    /// The room of the list.
    pub list: Rect,
    /// The lines of the list that are seen.
    pub lines: Vec<Headed<'a>>,
    /// How many bindings there are.
    pub count: usize,
}

/// The lines below the list: the letters' meaning and the file of settings.
pub const FOOT: u16 = 2;

/// Help within `area`.
#[must_use]
pub fn page<'a>(model: &'a Model, open: &HelpDialog, area: Rect) -> Page<'a> {
    let frame = centered(area, 96, area.height.saturating_sub(2));
    let list = Rect {
        x: frame.x + frame.width.min(1),
        y: frame.y + frame.height.min(2),
        width: frame.width.saturating_sub(2),
        height: frame.height.saturating_sub(3 + FOOT),
    };
    let found = shown(model);
    let all = headed(&found);
    let is_at = |line: &Headed<'_>| matches!(line, Headed::Binding(place, _) if *place == open.cursor);
    let at = all.iter().position(is_at).unwrap_or(0);
    let height = usize::from(list.height).max(1);
    let first = at.saturating_sub(height / 2).min(all.len().saturating_sub(height));
    let lines = all.into_iter().skip(first).take(usize::from(list.height)).collect();
    Page { frame, list, lines, count: found.len() }
}

fn headed<'a>(found: &[&'a Bound]) -> Vec<Headed<'a>> {
    let mut lines = Vec::new();
    let mut group = None;
    for (place, binding) in found.iter().enumerate() {
        if group != Some(binding.group) {
            group = Some(binding.group);
            lines.push(Headed::Heading(binding.group));
        }
        lines.push(Headed::Binding(place, binding));
    }
    lines
}
