//! How keys are written in settings: the names that the screen shows, with or without capitals. Refuses what no
//! terminal sends, or sends as another key.

use super::warning::quoted;

/// Why a text is no key that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no key in it.
    #[error("a key is missing here; \"<disabled>\" takes all keys away")]
    Empty,
    /// There is no such key.
    #[error("{0} is no key: write a character, or a name such as ctrl-d, space, enter, tab, up, pgdn, f1, shift-down")]
    Unknown(String),
    /// A terminal sends the same for another key.
    #[error("terminals cannot tell {key} from {other}")]
    Same {
        /// What was written; safe already.
        key: String,
        /// What it is the same as.
        other: String,
    },
    /// A key that breaks off a sequence cannot be in one.
    #[error("esc leaves a sequence, so it cannot be part of one")]
    Esc,
}

/// The names of keys that are no characters.
const NAMES: [&str; 15] = [
    "space",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "backspace",
    "delete",
    "left",
    "right",
    "up",
    "down",
    "home",
    "end",
    "pgup",
    "pgdn",
];
/// Those that terminals also send with a modifier.
const MODIFIED: [&str; 9] = ["left", "right", "up", "down", "home", "end", "pgup", "pgdn", "delete"];
const LAST_F: u8 = 12;

/// `text` as the tables spell it: one key, or several with a space between them.
///
/// # Errors
/// It is no key, or one that a terminal cannot tell from another.
pub fn spelt(text: &str) -> Result<String, KeyError> {
    let keys = text.split_whitespace().map(one).collect::<Result<Vec<_>, _>>()?;
    match keys.as_slice() {
        [] => Err(KeyError::Empty),
        [_, ..] if keys.len() > 1 && keys.iter().any(|key| key == "esc") => Err(KeyError::Esc),
        [_, ..] => Ok(keys.join(" ")),
    }
}

fn one(text: &str) -> Result<String, KeyError> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return if is_typed(c) { Ok(c.to_string()) } else { Err(KeyError::Unknown(quoted(text))) };
    }
    let name = text.to_lowercase();
    if NAMES.contains(&name.as_str()) || is_f(&name) {
        return Ok(name);
    }
    let unknown = || KeyError::Unknown(quoted(text));
    let (modifier, key) = text.split_once('-').ok_or_else(unknown)?;
    match modifier.to_lowercase().as_str() {
        "ctrl" => with_ctrl(key).ok_or_else(unknown)?.map_err(|other| same(text, other)),
        "alt" => with_alt(key).ok_or_else(unknown),
        "shift" => with_shift(key).ok_or_else(unknown)?.map_err(|other| same(text, &other)),
        _ => Err(unknown()),
    }
}

fn same(text: &str, other: &str) -> KeyError {
    KeyError::Same { key: quoted(text), other: other.to_owned() }
}

/// The key with ctrl; or the key that a terminal sends the same for.
fn with_ctrl(key: &str) -> Option<Result<String, &'static str>> {
    let key = key.to_lowercase();
    Some(match key.as_str() {
        "h" | "backspace" => Err("backspace"),
        "i" | "tab" => Err("tab"),
        "j" | "m" | "enter" => Err("enter"),
        "[" | "esc" => Err("esc"),
        "@" => Err("ctrl-space"),
        "space" => Ok("ctrl-space".to_owned()),
        name if MODIFIED.contains(&name) || is_letter(name) => Ok(format!("ctrl-{name}")),
        _ => return None,
    })
}

fn with_alt(key: &str) -> Option<String> {
    let name = key.to_lowercase();
    let mut chars = key.chars();
    match (chars.next(), chars.next()) {
        // esc and [ or O is how a terminal begins to tell of arrows.
        (Some(c), None) => (is_typed(c) && !matches!(c, '[' | 'O')).then(|| format!("alt-{c}")),
        _ => MODIFIED.contains(&name.as_str()).then(|| format!("alt-{name}")),
    }
}

fn with_shift(key: &str) -> Option<Result<String, String>> {
    let name = key.to_lowercase();
    let mut chars = key.chars();
    Some(match (chars.next(), chars.next()) {
        (Some(c), None) if is_typed(c) => Err(c.to_uppercase().collect()),
        _ if MODIFIED.contains(&name.as_str()) => Ok(format!("shift-{name}")),
        _ if ["space", "enter", "backspace", "esc"].contains(&name.as_str()) => Err(name),
        _ => return None,
    })
}

fn is_typed(c: char) -> bool {
    let mut bytes = [0; 4];
    let text = c.encode_utf8(&mut bytes);
    !c.is_whitespace() && *crate::text::Safe::new(text).to_string() == *text
}

fn is_letter(name: &str) -> bool {
    name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_f(name: &str) -> bool {
    let number = name.strip_prefix('f').filter(|rest| !rest.starts_with('0')).and_then(|rest| rest.parse::<u8>().ok());
    number.is_some_and(|number| (1..=LAST_F).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_the_names_that_the_screen_shows() {
        for (text, key) in [
            ("j", "j"),
            ("G", "G"),
            ("y  y", "y y"),
            ("Ctrl-D", "ctrl-d"),
            ("F12", "f12"),
            ("Shift-Down", "shift-down"),
            ("alt-x", "alt-x"),
            ("-", "-"),
            ("é", "é"),
            ("ctrl-space t", "ctrl-space t"),
        ] {
            assert_eq!(spelt(text).as_deref(), Ok(key));
        }
    }

    #[test]
    fn keys_that_terminals_cannot_tell_from_others_are_refused() {
        for (text, other) in
            [("ctrl-i", "tab"), ("ctrl-M", "enter"), ("ctrl-h", "backspace"), ("ctrl-[", "esc"), ("shift-a", "A")]
        {
            let says = spelt(text).expect_err("it is refused").to_string();
            assert_eq!(says, format!("terminals cannot tell \"{text}\" from {other}"));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["f13", "f0", "f01", "ctrl-", "ctrl-é", "super-x", "return", "\u{1b}", "\u{202e}", "alt-O", "alt-"]
        {
            assert!(matches!(spelt(text), Err(KeyError::Unknown(_))), "{text:?}");
        }
        assert_eq!(spelt(" "), Err(KeyError::Empty));
        assert_eq!(spelt("y esc"), Err(KeyError::Esc));
    }
}
