//! Percent coding: only in URIs, never in a plain path. What a URI would take otherwise, what drives a terminal and
//! what is no UTF-8 is coded; every other letter stays readable.

use std::path::{Path, PathBuf};

use crate::system;

/// Letters that a URI's first part cannot hold as they are.
pub(super) const IN_REST: &[char] = &['%', '?', '#'];
/// Letters that a name before or behind a host cannot hold as they are.
pub(super) const IN_AUTHORITY: &[char] = &['%', '?', '#', '/', '@', ':', ','];
/// Letters that an option's name cannot hold as they are.
pub(super) const IN_NAME: &[char] = &['%', '?', '#', '&', '='];
/// Letters that an option's value cannot hold as they are.
pub(super) const IN_VALUE: &[char] = &['%', '#', '&'];
/// Letters that a slot's name cannot hold as they are.
pub(super) const IN_SLOT: &[char] = &['%'];

/// `path` as it reads back.
pub(super) fn path(path: &Path, coded: &[char]) -> String {
    let mut out = String::new();
    for chunk in system::bytes_of(path).utf8_chunks() {
        push(&mut out, chunk.valid(), coded);
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
    }
    out
}

/// `text` as it reads back.
pub(super) fn text(text: &str, coded: &[char]) -> String {
    let mut out = String::new();
    push(&mut out, text, coded);
    out
}

fn push(out: &mut String, text: &str, coded: &[char]) {
    for letter in text.chars() {
        match letter.is_ascii_control() || coded.contains(&letter) {
            true => out.push_str(&format!("%{:02X}", u32::from(letter))),
            false => out.push(letter),
        }
    }
}

/// The bytes that `text` stands for; `None` if a % is not followed by two hex digits.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, behind) = match (first, tail) {
            (b'%', [high, low, behind @ ..]) => (16 * digit(*high)? + digit(*low)?, behind),
            (b'%', _) => return None,
            (byte, behind) => (byte, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    Some(bytes)
}

/// The path that `bytes` name.
pub(super) fn to_path(bytes: Vec<u8>) -> PathBuf {
    system::path_of(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}
