//! The rule `raw-non-ascii`.

use saltcellar::cache::Dialect;

use crate::support::lint::{findings_of, fixed_of};

const RULE: &str = "raw-non-ascii";

#[test]
fn letters_are_escaped_as_python_escapes_them() {
    let cache = "{\n    \"Account\": {\n        \"k\": {\"name\": \"Zoë 𝄞\\n\"}, \"l\": {}\n    }\n}";

    assert_eq!(findings_of(RULE, Dialect::Python, cache)[0].entries.len(), 1);
    let after =
        "{\n    \"Account\": {\n        \"k\": {\"name\": \"Zo\\u00eb \\ud834\\udd1e\\n\"}, \"l\": {}\n    }\n}";
    assert_eq!(fixed_of(RULE, Dialect::Python, cache), after);
}

#[test]
fn escaped_letters_and_the_caches_of_others_are_none() {
    assert!(findings_of(RULE, Dialect::Python, r#"{"Account":{"k":{"name":"Zo\u00eb"}}}"#).is_empty());
    assert!(findings_of(RULE, Dialect::DotNet, r#"{"Account":{"k":{"name":"Zoë"}}}"#).is_empty());
}
