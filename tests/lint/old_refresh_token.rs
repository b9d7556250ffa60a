//! The rule `old-refresh-token`.

use crate::support::lint::{NOW, findings};

const RULE: &str = "old-refresh-token";
const DAY: i64 = 86_400;

/// A refresh token modified, and an access token stored, so many days ago.
fn cache(modified: i64, stored: i64, client: &str) -> String {
    let at = |days: i64| NOW.0 - days * DAY;
    format!(
        r#"{{"RefreshToken":{{"r":{{"home_account_id":"u.t","client_id":"c","last_modification_time":"{}"}}}},
        "AccessToken":{{"a":{{"home_account_id":"U.T","client_id":"{client}","cached_at":"{}"}}}}}}"#,
        at(modified),
        at(stored)
    )
}

#[test]
fn a_token_unused_for_more_than_ninety_days_is_told_as_an_estimate() {
    let found = findings(RULE, &cache(120, 91, "C"));

    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("91d") && found[0].says.contains("estimate"), "{}", found[0].says);
    assert!(found[0].fix.is_none());
}

#[test]
fn the_last_use_counts_and_no_date_says_nothing() {
    assert!(findings(RULE, &cache(120, 90, "c")).is_empty());
    assert!(findings(RULE, &cache(89, 400, "c")).is_empty());
    assert_eq!(findings(RULE, &cache(120, 1, "another")).len(), 1, "another app's token was not renewed by this one");
    assert!(findings(RULE, r#"{"RefreshToken":{"r":{"home_account_id":"u.t","client_id":"c"}}}"#).is_empty());
}

#[test]
fn one_token_and_several_are_told_in_their_own_words() {
    let one = cache(120, 91, "c");
    let two = one.replace(r#""RefreshToken":{"#, r#""RefreshToken":{"s":{"home_account_id":"u.t","client_id":"c"},"#);

    assert!(findings(RULE, &one)[0].says.contains("the service forgets it,"));
    assert!(findings(RULE, &two)[0].says.contains("2 refresh tokens were"));
    assert!(findings(RULE, &two)[0].says.contains("the service forgets them,"));
}
