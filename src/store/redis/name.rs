//! Keys of Redis as names of slots and back. A key is any bytes; a name is text that a person can type.

use crate::store::Slot;

/// The name of the slot at `key`: the key itself if it is text without a backslash, else with `\\` for a backslash
/// and `\xNN` for each byte that is no text.
pub(super) fn slot(key: &[u8]) -> Slot {
    match std::str::from_utf8(key) {
        Ok(text) if !text.contains('\\') => Slot(text.to_owned()),
        Ok(_) | Err(_) => Slot(escaped(key)),
    }
}

fn escaped(key: &[u8]) -> String {
    let mut name = String::with_capacity(key.len() + 8);
    for chunk in key.utf8_chunks() {
        name.push_str(&chunk.valid().replace('\\', "\\\\"));
        name.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    name
}

/// The key that [`slot`] named so; what no key is named stands for itself.
pub(super) fn key(slot: &Slot) -> Vec<u8> {
    let mut key = Vec::with_capacity(slot.0.len());
    let mut rest = slot.0.as_bytes();
    while let [first, behind @ ..] = rest {
        let (byte, behind) = match (first, behind) {
            (b'\\', [b'\\', behind @ ..]) => (b'\\', behind),
            (b'\\', [b'x', high, low, behind @ ..]) if hex(*high, *low).is_some() => {
                (hex(*high, *low).unwrap_or_default(), behind)
            }
            _ => (*first, behind),
        };
        key.push(byte);
        rest = behind;
    }
    key
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_name_that_leads_back_to_it() {
        let keys: [&[u8]; 6] = [b"session:abc", b"a\\b", b"\xff\x00a", "\u{e4}\\x41".as_bytes(), b"", b"\\\\"];

        for bytes in keys {
            assert_eq!(key(&slot(bytes)), bytes, "{:?}", slot(bytes));
        }
    }

    #[test]
    fn a_plain_key_is_its_own_name() {
        assert_eq!(slot(b":1:cache#7").0, ":1:cache#7");
        assert_eq!(slot(b"a\\\xff").0, "a\\\\\\xff");
    }
}
