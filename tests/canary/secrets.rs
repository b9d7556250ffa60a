//! A cache with a canary in every place that a secret takes, and the search for them. A canary is found by any
//! twelve of its characters in a row, so that a cut or wrapped secret is found too.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// When the cache is looked at: one access token is live, the others are old.
pub(crate) const AT: &str = "1700000000";
/// The account that has everything.
pub(crate) const ACCOUNT: &str = "ada@contoso.com";
/// How many characters in a row betray a secret.
const WINDOW: usize = 12;

/// Canaries, and what was done with them.
pub(crate) struct Secrets {
    seed: u64,
    all: Vec<(String, String)>,
    windows: HashSet<[u8; WINDOW]>,
}

impl Secrets {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { seed: 0x5a17_ce11, all: Vec::new(), windows: HashSet::new() }
    }

    /// A new canary of `length` letters and digits for the field called `name`.
    pub(crate) fn canary(&mut self, name: &str, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut one = || {
            self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(LETTERS[(self.seed >> 33) as usize % LETTERS.len()])
        };
        let canary: String = (0..length).map(|_| one()).collect();
        self.windows
            .extend(canary.as_bytes().windows(WINDOW).filter_map(|window| <[u8; WINDOW]>::try_from(window).ok()));
        self.all.push((name.to_owned(), canary.clone()));
        canary
    }

    /// A JWT whose signature is a canary: what it says of itself may be shown.
    fn jwt(&mut self, name: &str) -> String {
        let payload =
            r#"{"aud":"https://graph.microsoft.com","tid":"t1","name":"Ada","scp":"User.Read","exp":1700003600}"#;
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(payload), self.canary(name, 86))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// The canary of the field called `name`.
    pub(crate) fn of(&self, name: &str) -> &str {
        self.all.iter().find(|(known, _)| known == name).map(|(_, canary)| canary.as_str()).expect("it was made")
    }

    /// The names of the canaries of which something stands in `bytes`, with or without what a terminal is told between.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let bare = without_sequences(bytes);
        let is_hit = |window: &&[u8]| self.windows.contains(*window);
        let hits = bytes.windows(WINDOW).chain(bare.windows(WINDOW)).filter(is_hit);
        let hits: HashSet<&str> = hits.filter_map(|hit| std::str::from_utf8(hit).ok()).collect();
        let names = self.all.iter().filter(|(_, canary)| hits.iter().any(|hit| canary.contains(hit)));
        names.map(|(name, _)| name.as_str()).collect()
    }

    /// Fails if anything of a canary stands in `bytes`.
    #[track_caller]
    pub(crate) fn must_not_be_in(&self, bytes: &[u8], what: &str) {
        let found = self.found_in(bytes);
        assert!(found.is_empty(), "{what} betrays {found:?}");
    }
}

/// The bytes that are no part of a control sequence, and no line break of a wrapped text.
fn without_sequences(bytes: &[u8]) -> Vec<u8> {
    let mut bare = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == 0x1b && rest.next_if_eq(&b'[').is_some() {
            while rest.next().is_some_and(|byte| !(0x40..=0x7e).contains(&byte)) {}
        } else if !matches!(byte, b'\r' | b'\n') {
            bare.push(byte);
        }
    }
    bare
}

/// The cache, as JSON.
pub(crate) fn cache(secrets: &mut Secrets) -> String {
    let sections = [
        ("AccessToken", access_tokens(secrets)),
        ("RefreshToken", refresh_tokens(secrets)),
        ("IdToken", id_tokens(secrets)),
        ("Account", accounts()),
        (
            "AppMetadata",
            format!(r#"{{"app": {{"client_id": "c1", "client_secret": "{}"}}}}"#, secrets.canary("app", 40)),
        ),
        ("PrimaryRefreshToken", unknown(secrets)),
        ("Cookies", format!(r#"{{"k": "{}", "l": ["{}"]}}"#, secrets.canary("bare", 240), secrets.jwt("listed"))),
        ("refresh_token", format!("\"{}\"", secrets.canary("section", 60))),
    ];
    let sections = sections.map(|(name, body)| format!("    \"{name}\": {body}"));
    format!("{{\n{}\n}}", sections.join(",\n"))
}

const OWNER: &str = r#""home_account_id": "uid.utid", "environment": "login.microsoftonline.com""#;

fn entry(fields: &str) -> String {
    format!("{{{OWNER}, \"client_id\": \"c1\", \"realm\": \"t1\", {fields}}}")
}

fn access_tokens(secrets: &mut Secrets) -> String {
    let at = |secret: String, scope: &str, expires: &str| {
        entry(&format!(
            r#""credential_type": "AccessToken", "secret": "{secret}", "target": "{scope}", "cached_at": "1699999000", "expires_on": "{expires}""#
        ))
    };
    let live = at(secrets.jwt("live"), "https://graph.microsoft.com/User.Read", "1700003600");
    let opaque = at(secrets.canary("opaque", 300), "https://vault.azure.net/.default", "1690000000");
    let short = at(secrets.canary("short", 30), "https://management.azure.com/.default", "1690000000");
    let odd = entry(&odd_fields(secrets));
    format!("{{\"live\": {live}, \"opaque\": {opaque}, \"short\": {short}, \"odd\": {odd}}}")
}

/// Every other spelling in which a secret comes: as field of another name, nested, listed, twice, escaped.
fn odd_fields(secrets: &mut Secrets) -> String {
    let names = "private_key session_key client_secret client_assertion assertion user_assertion refresh_token \
                 password id_token Secret s\\u0065cret oboRefreshToken code";
    let a = ["line 1", "line 2", "line 3", "line 4"].map(|name| secrets.canary(name, 64));
    let mut fields = vec![
        r#""credential_type": "AccessToken_With_AuthScheme", "token_type": "pop", "key_id": "kid", "target": "pop""#
            .to_owned(),
        format!(r#""secret": "{}", "secret": "{}""#, secrets.canary("first", 50), secrets.canary("twice", 50)),
        format!(r#""nested": {{"a": {{"token": "{}"}}}}"#, secrets.canary("nested", 50)),
        format!(r#""list": [{{"password": "{}"}}, "{}"]"#, secrets.canary("item", 50), secrets.jwt("jwt in a list")),
        format!(r#""jwk": {{"kty": "EC", "crv": "P-256", "x": "x", "d": "{}"}}"#, secrets.canary("jwk", 43)),
        format!(
            r#""note": "see Bearer {}", "url": "https://a.example/?sig={}""#,
            secrets.jwt("quoted"),
            secrets.canary("long", 220)
        ),
        format!(r#""form": "grant_type=refresh_token&refresh_token={}""#, secrets.canary("form", 40)),
        format!(r#""header": "Authorization: Bearer {}""#, secrets.canary("bearer", 40)),
        format!(r#""inner": " {{\"client_secret\": \"{}\"}}""#, secrets.canary("json in a text", 40)),
        format!(r#""cut": "{{\"password\": \"{}""#, secrets.canary("cut json in a text", 40)),
        format!(r#""pem": "-----BEGIN EC PRIVATE KEY-----\n{}\n""#, secrets.canary("pem", 64)),
        format!(r#""blob": "{}\n{}\n{}\n{}""#, a[0], a[1], a[2], a[3]),
        format!(r#""expires_on": "{}", "cached_at": "{}""#, secrets.canary("time", 260), secrets.jwt("time jwt")),
    ];
    for name in names.split_whitespace() {
        fields.push(format!("\"{name}\": \"{}\"", secrets.canary(name, 48)));
    }
    fields.push(format!(r#""access_token": {{"value": ["{}"]}}"#, secrets.canary("object", 48)));
    fields.join(", ")
}

fn refresh_tokens(secrets: &mut Secrets) -> String {
    let rt = |secret: String, more: &str| {
        entry(&format!(
            r#""credential_type": "RefreshToken", "secret": "{secret}", "last_modification_time": "1699999000"{more}"#
        ))
    };
    let plain = rt(format!("0.AXoA.{}", secrets.canary("refresh", 200)), "");
    let family = rt(secrets.canary("family", 120), r#", "family_id": "1", "target": "a b""#);
    format!("{{\"rt\": {plain}, \"foci\": {family}}}")
}

fn id_tokens(secrets: &mut Secrets) -> String {
    format!("{{\"id\": {}}}", entry(&format!(r#""credential_type": "IdToken", "secret": "{}""#, secrets.jwt("id"))))
}

fn accounts() -> String {
    let fields =
        format!(r#""username": "{ACCOUNT}", "local_account_id": "l", "authority_type": "MSSTS", "name": "Ada""#);
    format!("{{\"acc\": {}}}", entry(&fields))
}

fn unknown(secrets: &mut Secrets) -> String {
    let (secret, key) = (secrets.canary("prt", 100), secrets.canary("prt key", 64));
    format!(
        r#"{{"k": {{"secret": "{secret}", "session_key": "{key}", "tgt": {{"client_key": "{}"}}}}}}"#,
        secrets.canary("tgt", 260)
    )
}

#[test]
fn a_part_of_a_canary_is_found_wherever_it_stands() {
    let mut secrets = Secrets::new();
    let cache = cache(&mut secrets);
    let canary = secrets.of("refresh").to_owned();

    assert_eq!(secrets.found_in(cache.as_bytes()).len(), secrets.count());
    assert_eq!(secrets.found_in(&canary.as_bytes()[40..52]), ["refresh"]);
    assert_eq!(secrets.found_in(format!("{}\u{1b}[3;4H{}", &canary[..6], &canary[6..12]).as_bytes()), ["refresh"]);
    assert!(secrets.found_in(&canary.as_bytes()[40..51]).is_empty());
}
