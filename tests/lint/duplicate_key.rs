//! The rule `duplicate-key`.

use crate::support::lint::{findings, fixed};

const RULE: &str = "duplicate-key";

#[test]
fn hidden_sections_entries_and_fields_go_and_the_last_of_each_stays() {
    let cache =
        r#"{"AccessToken":{"old":{}},"Account":{"a":1,"b":{"x":1,"x":2},"a":{"y":3}},"AccessToken":{"new":{}}}"#;

    let found = findings(RULE, cache);

    assert_eq!(found.len(), 1);
    assert!(found[0].says.starts_with("3 members are hidden"), "{}", found[0].says);
    assert_eq!(found[0].entries.len(), 3, "the entry of the hidden section, the hidden entry, the one with the field");
    assert_eq!(fixed(RULE, cache), r#"{"Account":{"b":{"x":2},"a":{"y":3}},"AccessToken":{"new":{}}}"#);
}

#[test]
fn one_key_in_two_sections_is_none() {
    assert!(findings(RULE, r#"{"AccessToken":{"k":{"x":1}},"IdToken":{"k":{"x":1}},"accesstoken":{}}"#).is_empty());
}
