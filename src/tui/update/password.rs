//! The question for a server's password: typed without being shown, handed over, forgotten.

use super::{keys, say};
use crate::present::Role;
use crate::secret::SecretText;
use crate::tui::dialog::{Dialog, PasswordDialog};
use crate::tui::effect::Effect;
use crate::tui::input::Stroke;
use crate::tui::model::Model;

/// Asks, unless something else has the keys: then nobody answers, and the next try asks again.
pub(super) fn asked(model: &mut Model, server: String) -> Vec<Effect> {
    if model.dialog.is_some() {
        say::say(model, Role::Warn, model.keymap.spell("the server wants a password: {reload} asks for it"));
        return vec![Effect::AnswerPassword(None)];
    }
    model.dialog = Some(Dialog::Password(PasswordDialog { server, typed: zeroize::Zeroizing::default() }));
    Vec::new()
}

/// Takes in a key.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(Dialog::Password(open)) = &mut model.dialog else { return Vec::new() };
    match name {
        "enter" => {
            let typed = SecretText::new(std::mem::take(&mut *open.typed));
            model.dialog = None;
            return vec![Effect::AnswerPassword(Some(typed))];
        }
        "esc" => {
            model.dialog = None;
            return vec![Effect::AnswerPassword(None)];
        }
        _ => {}
    }
    match keys::stroke(name) {
        Some(Stroke::Type(c)) => type_in(open, c),
        Some(Stroke::Backspace) => _ = open.typed.pop(),
        Some(Stroke::Clear | Stroke::DeleteWord) => open.typed.clear(),
        Some(Stroke::Delete | Stroke::Left | Stroke::Right | Stroke::Home | Stroke::End) | None => {}
    }
    Vec::new()
}

/// Takes in pasted text, line breaks and other controls left out.
pub(super) fn paste(open: &mut PasswordDialog, text: &str) {
    text.chars().filter(|c| !c.is_control()).for_each(|c| type_in(open, c));
}

/// A text that grows leaves its old room behind unwiped: all of it is taken at once.
fn type_in(open: &mut PasswordDialog, c: char) {
    const LONGEST: usize = 4096;
    if open.typed.capacity() == 0 {
        open.typed.reserve_exact(LONGEST);
    }
    if open.typed.len() + c.len_utf8() <= LONGEST {
        open.typed.push(c);
    }
}
