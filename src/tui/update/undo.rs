//! Taking the last write back, and making it again: what either would do is found by a worker, asked about here.

use super::{plan, say};
use crate::present::Line;
use crate::source::{SourceError, Turn};
use crate::tui::dialog::{Dialog, Intent, Keeps, Plan, Proposal};
use crate::tui::draft::named;
use crate::tui::effect::Effect;
use crate::tui::model::{CacheId, Model};
use crate::tui::outlook::Outlook;

/// Asks for what the undo, or the redo, would do.
pub(super) fn ask(model: &Model, turn: Turn) -> Vec<Effect> {
    model.cache().map(|cache| Effect::PlanUndo(cache.id, turn)).into_iter().collect()
}

/// Shows what it would do, and asks.
pub(super) fn planned(
    model: &mut Model,
    cache: CacheId,
    asked: Turn,
    result: Result<Box<Outlook>, SourceError>,
) -> Vec<Effect> {
    let was_open = match &model.dialog {
        None => false,
        Some(Dialog::Plan(open)) if open.plan.cache == cache && matches!(open.plan.intent, Intent::Undo(_)) => true,
        // Something else was opened meanwhile: that has the user's eye.
        Some(_) => return Vec::new(),
    };
    match result {
        Ok(outlook) if outlook.turn != asked => hint_other(model, asked),
        Ok(outlook) => {
            let mut open = plan::dialog(undo_plan(model, cache, *outlook));
            open.note = was_open.then_some(plan::CHANGED);
            model.dialog = Some(Dialog::Plan(Box::new(open)));
            return vec![Effect::LookForApps(cache)];
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

fn undo_plan(model: &Model, cache: CacheId, outlook: Outlook) -> Plan {
    let Outlook { turn, before, changes, effect, severity } = outlook;
    let found = model.caches.iter().find(|open| open.id == cache);
    let severity = found.map_or(severity.clone(), |open| named(severity, &open.name));
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
