//! Taking the last write back, and making it again: what either would do is found by a worker, asked about here.

use super::{plan, say};
use crate::cache::{Cache, Roster};
use crate::json::{Change, Document, Edit, Patch};
use crate::ops::{self, Severity};
use crate::present::{Line, Role};
use crate::source::{SourceError, Turn, Undone};
use crate::time::UnixSeconds;
use crate::tui::dialog::{Dialog, Intent, Keeps, Plan, Proposal};
use crate::tui::draft::named;
use crate::tui::effect::Effect;
use crate::tui::model::{CacheId, Model};

/// Asks for what the undo, or the redo, would do.
pub(super) fn ask(model: &Model, turn: Turn) -> Vec<Effect> {
    model.cache().map(|cache| Effect::PlanUndo(cache.id, turn)).into_iter().collect()
}

/// Shows what it would do, and asks.
pub(super) fn planned(
    model: &mut Model,
    cache: CacheId,
    asked: Turn,
    result: Result<Box<Undone>, SourceError>,
) -> Vec<Effect> {
    let was_open = match &model.dialog {
        None => false,
        Some(Dialog::Plan(open)) if open.plan.cache == cache && matches!(open.plan.intent, Intent::Undo(_)) => true,
        // Something else was opened meanwhile: that has the user's eye.
        Some(_) => return Vec::new(),
    };
    match result {
        Ok(undone) if undone.turn != asked => hint_other(model, asked),
        Ok(undone) => {
            let mut open = plan::dialog(undo_plan(model, cache, *undone));
            open.note = was_open.then_some(plan::CHANGED);
            model.dialog = Some(Dialog::Plan(Box::new(open)));
        }
        Err(SourceError::NothingToUndo { .. }) => {
            model.dialog = None;
            say::hint(
                model,
                match asked {
                    Turn::Undo => "there is nothing to undo: it is kept for an hour after a write",
                    Turn::Redo => "nothing was taken back, so there is nothing to do again",
                },
            );
        }
        Err(error) => say::error(model, &error),
    }
    Vec::new()
}

/// The last write was the other way round.
fn hint_other(model: &mut Model, asked: Turn) {
    let text = match asked {
        Turn::Undo => "the last write is taken back already: {redo} does it again",
        Turn::Redo => "nothing was taken back since the last write: {undo} takes it back",
    };
    let text = model.keymap.spell(text);
    model.dialog = None;
    say::hint(model, text);
}

fn undo_plan(model: &Model, cache: CacheId, undone: Undone) -> Plan {
    let severity = severity(&undone, model.moment.now);
    let found = model.caches.iter().find(|open| open.id == cache);
    let severity = found.map_or(severity.clone(), |open| named(severity, &open.name));
    let Undone { turn, exact, before, after, skipped, .. } = undone;
    let mut changes = only_in(&after, &before, "+ ", Role::Added);
    changes.extend(only_in(&before, &after, "- ", Role::Removed));
    let skipped = skipped.iter().map(|(path, why)| {
        Line::new()
            .with(Role::Warn, "not put back: ")
            .with(Role::Plain, &path.to_string())
            .with(Role::Dim, " ")
            .with(Role::Dim, why)
    });
    changes.extend(skipped);
    let effect = match (turn, exact) {
        (Turn::Undo, true) => "The text before our last write comes back, byte for byte.",
        (Turn::Redo, true) => "The text that our last write made comes back, byte for byte.",
        (_, false) => "Others wrote since: only what we took out comes back, beside what they wrote.",
    };
    Plan {
        cache,
        intent: Intent::Undo(turn),
        proposal: Proposal::Undo(turn),
        shown: before,
        modified: found.and_then(|open| open.reading()).and_then(|reading| reading.modified),
        place: found.map_or_else(String::new, |open| open.name.clone()),
        keeps: Keeps::Undo,
        title: match turn {
            Turn::Undo => "Undo the last write".to_owned(),
            Turn::Redo => "Do again what was taken back".to_owned(),
        },
        changes,
        diff: Vec::new(),
        effect: vec![Line::plain(effect)],
        severity,
    }
}

/// What takes a sign-in away takes its name, also when it is done again.
fn severity(undone: &Undone, now: UnixSeconds) -> Severity {
    let (before, after) = (&undone.before, &undone.after);
    let cache = Cache::of(before);
    let entries = before.sections().flat_map(|section| before.entries(section).collect::<Vec<_>>());
    let gone = entries.map(|spot| before.path(spot)).filter(|path| after.spot(path).is_none());
    let changes = gone.map(|path| Change { edit: Edit::Remove(path), why: "undone".into() }).collect();
    let patch = Patch { title: String::new(), changes };
    let severity = ops::effect(&cache, &patch, now).severity;
    // Even where nothing goes there is something to look at before the yes.
    if severity == Severity::Mild { Severity::Moderate } else { severity }
}

/// A line for each entry of `one` that `other` lacks.
fn only_in(one: &Document, other: &Document, sign: &str, role: Role) -> Vec<Line> {
    let roster = Roster::of(&Cache::of(one));
    let rows = roster.rows.iter().filter(|row| other.spot(&one.path(row.spot)).is_none());
    rows.map(|row| {
        let head = format!("{sign}{}  ", row.section_name);
        Line::new().with(role, &head).with(Role::Plain, &row.title())
    })
    .collect()
}
