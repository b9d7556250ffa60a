//! Two tokens compared by what they say.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use saltcellar::cache::Claims;
use saltcellar::cache::claims::of_token;
use saltcellar::ops::claims::{Changed, Compared, compare};

fn token(payload: &str) -> Claims {
    let entry = format!(
        r#"{{"AccessToken":{{"k":{{"secret":"{}.{}.s"}}}}}}"#,
        URL_SAFE_NO_PAD.encode("{}"),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let document = super::caches::document(&entry);
    let entry = saltcellar::cache::Cache::of(&document).entries().next().expect("an entry");
    of_token(&entry.secret().expect("a secret"))
}

fn compared(first: &str, second: &str) -> Compared {
    compare(&token(first), &token(second)).expect("both are readable")
}

fn only_change(compared: &Compared) -> &Changed {
    let [changed] = compared.changed.as_slice() else { panic!("{compared:?}") };
    changed
}

#[test]
fn what_only_one_token_says_is_told_with_its_side() {
    let compared = compared(r#"{"a":1,"gone":true}"#, r#"{"a":1,"new":[]}"#);

    let sides: Vec<_> =
        compared.changed.iter().map(|changed| (changed.name.as_str(), changed.first.is_some())).collect();
    assert_eq!(sides, [("gone", true), ("new", false)]);
    assert_eq!(compared.same, ["a"]);
}

#[test]
fn roles_and_permissions_are_compared_one_by_one() {
    let roles = compared(r#"{"roles":["A","B"]}"#, r#"{"roles":["B","C"]}"#);
    let scopes = compared(r#"{"scp":"User.Read openid"}"#, r#"{"scp":"openid Mail.Read User.Read"}"#);

    assert_eq!((&only_change(&roles).added, &only_change(&roles).removed), (&vec!["C".into()], &vec!["A".into()]));
    assert_eq!(only_change(&scopes).added, ["Mail.Read"]);
    assert!(only_change(&scopes).removed.is_empty());
}

#[test]
fn order_in_a_list_is_no_difference_but_elsewhere_everything_is() {
    assert_eq!(compared(r#"{"amr":["pwd","mfa"],"scp":"a b"}"#, r#"{"scp":"b a","amr":["mfa","pwd"]}"#).same.len(), 2);
    assert_eq!(compared(r#"{"name":"a b"}"#, r#"{"name":"b a"}"#).changed.len(), 1);
    assert_eq!(compared(r#"{"n":1}"#, r#"{"n":"1"}"#).changed.len(), 1);
}

#[test]
fn of_two_claims_of_one_name_the_last_counts() {
    assert!(compared(r#"{"oid":"x","oid":"y"}"#, r#"{"oid":"y"}"#).changed.is_empty());
}

#[test]
fn what_cannot_be_read_cannot_be_compared() {
    assert_eq!(compare(&Claims::Opaque, &token("{}")), None);
    assert_eq!(compare(&token("{}"), &Claims::Encrypted { header: Vec::new() }), None);
}
