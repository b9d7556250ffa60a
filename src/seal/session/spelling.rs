//! How the text of a cache is spelled inside a session, header and all. Bytes that held it are wiped.

use super::Odd;
use crate::secret::SecretBytes;

/// `SHORT_BINUNICODE` of pickle: one byte of length.
pub(super) const PICKLE_SHORT: u8 = 0x8c;
/// `BINUNICODE` of pickle: four bytes of length.
pub(super) const PICKLE: u8 = b'X';
/// `BINUNICODE8` of pickle: eight bytes of length.
pub(super) const PICKLE_LONG: u8 = 0x8d;
/// `UNICODE` of pickle: a line with escapes.
pub(super) const PICKLE_LINE: u8 = b'V';

/// The spellings of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Of pickle, behind this opcode and a length.
    Pickled(u8),
    /// Of pickle's protocol 0: a line of Latin-1 with `\u` escapes.
    PickledLine,
    /// Of msgpack.
    Packed,
    /// Of JSON, quotes and all.
    Json,
}

impl Spelling {
    /// The text that `spelled` is.
    pub(super) fn read(self, spelled: &[u8]) -> Result<SecretBytes, Odd> {
        match self {
            Self::Pickled(_) | Self::Packed => Ok(SecretBytes::new(spelled.to_vec())),
            Self::PickledLine => read_line(spelled),
            Self::Json => {
                let text = serde_json::from_slice::<String>(spelled);
                text.map(|text| SecretBytes::new(text.into_bytes()))
                    .map_err(|_| Odd::Broken("the cache is no JSON text"))
            }
        }
    }

    /// `plain` in this spelling, with the header before it; in ASCII, where there is a choice and the session is.
    pub(super) fn write(self, plain: &str, ascii: bool) -> Result<SecretBytes, Odd> {
        match self {
            Self::Pickled(op) => pickled(op, plain),
            Self::PickledLine => Ok(spelled_by(plain, b"V", b"\n", line_char)),
            Self::Packed => packed(plain),
            Self::Json => Ok(spelled_by(plain, b"\"", b"\"", if ascii { json_char_in_ascii } else { json_char })),
        }
    }
}

/// Behind the same opcode if the length fits, or the next wider one.
fn pickled(op: u8, plain: &str) -> Result<SecretBytes, Odd> {
    let len = plain.len();
    let mut spelled = SecretBytes::new(Vec::with_capacity(len + 9));
    match (op, u8::try_from(len), u32::try_from(len)) {
        (PICKLE_SHORT, Ok(len), _) => spelled.extend(&[PICKLE_SHORT, len]),
        (PICKLE_LONG, ..) | (_, _, Err(_)) => {
            spelled.extend(&[PICKLE_LONG]);
            spelled.extend(&(len as u64).to_le_bytes());
        }
        (_, _, Ok(len)) => {
            spelled.extend(&[PICKLE]);
            spelled.extend(&len.to_le_bytes());
        }
    }
    spelled.extend(plain.as_bytes());
    Ok(spelled)
}

/// Behind the shortest header, as every writer of msgpack chooses.
fn packed(plain: &str) -> Result<SecretBytes, Odd> {
    let len = u32::try_from(plain.len()).map_err(|_| Odd::Form("the new text is too long"))?;
    let mut header = Vec::with_capacity(5);
    rmp::encode::write_str_len(&mut header, len).map_err(|_| Odd::Form("the new text is too long"))?;
    let mut spelled = SecretBytes::new(Vec::with_capacity(header.len() + plain.len()));
    spelled.extend(&header);
    spelled.extend(plain.as_bytes());
    Ok(spelled)
}

/// `plain`, letter by letter as `spell` says, between `begin` and `end`.
fn spelled_by(plain: &str, begin: &[u8], end: &[u8], spell: fn(char, &mut SecretBytes)) -> SecretBytes {
    let mut spelled = SecretBytes::new(Vec::with_capacity(plain.len() + plain.len() / 4 + 8));
    spelled.extend(begin);
    plain.chars().for_each(|letter| spell(letter, &mut spelled));
    spelled.extend(end);
    spelled
}

fn json_char(letter: char, out: &mut SecretBytes) {
    let short = match letter {
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        '\u{8}' => b"\\b",
        '\u{c}' => b"\\f",
        '\0'..='\u{1f}' => return escape(u32::from(letter), out),
        _ => return out.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend(short);
}

fn json_char_in_ascii(letter: char, out: &mut SecretBytes) {
    if letter.is_ascii() {
        return json_char(letter, out);
    }
    letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escape(u32::from(*unit), out));
}

/// As `raw-unicode-escape` of Python writes it, with what would end the line escaped too.
fn line_char(letter: char, out: &mut SecretBytes) {
    match (letter, u32::from(letter)) {
        ('\\' | '\0' | '\n' | '\r' | '\u{1a}', code) | (_, code @ 0x100..=0xffff) => escape(code, out),
        (_, code @ 0x1_0000..) => out.extend(format!("\\U{code:08x}").as_bytes()),
        (_, code) => out.extend(&[u8::try_from(code).unwrap_or(b'?')]),
    }
}

fn escape(code: u32, out: &mut SecretBytes) {
    out.extend(format!("\\u{code:04x}").as_bytes());
}

/// Reads what [`line_char`] writes: Latin-1, `\uXXXX` and `\UXXXXXXXX`; any other backslash stands for itself.
fn read_line(line: &[u8]) -> Result<SecretBytes, Odd> {
    let mut plain = SecretBytes::new(Vec::with_capacity(line.len() * 2));
    let mut rest = line;
    while let [byte, after @ ..] = rest {
        let digits = match after.first() {
            Some(b'u') if *byte == b'\\' => 4,
            Some(b'U') if *byte == b'\\' => 8,
            _ => 0,
        };
        let (code, left) = match digits {
            0 => (u32::from(*byte), Some(after)),
            digits => (code_of(after, digits).ok_or(Odd::Broken("an escape is none"))?, after.get(digits + 1..)),
        };
        let letter = char::from_u32(code).ok_or(Odd::Form("the cache has half a character"))?;
        plain.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
        rest = left.unwrap_or_default();
    }
    Ok(plain)
}

fn code_of(escape: &[u8], digits: usize) -> Option<u32> {
    let digits = std::str::from_utf8(escape.get(1..=digits)?).ok()?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
