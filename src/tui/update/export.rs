//! The export dialog: redacted unless chosen otherwise, to a new file of the user's own.

use std::collections::BTreeSet;

use super::{keys, say};
use crate::cache::Section;
use crate::json::Layout;
use crate::present::Role;
use crate::secret::Deed;
use crate::tui::dialog::{Dialog, ExportDialog, ExportFocus, ExportSecrets};
use crate::tui::effect::{Effect, Writes, refusal};
use crate::tui::input::Input;
use crate::tui::model::{Model, OpenCache, Reading};
use crate::tui::work::Work;

/// Asks where to and what.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some((cache, reading)) = model.cache().zip(model.reading()) else { return Vec::new() };
    let marked = cache.browse.marked();
    let (rows, says): (Vec<usize>, _) = if marked.is_empty() {
        let all = cache.browse.shown.len() == reading.roster.rows.len();
        let says = if all { "all" } else { "shown" };
        (cache.browse.rows_from(0).collect(), format!("{} entries ({says})", cache.browse.shown.len()))
    } else {
        (marked.iter().copied().collect(), format!("{} entries (marked)", marked.len()))
    };
    let dialog = ExportDialog {
        cache: cache.id,
        names: names(cache, reading, &rows),
        rows,
        says,
        path: Input::of("saltcellar-export.json"),
        layout: Layout::Keep,
        secrets: ExportSecrets::Redacted,
        typed: Input::default(),
        preview: Vec::new(),
        focus: ExportFocus::Path,
        error: None,
    };
    model.dialog = Some(Dialog::Export(Box::new(dialog)));
    preview(model)
}

/// Whose sign-ins go out with the refresh tokens among `rows`; the cache's own name where they are nobody's. None where
/// there is no refresh token.
fn names(cache: &OpenCache, reading: &Reading, rows: &[usize]) -> Vec<String> {
    let tokens = rows.iter().filter_map(|at| reading.roster.rows.get(*at));
    let grave: Vec<_> = tokens.filter(|row| row.section == Section::RefreshToken).collect();
    if grave.is_empty() {
        return Vec::new();
    }
    let owners: BTreeSet<usize> = grave.iter().filter_map(|row| row.account).collect();
    let accounts = owners.into_iter().filter_map(|at| reading.roster.accounts.get(at));
    let named = accounts.flat_map(|account| [account.label().to_owned(), account.home_account_id.clone()]);
    let names: Vec<String> = named.filter(|name| !name.is_empty()).collect();
    let file = || cache.name.rsplit('/').next().unwrap_or(&cache.name).to_owned();
    if names.is_empty() { vec![file()] } else { names }
}

/// Asks how the copy begins.
fn preview(model: &Model) -> Vec<Effect> {
    let Some(Dialog::Export(open)) = &model.dialog else { return Vec::new() };
    let found = model.caches.iter().find(|cache| cache.id == open.cache).and_then(|cache| cache.reading());
    let Some((reading, first)) = found.zip(open.rows.first()) else { return Vec::new() };
    let Some(spot) = reading.roster.rows.get(*first).map(|row| row.spot) else { return Vec::new() };
    vec![Effect::Preview { document: reading.document.clone(), spot, layout: open.layout }]
}

/// Takes in how the copy begins.
pub(super) fn previewed(model: &mut Model, layout: Layout, lines: Vec<String>) -> Vec<Effect> {
    if let Some(Dialog::Export(open)) = &mut model.dialog
        && open.layout == layout
    {
        open.preview = lines;
    }
    Vec::new()
}

/// Takes in a key of the dialog.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(Dialog::Export(open)) = &mut model.dialog else { return Vec::new() };
    match (name, open.focus) {
        ("esc", _) if model.exporting.is_some() => return vec![Effect::Stop(Work::Export)],
        (_, _) if model.exporting.is_some() => {}
        ("esc", _) | ("enter", ExportFocus::Cancel) => model.dialog = None,
        ("tab" | "down", _) => turn(open, 1),
        ("shift-tab" | "up", _) => turn(open, stops(open).len().saturating_sub(1)),
        ("enter", ExportFocus::Path) => open.focus = ExportFocus::Write,
        ("enter", ExportFocus::Name) if open.may_write() => open.focus = ExportFocus::Write,
        ("enter", ExportFocus::Name) => {}
        ("enter", ExportFocus::Write) => return write(model),
        ("enter" | "space", ExportFocus::Secrets) => match model.session.config.policy.law.why_not(Deed::Export) {
            Some(why) => open.error = Some(why),
            None => next_secrets(open),
        },
        ("enter" | "space", ExportFocus::Layout) => {
            open.layout = next_layout(open.layout);
            return preview(model);
        }
        (_, ExportFocus::Path) => keys::stroke(name).into_iter().for_each(|stroke| open.path.stroke(stroke)),
        (_, ExportFocus::Name) => keys::stroke(name).into_iter().for_each(|stroke| open.typed.stroke(stroke)),
        ("W", _) => return write(model),
        ("n", _) => model.dialog = None,
        _ => {}
    }
    Vec::new()
}

/// Takes in pasted text.
pub(super) fn paste(open: &mut ExportDialog, text: &str) {
    if open.focus == ExportFocus::Name { open.typed.paste(text) } else { open.path.paste(text) }
}

/// Where tab leads, in order.
fn stops(open: &ExportDialog) -> Vec<ExportFocus> {
    let name = (open.secrets == ExportSecrets::All).then_some(ExportFocus::Name);
    let first = [ExportFocus::Path, ExportFocus::Secrets].into_iter().chain(name);
    first.chain([ExportFocus::Layout, ExportFocus::Cancel, ExportFocus::Write]).collect()
}

fn turn(open: &mut ExportDialog, by: usize) {
    let stops = stops(open);
    let at = stops.iter().position(|stop| *stop == open.focus).unwrap_or(0);
    open.focus = stops.iter().cycle().nth(at + by).copied().unwrap_or(ExportFocus::Cancel);
}

/// Refresh tokens are offered only where there are any.
fn next_secrets(open: &mut ExportDialog) {
    open.typed = Input::default();
    open.secrets = match open.secrets {
        ExportSecrets::Redacted => ExportSecrets::WithAccessTokens,
        ExportSecrets::WithAccessTokens if open.names.is_empty() => ExportSecrets::Redacted,
        ExportSecrets::WithAccessTokens => ExportSecrets::All,
        ExportSecrets::All => ExportSecrets::Redacted,
    };
}

fn next_layout(layout: Layout) -> Layout {
    match layout {
        Layout::Keep => Layout::Pretty,
        Layout::Pretty => Layout::Compact,
        Layout::Compact => Layout::Canonical,
        Layout::Canonical => Layout::Keep,
    }
}

/// Says how an export ended; a failure stays in the dialog, to try another path.
pub(super) fn exported(model: &mut Model, result: Result<String, String>) -> Vec<Effect> {
    model.exporting = None;
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
    if !open.may_write() {
        say::hint(model, "refresh tokens go out only after the name is typed");
        return Vec::new();
    }
    if open.path.text().trim().is_empty() {
        say::hint(model, "type a path first");
        return Vec::new();
    }
    let spot_of = |at: &usize| reading.roster.rows.get(*at).map(|row| row.spot);
    let effect = Effect::Export {
        of: reading.document.clone(),
        spots: open.rows.iter().filter_map(spot_of).collect(),
        secrets: open.secrets,
        layout: open.layout,
        path: open.path.text().trim().into(),
    };
    model.exporting = refusal(model, Writes::File).is_none().then_some(model.moment.elapsed);
    vec![effect]
}
