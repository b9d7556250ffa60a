//! The rule `expiry-mismatch`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, fixed};

const RULE: &str = "expiry-mismatch";
const OWN: i64 = 1_700_003_600;

/// A token that states its expiry, stored with another.
fn cache(stored: i64) -> String {
    let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{OWN}}}"#));
    format!(r#"{{"AccessToken":{{"k":{{"client_id":"c","secret":"e30.{claims}.x","expires_on":"{stored}"}}}}}}"#)
}

#[test]
fn an_expiry_later_than_the_tokens_own_is_put_right() {
    let found = findings(RULE, &cache(OWN + 301));

    assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    assert_eq!(fixed(RULE, &cache(OWN + 86_400)), cache(OWN));
}

#[test]
fn an_earlier_one_is_a_note() {
    assert_eq!(findings(RULE, &cache(OWN - 301))[0].severity, Severity::Note);
}

#[test]
fn five_minutes_and_opaque_tokens_are_none() {
    assert!(findings(RULE, &cache(OWN + 300)).is_empty() && findings(RULE, &cache(OWN - 300)).is_empty());
    assert!(findings(RULE, r#"{"AccessToken":{"k":{"secret":"opaque","expires_on":"9999999999"}}}"#).is_empty());
}
