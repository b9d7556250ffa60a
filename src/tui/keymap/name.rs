//! How a key is spelt: as in the table, in settings and on the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The name of a key as the table spells it; `None` for keys that we have no use for.
#[must_use]
pub fn name(key: &KeyEvent) -> Option<String> {
    let base = match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("f{number}"),
        KeyCode::Enter => "enter".to_owned(),
        KeyCode::Esc => "esc".to_owned(),
        KeyCode::Tab => "tab".to_owned(),
        KeyCode::BackTab => return Some("shift-tab".to_owned()),
        KeyCode::Backspace => "backspace".to_owned(),
        KeyCode::Delete => "delete".to_owned(),
        KeyCode::Left => "left".to_owned(),
        KeyCode::Right => "right".to_owned(),
        KeyCode::Up => "up".to_owned(),
        KeyCode::Down => "down".to_owned(),
        KeyCode::Home => "home".to_owned(),
        KeyCode::End => "end".to_owned(),
        KeyCode::PageUp => "pgup".to_owned(),
        KeyCode::PageDown => "pgdn".to_owned(),
        KeyCode::Insert
        | KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    Some(format!("{}{base}", modifiers(key)))
}

/// The prefix for modifiers; shift is part of a character already.
fn modifiers(key: &KeyEvent) -> String {
    let is_char = matches!(key.code, KeyCode::Char(_));
    let held = |modifier, name| if key.modifiers.contains(modifier) { name } else { "" };
    let shift = if is_char { "" } else { held(KeyModifiers::SHIFT, "shift-") };
    format!("{}{}{shift}", held(KeyModifiers::CONTROL, "ctrl-"), held(KeyModifiers::ALT, "alt-"))
}
