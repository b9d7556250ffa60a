//! Prune, forget, renew and re-serialise: what goes, and why.

use saltcellar::cache::Cache;
use saltcellar::json::Layout;
use saltcellar::ops::{
    Filter, ForgetOptions, PruneOptions, RenewOptions, TokenType, forget, prune, prune_entries, renew, renew_entries,
    reserialise,
};
use saltcellar::time::UnixSeconds;

use super::caches::{AZ, CODE, NOW, PEOPLE, document, people_with, pruned, roster, text, words};

fn list(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn forgotten(document: &saltcellar::json::Document, accounts: &[&str], clients: &[&str]) -> Vec<String> {
    let options = ForgetOptions { accounts: list(accounts), clients: list(clients) };
    words(&forget(&Cache::of(document), &options))
}

fn renewed(document: &saltcellar::json::Document, options: RenewOptions) -> Vec<String> {
    words(&renew(&Cache::of(document), &options))
}

fn everything() -> RenewOptions {
    RenewOptions { accounts: Vec::new(), resources: Vec::new(), clients: Vec::new(), now: NOW }
}

#[test]
fn pruning_the_expired_says_since_when_and_leaves_what_it_cannot_read() {
    let document = document(PEOPLE);
    let filter = Filter { expired: true, ..Filter::default() };

    let patch = prune(&Cache::of(&document), &PruneOptions { filter, now: NOW });

    assert_eq!(patch.title, "Prune 2 items");
    let expected = ["- AccessToken/ada-vault: expired 3d ago", "- AccessToken/bob-graph: expired 1h00 ago"];
    assert_eq!(words(&patch), expected);
}

#[test]
fn pruning_keeps_refresh_tokens_of_live_accounts() {
    let filter = Filter { expired: true, accounts: list(&["ada@contoso.com"]), ..Filter::default() };

    assert_eq!(pruned(PEOPLE, filter), "ada-vault");
}

#[test]
fn an_empty_filter_takes_nothing() {
    assert!(Filter::default().is_empty());
    assert_eq!(pruned(PEOPLE, Filter::default()), "");
}

#[test]
fn each_option_takes_what_it_names() {
    let table: [(Filter, &str); 12] = [
        (
            Filter { expires_before: Some(UnixSeconds(1_700_000_601)), ..Filter::default() },
            "ada-vault ada-guest bob-graph",
        ),
        (Filter { expires_before: Some(UnixSeconds(1_700_000_600)), ..Filter::default() }, "ada-vault bob-graph"),
        (Filter { accounts: list(&["BOB@fabrikam.com"]), ..Filter::default() }, "bob-graph bob-home"),
        (Filter { accounts: list(&["BOB.Fabrikam-id"]), ..Filter::default() }, "bob-graph bob-home"),
        (Filter { tenants: list(&["FABRIKAM-ID"]), ..Filter::default() }, "ada-guest bob-graph ada-guest bob-home"),
        (Filter { tenants: list(&["fabrikam"]), ..Filter::default() }, "ada-guest bob-graph ada-guest bob-home"),
        (Filter { clients: list(&["visual studio code"]), ..Filter::default() }, "ada-guest appmetadata-code"),
        (Filter { clients: list(&[CODE]), ..Filter::default() }, "ada-guest appmetadata-code"),
        (
            Filter { types: vec![TokenType::IdToken, TokenType::AppMetadata], ..Filter::default() },
            "ada-id appmetadata-az appmetadata-code appmetadata-mine",
        ),
        (Filter { app_only: true, ..Filter::default() }, "-app"),
        (Filter { orphans: true, ..Filter::default() }, "orphan"),
        (Filter { accounts: list(&[""]), clients: list(&[""]), ..Filter::default() }, ""),
    ];

    for (filter, keys) in table {
        let asked = format!("{filter:?}");
        assert_eq!(pruned(PEOPLE, filter), keys, "{asked}");
    }
}

#[test]
fn a_resource_is_named_by_its_scopes_or_its_name_and_takes_no_refresh_token() {
    let of = |name: &str| pruned(PEOPLE, Filter { resources: list(&[name]), ..Filter::default() });

    assert_eq!(of("https://graph.microsoft.com"), "ada-graph");
    assert_eq!(of("Microsoft Graph"), "ada-graph bob-graph");
    assert_eq!(of("graph"), "ada-graph bob-graph");
    assert_eq!(of("HTTPS://VAULT"), "ada-vault");
    assert_eq!(of("api://odd"), "ada-odd orphan");
}

#[test]
fn options_narrow_and_values_widen() {
    let both =
        Filter { accounts: list(&["ada.contoso-id"]), resources: list(&["graph", "vault"]), ..Filter::default() };

    assert_eq!(pruned(PEOPLE, both), "ada-graph ada-vault");
}

#[test]
fn names_that_match_nothing_are_told_with_their_option() {
    let filter = Filter {
        accounts: list(&["ada@contoso.com", "eve"]),
        clients: list(&["Azure CLI", "nobody"]),
        tenants: list(&["nowhere"]),
        resources: list(&["graph", "storage"]),
        ..Filter::default()
    };

    let unmatched = filter.unmatched(&roster(&document(PEOPLE)));

    let expected = [("--account", "eve"), ("--tenant", "nowhere"), ("--client", "nobody"), ("--resource", "storage")];
    assert_eq!(unmatched, expected.map(|(option, name)| (option, name.to_owned())));
}

#[test]
fn orphans_go_with_the_account_they_miss() {
    let document = document(PEOPLE);
    let filter = Filter { orphans: true, ..Filter::default() };

    let patch = prune(&Cache::of(&document), &PruneOptions { filter, now: NOW });

    assert_eq!(words(&patch), ["- AccessToken/orphan: orphan: no account entry for gone.contoso-id"]);
}

#[test]
fn marked_entries_go_with_what_they_are() {
    let document = document(PEOPLE);
    let spots: Vec<_> = roster(&document).rows.iter().map(|row| row.spot).collect();
    let marked: Vec<_> = [0, 1, 5, 7, 8, 9, 12].into_iter().filter_map(|at| spots.get(at).copied()).collect();

    let whys: Vec<String> = words(&prune_entries(&Cache::of(&document), &marked, NOW))
        .iter()
        .filter_map(|line| line.rsplit_once(": ").map(|(_, why)| why.to_owned()))
        .collect();

    let expected = [
        "VALID for 52m",
        "expired 3d ago",
        "no expiry that can be read",
        "refresh token of family 1",
        "id token, profile data only",
        "account entry",
        "app metadata",
    ];
    assert_eq!(whys, expected);
}

#[test]
fn the_second_of_two_entries_of_one_key_can_go_alone() {
    let old = r#"{"AccessToken":{"k":{"expires_on":"1800000000"},"k":{"expires_on":"1"}}}"#;
    let document = document(old);
    let filter = Filter { expired: true, ..Filter::default() };

    let patch = prune(&Cache::of(&document), &PruneOptions { filter, now: NOW });

    let (after, _) = document.apply(&patch).expect("it fits");
    assert_eq!(text(&after), r#"{"AccessToken":{"k":{"expires_on":"1800000000"}}}"#);
}

#[test]
fn forgetting_an_account_takes_everything_of_it_in_every_cloud_and_tenant() {
    let document = document(PEOPLE);

    let gone = forgotten(&document, &["ada@contoso.com"], &[]);

    let keys: Vec<_> = gone.iter().filter_map(|line| line.split(':').next()).collect();
    let expected = [
        "- AccessToken/ada-graph",
        "- AccessToken/ada-vault",
        "- AccessToken/ada-guest",
        "- AccessToken/ada-odd",
        "- RefreshToken/ada.contoso-id-login.microsoftonline.com-refreshtoken-04b07795-8ddb-461a-bbee-02f9e1bf7b46--",
        "- IdToken/ada-id",
        "- Account/ada-home",
        "- Account/ada-guest",
    ];
    assert_eq!(keys, expected);
    assert!(gone.iter().all(|line| line.ends_with(": of Ada@Contoso.com")), "{gone:?}");
}

#[test]
fn forgetting_a_client_takes_its_tokens_its_metadata_and_its_own_refresh_token() {
    let gone = forgotten(&document(PEOPLE), &[], &["Azure CLI"]);

    assert_eq!(gone.len(), 5, "{gone:?}");
    assert!(gone.contains(&"- AppMetadata/appmetadata-az: of Azure CLI".to_owned()));
    assert!(gone.iter().any(|line| line.starts_with("- RefreshToken/")));
}

#[test]
fn forgetting_a_client_leaves_a_family_refresh_token_that_all_share() {
    let own = format!("refreshtoken-{AZ}--");
    let document = people_with(&own, "refreshtoken-1--");

    let gone = forgotten(&document, &[], &[AZ]);

    assert_eq!(gone.len(), 4, "{gone:?}");
    assert!(!gone.iter().any(|line| line.starts_with("- RefreshToken/")));
}

#[test]
fn forgetting_takes_unknown_sections_of_that_account_and_no_other() {
    let text = r#"{"Account":{"a":{"home_account_id":"u.t","username":"u"}},"Later":{"x":{"home_account_id":"u.t"},"y":{"home_account_id":"v.t"}}}"#;

    assert_eq!(forgotten(&document(text), &["u"], &[]), ["- Account/a: of u", "- Later/x: of u"]);
}

#[test]
fn renewing_drops_what_a_refresh_token_brings_back_and_nothing_else() {
    let renewed = renewed(&document(PEOPLE), everything());

    let expected = [
        "- AccessToken/ada-graph: renewed by the refresh token of family 1",
        "- AccessToken/ada-vault: renewed by the refresh token of family 1",
        "- AccessToken/ada-guest: renewed by the refresh token of family 1",
    ];
    assert_eq!(renewed, expected);
}

#[test]
fn renewing_narrows_to_what_is_named() {
    let document = document(PEOPLE);
    let keys = |options| renewed(&document, options).join(" ");

    assert!(keys(RenewOptions { resources: list(&["vault"]), ..everything() }).starts_with("- AccessToken/ada-vault"));
    assert_eq!(keys(RenewOptions { accounts: list(&["bob@fabrikam.com"]), ..everything() }), "");
    let service = RenewOptions { clients: list(&["my-service"]), ..everything() };
    assert_eq!(keys(service), "- AccessToken/-app: renewed by the app's own credential");
    assert_eq!(everything().unmatched(&roster(&document)), []);
}

#[test]
fn a_refresh_token_of_another_cloud_or_exchange_renews_nothing() {
    let cloud = people_with(
        r#""environment":"login.microsoftonline.com","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","target":"https://graph.microsoft.com/.default""#,
        r#""environment":"login.microsoftonline.us","client_id":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","target":"https://graph.microsoft.com/.default""#,
    );
    let exchange = people_with(r#""secret":"RT-ada-az-0123456789","#, r#""secret":"RT","user_assertion_hash":"h","#);

    assert_eq!(renewed(&cloud, everything()), [""; 0]);
    assert_eq!(renewed(&exchange, everything()), [""; 0]);
}

#[test]
fn renewing_marked_entries_leaves_those_that_would_not_come_back() {
    let document = document(PEOPLE);
    let spots: Vec<_> = roster(&document).rows.iter().map(|row| row.spot).collect();

    let patch = renew_entries(&Cache::of(&document), &spots);

    assert_eq!(patch.title, "Renew 4 access tokens");
}

#[test]
fn laying_out_anew_changes_no_token_and_is_done_once() {
    let old = "\u{feff}{\"A\":{\"k\":{\"n\":1.50e+3,\"s\":\"\\ud800\"},\"k\":{}}}\n";
    let document = document(old);

    let patch = reserialise(&Cache::of(&document), Layout::Pretty);
    let (pretty, back) = document.apply(&patch).expect("it fits");

    let expected = "{\n    \"A\": {\n        \"k\": {\n            \"n\": 1.50e+3,\n            \"s\": \"\\ud800\"\n        },\n        \"k\": {}\n    }\n}";
    assert_eq!(text(&pretty), expected);
    assert!(reserialise(&Cache::of(&pretty), Layout::Pretty).is_empty());
    assert!(reserialise(&Cache::of(&document), Layout::Keep).is_empty());
    assert_eq!(text(&back.apply(&pretty).expect("the way back")), old);
}
