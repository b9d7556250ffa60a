//! The filter language of `list -q`, `export -q` and the terminal's filter bar. Reads what entries are called and
//! when they expire, never a secret; decodes a token only where `claim.NAME` asks for what it says.
//! A top: it re-exports its children.
//!
//! Nothing is fuzzy: a word hits where it stands as it is, in any case. Who filters here may prune next, and must be
//! able to say why a line is shown.

mod bits;
mod cells;
mod index;
mod keys;
mod matching;
mod parse;
mod print;
mod search;
mod whole;

pub use bits::Bits;
pub use index::Index;
#[cfg(test)]
pub(crate) use index::LOOKED;
pub use keys::{Hint, hints};
pub use matching::Look;
pub use parse::QueryError;
pub use search::Memory;
pub use whole::Whole;

use crate::cache::Section;
use crate::time::UnixSeconds;

/// Which entries are meant: a condition over rows. The default takes everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(Node);

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// All of these; none at all holds.
    All(Vec<Node>),
    /// One of these.
    Any(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// This one thing.
    Is(Term),
}

/// One thing asked of an entry. Texts are folded.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// A word that stands in what the entry is called.
    Word(String),
    /// One of these kinds.
    Kind(Vec<Section>),
    /// One of these values in one field.
    Text(Field, Fit, Vec<String>),
    /// One of these values in the claim of this name.
    Claim(String, Fit, Vec<String>),
    /// A time, compared.
    Time(Clock, Order, Bound),
    /// A state.
    Flag(Flag),
}

/// A field that has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Account,
    Tenant,
    Client,
    Audience,
    Scope,
    Host,
    Realm,
}

/// How a value fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// `:` it stands in the text.
    Part,
    /// `=` it is the text.
    Whole,
}

/// Which time of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clock {
    Expires,
    Cached,
}

/// How times are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What a time is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// The time left, or the age, in seconds.
    Span(i64),
    /// A moment.
    At(UnixSeconds),
}

/// A state that has a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    Expired,
    Expiring,
    Orphan,
    AppOnly,
}

impl Default for Query {
    fn default() -> Self {
        Self(Node::All(Vec::new()))
    }
}

impl Query {
    /// Reads a query; blanks alone take everything.
    ///
    /// # Errors
    /// The column at which it stops to be one, and what would stand there.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text).map(Self)
    }

    /// Whether it takes everything because nothing was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Node::All(all) if all.is_empty())
    }

    /// Whether the row is meant.
    #[must_use]
    pub fn takes(&self, look: &Look<'_>, row: &crate::cache::Row) -> bool {
        matching::takes(&self.0, look, row)
    }

    /// Whether what it takes changes with the time.
    #[must_use]
    pub fn depends_on_time(&self) -> bool {
        self.terms().into_iter().any(|(term, _)| term.depends_on_time())
    }

    /// The bare words that must be found, folded: what to highlight.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        let wanted = self.terms().into_iter().filter(|(_, wanted)| *wanted);
        wanted
            .filter_map(|(term, _)| match term {
                Term::Word(word) => Some(word.as_str()),
                Term::Kind(_) | Term::Text(..) | Term::Claim(..) | Term::Time(..) | Term::Flag(_) => None,
            })
            .collect()
    }

    /// The claims that it asks for.
    #[must_use]
    pub fn claims(&self) -> Vec<&str> {
        let terms = self.terms().into_iter();
        terms
            .filter_map(|(term, _)| match term {
                Term::Claim(name, ..) => Some(name.as_str()),
                Term::Word(_) | Term::Kind(_) | Term::Text(..) | Term::Time(..) | Term::Flag(_) => None,
            })
            .collect()
    }

    /// Every term, with whether it must hold (`true`) or must not.
    fn terms(&self) -> Vec<(&Term, bool)> {
        let mut found = Vec::new();
        gather(&self.0, true, &mut found);
        found
    }
}

fn gather<'q>(node: &'q Node, wanted: bool, found: &mut Vec<(&'q Term, bool)>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| gather(node, wanted, found)),
        Node::Not(node) => gather(node, !wanted, found),
        Node::Is(term) => found.push((term, wanted)),
    }
}

impl Term {
    fn depends_on_time(&self) -> bool {
        match self {
            Self::Word(_) | Self::Kind(_) | Self::Text(..) | Self::Claim(..) => false,
            Self::Time(_, _, bound) => matches!(bound, Bound::Span(_)),
            Self::Flag(flag) => matches!(flag, Flag::Expired | Flag::Expiring),
        }
    }
}
