//! The rule `expired-tokens`.

use saltcellar::lint::Severity;

use crate::support::lint::{findings, fixed};

const RULE: &str = "expired-tokens";

/// A cache of so many expired and live tokens.
fn cache(expired: usize, live: usize) -> String {
    let token = |at: usize| {
        let expires_on = if at < expired { 1_600_000_000 } else { 1_800_000_000 };
        format!(r#""k{at}":{{"client_id":"c","target":"s{at}","expires_on":"{expires_on}"}}"#)
    };
    format!(r#"{{"AccessToken":{{{}}}}}"#, (0..expired + live).map(token).collect::<Vec<_>>().join(","))
}

#[test]
fn many_expired_tokens_are_told_and_pruned() {
    let found = findings(RULE, &cache(20, 3));

    assert_eq!((found[0].severity, found[0].entries.len()), (Severity::Note, 20));
    assert!(found[0].says.starts_with("20 of 23 access tokens have expired"), "{}", found[0].says);
    let kept = r#"{"AccessToken":{"k20":{"client_id":"c","target":"s20","expires_on":"1800000000"}}}"#;
    assert_eq!(fixed(RULE, &cache(20, 1)), kept);
    assert_eq!(findings(RULE, &cache(300, 0))[0].severity, Severity::Warning);
}

#[test]
fn a_few_or_a_minority_are_daily_life() {
    assert!(findings(RULE, &cache(19, 0)).is_empty());
    assert!(findings(RULE, &cache(20, 21)).is_empty());
}
