//! The rule `wrong-clock`.

use crate::support::lint::{NOW, findings, fixed};

const RULE: &str = "wrong-clock";

fn cache(cached_at: i64, expires_on: i64) -> String {
    format!(r#"{{"AccessToken":{{"k":{{"client_id":"c","cached_at":"{cached_at}","expires_on":"{expires_on}"}}}}}}"#)
}

#[test]
fn a_token_from_the_future_goes() {
    let found = findings(RULE, &cache(NOW.0 + 301, NOW.0 + 3600));

    assert!(found[0].says.contains("stored in the future"), "{}", found[0].says);
    assert_eq!(fixed(RULE, &cache(NOW.0 + 301, NOW.0 + 3600)), r#"{"AccessToken":{}}"#);
}

#[test]
fn milliseconds_in_the_place_of_seconds_are_for_ever() {
    let found = findings(RULE, &cache(NOW.0, NOW.0 * 1000));

    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("more than ten years"), "{}", found[0].says);
}

#[test]
fn clocks_differ_a_little_and_some_tokens_live_long() {
    assert!(findings(RULE, &cache(NOW.0 + 300, NOW.0 + 10 * 365 * 86_400)).is_empty());
    assert!(
        findings(RULE, r#"{"AccessToken":{"k":{"cached_at":"soon"}},"RefreshToken":{"r":{"cached_at":"9999999999"}}}"#)
            .is_empty()
    );
}
