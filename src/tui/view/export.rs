//! The export dialog.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::boxes::{Button, Focus, Power, buttons, field};
use super::paint::{popup, put, role, word};
use crate::present::Role;
use crate::text::Safe;
use crate::tui::dialog::{ExportDialog, ExportFocus, ExportSecrets};
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::theme::Tone;

/// Draws the box.
pub(super) fn draw(model: &Model, open: &ExportDialog, area: Rect, buffer: &mut Buffer) {
    let theme = model.theme;
    let area = centered(area, 76, 12);
    let inside =
        popup(theme, area, &format!("Export {}", open.says), "tab focus   space toggles   esc cancels", buffer);
    let label = |text: &'static str| role(theme, Role::Label, text);
    let mut path = vec![label(" File     ")];
    path.extend(field(
        theme,
        &open.path,
        Focus::of(open.focus, ExportFocus::Path),
        usize::from(inside.width.saturating_sub(12)),
    ));
    let tone = if open.focus == ExportFocus::Secrets { Tone::Cursor } else { Tone::Word(Role::Plain) };
    let row = [
        Button { text: "Cancel".to_owned(), focus: Focus::of(open.focus, ExportFocus::Cancel), power: Power::On },
        Button { text: "Write (W)".to_owned(), focus: Focus::of(open.focus, ExportFocus::Write), power: Power::On },
    ];
    let lines = [
        Line::from(path),
        Line::from(role(theme, Role::Dim, "          a new file, readable by you alone (0600)")),
        Line::default(),
        Line::from(vec![label(" Secrets  "), word(theme, tone, choice(open.secrets))]),
        Line::from(warning(model, open.secrets)),
        Line::default(),
        Line::from(
            open.error
                .as_ref()
                .map_or_else(|| Span::raw(""), |error| role(theme, Role::Bad, format!(" x {}", Safe::new(error)))),
        ),
        buttons(theme, &row),
    ];
    put(&lines, inside, buffer);
}

fn choice(secrets: ExportSecrets) -> &'static str {
    match secrets {
        ExportSecrets::Redacted => "[ ] with access and id tokens",
        ExportSecrets::WithAccessTokens => "[*] with access and id tokens",
    }
}

fn warning(model: &Model, secrets: ExportSecrets) -> Span<'static> {
    match secrets {
        ExportSecrets::Redacted => role(model.theme, Role::Dim, "          every secret becomes its fingerprint"),
        ExportSecrets::WithAccessTokens => {
            role(model.theme, Role::Warn, "          ! live tokens in clear; refresh tokens stay redacted")
        }
    }
}
