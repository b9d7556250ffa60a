//! Keys in the dialog of a plan. The harmless button has the focus; nothing that opened it confirms it.

use std::sync::Arc;

use super::{keys, say};
use crate::json::Patch;
use crate::present::{Line, Role, when};
use crate::tui::dialog::{Dialog, Form, Keeps, Plan, PlanDialog, PlanFocus, PlanPage, Proposal};
use crate::tui::effect::{Effect, Writes, refusal};
use crate::tui::input::Input;
use crate::tui::model::{CacheId, Job, Model};
use crate::tui::msg::OfPlan;
use crate::tui::whole_diff::WholeDiff;
use crate::tui::work::Work;

enum Verdict {
    Stay,
    Cancel,
    Write,
    /// Asks where the plan is to be saved.
    AskPath,
    Save,
    /// Has the whole difference made.
    Differ(WholeDiff),
    /// Nobody waits for the whole difference any more.
    StopDiffer(CacheId),
    /// Says why the dialog stays.
    Hint(String),
}

/// Takes in a key.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(Dialog::Plan(open)) = &mut model.dialog else { return Vec::new() };
    let verdict = key(open, name);
    clamp(open);
    match verdict {
        Verdict::Stay => {}
        Verdict::Cancel => (model.dialog, model.planning) = (None, None),
        Verdict::Write => return write(model),
        Verdict::AskPath => ask_path(model),
        Verdict::Save => return save(model),
        Verdict::Differ(whole) => return differ(model, whole),
        Verdict::StopDiffer(cache) => return vec![Effect::Stop(Work::Differ(cache))],
        Verdict::Hint(text) => say::hint(model, text),
    }
    Vec::new()
}

/// Takes in pasted text.
pub(super) fn paste(open: &mut PlanDialog, text: &str) {
    match (open.focus, &mut open.save) {
        (PlanFocus::Name, _) => open.typed.paste(text),
        (PlanFocus::Path, Some(path)) => path.paste(text),
        _ => {}
    }
}

fn key(open: &mut PlanDialog, name: &str) -> Verdict {
    match (name, open.focus) {
        ("esc", _) => return back(open),
        ("tab", _) => turn(open, 1),
        ("shift-tab", _) => turn(open, stops(open).len().saturating_sub(1)),
        ("down", _) => open.scroll = open.scroll.saturating_add(1),
        ("up", _) => open.scroll = open.scroll.saturating_sub(1),
        ("pgdn", _) => open.scroll = open.scroll.saturating_add(10),
        ("pgup", _) => open.scroll = open.scroll.saturating_sub(10),
        ("enter", _) => return enter(open),
        (_, PlanFocus::Name) => keys::stroke(name).into_iter().for_each(|stroke| open.typed.stroke(stroke)),
        (_, PlanFocus::Path) => {
            let stroke = keys::stroke(name);
            stroke.into_iter().for_each(|stroke| open.save.iter_mut().for_each(|path| path.stroke(stroke)));
        }
        ("space", PlanFocus::Keep) => open.plan.keeps = other(open.plan.keeps),
        _ => return letter(open, name),
    }
    Verdict::Stay
}

/// A letter where nothing is typed.
fn letter(open: &mut PlanDialog, name: &str) -> Verdict {
    match name {
        "n" => return Verdict::Cancel,
        "W" => return Verdict::Write,
        "D" if open.form == Form::Foot => open.form = Form::Plain,
        "D" => return whole_diff(open),
        "s" if open.form != Form::Foot => return Verdict::AskPath,
        "j" => open.scroll = open.scroll.saturating_add(1),
        "k" => open.scroll = open.scroll.saturating_sub(1),
        "g" | "home" => open.scroll = 0,
        "G" | "end" => open.scroll = usize::MAX,
        "q" => return Verdict::Hint(format!("not written yet: {}; W writes it, esc drops it", open.plan.title)),
        _ => {}
    }
    Verdict::Stay
}

/// One step back: from the path, from the whole difference, from the wait for it, out of the dialog.
fn back(open: &mut PlanDialog) -> Verdict {
    if open.save.take().is_some() {
        open.focus = PlanFocus::Cancel;
        return Verdict::Stay;
    }
    if matches!(open.page, PlanPage::Diff(_)) {
        (open.page, open.scroll) = (PlanPage::Sum, 0);
        return Verdict::Stay;
    }
    if open.differing.take().is_some() {
        return Verdict::StopDiffer(open.plan.cache);
    }
    Verdict::Cancel
}

fn enter(open: &mut PlanDialog) -> Verdict {
    match open.focus {
        PlanFocus::Name if open.may_write() => open.focus = PlanFocus::Write,
        PlanFocus::Name => {}
        PlanFocus::Keep => open.plan.keeps = other(open.plan.keeps),
        // A question at the foot shows no button that could be meant.
        PlanFocus::Cancel if open.form == Form::Foot => {}
        PlanFocus::Cancel if open.save.is_some() => return back(open),
        PlanFocus::Cancel => return Verdict::Cancel,
        PlanFocus::Write => return Verdict::Write,
        PlanFocus::Diff => return whole_diff(open),
        PlanFocus::Save => return Verdict::AskPath,
        PlanFocus::Path => open.focus = PlanFocus::Put,
        PlanFocus::Put => return Verdict::Save,
    }
    Verdict::Stay
}

fn other(keeps: Keeps) -> Keeps {
    match keeps {
        Keeps::Undo => Keeps::Nothing,
        Keeps::Nothing => Keeps::Undo,
        Keeps::Nowhere => Keeps::Nowhere,
    }
}

/// Where tab leads, in order.
fn stops(open: &PlanDialog) -> Vec<PlanFocus> {
    if open.save.is_some() {
        return vec![PlanFocus::Path, PlanFocus::Put, PlanFocus::Cancel];
    }
    let typed = (open.form == Form::Typed).then_some(PlanFocus::Name);
    let keep = open.plan.offers_undo().then_some(PlanFocus::Keep);
    let more = (open.form != Form::Foot).then_some([PlanFocus::Diff, PlanFocus::Save]);
    let buttons = [PlanFocus::Cancel, PlanFocus::Write].into_iter().chain(more.into_iter().flatten());
    typed.into_iter().chain(keep).chain(buttons).collect()
}

fn turn(open: &mut PlanDialog, by: usize) {
    let stops = stops(open);
    let at = stops.iter().position(|stop| *stop == open.focus).unwrap_or(0);
    open.focus = stops.iter().cycle().nth(at + by).copied().unwrap_or(PlanFocus::Cancel);
}

/// The last line stays in sight; how high the box is, only the view knows.
fn clamp(open: &mut PlanDialog) {
    let lines = match &open.page {
        PlanPage::Sum => open.plan.changes.len() + open.plan.diff.len() + open.plan.effect.len(),
        PlanPage::Diff(lines) => lines.len(),
    };
    open.scroll = open.scroll.min(lines);
}

/// Shows the difference of the texts to its end; again goes back.
fn whole_diff(open: &mut PlanDialog) -> Verdict {
    if matches!(open.page, PlanPage::Diff(_)) {
        return back(open);
    }
    match open.plan.whole() {
        _ if open.differing.is_some() => Verdict::Stay,
        Some(whole) if !whole.is_small() => Verdict::Differ(whole),
        whole => show_diff(open, whole.map(|whole| whole.lines(&|| true)).unwrap_or_default()),
    }
}

fn show_diff(open: &mut PlanDialog, lines: Vec<Line>) -> Verdict {
    if lines.is_empty() {
        return Verdict::Hint("what comes and goes stands above: there is no other difference".to_owned());
    }
    (open.page, open.scroll) = (PlanPage::Diff(lines), 0);
    Verdict::Stay
}

/// Has a worker make the whole difference.
fn differ(model: &mut Model, whole: WholeDiff) -> Vec<Effect> {
    let since = model.moment.elapsed;
    let Some(Dialog::Plan(open)) = &mut model.dialog else { return Vec::new() };
    open.differing = Some(since);
    vec![Effect::Differ(open.plan.cache, whole)]
}

/// Takes in what a worker did with the plan.
pub(super) fn told(model: &mut Model, step: OfPlan) -> Vec<Effect> {
    match step {
        OfPlan::Differs { patch, lines } => differs(model, &patch, lines),
        OfPlan::Saved(result) => saved(model, result),
        OfPlan::CloseFirst { cache, says } => close_first(model, cache, says),
    }
}

/// Adds which apps should be closed to what the plan means. One that has the cache open is no matter of one line.
fn close_first(model: &mut Model, cache: CacheId, says: Vec<Line>) -> Vec<Effect> {
    let Some(Dialog::Plan(open)) = &mut model.dialog else { return Vec::new() };
    if open.plan.cache == cache {
        let is_urgent = says.iter().any(|line| line.0.iter().any(|word| word.role == Role::Warn));
        if is_urgent && open.form == Form::Foot {
            open.form = Form::Plain;
        }
        open.plan.effect.extend(says);
    }
    Vec::new()
}

/// Shows the whole difference that a worker made, if it is of the plan that stands there and still waited for.
fn differs(model: &mut Model, of: &Arc<Patch>, lines: Vec<Line>) -> Vec<Effect> {
    let Some(Dialog::Plan(open)) = &mut model.dialog else { return Vec::new() };
    let is_it = matches!(&open.plan.proposal, Proposal::Patch(patch) if Arc::ptr_eq(patch, of));
    if is_it && open.differing.take().is_some() {
        // A path that is being typed stays in sight, and what was found is there when it is left.
        if let Verdict::Hint(text) = show_diff(open, lines) {
            say::hint(model, text);
        }
    }
    Vec::new()
}

fn write(model: &mut Model) -> Vec<Effect> {
    if let Some(reason) = refusal(model, Writes::Cache) {
        say::hint(model, reason);
        return Vec::new();
    }
    match model.dialog.take() {
        Some(Dialog::Plan(open)) if !open.may_write() => {
            model.dialog = Some(Dialog::Plan(open));
            say::hint(model, "type the name first");
            Vec::new()
        }
        Some(Dialog::Plan(open)) => {
            let plan = open.plan;
            let since = model.moment.elapsed;
            model.job = Some(Job { says: plan.title, since, holder: None, intent: plan.intent });
            let Plan { cache, proposal, shown, keeps, .. } = plan;
            vec![Effect::Commit { cache, proposal, shown, keeps }]
        }
        other => {
            model.dialog = other;
            Vec::new()
        }
    }
}

/// Asks where the plan is to be saved, unless nothing may be written at all.
fn ask_path(model: &mut Model) {
    if let Some(reason) = refusal(model, Writes::File) {
        return say::hint(model, reason);
    }
    let digits: String = when::utc(model.moment.now).chars().filter(char::is_ascii_digit).take(14).collect();
    let (day, time) = digits.split_at(digits.len().min(8));
    if let Some(Dialog::Plan(open)) = &mut model.dialog {
        open.save = Some(Input::of(&format!("saltcellar-plan-{day}-{time}.txt")));
        open.focus = PlanFocus::Path;
    }
}

fn save(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Plan(open)) = &model.dialog else { return Vec::new() };
    let Some(path) = open.save.as_ref().map(|path| path.text().trim()).filter(|path| !path.is_empty()) else {
        say::hint(model, "type a path first");
        return Vec::new();
    };
    vec![Effect::SavePlan { path: path.into(), text: in_words(&open.plan), whole: open.plan.whole() }]
}

/// The plan as a text: what stands in the dialog; a worker adds the whole difference.
fn in_words(plan: &Plan) -> String {
    let head = [plan.title.clone(), format!("{}  sha256 {}", plan.place, plan.shown.hash())];
    let head = head.iter().map(|line| Line::plain(line));
    let parts = [plan.effect.clone(), plan.changes.clone()];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    let lines = head.chain(parts.flat_map(|part| std::iter::once(Line::new()).chain(part)));
    lines.map(|line| format!("{}\n", line.text().trim_end())).collect()
}

/// Says whether the plan was saved; the dialog stays as it was.
fn saved(model: &mut Model, result: Result<String, String>) -> Vec<Effect> {
    match result {
        Ok(path) => {
            if let Some(Dialog::Plan(open)) = &mut model.dialog {
                (open.save, open.focus) = (None, PlanFocus::Cancel);
            }
            say::say(
                model,
                Role::Good,
                format!("Saved the plan to {path}, without secrets; nothing else is written yet."),
            );
        }
        Err(reason) => say::say(model, Role::Bad, reason),
    }
    Vec::new()
}
