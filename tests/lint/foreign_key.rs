//! The rule `foreign-key`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings_of, fixed_of};

const RULE: &str = "foreign-key";

fn token(key: &str, cached_at: u64) -> String {
    format!(
        r#""{key}":{{"home_account_id":"u.t","environment":"h","client_id":"c","realm":"r","target":"s",  "cached_at":"{cached_at}"}}"#
    )
}

fn cache(tokens: &[String]) -> String {
    format!(r#"{{"AccessToken":{{{}}}}}"#, tokens.join(","))
}

const PYTHON: &str = "u.t-h-accesstoken-c-r-s";
const NODE: &str = "u.t-h-accesstoken-c-r-s-";

#[test]
fn an_entry_that_python_cannot_remove_moves_verbatim_under_its_key() {
    let found = findings_of(RULE, Dialect::Python, &cache(&[token(NODE, 1)]));

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert_eq!(fixed_of(RULE, Dialect::Python, &cache(&[token(NODE, 1)])), cache(&[token(PYTHON, 1)]));
}

#[test]
fn of_two_for_one_key_the_later_stays() {
    for (own, foreign, kept) in [(1, 2, 2), (2, 1, 2)] {
        let both = cache(&[token(PYTHON, own), token(NODE, foreign)]);
        assert_eq!(fixed_of(RULE, Dialect::Python, &both), cache(&[token(PYTHON, kept)]), "{own} {foreign}");
    }
    let strays = cache(&[token("x", 1), token(NODE, 3), token("y", 2)]);
    assert_eq!(fixed_of(RULE, Dialect::Python, &strays), cache(&[token(PYTHON, 3)]));
}

#[test]
fn node_does_not_find_what_its_key_does_not_name() {
    let missed = findings_of(RULE, Dialect::Node, &cache(&[token("x", 1)]));
    let doubled = findings_of(RULE, Dialect::Node, &cache(&[token(PYTHON, 1)]));

    assert_eq!((missed[0].severity, doubled[0].severity), (Severity::Error, Severity::Warning));
    assert_eq!(fixed_of(RULE, Dialect::Node, &cache(&[token(PYTHON, 1)])), cache(&[token(NODE, 1)]));
}

#[test]
fn node_drops_metadata_of_another_name() {
    let metadata = r#"{"AppMetadata":{"h-c":{"client_id":"c","environment":"h"}}}"#;

    assert_eq!(findings_of(RULE, Dialect::Node, metadata)[0].severity, Severity::Error);
    assert!(fixed_of(RULE, Dialect::Node, metadata).contains("appmetadata-h-c"));
}

#[test]
fn java_lists_accounts_by_the_keys_of_id_tokens() {
    let id_token = |key: &str| {
        format!(
            r#"{{"IdToken":{{"{key}":{{"home_account_id":"u.t","environment":"h","client_id":"c","realm":"r"}}}}}}"#
        )
    };

    assert_eq!(findings_of(RULE, Dialect::Java, &id_token("u.t-h-idtoken-c-r")).len(), 1);
    assert!(findings_of(RULE, Dialect::Java, &id_token("u.t-h-idtoken-c-r-")).is_empty());
}

#[test]
fn keys_of_any_version_of_the_runtime_are_its_own() {
    for own in [NODE, "u.t-h-accesstoken-c-r-s--"] {
        assert!(findings_of(RULE, Dialect::Node, &cache(&[token(own, 1)])).is_empty(), "{own}");
    }
    assert!(findings_of(RULE, Dialect::Python, &cache(&[token(PYTHON, 1)])).is_empty());
    assert!(findings_of(RULE, Dialect::DotNet, &cache(&[token("x", 1)])).is_empty(), "MSAL.NET reads by fields");
}

#[test]
fn one_entry_and_several_are_told_in_their_own_words() {
    let one = findings_of(RULE, Dialect::Python, &cache(&[token(NODE, 1)]));
    let two = findings_of(RULE, Dialect::Python, &cache(&[token(NODE, 1), token("x", 2)]));

    assert!(one[0].says.contains("1 entry stands") && one[0].says.contains("leaves it there"), "{}", one[0].says);
    assert!(two[0].says.contains("2 entries stand") && two[0].says.contains("leaves them there"), "{}", two[0].says);
}
