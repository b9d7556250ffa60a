//! The rule `byte-order-mark`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed};

const RULE: &str = "byte-order-mark";

#[test]
fn a_mark_before_the_text_is_an_error_and_the_fix_takes_it_alone() {
    let cache = "\u{feff}{ \"AccessToken\": {} }";

    assert_eq!(findings(RULE, cache).iter().map(|found| found.severity).collect::<Vec<_>>(), [Severity::Error]);
    assert!(findings_of(RULE, Dialect::DotNet, cache)[0].says.contains("deletes it"));
    assert_eq!(fixed(RULE, cache), "{ \"AccessToken\": {} }");
}

#[test]
fn a_mark_inside_a_string_is_none() {
    assert!(findings(RULE, "{\"AccessToken\":{\"\u{feff}k\":{}}}").is_empty());
    assert!(findings(RULE, "").is_empty());
}
