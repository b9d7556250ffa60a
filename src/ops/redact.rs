//! The redacted text of a cache, for bug reports: structure, order, lengths and times kept; secrets,
//! names and ids replaced in fields, keys and scopes alike. Refuses to hand out a text in which one of
//! them survived: it looks for every original in what it made.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::leak::Originals;
use super::pseudonym::Pseudonyms;
use super::redact_text::{self, Class};
use super::redact_token;
use crate::cache::{Cache, Claims, claims};
use crate::json::{Document, EntrySpot, Kind as Json, Node, REDACTED, SectionSpot, Style, quote, scalar_object};
use crate::secret::{Masked, Pepper};

/// Something that was to be hidden still stands in the redacted text: it is not handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} would survive in the redacted text")]
pub struct Survivor(pub &'static str);

/// The chosen entries (all when `None`), redacted. Sections of which nothing is chosen are left out.
pub(super) fn redact(
    cache: &Cache<'_>,
    only: Option<&BTreeSet<EntrySpot>>,
    marked: Marked,
    pepper: &Pepper,
) -> Result<String, Survivor> {
    // Twice: the first pass learns the originals, so that no stand-in is one of them.
    let mut first = Redactor::new(cache, Pseudonyms::default(), None, pepper);
    first.root(only, marked);
    let avoid: HashSet<String> = first.names.originals().map(str::to_owned).collect();
    let mut second = Redactor::new(cache, Pseudonyms::avoiding(avoid), Some(HashSet::new()), pepper);
    let text = second.root(only, marked);
    let shown: Vec<&str> = second.shown.iter().flatten().map(String::as_str).collect();
    originals(cache, &second.names).check(&second.names.without_kept(&shown.join("\n")))?;
    Ok(text)
}

/// Knows every secret, name and id of a cache, and finds them in texts made of its redacted copy.
pub struct Discretion<'c> {
    cache: &'c Cache<'c>,
    names: Pseudonyms,
}

impl<'c> Discretion<'c> {
    /// Learns what stands in `cache`.
    #[must_use]
    pub fn of(cache: &'c Cache<'c>, pepper: &Pepper) -> Self {
        let mut redactor = Redactor::new(cache, Pseudonyms::default(), None, pepper);
        redactor.root(None, Marked::No);
        Self { cache, names: redactor.names }
    }

    /// Whether none of it stands in `text`. A word of ours that somebody is called by counts too.
    #[must_use]
    pub fn passes(&self, text: &str) -> bool {
        originals(self.cache, &self.names).check(&self.names.without_kept(&text.to_lowercase())).is_ok()
    }
}

fn originals<'a>(cache: &'a Cache<'a>, names: &'a Pseudonyms) -> Originals<'a> {
    Originals { cache, names: names.originals().filter(|name| name.len() >= 3).collect() }
}

/// Whether the text bears the mark of a redacted export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    Yes,
    No,
}

struct Redactor<'c> {
    document: &'c Document,
    style: Style,
    pepper: &'c Pepper,
    names: Pseudonyms,
    /// Every text that was let out, lower case, for the check: what the schema knows is left out.
    /// `None` while nothing is let out.
    shown: Option<HashSet<String>>,
}

/// A chosen member as it is printed.
type Printed = (String, String);

impl<'c> Redactor<'c> {
    fn new(cache: &'c Cache<'c>, names: Pseudonyms, shown: Option<HashSet<String>>, pepper: &'c Pepper) -> Self {
        let document = cache.document();
        Self { document, style: document.style().clone(), pepper, names, shown }
    }

    fn root(&mut self, only: Option<&BTreeSet<EntrySpot>>, marked: Marked) -> String {
        let mut members = Vec::new();
        if marked == Marked::Yes {
            members.push((REDACTED.to_owned(), self.object(&[("redacted".to_owned(), "true".to_owned())], 2)));
        }
        for section in self.document.sections() {
            let name = self.document.section_name(section).into_owned();
            if name != REDACTED {
                members.extend(self.section(section, &name, only));
            }
        }
        self.object(&members, 1)
    }

    fn section(&mut self, section: SectionSpot, name: &str, only: Option<&BTreeSet<EntrySpot>>) -> Option<Printed> {
        let chosen = |spot: &EntrySpot| only.is_none_or(|only| only.contains(spot));
        let name = self.member_name(name);
        let node = self.document.section_node(section)?;
        if node.kind() != Json::Object {
            return only.is_none().then(|| (name, self.value(&node, Class::Unknown, &mut Vec::new())));
        }
        let mut members = Vec::new();
        // What is not chosen is walked too: stand-ins are the same in every export of one cache.
        for spot in self.document.entries(section) {
            if chosen(&spot) {
                members.extend(self.entry(spot));
            } else {
                let shown = self.shown.take();
                self.entry(spot);
                self.shown = shown;
            }
        }
        (only.is_none() || !members.is_empty()).then(|| (name, self.object(&members, 2)))
    }

    fn entry(&mut self, spot: EntrySpot) -> Option<Printed> {
        let node = self.document.node(spot)?;
        let mut parts = Vec::new();
        let value = match node.kind() {
            Json::Object => {
                let fields: Vec<Printed> =
                    node.members().iter().map(|(name, field)| self.field(&name, &field, &mut parts)).collect();
                self.object(&fields, 3)
            }
            Json::Array | Json::String | Json::Number | Json::Bool | Json::Null => {
                self.value(&node, Class::Unknown, &mut parts)
            }
        };
        let key = redact_text::key(&mut self.names, &self.document.key(spot), &parts);
        self.show(&key);
        Some((key, value))
    }

    fn field(&mut self, name: &str, node: &Node<'_>, parts: &mut Vec<Printed>) -> Printed {
        let value = self.value(node, redact_text::class(name), parts);
        (self.member_name(name), value)
    }

    fn value(&mut self, node: &Node<'_>, class: Class, parts: &mut Vec<Printed>) -> String {
        match node.kind() {
            Json::String => {
                let original = node.string().unwrap_or_default();
                let text = self.text(&original, class);
                remember(parts, &original, &text, class);
                quote(&text, self.style.ascii)
            }
            Json::Number => redact_text::number(&node.raw()).to_owned(),
            Json::Bool | Json::Null => node.raw().into_owned(),
            Json::Object | Json::Array => {
                let nested = serde_json::from_str(&node.raw()).unwrap_or(Value::Null);
                let made = self.nested(&nested, class);
                if class == Class::Scopes {
                    remember(parts, &joined(&nested), &joined(&made), class);
                }
                // Stand-ins and words of the schema are ASCII.
                made.to_string()
            }
        }
    }

    /// A value inside a field. Numbers are judged by their text; duplicates in here are MSAL's to lose.
    fn nested(&mut self, value: &Value, class: Class) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, class)),
            Value::Array(items) => items.iter().map(|item| self.nested(item, class)).collect(),
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| {
                    (self.member_name(name), self.nested(value, redact_text::class(name)))
                };
                Value::Object(members.iter().map(member).collect())
            }
            Value::Number(number) => {
                serde_json::from_str(redact_text::number(&number.to_string())).unwrap_or(Value::Null)
            }
            Value::Bool(_) | Value::Null => value.clone(),
        }
    }

    /// A text in a field of `class`. Node keeps tenant profiles as JSON inside strings: read through.
    fn text(&mut self, original: &str, class: Class) -> String {
        let is_json = class == Class::Unknown && original.starts_with(['{', '[']);
        if let Some(nested) = is_json.then(|| serde_json::from_str::<Value>(original).ok()).flatten() {
            return self.nested(&nested, class).to_string();
        }
        if class == Class::Secret && !original.is_empty() {
            let made = self.token(original).unwrap_or_else(|| redact_text::secret(self.pepper, original));
            // Claims are shown one by one. What stands behind them may have nothing of the original.
            self.show(made.rsplit('.').next().unwrap_or_default());
            return made;
        }
        if let Some((uid, utid)) = (class == Class::ClientInfo).then(|| claims::of_client_info(original)).flatten() {
            let ids = [("uid", self.text(&uid, Class::UserId)), ("utid", self.text(&utid, Class::TENANT))];
            return redact_token::part(&redact_token::object(&ids));
        }
        let text = redact_text::text(&mut self.names, class, original);
        if !matches!(class, Class::Word | Class::ClaimWord | Class::Time) {
            self.show(&text);
        }
        text
    }

    /// A token with claims as a token with the same claims, so that what reads it finds what it found; `None` for others.
    fn token(&mut self, original: &str) -> Option<String> {
        let Claims::Jwt { header, payload } = claims::of_token(&Masked::new(original.into())) else { return None };
        let (header, payload) = (self.claims(&header), self.claims(&payload));
        Some(redact_token::token(&header, &payload, self.pepper.fingerprint(original), original.len()))
    }

    fn claims(&mut self, claims: &[(String, String)]) -> String {
        let mut made = Vec::with_capacity(claims.len());
        for (name, raw) in claims {
            let value = serde_json::from_str(raw).unwrap_or(Value::Null);
            let value = self.nested(&value, redact_text::class(name)).to_string();
            made.push((self.member_name(name), value));
        }
        redact_token::raw_object(&made)
    }

    fn member_name(&mut self, name: &str) -> String {
        if redact_text::is_schema_name(name) {
            return name.to_owned();
        }
        let name = redact_text::key(&mut self.names, name, &[]);
        self.show(&name);
        name
    }

    fn show(&mut self, text: &str) {
        if let Some(shown) = &mut self.shown {
            shown.insert(text.to_lowercase());
        }
    }

    fn object(&self, members: &[Printed], depth: usize) -> String {
        let members: Vec<(&str, String)> = members.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        scalar_object(&members, &self.style, depth)
    }
}

/// Scopes of an array, which old MSAL Python wrote, as its keys have them.
fn joined(scopes: &Value) -> String {
    scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// Notes what an original text of an entry became, for its key.
fn remember(parts: &mut Vec<Printed>, original: &str, text: &str, class: Class) {
    match class {
        Class::HomeAccount => {
            let tenants = original.rsplit_once('.').zip(text.rsplit_once('.'));
            parts.extend(tenants.map(|((_, was), (_, is))| (was.to_owned(), is.to_owned())));
        }
        Class::Scopes => parts.push((redact_text::in_order(original), redact_text::in_order(text))),
        Class::UserId | Class::Names(_) => {}
        Class::Secret
        | Class::ClientInfo
        | Class::Issuer
        | Class::Audience
        | Class::Role
        | Class::ClaimWord
        | Class::Time
        | Class::Word
        | Class::Unknown => return,
    }
    parts.push((original.to_owned(), text.to_owned()));
}
