//! The rule `users-and-apps`.

use saltcellar::cache::Dialect;

use crate::support::lint::findings_of;

const RULE: &str = "users-and-apps";
const APP: &str = r#""a":{"client_id":"c","secret":"1"}"#;
const OF_USER: &str = r#""u":{"client_id":"c","home_account_id":"h.t","secret":"2"}"#;

fn cache(tokens: &[&str], more: &str) -> String {
    format!(r#"{{"AccessToken":{{{}}},"AppMetadata":{{"m":{{"client_id":"c"}}}}{more}}}"#, tokens.join(","))
}

#[test]
fn tokens_of_apps_beside_users_are_found_whatever_is_of_the_users() {
    for more in [
        r#","RefreshToken":{"r":{"client_id":"c","home_account_id":"h.t"}}"#,
        r#","IdToken":{"i":{"client_id":"c","home_account_id":"h.t"}}"#,
        r#","Account":{"p":{"home_account_id":"h.t"}}"#,
    ] {
        let found = findings_of(RULE, Dialect::DotNet, &cache(&[OF_USER, APP], more));

        assert_eq!(found.iter().map(|one| one.entries.len()).collect::<Vec<_>>(), [1], "{more}");
    }
}

#[test]
fn a_cache_of_one_kind_and_one_of_another_library_are_fine() {
    let account = r#","Account":{"p":{"home_account_id":"h.t"}}"#;

    assert!(findings_of(RULE, Dialect::DotNet, &cache(&[APP], "")).is_empty());
    assert!(findings_of(RULE, Dialect::DotNet, &cache(&[OF_USER], account)).is_empty());
    assert!(findings_of(RULE, Dialect::Python, &cache(&[APP], account)).is_empty());
}
