//! Single texts of a cache made fit for other eyes: by the field they stand in, and keys by their parts.
//! Refuses to let through what it does not know: a value outside the vocabulary becomes its length.

use super::pseudonym::{Kind, Pseudonyms, is_guid};
use crate::cache::{environment, names};
use crate::secret::Pepper;
use crate::time::UnixSeconds;

/// How the values of a field are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A token or password: its fingerprint and length.
    Secret,
    /// Base64url JSON with `uid` and `utid`.
    ClientInfo,
    /// The URL of who issued a token.
    Issuer,
    /// For whom a token is: a client, or a resource.
    Audience,
    /// The id of a directory role, which is the same everywhere.
    Role,
    /// A word of a token's claims.
    ClaimWord,
    /// `uid.utid`.
    HomeAccount,
    /// A user's id.
    UserId,
    /// One name or id.
    Names(Kind),
    /// Scopes separated by blanks.
    Scopes,
    /// Decimal seconds.
    Time,
    /// A word of the schema.
    Word,
    /// Anything else: its length alone. A fingerprint of a name could be guessed.
    Unknown,
}

const FIELDS: &[(&str, Class)] = &[
    ("secret", Class::Secret),
    ("home_account_id", Class::HomeAccount),
    ("homeAccountId", Class::HomeAccount),
    ("client_info", Class::ClientInfo),
    ("clientInfo", Class::ClientInfo),
    ("local_account_id", Class::UserId),
    ("localAccountId", Class::UserId),
    ("realm", Class::Names(Kind::Tenant)),
    ("tenantId", Class::Names(Kind::Tenant)),
    ("environment", Class::Names(Kind::Host)),
    ("client_id", Class::Names(Kind::Client)),
    ("username", Class::Names(Kind::User)),
    ("alternative_account_id", Class::Names(Kind::User)),
    ("name", Class::Names(Kind::Name)),
    ("given_name", Class::Names(Kind::Name)),
    ("middle_name", Class::Names(Kind::Name)),
    ("family_name", Class::Names(Kind::Name)),
    ("target", Class::Scopes),
    ("resource", Class::Scopes),
    ("cached_at", Class::Time),
    ("expires_on", Class::Time),
    ("extended_expires_on", Class::Time),
    ("ext_expires_on", Class::Time),
    ("refresh_on", Class::Time),
    ("last_modification_time", Class::Time),
    ("credential_type", Class::Word),
    ("token_type", Class::Word),
    ("access_token_type", Class::Word),
    ("authority_type", Class::Word),
    ("account_source", Class::Word),
    ("family_id", Class::Word),
    ("user_assertion_hash", Class::Names(Kind::Opaque)),
    ("userAssertionHash", Class::Names(Kind::Opaque)),
    ("ext_cache_key", Class::Names(Kind::Opaque)),
    ("requestedClaimsHash", Class::Names(Kind::Opaque)),
    ("key_id", Class::Names(Kind::Opaque)),
    ("keyId", Class::Names(Kind::Opaque)),
    ("tokenType", Class::Word),
    ("kid", Class::Names(Kind::Opaque)),
    ("keyid", Class::Names(Kind::Opaque)),
];

impl Class {
    /// A tenant.
    pub(super) const TENANT: Self = Self::Names(Kind::Tenant);
}

/// What stands in tokens, and in no entry.
const CLAIMS: &[(&[&str], Class)] = &[
    (&["oid"], Class::UserId),
    (&["tid", "home_tid", "xms_tnt"], Class::TENANT),
    (&["iss", "idp"], Class::Issuer),
    (&["aud"], Class::Audience),
    (&["appid", "azp"], Class::Names(Kind::Client)),
    (&["upn", "preferred_username", "unique_name", "email", "login_hint"], Class::Names(Kind::User)),
    (&["scp"], Class::Scopes),
    (&["wids"], Class::Role),
    (&["groups", "home_oid", "deviceid"], Class::Names(Kind::Id)),
    (&["sub", "sid", "uti", "rh", "nonce", "x5t", "at_hash", "c_hash"], Class::Names(Kind::Opaque)),
    (&["exp", "nbf", "iat", "auth_time"], Class::Time),
    (&["alg", "typ", "ver", "amr", "idtyp", "acr", "appidacr", "azpacr", "acct"], Class::ClaimWord),
];

/// What the word claims may say, lower case.
const CLAIM_WORDS: [&str; 20] = [
    "jwt", "at+jwt", "pop", "none", "rs256", "ps256", "es256", "hs256", "1.0", "2.0", "pwd", "mfa", "rsa", "otp",
    "fido", "wia", "ngcmfa", "hwk", "user", "app",
];

/// What the word fields may say, lower case, longest first where one begins another.
const WORDS: &[&str] = &[
    "urn:ietf:params:oauth:grant-type:device_code",
    "accesstoken_with_authscheme",
    "access_token_extended",
    "primaryrefreshtoken",
    "authorization_code",
    "client_credentials",
    "device_code_flow",
    "refresh_token",
    "refreshtoken",
    "v1idtoken",
    "certificate",
    "accesstoken",
    "appmetadata",
    "ssh-cert",
    "password",
    "user_fic",
    "idtoken",
    "account",
    "generic",
    "bearer",
    "broker",
    "cookie",
    "atext",
    "mssts",
    "other",
    "adfs",
    "dpop",
    "msa",
    "pop",
];

/// Scopes that OpenID and every sample use.
const COMMON_SCOPES: [&str; 7] =
    ["openid", "profile", "email", "offline_access", ".default", "user_impersonation", "access_as_user"];

/// Schemes of scopes that name no app.
const COMMON_SCHEMES: [&str; 3] = ["https", "http", "api"];

/// How the field called `name` is treated.
pub(super) fn class(name: &str) -> Class {
    let of_field = FIELDS.iter().find(|(field, _)| *field == name).map(|(_, class)| *class);
    let of_claim = || CLAIMS.iter().find(|(claims, _)| claims.contains(&name)).map(|(_, class)| *class);
    of_field.or_else(of_claim).unwrap_or(Class::Unknown)
}

/// `text`, which stands in a field of `class`, for other eyes.
pub(super) fn text(names: &mut Pseudonyms, class: Class, text: &str) -> String {
    match class {
        _ if text.is_empty() => String::new(),
        Class::HomeAccount => names.home_account(text),
        Class::UserId => names.user_id(text),
        Class::Names(kind) => names.of(kind, text),
        Class::Scopes => scopes(names, text),
        Class::Time if UnixSeconds::parse(text).is_some() && text.len() <= 20 => text.to_owned(),
        Class::Word if is_word(text) => text.to_owned(),
        Class::Issuer => issuer(names, text),
        Class::Audience => audience(names, text),
        Class::Role if names::role(text).is_some() => {
            names.keep(text);
            text.to_owned()
        }
        Class::Role => names.of(Kind::Id, text),
        Class::ClaimWord if is_word_of_claims(text) => text.to_owned(),
        Class::Secret | Class::ClientInfo | Class::ClaimWord | Class::Time | Class::Word | Class::Unknown => {
            unknown(text)
        }
    }
}

/// `redacted:<fingerprint>:<length in bytes>`.
pub(super) fn secret(pepper: &Pepper, text: &str) -> String {
    format!("redacted:{}:{}", pepper.fingerprint(text), text.len())
}

fn unknown(text: &str) -> String {
    format!("redacted:text:{}", text.len())
}

/// `https://sts.windows.net/<tenant>/`, `https://login.microsoftonline.com/<tenant>/v2.0`.
fn issuer(names: &mut Pseudonyms, text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| COMMON_SCHEMES.contains(scheme)) else {
        return unknown(text);
    };
    let mut steps = rest.split('/');
    let host = names.of(Kind::Host, steps.next().unwrap_or(""));
    let path = steps.map(|step| if step == "v2.0" { step.to_owned() } else { names.of(Kind::Tenant, step) });
    let path: Vec<String> = std::iter::once(host).chain(path).collect();
    format!("{scheme}://{}", path.join("/"))
}

fn audience(names: &mut Pseudonyms, text: &str) -> String {
    if text.contains("://") {
        return scope(names, text);
    }
    if names::resource(text).is_some() {
        names.keep(text);
        return text.to_owned();
    }
    names.of(Kind::Client, text)
}

fn is_word_of_claims(text: &str) -> bool {
    let small = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    small || CLAIM_WORDS.contains(&text.to_ascii_lowercase().as_str())
}

fn is_word(text: &str) -> bool {
    let family = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    family || WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// A number as it stands, if it is small or a time; else `0`: it may be an id.
pub(super) fn number(raw: &str) -> &str {
    let time = raw.len() <= 20
        && raw.split('.').next().is_some_and(|whole| whole.len() == 10)
        && UnixSeconds::parse(raw).is_some();
    if raw.len() <= 3 || time { raw } else { "0" }
}

/// Whether a member of an entry may keep its name: it reads like one of a schema, not like an id.
pub(super) fn is_schema_name(name: &str) -> bool {
    name == "x5t"
        || (1..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// Scopes stay in order if they were, and out of order if not: MSAL Python finds a token by its sorted scopes.
fn scopes(names: &mut Pseudonyms, text: &str) -> String {
    let original: Vec<&str> = text.split(' ').collect();
    let mut made: Vec<String> = original.iter().map(|word| scope(names, word)).collect();
    if original.is_sorted() {
        made.sort();
    } else if made.is_sorted() {
        made.reverse();
    }
    made.join(" ")
}

/// The same scopes in order, as some keys have them.
pub(super) fn in_order(scopes: &str) -> String {
    let mut words: Vec<&str> = scopes.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

fn scope(names: &mut Pseudonyms, scope: &str) -> String {
    if scope.len() > 300 || scope.starts_with("eyJ") {
        return unknown(scope);
    }
    let Some((scheme, rest)) = scope.split_once("://") else { return bare_scope(names, scope) };
    let (host, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len())).unwrap_or((rest, ""));
    let known = names::resource(scope).is_some();
    let scheme = if COMMON_SCHEMES.contains(&scheme) { scheme.to_owned() } else { names.of(Kind::Scope, scheme) };
    let host = match known {
        true => {
            names.keep(host);
            host.to_owned()
        }
        false if is_guid(host) => names.of(Kind::Client, host),
        false => names.of(Kind::Host, host),
    };
    let path: Vec<String> = path.split('/').map(|step| permission(names, step, known)).collect();
    format!("{scheme}://{host}{}", path.join("/"))
}

/// A scope without a scheme: `openid`, `User.Read`, `<client id>/.default`.
fn bare_scope(names: &mut Pseudonyms, scope: &str) -> String {
    let steps: Vec<String> = scope.split('/').map(|step| permission(names, step, false)).collect();
    steps.join("/")
}

fn permission(names: &mut Pseudonyms, step: &str, known: bool) -> String {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_' | b'-'));
    // User.Read.All: each part begins with a capital, as no host name does.
    let dotted = step.contains('.') && step.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
    match step {
        _ if step.is_empty() || COMMON_SCOPES.contains(&step) => step.to_owned(),
        _ if is_guid(step) => names.of(Kind::Client, step),
        _ if plain(step) && (known || dotted) && !names.mentions(step) => step.to_owned(),
        _ => names.of(Kind::Scope, step),
    }
}

/// A key made anew from its parts: `parts` are texts of the entry with their stand-ins.
/// What is neither a part nor a word of the schema gets a stand-in too.
pub(super) fn key(names: &mut Pseudonyms, key: &str, parts: &[(String, String)]) -> String {
    let mut out = String::with_capacity(key.len());
    let mut rest = key;
    while let Some(first) = rest.chars().next() {
        if first == '-' {
            out.push('-');
            rest = rest.get(1..).unwrap_or("");
            continue;
        }
        let (length, with) = next_part(rest, parts).unwrap_or_else(|| next_unknown(names, rest));
        out.push_str(&with);
        rest = rest.get(length..).unwrap_or("");
    }
    out
}

fn next_part(rest: &str, parts: &[(String, String)]) -> Option<(usize, String)> {
    let fits = |part: &str| begins_with(rest, part).then_some(part.len());
    let of_entry = parts.iter().filter_map(|part| fits(&part.0).map(|length| (length, part)));
    if let Some((length, (part, with))) = of_entry.max_by_key(|(length, _)| *length) {
        return Some((length, spelled_as(rest.get(..length).unwrap_or(""), part, with)));
    }
    let hosts = environment::CLOUDS.iter().flat_map(|cloud| cloud.hosts);
    let of_schema = WORDS.iter().chain(hosts).filter_map(|word| fits(word));
    of_schema.max().and_then(|length| rest.get(..length).map(|word| (length, word.to_owned())))
}

/// The stand-in `with` of `part`, in the case in which the key spells it: most runtimes write keys in lower case, and
/// one key may differ from another in nothing else.
fn spelled_as(spelled: &str, part: &str, with: &str) -> String {
    if spelled.chars().all(|c| !c.is_uppercase()) {
        return with.to_lowercase();
    }
    let mut letters = with.chars();
    match letters.next() {
        Some(first) if spelled != part => first.to_uppercase().chain(letters).collect(),
        Some(_) | None => with.to_owned(),
    }
}

/// Whether `rest` begins with `part` in any case, and that part ends there.
fn begins_with(rest: &str, part: &str) -> bool {
    let Some((head, tail)) = rest.split_at_checked(part.len()) else { return false };
    !part.is_empty() && (tail.is_empty() || tail.starts_with('-')) && head.to_lowercase() == part.to_lowercase()
}

fn next_unknown(names: &mut Pseudonyms, rest: &str) -> (usize, String) {
    if let Some(id) = rest.get(..36).filter(|id| is_guid(id)) {
        return (36, names.of(Kind::Id, id));
    }
    let end = rest.find('-').unwrap_or(rest.len());
    let run = rest.get(..end).unwrap_or(rest);
    let family = run.len() <= 3 && run.bytes().all(|byte| byte.is_ascii_digit());
    (end, if family { run.to_owned() } else { names.of(Kind::Opaque, run) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(class: Class, original: &str) -> String {
        text(&mut Pseudonyms::default(), class, original)
    }

    #[test]
    fn what_is_not_of_the_schema_becomes_its_length() {
        assert_eq!(redacted(Class::Word, "Bearer"), "Bearer");
        assert_eq!(redacted(Class::Word, "ada@contoso.com"), "redacted:text:15");
        assert_eq!(redacted(Class::Time, "1700000000"), "1700000000");
        assert_eq!(redacted(Class::Time, "ada"), "redacted:text:3");
        assert_eq!(redacted(Class::Unknown, "ada"), "redacted:text:3");
        assert_eq!(redacted(Class::Secret, ""), "");
        assert_eq!(redacted(Class::Secret, "ada"), "redacted:text:3");
    }

    #[test]
    fn numbers_stay_if_they_are_small_or_times() {
        assert_eq!(
            ["7", "1700000000", "1562842351.202", "4915123456789"].map(number),
            ["7", "1700000000", "1562842351.202", "0"]
        );
    }

    #[test]
    fn a_key_is_made_of_the_same_stand_ins_as_its_fields() {
        let parts = [("oid.tid".to_owned(), "user-1.tenant-1".to_owned()), ("tid".to_owned(), "tenant-1".to_owned())];
        let mut names = Pseudonyms::default();

        let made = key(&mut names, "oid.tid-idtoken-ada-1-tid--", &parts);

        assert_eq!(made, "user-1.tenant-1-idtoken-opaque-1-1-tenant-1--");
    }
}
