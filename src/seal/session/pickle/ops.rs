//! The opcodes of pickle that plain data needs (pickletools.py), what follows each, and what each does.

use Argument::{Bytes, Counted, Line};

/// What follows an opcode, before the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// So many bytes.
    Bytes(usize),
    /// What a length of so many bytes says.
    Counted(usize),
    /// A line.
    Line,
}

/// What an opcode does to the stack of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Puts a value of no interest on it.
    Push,
    /// Puts a text on it.
    Text,
    /// Puts a mark on it.
    Mark,
    /// Takes so many and puts one of no interest on it.
    Fold(usize),
    /// Takes all down to the mark and puts one of no interest on it.
    FoldToMark,
    /// Takes so many.
    Drop(usize),
    /// Takes all down to the mark, and the mark.
    DropToMark,
    /// Puts the topmost on it again.
    Dup,
    /// Puts an empty dictionary on it.
    Dict,
    /// Takes names and values down to the mark and puts a dictionary of them on it.
    DictOfMark,
    /// Takes a name and a value, for the dictionary below.
    Set,
    /// Takes names and values down to the mark, for the dictionary below.
    Sets,
    /// Remembers the topmost as the number that follows.
    Put,
    /// Remembers the topmost as the next number.
    Memoize,
    /// Puts what is remembered as the number that follows on it.
    Get,
    /// The protocol follows.
    Proto,
    /// The length of a frame follows.
    Frame,
    /// The end.
    Stop,
    /// Would import, call or fetch something.
    Code,
}

/// One opcode.
type Op = (Argument, Effect);

/// What `op` is; `None` if pickle has no such opcode.
pub(super) fn op(op: u8) -> Option<Op> {
    value(op).or_else(|| collection(op)).or_else(|| upkeep(op))
}

/// Numbers, bytes and texts.
fn value(op: u8) -> Option<Op> {
    Some(match op {
        // None, True, False, the empty tuple, list and set.
        b'N' | 0x88 | 0x89 | b')' | b']' | 0x8f => (Bytes(0), Effect::Push),
        b'K' => (Bytes(1), Effect::Push),
        b'M' => (Bytes(2), Effect::Push),
        b'J' => (Bytes(4), Effect::Push),
        b'G' => (Bytes(8), Effect::Push),
        b'I' | b'L' | b'F' | b'S' => (Line, Effect::Push),
        // Long numbers and bytes; the text of Python 2 is bytes here.
        0x8a | b'C' | b'U' => (Counted(1), Effect::Push),
        0x8b | b'B' | b'T' => (Counted(4), Effect::Push),
        0x8e | 0x96 => (Counted(8), Effect::Push),
        0x8c => (Counted(1), Effect::Text),
        b'X' => (Counted(4), Effect::Text),
        0x8d => (Counted(8), Effect::Text),
        b'V' => (Line, Effect::Text),
        _ => return None,
    })
}

/// Tuples, lists, sets and dictionaries.
fn collection(op: u8) -> Option<Op> {
    let effect = match op {
        0x85 => Effect::Fold(1),
        0x86 => Effect::Fold(2),
        0x87 => Effect::Fold(3),
        b't' | b'l' | 0x91 => Effect::FoldToMark,
        b'a' => Effect::Drop(1),
        b'e' | 0x90 => Effect::DropToMark,
        b'}' => Effect::Dict,
        b'd' => Effect::DictOfMark,
        b's' => Effect::Set,
        b'u' => Effect::Sets,
        _ => return None,
    };
    Some((Bytes(0), effect))
}

/// The pickle's own course, what is remembered, and what is refused.
fn upkeep(op: u8) -> Option<Op> {
    Some(match op {
        0x80 => (Bytes(1), Effect::Proto),
        0x95 => (Bytes(8), Effect::Frame),
        b'.' => (Bytes(0), Effect::Stop),
        b'(' => (Bytes(0), Effect::Mark),
        b'0' => (Bytes(0), Effect::Drop(1)),
        b'1' => (Bytes(0), Effect::DropToMark),
        b'2' => (Bytes(0), Effect::Dup),
        b'p' => (Line, Effect::Put),
        b'q' => (Bytes(1), Effect::Put),
        b'r' => (Bytes(4), Effect::Put),
        0x94 => (Bytes(0), Effect::Memoize),
        b'g' => (Line, Effect::Get),
        b'h' => (Bytes(1), Effect::Get),
        b'j' => (Bytes(4), Effect::Get),
        // GLOBAL, INST, PERSID; OBJ, REDUCE, BUILD, NEWOBJ, NEWOBJ_EX, STACK_GLOBAL, BINPERSID, EXT1, EXT2, EXT4,
        // NEXT_BUFFER, READONLY_BUFFER.
        b'c' | b'i' | b'P' => (Line, Effect::Code),
        b'o' | b'R' | b'b' | 0x81 | 0x92 | 0x93 | b'Q' | 0x82..=0x84 | 0x97 | 0x98 => (Bytes(0), Effect::Code),
        _ => return None,
    })
}

/// The number in little-endian order, as pickle counts.
pub(super) fn little(bytes: &[u8]) -> Option<usize> {
    let mut wide = [0; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    usize::try_from(u64::from_le_bytes(wide)).ok()
}
