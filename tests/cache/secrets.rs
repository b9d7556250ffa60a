//! No lens hands out a secret: canaries in every secret field of every shape, and none of them
//! comes out of rows, texts, raw fields or claims.

use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::cache::{Cache, Entry, Field, FieldValue, Roster, Section, claims};
use saltcellar::secret::Masked;

use super::parsed;

const CANARY: &str = "canary-4f9d2c81";

const FIELDS: &[Field] = &[
    Field::HomeAccountId,
    Field::Environment,
    Field::Realm,
    Field::ClientId,
    Field::Secret,
    Field::Target,
    Field::Username,
    Field::Name,
    Field::ExtCacheKey,
];

/// Everything that a face could print of `entry` without a grant.
fn seen(entry: &Entry<'_>) -> String {
    let mut out = format!("{entry:?}{}", entry.key());
    for (name, value) in entry.fields() {
        out.push_str(&name);
        out.push_str(&shown(value));
    }
    entry.bare_value().into_iter().for_each(|value| out.push_str(&shown(value)));
    FIELDS.iter().filter_map(|field| entry.text(*field)).for_each(|text| out.push_str(&text));
    out
}

fn shown(value: FieldValue<'_>) -> String {
    match value {
        FieldValue::Plain(text) => text.into_owned(),
        FieldValue::Secret(secret) => format!("{secret} {secret:?}"),
    }
}

#[test]
fn canaries_in_secret_fields_stay_inside() {
    let jwt = format!("eyJhbGciOiJub25lIn0.{CANARY}.{CANARY}");
    let doc = parsed(&format!(
        r#"{{"AccessToken":{{"k":{{"secret":"{CANARY}","nested":{{"a":[{{"refreshToken":"{CANARY}"}}]}},"note":"see {jwt}"}}}},
        "Future":{{"e":{{"client_secret":"{CANARY}","json":"{{\"password\":\"{CANARY}\"}}"}},"id_token":"{CANARY}","t":"{jwt}"}},
        "RefreshToken":{{"r":{{"secret":["{CANARY}"]}},"s":{{"secret":{{"x":"{CANARY}"}}}}}}}}"#
    ));
    let cache = Cache::of(&doc);

    let all: String = cache.entries().map(|entry| seen(&entry)).collect();
    let roster = Roster::of(&cache);

    assert!(!all.contains(CANARY), "{all}");
    assert!(roster.rows.iter().all(|row| !row.title().contains(CANARY)));
    assert!(!format!("{roster:?} {:?} {cache:?}", roster.rows).contains(CANARY));
}

#[test]
fn the_demos_tokens_are_obviously_invented_and_decode() {
    let doc = parsed(DEMO);
    let cache = Cache::of(&doc);
    let tokens: Vec<_> = cache.entries().filter(|entry| entry.section().is_credential()).collect();

    for entry in tokens.iter().filter(|entry| entry.section() != Section::RefreshToken) {
        let secret = entry.secret().expect("a token");
        let claims = claims::of_token(&secret);
        let expiry = entry.time(Field::ExpiresOn).map(|at| at.to_string());
        let says = claims.get("exp").map(str::to_owned);

        assert!(expiry.is_none() || says.is_none() || says == expiry, "{}", entry.key());
    }
    assert_eq!(DEMO.matches(&signature()).count(), tokens.len() - 3);
    assert!(DEMO.is_ascii() && DEMO_NOW.to_string() == "1795348800");
}

/// How every JWT of the demo ends: base64url of "not-a-real-signature".
fn signature() -> String {
    ".bm90LWEtcmVhbC1zaWduYXR1cmU\"".to_owned()
}

#[test]
fn a_masked_value_says_nothing_of_its_length() {
    let doc = parsed(r#"{"RefreshToken":{"a":{"secret":"x"},"b":{"secret":"a much longer secret than the other"}}}"#);

    let masks: Vec<_> =
        Cache::of(&doc).entries().flat_map(|entry| entry.fields()).map(|(_, value)| shown(value)).collect();

    assert_eq!(masks.first(), masks.last());
    assert!(masks.iter().all(|mask| mask.starts_with(Masked::MASK)));
}
