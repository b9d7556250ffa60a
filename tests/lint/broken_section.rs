//! The rule `broken-section`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed};

const RULE: &str = "broken-section";

#[test]
fn a_section_of_null_or_a_list_stops_python_and_is_taken_out() {
    let cache = r#"{"AccessToken":null,"Account":{},"IdToken":[1],"Account":7}"#;

    let found = findings_of(RULE, Dialect::Python, cache);

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Error);
    assert!(found[0].says.starts_with("3 sections are no object: AccessToken, IdToken, Account."), "{}", found[0].says);
    assert_eq!(findings_of(RULE, Dialect::Node, cache)[0].severity, Severity::Note);
    assert_eq!(fixed(RULE, cache), r#"{"Account":{}}"#);
}

#[test]
fn an_empty_section_and_a_foreign_one_of_null_are_none() {
    assert!(findings(RULE, r#"{"AccessToken":{},"Other":null}"#).is_empty());
}
