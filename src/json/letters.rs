//! What bytes a text has anywhere: looked at in one pass, by two threads where it is large, and told ever after.

use super::sweep::WORTH_TWO;
use crate::threads::both;

/// What is known of all bytes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letters {
    /// Whether all are ASCII, but for a byte order mark. `None`: in a small text it is soon seen by who asks, and few do.
    pub(super) ascii: Option<bool>,
    /// Whether no string has an escape: then none has to be looked for again and again.
    pub(super) no_escape: bool,
}

/// As much as stays in the processor's own memory until it is looked at for the other thing.
const PIECE: usize = 64 << 10;

impl Letters {
    /// Looks through `text`.
    pub(super) fn of(text: &str) -> Self {
        let body = text.trim_start_matches('\u{feff}').as_bytes();
        if body.len() < WORTH_TWO {
            return Self { ascii: None, no_escape: has_no_escape(body) };
        }
        let (head, tail) = body.split_at(body.len() / 2);
        let (tail, head) = both(|| of_part(tail), || of_part(head));
        Self { ascii: Some(head.0 && tail.0), no_escape: head.1 && tail.1 }
    }
}

/// Whether `part` is ASCII, and whether it has no escape.
fn of_part(part: &[u8]) -> (bool, bool) {
    let (mut ascii, mut no_escape) = (true, true);
    for piece in part.chunks(PIECE) {
        ascii = ascii && piece.is_ascii();
        no_escape = no_escape && has_no_escape(piece);
    }
    (ascii, no_escape)
}

fn has_no_escape(text: &[u8]) -> bool {
    memchr::memchr(b'\\', text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_anywhere_tells() {
        for length in [0, 1, PIECE, PIECE + 1, WORTH_TWO, WORTH_TWO + PIECE + 7] {
            let plain = "x".repeat(length);
            let ascii = |is| (length >= WORTH_TWO).then_some(is);
            assert_eq!(Letters::of(&plain), Letters { ascii: ascii(true), no_escape: true });
            for at in [0, PIECE, length / 2, length.saturating_sub(1)].into_iter().filter(|at| *at < length) {
                let with = |letter: &str| Letters::of(&[&plain[..at], letter, &plain[at + 1..]].concat());
                assert_eq!(with("\\"), Letters { ascii: ascii(true), no_escape: false }, "{at} of {length}");
                assert_eq!(with("\u{e9}"), Letters { ascii: ascii(false), no_escape: true }, "{at} of {length}");
            }
        }
        let marked = "\u{feff}".to_owned() + &"x".repeat(WORTH_TWO);
        assert_eq!(Letters::of(&marked), Letters { ascii: Some(true), no_escape: true });
    }
}
