//! One cache and one entry as MSAL reads them: lenses over a document. They own nothing, lose
//! nothing, and hand out no secret but masked.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;

use super::field::is_secret_field;
use super::spelling::Spelled;
use super::{Dialect, Field, Scopes, Section, dialect, loose};
use crate::json::{Document, EntrySpot, Kind, Members, Node, Path, SectionSpot};
use crate::secret::Masked;
use crate::time::UnixSeconds;

/// A document read as a token cache.
#[derive(Clone, Copy)]
pub struct Cache<'doc> {
    doc: &'doc Document,
}

/// One entry, its fields found once, by whoever asks for one: many look at its section alone.
#[derive(Clone)]
pub struct Entry<'doc> {
    pub(super) doc: &'doc Document,
    spot: EntrySpot,
    section: Section,
    fields: Members<'doc>,
    spelled: OnceCell<Spelled>,
}

/// What an entry's expiry says at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// More than 15 minutes left.
    Live,
    /// 15 minutes left or fewer.
    Expiring,
    /// `expires_on` at or before the moment.
    Expired,
    /// No expiry, or none that can be read.
    None,
}

/// A field as it is shown.
#[derive(Clone)]
pub enum FieldValue<'doc> {
    /// The verbatim JSON value (strings with their quotes). Secrets nested inside are masked text.
    Plain(Cow<'doc, str>),
    /// A secret: the decoded string, or the verbatim JSON of what stands where a secret belongs.
    Secret(Masked<'doc>),
}

/// With so many seconds left or fewer, a token is about to expire.
pub const EXPIRING: i64 = 900;

impl State {
    /// The state of an access token that expires at `expires_on`, seen at `now`.
    #[must_use]
    pub fn of(expires_on: Option<UnixSeconds>, now: UnixSeconds) -> Self {
        match expires_on.map(|at| at.since(now)) {
            None => Self::None,
            Some(left) if left <= 0 => Self::Expired,
            Some(left) if left <= EXPIRING => Self::Expiring,
            Some(_) => Self::Live,
        }
    }

    /// The word in JSON: live, expiring, expired, none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::None => "none",
        }
    }
}

impl<'doc> Cache<'doc> {
    /// Reads `doc` as a cache.
    #[must_use]
    pub fn of(doc: &'doc Document) -> Self {
        Self { doc }
    }

    /// The document underneath.
    #[must_use]
    pub fn document(&self) -> &'doc Document {
        self.doc
    }

    /// The runtime whose hand the cache shows; `Unknown` when its entries do not agree.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        dialect::recognise(self)
    }

    /// Every entry of every section, in file order, duplicates included; entries whose value is no object too.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'doc>> + use<'doc> {
        let doc = self.doc;
        doc.sections().flat_map(move |place| {
            let section = Section::named(&doc.section_name(place));
            doc.entries(place).map(move |spot| Entry::read(doc, spot, section))
        })
    }

    /// The entry at `spot`, if the document has one there.
    #[must_use]
    pub fn entry(&self, spot: EntrySpot) -> Option<Entry<'doc>> {
        self.doc.node(spot)?;
        let section = Section::named(&self.doc.section_name(SectionSpot(spot.section)));
        Some(Entry::read(self.doc, spot, section))
    }
}

impl<'doc> Entry<'doc> {
    fn read(doc: &'doc Document, spot: EntrySpot, section: Section) -> Self {
        Self { doc, spot, section, fields: doc.fields(spot), spelled: OnceCell::new() }
    }

    /// Where the entry stands.
    #[must_use]
    pub fn spot(&self) -> EntrySpot {
        self.spot
    }

    /// The entry's path, duplicates counted.
    #[must_use]
    pub fn path(&self) -> Path {
        self.doc.path(self.spot)
    }

    /// What its section holds.
    #[must_use]
    pub fn section(&self) -> Section {
        self.section
    }

    /// The name of its section in the file.
    #[must_use]
    pub fn section_name(&self) -> Cow<'doc, str> {
        self.doc.section_name(SectionSpot(self.spot.section))
    }

    /// The key under which it is stored.
    #[must_use]
    pub fn key(&self) -> Cow<'doc, str> {
        self.doc.key(self.spot)
    }

    /// A field's text; `None` if absent, null, not a string, or a secret.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<Cow<'doc, str>> {
        if field == Field::Secret {
            return None;
        }
        self.node(field)?.string()
    }

    /// A time field, written as a string or a number; a fraction is cut. Unix seconds.
    #[must_use]
    pub fn time(&self, field: Field) -> Option<UnixSeconds> {
        let node = self.node(field)?;
        match node.kind() {
            Kind::String => UnixSeconds::parse(&node.string()?),
            Kind::Number => UnixSeconds::parse(&node.raw()),
            Kind::Object | Kind::Array | Kind::Bool | Kind::Null => None,
        }
    }

    /// The token, masked; `None` if there is none or it is not a string.
    #[must_use]
    pub fn secret(&self) -> Option<Masked<'doc>> {
        self.node(Field::Secret)?.secret()
    }

    /// The scopes of the target, which old MSAL Python wrote as an array.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        let Some(node) = self.node(Field::Target) else { return Scopes::default() };
        match node.string() {
            Some(target) => Scopes::of(&target),
            None => Scopes(serde_json::from_str(&node.raw()).unwrap_or_default()),
        }
    }

    /// What the expiry says at `now`. Only what stands in `AccessToken` expires: an id token is
    /// profile data, and nobody but the service knows how long a refresh token lives.
    #[must_use]
    pub fn state(&self, now: UnixSeconds) -> State {
        match self.section {
            Section::AccessToken => State::of(self.time(Field::ExpiresOn), now),
            Section::RefreshToken | Section::IdToken | Section::Account | Section::AppMetadata | Section::Other => {
                State::None
            }
        }
    }

    /// Access token without an account (service principal, managed identity). Python writes a null
    /// home account id, Node an empty one, .NET, Java and Go none.
    #[must_use]
    pub fn is_app_only(&self) -> bool {
        self.section == Section::AccessToken
            && self.text(Field::ClientId).is_some()
            && self.text(Field::HomeAccountId).is_none_or(|id| id.is_empty())
    }

    /// Every field in order, secrets masked: for the raw view.
    #[must_use]
    pub fn fields(&self) -> Vec<(Cow<'doc, str>, FieldValue<'doc>)> {
        self.fields.iter().map(|(name, node)| (name.clone(), shown(&name, &node))).collect()
    }

    /// The value itself, secrets masked, of an entry that is no object; `None` for an object.
    #[must_use]
    pub fn bare_value(&self) -> Option<FieldValue<'doc>> {
        let node = self.doc.node(self.spot)?;
        (node.kind() != Kind::Object).then(|| shown(&self.key(), &node))
    }

    /// The verbatim JSON of the field, of any kind, that extended keys are made of.
    #[must_use]
    pub fn components(&self) -> Option<Cow<'doc, str>> {
        Some(self.node(Field::ExtCacheKey)?.raw())
    }

    /// The hash of the claims that were requested with an access token (Node up to msal-common 15).
    #[must_use]
    pub fn claims_hash(&self) -> Option<Cow<'doc, str>> {
        self.named("requestedClaimsHash")?.string()
    }

    /// The members as written, duplicates and nulls too.
    pub(super) fn members(&self) -> &Members<'doc> {
        &self.fields
    }

    /// Whether a member called `name` stands here with anything but null in it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    /// The field under the first of its spellings that has a value.
    pub(super) fn node(&self, field: Field) -> Option<Node<'doc>> {
        self.places(field).filter_map(|at| self.fields.node(at)).find(|node| node.kind() != Kind::Null)
    }

    /// Where the members stand that spell `field`, the commonest spelling first; of duplicates the last.
    pub(super) fn places(&self, field: Field) -> impl Iterator<Item = usize> + '_ {
        self.spelled.get_or_init(|| Spelled::of(self.fields.names())).places(field)
    }

    /// Of duplicate members every runtime's parser takes the last.
    pub(super) fn named(&self, name: &str) -> Option<Node<'doc>> {
        let node = self.last(name)?;
        (node.kind() != Kind::Null).then_some(node)
    }

    /// The last member called `name`, null or not.
    pub(super) fn last(&self, name: &str) -> Option<Node<'doc>> {
        let at = self.fields.names().rposition(|member| member == name)?;
        self.fields.node(at)
    }
}

fn shown<'doc>(name: &str, node: &Node<'doc>) -> FieldValue<'doc> {
    let raw = node.raw();
    if loose::is_secret(name, &raw) || (is_secret_field(name) && node.kind() == Kind::String) {
        return FieldValue::Secret(node.secret().unwrap_or_else(|| Masked::new(raw)));
    }
    let masked = loose::masked(name, &raw);
    FieldValue::Plain(if masked == raw { raw } else { Cow::Owned(masked) })
}

impl fmt::Debug for Cache<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache of {} bytes", self.doc.len())
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.section, self.spot)
    }
}

impl fmt::Debug for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("[plain]"),
            Self::Secret(_) => f.write_str("[secret]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    fn document(text: &str) -> Document {
        Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid")
    }

    fn first(doc: &Document) -> Entry<'_> {
        Cache::of(doc).entries().next().expect("one entry")
    }

    #[test]
    fn every_entry_comes_in_file_order_whatever_its_value() {
        let doc = document(r#"{"AccessToken":{"a":{},"a":1},"X":{"b":"c"},"IdToken":null,"Account":{"d":[]}}"#);

        let seen: Vec<_> = Cache::of(&doc).entries().map(|e| format!("{}/{}", e.section_name(), e.key())).collect();

        assert_eq!(seen, ["AccessToken/a", "AccessToken/a", "X/b", "Account/d"]);
    }

    #[test]
    fn times_read_as_strings_and_numbers() {
        let doc =
            document(r#"{"AccessToken":{"k":{"expires_on":1548847834.05,"cached_at":"1000","refresh_on":null}}}"#);
        let entry = first(&doc);

        assert_eq!(entry.time(Field::ExpiresOn), Some(UnixSeconds(1_548_847_834)));
        assert_eq!(entry.time(Field::CachedAt), Some(UnixSeconds(1000)));
        assert_eq!(entry.time(Field::RefreshOn), None);
    }

    #[test]
    fn a_state_changes_at_the_moment_itself() {
        let states = [0, 1, 900, 901].map(|left| State::of(Some(UnixSeconds(1000 + left)), UnixSeconds(1000)));

        assert_eq!(states, [State::Expired, State::Expiring, State::Expiring, State::Live]);
        assert_eq!(State::of(None, UnixSeconds(0)), State::None);
    }

    #[test]
    fn only_access_tokens_have_a_state() {
        let doc = document(r#"{"RefreshToken":{"k":{"expires_on":"1"}},"AccessToken":{"k":{"expires_on":"1"}}}"#);

        let states: Vec<_> = Cache::of(&doc).entries().map(|entry| entry.state(UnixSeconds(2))).collect();

        assert_eq!(states, [State::None, State::Expired]);
    }

    #[test]
    fn secrets_come_only_masked() {
        let doc = document(
            r#"{"RefreshToken":{"k":{"secret":"hunter2","x":{"refresh_token":"hunter2"},"password":7,"target":"t"}}}"#,
        );
        let entry = first(&doc);

        let shown: Vec<_> = entry
            .fields()
            .into_iter()
            .map(|(_, value)| match value {
                FieldValue::Plain(text) => text.into_owned(),
                FieldValue::Secret(secret) => secret.to_string(),
            })
            .collect();

        assert_eq!(entry.text(Field::Secret), None);
        assert_eq!(shown, [Masked::MASK, "{\"refresh_token\":\"*************\"}", Masked::MASK, "\"t\""]);
    }

    #[test]
    fn the_last_of_duplicate_fields_counts() {
        let doc = document(r#"{"AccessToken":{"k":{"client_id":"a","client_id":"b"}}}"#);

        assert_eq!(first(&doc).text(Field::ClientId).as_deref(), Some("b"));
    }

    #[test]
    fn app_only_tokens_are_known_in_every_runtimes_hand() {
        let doc = document(
            r#"{"AccessToken":{"py":{"client_id":"c","home_account_id":null},"node":{"client_id":"c","home_account_id":""},
            "go":{"client_id":"c"},"user":{"client_id":"c","home_account_id":"u.t"},"junk":{"foo":"bar"}}}"#,
        );

        let found: Vec<_> = Cache::of(&doc).entries().map(|entry| entry.is_app_only()).collect();

        assert_eq!(found, [true, true, true, false, false]);
    }

    #[test]
    fn a_bare_secret_in_an_unknown_section_is_masked() {
        let doc = document(r#"{"extra":{"refresh_token":"hunter2","note":"x"}}"#);

        let shown: Vec<_> =
            Cache::of(&doc).entries().filter_map(|e| e.bare_value()).map(|v| format!("{v:?}")).collect();

        assert_eq!(shown, ["[secret]", "[plain]"]);
    }
}
