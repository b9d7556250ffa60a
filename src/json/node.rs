//! A value of a document, and the members of an object: places in the text, which hand out slices of it.

use std::borrow::Cow;

use super::index::{self, Kind, Member, Span};
use super::sweep::Swept;
use super::{Document, Step};
use crate::secret::Masked;

/// A value in a document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    document: &'d Document,
    span: Span,
}

/// The members of an object in order, duplicates kept. Names and values are made when asked for: a large cache has
/// millions of them, and who reads it wants few of each entry.
#[derive(Clone, Debug)]
pub struct Members<'d> {
    document: &'d Document,
    places: Places<'d>,
}

#[derive(Clone, Debug)]
enum Places<'d> {
    /// Noted when the text was read.
    Swept(Swept<'d>),
    /// Read just now.
    Read(Vec<Member>),
}

impl<'d> Node<'d> {
    pub(super) fn at(document: &'d Document, span: Span) -> Self {
        Self { document, span }
    }

    /// What the value is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(self.span.of(self.document.text()))
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Its verbatim text.
    #[must_use]
    pub fn raw(&self) -> Cow<'d, str> {
        self.document.slice(self.span)
    }

    /// The content of a string value; `None` for any other kind.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'d, str>> {
        (self.kind() == Kind::String).then(|| self.document.decoded(self.span))
    }

    /// The content of a string value that is a secret, masked; `None` for any other kind.
    #[must_use]
    pub fn secret(&self) -> Option<Masked<'d>> {
        self.string().map(Masked::new)
    }

    /// The members of an object value; none for any other kind.
    #[must_use]
    pub fn members(&self) -> Members<'d> {
        Members { document: self.document, places: Places::Read(self.spans()) }
    }

    pub(super) fn spans(&self) -> Vec<Member> {
        if self.kind() != Kind::Object {
            return Vec::new();
        }
        index::members(self.document.text(), self.span).unwrap_or_default()
    }

    pub(super) fn child(self, step: &Step) -> Option<Node<'d>> {
        let members = self.members();
        let named = members.iter().filter(|(name, _)| *name == step.name);
        named.map(|(_, node)| node).nth(step.nth.checked_sub(1)?)
    }
}

impl<'d> Members<'d> {
    pub(super) fn swept(document: &'d Document, fields: Swept<'d>) -> Self {
        Self { document, places: Places::Swept(fields) }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.places {
            Places::Swept(fields) => fields.len(),
            Places::Read(members) => members.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The decoded name of member number `at`.
    #[must_use]
    pub fn name(&self, at: usize) -> Option<Cow<'d, str>> {
        let name = match &self.places {
            Places::Swept(fields) => fields.name(at)?,
            Places::Read(members) => members.get(at)?.key,
        };
        Some(self.document.decoded(name))
    }

    /// The value of member number `at`.
    #[must_use]
    pub fn node(&self, at: usize) -> Option<Node<'d>> {
        Some(self.document.node_at(self.place(at)?.value))
    }

    /// The decoded names.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = Cow<'d, str>> + ExactSizeIterator + '_ {
        (0..self.len()).map(|at| self.name(at).unwrap_or_default())
    }

    /// The decoded names with the values.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Cow<'d, str>, Node<'d>)> + '_ {
        (0..self.len()).filter_map(|at| Some((self.name(at)?, self.node(at)?)))
    }

    fn place(&self, at: usize) -> Option<Member> {
        match &self.places {
            Places::Swept(fields) => fields.member(at),
            Places::Read(members) => members.get(at).copied(),
        }
    }
}
