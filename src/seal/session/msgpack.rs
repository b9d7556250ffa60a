//! Sessions in msgpack, as Flask-Session writes them to Redis and databases from 0.7 on. Nested values are passed over
//! with one counter: they cost neither stack nor memory.

use std::ops::Range;

use rmp::Marker;
use rmp::decode::{Bytes, RmpRead as _, read_marker};

use super::spelling::Spelling;
use super::{Odd, Spot, Texts, is_name};

/// Whether `bytes` may be a session: a map whose first key is a text. No text in UTF-8 begins so.
pub(super) fn may_be(bytes: &[u8]) -> bool {
    match bytes.first().map(|first| Marker::from_u8(*first)) {
        Some(Marker::FixMap(0)) => bytes.len() == 1,
        Some(Marker::FixMap(_)) => bytes.get(1).is_some_and(|key| is_text(Marker::from_u8(*key))),
        Some(Marker::Map16) => bytes.get(3).is_some_and(|key| is_text(Marker::from_u8(*key))),
        Some(Marker::Map32) => bytes.get(5).is_some_and(|key| is_text(Marker::from_u8(*key))),
        _ => false,
    }
}

fn is_text(marker: Marker) -> bool {
    matches!(marker, Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32)
}

/// Where the text of the cache stands.
pub(super) fn find(session: &[u8]) -> Result<Option<Spot>, Odd> {
    let mut walk = Walk { session, rest: Bytes::new(session) };
    let pairs = match walk.value()? {
        Value::Items { count, is_map: true } => count / 2,
        Value::Items { .. } | Value::Text(_) | Value::Done => return Err(Odd::Form("it is no dictionary")),
    };
    let mut texts = Texts::default();
    for _ in 0..pairs {
        let name = match walk.value()? {
            Value::Text(name) => session.get(name).unwrap_or_default(),
            Value::Items { .. } | Value::Done => return Err(Odd::Form("a name in it is no text")),
        };
        let start = walk.at();
        match walk.value()? {
            Value::Text(text) if is_name(name) => {
                let whole = start..text.end;
                let spot = Spot { whole, text, spelling: Spelling::Packed, frame: None, is_shared: false };
                texts.note(name, Some(spot));
            }
            Value::Items { count, .. } => {
                texts.note(name, None);
                walk.pass(count)?;
            }
            Value::Text(_) | Value::Done => texts.note(name, None),
        }
    }
    if walk.at() != session.len() {
        return Err(Odd::Broken("something follows it"));
    }
    texts.only()
}

/// A value whose own bytes were read; what it contains comes after.
enum Value {
    Text(Range<usize>),
    Items { count: u64, is_map: bool },
    Done,
}

struct Walk<'a> {
    session: &'a [u8],
    rest: Bytes<'a>,
}

impl Walk<'_> {
    fn at(&self) -> usize {
        self.session.len() - self.rest.remaining_slice().len()
    }

    /// Passes over so many values and all that they contain.
    fn pass(&mut self, count: u64) -> Result<(), Odd> {
        let mut left = count;
        while left > 0 {
            left -= 1;
            if let Value::Items { count, .. } = self.value()? {
                left = left.saturating_add(count);
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Value, Odd> {
        let marker = read_marker(&mut self.rest).map_err(|_| SHORT)?;
        match marker {
            Marker::FixPos(_) | Marker::FixNeg(_) | Marker::Null | Marker::True | Marker::False => Ok(Value::Done),
            Marker::U8 | Marker::I8 => self.skip(1),
            Marker::U16 | Marker::I16 => self.skip(2),
            Marker::U32 | Marker::I32 | Marker::F32 => self.skip(4),
            Marker::U64 | Marker::I64 | Marker::F64 => self.skip(8),
            Marker::FixStr(len) => self.text(u32::from(len)),
            Marker::Str8 => self.length(1).and_then(|len| self.text(len)),
            Marker::Str16 => self.length(2).and_then(|len| self.text(len)),
            Marker::Str32 => self.length(4).and_then(|len| self.text(len)),
            Marker::Bin8 => self.length(1).and_then(|len| self.skip(len)),
            Marker::Bin16 => self.length(2).and_then(|len| self.skip(len)),
            Marker::Bin32 => self.length(4).and_then(|len| self.skip(len)),
            // An extension has one byte more, its type: a time, in msgspec.
            Marker::Ext8 => self.length(1).and_then(|len| self.skip(len + 1)),
            Marker::Ext16 => self.length(2).and_then(|len| self.skip(len + 1)),
            Marker::Ext32 => self.length(4).and_then(|len| self.skip(len.saturating_add(1))),
            Marker::FixExt1 => self.skip(2),
            Marker::FixExt2 => self.skip(3),
            Marker::FixExt4 => self.skip(5),
            Marker::FixExt8 => self.skip(9),
            Marker::FixExt16 => self.skip(17),
            Marker::FixArray(len) => Ok(list(u32::from(len))),
            Marker::Array16 => self.length(2).map(list),
            Marker::Array32 => self.length(4).map(list),
            Marker::FixMap(len) => Ok(map(u32::from(len))),
            Marker::Map16 => self.length(2).map(map),
            Marker::Map32 => self.length(4).map(map),
            Marker::Reserved => Err(Odd::Broken("it has a marker that msgpack has not")),
        }
    }

    /// The length that follows a marker, of so many bytes.
    fn length(&mut self, width: usize) -> Result<u32, Odd> {
        match width {
            1 => self.rest.read_data_u8().map(u32::from),
            2 => self.rest.read_data_u16().map(u32::from),
            _ => self.rest.read_data_u32(),
        }
        .map_err(|_| SHORT)
    }

    fn text(&mut self, len: u32) -> Result<Value, Odd> {
        let start = self.at();
        self.skip(len)?;
        Ok(Value::Text(start..self.at()))
    }

    fn skip(&mut self, len: u32) -> Result<Value, Odd> {
        let rest = self.rest.remaining_slice();
        let after = usize::try_from(len).ok().and_then(|len| rest.get(len..)).ok_or(SHORT)?;
        self.rest = Bytes::new(after);
        Ok(Value::Done)
    }
}

fn list(len: u32) -> Value {
    Value::Items { count: u64::from(len), is_map: false }
}

fn map(len: u32) -> Value {
    Value::Items { count: 2 * u64::from(len), is_map: true }
}

const SHORT: Odd = Odd::Broken("it ends too soon");
