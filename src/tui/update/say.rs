//! Words at the foot and in the log.

use std::time::Duration;

use crate::json::Path;
use crate::present::Role;
use crate::source::SourceError;
use crate::tui::effect::Effect;
use crate::tui::model::{CacheId, Model, Note, Toast, ToastKind};

const SHORT: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(5);
/// Enough for a long session, small enough to forget about.
const LOG_LINES: usize = 200;

/// Says `text` (safe already) at the foot for a while and keeps it in the log.
pub(super) fn say(model: &mut Model, role: Role, text: impl Into<String>) {
    let text = text.into();
    note(model, role, text.clone());
    let until = match role {
        Role::Bad | Role::Removed => None,
        Role::Warn => Some(model.moment.elapsed + LONG),
        Role::Plain | Role::Dim | Role::Strong | Role::Good | Role::Label | Role::Secret | Role::Added => {
            Some(model.moment.elapsed + SHORT)
        }
    };
    model.toast = Some(Toast { text, role, until, kind: ToastKind::News });
}

/// Says `text` at the foot only: why a key does nothing is no news for the log.
pub(super) fn hint(model: &mut Model, text: impl Into<String>) {
    let until = Some(model.moment.elapsed + SHORT);
    model.toast = Some(Toast { text: text.into(), role: Role::Warn, until, kind: ToastKind::Hint });
}

/// Keeps `text` (safe already) in the log only.
pub(super) fn note(model: &mut Model, role: Role, text: impl Into<String>) {
    note_of(model, role, text, None);
}

/// Keeps `text` in the log as told of an entry, to which the log then leads.
pub(super) fn note_of(model: &mut Model, role: Role, text: impl Into<String>, about: Option<(CacheId, Path)>) {
    model.log.push(Note { at: model.moment.now, text: text.into(), role, about });
    let surplus = model.log.len().saturating_sub(LOG_LINES);
    model.log.drain(..surplus);
    super::reader::log_grew(model);
}

/// Says what is wrong with the settings: all of it in the log, at the foot what there is room for.
pub(super) fn advise(model: &mut Model, said: &[String]) -> Vec<Effect> {
    said.iter().for_each(|text| note(model, Role::Warn, text));
    let text = match said {
        [] => return Vec::new(),
        [one] => one.clone(),
        [_, ..] => model.keymap.spell(&format!("{} things are wrong with the settings: {{log}} tells", said.len())),
    };
    model.toast =
        Some(Toast { text, role: Role::Warn, until: Some(model.moment.elapsed + LONG), kind: ToastKind::News });
    Vec::new()
}

/// Says what went wrong.
pub(super) fn error(model: &mut Model, error: &SourceError) {
    say(model, Role::Bad, crate::present::words::error(error));
}
