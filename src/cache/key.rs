//! Cache keys, read and built, in the grammar of each runtime. Knows the grammar, not whether an
//! entry is right. Never splits a key: scopes and ids hold dashes, so an entry's fields are read.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Dialect, Entry, Field, Section, loose};
use crate::json::decode;

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
    Parts::of(entry).map(|parts| parts.forms(dialect)).unwrap_or_default()
}

/// The runtimes whose grammar the stored key of `entry` follows.
#[must_use]
pub fn speakers(entry: &Entry<'_>) -> Vec<Dialect> {
    let Some(parts) = Parts::of(entry) else { return Vec::new() };
    let stored = entry.key();
    Dialect::KNOWN.into_iter().filter(|dialect| parts.forms(*dialect).iter().any(|form| *form == stored)).collect()
}

/// What keys are made of.
struct Parts<'e, 'doc> {
    entry: &'e Entry<'doc>,
    home: Cow<'doc, str>,
    host: Cow<'doc, str>,
    client: Cow<'doc, str>,
    family: Cow<'doc, str>,
    realm: Cow<'doc, str>,
    target: Cow<'doc, str>,
    /// The token type, empty when it is Bearer or absent.
    scheme: Cow<'doc, str>,
}

impl<'e, 'doc> Parts<'e, 'doc> {
    fn of(entry: &'e Entry<'doc>) -> Option<Self> {
        let text = |field| entry.text(field).unwrap_or_default();
        let host = entry.text(Field::Environment)?;
        let (client, home) = (text(Field::ClientId), text(Field::HomeAccountId));
        let named = match entry.section() {
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
        named.then_some(Self { entry, home, host, client, family, realm, target, scheme })
    }

    fn forms(&self, dialect: Dialect) -> Vec<String> {
        match dialect {
            Dialect::Python => self.python(),
            Dialect::DotNet => self.dotnet(),
            Dialect::Java => self.java(),
            Dialect::Go => self.go(),
            Dialect::Node => self.node(),
            Dialect::Unknown => Vec::new(),
        }
    }

    /// MSAL Python (`token_cache.py`): one credential grammar, family ids unused, metadata in its own case.
    fn python(&self) -> Vec<String> {
        let one = match self.entry.section() {
            Section::AccessToken => self.access_token(self.plain_kind(), &[], &self.hash()),
            Section::RefreshToken => self.credential("refreshtoken", &self.client, &["", &self.target]),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm, ""]),
            Section::Account => self.account(&self.realm).to_lowercase(),
            Section::AppMetadata => return vec![format!("appmetadata-{}-{}", self.host, self.client)],
            Section::Other => return Vec::new(),
        };
        vec![one]
    }

    /// MSAL.NET (`MsalCacheKeys.cs`): account keys keep their case.
    fn dotnet(&self) -> Vec<String> {
        let hash = self.dotnet_hash();
        let kind = match (hash.is_empty(), self.dotnet_scheme().is_empty()) {
            (false, _) => "atext",
            (true, false) => "accesstoken_with_authscheme",
            (true, true) => "accesstoken",
        };
        let refresh: &[&str] = if hash.is_empty() { &["", ""] } else { &["", "", &hash] };
        let one = match self.entry.section() {
            Section::AccessToken => self.access_token(kind, &[self.dotnet_scheme()], &hash),
            Section::RefreshToken => self.credential("refreshtoken", self.family_or_client(), refresh),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm, ""]),
            Section::Account => self.account(&self.realm),
            Section::AppMetadata => self.metadata(),
            Section::Other => return Vec::new(),
        };
        vec![one]
    }

    /// MSAL4J (`*CacheEntity.java`).
    fn java(&self) -> Vec<String> {
        let one = match self.entry.section() {
            Section::AccessToken => self.access_token("accesstoken", &[], ""),
            Section::RefreshToken => self.credential("refreshtoken", self.family_or_client(), &["", ""]),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm, ""]),
            Section::Account => self.account(&self.realm).to_lowercase(),
            Section::AppMetadata => self.metadata(),
            Section::Other => return Vec::new(),
        };
        vec![one]
    }

    /// MSAL Go (`items.go`): nothing trails.
    fn go(&self) -> Vec<String> {
        let one = match self.entry.section() {
            Section::AccessToken => self.access_token(self.plain_kind(), &[&self.scheme], &self.hash()),
            Section::RefreshToken => self.credential("refreshtoken", self.family_or_client(), &[]),
            Section::IdToken => self.credential("idtoken", &self.client, &[&self.realm]),
            Section::Account => self.account(&self.realm).to_lowercase(),
            Section::AppMetadata => self.metadata(),
            Section::Other => return Vec::new(),
        };
        vec![one]
    }

    /// MSAL Node (`CacheHelpers.ts`): empty parts leave their dashes; up to msal-common 15 the hash
    /// of the requested claims stood before the scheme and left one dash more.
    fn node(&self) -> Vec<String> {
        match self.entry.section() {
            Section::AccessToken => self.node_access_tokens(),
            Section::RefreshToken => {
                let credential = |tail| self.credential("refreshtoken", self.family_or_client(), tail);
                vec![credential(&["", "", ""]), credential(&["", "", "", ""])]
            }
            Section::IdToken => {
                let credential = |tail| self.credential("idtoken", &self.client, tail);
                vec![credential(&[&self.realm, "", ""]), credential(&[&self.realm, "", "", ""])]
            }
            Section::Account => vec![self.account(self.home_tenant()).to_lowercase()],
            Section::AppMetadata => vec![self.metadata()],
            Section::Other => Vec::new(),
        }
    }

    fn node_access_tokens(&self) -> Vec<String> {
        let kind = if self.scheme.is_empty() { "accesstoken" } else { "accesstoken_with_authscheme" };
        let claims = self.entry.claims_hash().unwrap_or_default();
        let credential = |tail: &[&str]| self.credential(kind, &self.client, tail);
        let mut forms = vec![
            credential(&[&self.realm, &self.target, &self.scheme]),
            credential(&[&self.realm, &self.target, &claims, &self.scheme]),
        ];
        let hashes = [self.hash(), self.node_stored_hash()].into_iter().filter(|hash| !hash.is_empty());
        let extended: Vec<_> =
            hashes.map(|hash| credential(&[&self.realm, &self.target, &self.scheme, &hash])).collect();
        forms.splice(0..0, extended);
        forms
    }

    fn access_token(&self, kind: &str, schemes: &[&str], hash: &str) -> String {
        let tail = [self.realm.as_ref(), self.target.as_ref()];
        let rest = schemes.iter().copied().chain([hash]).filter(|part| !part.is_empty());
        self.credential(kind, &self.client, &tail.into_iter().chain(rest).collect::<Vec<_>>())
    }

    fn credential(&self, kind: &str, owner: &str, tail: &[&str]) -> String {
        let head = [self.home.as_ref(), self.host.as_ref(), kind, owner];
        head.into_iter().chain(tail.iter().copied()).collect::<Vec<_>>().join("-").to_lowercase()
    }

    fn account(&self, realm: &str) -> String {
        format!("{}-{}-{realm}", self.home, self.host)
    }

    fn metadata(&self) -> String {
        format!("appmetadata-{}-{}", self.host, self.client).to_lowercase()
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
        if self.hash().is_empty() { "accesstoken" } else { "atext" }
    }

    /// The hash that Python and Go store, or that is made of the components as they make it:
    /// SHA-256 over `<bytes of k>:k<bytes of v>:v…` in the order of the names.
    fn hash(&self) -> String {
        if let Some(stored) = self.entry.text(Field::ExtCacheKey) {
            return stored.to_lowercase();
        }
        let netstring = |(name, value): &(String, String)| format!("{}:{name}{}:{value}", name.len(), value.len());
        self.hash_of(netstring)
    }

    /// .NET hashes names and values run together (`CoreHelpers.cs`).
    fn dotnet_hash(&self) -> String {
        match self.entry.text(Field::ExtCacheKey) {
            Some(stored) => stored.to_lowercase(),
            None => self.hash_of(|(name, value)| format!("{name}{value}")),
        }
    }

    /// What Node saves under: the hash of the components as JSON (`CacheManager.ts`), which is not
    /// always what it looks for.
    fn node_stored_hash(&self) -> String {
        let raw = self.entry.components().filter(|raw| raw.starts_with('{'));
        raw.map(|raw| digest(&loose::compact(&raw))).unwrap_or_default()
    }

    fn hash_of(&self, piece: impl Fn(&(String, String)) -> String) -> String {
        let raw = self.entry.components().unwrap_or_default();
        let members = loose::object(&raw).unwrap_or_default();
        let mut pairs: Vec<_> = members.into_iter().map(|(name, value)| (name, decode(value).into_owned())).collect();
        pairs.sort();
        if pairs.is_empty() { String::new() } else { digest(&pairs.iter().map(piece).collect::<String>()) }
    }
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
