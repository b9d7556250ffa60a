//! The fields of entries with each runtime's spellings, and which names and values are secrets.
//! Refuses to guess: a name that stands in no table is no field, only a member to keep.

use std::borrow::Cow;

/// A field by its meaning; every runtime's spelling of it is known to [`Field::spellings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Whose entry it is, in all tenants: `uid.utid`.
    HomeAccountId,
    /// The host of the authority.
    Environment,
    /// The tenant.
    Realm,
    /// What kind of credential the entry claims to be.
    CredentialType,
    /// The application.
    ClientId,
    /// The token itself.
    Secret,
    /// The scopes, separated by blanks.
    Target,
    /// `Bearer`, `pop`, `ssh-cert`; absent means Bearer.
    TokenType,
    /// When the token was stored. Unix seconds.
    CachedAt,
    /// When the token expires. Unix seconds.
    ExpiresOn,
    /// When the token expires during an outage of the service. Unix seconds.
    ExtendedExpiresOn,
    /// When an app renews the token ahead of its expiry. Unix seconds.
    RefreshOn,
    /// The key to which a PoP token or SSH certificate is bound.
    KeyId,
    /// The hash of the assertion of an on-behalf-of token.
    UserAssertionHash,
    /// What an extended (`atext`) token is further told apart by: a hash, or the components themselves.
    ExtCacheKey,
    /// The family of apps that share a refresh token.
    FamilyId,
    /// When the entry was last changed. Unix seconds.
    LastModificationTime,
    /// The object id of the user in this tenant.
    LocalAccountId,
    /// The name to sign in with.
    Username,
    /// `MSSTS` or `ADFS`.
    AuthorityType,
    /// How the account signed in (`broker`, `password` …).
    AccountSource,
    /// Base64url JSON with `uid` and `utid`.
    ClientInfo,
    /// The display name.
    Name,
}

impl Field {
    /// Every field.
    pub(super) const ALL: [Self; 23] = [
        Self::HomeAccountId,
        Self::Environment,
        Self::Realm,
        Self::CredentialType,
        Self::ClientId,
        Self::Secret,
        Self::Target,
        Self::TokenType,
        Self::CachedAt,
        Self::ExpiresOn,
        Self::ExtendedExpiresOn,
        Self::RefreshOn,
        Self::KeyId,
        Self::UserAssertionHash,
        Self::ExtCacheKey,
        Self::FamilyId,
        Self::LastModificationTime,
        Self::LocalAccountId,
        Self::Username,
        Self::AuthorityType,
        Self::AccountSource,
        Self::ClientInfo,
        Self::Name,
    ];

    /// The field that some runtime spells `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.spellings().contains(&name))
    }

    /// Every name under which a runtime writes this field, the commonest first.
    ///
    /// The rules are those of MSAL: Python and Node write `key_id`, .NET `kid`, Go `keyid`;
    /// .NET writes `extended_expires_on` and `ext_expires_on` both; Apple's and Android's
    /// libraries write `access_token_type`.
    #[must_use]
    pub fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::HomeAccountId => &["home_account_id", "homeAccountId"],
            Self::Environment => &["environment"],
            Self::Realm => &["realm"],
            Self::CredentialType => &["credential_type", "credentialType"],
            Self::ClientId => &["client_id", "clientId"],
            Self::Secret => &["secret"],
            Self::Target => &["target"],
            Self::TokenType => &["token_type", "access_token_type", "tokenType"],
            Self::CachedAt => &["cached_at", "cachedAt"],
            Self::ExpiresOn => &["expires_on", "expiresOn"],
            Self::ExtendedExpiresOn => &["extended_expires_on", "ext_expires_on", "extendedExpiresOn"],
            Self::RefreshOn => &["refresh_on", "refreshOn"],
            Self::KeyId => &["key_id", "kid", "keyid", "keyId"],
            Self::UserAssertionHash => &["user_assertion_hash", "userAssertionHash"],
            Self::ExtCacheKey => &["ext_cache_key", "ext", "additionalCacheKeyComponents"],
            Self::FamilyId => &["family_id", "familyId"],
            Self::LastModificationTime => &["last_modification_time", "lastModificationTime"],
            Self::LocalAccountId => &["local_account_id", "localAccountId"],
            Self::Username => &["username"],
            Self::AuthorityType => &["authority_type", "authorityType"],
            Self::AccountSource => &["account_source", "accountSource"],
            Self::ClientInfo => &["client_info", "clientInfo"],
            Self::Name => &["name"],
        }
    }
}

/// Names whose values are secrets, whatever they look like; compared without `_`, `-` and case.
const SECRET_NAMES: &[&str] = &[
    "secret",
    "token",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientsecret",
    "clientassertion",
    "assertion",
    "userassertion",
    "samlassertion",
    "password",
    "passphrase",
    "pwd",
    "privatekey",
    "sessionkey",
    "apikey",
    "rawclientinfo",
    "code",
    "authorizationcode",
    "codeverifier",
    "devicecode",
    "primaryrefreshtoken",
    "prt",
    "cookie",
    "credential",
    "certificate",
    "authorization",
    "bearer",
    "sastoken",
    "connectionstring",
    "accountkey",
    "sharedaccesskey",
    "sig",
];

/// Endings of names whose values are secrets: `my_client_secret`, `oboRefreshToken`.
const SECRET_ENDINGS: &[&str] =
    &["secret", "accesstoken", "refreshtoken", "idtoken", "password", "privatekey", "clientassertion"];

/// Whether the value of a member called `name` is a secret.
#[must_use]
pub fn is_secret_field(name: &str) -> bool {
    let mut room = [0; 64];
    let plain = plain(name, &mut room);
    SECRET_NAMES.contains(&plain.as_ref()) || SECRET_ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// `name` in small letters, without what parts words: in `room` if it is short, since very many are asked for.
fn plain<'r>(name: &str, room: &'r mut [u8; 64]) -> Cow<'r, str> {
    let parts = |c: char| matches!(c, '_' | '-' | '.' | ' ');
    if name.len() > room.len() || !name.is_ascii() {
        return Cow::Owned(name.replace(parts, "").to_lowercase());
    }
    let letters = name.bytes().filter(|byte| !parts(char::from(*byte)));
    let count = room.iter_mut().zip(letters).map(|(place, letter)| *place = letter.to_ascii_lowercase()).count();
    String::from_utf8_lossy(room.get(..count).unwrap_or_default())
}

/// The members of a JSON Web Key that are the key itself (RFC 7518, section 6): proof-of-possession tokens
/// are worth something to whoever has it.
const KEY_PARTS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "k"];

/// Whether a text `value` under `name` is the secret part of a JSON Web Key.
#[must_use]
pub(super) fn is_key_part(name: &str, value: &str) -> bool {
    KEY_PARTS.contains(&name) && value.len() >= SHORT_RUN && value.chars().all(is_token_char)
}

/// The shortest unbroken run that counts as a token: `client_info` of a long B2C policy stays below.
const LONG_RUN: usize = 200;
/// The same behind a name that says that a secret follows: words of a sentence stay below.
const SHORT_RUN: usize = 16;

/// Whether `value` holds what looks like a token: a JWT or JWE anywhere in it, the head of an SSH
/// certificate, a private key, a very long run of token characters, or a run behind the name of a secret.
/// Such a value is masked wherever it stands.
#[must_use]
pub fn looks_like_token(value: &str) -> bool {
    // Base64 comes in lines, too.
    let unbroken: Cow<'_, str> =
        if value.contains(['\r', '\n']) { value.replace(['\r', '\n'], "").into() } else { value.into() };
    unbroken.split(|c: char| !is_token_char(c)).any(is_token_run)
        || value.contains("PRIVATE KEY-----")
        || names_secret(value)
}

/// `refresh_token=…&`, `"client_secret": "…"`, `Bearer …`: forms, headers and cut JSON within a text.
fn names_secret(value: &str) -> bool {
    value.match_indices(['=', ':', ' ']).any(|(at, separator)| {
        let behind = value.get(at + 1..).unwrap_or("");
        is_run(behind) && {
            let name = name_before(value.get(..at).unwrap_or(""));
            if separator == " " { name.eq_ignore_ascii_case("bearer") } else { is_secret_field(&name) }
        }
    })
}

fn is_blank(c: &char) -> bool {
    matches!(c, '"' | '\'' | '\\' | ' ')
}

/// Looks at a few characters alone: a hostile text may be megabytes of blanks.
fn is_run(text: &str) -> bool {
    let behind = text.chars().take(SHORT_RUN + 8).skip_while(is_blank).take(SHORT_RUN);
    behind.take_while(|c| is_token_char(*c)).count() == SHORT_RUN
}

fn name_before(text: &str) -> String {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name: String = text.chars().rev().take(64).skip_while(is_blank).take_while(is_name).collect();
    name.chars().rev().collect()
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/' | '=' | '*' | '!' | '$')
}

fn is_token_run(run: &str) -> bool {
    run.len() >= LONG_RUN || holds_jwt(run) || (run.len() > 60 && run.starts_with("AAAA"))
}

/// `eyJ` is how base64url writes `{"`: every JWT and JWE begins with it.
fn holds_jwt(run: &str) -> bool {
    run.match_indices("eyJ").any(|(at, _)| {
        let mut parts = run.get(at..).unwrap_or("").split('.');
        let (header, payload) = (parts.next().unwrap_or(""), parts.next());
        header.len() >= 8 && payload.is_some_and(|payload| !payload.is_empty() || parts.next().is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_names_are_known_in_every_spelling() {
        for name in
            ["secret", "refresh_token", "refreshToken", "id-token", "Client_Secret", "myPassword", "private_key"]
        {
            assert!(is_secret_field(name), "{name}");
        }
    }

    #[test]
    fn ordinary_names_are_no_secrets() {
        for name in
            ["token_type", "client_id", "key_id", "family_id", "username", "cached_at", "client_info", "AccessTokens"]
        {
            assert!(!is_secret_field(name), "{name}");
        }
    }

    #[test]
    fn names_of_any_length_and_script_are_told_apart() {
        for length in [0, 1, 63 - 8, 64 - 8, 65 - 8, 200] {
            let named = |ending: &str| is_secret_field(&format!("{}{ending}", "x".repeat(length)));
            assert!(named("PassWord") && named("Ä_pass-word") && !named("passwords") && !named("Äpasswor"), "{length}");
        }
    }

    #[test]
    fn tokens_are_recognised_by_their_shape() {
        let long = "a".repeat(LONG_RUN);
        let lines = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n".repeat(6);

        for value in [
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
            "Bearer eyJhbGciOiJkaXIifQ..iv.ct.tag",
            "authorization: bearer 0123456789abcdef",
            "grant_type=refresh_token&refresh_token=0123456789abcdef",
            "{\"client_secret\": \"0123456789abcdef",
            "-----BEGIN EC PRIVATE KEY-----\nMHcC",
            long.as_str(),
            lines.as_str(),
        ] {
            assert!(looks_like_token(value), "{value}");
        }
    }

    #[test]
    fn the_secret_parts_of_a_key_are_known() {
        assert!(is_key_part("d", "0123456789abcdef0123456789abcdef"));
        assert!(!is_key_part("n", "0123456789abcdef0123456789abcdef") && !is_key_part("d", "12 d"));
    }

    #[test]
    fn ids_scopes_hashes_and_client_info_are_no_tokens() {
        let client_info = "eyJ1aWQiOiJhZTgyMWU0ZC1mNDA4LTQ1MWEtYWY4Mi04ODI2OTExNDg2MDMiLCJ1dGlkIjoiNDlmNTQ4ZDAtMTJiNy00MTY5LWEzOTAtYmI1MzA0ZDI0NDYyIn0";
        let scopes = "https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default openid".repeat(9);

        for value in
            [client_info, scopes.as_str(), "hai-va57u1u3bj1elra_dz5bpghftdmyv5vuyfopbqo", "ada@contoso.com", ""]
        {
            assert!(!looks_like_token(value), "{value}");
        }
    }
}
