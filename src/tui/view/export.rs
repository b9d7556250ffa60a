//! The export dialog.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::boxes::{Button, Focus, Power, buttons, field};
use super::paint::{cut, dialog, put, role, word};
use crate::json::Layout;
use crate::present::Role;
use crate::text::Safe;
use crate::tui::dialog::{ExportDialog, ExportFocus, ExportSecrets};
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::theme::Tone;

/// Draws the box.
pub(super) fn draw(model: &Model, open: &ExportDialog, area: Rect, buffer: &mut Buffer) {
    let theme = model.theme;
    let area = centered(area, 76, 14);
    let keys = "tab focus   space toggles   esc cancels";
    let inside = dialog(model, area, &format!("Export {}", open.says), keys, buffer);
    let width = usize::from(inside.width);
    let label = |text: &'static str| role(theme, Role::Label, text);
    let chosen =
        |stop, text: String| word(theme, if open.focus == stop { Tone::Cursor } else { Tone::Word(Role::Plain) }, text);
    let mut path = vec![label(" File     ")];
    path.extend(field(theme, &open.path, Focus::of(open.focus, ExportFocus::Path), width.saturating_sub(12)));
    let mut lines = vec![
        Line::from(path),
        Line::from(role(theme, Role::Dim, "          a new file, readable by you alone (0600); none is replaced")),
        Line::from(vec![label(" Secrets  "), chosen(ExportFocus::Secrets, choice(open.secrets).to_owned())]),
        Line::from(warning(model, open.secrets)),
    ];
    if open.secrets == ExportSecrets::All {
        lines.push(name(model, open, width));
    }
    lines.push(Line::from(vec![label(" Layout   "), chosen(ExportFocus::Layout, layout(open.layout).to_owned())]));
    lines.push(Line::from(role(theme, Role::Dim, " Redacted, an entry looks like this:")));
    lines.extend(open.preview.iter().map(|text| Line::from(format!("   {}", cut(text, width.saturating_sub(4))))));
    let error = open.error.as_ref();
    lines.push(Line::from(error.map_or_else(
        || Span::raw(""),
        |error| role(theme, Role::Bad, cut(&format!(" x {}", Safe::new(error)), width)),
    )));
    let power = if open.may_write() { Power::On } else { Power::Off };
    let write = if open.may_write() { "Write (W)" } else { "Write (name first)" };
    let row = [
        Button { text: "Cancel".to_owned(), focus: Focus::of(open.focus, ExportFocus::Cancel), power: Power::On },
        Button { text: write.to_owned(), focus: Focus::of(open.focus, ExportFocus::Write), power },
    ];
    // The buttons stay where not all of the rest fits.
    let room = usize::from(inside.height).saturating_sub(1);
    lines.truncate(room);
    lines.push(buttons(theme, &row, width));
    put(&lines, inside, buffer);
}

/// Asks whose sign-ins go out.
fn name(model: &Model, open: &ExportDialog, width: usize) -> Line<'static> {
    let wanted = open.names.first().map(|name| Safe::new(name).to_string()).unwrap_or_default();
    let mut words = vec![
        Span::raw("          type  "),
        word(model.theme, Tone::Title, cut(&wanted, width / 2)),
        Span::raw("  first:  "),
    ];
    words.extend(field(model.theme, &open.typed, Focus::of(open.focus, ExportFocus::Name), width / 4));
    Line::from(words)
}

fn layout(layout: Layout) -> &'static str {
    match layout {
        Layout::Keep => "as in the cache",
        Layout::Pretty => "pretty: four spaces a level",
        Layout::Compact => "compact: no white space",
        Layout::Canonical => "canonical: compact, names sorted",
    }
}

fn choice(secrets: ExportSecrets) -> &'static str {
    match secrets {
        ExportSecrets::Redacted => "redacted",
        ExportSecrets::WithAccessTokens => "with access and id tokens",
        ExportSecrets::All => "with access, id and refresh tokens",
    }
}

fn warning(model: &Model, secrets: ExportSecrets) -> Span<'static> {
    match secrets {
        ExportSecrets::Redacted => role(model.theme, Role::Dim, "          every secret becomes its fingerprint"),
        ExportSecrets::WithAccessTokens => {
            role(model.theme, Role::Warn, "          ! live tokens in clear; refresh tokens stay redacted")
        }
        ExportSecrets::All => {
            role(model.theme, Role::Bad, "          ! whoever has the file can sign in as these accounts, for weeks")
        }
    }
}
