//! Keys in dialogs. No key that opens one confirms it; the harmless button has the focus.

use super::{copy, export, help, palette, password, planned, prune, sources};
use crate::tui::dialog::{Ask, Dialog};
use crate::tui::effect::Effect;
use crate::tui::model::Model;

/// Takes in a key while a dialog is open.
pub(super) fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    match &mut model.dialog {
        None => Vec::new(),
        Some(Dialog::Plan(_)) => planned::press(model, name),
        Some(Dialog::Prune(_)) => prune::press(model, name),
        Some(Dialog::Export(_)) => export::press(model, name),
        Some(Dialog::Palette(_)) => palette::press(model, name),
        Some(Dialog::Help(_)) => help::press(model, name),
        Some(Dialog::Ask(ask)) => {
            let ask = *ask;
            answer(model, ask, name)
        }
        Some(Dialog::Sources(_)) => sources::press(model, name),
        Some(Dialog::Password(_)) => password::press(model, name),
    }
}

/// Takes in pasted text while a dialog is open.
pub(super) fn paste(model: &mut Model, text: &str) {
    match &mut model.dialog {
        Some(Dialog::Plan(open)) => planned::paste(open, text),
        Some(Dialog::Export(open)) => export::paste(open, text),
        Some(Dialog::Palette(open)) => palette::paste(open, text),
        Some(Dialog::Password(open)) => password::paste(open, text),
        Some(Dialog::Help(open)) if open.typing.is_some() => open.filter.paste(text),
        Some(Dialog::Prune(_) | Dialog::Help(_) | Dialog::Ask(_) | Dialog::Sources(_)) | None => {}
    }
}

fn answer(model: &mut Model, ask: Ask, name: &str) -> Vec<Effect> {
    match name {
        "Y" => {
            model.dialog = None;
            match ask {
                Ask::Copy(kind) => copy::copy_now(model, kind),
                Ask::Reveal => {
                    copy::reveal_now(model);
                    Vec::new()
                }
            }
        }
        "esc" | "n" | "enter" | "q" => {
            model.dialog = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}
