//! The rule `account-without-username`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed};

const RULE: &str = "account-without-username";

fn account(host: &str, username: &str) -> String {
    format!(r#""Account":{{"a":{{"home_account_id":"u.t","environment":"{host}","realm":"t","username":{username}}}}}"#)
}

#[test]
fn a_name_is_filled_in_from_the_id_token() {
    let claims = URL_SAFE_NO_PAD.encode(r#"{"preferred_username":"ada@contoso.com"}"#);
    let token = format!(r#""IdToken":{{"i":{{"home_account_id":"u.t","realm":"t","secret":"e30.{claims}.x"}}}}"#);

    for nameless in [r#""""#, "null", r#""Missing from the token response""#] {
        let cache = format!("{{{},{token}}}", account("login.microsoftonline.com", nameless));
        assert_eq!(findings(RULE, &cache)[0].severity, Severity::Warning, "{nameless}");
        assert!(fixed(RULE, &cache).contains(r#""username":"ada@contoso.com""#), "{nameless}");
    }
}

#[test]
fn without_an_id_token_nothing_is_invented() {
    let cache = format!("{{{}}}", account("login.microsoftonline.com", r#""""#));

    assert!(findings(RULE, &cache)[0].fix.is_none());
}

#[test]
fn customers_of_b2c_have_no_name_by_design() {
    assert_eq!(findings(RULE, &format!("{{{}}}", account("fab.b2clogin.com", r#""""#)))[0].severity, Severity::Note);
}

#[test]
fn a_named_account_is_none() {
    assert!(findings(RULE, &format!("{{{}}}", account("login.microsoftonline.com", r#""ada""#))).is_empty());
    let null = format!("{{{}}}", account("login.microsoftonline.com", "null"));
    assert!(findings_of(RULE, Dialect::Python, &null).is_empty(), "missing-field tells that");
}
