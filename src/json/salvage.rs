//! What is left of a damaged text: the members that still stand whole, verbatim, and where each stood; what lies
//! between them is lost, with its place. Never puts an entry together: a key and its value stand side by side in the
//! damaged text, byte for byte, and `serde_json` has read both.

mod coding;
mod home;
mod merge;
mod walk;

use super::Document;
use super::index::Span;
use crate::secret::{SecretBytes, SecretText};

/// Says to which section an entry belongs whose section's name is lost. It is shown a document with the entry alone in
/// it. `None`: its key and fields do not prove it.
pub type Belongs<'b> = dyn Fn(&Document) -> Option<&'static str> + 'b;

/// What is wrong with a text, and where. Offsets count bytes of the damaged text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// There is nothing in it.
    Empty,
    /// It is in UTF-16, which no runtime reads.
    Utf16,
    /// A byte order mark stands before it, which most runtimes refuse.
    ByteOrderMark,
    /// So many bytes are no UTF-8; the first stands there.
    NotUtf8 {
        /// Of the first.
        at: usize,
        /// How many.
        count: usize,
    },
    /// So many bytes are zero: a crash left space that was never written.
    Nul {
        /// Of the first.
        at: usize,
        /// How many.
        count: usize,
    },
    /// The text ends before its document does: a writer was killed.
    Truncated {
        /// Where the text ends.
        at: usize,
    },
    /// The rest of an older, longer text follows a whole document ("Extra data"): two processes wrote in place.
    ExtraData {
        /// Where the document ended.
        at: usize,
        /// How long the rest is.
        bytes: usize,
    },
    /// Another document begins.
    SecondDocument {
        /// Where.
        at: usize,
    },
    /// Something is no JSON: flipped bits, a hole, another file's bytes.
    Broken {
        /// Where it was noticed.
        at: usize,
    },
    /// There is so much damage that the search was given up.
    Hopeless {
        /// From here on.
        at: usize,
    },
}

/// A member that stands whole.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The decoded name of its section.
    pub section: String,
    /// Its decoded key; `None` for a member of the root that is no section.
    pub key: Option<String>,
    /// The document in which it stands, counted from 0.
    pub document: usize,
    /// Where key and value stand in the damaged text.
    pub at: Span,
    raw: Raw,
}

/// Where the raw texts of a piece stand in the decoded text.
#[derive(Clone, Copy, Debug)]
struct Raw {
    key: Span,
    value: Span,
}

/// A range of the damaged text of which nothing is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Where.
    pub at: Span,
    /// Why.
    pub why: Why,
    /// The section in which it lies, as far as that is known.
    pub section: Option<String>,
    /// The key of the first entry in it, if that can be read.
    pub key: Option<String>,
}

/// Why a range is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The text ends in it.
    CutOff,
    /// It holds zero bytes, control characters, or bytes that are no UTF-8.
    BadBytes,
    /// It is no JSON.
    Syntax,
    /// It is the rest of something older, and no whole entry begins in it.
    Leftover,
}

/// A document of the damaged text, or the rest of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it stands in the damaged text.
    pub at: Span,
    /// Whether it begins and ends as a document does, and nothing in it is damaged.
    pub whole: bool,
}

/// Two documents say different things under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The decoded name of the section.
    pub section: String,
    /// The decoded key.
    pub key: Option<String>,
    /// Where the one that is kept stands.
    pub kept: Span,
    /// Where the other stands.
    pub dropped: Span,
}

/// What is left of a text.
#[derive(Debug)]
pub struct Salvage {
    /// What is wrong; empty for a healthy text.
    pub damage: Vec<Damage>,
    /// The documents, in order.
    pub documents: Vec<Part>,
    /// The members that go into the clean copy, in the order in which they stand there.
    pub kept: Vec<Piece>,
    /// What is lost, in order.
    pub lost: Vec<Loss>,
    /// The entries that another document says otherwise.
    pub conflicts: Vec<Conflict>,
    /// The length of the damaged text.
    pub bytes: usize,
    text: SecretText,
    roots: Vec<merge::Root>,
}

impl Salvage {
    /// Looks for what is left of `bytes`.
    #[must_use]
    pub fn of(bytes: SecretBytes, belongs: &Belongs<'_>) -> Self {
        let length = bytes.len();
        let coding::Decoded { text, mut damage, coding } = coding::decode(bytes);
        let walk::Found { mut damage_seen, mut documents, mut pieces, mut lost, headers } =
            walk::walk(text.reveal(), belongs);
        let mut origin = coding.origin(text.reveal());
        documents.iter_mut().for_each(|part| part.at = origin.span(part.at));
        pieces.iter_mut().for_each(|piece| piece.at = origin.span(piece.at));
        lost.iter_mut().for_each(|loss| loss.at = origin.span(loss.at));
        damage_seen.iter_mut().for_each(|damage| damage.shift(&mut origin));
        damage.extend(damage_seen);
        let merge::Merged { roots, kept, conflicts } = merge::merge(text.reveal(), &documents, &headers, pieces);
        Self { damage, documents, kept, lost, conflicts, bytes: length, text, roots }
    }

    /// Whether nothing is wrong with the text.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.damage.is_empty()
    }

    /// The clean copy: the kept members verbatim, laid out as the damaged text was.
    ///
    /// # Errors
    /// The copy would not read as a cache: then none is handed out.
    pub fn document(&self) -> Result<Document, super::ParseError> {
        Document::parse(merge::printed(self.text.reveal(), &self.roots, &self.kept).into_bytes())
    }
}

impl Damage {
    /// Counts offsets in the damaged text instead of the decoded one.
    fn shift(&mut self, origin: &mut coding::Origin<'_>) {
        match self {
            Self::Truncated { at }
            | Self::ExtraData { at, .. }
            | Self::SecondDocument { at }
            | Self::Broken { at }
            | Self::Hopeless { at } => *at = origin.offset(*at),
            Self::Empty | Self::Utf16 | Self::ByteOrderMark | Self::NotUtf8 { .. } | Self::Nul { .. } => {}
        }
    }
}
