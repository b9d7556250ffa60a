//! The rule `guest-without-home`.

use crate::support::lint::findings;

const RULE: &str = "guest-without-home";

fn cache(realms: &[&str]) -> String {
    let account = |realm: &&str| {
        format!(
            r#""u.11111111-home-{realm}":{{"home_account_id":"u.11111111-home","environment":"h","realm":"{realm}","username":"ada"}}"#
        )
    };
    format!(r#"{{"Account":{{{}}}}}"#, realms.iter().map(account).collect::<Vec<_>>().join(","))
}

#[test]
fn an_account_of_guest_tenants_alone_is_noted() {
    let found = findings(RULE, &cache(&["22222222-away", "33333333-away"]));

    assert_eq!((found.len(), found[0].entries.len()), (1, 2));
    assert!(found[0].says.starts_with("ada is here as a guest of"), "{}", found[0].says);
}

#[test]
fn a_guest_who_is_at_home_too_is_none() {
    assert!(findings(RULE, &cache(&["22222222-away", "11111111-home"])).is_empty());
    assert!(findings(RULE, &cache(&["organizations"])).is_empty());
}
