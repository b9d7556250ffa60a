//! A cache at one moment, owned and without secrets: what is compared, watched and kept in a snapshot. Every member of
//! an entry is here only as a fingerprint, but for the ids, scopes and times that people and scripts are told.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cache::{Cache, Roster, Row, Section, Shared, looks_like_token};
use crate::json::{Document, Kind, Node, tokens};
use crate::secret::{Fingerprint, Hash};
use crate::time::UnixSeconds;

/// Every entry of a cache, and what its text was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// The length of the text.
    pub bytes: usize,
    /// The SHA-256 of the text, in hex.
    pub hash: String,
    /// One item an entry, in file order.
    pub entries: Vec<Item>,
}

/// One entry. Its secret is a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The name of its section in the file.
    pub section: Word,
    /// The key under which it is stored; empty for a section that is no object.
    pub key: String,
    /// What it is for: "Key Vault", "family 1".
    pub title: Word,
    /// The label of its account, if it belongs to one.
    pub account: Option<Word>,
    /// The fingerprint of its secret, if it has one.
    pub fingerprint: Option<Print>,
    /// Whose it is.
    pub home_account_id: Option<Word>,
    /// The host of the authority.
    pub environment: Option<Word>,
    /// The application.
    pub client_id: Option<Word>,
    /// The tenant.
    pub realm: Option<Word>,
    /// The scopes, as written.
    pub target: Option<Word>,
    /// `Bearer`, `pop`, `ssh-cert`.
    pub token_type: Option<Word>,
    /// The family of apps that share it.
    pub family_id: Option<Word>,
    /// When the token was stored, in Unix seconds.
    pub cached_at: Option<i64>,
    /// When the token expires, in Unix seconds.
    pub expires_on: Option<i64>,
    /// Every member's name and the fingerprint of its value.
    pub fields: Vec<(Word, Print)>,
}

/// A text that many entries share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(pub Arc<str>);

/// A fingerprint that is written as its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Print(pub Fingerprint);

impl Moment {
    /// `cache`, whose roster is `roster`, as it stands.
    #[must_use]
    pub fn of(cache: &Cache<'_>, roster: &Roster) -> Self {
        let document = cache.document();
        let mut words = Words::default();
        let mut entries: Vec<Item> = Vec::with_capacity(roster.rows.len());
        let mut rows = roster.rows.iter().peekable();
        for section in document.sections() {
            entries.extend(bare_section(document, section, &mut words));
            while let Some(row) = rows.next_if(|row| row.spot.section == section.0) {
                entries.push(item(document, roster, row, &mut words));
            }
        }
        Self { bytes: document.len(), hash: document.hash().to_string(), entries }
    }

    /// A cache in which nothing is: what stands before the first write.
    #[must_use]
    pub fn empty() -> Self {
        Self { bytes: 0, hash: Hash::of(&[]).to_string(), entries: Vec::new() }
    }
}

impl Item {
    /// What its section holds.
    #[must_use]
    pub fn kind(&self) -> Section {
        Section::named(&self.section.0)
    }

    /// When it expires.
    #[must_use]
    pub fn expires(&self) -> Option<UnixSeconds> {
        self.expires_on.map(UnixSeconds)
    }
}

/// What stands in place of a section and is none: a member to keep, which may change too.
fn bare_section(document: &Document, spot: crate::json::SectionSpot, words: &mut Words) -> Option<Item> {
    let node = document.section_node(spot).filter(|node| !matches!(node.kind(), Kind::Object | Kind::Null))?;
    let name = words.get(&document.section_name(spot));
    Some(Item {
        section: name.clone(),
        key: String::new(),
        title: name,
        account: None,
        fingerprint: Some(print(&node)),
        home_account_id: None,
        environment: None,
        client_id: None,
        realm: None,
        target: None,
        token_type: None,
        family_id: None,
        cached_at: None,
        expires_on: None,
        fields: Vec::new(),
    })
}

fn item(document: &Document, roster: &Roster, row: &Row, words: &mut Words) -> Item {
    let account = row.account.and_then(|at| roster.accounts.get(at)).map(|account| words.get(account.label()));
    let mut fields: Vec<(Word, Print)> = Vec::new();
    for (name, node) in document.fields(row.spot).iter() {
        let name = words.get(&name);
        // Of duplicate members every runtime's parser takes the last.
        fields.retain(|(known, _)| *known != name);
        fields.push((name, print(&node)));
    }
    let bare = document.node(row.spot).filter(|node| node.kind() != Kind::Object);
    let mut own = |text: &Option<Shared>| text.as_deref().map(|text| words.get(text));
    Item {
        home_account_id: own(&row.home_account_id),
        environment: own(&row.environment),
        client_id: own(&row.client_id),
        realm: own(&row.realm),
        target: own(&row.target),
        token_type: own(&row.token_type),
        family_id: own(&row.family_id),
        section: words.get(&row.section_name),
        title: words.get(&row.title()),
        key: key_of(row),
        account,
        fingerprint: row.fingerprint.map(Print).or_else(|| bare.as_ref().map(print)),
        cached_at: row.cached_at.map(|at| at.0),
        expires_on: row.expires_on.map(|at| at.0),
        fields,
    }
}

/// The fingerprint of a value, whatever its layout.
fn print(node: &Node<'_>) -> Print {
    Print(match node.string() {
        Some(text) => Fingerprint::of(&text),
        None => Fingerprint::of(&tokens(&node.raw()).collect::<String>()),
    })
}

/// The key of `row`; a fingerprint of it where hostile hands put a token there. Long scopes make long keys, but none
/// of a known section that looks like a JWT.
fn key_of(row: &Row) -> String {
    let may_hold = row.section == Section::Other || row.key.contains("eyJ");
    may_hold.then(|| hidden(&row.key)).flatten().unwrap_or_else(|| row.key.to_string())
}

/// What stands for `text` if it looks like a token.
fn hidden(text: &str) -> Option<String> {
    looks_like_token(text).then(|| format!("[secret {}]", Fingerprint::of(text)))
}

/// Equal texts once, and no token among them.
#[derive(Default)]
struct Words(HashMap<Arc<str>, Word>);

impl Words {
    fn get(&mut self, text: &str) -> Word {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        let word = Word(hidden(text).map_or_else(|| Arc::clone(&new), Into::into));
        self.0.insert(new, word.clone());
        word
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

impl Serialize for Print {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Print {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let print = Fingerprint::parse(&text).map(Self);
        print.ok_or_else(|| serde::de::Error::custom("a fingerprint is 12 lower-case hex digits"))
    }
}
