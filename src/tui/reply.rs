//! What the terminal answers when asked for its background, picked out of what is typed: the answer comes the same
//! way as keys, whole or in pieces, soon, late or never, and none of it may be taken for keys. Reads nothing itself.

use crossterm::event::{Event as Input, KeyCode, KeyModifiers};

use super::theme::Ground;

/// The question (OSC 11).
pub(super) const ASK_GROUND: &[u8] = b"\x1b]11;?\x1b\\";

/// What came in.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// A key or the like.
    Input(Input),
    /// An answer.
    Ground(Ground),
}

/// An answer that may have begun.
#[derive(Default)]
pub(super) struct Reply {
    held: Vec<Input>,
    text: String,
}

enum Verdict {
    Part,
    Whole(Ground),
    Other,
}

impl Reply {
    /// Whether something is held that may become an answer; it is no longer worth waiting for after [`Reply::PATIENCE`].
    pub(super) fn is_open(&self) -> bool {
        !self.held.is_empty()
    }

    /// The longest pause within an answer: nobody notices it in what is typed.
    pub(super) const PATIENCE: std::time::Duration = std::time::Duration::from_millis(25);

    /// Takes the next input, and gives what is certain by now.
    pub(super) fn take(&mut self, input: Input) -> Vec<Heard> {
        let bytes = bytes(&input);
        self.held.push(input);
        let Some(bytes) = bytes else { return self.give_up() };
        self.text.push_str(&bytes);
        match judge(&self.text) {
            Verdict::Part => Vec::new(),
            Verdict::Whole(ground) => {
                *self = Self::default();
                vec![Heard::Ground(ground)]
            }
            Verdict::Other => self.give_up(),
        }
    }

    /// What was held was no answer.
    pub(super) fn give_up(&mut self) -> Vec<Heard> {
        std::mem::take(self).held.into_iter().map(Heard::Input).collect()
    }
}

/// The bytes that a key stands for, as far as an answer could hold them.
fn bytes(input: &Input) -> Option<String> {
    let Input::Key(key) = input else { return None };
    let rest = key.modifiers.difference(KeyModifiers::SHIFT);
    if key.code == KeyCode::Esc {
        return Some("\x1b".to_owned());
    }
    let c = key.code.as_char()?;
    match (c, rest) {
        ('g', KeyModifiers::CONTROL) => Some("\x07".to_owned()),
        (_, KeyModifiers::ALT) => Some(format!("\x1b{c}")),
        (_, KeyModifiers::NONE) => Some(c.to_string()),
        (_, _) => None,
    }
}

fn judge(text: &str) -> Verdict {
    const HEAD: &str = "\x1b]11;";
    const LONGEST: usize = 40;
    if HEAD.starts_with(text) {
        return Verdict::Part;
    }
    let Some(rest) = text.strip_prefix(HEAD) else { return Verdict::Other };
    if let Some(colour) = rest.strip_suffix('\x07').or_else(|| rest.strip_suffix("\x1b\\")) {
        return Verdict::Whole(Ground::answered(colour));
    }
    let body = rest.strip_suffix('\x1b').unwrap_or(rest);
    let is_colour =
        body.len() < LONGEST && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/".contains(&byte));
    if is_colour { Verdict::Part } else { Verdict::Other }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
        Input::Key(KeyEvent::new(code, modifiers))
    }

    /// As crossterm reads `text`, which comes in pieces that end at `cuts`.
    fn typed(text: &str, cuts: &[usize]) -> Vec<Input> {
        let mut keys = Vec::new();
        let mut letters = text.chars().enumerate().peekable();
        while let Some((at, c)) = letters.next() {
            keys.push(match c {
                '\x1b' if cuts.contains(&(at + 1)) => key(KeyCode::Esc, KeyModifiers::NONE),
                '\x1b' => letters
                    .next()
                    .map_or(key(KeyCode::Esc, KeyModifiers::NONE), |(_, c)| key(KeyCode::Char(c), KeyModifiers::ALT)),
                '\x07' => key(KeyCode::Char('g'), KeyModifiers::CONTROL),
                c if c.is_ascii_uppercase() => key(KeyCode::Char(c), KeyModifiers::SHIFT),
                c => key(KeyCode::Char(c), KeyModifiers::NONE),
            });
        }
        keys
    }

    fn heard(keys: Vec<Input>) -> Vec<Heard> {
        let mut reply = Reply::default();
        let mut all: Vec<Heard> = keys.into_iter().flat_map(|key| reply.take(key)).collect();
        all.extend(reply.give_up());
        all
    }

    #[test]
    fn an_answer_is_understood_wherever_it_is_cut() {
        for text in ["\x1b]11;rgb:FFFF/ffff/ffff\x1b\\", "\x1b]11;rgb:ff/ff/ff\x07"] {
            for cut in 0..text.len() {
                assert_eq!(
                    heard(typed(text, &[cut, text.len() - 1])),
                    [Heard::Ground(Ground::Light)],
                    "{text:?} {cut}"
                );
            }
        }
    }

    #[test]
    fn what_is_typed_around_an_answer_stays() {
        let found = heard(typed("j\x1b]11;rgb:00/00/00\x07k", &[]));

        let plain = |c| Heard::Input(key(KeyCode::Char(c), KeyModifiers::NONE));
        assert_eq!(found, [plain('j'), Heard::Ground(Ground::Dark), plain('k')]);
    }

    #[test]
    fn keys_that_only_begin_like_an_answer_come_through_in_order() {
        for text in ["\x1b", "\x1b]j", "\x1b]11;j!", "\x1b]1", "\x1b\x1b", "]11;rgb:0/0/0\x07"] {
            let keys = typed(text, &[1]);

            let expected: Vec<Heard> = typed(text, &[1]).into_iter().map(Heard::Input).collect();
            assert_eq!(heard(keys), expected, "{text:?}");
        }
    }

    #[test]
    fn an_answer_without_end_does_not_hold_the_keys() {
        let text = format!("\x1b]11;{}", "f".repeat(100));

        assert_eq!(heard(typed(&text, &[])).len(), text.len() - 1);
    }
}
