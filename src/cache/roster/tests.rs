//! The roster by examples: health, accounts, tenants, orphans, titles.

use super::*;
use crate::cache::demo::{DEMO, DEMO_NOW};
use crate::json::Document;
use crate::secret::SecretBytes;

const NOW: UnixSeconds = UnixSeconds(1_000_000);

fn roster(text: &str) -> Roster {
    let doc = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("valid");
    Roster::of(&Cache::of(&doc))
}

fn account(id: &str, realm: &str, username: &str, more: &str) -> String {
    format!(
        r#""{id}-{realm}":{{"home_account_id":"{id}","environment":"h","realm":"{realm}","username":"{username}"{more}}}"#
    )
}

fn token(key: &str, id: &str, client: &str, more: &str) -> String {
    format!(r#""{key}":{{"home_account_id":"{id}","environment":"h","client_id":"{client}"{more}}}"#)
}

fn cache(accounts: &[String], access: &[String], refresh: &[String], metadata: &[String]) -> String {
    let [a, t, r, m] = [accounts, access, refresh, metadata].map(|entries| entries.join(","));
    format!(r#"{{"AccessToken":{{{t}}},"Account":{{{a}}},"RefreshToken":{{{r}}},"AppMetadata":{{{m}}}}}"#)
}

const LIVE: &str = r#","expires_on":"1000001""#;
const DEAD: &str = r#","expires_on":"1000000""#;
const FAMILY: &str = r#","family_id":"1""#;

#[test]
fn a_live_access_token_is_ok_and_a_refresh_token_renews() {
    let text = cache(
        &[account("u.t", "t", "u@x", "")],
        &[token("k", "u.t", "live", LIVE), token("l", "u.t", "dead", DEAD)],
        &[token("r", "u.t", "dead", "")],
        &[],
    );

    let roster = roster(&text);

    assert_eq!(roster.health(0, None, NOW), Health::Ok);
    assert_eq!(roster.health(0, Some("dead"), NOW), Health::Renews);
    assert_eq!(roster.health(0, None, NOW.plus(1)), Health::Renews);
    assert_eq!(roster.health(0, Some("live"), NOW.plus(1)), Health::SignInNeeded);
}

#[test]
fn node_gives_a_family_token_to_its_last_writer_alone() {
    let metadata = [token("m", "", "sister", FAMILY)];
    let access = [token("a", "u.t", "sister", DEAD), token("b", "u.t", "first", DEAD)];
    let refresh = [token("u.t-h-refreshtoken-1---", "u.t", "first", FAMILY)];
    let roster = roster(&cache(&[account("u.t", "t", "u@x", "")], &access, &refresh, &metadata));

    assert_eq!(roster.dialect, Dialect::Node);
    assert_eq!(roster.health(0, Some("first"), NOW), Health::Renews);
    assert_eq!(roster.health(0, Some("sister"), NOW), Health::SignInNeeded);
}

#[test]
fn the_target_of_old_msal_python_reads_as_one_text() {
    let access = [token("a", "u.t", "c", r#","target":["https://graph.microsoft.com/User.Read","openid"]"#)];

    let roster = roster(&cache(&[], &access, &[], &[]));

    let row = roster.rows.first().expect("a row");
    assert_eq!(row.target.as_deref(), Some("https://graph.microsoft.com/User.Read openid"));
    assert_eq!((row.title().as_str(), row.scope_count()), ("Microsoft Graph", 2));
}

#[test]
fn a_family_token_renews_the_apps_of_its_family_alone() {
    let metadata = [token("m", "", "sister", FAMILY), token("n", "", "stranger", "")];
    let access =
        ["sister", "stranger", "1950a258-227b-4e31-a9cf-717495945fc2"].map(|client| token(client, "u.t", client, DEAD));
    let roster =
        roster(&cache(&[account("u.t", "t", "u@x", "")], &access, &[token("r", "u.t", "first", FAMILY)], &metadata));

    let renews: Vec<_> = roster
        .rows
        .iter()
        .filter(|row| row.section == Section::AccessToken)
        .map(|row| row.renews(&roster, NOW))
        .collect();

    assert_eq!(renews, [true, false, true]);
}

#[test]
fn a_broker_makes_health_unknown_only_where_no_refresh_token_is() {
    let broker = account("u.t", "t", "u@x", r#","account_source":"broker""#);
    let wam = account("v.t", "t", "v@x", r#","wam_account_ids":{"c":"id"}"#);
    let own = account("w.t", "t", "w@x", r#","account_source":"broker""#);

    let roster = roster(&cache(&[broker, wam, own], &[], &[token("r", "w.t", "c", "")], &[]));

    let health: Vec<_> = (0..3).map(|at| roster.health(at, None, NOW)).collect();
    assert_eq!(health, [Health::Unknown, Health::Unknown, Health::Renews]);
}

#[test]
fn app_only_tokens_are_the_last_account_and_renew_by_means_unknown() {
    let app = r#""x":{"home_account_id":null,"client_id":"sp","realm":"t","expires_on":"1000001"}"#.to_owned();

    let roster = roster(&cache(&[account("u.t", "t", "u@x", "")], &[app], &[], &[]));

    let last = roster.accounts.last().expect("two accounts");
    assert_eq!((last.label(), last.rows.as_slice()), ("app-only", [0].as_slice()));
    assert_eq!(roster.health(1, Some("sp"), NOW), Health::Ok);
    assert_eq!(roster.health(1, Some("sp"), NOW.plus(1)), Health::Unknown);
    assert_eq!(roster.health(0, None, NOW), Health::SignInNeeded);
}

#[test]
fn tokens_without_an_account_entry_are_orphans() {
    let roster = roster(&cache(
        &[account("u.t", "t", "u@x", "")],
        &[token("k", "U.T", "c", LIVE), token("l", "x.t", "c", LIVE)],
        &[],
        &[],
    ));

    let orphans: Vec<_> = roster.rows.iter().map(|row| (row.orphan, row.account)).collect();

    assert_eq!(orphans, [(false, Some(0)), (true, None), (false, Some(0))]);
}

#[test]
fn one_person_in_many_tenants_is_one_account() {
    let ada = [account("a.home", "home", "ada@contoso.com", ""), account("a.home", "guest", "ada@contoso.com", "")];
    let bob = account("b.guest", "guest", "bob@fabrikam.com", r#","name":"Bob""#);
    let generic = account("a.home", "organizations", "ada@contoso.com", "");

    let roster = roster(&cache(&[ada.to_vec(), vec![bob, generic]].concat(), &[], &[], &[]));

    let [ada, bob] = roster.accounts.as_slice() else { panic!("two accounts") };
    let tenants: Vec<_> = ada.tenants.iter().map(|t| (t.name.as_str(), t.home)).collect();
    assert_eq!(tenants, [("contoso", true), ("fabrikam", false), ("organizations", true)]);
    assert_eq!((bob.label(), bob.name.as_deref()), ("bob@fabrikam.com", Some("Bob")));
}

#[test]
fn a_guest_in_very_many_tenants_has_each_of_them_once_and_in_order() {
    let realms: Vec<String> = (0..40).map(|at| format!("{at}")).collect();
    // Each realm twice, the second time beside one that was there long before.
    let asked = realms.iter().flat_map(|realm| [realm.as_str(), "0", "20"]).chain(["39", "1"]);
    let tokens: Vec<_> = asked
        .enumerate()
        .map(|(at, realm)| token(&format!("k{at}"), "u.0", "c", &format!(r#","realm":"{realm}""#)))
        .collect();
    let roster = roster(&cache(&[account("u.0", "0", "u@x", "")], &tokens, &[], &[]));

    let found: Vec<_> = roster.accounts[0].tenants.iter().map(|tenant| tenant.realm.clone()).collect();
    let mut expected = realms;
    // It was asked for second.
    expected.retain(|realm| realm != "20");
    expected.insert(1, "20".to_owned());
    assert_eq!(found, expected);
}

#[test]
fn an_external_user_name_names_the_tenant_it_is_a_guest_in() {
    let text = cache(
        &[account("a.home", "12345678-guest", "ada_contoso.com#EXT#@fabrikam.onmicrosoft.com", "")],
        &[],
        &[],
        &[],
    );

    let roster = roster(&text);

    let tenants: Vec<_> =
        roster.accounts.iter().flat_map(|account| &account.tenants).map(|t| (t.name.as_str(), t.home)).collect();
    assert_eq!(tenants, [("fabrikam", false)]);
}

#[test]
fn a_nameless_guest_tenant_shows_the_start_of_its_id() {
    let roster = roster(&cache(&[account("a.home", "f8cdef31-a31e-4b4a", "ada@contoso.com", "")], &[], &[], &[]));

    let row = roster.rows.first().expect("one row");
    assert_eq!(roster.tenant_name(row), "f8cdef31");
}

#[test]
fn an_id_token_names_the_tenant_of_a_nameless_guest() {
    // {"upn":"ada_contoso.com#EXT#@fabrikam.com"}
    let secret =
        r#","realm":"f8cdef31-a31e","secret":"h.eyJ1cG4iOiJhZGFfY29udG9zby5jb20jRVhUI0BmYWJyaWthbS5jb20ifQ.s""#;
    let accounts = account("a.home", "f8cdef31-a31e", "ada@contoso.com", "");
    let text = format!(r#"{{"IdToken":{{{}}},"Account":{{{accounts}}}}}"#, token("i", "a.home", "c", secret));

    let roster = roster(&text);

    assert_eq!(roster.rows.first().map(|row| roster.tenant_name(row)).as_deref(), Some("fabrikam"));
}

#[test]
fn an_orphans_tenant_has_the_name_that_others_give_it() {
    let roster = roster(&cache(
        &[account("u.t", "t", "u@contoso.com", "")],
        &[token("k", "x.t", "c", r#","realm":"t""#)],
        &[],
        &[],
    ));

    assert_eq!(roster.rows.first().map(|row| roster.tenant_name(row)).as_deref(), Some("contoso"));
}

#[test]
fn the_demo_shows_every_state() {
    let roster = roster(DEMO);

    let labels: Vec<_> =
        roster.accounts.iter().enumerate().map(|(at, a)| (a.label(), roster.health(at, None, DEMO_NOW))).collect();
    let states: Vec<_> =
        roster.rows.iter().filter(|row| row.section == Section::AccessToken).map(|row| row.state(DEMO_NOW)).collect();

    assert_eq!(roster.dialect, Dialect::Python);
    assert_eq!(
        labels,
        [("ada@contoso.com", Health::Ok), ("bob@fabrikam.com", Health::SignInNeeded), ("app-only", Health::Ok)]
    );
    assert_eq!(roster.rows.iter().filter(|row| row.orphan).count(), 1);
    for state in [State::Live, State::Expiring, State::Expired] {
        assert!(states.contains(&state), "{state:?}");
    }
}

#[test]
fn rows_have_titles_for_people() {
    let roster = roster(DEMO);

    let titles: Vec<_> = roster.rows.iter().map(|row| format!("{} {}", row.section.short(), row.title())).collect();

    for title in [
        "AT Microsoft Graph",
        "AT Azure Resource Manager",
        "AT Key Vault",
        "AT Outlook",
        "RT family 1",
        "ID Azure CLI",
        "Acct bob@fabrikam.com",
        "App Visual Studio Code",
        "? demo-entry",
    ] {
        assert!(titles.iter().any(|seen| seen == title), "{title} in {titles:?}");
    }
}

#[test]
fn bare_scopes_belong_to_microsoft_graph_in_the_public_clouds_only() {
    let text = r#"{"AccessToken":{"a":{"environment":"login.windows.net","target":"openid User.Read"},"b":{"environment":"adfs.x","target":"User.Read"},"c":{"environment":"adfs.x","target":"api://app//read"}}}"#;

    let titles: Vec<_> = roster(text).rows.iter().map(Row::title).collect();

    assert_eq!(titles, ["Microsoft Graph", "User.Read", "api://app"]);
}

#[test]
fn no_debug_output_holds_text_of_the_cache() {
    let roster = roster(DEMO);

    let shown = format!("{roster:?} {:?} {:?}", roster.rows, roster.accounts);

    assert!(!shown.contains("contoso") && !shown.contains("login"), "{shown}");
}
