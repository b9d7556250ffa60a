//! A large text taken in pieces and given in batches of entries, tokens left out: only their hashes are kept, made by
//! whoever takes the pieces along. Good for rows, which need no token, in little memory; never for a change, since the
//! batches have holes.
//!
//! No parser: it knows where strings begin and end and how deep it stands, and leaves the rest of the text as it is
//! for `serde_json`, which validates each batch. An empty string stands in place of a valid one, and a batch ends
//! where a comma parts two entries (an object before it, a name behind it); so all batches are JSON only if the whole
//! is. Anything odd ends the skim.

use std::ops::Range;

use memchr::memchr2;

use super::{Document, EntrySpot};
use crate::secret::{Fingerprint, SecretBytes};

/// Where in a batch a value was left out, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Omitted {
    /// The offset of the opening quote.
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) fingerprint: Fingerprint,
}

/// A part of a piece that belongs to a secret, and whether the secret ends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Offsets into the piece.
    pub range: Range<usize>,
    /// Whether this is the last part of its secret.
    pub ends: bool,
}

/// The sections whose tokens a list tells by their fingerprints alone. Id tokens are read: they hold names.
const SEALED: [&[u8]; 2] = [b"\"AccessToken\"", b"\"RefreshToken\""];
const SECRET: &[u8] = b"\"secret\"";
/// Entries stand in a section in the root; their members are this deep.
const MEMBERS: u32 = 3;
/// So deep are the entries.
const SECTION: u32 = 2;

/// Some entries of the text, as a text of their own.
#[derive(Debug)]
pub struct Batch {
    text: SecretBytes,
    /// Where the holes are, and how long the secrets.
    holes: Vec<(usize, usize)>,
    /// How many secrets were left out of the batches before.
    pub before: usize,
    /// Which section of the whole the first one goes on with, and how many entries of it stood before.
    pub base: EntrySpot,
}

impl Batch {
    /// How many secrets are left out.
    #[must_use]
    pub fn secrets(&self) -> usize {
        self.holes.len()
    }

    /// The batch as a document; `prints` are those of its secrets, in order. `None` if it is not JSON: then the whole
    /// is not either.
    #[must_use]
    pub fn document(self, prints: &[Fingerprint]) -> Option<Document> {
        let known = self.holes.iter().zip(prints);
        let holes = known.map(|((at, len), print)| Omitted { at: *at, len: *len, fingerprint: *print }).collect();
        Document::with_holes(self.text, holes).ok()
    }
}

/// Takes a text piece by piece.
#[derive(Debug, Default)]
pub struct Skim {
    /// From this size on a batch is handed out.
    size: usize,
    /// The batch so far.
    thin: SecretBytes,
    holes: Vec<(usize, usize)>,
    before: usize,
    base: EntrySpot,
    ready: Vec<Batch>,
    place: Place,
    depth: u32,
    /// Whether a colon was the last mark: the next string is a value.
    is_value: bool,
    /// Whether a comma was cut off: only a name may follow.
    is_cut: bool,
    /// Whether an object ended last.
    is_closed: bool,
    /// The last string kept, quotes included.
    last: Range<usize>,
    /// Which section this is, how many entries of it have ended, and its name.
    spot: EntrySpot,
    sections: usize,
    section: Vec<u8>,
    is_odd: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Between strings.
    #[default]
    Between,
    /// In a string that is kept; its last letter may have been a backslash.
    Kept { escaped: bool },
    /// In a secret.
    Left,
}

impl Skim {
    /// A skim whose batches are of about `size` bytes, tokens not counted; each has one entry at least.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { size, ..Self::default() }
    }

    /// Takes the next piece, the first `len` bytes of `room`, and gives the parts of it that are to be hashed, in order.
    pub fn take(&mut self, room: &SecretBytes, len: usize) -> Vec<Part> {
        let piece = room.reveal().get(..len).unwrap_or_default();
        let mut parts = Vec::new();
        let mut at = 0;
        while at < piece.len() && !self.is_odd {
            at = match self.place {
                Place::Between => self.between(piece, at),
                Place::Kept { escaped } => self.kept(piece, at, escaped),
                Place::Left => self.left(piece, at, &mut parts),
            };
        }
        parts
    }

    /// The batches that are complete.
    pub fn ready(&mut self) -> impl Iterator<Item = Batch> + '_ {
        self.ready.drain(..)
    }

    /// The last batch, if the text was whole and as usual.
    #[must_use]
    pub fn finish(self) -> Option<Batch> {
        let is_whole = !self.is_odd && self.place == Place::Between;
        is_whole.then_some(Batch { text: self.thin, holes: self.holes, before: self.before, base: self.base })
    }

    /// From `at` to the next quote, counting depth.
    fn between(&mut self, piece: &[u8], at: usize) -> usize {
        let rest = piece.get(at..).unwrap_or_default();
        for (seen, byte) in rest.iter().enumerate() {
            match byte {
                b'"' => return self.open(piece, at, at + seen),
                b' ' | b'\n' | b'\r' | b'\t' => continue,
                b':' => self.colon(),
                b'{' | b'[' => (self.depth, self.is_value) = (self.depth.saturating_add(1), false),
                b'}' | b']' => (self.depth, self.is_value) = (self.depth.saturating_sub(1), false),
                b',' if self.comma() => {
                    self.keep(rest.get(..seen).unwrap_or_default());
                    self.cut();
                    return at + seen + 1;
                }
                _ => {}
            }
            self.is_odd |= self.is_cut;
            self.is_closed = *byte == b'}';
        }
        self.keep(rest);
        piece.len()
    }

    fn colon(&mut self) {
        self.is_value = true;
        if self.depth == 1 {
            self.spot = EntrySpot { section: self.sections, entry: 0 };
            self.sections += 1;
            self.section.clear();
            self.section.extend_from_slice(self.thin.reveal().get(self.last.clone()).unwrap_or_default());
        }
    }

    /// Whether a batch may end here.
    fn comma(&mut self) -> bool {
        self.is_value = false;
        if self.depth != SECTION {
            return false;
        }
        self.spot.entry += 1;
        self.is_closed && self.thin.len() >= self.size
    }

    /// Ends the batch where the text has a comma between two entries, and begins the next in the same section.
    fn cut(&mut self) {
        self.keep(b"}}");
        let room = SecretBytes::new(Vec::with_capacity(self.size + self.size / 2));
        let text = std::mem::replace(&mut self.thin, room);
        let holes = std::mem::take(&mut self.holes);
        let known = holes.len();
        self.ready.push(Batch { text, holes, before: self.before, base: self.base });
        self.before += known;
        self.base = self.spot;
        (self.is_cut, self.is_closed) = (true, false);
        let section = std::mem::take(&mut self.section);
        [b"{", section.as_slice(), b":{"].into_iter().for_each(|part| self.keep(part));
        (self.section, self.last) = (section, 0..0);
    }

    /// A string begins at `quote`.
    fn open(&mut self, piece: &[u8], from: usize, quote: usize) -> usize {
        (self.is_cut, self.is_closed) = (false, false);
        self.keep(piece.get(from..=quote).unwrap_or_default());
        let start = self.thin.len() - 1;
        let is_sealed = || SEALED.contains(&self.section.as_slice()) && self.last_string() == SECRET;
        let is_secret = self.is_value && self.depth == MEMBERS && is_sealed();
        self.place = if is_secret {
            self.holes.push((start, 0));
            Place::Left
        } else {
            self.last = start..start;
            Place::Kept { escaped: false }
        };
        quote + 1
    }

    fn kept(&mut self, piece: &[u8], from: usize, escaped: bool) -> usize {
        let mut at = from + usize::from(escaped);
        let end = loop {
            let Some(found) = piece.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) else { break None };
            at += found;
            if piece.get(at) == Some(&b'"') {
                break Some(at + 1);
            }
            at += 2;
        };
        self.keep(piece.get(from..end.unwrap_or(piece.len())).unwrap_or_default());
        match end {
            Some(end) => {
                self.last.end = self.thin.len();
                self.place = Place::Between;
                end
            }
            None => {
                self.place = Place::Kept { escaped: at > piece.len() };
                piece.len()
            }
        }
    }

    fn left(&mut self, piece: &[u8], from: usize, parts: &mut Vec<Part>) -> usize {
        let rest = piece.get(from..).unwrap_or_default();
        let length = memchr2(b'"', b'\\', rest);
        let end = from + length.unwrap_or(rest.len());
        // Escapes would have to be decoded, and other letters checked: no token has any.
        self.is_odd |= piece.get(end) == Some(&b'\\') || !is_plain(piece.get(from..end).unwrap_or_default());
        parts.push(Part { range: from..end, ends: length.is_some() });
        self.holes.last_mut().into_iter().for_each(|(_, len)| *len += end - from);
        if length.is_none() {
            return end;
        }
        self.keep(b"\"");
        self.place = Place::Between;
        end + 1
    }

    fn last_string(&self) -> &[u8] {
        self.thin.reveal().get(self.last.clone()).unwrap_or_default()
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.thin.extend(bytes);
    }
}

/// Whether these bytes stand in a JSON string as they are, and are letters of one byte each.
fn is_plain(bytes: &[u8]) -> bool {
    // No early end: so the compiler looks at many bytes at once.
    bytes.iter().fold(true, |plain, byte| plain & (0x20..0x80).contains(byte))
}
