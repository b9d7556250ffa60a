//! Keys in dialogs. No key that opens one confirms it; the harmless button has the focus.

use super::{browser, copy, export, help, keys, say};
use crate::present::Role;
use crate::tui::dialog::{Ask, Dialog, Form, Intent, PlanDialog, PlanFocus};
use crate::tui::effect::{Effect, Writes, refusal};
use crate::tui::model::{Job, Model};

/// Takes in a key while a dialog is open.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    match &mut model.dialog {
        None => Vec::new(),
        Some(Dialog::Plan(open)) => {
            let verdict = plan_key(open, name);
            settle(model, verdict)
        }
        Some(Dialog::Export(_)) => export::press(model, name),
        Some(Dialog::Help(_)) => help::press(model, name),
        Some(Dialog::Ask(ask)) => {
            let ask = *ask;
            answer(model, ask, name)
        }
        Some(Dialog::Caches(_)) => caches(model, name),
    }
}

/// Takes in pasted text while a dialog is open.
pub(super) fn paste(model: &mut Model, text: &str) {
    match &mut model.dialog {
        Some(Dialog::Plan(open)) if open.focus == PlanFocus::Name => open.typed.paste(text),
        Some(Dialog::Export(open)) => open.path.paste(text),
        Some(Dialog::Help(open)) if open.typing.is_some() => open.filter.paste(text),
        Some(Dialog::Plan(_) | Dialog::Help(_) | Dialog::Ask(_) | Dialog::Caches(_)) | None => {}
    }
}

enum Verdict {
    Stay,
    Cancel,
    Write,
}

fn plan_key(open: &mut PlanDialog, name: &str) -> Verdict {
    match (name, open.focus) {
        ("esc", _) => return Verdict::Cancel,
        ("tab", focus) => open.focus = turned(open.form, focus),
        ("shift-tab", focus) => open.focus = turned(open.form, turned(open.form, focus)),
        ("down" | "pgdn", _) => open.scroll = open.scroll.saturating_add(if name == "down" { 1 } else { 10 }),
        ("up" | "pgup", _) => open.scroll = open.scroll.saturating_sub(if name == "up" { 1 } else { 10 }),
        ("enter", PlanFocus::Name) if open.may_write() => open.focus = PlanFocus::Write,
        ("enter", PlanFocus::Name) => {}
        (_, PlanFocus::Name) => keys::stroke(name).into_iter().for_each(|stroke| open.typed.stroke(stroke)),
        ("enter", PlanFocus::Cancel) if open.form != Form::Foot => return Verdict::Cancel,
        ("enter", PlanFocus::Write) => return Verdict::Write,
        ("n", _) => return Verdict::Cancel,
        ("W", _) => return Verdict::Write,
        ("D", _) if open.form == Form::Foot => open.form = Form::Plain,
        ("j", _) => open.scroll = open.scroll.saturating_add(1),
        ("k", _) => open.scroll = open.scroll.saturating_sub(1),
        _ => {}
    }
    clamp(open);
    Verdict::Stay
}

/// The last line stays in sight; how high the box is, only the view knows.
fn clamp(open: &mut PlanDialog) {
    let lines = open.plan.changes.len() + open.plan.diff.len() + open.plan.effect.len();
    open.scroll = open.scroll.min(lines);
}

fn turned(form: Form, focus: PlanFocus) -> PlanFocus {
    match (form, focus) {
        (_, PlanFocus::Cancel) => PlanFocus::Write,
        (Form::Typed, PlanFocus::Write) => PlanFocus::Name,
        (_, PlanFocus::Name | PlanFocus::Write) => PlanFocus::Cancel,
    }
}

fn settle(model: &mut Model, verdict: Verdict) -> Vec<Effect> {
    match verdict {
        Verdict::Stay => Vec::new(),
        Verdict::Cancel => {
            model.dialog = None;
            Vec::new()
        }
        Verdict::Write => write(model),
    }
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
            model.job = Some(Job { says: plan.title, holder: None, intent: plan.intent });
            vec![Effect::Commit { cache: plan.cache, proposal: plan.proposal, shown: plan.shown }]
        }
        other => {
            model.dialog = other;
            Vec::new()
        }
    }
}

fn answer(model: &mut Model, ask: Ask, name: &str) -> Vec<Effect> {
    match name {
        "Y" => {
            model.dialog = None;
            match ask {
                Ask::Copy(kind) => copy::copy_now(model, kind),
                Ask::Reveal => {
                    copy::reveal_now(model);
                    Vec::new()
                }
            }
        }
        "esc" | "n" | "enter" | "q" => {
            model.dialog = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn caches(model: &mut Model, name: &str) -> Vec<Effect> {
    let last = model.caches.len().saturating_sub(1);
    let Some(Dialog::Caches(at)) = &mut model.dialog else { return Vec::new() };
    match name {
        "j" | "down" => *at = at.saturating_add(1).min(last),
        "k" | "up" => *at = at.saturating_sub(1),
        "esc" | "O" | "q" => model.dialog = None,
        "enter" => {
            model.current = *at;
            model.dialog = None;
            model.detail.line = 0;
            browser::follow(model);
        }
        _ => {}
    }
    Vec::new()
}

/// Asks again for what another process's write crossed.
pub(super) fn ask_again(model: &mut Model, intent: Intent) {
    super::plan::open(model, Some(intent));
    match &mut model.dialog {
        Some(Dialog::Plan(open)) => {
            open.note = Some("The cache changed meanwhile and nothing was written: look again.");
        }
        _ => say::say(model, Role::Warn, "The cache changed meanwhile; nothing was written and nothing is left to do."),
    }
}
