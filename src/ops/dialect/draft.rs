//! One entry of the new text before it has a key: names in the runtime's spelling, values borrowed from the old text
//! wherever they are the same.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::import::age;
use crate::cache::{Cache, Entry, Section};
use crate::json::{EntrySpot, quote};

/// An entry to be written.
#[derive(Clone)]
pub(super) struct Draft<'doc> {
    /// Its section.
    pub(super) section: Section,
    /// The entries that it is made of: the first says how old it is.
    pub(super) from: Vec<EntrySpot>,
    /// What it says.
    pub(super) body: Body<'doc>,
}

/// What an entry says.
#[derive(Clone)]
pub(super) enum Body<'doc> {
    /// Key and value as they stand.
    Verbatim(Cow<'doc, str>, Cow<'doc, str>),
    /// Names, and values as JSON text.
    Members(Vec<(Cow<'doc, str>, Cow<'doc, str>)>),
}

/// What came of an entry.
pub(super) enum Verdict<'doc> {
    /// It can be written.
    Fits(Draft<'doc>),
    /// It cannot; why.
    Unfit(Cow<'static, str>),
}

impl<'doc> Draft<'doc> {
    /// `entry` as it stands.
    pub(super) fn verbatim(entry: &Entry<'doc>) -> Self {
        let body = Body::Verbatim(entry.raw_key(), entry.raw());
        Self { section: entry.section(), from: vec![entry.spot()], body }
    }

    /// The length of its text at most, without white space.
    pub(super) fn room(&self) -> usize {
        match &self.body {
            Body::Verbatim(key, value) => key.len() + value.len() + 8,
            Body::Members(members) => {
                members.iter().map(|(name, value)| name.len() + value.len() + 8).sum::<usize>() + 8
            }
        }
    }

    /// Writes its value to `out`.
    pub(super) fn print(&self, out: &mut String) {
        match &self.body {
            Body::Verbatim(_, value) => out.push_str(value),
            Body::Members(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    out.push_str(&quote(name, false));
                    out.push(':');
                    out.push_str(value);
                }
                out.push('}');
            }
        }
    }

    /// Whether it is known to be newer than `other`, which comes before it.
    pub(super) fn is_newer_than(&self, other: &Self, cache: &Cache<'_>) -> bool {
        let first = |draft: &Self| draft.from.first().and_then(|spot| cache.entry(*spot));
        let ages = first(self).zip(first(other)).and_then(|(this, other)| age(&this, &other));
        ages == Some(Ordering::Greater)
    }

    /// Whether nothing is lost when it stands for `other`.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        match (&self.body, &other.body) {
            (Body::Members(a), Body::Members(b)) => a == b,
            (Body::Verbatim(..), _) | (_, Body::Verbatim(..)) => false,
        }
    }
}
