//! A web app's session with the text of a cache in it: Flask, Django and Microsoft's `identity` keep it under
//! `token_cache` or `_token_cache`, apps of Express under `tokenCache`. No secret seals it: whoever reads the bytes reads
//! the cache. Finds the text, puts a new one in its place, and leaves every other byte as it was. Runs nothing, recurses
//! nowhere.

mod django;
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
pub(super) const LIMIT: usize = 16 << 20;

/// The names under which apps keep a cache: those of Microsoft's samples (ms-identity-python-webapp, app.py; for Express,
/// ms-identity-javascript-nodejs-tutorial, AuthProvider.js) and of its package `identity` (identity/web.py).
const NAMES: [&str; 3] = ["token_cache", "_token_cache", "tokenCache"];

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
struct Texts([Option<Spot>; NAMES.len()]);

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
        let mut found = self.0.into_iter().flatten();
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(Odd::Form("it has two caches, such as token_cache and _token_cache")),
            (one, None) => Ok(one),
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
        open(self.0, Mark::Session(self.0), &sealed)
    }

    fn close(&self, plain: SecretBytes, was: &SecretBytes) -> Result<SecretBytes, SealError> {
        close(self.0, Mark::Session(self.0), &plain, was)
    }
}

/// The text of the cache in a session of this layout; none at all if nobody signed in. `mark` is named in errors.
pub(super) fn open(layout: Layout, mark: Mark, session: &SecretBytes) -> Result<SecretBytes, SealError> {
    let read = |session: &[u8]| match find(layout, session)? {
        Some(spot) => spot.read(session),
        None => Ok(SecretBytes::default()),
    };
    let found = match layout.wrap() {
        Some(wrap) => wrap.open(session.reveal()).and_then(|pickle| read(pickle.reveal())),
        None => read(session.reveal()),
    };
    found.map_err(|odd| odd.told_of(mark))
}

/// The session with `plain` for the text of its cache.
pub(super) fn close(
    layout: Layout,
    mark: Mark,
    plain: &SecretBytes,
    was: &SecretBytes,
) -> Result<SecretBytes, SealError> {
    let replaced = |was: &SecretBytes| match find(layout, was.reveal())? {
        Some(spot) => spot.replaced(plain, was),
        None if plain.is_empty() => Ok(was.clone()),
        None => Err(Odd::Form("nobody signed in in this session, and only its app begins a cache in it")),
    };
    let closed = match layout.wrap() {
        Some(wrap) => rewrapped(wrap, was, &replaced),
        None => replaced(was),
    };
    closed.map_err(|odd| odd.told_of(mark))
}

/// What `was`, once what is wrapped in it was `replaced`; the same bytes if nothing was.
fn rewrapped(
    wrap: django::Wrap,
    was: &SecretBytes,
    replaced: &dyn Fn(&SecretBytes) -> Result<SecretBytes, Odd>,
) -> Result<SecretBytes, Odd> {
    let pickle = wrap.open(was.reveal())?;
    let new = replaced(&pickle)?;
    if new == pickle { Ok(was.clone()) } else { wrap.close(&new, was.reveal()) }
}

fn find(layout: Layout, session: &[u8]) -> Result<Option<Spot>, Odd> {
    if session.len() > LIMIT { Err(Odd::Form("it is larger than 16 MiB")) } else { layout.find(session) }
}

impl Spot {
    fn read(&self, session: &[u8]) -> Result<SecretBytes, Odd> {
        self.spelling.read(session.get(self.text.clone()).unwrap_or_default())
    }

    /// The session `was` with `plain` here.
    fn replaced(&self, plain: &SecretBytes, was: &SecretBytes) -> Result<SecretBytes, Odd> {
        let session = was.reveal();
        if self.read(session)? == *plain {
            return Ok(was.clone());
        }
        if self.is_shared {
            return Err(Odd::Form("another value of the session is the same text, and would change with it"));
        }
        let plain = std::str::from_utf8(plain.reveal()).map_err(|_| Odd::Form("the new text is not UTF-8"))?;
        let new = self.spelling.write(plain, session.is_ascii())?;
        let parts = (session.get(..self.whole.start), session.get(self.whole.end..));
        let (Some(before), Some(after)) = parts else { return Err(Odd::Broken("it ends too soon")) };
        let mut closed = SecretBytes::new(Vec::with_capacity(before.len() + new.len() + after.len()));
        [before, new.reveal(), after].iter().for_each(|part| closed.extend(part));
        if let Some(frame) = self.frame {
            pickle::reframe(closed.as_room(), frame, self.whole.len(), new.len())?;
        }
        Ok(closed)
    }
}

impl Odd {
    /// The error of a session that `mark` names.
    fn told_of(self, mark: Mark) -> SealError {
        let (trouble, why) = match self {
            Self::Broken(why) => (SealTrouble::Damaged, why.to_owned()),
            Self::Form(why) => (SealTrouble::Odd, why.to_owned()),
            Self::Code(name) => (SealTrouble::Code, name),
        };
        SealError::new(mark.by(), trouble).because(why)
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
