//! Which refresh tokens are tried, and what becomes of an aging access token: one test a rule.

use saltcellar::ops::explain::{Request, Runtime, Who};

use super::{KEY, asked, cache, course, explained, refresh, token};

/// Keys of refresh tokens that Node takes, too.
const OWN: &str = "ada.contoso-refreshtoken-app--";
const FAMILY: &str = "ada.contoso-refreshtoken-1--";

fn of_family() -> String {
    refresh(r#"{"client_id":"sibling","family_id":"1"}"#)
}

#[test]
fn without_any_token_a_person_must_sign_in_and_an_app_asks_by_itself() {
    let text = cache(&[], &[]);
    let app = Request { who: Who::App, ..asked() };

    for runtime in Runtime::ALL {
        assert_eq!(course(&text, &asked(), runtime), "interaction");
        assert_eq!(course(&text, &app, runtime), "refresh");
    }
}

#[test]
fn a_client_of_no_family_uses_its_own_and_some_try_the_family_too() {
    let text = cache(&[], &[(FAMILY, of_family()), (OWN, refresh("{}"))]);

    for runtime in Runtime::ALL {
        assert_eq!(course(&text, &asked(), runtime), format!("refresh {OWN}"), "{}", runtime.name());
    }
    let only_family = cache(&[], &[(FAMILY, of_family())]);
    assert_eq!(course(&only_family, &asked(), Runtime::Python), "interaction");
    assert_eq!(course(&only_family, &asked(), Runtime::Java), format!("refresh {FAMILY}"));
    assert_eq!(course(&only_family, &asked(), Runtime::Go), format!("refresh {FAMILY}"));
}

#[test]
fn a_client_of_a_family_tries_the_familys_first() {
    let text = cache(&[], &[(OWN, refresh("{}")), (FAMILY, of_family())]);
    let text = text.replace(r#""client_id":"app","environment""#, r#""client_id":"app","family_id":"1","environment""#);

    assert_eq!(course(&text, &asked(), Runtime::Python), format!("refresh {FAMILY} {OWN}"));
    assert_eq!(course(&text, &asked(), Runtime::Dotnet), format!("refresh {FAMILY} {OWN}"));
    // Node wants the family's token to be of this client.
    assert_eq!(course(&text, &asked(), Runtime::Node), format!("refresh {OWN}"));
    assert_eq!(course(&text, &asked(), Runtime::Go), format!("refresh {FAMILY}"));
}

#[test]
fn without_metadata_go_uses_no_refresh_token() {
    let text = cache(&[], &[(OWN, refresh("{}"))]).replace("\"appmetadata-", "\"nothing-");
    let nameless = text.replace(r#"{"client_id":"app","environment":"login.microsoftonline.com"}}"#, "{}}");

    assert_eq!(course(&nameless, &asked(), Runtime::Go), "interaction");
    assert_eq!(course(&nameless, &asked(), Runtime::Python), format!("refresh {OWN}"));
}

#[test]
fn python_tries_the_newest_first() {
    let text = cache(
        &[],
        &[
            ("old", refresh(r#"{"last_modification_time":"1"}"#)),
            ("ageless", refresh("{}")),
            ("new", refresh(r#"{"last_modification_time":"2"}"#)),
        ],
    );

    assert_eq!(course(&text, &asked(), Runtime::Python), "refresh new old ageless");
}

#[test]
fn python_tries_aliases_last_and_in_no_order() {
    let at = |host: &str| refresh(&format!(r#"{{"environment":"{host}"}}"#));
    let text =
        cache(&[], &[("windows", at("login.windows.net")), ("sts", at("sts.windows.net")), ("own", refresh("{}"))]);

    let told = explained(&text, &asked(), Runtime::Python);

    assert_eq!(course(&text, &asked(), Runtime::Python), "refresh own windows sts");
    assert_eq!(told.also_possible.len(), 1);
}

#[test]
fn an_aging_token_serves_if_it_cannot_be_renewed() {
    let aging = || token(r#"{"refresh_on":"1699999999"}"#);
    let with = cache(&[(KEY, aging())], &[(OWN, refresh("{}"))]);
    let without = cache(&[(KEY, aging())], &[]);

    assert_eq!(course(&with, &asked(), Runtime::Python), format!("refresh {OWN} ({KEY})"));
    assert_eq!(course(&without, &asked(), Runtime::Python), format!("cache {KEY}"));
    assert_eq!(course(&with, &asked(), Runtime::Node), format!("refresh {OWN} ({KEY})"));
    assert_eq!(course(&with, &asked(), Runtime::Dotnet), format!("cache {KEY}"));
    // MSAL4J does not hand out an aging token that it cannot renew; MSAL Go fails if renewing it fails.
    assert_eq!(course(&without, &asked(), Runtime::Java), "interaction");
    assert_eq!(course(&with, &asked(), Runtime::Go), format!("refresh {OWN}"));
}

#[test]
fn python_takes_no_scope_that_it_adds_itself() {
    let text = cache(&[], &[(OWN, refresh("{}"))]);
    let asks = Request { scopes: vec!["openid".to_owned()], ..asked() };

    assert_eq!(course(&text, &asks, Runtime::Python), "error");
    assert_eq!(course(&text, &asks, Runtime::Go), format!("refresh {OWN}"));
}

#[test]
fn a_fault_after_the_first_try_comes_after_it() {
    let alias = refresh(r#"{"environment":"login.windows.net","last_modification_time":"soon"}"#);
    let text = cache(&[], &[(OWN, refresh("{}")), ("alias", alias)]);

    let answer = explained(&text, &asked(), Runtime::Python).answer;

    assert_eq!(course(&text, &asked(), Runtime::Python), format!("refresh {OWN}"));
    assert!(answer.why.is_some_and(|why| why.contains("ValueError")));
}

#[test]
fn two_metadata_of_one_client_make_node_raise() {
    let text = cache(&[], &[(OWN, refresh("{}"))]);
    let twice = text.replace(
        r#""AppMetadata":{"#,
        r#""AppMetadata":{"appmetadata-login.windows.net-app":{"client_id":"app","environment":"login.windows.net"},"#,
    );

    assert_eq!(course(&text, &asked(), Runtime::Node), format!("refresh {OWN}"));
    assert_eq!(course(&twice, &asked(), Runtime::Node), "error");
}
