//! The rule `numeric-time`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed};

const RULE: &str = "numeric-time";

#[test]
fn numbers_become_strings_of_whole_seconds() {
    let cache = r#"{"AccessToken":{"k":{"cached_at":1700000000,"expires_on":1700003600.5,"refresh_on":"1"}}}"#;

    assert_eq!(findings_of(RULE, Dialect::DotNet, cache)[0].severity, Severity::Error);
    assert_eq!(findings_of(RULE, Dialect::Python, cache)[0].severity, Severity::Note);
    let after = r#"{"AccessToken":{"k":{"cached_at":"1700000000","expires_on":"1700003600","refresh_on":"1"}}}"#;
    assert_eq!(fixed(RULE, cache), after);
}

#[test]
fn other_numbers_and_strings_are_none() {
    let cache = r#"{"AccessToken":{"k":{"cached_at":"1700000000","version":2,"refresh_on":null}}}"#;

    assert!(findings(RULE, cache).is_empty());
}
