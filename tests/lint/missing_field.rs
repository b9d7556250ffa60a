//! The rule `missing-field`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed_of};

const RULE: &str = "missing-field";

/// An account with everything, where `cut` says nothing else.
fn account(cut: &str) -> String {
    let fields = [
        r#""home_account_id":"u.t""#,
        r#""environment":"login.microsoftonline.com""#,
        r#""realm":"t""#,
        r#""local_account_id":"u""#,
        r#""username":"ada""#,
        r#""authority_type":"MSSTS""#,
    ];
    let kept: Vec<_> = fields.into_iter().filter(|field| cut.is_empty() || !field.contains(cut)).collect();
    format!(r#"{{"Account":{{"a":{{{}}}}}}}"#, kept.join(","))
}

#[test]
fn python_needs_the_authority_type_which_is_told_from_the_rest() {
    let cache = account("authority_type");

    let found = findings_of(RULE, Dialect::Python, &cache);

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert!(found[0].says.starts_with("1 account entry has no authority_type."), "{}", found[0].says);
    assert!(fixed_of(RULE, Dialect::Python, &cache).contains(r#""authority_type":"MSSTS""#));
    let adfs = cache.replace(r#""realm":"t""#, r#""realm":"adfs""#);
    assert!(fixed_of(RULE, Dialect::Python, &adfs).contains(r#""authority_type":"ADFS""#));
    assert_eq!(findings(RULE, &cache)[0].severity, Severity::Warning, "nobody's hand: it may be Python's");
}

#[test]
fn python_needs_whole_expiries_and_a_token_without_one_goes() {
    let token = |expiry: &str| format!(r#"{{"AccessToken":{{"k":{{"client_id":"c"{expiry}}}}}}}"#);

    for missing in ["", r#","expires_on":null"#, r#","expires_on":"1.5""#, r#","expires_on":"soon""#] {
        let cache = token(missing);
        assert_eq!(findings_of(RULE, Dialect::Python, &cache).len(), 1, "{missing}");
        assert_eq!(fixed_of(RULE, Dialect::Python, &cache), r#"{"AccessToken":{}}"#, "{missing}");
    }
    for there in [r#","expires_on":"1""#, r#","expires_on":1.5"#, r#","expires_on":" 7 ""#] {
        assert!(findings_of(RULE, Dialect::Python, &token(there)).is_empty(), "{there}");
    }
}

#[test]
fn node_needs_to_know_whose_account_it_is() {
    let cache = account("home_account_id");

    assert_eq!(findings_of(RULE, Dialect::Node, &cache)[0].severity, Severity::Error);
    assert_eq!(fixed_of(RULE, Dialect::Node, &cache), r#"{"Account":{}}"#);
}

#[test]
fn go_needs_cached_at_and_dotnet_an_environment() {
    let token = |fields: &str| format!(r#"{{"AccessToken":{{"k":{{{fields}}}}}}}"#);

    let go = token(r#""environment":"h","expires_on":"1""#);
    assert_eq!(findings_of(RULE, Dialect::Go, &go)[0].severity, Severity::Warning);
    assert!(findings_of(RULE, Dialect::Go, &go.replace("expires_on", "cached_at")).is_empty());
    let dotnet = token(r#""expires_on":"1""#);
    assert_eq!(findings_of(RULE, Dialect::DotNet, &dotnet)[0].severity, Severity::Error);
    assert_eq!(fixed_of(RULE, Dialect::DotNet, &dotnet), r#"{"AccessToken":{}}"#);
}

#[test]
fn a_whole_account_lacks_nothing() {
    for runtime in Dialect::KNOWN {
        assert!(findings_of(RULE, runtime, &account("")).is_empty(), "{runtime:?}");
    }
}
