//! The rule `duplicate-access-token`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed_of};

const RULE: &str = "duplicate-access-token";
const AZURE: &str = "login.microsoftonline.com";
const ALIAS: &str = "login.windows.net";

fn token(key: &str, host: &str, target: &str, expires_on: i64) -> String {
    format!(
        r#""{key}":{{"home_account_id":"u.t","environment":"{host}","client_id":"c","realm":"t","target":"{target}","expires_on":"{expires_on}"}}"#
    )
}

fn cache(tokens: &[String]) -> String {
    format!(r#"{{"AccessToken":{{{}}}}}"#, tokens.join(","))
}

const LIVE: i64 = 1_700_003_600;
const DEAD: i64 = 1_600_000_000;

#[test]
fn hosts_of_one_cloud_hold_twins_and_each_runtime_keeps_its_own() {
    let (azure, alias) = (token("a", AZURE, "s", LIVE), token("b", ALIAS, "s", LIVE));
    let both = cache(&[azure.clone(), alias.clone()]);

    let found = findings_of(RULE, Dialect::Node, &both);

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert!(found[0].says.contains("two hosts of one cloud"), "{}", found[0].says);
    assert_eq!(fixed_of(RULE, Dialect::Python, &both), cache(&[azure]));
    for runtime in [Dialect::DotNet, Dialect::Node] {
        assert_eq!(fixed_of(RULE, runtime, &both), cache(std::slice::from_ref(&alias)), "{runtime:?}");
    }
    let half_dead = cache(&[token("a", AZURE, "s", DEAD), alias.clone()]);
    assert_eq!(fixed_of(RULE, Dialect::Python, &half_dead), cache(&[alias]), "a live one is worth more");
}

#[test]
fn another_order_or_case_is_the_same_and_dotnet_stops_at_it() {
    let twins =
        cache(&[token("a", AZURE, "User.Read mail.read", LIVE), token("b", AZURE, "Mail.Read User.Read", LIVE + 1)]);

    let found = findings_of(RULE, Dialect::DotNet, &twins);

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert!(found[0].says.contains("order or case"), "{}", found[0].says);
    assert_eq!(fixed_of(RULE, Dialect::DotNet, &twins), cache(&[token("b", AZURE, "Mail.Read User.Read", LIVE + 1)]));
    assert_eq!(findings_of(RULE, Dialect::Python, &twins)[0].severity, Severity::Note);
}

#[test]
fn a_hash_of_requested_claims_makes_twins_for_node() {
    let plain = token("u.t-login.microsoftonline.com-accesstoken-c-t-s--", AZURE, "s", LIVE);
    let hashed = token("u.t-login.microsoftonline.com-accesstoken-c-t-s-h-", AZURE, "s", LIVE)
        .replace('}', r#","requestedClaimsHash":"h"}"#);

    let found = findings_of(RULE, Dialect::Node, &cache(&[plain, hashed]));

    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("requested claims"), "{}", found[0].says);
}

#[test]
fn double_slashes_are_a_note_without_a_fix() {
    let one = token("a", AZURE, "https://m.example/.default", LIVE);
    let two = token("b", AZURE, "https://m.example//.default", LIVE);

    let found = findings(RULE, &cache(&[one, two]));

    assert_eq!((found.len(), found[0].severity, found[0].fix.is_none()), (1, Severity::Note, true));
}

#[test]
fn tokens_for_something_else_are_no_twins() {
    let one = token("a", AZURE, "s", LIVE);
    let more = |field: &str| token("b", AZURE, "s", LIVE).replace('}', &format!(",{field}}}"));

    for near in [
        token("b", AZURE, "s t", LIVE),
        token("b", "login.microsoftonline.us", "s", LIVE),
        token("b", AZURE, "s", LIVE).replace("u.t", "v.t"),
        more(r#""token_type":"pop""#),
        more(r#""key_id":"k""#),
        more(r#""ext_cache_key":"x""#),
        more(r#""user_assertion_hash":"x""#),
    ] {
        assert!(findings(RULE, &cache(&[one.clone(), near.clone()])).is_empty(), "{near}");
    }
    assert_eq!(findings(RULE, &cache(&[one, more(r#""token_type":"Bearer""#)])).len(), 1);
}
