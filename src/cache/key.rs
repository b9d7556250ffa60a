//! Cache keys, read and built, in the grammar of each runtime. Knows the grammar, not whether an
//! entry is right. Never splits a key: scopes and ids hold dashes, so an entry's fields are read.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use self::form::{Form, Stored};
use super::{Dialect, Entry, Field, Section, loose};
use crate::json::decode;

mod form;

/// The key under which `dialect` would store `entry`: of several versions of its grammar the one
/// that the stored key already follows, else the newest. `None` for an unknown dialect or section,
/// and for an entry without the fields that its key is made of.
#[must_use]
pub fn build(entry: &Entry<'_>, dialect: Dialect) -> Option<String> {
    let stored = entry.key();
    let mut forms = forms(entry, dialect);
    let followed = forms.iter().position(|form| *form == stored).unwrap_or(0);
    (followed < forms.len()).then(|| forms.swap_remove(followed))
}

/// Every key under which some version of `dialect` would store `entry`, the newest version's first.
#[must_use]
pub fn forms(entry: &Entry<'_>, dialect: Dialect) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(parts) = Parts::of(entry) {
        parts.each(dialect, &mut |form| all.push(form.text()));
    }
    all
}

/// Whether the stored key of `entry` is one under which some version of `dialect` would store it; `None` where it has
/// none to store it under.
#[must_use]
pub fn follows(entry: &Entry<'_>, dialect: Dialect) -> Option<bool> {
    Parts::of(entry)?.follow(dialect, &Stored::new(&entry.key()))
}

/// The runtimes whose grammar the stored key of `entry` follows.
#[must_use]
pub fn speakers(entry: &Entry<'_>) -> Vec<Dialect> {
    let Some(parts) = Parts::of(entry) else { return Vec::new() };
    let key = entry.key();
    let stored = Stored::new(&key);
    let speaks = |dialect: &Dialect| parts.follow(*dialect, &stored) == Some(true);
    Dialect::KNOWN.into_iter().filter(speaks).collect()
}

/// What keys are made of.
struct Parts<'doc> {
    section: Section,
    is_ascii: bool,
    home: Cow<'doc, str>,
    host: Cow<'doc, str>,
    client: Cow<'doc, str>,
    family: Cow<'doc, str>,
    realm: Cow<'doc, str>,
    target: Cow<'doc, str>,
    /// The token type, empty when it is Bearer or absent.
    scheme: Cow<'doc, str>,
    hashes: Hashes<'doc>,
}

/// What tells extended tokens apart in their keys; nothing where a token is none.
#[derive(Default)]
struct Hashes<'doc> {
    /// As Python and Go make it, of names and values with their lengths.
    common: String,
    /// .NET hashes names and values run together (`CoreHelpers.cs`).
    dotnet: String,
    /// What Node saves under: the hash of the components as JSON (`CacheManager.ts`), which is not
    /// always what it looks for.
    node: String,
    /// That of the requested claims, up to msal-common 15.
    claims: Cow<'doc, str>,
}

/// Is given each form of a key, one after the other.
type Take<'t> = dyn FnMut(Form<'_>) + 't;

impl<'doc> Parts<'doc> {
    fn of(entry: &Entry<'doc>) -> Option<Self> {
        let text = |field| entry.text(field).unwrap_or_default();
        let host = entry.text(Field::Environment)?;
        let (client, home) = (text(Field::ClientId), text(Field::HomeAccountId));
        let section = entry.section();
        let named = match section {
            Section::AccessToken | Section::RefreshToken | Section::IdToken | Section::AppMetadata => {
                !client.is_empty()
            }
            Section::Account => !home.is_empty(),
            Section::Other => false,
        };
        let scheme =
            entry.text(Field::TokenType).filter(|name| !name.eq_ignore_ascii_case("bearer")).unwrap_or_default();
        let target = entry.text(Field::Target).unwrap_or_else(|| entry.scopes().sorted_target().into());
        let (family, realm) = (text(Field::FamilyId), text(Field::Realm));
        let hashes = Hashes::of(entry);
        let parts = [&home, &host, &client, &family, &realm, &target, &scheme];
        let is_ascii = parts.iter().all(|part| part.is_ascii()) && hashes.are_ascii();
        named.then_some(Self { section, is_ascii, home, host, client, family, realm, target, scheme, hashes })
    }

    /// A form of the key without parts yet.
    fn form<'p>(&self) -> Form<'p> {
        Form::new(self.is_ascii)
    }

    /// Hands over every form that some version of `dialect` gives the key, the newest first.
    fn each(&self, dialect: Dialect, take: &mut Take<'_>) {
        match dialect {
            Dialect::Python => take(self.python()),
            Dialect::DotNet => take(self.dotnet()),
            Dialect::Java => take(self.java()),
            Dialect::Go => take(self.go()),
            Dialect::Node => self.node(take),
            Dialect::Unknown => {}
        }
    }

    /// Whether `stored` is one of the forms that `dialect` gives the key; `None` if it gives none.
    fn follow(&self, dialect: Dialect, stored: &Stored<'_>) -> Option<bool> {
        let mut follows = None;
        self.each(dialect, &mut |form| follows = Some(follows.unwrap_or(false) || form.is(stored)));
        follows
    }

    /// MSAL Python (`token_cache.py`): one credential grammar, family ids unused, metadata in its own case.
    fn python(&self) -> Form<'_> {
        match self.section {
            Section::AccessToken => self.access_token(self.plain_kind(), "", &self.hashes.common),
            Section::RefreshToken => self.credential("refreshtoken", &self.client, &["", &self.target]),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm, ""]),
            Section::Account => self.account(&self.realm),
            Section::AppMetadata | Section::Other => self.metadata().in_its_case(),
        }
    }

    /// MSAL.NET (`MsalCacheKeys.cs`): account keys keep their case.
    fn dotnet(&self) -> Form<'_> {
        let hash = self.hashes.dotnet.as_str();
        let kind = match (hash.is_empty(), self.dotnet_scheme().is_empty()) {
            (false, _) => "atext",
            (true, false) => "accesstoken_with_authscheme",
            (true, true) => "accesstoken",
        };
        let refresh: &[&str] = if hash.is_empty() { &["", ""] } else { &["", "", hash] };
        match self.section {
            Section::AccessToken => self.access_token(kind, self.dotnet_scheme(), hash),
            Section::RefreshToken => self.credential("refreshtoken", self.family_or_client(), refresh),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm, ""]),
            Section::Account => self.account(&self.realm).in_its_case(),
            Section::AppMetadata | Section::Other => self.metadata(),
        }
    }

    /// MSAL4J (`*CacheEntity.java`).
    fn java(&self) -> Form<'_> {
        match self.section {
            Section::AccessToken => self.access_token("accesstoken", "", ""),
            Section::RefreshToken => self.credential("refreshtoken", self.family_or_client(), &["", ""]),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm, ""]),
            Section::Account => self.account(&self.realm),
            Section::AppMetadata | Section::Other => self.metadata(),
        }
    }

    /// MSAL Go (`items.go`): nothing trails.
    fn go(&self) -> Form<'_> {
        match self.section {
            Section::AccessToken => self.access_token(self.plain_kind(), &self.scheme, &self.hashes.common),
            Section::RefreshToken => self.credential("refreshtoken", self.family_or_client(), &[]),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm]),
            Section::Account => self.account(&self.realm),
            Section::AppMetadata | Section::Other => self.metadata(),
        }
    }

    /// MSAL Node (`CacheHelpers.ts`): empty parts leave their dashes; up to msal-common 15 the hash
    /// of the requested claims stood before the scheme and left one dash more.
    fn node(&self, take: &mut Take<'_>) {
        match self.section {
            Section::AccessToken => self.node_access_tokens(take),
            Section::RefreshToken => {
                let credential = |tail| self.credential("refreshtoken", self.family_or_client(), tail);
                take(credential(&["", "", ""]));
                take(credential(&["", "", "", ""]));
            }
            Section::IdToken => {
                take(self.credential("idtoken", &self.client, &[&self.realm, "", ""]));
                take(self.credential("idtoken", &self.client, &[&self.realm, "", "", ""]));
            }
            Section::Account => take(self.account(self.home_tenant())),
            Section::AppMetadata | Section::Other => take(self.metadata()),
        }
    }

    fn node_access_tokens(&self, take: &mut Take<'_>) {
        let kind = if self.scheme.is_empty() { "accesstoken" } else { "accesstoken_with_authscheme" };
        let mut credential = |tail: &[&str]| take(self.credential(kind, &self.client, tail));
        let (realm, target, scheme) = (&*self.realm, &*self.target, &*self.scheme);
        for hash in [&self.hashes.common, &self.hashes.node].into_iter().filter(|hash| !hash.is_empty()) {
            credential(&[realm, target, scheme, hash]);
        }
        credential(&[realm, target, scheme]);
        credential(&[realm, target, &self.hashes.claims, scheme]);
    }

    /// A scheme and a hash that are empty leave no dash.
    fn access_token<'p>(&'p self, kind: &'p str, scheme: &'p str, hash: &'p str) -> Form<'p> {
        let token = self.credential(kind, &self.client, &[&self.realm, &self.target]);
        [scheme, hash].into_iter().filter(|part| !part.is_empty()).fold(token, Form::and)
    }

    fn credential<'p>(&'p self, kind: &'p str, owner: &'p str, tail: &[&'p str]) -> Form<'p> {
        let head = self.form().and(&self.home).and(&self.host).and(kind).and(owner);
        tail.iter().copied().fold(head, Form::and)
    }

    fn account<'p>(&'p self, realm: &'p str) -> Form<'p> {
        self.form().and(&self.home).and(&self.host).and(realm)
    }

    fn metadata(&self) -> Form<'_> {
        self.form().and("appmetadata").and(&self.host).and(&self.client)
    }

    fn family_or_client(&self) -> &str {
        if self.family.is_empty() { &self.client } else { &self.family }
    }

    /// Node keeps one account a home account, under its home tenant.
    fn home_tenant(&self) -> &str {
        self.home.split('.').nth(1).filter(|tenant| !tenant.is_empty()).unwrap_or(&self.realm)
    }

    /// .NET binds SSH certificates by another way and keeps their keys plain.
    fn dotnet_scheme(&self) -> &str {
        if self.scheme.eq_ignore_ascii_case("ssh-cert") { "" } else { &self.scheme }
    }

    /// Python and Go tell an extended token by the key alone.
    fn plain_kind(&self) -> &'static str {
        if self.hashes.common.is_empty() { "accesstoken" } else { "atext" }
    }
}

impl<'doc> Hashes<'doc> {
    fn of(entry: &Entry<'doc>) -> Self {
        let claims = entry.claims_hash().unwrap_or_default();
        let Some(raw) = entry.components() else { return Self { claims, ..Self::default() } };
        let stored = entry.text(Field::ExtCacheKey).map(|stored| stored.to_lowercase());
        let or_hash = |piece: &dyn Fn(&(String, String)) -> String| match &stored {
            Some(stored) => stored.clone(),
            None => hash_of(&raw, piece),
        };
        // The hash that is stored, or that is made as they make it: SHA-256 over `<bytes of k>:k<bytes of v>:v…` in
        // the order of the names.
        let common = or_hash(&|(name, value)| format!("{}:{name}{}:{value}", name.len(), value.len()));
        let dotnet = or_hash(&|(name, value)| format!("{name}{value}"));
        let node = if raw.starts_with('{') { digest(&loose::compact(&raw)) } else { String::new() };
        Self { common, dotnet, node, claims }
    }

    fn are_ascii(&self) -> bool {
        [&*self.common, &*self.dotnet, &*self.node, &*self.claims].iter().all(|hash| hash.is_ascii())
    }
}

fn hash_of(components: &str, piece: &dyn Fn(&(String, String)) -> String) -> String {
    let members = loose::object(components).unwrap_or_default();
    let mut pairs: Vec<_> = members.into_iter().map(|(name, value)| (name, decode(value).into_owned())).collect();
    pairs.sort();
    if pairs.is_empty() { String::new() } else { digest(&pairs.iter().map(piece).collect::<String>()) }
}

fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Cache;
    use crate::json::Document;
    use crate::secret::SecretBytes;

    fn built(section: &str, key: &str, fields: &str, dialect: Dialect) -> Option<String> {
        let text = format!(
            r#"{{"{section}":{{"{key}":{{"environment":"h","home_account_id":"U.T","client_id":"C",{fields}}}}}}}"#
        );
        let doc = Document::parse(SecretBytes::new(text.into_bytes())).expect("valid");
        let entry = Cache::of(&doc).entries().next().expect("one entry");
        build(&entry, dialect)
    }

    #[test]
    fn refresh_token_keys_end_as_each_runtime_ends_them() {
        let fields = r#""target":"b a","family_id":"1""#;

        let keys: Vec<_> = Dialect::KNOWN.into_iter().filter_map(|d| built("RefreshToken", "x", fields, d)).collect();

        assert_eq!(
            keys,
            [
                "u.t-h-refreshtoken-c--b a",
                "u.t-h-refreshtoken-1--",
                "u.t-h-refreshtoken-1---",
                "u.t-h-refreshtoken-1--",
                "u.t-h-refreshtoken-1"
            ]
        );
    }

    #[test]
    fn an_older_node_key_is_built_as_it_stands() {
        let stored = "u.t-h-refreshtoken-c----";

        assert_eq!(built("RefreshToken", stored, r#""x":1"#, Dialect::Node).as_deref(), Some(stored));
        assert_eq!(built("RefreshToken", "x", r#""x":1"#, Dialect::Node).as_deref(), Some("u.t-h-refreshtoken-c---"));
    }

    #[test]
    fn bound_tokens_name_their_scheme() {
        let fields = r#""realm":"r","target":"s","token_type":"pop""#;

        let keys: Vec<_> = Dialect::KNOWN.into_iter().filter_map(|d| built("AccessToken", "x", fields, d)).collect();

        assert_eq!(
            keys,
            [
                "u.t-h-accesstoken-c-r-s",
                "u.t-h-accesstoken_with_authscheme-c-r-s-pop",
                "u.t-h-accesstoken_with_authscheme-c-r-s-pop",
                "u.t-h-accesstoken-c-r-s",
                "u.t-h-accesstoken-c-r-s-pop"
            ]
        );
    }

    #[test]
    fn extended_keys_are_hashed_as_python_and_go_hash_them() {
        let fields = r#""realm":"r","target":"s","additionalCacheKeyComponents":{"fmi_path":"SomeFmiPath/Path"}"#;

        let key = built("AccessToken", "x", fields, Dialect::Python);

        assert_eq!(key.as_deref(), Some("u.t-h-atext-c-r-s-hai-va57u1u3bj1elra_dz5bpghftdmyv5vuyfopbqo"));
    }

    #[test]
    fn accounts_and_metadata_keep_their_case_where_their_runtime_does() {
        assert_eq!(built("Account", "x", r#""realm":"R""#, Dialect::DotNet).as_deref(), Some("U.T-h-R"));
        assert_eq!(built("Account", "x", r#""realm":"R""#, Dialect::Node).as_deref(), Some("u.t-h-t"));
        assert_eq!(built("AppMetadata", "x", r#""x":1"#, Dialect::Python).as_deref(), Some("appmetadata-h-C"));
        assert_eq!(built("AppMetadata", "x", r#""x":1"#, Dialect::Go).as_deref(), Some("appmetadata-h-c"));
    }

    #[test]
    fn nothing_is_built_without_its_fields_or_its_grammar() {
        assert_eq!(built("Unknown", "x", r#""x":1"#, Dialect::Python), None);
        assert_eq!(built("AccessToken", "x", r#""x":1"#, Dialect::Unknown), None);
        assert_eq!(built("AccessToken", "x", r#""environment":null"#, Dialect::Python), None);
    }
}
