//! The rule `foreign-credential-type`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed_of};

const RULE: &str = "foreign-credential-type";

fn token(kind: &str, expires_on: u64) -> String {
    format!(r#"{{"AccessToken":{{"k":{{"credential_type":"{kind}","client_id":"c","expires_on":"{expires_on}"}}}}}}"#)
}

#[test]
fn an_expired_token_of_a_foreign_type_stops_python_and_goes() {
    let cache = token("ATExt", 1_600_000_000);

    let found = findings_of(RULE, Dialect::Python, &cache);

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert_eq!(fixed_of(RULE, Dialect::Python, &cache), r#"{"AccessToken":{}}"#);
}

#[test]
fn a_live_one_will_and_gets_the_type_that_python_writes() {
    let cache = token("AccessToken_With_AuthScheme", 1_800_000_000);

    assert_eq!(findings_of(RULE, Dialect::Python, &cache)[0].severity, Severity::Warning);
    assert_eq!(fixed_of(RULE, Dialect::Python, &cache), token("AccessToken", 1_800_000_000));
}

#[test]
fn python_signs_out_no_refresh_token_without_a_type() {
    let cache = r#"{"RefreshToken":{"k":{"client_id":"c"}},"Account":{"a":{}}}"#;

    assert_eq!(findings_of(RULE, Dialect::Python, cache).len(), 1);
    assert!(fixed_of(RULE, Dialect::Python, cache).contains(r#""credential_type":"RefreshToken""#));
}

#[test]
fn node_drops_what_it_does_not_know_and_nothing_mends_that() {
    let found = findings_of(RULE, Dialect::Node, &token("ATExt", 1_800_000_000));

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert!(found[0].fix.is_none());
}

#[test]
fn types_that_the_runtime_knows_are_none() {
    assert!(findings_of(RULE, Dialect::Python, &token("AccessToken", 1)).is_empty());
    assert!(findings_of(RULE, Dialect::Node, &token("AccessToken_With_AuthScheme", 1)).is_empty());
    assert!(findings_of(RULE, Dialect::DotNet, &token("ATExt", 1)).is_empty());
    assert!(findings(RULE, &token("ATExt", 1)).is_empty());
}
