//! Sessions in pickle, protocols 0 to 5. Follows the opcodes of plain data (dictionaries, lists, text, bytes, numbers) and
//! refuses, by name, whatever would import or call something: nothing is ever run, built or imported here.

mod machine;
mod ops;

use super::spelling::{self, Spelling};
use super::{Odd, Spot};
use machine::Machine;

/// `PROTO`, and the newest protocol.
const PROTO: u8 = 0x80;
const NEWEST: u8 = 5;
const FRAME: u8 = 0x95;
const STOP: u8 = b'.';

/// Whether a pickle of protocol 2 or later begins here.
pub(super) fn has_head(bytes: &[u8]) -> bool {
    matches!(bytes, [PROTO, 2..=NEWEST, ..])
}

/// Whether a pickle of protocol 4 or later begins here, with the frame that all but the smallest have.
pub(super) fn has_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [PROTO, 4..=NEWEST, FRAME, ..])
}

/// Whether `bytes` may be a pickle with a dictionary in it: no text in UTF-8 begins with the head of a later protocol,
/// and none of a cache as the earlier ones do.
pub(super) fn may_be(bytes: &[u8]) -> bool {
    let is_early = || matches!(bytes, [b'(', b'd', b'p' | STOP, ..] | [b'}', b'q' | STOP, ..]);
    has_head(bytes) || is_early() && bytes.ends_with(&[STOP])
}

/// Whether `bytes` are one whole pickle with a head, whatever is in it.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    has_head(bytes) && matches!(find(bytes, 0), Ok(_) | Err(Odd::Form(_)))
}

/// The length of a pickled number that `bytes` begin with, if another pickle follows it: cachelib before 0.7 writes
/// when a session ends so, in protocol 1 at first.
pub(super) fn number_at_start(bytes: &[u8]) -> Option<usize> {
    let (value, end) = small_at_start(bytes)?;
    (value != b'N' && has_head(bytes.get(end..)?)).then_some(end)
}

/// The length of a pickled number or `None` that `bytes` begin with: when an entry of Django's cache ends.
pub(super) fn moment_at_start(bytes: &[u8]) -> Option<usize> {
    has_head(bytes).then(|| small_at_start(bytes)).flatten().map(|(_, end)| end)
}

/// The opcode of a pickle that `bytes` begin with and that is a number or `None`, and where it ends.
fn small_at_start(bytes: &[u8]) -> Option<(u8, usize)> {
    let after_head = if has_head(bytes) { bytes.get(2..)? } else { bytes };
    let number = match after_head {
        [FRAME, rest @ ..] => rest.get(8..)?,
        _ => after_head,
    };
    let op = *number.first()?;
    let len = match op {
        b'N' => 0,
        b'K' => 1,
        b'M' => 2,
        b'J' => 4,
        b'G' => 8,
        0x8a => 1 + usize::from(*number.get(1)?),
        _ => return None,
    };
    let end = bytes.len() - number.len() + 1 + len;
    (*bytes.get(end)? == STOP).then_some((op, end + 1))
}

/// Where the text of the cache stands in the pickle that begins at `from`.
pub(super) fn find(session: &[u8], from: usize) -> Result<Option<Spot>, Odd> {
    let mut machine = Machine::new(session, from);
    let texts = machine.run()?;
    texts.only()
}

/// The text whose opcode stands at `at`.
fn text_at(session: &[u8], at: usize) -> Option<Spot> {
    let op = *session.get(at)?;
    let after = session.get(at + 1..)?;
    let (header, len) = match op {
        spelling::PICKLE_SHORT => (2, usize::from(*after.first()?)),
        spelling::PICKLE => (5, ops::little(after.get(..4)?)?),
        spelling::PICKLE_LONG => (9, ops::little(after.get(..8)?)?),
        spelling::PICKLE_LINE => (1, memchr::memchr(b'\n', after)?),
        _ => return None,
    };
    let is_line = op == spelling::PICKLE_LINE;
    let text = at + header..(at + header).checked_add(len)?;
    let whole = at..text.end + usize::from(is_line);
    let spelling = if is_line { Spelling::PickledLine } else { Spelling::Pickled(op) };
    (whole.end <= session.len()).then_some(Spot { whole, text, spelling, frame: None, is_shared: false })
}

/// Corrects the length of the frame that stands at `at`, of whose content `old` bytes became `new`.
pub(super) fn reframe(session: &mut [u8], at: usize, old: usize, new: usize) -> Result<(), Odd> {
    let room = session.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<8>).ok_or(Odd::Broken("a frame is cut off"))?;
    let len = u64::from_le_bytes(*room).wrapping_add(new as u64).wrapping_sub(old as u64);
    *room = len.to_le_bytes();
    Ok(())
}
