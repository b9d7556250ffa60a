//! The rule `same-username`.

use saltcellar::cache::Dialect;
use saltcellar::lint::Severity;

use crate::support::lint::{findings, findings_of, fixed};

const RULE: &str = "same-username";
const AZURE: &str = "login.microsoftonline.com";
const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn account(home: &str, host: &str, realm: &str, username: &str) -> String {
    format!(
        r#""{home}-{host}-{realm}":{{"home_account_id":"{home}","environment":"{host}","realm":"{realm}","username":"{username}","authority_type":"MSSTS"}}"#
    )
}

/// An access token of `home`, stored at a moment.
fn token(home: &str, cached_at: i64) -> String {
    format!(
        r#""{home}":{{"home_account_id":"{home}","environment":"{AZURE}","client_id":"{AZURE_CLI}","realm":"t","target":"s","cached_at":"{cached_at}"}}"#
    )
}

fn cache(accounts: &[String], tokens: &[String]) -> String {
    format!(r#"{{"Account":{{{}}},"AccessToken":{{{}}}}}"#, accounts.join(","), tokens.join(","))
}

#[test]
fn a_recycled_name_is_mended_by_taking_the_former_person_out() {
    let accounts = [account("old.t", AZURE, "t", "Ada@contoso.com"), account("new.t", AZURE, "t", "ada@contoso.com")];
    let text = cache(&accounts, &[token("old.t", 1_600_000_000), token("new.t", 1_690_000_000)]);

    let found = findings(RULE, &text);

    assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    assert!(found[0].says.contains("given to a new user"), "{}", found[0].says);
    let fixed = fixed(RULE, &text);
    assert!(!fixed.contains("old.t") && fixed.contains("new.t"), "{fixed}");
}

#[test]
fn without_dates_nobody_knows_who_is_the_former_one() {
    let accounts = [account("old.t", AZURE, "t", "ada"), account("new.t", AZURE, "t", "ada")];

    assert!(findings(RULE, &cache(&accounts, &[]))[0].fix.is_none());
    assert!(findings(RULE, &cache(&accounts, &[token("old.t", 7), token("new.t", 7)]))[0].fix.is_none());
}

#[test]
fn azure_cli_stops_at_two_accounts_of_its_host() {
    let personal = account(&format!("p.{PERSONAL}"), AZURE, PERSONAL, "ada@contoso.com");
    let text = cache(&[account("u.t", AZURE, "t", "ada@contoso.com"), personal.clone()], &[token("u.t", 1)]);

    let found = findings_of(RULE, Dialect::Python, &text);

    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert!(found[0].says.contains("personal Microsoft account and a work account"), "{}", found[0].says);
    assert!(found[0].fix.is_none(), "both are real");
    let elsewhere = text.replace(AZURE_CLI, "another");
    assert_eq!(findings_of(RULE, Dialect::Python, &elsewhere)[0].severity, Severity::Warning);
    let apart =
        cache(&[account("u.t", "login.microsoftonline.us", "t", "ada@contoso.com"), personal], &[token("x.y", 1)]);
    assert_eq!(findings_of(RULE, Dialect::Python, &apart)[0].severity, Severity::Note);
}

#[test]
fn other_home_tenants_are_told_as_such() {
    let accounts = [account("u.t", AZURE, "t", "ada"), account("v.s", AZURE, "s", "ada")];

    let found = findings(RULE, &cache(&accounts, &[token("u.t", 1), token("v.s", 2)]));

    assert!(found[0].says.contains("different home tenants"), "{}", found[0].says);
    assert!(found[0].fix.is_none());
}

#[test]
fn one_account_under_two_hosts_of_a_cloud_is_listed_twice() {
    let accounts = [account("u.t", AZURE, "t", "ada"), account("u.t", "login.windows.net", "t", "ada")];

    let found = findings(RULE, &cache(&accounts, &[]));

    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("several host names of one cloud"), "{}", found[0].says);
}

#[test]
fn guests_and_nameless_accounts_are_none_and_other_clouds_a_note() {
    let guest = [account("u.t", AZURE, "t", "ada"), account("u.t", AZURE, "fabrikam", "ada")];
    let clouds = [account("u.t", AZURE, "t", "ada"), account("u.t", "login.microsoftonline.us", "t", "ada")];
    let nameless = [account("u.t", AZURE, "t", ""), account("v.t", AZURE, "t", "")];

    for near in [guest, clouds, nameless] {
        assert!(findings(RULE, &cache(&near, &[])).is_empty(), "{near:?}");
    }
    let apart = [account("u.t", AZURE, "t", "ada"), account("v.s", "login.microsoftonline.us", "s", "ada")];
    assert_eq!(findings(RULE, &cache(&apart, &[]))[0].severity, Severity::Note);
}
