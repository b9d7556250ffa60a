//! Sessions in JSON: Flask-Session with that serialiser, and what lies inside of signed sessions. Only the outermost
//! object is looked at; the parser passes over the rest without recursion.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::spelling::Spelling;
use super::{Odd, Spot, Texts, is_name};

/// With one of these the text of a cache begins, whoever wrote it: it is no session, and is not searched.
const SECTIONS: [&[u8]; 5] = [b"\"AccessToken", b"\"Account", b"\"RefreshToken", b"\"IdToken", b"\"AppMetadata"];
/// How the known names end where they stand.
const NAME_ENDS: [&[u8]; 2] = [b"token_cache\"", b"tokenCache\""];
/// As far into a text as the name is searched for: it stands behind the user and the flow, if at all.
const SEARCHED: usize = 1 << 20;

/// Whether `bytes` are a session: an object with a text under a known name.
pub(super) fn is_session(bytes: &[u8]) -> bool {
    let Some(inside) = bytes.trim_ascii_start().strip_prefix(b"{") else { return false };
    let inside = inside.trim_ascii_start();
    let searched = inside.get(..SEARCHED).unwrap_or(inside);
    !SECTIONS.iter().any(|section| inside.starts_with(section))
        && NAME_ENDS.iter().any(|end| memmem::find(searched, end).is_some())
        && matches!(find(bytes), Ok(Some(_)) | Err(Odd::Form(_)))
}

/// Where the text of the cache stands.
pub(super) fn find(session: &[u8]) -> Result<Option<Spot>, Odd> {
    let mut deserializer = serde_json::Deserializer::from_slice(session);
    let texts = deserializer.deserialize_map(Members { session }).map_err(|_| Odd::Broken("it is no JSON object"))?;
    deserializer.end().map_err(|_| Odd::Broken("something follows it"))?;
    texts.only()
}

struct Members<'a> {
    session: &'a [u8],
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Texts, A::Error> {
        let mut texts = Texts::default();
        while let Some(Name(name)) = members.next_key()? {
            let value: &RawValue = members.next_value()?;
            if is_name(name.as_bytes()) {
                texts.note(name.as_bytes(), self.spot(value.get()));
            }
        }
        Ok(texts)
    }
}

impl Members<'_> {
    /// Where `value` stands, if it is a text.
    fn spot(&self, value: &str) -> Option<Spot> {
        let start = value.as_ptr().addr().checked_sub(self.session.as_ptr().addr())?;
        let whole = start..start + value.len();
        let spot = Spot { text: whole.clone(), whole, spelling: Spelling::Json, frame: None, is_shared: false };
        value.starts_with('"').then_some(spot)
    }
}

/// A name as it is meant, copied only if it has escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
