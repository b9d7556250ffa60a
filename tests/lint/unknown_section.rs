//! The rule `unknown-section`.

use saltcellar::lint::Severity;

use crate::support::lint::findings;

const RULE: &str = "unknown-section";

#[test]
fn a_section_that_nobody_knows_is_noted_and_nothing_mends_it() {
    let found = findings(RULE, r#"{"accesstoken":{"k":{}},"Extra":7}"#);

    assert_eq!((found.len(), found[0].severity, found[0].entries.len()), (1, Severity::Note, 1));
    assert!(
        found[0].says.starts_with("2 sections are not part of MSAL's schema: accesstoken, Extra."),
        "{}",
        found[0].says
    );
    assert!(found[0].fix.is_none());
}

#[test]
fn the_five_sections_are_none() {
    let five = r#"{"AccessToken":{},"RefreshToken":{},"IdToken":{},"Account":{},"AppMetadata":{}}"#;

    assert!(findings(RULE, five).is_empty());
}
