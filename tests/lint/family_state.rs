//! The rule `family-state`.

use saltcellar::cache::Dialect;

use crate::support::lint::{findings, findings_of};

const RULE: &str = "family-state";
const METADATA: &str = r#""AppMetadata":{"m":{"client_id":"c","environment":"login.windows.net","family_id":"1"}}"#;

fn token(key: &str, client: &str, family: &str) -> String {
    format!(
        r#""{key}":{{"home_account_id":"u.t","environment":"login.microsoftonline.com","client_id":"{client}","family_id":"{family}"}}"#
    )
}

fn cache(tokens: &[String]) -> String {
    format!(r#"{{{METADATA},"RefreshToken":{{{}}}}}"#, tokens.join(","))
}

#[test]
fn a_family_without_a_token_and_a_token_without_its_mark_are_noted() {
    let says = |tokens: &[String]| findings(RULE, &cache(tokens)).into_iter().map(|f| f.says).collect::<Vec<_>>();

    assert!(says(&[])[0].contains("holds no refresh token"));
    let unmarked = says(&[token("r", "c", "")]);
    assert!(unmarked.len() == 2 && unmarked[1].contains("no family id"), "{unmarked:?}");
}

#[test]
fn rivals_are_noted_but_in_python_which_keeps_one_for_each_app() {
    let rivals = cache(&[token("r", "c", "1"), token("s", "d", "1")]);

    assert_eq!(findings_of(RULE, Dialect::Node, &rivals)[0].entries.len(), 2);
    assert!(findings_of(RULE, Dialect::Python, &rivals).is_empty());
}

#[test]
fn a_family_with_its_token_under_another_host_of_the_cloud_is_none() {
    assert!(findings(RULE, &cache(&[token("r", "c", "1")])).is_empty());
}
