//! Sessions that Flask 3.1 and Django 5.2 signed with the key `test-only`, at second 1,700,000,000.

use super::*;
use crate::seal::sniff::mark;

const FLASK: &str = "eyJfcGVybWFuZW50Ijp0cnVlLCJ0b2tlbl9jYWNoZSI6Int9In0.ZVPxAA.vzOyRM0t1kxPCruWutAkqoejMHI";
const FLASK_PACKED: &str = ".eJyrVoovSC3KTcxLzStRsiopKk3VUSrJz07Ni09OTM5IVbJSqo5RckxOTi0uDgEJxyhZKVTX1g4VQaVaANEiUSM.ZVPxAA.F0u1DTaHLq0B7zvTOKKz-DU7ijw";
const DJANGO: &str = "eyJfdG9rZW5fY2FjaGUiOiJ7fSJ9:1r31eq:Q95Lcb-mn8rh1hASxcHOtvVMTHOK6tW_r6mcsDcCGDQ";
/// Of the backend that keeps the session itself in a cookie.
const DJANGO_COOKIE: &str = "eyJfdG9rZW5fY2FjaGUiOiJ7fSJ9:1r31eq:dMRwtyiqFl4gUUhlIka9keXfFF8Ll8ANxaaF34Q0zr4";
const DJANGO_PACKED: &str = ".eJyrVoovyc9OzYtPTkzOSFWyUqqOUXJMTk4tLg4BCccoWSlU19YOFUGlWgCMIUrv:1r31eq:sTGHUSGRxs8QY5NfEhcZe4WsDANgf24wMKPzD4zkFoU";

struct Key(Option<&'static str>);

impl SigningKeys for Key {
    fn key(&self, signer: Signer) -> Result<SecretBytes, SealError> {
        let missing = || SealError::new(signer.by(), SealTrouble::NoKey);
        self.0.map(bytes).ok_or_else(missing)
    }
}

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

fn seal(session: &str, key: Option<&'static str>) -> Signed {
    match mark(session.as_bytes()) {
        Some(Mark::Signed(signer)) => Signed::new(signer, Box::new(Key(key))),
        other => panic!("{other:?}"),
    }
}

fn closed(session: &str, text: &str, key: Option<&'static str>) -> Result<String, SealError> {
    let closed = seal(session, key).close(bytes(text), &bytes(session))?;
    Ok(String::from_utf8(closed.reveal().to_vec()).expect("text"))
}

#[test]
fn what_was_signed_is_read_without_the_key() {
    let large = "{\"AccessToken\": {}}".repeat(9);

    for (session, text) in [
        (FLASK, "{}"),
        (FLASK_PACKED, &large),
        (DJANGO, "{}"),
        (DJANGO_COOKIE, "{}"),
        (DJANGO_PACKED, &large),
        (&format!("{DJANGO}\n"), "{}"),
    ] {
        assert_eq!(seal(session, None).open(bytes(session)).expect("opened"), bytes(text), "{session}");
    }
}

#[test]
fn the_signature_is_the_one_that_the_app_itself_makes() {
    for session in [FLASK, DJANGO, DJANGO_COOKIE] {
        let changed = closed(session, "{ }", Some("test-only")).expect("closed");

        assert_ne!(changed, session);
        assert_eq!(closed(&changed, "{}", Some("test-only")).expect("closed"), session);
    }
    for session in [FLASK_PACKED, DJANGO_PACKED] {
        let changed = closed(session, "{\"Account\": {}}", Some("test-only")).expect("closed");

        assert!(changed.starts_with('.'));
        assert_eq!(seal(&changed, None).open(bytes(&changed)).expect("opened"), bytes("{\"Account\": {}}"));
    }
}

#[test]
fn nothing_is_signed_without_the_key_or_with_another() {
    for session in [FLASK, DJANGO] {
        assert_eq!(closed(session, "{ }", None).expect_err("refused").trouble, SealTrouble::NoKey);
        assert_eq!(closed(session, "{ }", Some("other")).expect_err("refused").trouble, SealTrouble::WrongKey);
        // What does not change needs no key.
        assert_eq!(closed(session, "{}", None).expect("closed"), session);
        // An altered session is not made good by our signature.
        let altered = session.replacen("ZVPxAA", "ZVPxAB", 1).replacen("1r31eq", "1r31er", 1);
        assert_eq!(closed(&altered, "{ }", Some("test-only")).expect_err("refused").trouble, SealTrouble::WrongKey);
    }
}

#[test]
fn jwts_jwes_and_texts_are_no_signed_sessions() {
    let signature = "a".repeat(43);
    let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhIn0.{signature}");

    for text in [jwt.as_str(), "eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn", "{\"a\":\"b:c:d\"}", "a:b:c", ""] {
        assert!(!matches!(mark(text.as_bytes()), Some(Mark::Signed(_))), "{text}");
    }
}

#[test]
fn a_bomb_is_refused_and_a_torn_stream_is_damage() {
    let bomb = zlib::deflate(&vec![b' '; crate::seal::session::LIMIT + 1]).expect("small");
    let of = |packed: &[u8]| format!(".{}:1r31eq:{}", BASE64.encode(packed), "a".repeat(43));
    let open = |session: &str| seal(session, None).open(bytes(session)).expect_err("refused");

    let swollen = open(&of(bomb.reveal()));
    assert!(bomb.len() < 20_000 && swollen.trouble == SealTrouble::Odd, "{swollen}");
    assert_eq!(open(&of(b"no zlib")).trouble, SealTrouble::Damaged);
    assert_eq!(open(&of(bomb.reveal().get(..9).expect("long"))).trouble, SealTrouble::Damaged);
}

#[test]
fn what_is_deflated_inflates() {
    for text in ["", "x", &"cache ".repeat(100_000)] {
        let packed = zlib::deflate(text.as_bytes()).expect("deflated");

        assert_eq!(zlib::inflate(packed.reveal()).expect("inflated"), bytes(text));
    }
}
