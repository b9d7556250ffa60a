//! The two lines at the foot: what is going on, and which keys count here; both from the model and
//! the key table. Also the one line of the smallest screens.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::paint::{cut, ends, line, put, role, word};
use crate::present::{self, Role, when};
use crate::text::Safe;
use crate::tui::action::{Action, Go};
use crate::tui::available::{ground, why_not};
use crate::tui::dialog::{Ask, Dialog, Form, PlanDialog, PlanFocus, PlanPage};
use crate::tui::keymap::{Bound, Group, Scope};
use crate::tui::layout::{Pane, Panes};
use crate::tui::model::{Model, OpenCache, TimeMode, ToastKind};
use crate::tui::theme::Tone;
use crate::tui::work::{self, Wait, Work};
use crate::tui::wrap::wrap;

/// Draws both lines.
pub(super) fn draw(model: &Model, panes: &Panes, buffer: &mut Buffer) {
    if let Some(area) = panes.status {
        ends(status(model, usize::from(area.width)), clock(model), area, buffer);
    }
    if let Some((area, dialog)) = panes.keys.zip(model.dialog.as_ref()) {
        // The keys of the browser mean nothing under a dialog.
        return put(&[dialog_keys(model, &keys_of(model, dialog), usize::from(area.width))], area, buffer);
    }
    if let Some(area) = panes.keys {
        let right = keys(model, usize::from(area.width), &in_foot(model, Side::Right));
        let room = usize::from(area.width).saturating_sub(right.width() + 1);
        ends(keys(model, room, &in_foot(model, Side::Left)), right, area, buffer);
    }
}

/// The one line of a screen too small for anything else.
pub(super) fn tiny(model: &Model, area: Rect, buffer: &mut Buffer) {
    let demo = model.session.demo.map_or("", |_| "DEMO, invented data");
    let read = model.cache().and_then(|cache| cache.reading().map(|reading| (cache, reading)));
    let users = model.users().map(|users| format!("{} caches - enlarge", users.rows.len()));
    let text = read.map_or_else(
        || users.unwrap_or_else(|| "saltcellar - enlarge".to_owned()),
        |(cache, reading)| {
            let expired = cache.browse.tally.counts(model.moment.now).expired;
            format!("{} items, {expired} expired - enlarge", reading.roster.rows.len())
        },
    );
    let lines = match (area.height, demo) {
        (_, "") => vec![present::Line::plain(&text)],
        (1, _) => vec![present::Line::plain(&format!("{demo}: {text}"))],
        (_, _) => vec![present::Line::plain(demo), present::Line::plain(&text)],
    };
    let lines: Vec<_> = wrap(&lines, usize::from(area.width)).iter().map(|words| line(model.theme, words)).collect();
    put(&lines, area, buffer);
}

/// What is most pressing: a question, a write, a word just said, trouble with the file, marks.
fn status(model: &Model, width: usize) -> Line<'static> {
    let theme = model.theme;
    // A word on the key just pressed, which the next one takes away: what it stands over is still there then.
    if let Some(toast) = model.toast.as_ref().filter(|toast| toast.kind == ToastKind::Hint) {
        return Line::from(vec![Span::raw(" "), role(theme, toast.role, cut(&toast.text, width.saturating_sub(2)))]);
    }
    if let Some(Dialog::Plan(open)) = &model.dialog
        && open.form == Form::Foot
    {
        return question(model, open, width);
    }
    if let Some(wait) = work::shown(model).or_else(|| work::current(model).filter(|wait| wait.work == Work::Write)) {
        return waiting(model, &wait, width);
    }
    if let Some(toast) = &model.toast {
        return Line::from(vec![Span::raw(" "), role(theme, toast.role, cut(&toast.text, width.saturating_sub(2)))]);
    }
    let Some(cache) = model.cache() else { return Line::default() };
    if let Some(banner) = &cache.banner {
        let text = format!(" x {banner}");
        return Line::from(word(theme, Tone::Banner, cut(&text, width)));
    }
    marks(model, cache)
}

/// What is waited for, and how it is stopped.
fn waiting(model: &Model, wait: &Wait, width: usize) -> Line<'static> {
    let head = format!(" {}", work::spinner(model));
    let stops = match wait.work {
        Work::Find => "",
        Work::Read(_) | Work::Answer(..) | Work::Plan(_) | Work::Differ(_) => " stops it",
        Work::Filter(_) | Work::Sort(_) | Work::Export => " stops it",
        Work::Write => " cancels",
    };
    let room = width.saturating_sub(head.len() + 6 + stops.len());
    let says = cut(&Safe::new(&wait.says).to_string(), room);
    let key = if stops.is_empty() { "" } else { "esc" };
    Line::from(vec![Span::raw(format!("{head}{says}  ")), word(model.theme, Tone::Key, key), Span::raw(stops)])
}

/// What is asked, and what it means; the keys stand in the line below, if there is one.
fn question(model: &Model, open: &PlanDialog, width: usize) -> Line<'static> {
    let head = format!(" {}?  ", open.plan.title.trim_end_matches(['.', '?']));
    if model.panes().keys.is_none() {
        let keys = dialog_keys(model, &keys_of_plan(open), width.saturating_sub(head.width()));
        let head = word(model.theme, Tone::Title, head);
        return std::iter::once(head).chain(keys.spans.into_iter().skip(1)).collect();
    }
    // Whether anybody must sign in is what counts; how much is left is read in the plan.
    let meaning = open.plan.effect.get(1).or(open.plan.effect.first());
    let said = meaning.map(present::Line::text).unwrap_or_default();
    let tone = meaning.and_then(|line| line.0.last()).map_or(Role::Plain, |word| word.role);
    let room = width.saturating_sub(head.width() + CLOCK);
    let said = if said.width() <= room { said } else { cut(clause(&said), room) };
    Line::from(vec![word(model.theme, Tone::Title, head), role(model.theme, tone, said)])
}

/// The room of the clock, and of a blank before it.
const CLOCK: usize = 8;

/// The beginning of a sentence, as far as it stands for itself.
fn clause(said: &str) -> &str {
    let ends = ["; ", ": ", ". "].iter().filter_map(|end| said.find(end));
    ends.min().and_then(|end| said.get(..end)).unwrap_or(said)
}

fn marks(model: &Model, cache: &OpenCache) -> Line<'static> {
    let theme = model.theme;
    let marked = cache.browse.marked_count();
    if !model.pending.keys.is_empty() || model.pending.count.is_some() {
        let count = model.pending.count.map_or_else(String::new, |count| count.to_string());
        return Line::from(role(theme, Role::Dim, format!(" {count}{} …", model.pending.keys.join(" "))));
    }
    if marked == 0 {
        return Line::default();
    }
    let mut words = vec![word(theme, Tone::Marked, format!(" * {marked} marked  "))];
    if model.dialog.is_some() {
        // The keys of the browser mean nothing there.
        return Line::from(words);
    }
    let of_list: &[_] = &[("users.purge", "purge"), ("users.remove", "remove"), ("mark.none", "unmark")];
    let of_cache: &[_] = &[("prune.marked", "prune"), ("export", "export"), ("mark.none", "unmark")];
    for (id, does) in if cache.users.is_some() { of_list } else { of_cache } {
        words.extend([word(theme, Tone::Key, model.keymap.key(id)), Span::raw(format!(" {does}  "))]);
    }
    Line::from(words)
}

/// The time to the minute: a second hand would keep an idle terminal busy.
fn clock(model: &Model) -> Line<'static> {
    let now = model.moment.now;
    let full = match model.times {
        TimeMode::Relative | TimeMode::Utc => when::utc(now),
        TimeMode::Local => when::local(now),
    };
    let time = full.split(' ').nth(1).and_then(|time| time.get(..5)).unwrap_or("").to_owned();
    let zone = match model.times {
        TimeMode::Relative | TimeMode::Utc => "Z",
        TimeMode::Local => "",
    };
    Line::from(role(model.theme, Role::Dim, format!("{time}{zone} ")))
}

fn keys(model: &Model, width: usize, shown: &[&Bound]) -> Line<'static> {
    let mut words = vec![Span::raw(" ")];
    let mut taken = 1;
    for binding in shown {
        let (key, text) = (shortest(binding), format!(" {}  ", binding.foot.unwrap_or("")));
        let columns = key.chars().count() + text.chars().count();
        // A shorter one behind it may still have room.
        if taken + columns > width {
            continue;
        }
        taken += columns;
        let usable = why_not(model, binding).is_none();
        let tone = if usable { Tone::Key } else { Tone::Word(Role::Dim) };
        let kind = if usable { Role::Plain } else { Role::Dim };
        words.extend([word(model.theme, tone, key), role(model.theme, kind, text)]);
    }
    Line::from(words)
}

/// A key of a dialog, and what it does there.
type DialogKey = (&'static str, &'static str);

/// As many of `shown` as there is room for, the last one always: it leads out.
fn dialog_keys(model: &Model, shown: &[DialogKey], width: usize) -> Line<'static> {
    let columns = |(key, does): &DialogKey| key.len() + does.len() + 3;
    let Some((last, others)) = shown.split_last() else { return Line::default() };
    let mut left = width.saturating_sub(1 + columns(last));
    let fits = |key: &&DialogKey| {
        let fits = columns(key) <= left;
        left = if fits { left - columns(key) } else { 0 };
        fits
    };
    let seen: Vec<_> = others.iter().take_while(fits).chain([last]).collect();
    let words = seen.into_iter().flat_map(|(key, does)| {
        [word(model.theme, Tone::Key, *key), role(model.theme, Role::Plain, format!(" {does}  "))]
    });
    std::iter::once(Span::raw(" ")).chain(words).collect()
}

/// The keys of `dialog`, the one that leads out last.
fn keys_of(model: &Model, dialog: &Dialog) -> Vec<DialogKey> {
    const CLOSE: DialogKey = ("esc", "close");
    match dialog {
        Dialog::Plan(open) => keys_of_plan(open),
        Dialog::Prune(_) => vec![("enter", "plan"), ("j/k", "choose"), ("0-9", "days"), CLOSE],
        Dialog::Export(_) => vec![("tab", "focus"), ("space", "toggle"), ("enter", "press"), ("esc", "cancel")],
        Dialog::Password(_) => vec![("enter", "connect"), ("esc", "cancel")],
        Dialog::Ask(Ask::Copy(_)) => vec![("Y", "copy"), ("esc", "cancel")],
        Dialog::Ask(Ask::Reveal) => vec![("Y", "show"), ("esc", "cancel")],
        Dialog::Palette(_) => vec![("enter", "run"), ("up/down", "choose"), CLOSE],
        Dialog::Help(open) if open.typing.is_some() => vec![("enter", "keep"), ("esc", "clear")],
        Dialog::Help(_) => vec![("/", "find"), ("enter", "run"), ("j/k", "choose"), CLOSE],
        Dialog::Sources(_) if model.caches.is_empty() => {
            vec![("enter", "open"), ("d", "demo"), ("j/k", "choose"), ("r", "look again"), CLOSE]
        }
        Dialog::Sources(_) => {
            vec![("enter", "open"), ("c", "close it"), ("j/k", "choose"), ("r", "look again"), ("esc", "leave")]
        }
    }
}

fn keys_of_plan(open: &PlanDialog) -> Vec<DialogKey> {
    let cancel = ("esc", "cancel");
    match (&open.page, open.form, open.focus) {
        _ if open.save.is_some() => vec![("tab", "focus"), ("enter", "press"), ("esc", "back")],
        (PlanPage::Diff(_), ..) => vec![("j/k", "scroll"), ("D", "back"), ("esc", "back")],
        (_, Form::Foot, _) => vec![("W", "write"), ("D", "show what"), cancel],
        // Letters are the name's.
        (_, _, PlanFocus::Name) => vec![("tab", "focus"), ("enter", "go on"), ("up/down", "scroll"), cancel],
        _ => vec![("tab", "focus"), ("W", "write"), ("D", "full diff"), ("s", "save plan"), ("j/k", "scroll"), cancel],
    }
}

/// The end of the line of keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// What concerns the panes, the pane with the focus first.
    Left,
    /// What is there everywhere; it keeps its room.
    Right,
}

fn in_foot(model: &Model, side: Side) -> Vec<&Bound> {
    let stands = |binding: &Bound| match (binding.scope, binding.action) {
        (Scope::Everywhere | Scope::Home, _) | (Scope::Reader, Action::Go(Go::Back)) => Side::Right,
        (Scope::Lines | Scope::Cache | Scope::Browser | Scope::Sources | Scope::Marks | Scope::Users, _) => Side::Left,
        (Scope::Reader | Scope::Pane(_) | Scope::Start, _) => Side::Left,
    };
    let here = |binding: &&Bound| binding.foot.is_some() && stands(binding) == side;
    let mut rows: Vec<_> = model.keymap.on(ground(model)).filter(here).collect();
    // How to move is found out soonest: it gives way to the rest. What is done comes before what is asked.
    let is_elsewhere = |binding: &Bound| match binding.scope {
        Scope::Pane(pane) => pane != model.focus,
        Scope::Marks => model.focus != Pane::Tokens,
        Scope::Everywhere | Scope::Home | Scope::Lines | Scope::Cache | Scope::Browser => false,
        Scope::Sources | Scope::Users | Scope::Reader | Scope::Start => false,
    };
    rows.sort_by_key(|binding| (is_elsewhere(binding), is_move(binding), binding.group == Group::Tell));
    rows
}

fn is_move(binding: &Bound) -> bool {
    binding.group == Group::Move && !matches!(binding.action, Action::Go(Go::Open))
}

fn shortest(binding: &Bound) -> String {
    match binding.key() {
        "j" => "j/k".to_owned(),
        key => key.split(' ').next().unwrap_or("").to_owned(),
    }
}
