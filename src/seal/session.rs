//! A web app's session with the text of a cache in it: Flask, Django and Microsoft's `identity` keep it under
//! `token_cache` or `_token_cache`. No secret seals it: whoever reads the bytes reads the cache. Finds the text, puts a new
//! one in its place, and leaves every other byte as it was. Runs nothing, recurses nowhere.

mod json;
mod layout;
mod msgpack;
mod pickle;
mod spelling;

use std::ops::Range;

use super::sniff::Mark;
use super::{Seal, SealError, SealTrouble};
use crate::secret::SecretBytes;
pub use layout::Layout;
use spelling::Spelling;

/// The largest session that is read, in bytes: hundreds of times what an app keeps for one user.
const LIMIT: usize = 16 << 20;

/// The names under which apps keep a cache: those of Microsoft's samples (ms-identity-python-webapp, app.py) and of its
/// package `identity` (identity/web.py).
const NAMES: [&str; 2] = ["token_cache", "_token_cache"];

/// Where the text of a cache stands in a session, and how it is spelled there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spot {
    /// The text and all that says how long it is: what a new text replaces.
    whole: Range<usize>,
    /// The text alone, as it is spelled.
    text: Range<usize>,
    spelling: Spelling,
    /// Where the length of the frame stands that the text lies in, if it lies in one.
    frame: Option<usize>,
    /// Whether another value of the session is this very text, and would change with it.
    is_shared: bool,
}

/// Why the text of a cache is not found in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Odd {
    /// It ends too soon, or is not what it says.
    Broken(&'static str),
    /// It is whole, and not of a form that is read.
    Form(&'static str),
    /// It asks that this be run.
    Code(String),
}

/// The text of each name's value, as far as it was found.
#[derive(Debug, Default)]
struct Texts([Option<Spot>; 2]);

impl Texts {
    /// Notes what stands under `name`: the last of several counts, as in every reader.
    fn note(&mut self, name: &[u8], spot: Option<Spot>) {
        let known = NAMES.iter().zip(&mut self.0).find(|(known, _)| known.as_bytes() == name);
        if let Some((_, place)) = known {
            *place = spot;
        }
    }

    /// The one text; `None` if nobody signed in in this session.
    fn only(self) -> Result<Option<Spot>, Odd> {
        match self.0 {
            [Some(_), Some(_)] => Err(Odd::Form("it has two caches, token_cache and _token_cache")),
            [one, other] => Ok(one.or(other)),
        }
    }
}

/// Whether `name` is one under which apps keep a cache.
fn is_name(name: &[u8]) -> bool {
    NAMES.iter().any(|known| known.as_bytes() == name)
}

/// A session in one layout.
#[derive(Clone, Copy, Debug)]
pub struct Session(pub Layout);

impl Seal for Session {
    fn name(&self) -> &'static str {
        self.0.title()
    }

    fn is_open(&self) -> bool {
        true
    }

    fn open(&self, sealed: SecretBytes) -> Result<SecretBytes, SealError> {
        let session = sealed.reveal();
        match self.find(session)? {
            Some(spot) => self.read(session, &spot),
            None => Ok(SecretBytes::default()),
        }
    }

    fn close(&self, plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError> {
        let session = was.reveal();
        let Some(spot) = self.find(session)? else {
            let nowhere = "nobody signed in in this session, and only its app begins a cache in it";
            return if plain.is_empty() { Ok(was.clone()) } else { Err(self.odd(Odd::Form(nowhere))) };
        };
        if self.read(session, &spot)? == plain {
            return Ok(was.clone());
        }
        if spot.is_shared {
            return Err(self.odd(Odd::Form("another value of the session is the same text, and would change with it")));
        }
        self.write(session, &spot, plain.reveal()).map_err(|odd| self.odd(odd))
    }
}

impl Session {
    fn find(&self, session: &[u8]) -> Result<Option<Spot>, SealError> {
        let found =
            if session.len() > LIMIT { Err(Odd::Form("it is larger than 16 MiB")) } else { self.0.find(session) };
        found.map_err(|odd| self.odd(odd))
    }

    fn read(&self, session: &[u8], spot: &Spot) -> Result<SecretBytes, SealError> {
        let text = session.get(spot.text.clone()).unwrap_or_default();
        spot.spelling.read(text).map_err(|odd| self.odd(odd))
    }

    /// `session` with `plain` where the old text stood.
    fn write(&self, session: &[u8], spot: &Spot, plain: &[u8]) -> Result<SecretBytes, Odd> {
        let plain = std::str::from_utf8(plain).map_err(|_| Odd::Form("the new text is not UTF-8"))?;
        let new = spot.spelling.write(plain, session.is_ascii())?;
        let parts = (session.get(..spot.whole.start), session.get(spot.whole.end..));
        let (Some(before), Some(after)) = parts else { return Err(Odd::Broken("it ends too soon")) };
        let mut closed = SecretBytes::new(Vec::with_capacity(before.len() + new.len() + after.len()));
        [before, new.reveal(), after].iter().for_each(|part| closed.extend(part));
        if let Some(frame) = spot.frame {
            pickle::reframe(closed.as_room(), frame, spot.whole.len(), new.len())?;
        }
        Ok(closed)
    }

    fn odd(&self, odd: Odd) -> SealError {
        let (trouble, why) = match odd {
            Odd::Broken(why) => (SealTrouble::Damaged, why.to_owned()),
            Odd::Form(why) => (SealTrouble::Odd, why.to_owned()),
            Odd::Code(name) => (SealTrouble::Code, name),
        };
        SealError::new(Mark::Session(self.0).by(), trouble).because(why)
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
