//! The rule `left-after-sign-out`.

use crate::support::lint::{findings, fixed};

const RULE: &str = "left-after-sign-out";

fn cache(source: &str, expires_on: u64, refresh_tokens: &str) -> String {
    format!(
        r#"{{"Account":{{"a":{{"home_account_id":"u.t","username":"ada","account_source":"{source}"}}}},"AccessToken":{{"t":{{"home_account_id":"u.t","client_id":"c","expires_on":"{expires_on}"}}}},"IdToken":{{"i":{{"home_account_id":"u.t","client_id":"c"}}}},"RefreshToken":{{{refresh_tokens}}}}}"#
    )
}

const DEAD: u64 = 1_600_000_000;

#[test]
fn dead_tokens_of_an_account_that_nothing_renews_go_and_the_account_stays() {
    let text = cache("password", DEAD, "");

    assert_eq!(findings(RULE, &text)[0].entries.len(), 2);
    let after = r#"{"Account":{"a":{"home_account_id":"u.t","username":"ada","account_source":"password"}},"AccessToken":{},"IdToken":{},"RefreshToken":{}}"#;
    assert_eq!(fixed(RULE, &text), after);
}

#[test]
fn accounts_that_live_renew_or_lie_with_a_broker_are_none() {
    let refresh_token = r#""r":{"home_account_id":"u.t","client_id":"c"}"#;

    for near in [cache("", 1_800_000_000, ""), cache("", DEAD, refresh_token), cache("broker", DEAD, "")] {
        assert!(findings(RULE, &near).is_empty(), "{near}");
    }
}

#[test]
fn one_token_and_several_are_told_in_their_own_words() {
    let two = cache("password", DEAD, "");
    let one = two.replace(r#""i":{"home_account_id":"u.t","client_id":"c"}"#, "");

    assert!(
        findings(RULE, &one)[0]
            .says
            .starts_with("1 dead token is of an account without a refresh token: nothing renews it,")
    );
    assert!(
        findings(RULE, &two)[0]
            .says
            .starts_with("2 dead tokens are of accounts without a refresh token: nothing renews them,")
    );
}
