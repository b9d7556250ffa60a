//! What a cache costs, and what makes it grow: one small cache for each cause.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use saltcellar::cache::Cache;
use saltcellar::ops::cost::{Cost, Growth, Pile, Suspect, cost};

use super::caches::{NOW, PEOPLE, document, roster};

const APP: &str = "a99a99a9-0000-4000-8000-000000000a99";

fn cost_of(text: &str) -> Cost {
    let document = document(text);
    cost(&Cache::of(&document), &roster(&document), NOW)
}

/// A cache of access tokens: key, secret, and more members.
fn tokens(tokens: impl IntoIterator<Item = (String, String, String)>) -> String {
    let entry = |(key, secret, more): (String, String, String)| {
        format!(
            r#""{key}":{{"credential_type":"AccessToken","secret":"{secret}","environment":"login.microsoftonline.com","client_id":"{APP}","realm":"contoso-id","cached_at":"1699990000"{more}}}"#
        )
    };
    let entries: Vec<String> = tokens.into_iter().map(entry).collect();
    format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(","))
}

fn app_only(count: usize) -> String {
    let token = |at| {
        let more = format!(r#","home_account_id":null,"target":"api://{at}/.default","expires_on":"1700003600""#);
        (format!("-k{at}"), format!("s{at}"), more)
    };
    tokens((0..count).map(token))
}

fn of_ada(key: &str, secret: &str, target: &str, more: &str) -> (String, String, String) {
    let fields = format!(r#","home_account_id":"ada.contoso-id","target":"{target}","expires_on":"1700003600"{more}"#);
    (key.to_owned(), secret.to_owned(), fields)
}

fn only_suspect(cost: &Cost) -> &Suspect {
    let [suspect] = cost.suspects.as_slice() else { panic!("{:?}", cost.suspects) };
    suspect
}

fn options(suspect: &Suspect) -> String {
    let (verb, options) = suspect.command.as_ref().expect("a command");
    format!("{verb} {}", options.join(" "))
}

#[test]
fn what_has_expired_is_weighed_with_the_command_that_takes_it_out() {
    let cost = cost_of(PEOPLE);

    let document = document(PEOPLE);
    let bytes = ["ada-vault", "bob-graph"].map(|key| {
        let entry = Cache::of(&document).entries().find(|entry| entry.key() == key).expect("it is there");
        let node = document.node(entry.spot()).expect("a node");
        node.raw().len() + key.len() + 2
    });
    assert_eq!(cost.expired, Pile { entries: 2, bytes: bytes.iter().sum() });
    assert_eq!(options(only_suspect(&cost)), "prune --expired");
    assert_eq!((cost.access_tokens, cost.bytes), (7, PEOPLE.len()));
}

#[test]
fn many_tokens_of_an_app_in_one_tenant_are_a_suspect_and_few_are_none() {
    let cost = cost_of(&app_only(20));

    let suspect = only_suspect(&cost);
    assert_eq!((suspect.cause, suspect.pile.entries), (Growth::AppOnly, 20));
    assert_eq!(options(suspect), format!("prune --app-only --client {APP} --tenant contoso-id"));
    assert!(cost_of(&app_only(19)).suspects.is_empty());
}

#[test]
fn sessions_of_agents_pile_up_under_extended_keys() {
    let session = |at| {
        let key = format!("ada.contoso-id-login.microsoftonline.com-atext-{APP}-contoso-id-x-hash{at}");
        of_ada(&key, "s", "x", &format!(r#","ext_cache_key":"hash{at}""#))
    };
    let cost = cost_of(&tokens((0..5).map(session)));

    let suspect = only_suspect(&cost);
    assert_eq!((suspect.cause, suspect.pile.entries), (Growth::Extended, 5));
    assert_eq!(options(suspect), format!("prune --expired --client {APP}"));
}

#[test]
fn tokens_for_the_same_are_duplicates_whatever_the_order_of_their_scopes() {
    let cost = cost_of(&tokens([of_ada("a", "s", "x y", ""), of_ada("b", "s", "Y x", ""), of_ada("c", "s", "x", "")]));

    assert_eq!((only_suspect(&cost).cause, only_suspect(&cost).pile.entries), (Growth::Duplicates, 1));
}

#[test]
fn bound_extended_and_exchanged_tokens_are_no_duplicates() {
    let cost = cost_of(&tokens([
        of_ada("a", "s", "x", ""),
        of_ada("b", "s", "x", r#","token_type":"pop","key_id":"k""#),
        of_ada("c", "s", "x", r#","ext_cache_key":"h""#),
        of_ada("d", "s", "x", r#","ext":{"fmi_path":"p"}"#),
        of_ada("e", "s", "x", r#","user_assertion_hash":"h""#),
    ]));

    assert!(cost.suspects.is_empty(), "{:?}", cost.suspects);
}

#[test]
fn a_long_token_is_a_suspect_for_its_lists_and_not_for_its_length() {
    let groups: Vec<String> = (0..120).map(|at| format!("\"aaaaaaaa-0000-4000-8000-{at:012}\"")).collect();
    let jwt = |payload: &str| format!("{}.{}.s", URL_SAFE_NO_PAD.encode("{}"), URL_SAFE_NO_PAD.encode(payload));
    let with_groups = jwt(&format!(r#"{{"groups":[{}]}}"#, groups.join(",")));
    let long = jwt(&format!(r#"{{"note":"{}"}}"#, "x".repeat(5000)));

    let cost = cost_of(&tokens([of_ada("a", &with_groups, "x", ""), of_ada("b", &long, "y", "")]));

    let suspect = only_suspect(&cost);
    assert_eq!((suspect.cause, suspect.pile.entries), (Growth::Heavy, 1));
    assert_eq!(suspect.of, "up to 120 groups and roles in one");
    assert_eq!(suspect.command, None);
}

#[test]
fn the_largest_entries_come_first() {
    let cost = cost_of(&tokens([
        of_ada("a", "s", "x", ""),
        of_ada("b", &"s".repeat(300), "y", ""),
        of_ada("c", &"s".repeat(200), "z", ""),
    ]));

    let sizes: Vec<usize> = cost.largest.iter().map(|large| large.bytes).collect();
    assert_eq!(sizes.len(), 3);
    assert!(sizes.is_sorted_by(|a, b| a > b));
}
