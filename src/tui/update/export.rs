//! The export dialog: redacted unless chosen otherwise, to a new file of the user's own.

use super::{keys, say};
use crate::present::Role;
use crate::tui::dialog::{Dialog, ExportDialog, ExportFocus, ExportSecrets};
use crate::tui::effect::Effect;
use crate::tui::input::Input;
use crate::tui::model::Model;

/// Asks where to and what.
pub(super) fn open(model: &mut Model) {
    let Some((cache, reading)) = model.cache().zip(model.reading()) else { return };
    let marked = cache.browse.marked();
    let (rows, says) = if marked.is_empty() {
        let all = cache.browse.shown.len() == reading.roster.rows.len();
        let says = if all { "all" } else { "shown" };
        (cache.browse.rows_from(0).collect(), format!("{} entries ({says})", cache.browse.shown.len()))
    } else {
        (marked.iter().copied().collect(), format!("{} entries (marked)", marked.len()))
    };
    model.dialog = Some(Dialog::Export(Box::new(ExportDialog {
        cache: cache.id,
        rows,
        says,
        path: Input::of("saltcellar-export.json"),
        secrets: ExportSecrets::Redacted,
        focus: ExportFocus::Path,
        error: None,
    })));
}

/// Takes in a key of the dialog.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(Dialog::Export(open)) = &mut model.dialog else { return Vec::new() };
    match (name, open.focus) {
        ("esc", _) | ("enter", ExportFocus::Cancel) => model.dialog = None,
        ("tab" | "down", focus) => open.focus = next(focus),
        ("shift-tab" | "up", focus) => open.focus = next(next(next(focus))),
        ("enter", ExportFocus::Path) => open.focus = ExportFocus::Write,
        ("enter", ExportFocus::Write) => return write(model),
        ("enter" | "space", ExportFocus::Secrets) => open.secrets = other(open.secrets),
        (_, ExportFocus::Path) => keys::stroke(name).into_iter().for_each(|stroke| open.path.stroke(stroke)),
        ("W", _) => return write(model),
        ("n", _) => model.dialog = None,
        _ => {}
    }
    Vec::new()
}

/// Says how an export ended; a failure stays in the dialog, to try another path.
pub(super) fn exported(model: &mut Model, result: Result<String, String>) -> Vec<Effect> {
    match (result, &mut model.dialog) {
        (Ok(path), _) => {
            model.dialog = None;
            say::say(model, Role::Good, format!("Exported to {path} (0600)"));
        }
        (Err(reason), Some(Dialog::Export(open))) => open.error = Some(reason),
        (Err(reason), _) => say::say(model, Role::Bad, reason),
    }
    Vec::new()
}

fn write(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Export(open)) = &model.dialog else { return Vec::new() };
    let found = model.caches.iter().find(|cache| cache.id == open.cache).and_then(|cache| cache.reading());
    let Some(reading) = found else { return Vec::new() };
    if open.path.text().trim().is_empty() {
        say::hint(model, "type a path first");
        return Vec::new();
    }
    let spot_of = |at: &usize| reading.roster.rows.get(*at).map(|row| row.spot);
    vec![Effect::Export {
        document: reading.document.clone(),
        spots: open.rows.iter().filter_map(spot_of).collect(),
        secrets: open.secrets,
        path: open.path.text().trim().into(),
    }]
}

fn next(focus: ExportFocus) -> ExportFocus {
    match focus {
        ExportFocus::Path => ExportFocus::Secrets,
        ExportFocus::Secrets => ExportFocus::Cancel,
        ExportFocus::Cancel => ExportFocus::Write,
        ExportFocus::Write => ExportFocus::Path,
    }
}

fn other(secrets: ExportSecrets) -> ExportSecrets {
    match secrets {
        ExportSecrets::Redacted => ExportSecrets::WithAccessTokens,
        ExportSecrets::WithAccessTokens => ExportSecrets::Redacted,
    }
}
