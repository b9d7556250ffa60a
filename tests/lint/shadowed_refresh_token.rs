//! The rule `shadowed-refresh-token`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed};

const RULE: &str = "shadowed-refresh-token";

/// A refresh token of account `u.t` and app `c`, under a key with this tail.
fn token(tail: &str, secret: &str, more: &str) -> String {
    format!(
        r#""u.t-h-refreshtoken-c{tail}":{{"home_account_id":"u.t","environment":"h","client_id":"c","secret":"{secret}"{more}}}"#
    )
}

fn cache(tokens: &[String]) -> String {
    format!(r#"{{"RefreshToken":{{{}}}}}"#, tokens.join(","))
}

#[test]
fn the_token_of_an_older_node_shadows_the_newer_and_goes() {
    let (old, new) = (token("----", "old", ""), token("---", "new", ""));

    let found = findings(RULE, &cache(&[old.clone(), new.clone()]));

    assert_eq!((found.len(), found[0].severity, found[0].entries.len()), (1, Severity::Error, 2));
    assert_eq!(fixed(RULE, &cache(&[old, new.clone()])), cache(&[new]));
}

#[test]
fn a_newer_token_that_stands_first_is_read_and_only_a_warning() {
    let (old, new) = (token("----", "old", ""), token("---", "new", ""));

    assert_eq!(findings(RULE, &cache(&[new.clone(), old.clone()]))[0].severity, Severity::Warning);
    assert_eq!(fixed(RULE, &cache(&[new.clone(), old])), cache(&[new]));
}

#[test]
fn dates_say_more_than_keys_where_both_have_one() {
    let dated = |tail, at| token(tail, "x", &format!(r#","last_modification_time":"{at}""#));
    let (late, early) = (dated("----", 1_690_000_000), dated("---", 1_600_000_000));

    assert_eq!(fixed(RULE, &cache(&[early.clone(), late.clone()])), cache(std::slice::from_ref(&late)));
    let undated = token("---", "new", "");
    assert_eq!(fixed(RULE, &cache(&[late, undated.clone()])), cache(&[undated]));
}

#[test]
fn tokens_of_other_apps_accounts_hosts_and_assertions_shadow_nothing() {
    let old = token("----", "old", "");
    let other = |from: &str, to: &str| token("---", "new", "").replace(from, to);
    let obo = token("---", "new", r#","user_assertion_hash":"x""#);

    for near in [
        other("-c---", "-d---").replace(r#""c""#, r#""d""#),
        other("u.t", "v.t"),
        other("-h-", "-i-").replace(r#""h""#, r#""i""#),
        obo,
    ] {
        assert!(findings(RULE, &cache(&[old.clone(), near.clone()])).is_empty(), "{near}");
    }
}

#[test]
fn python_keeps_a_token_for_each_set_of_scopes() {
    let scoped = |scope: &str| token(&format!("--{scope}"), "x", &format!(r#","target":"{scope}""#));

    assert!(findings(RULE, &cache(&[scoped("a"), scoped("b")])).is_empty());
    let shadowing = cache(&[token("----", "old", ""), token("---", "new", "")]);
    assert!(findings_of(RULE, Dialect::DotNet, &shadowing).is_empty(), "MSAL.NET makes keys anew");
}
