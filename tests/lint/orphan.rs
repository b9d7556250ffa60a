//! The rule `orphan`.

use crate::support::lint::{findings, fixed};

const TOKEN: &str = r#""AccessToken":{"k":{"home_account_id":"u.t","environment":"h","client_id":"c","realm":"t",
    "target":"s","secret":"x","credential_type":"AccessToken","cached_at":"1","expires_on":"9999999999"}}"#;

#[test]
fn a_token_without_its_account_is_an_orphan() {
    let cache = format!("{{{TOKEN}}}");

    let found = findings("orphan", &cache);

    assert_eq!(found.len(), 1);
    assert!(!fixed("orphan", &cache).contains("\"k\""));
}

#[test]
fn a_token_beside_its_account_is_none() {
    let account = r#""Account":{"a":{"home_account_id":"U.T","environment":"h","realm":"t","username":"ada"}}"#;

    assert!(findings("orphan", &format!("{{{TOKEN},{account}}}")).is_empty());
}
