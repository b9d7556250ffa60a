//! A member of an entry as it is written, for who must read it as one runtime does. Hands out no secret.

use std::borrow::Cow;

use super::entry::Entry;
use super::field::is_secret_field;
use crate::json::Kind;

/// What stands under one name in an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written<'doc> {
    /// No such member.
    Absent,
    /// `null`.
    Null,
    /// A string, decoded.
    Text(Cow<'doc, str>),
    /// A number, verbatim.
    Number(Cow<'doc, str>),
    /// `true` or `false`.
    Bool(bool),
    /// An object or a list, verbatim.
    Nested(Cow<'doc, str>),
    /// A string that is a secret.
    Hidden,
}

impl<'doc> Entry<'doc> {
    /// The member called exactly `name`; of duplicates the last, which every runtime's parser takes.
    #[must_use]
    pub fn written(&self, name: &str) -> Written<'doc> {
        let Some(node) = self.last(name) else { return Written::Absent };
        match node.kind() {
            Kind::Null => Written::Null,
            Kind::String if is_secret_field(name) => Written::Hidden,
            Kind::String => Written::Text(node.string().unwrap_or_default()),
            Kind::Number => Written::Number(node.raw()),
            Kind::Bool => Written::Bool(node.raw() == "true"),
            Kind::Object | Kind::Array => Written::Nested(node.raw()),
        }
    }
}

impl<'doc> Written<'doc> {
    /// The text of a string; `None` for anything else.
    #[must_use]
    pub fn text(self) -> Option<Cow<'doc, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Null | Self::Number(_) | Self::Bool(_) | Self::Nested(_) | Self::Hidden => None,
        }
    }

    /// Whether there is such a member, null or not.
    #[must_use]
    pub fn is_there(&self) -> bool {
        *self != Self::Absent
    }
}
