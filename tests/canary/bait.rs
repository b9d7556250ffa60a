//! Caches with hostile text in every place where a cache holds text: keys, names and values of members, sections,
//! claims of tokens. Knows the schema, so that each text is taken for what it pretends to be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::corpus::Hostile;

/// How the texts are written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dress {
    /// Every character but ASCII's as `\u` escapes.
    Escaped,
    /// As they are, where JSON allows it.
    Bare,
}

/// A cache, and in how many places a hostile text stands in it.
pub(crate) struct Bait {
    pub(crate) json: String,
    pub(crate) places: usize,
}

const CREDENTIAL: &[&str] = &["home_account_id", "environment", "client_id", "realm", "target", "credential_type"];
const ACCESS: &[&str] = &["token_type", "key_id", "user_assertion_hash", "ext_cache_key", "cached_at", "expires_on"];
const MORE: &[&str] = &["extended_expires_on", "refresh_on", "requestedClaims", "access_token_type"];
const REFRESH: &[&str] = &["family_id", "last_modification_time"];
const ACCOUNT: &[&str] = &[
    "home_account_id",
    "environment",
    "realm",
    "username",
    "local_account_id",
    "authority_type",
    "name",
    "given_name",
    "family_name",
    "client_info",
    "account_source",
    "alternative_account_id",
];
const APP: &[&str] = &["client_id", "environment", "family_id"];

/// A cache with each text of `corpus` in every field of an entry of every section, and in the claims of its tokens.
pub(crate) fn bait(corpus: &[Hostile], dress: Dress) -> Bait {
    let texts: Vec<&str> = corpus.iter().map(|hostile| worn(hostile, dress)).collect();
    let mut writer = Writer { places: 0 };
    let sections = [
        ("AccessToken", [CREDENTIAL, ACCESS, MORE].concat(), Token::Jwt),
        ("RefreshToken", [CREDENTIAL, REFRESH].concat(), Token::Opaque),
        ("IdToken", CREDENTIAL.to_vec(), Token::Opaque),
        ("Account", ACCOUNT.to_vec(), Token::None),
        ("AppMetadata", APP.to_vec(), Token::Opaque),
    ];
    let mut all: Vec<String> = sections
        .iter()
        .map(|(name, fields, token)| {
            let mut entries = writer.entries(&texts, fields, *token);
            if *token != Token::Opaque {
                entries.extend(writer.plausible(name, &texts));
            }
            format!("\"{name}\": {{{}}}", entries.join(",\n"))
        })
        .collect();
    all.extend(
        texts.iter().map(|text| format!("\"{text}\": {{\"{text}\": {{\"{text}\": \"{text}\"}}, \"b\": \"{text}\"}}")),
    );
    all.extend(texts.iter().enumerate().map(|(at, text)| format!("\"{at}{text}\": \"{text}\"")));
    writer.places += texts.len() * 7;
    Bait { json: format!("{{{}}}", all.join(",\n")), places: writer.places }
}

/// One cache with one text in each of its five sections: for texts of megabytes.
pub(crate) fn heavy(text: &str) -> String {
    let entry = format!(
        r#"{{"home_account_id": "u.t", "environment": "login.microsoftonline.com", "client_id": "c", "realm": "t", "target": "{text}", "username": "{text}", "secret": "s", "cached_at": "1", "expires_on": "9"}}"#
    );
    format!(r#"{{"AccessToken": {{"{text}": {entry}}}, "Account": {{"a": {entry}}}, "{text}": {{"k": "{text}"}}}}"#)
}

fn worn(hostile: &Hostile, dress: Dress) -> &str {
    match dress {
        Dress::Escaped => &hostile.escaped,
        Dress::Bare => &hostile.bare,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Opaque,
    Jwt,
    None,
}

struct Writer {
    places: usize,
}

impl Writer {
    /// An entry for each text, with the text in all its fields and as its key.
    fn entries(&mut self, texts: &[&str], fields: &[&str], token: Token) -> Vec<String> {
        let mut made = Vec::new();
        for text in texts {
            let mut members: Vec<String> = fields.iter().map(|field| format!("\"{field}\": \"{text}\"")).collect();
            members.push(format!("\"{text}\": \"{text}\", \"nested\": {{\"{text}\": [\"{text}\"]}}"));
            members.extend(self.secret(text, token));
            self.places += fields.len() + 5;
            made.push(format!("\"{text}\": {{{}}}", members.join(", ")));
        }
        made
    }

    /// An entry for each text in which all is right but the names that are shown.
    fn plausible(&mut self, section: &str, texts: &[&str]) -> Vec<String> {
        let mut made = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let claims = self.secret(text, Token::Opaque).unwrap_or_default();
            self.places += 6;
            made.push(format!(
                r#""{section}-{at}": {{"home_account_id": "u{at}.t", "environment": "login.microsoftonline.com", "credential_type": "{section}", "client_id": "{text}", "realm": "{text}", "target": "https://graph.microsoft.com/{text} {text}", "username": "{text}", "name": "{text}", "family_id": "{text}", "cached_at": "1699999000", "expires_on": "1690000000", {claims}}}"#
            ));
        }
        made
    }

    fn secret(&mut self, text: &str, token: Token) -> Option<String> {
        let claims = format!(
            r#"{{"{text}": "{text}", "name": "{text}", "tid": "{text}", "aud": "{text}", "exp": "{text}", "list": ["{text}"]}}"#
        );
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        match token {
            Token::None => None,
            Token::Opaque => {
                self.places += 1;
                Some(format!("\"secret\": \"{text}\""))
            }
            Token::Jwt => {
                self.places += 9;
                let header = part(&format!(r#"{{"kid": "{text}", "{text}": 1}}"#));
                Some(format!("\"secret\": \"{header}.{}.c2ln\"", part(&claims)))
            }
        }
    }
}
