//! Copying and showing. Refresh tokens ask once more: with one, anybody is the user for months.

use std::time::Duration;

use super::{browser, say};
use crate::cache::Section;
use crate::clipboard::Route;
use crate::present::{Line, Role};
use crate::secret::RevealGrant;
use crate::tui::detail;
use crate::tui::dialog::{Ask, CopyKind, Dialog};
use crate::tui::effect::Effect;
use crate::tui::layout::detail_room;
use crate::tui::model::{Detail, DetailTab, Model, Reveal};
use crate::tui::msg::Copied;
use crate::tui::wrap::wrap;

/// How long a secret stays on the screen.
const FOR: Duration = Duration::from_secs(10);

/// Copies `kind` of the entry under the cursor, or asks first.
pub(super) fn copy(model: &mut Model, kind: CopyKind) -> Vec<Effect> {
    if kind.is_secret() && is_refresh_token(model) {
        model.dialog = Some(Dialog::Ask(Ask::Copy(kind)));
        return Vec::new();
    }
    copy_now(model, kind)
}

/// Copies `kind` of the entry under the cursor.
pub(super) fn copy_now(model: &Model, kind: CopyKind) -> Vec<Effect> {
    let Some((reading, at)) = model.reading().zip(model.current_row()) else { return Vec::new() };
    let Some(row) = reading.roster.rows.get(at) else { return Vec::new() };
    let claim = if model.detail.tab == DetailTab::Claims { model.detail.line } else { 0 };
    vec![Effect::Copy { document: reading.document.clone(), spot: row.spot, kind, claim }]
}

/// Shows the secret under the cursor, asks first, or hides it again.
pub(super) fn reveal(model: &mut Model) {
    if model.reveal.take().is_some() {
        return;
    }
    if is_refresh_token(model) {
        model.dialog = Some(Dialog::Ask(Ask::Reveal));
    } else {
        reveal_now(model);
    }
}

/// Shows the secret under the cursor.
pub(super) fn reveal_now(model: &mut Model) {
    let Some((cache, row)) = model.cache().map(|cache| cache.id).zip(model.current_row()) else { return };
    let grant = match RevealGrant::asked_for(&model.session.config.policy.law) {
        Ok(grant) => grant,
        Err(forbidden) => return say::say(model, Role::Bad, forbidden.to_string()),
    };
    let until = model.moment.elapsed + FOR;
    model.reveal = Some(Reveal { grant, cache, row, until });
    let says = model.keymap.spell("the secret is shown for 10 seconds: {reveal} hides it");
    say::say(model, Role::Warn, says);
    bring_in_sight(model);
}

/// The secret may stand below the lines in sight, on a page that is not shown, or in a pane that is not.
fn bring_in_sight(model: &mut Model) {
    if model.detail.tab == DetailTab::Claims {
        model.detail = Detail::default();
    }
    if model.panes().details.is_none() {
        browser::open(model);
    }
    let Some(area) = model.panes().details else { return };
    let room = detail_room(model.tier(), area);
    let (page, height) = (wrap(&detail::page(model), usize::from(room.width)), usize::from(room.height));
    let is_secret = |line: &Line| line.0.iter().any(|word| word.role == Role::Secret);
    let Some((begins, ends)) = page.iter().position(is_secret).zip(page.iter().rposition(is_secret)) else { return };
    let (first, _) = detail::window(model, &page, height);
    if begins < first || ends >= first + height {
        model.detail.line = begins;
    }
}

/// Says which way a copy went, and remembers to clear it.
pub(super) fn copied(model: &mut Model, kind: CopyKind, result: Result<Copied, String>) -> Vec<Effect> {
    let copied = match result {
        Ok(copied) => copied,
        Err(reason) => {
            let reason = model.keymap.spell(&reason);
            say::say(model, Role::Bad, reason);
            return Vec::new();
        }
    };
    let stay = Duration::from_secs(model.session.config.settings.clear_seconds());
    let cleared = format!("cleared in {} s", stay.as_secs());
    let (way, fate) = match copied.route {
        Route::Native => ("to the clipboard", cleared.as_str()),
        Route::Osc52 { tmux: false } => ("through the terminal (OSC 52)", "which cannot be cleared from here"),
        Route::Osc52 { tmux: true } => ("through tmux (OSC 52)", "which cannot be cleared from here"),
    };
    let head = format!("Copied the {}, {} bytes, {way}", kind.name(), copied.bytes);
    if kind.is_secret() {
        say::say(model, Role::Warn, format!("{head}: {fate}"));
        model.clear_copy_at = (copied.route == Route::Native).then_some(model.moment.elapsed + stay);
    } else {
        say::say(model, Role::Good, head);
        model.clear_copy_at = None;
    }
    if copied.sequence.is_empty() { Vec::new() } else { vec![Effect::Terminal(copied.sequence)] }
}

/// Says what became of the copy.
pub(super) fn cleared(model: &mut Model, said: Option<String>) -> Vec<Effect> {
    if let Some(text) = said {
        say::say(model, Role::Dim, text);
    }
    Vec::new()
}

fn is_refresh_token(model: &Model) -> bool {
    let row = model.reading().zip(model.current_row()).and_then(|(reading, at)| reading.roster.rows.get(at));
    row.is_some_and(|row| match row.section {
        Section::RefreshToken | Section::Other => true,
        Section::AccessToken | Section::IdToken | Section::Account | Section::AppMetadata => false,
    })
}
