//! Small boxes: a question; and the row of buttons and the field that boxes share.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::paint::{cut, dialog, put, role, word};
use crate::present::Role;
use crate::text::Safe;
use crate::tui::dialog::{Ask, PasswordDialog};
use crate::tui::layout::centered;
use crate::tui::model::Model;
use crate::tui::theme::{Theme, Tone};

/// A button: its words, whether it has the focus, whether it can be pressed.
pub(super) struct Button {
    pub(super) text: String,
    pub(super) focus: Focus,
    pub(super) power: Power,
}

/// Whether something has the focus.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    Here,
    Elsewhere,
}

/// Whether a button can be pressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    On,
    Off,
}

impl Focus {
    /// [`Focus::Here`] where `one` is `other`.
    pub(super) fn of<T: PartialEq>(one: T, other: T) -> Self {
        if one == other { Self::Here } else { Self::Elsewhere }
    }
}

/// Buttons side by side; closer and without their keys where they would not fit in `width`.
pub(super) fn buttons(theme: Theme, all: &[Button], width: usize) -> Line<'static> {
    let is_wide = 3 + all.iter().map(|button| button.text.width() + 5).sum::<usize>() <= width;
    let (lead, gap) = if is_wide { ("   ", " ") } else { ("", "") };
    let mut words = vec![Span::raw(lead)];
    for Button { text, focus, power } in all {
        let text = if is_wide { text } else { without_key(text) };
        let tone = match (focus, power) {
            (Focus::Here, Power::On | Power::Off) => Tone::Cursor,
            (Focus::Elsewhere, Power::On) => Tone::Word(Role::Plain),
            (Focus::Elsewhere, Power::Off) => Tone::Word(Role::Dim),
        };
        let text = match focus {
            Focus::Here if !is_wide => format!(">{text}<"),
            Focus::Elsewhere if !is_wide => format!(" {text} "),
            Focus::Here => format!("> {text} <"),
            Focus::Elsewhere => format!("  {text}  "),
        };
        words.extend([word(theme, tone, text), Span::raw(gap)]);
    }
    Line::from(words)
}

/// "Full diff" of "Full diff (D)".
fn without_key(text: &str) -> &str {
    const KEY: usize = " (D)".len();
    let cut = text.len().saturating_sub(KEY);
    match text.split_at_checked(cut) {
        Some((name, key)) if key.starts_with(" (") && key.ends_with(')') => name,
        Some(_) | None => text,
    }
}

/// Asks once more before a refresh token is copied or shown.
pub(super) fn ask(model: &Model, ask: Ask, area: Rect, buffer: &mut Buffer) {
    let (title, does) = match ask {
        Ask::Copy(_) => ("Copy a refresh token?", "copies"),
        Ask::Reveal => ("Show a refresh token?", "shows it for 10 seconds"),
    };
    let inside = dialog(model, centered(area, 64, 7), title, "esc cancels", buffer);
    let lines = [
        Line::from(" Whoever has it can get tokens as this user for weeks."),
        Line::from(" Removing it here later does not revoke it."),
        Line::default(),
        Line::from(vec![
            word(model.theme, Tone::Key, "   Y"),
            Span::raw(format!(" {does}   ")),
            word(model.theme, Tone::Key, "esc"),
            Span::raw(" leaves it"),
        ]),
    ];
    put(&lines, inside, buffer);
}

/// Asks for a server's password; what is typed shows as a mask that tells not even its length.
pub(super) fn password(model: &Model, open: &PasswordDialog, area: Rect, buffer: &mut Buffer) {
    let title = "The server wants a password";
    let inside = dialog(model, centered(area, 64, 6), title, "enter connects   esc cancels", buffer);
    let width = usize::from(inside.width).saturating_sub(2);
    let mask = if open.typed.is_empty() { "" } else { "********" };
    let lines = [
        Line::from(format!(" {}", cut(&Safe::new(&open.server).to_string(), width))),
        Line::default(),
        Line::from(vec![
            Span::raw(" Password  "),
            role(model.theme, Role::Secret, mask),
            word(model.theme, Tone::Caret, " "),
        ]),
        Line::from(role(model.theme, Role::Dim, " kept in memory until saltcellar ends, and nowhere else")),
    ];
    put(&lines, inside, buffer);
}

/// A text field: what was typed, with a cursor where it has the focus.
pub(super) fn field(theme: Theme, input: &crate::tui::input::Input, focus: Focus, width: usize) -> Vec<Span<'static>> {
    let (before, behind) = input.halves();
    let safe = |text: &str| crate::text::Safe::new(text).to_string();
    let under = behind.chars().next().map_or_else(|| " ".to_owned(), |c| safe(&c.to_string()));
    let rest = behind.chars().next().map_or("", |c| behind.get(c.len_utf8()..).unwrap_or(""));
    // The end of a long text is what is being typed.
    let before = safe(before);
    let skip = before.chars().count().saturating_sub(width.saturating_sub(1));
    let before: String = before.chars().skip(skip).collect();
    match focus {
        Focus::Here => vec![Span::raw(before), word(theme, Tone::Caret, under), Span::raw(safe(rest))],
        Focus::Elsewhere => vec![role(theme, Role::Dim, format!("{before}{under}{}", safe(rest)))],
    }
}
