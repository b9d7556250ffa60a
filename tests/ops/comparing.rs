//! What differs between two caches, by meaning: each kind, told apart from its neighbours, in file order.

use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::{Comparison, Difference, History, Moment, compare};
use saltcellar::present::difference::name;

use super::caches::{PEOPLE, document};

fn moment(text: &str) -> Moment {
    let document = document(text);
    let cache = Cache::of(&document);
    Moment::of(&cache, &Roster::of(&cache))
}

/// `PEOPLE` with each of `changes` made once.
fn people(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(PEOPLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn told(comparison: &Comparison) -> Vec<String> {
    let one = |difference: &Difference| {
        let item = difference.item().expect("it was or is");
        let fields: Vec<&str> = difference.fields.iter().map(|name| &*name.0).collect();
        let tail = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(" ")) };
        format!("{} {}/{}{tail}", name(difference.kind), item.section.0, item.key)
    };
    comparison.differences.iter().map(one).collect()
}

fn between(old: &str, new: &str) -> Vec<String> {
    told(&compare(&moment(old), &moment(new)))
}

/// What is told of `PEOPLE` with `changes`.
fn after(changes: &[(&str, &str)]) -> Vec<String> {
    between(PEOPLE, &people(changes))
}

fn nothing() -> Vec<String> {
    Vec::new()
}

/// The line of the entry called `key`, comma and all.
fn line(key: &str) -> String {
    let is_it = |line: &&str| line.trim_start().starts_with(&format!("\"{key}\":"));
    format!("{}\n", PEOPLE.lines().find(is_it).expect("it is there"))
}

#[test]
fn a_cache_is_the_same_as_itself() {
    let comparison = compare(&moment(PEOPLE), &moment(PEOPLE));

    assert!(comparison.is_same());
}

#[test]
fn an_entry_that_came_or_went_is_said_where_it_stands() {
    let without = people(&[(&line("ada-vault"), ""), (&line("bob-graph"), "")]);

    assert_eq!(between(PEOPLE, &without), ["removed AccessToken/ada-vault", "removed AccessToken/bob-graph"]);
    assert_eq!(between(&without, PEOPLE), ["added AccessToken/ada-vault", "added AccessToken/bob-graph"]);
}

#[test]
fn differences_stand_in_file_order_over_all_kinds() {
    let told = after(&[
        (&line("ada-vault"), ""),
        ("AT-ada-graph-0123456789", "AT-ada-graph-new"),
        ("\"-app\": {", "\"-new\": {\"secret\":\"AT-new\"}, \"-app\": {"),
        ("\"local_account_id\":\"bob\"", "\"local_account_id\":\"robert\""),
    ]);

    assert_eq!(
        told,
        [
            "rotated AccessToken/ada-graph",
            "removed AccessToken/ada-vault",
            "added AccessToken/-new",
            "changed Account/bob-home: local_account_id",
        ]
    );
}

#[test]
fn another_secret_or_expiry_is_a_rotation_whose_times_are_not_named() {
    let renewed =
        [("AT-ada-graph-0123456789", "AT-new"), ("\"cached_at\":\"1699990000\"", "\"cached_at\":\"1700000000\"")];

    assert_eq!(after(&renewed), ["rotated AccessToken/ada-graph"]);
    assert_eq!(after(&[("1700003120", "1700009999")]), ["rotated AccessToken/ada-graph"]);
}

#[test]
fn the_same_secret_under_another_key_is_a_new_key_and_nothing_else() {
    assert_eq!(after(&[("\"ada-vault\":", "\"ada-vault--\":")]), ["re-keyed AccessToken/ada-vault--"]);
}

#[test]
fn another_secret_under_another_key_is_a_rotation() {
    let told = after(&[("\"ada-vault\":", "\"ada-vault--\":"), ("AT-ada-vault-0123456789", "AT-other")]);

    assert_eq!(told, ["rotated AccessToken/ada-vault--"]);
}

#[test]
fn scopes_are_one_in_any_order_case_and_number_of_slashes() {
    let told = after(&[
        ("\"ada-graph\":", "\"other\":"),
        ("https://graph.microsoft.com/User.Read openid", "openid https://Graph.microsoft.com//User.Read"),
    ]);

    assert_eq!(told, ["re-keyed AccessToken/other: target"]);
}

#[test]
fn an_alias_of_the_host_is_another_entry() {
    let told = after(&[("\"ada-vault\":", "\"other\":"), ("login.windows.net", "login.microsoftonline.com")]);

    assert_eq!(told, ["removed AccessToken/ada-vault", "added AccessToken/other"]);
}

#[test]
fn under_one_key_another_client_is_a_change() {
    let told = after(&[("\"client_id\":\"my-service\"", "\"client_id\":\"your-service\"")]);

    assert_eq!(told, ["changed AccessToken/-app: client_id"]);
}

#[test]
fn a_member_that_came_went_or_changed_is_named_once() {
    let told = after(&[(
        "\"local_account_id\":\"bob\",\"username\":\"bob@fabrikam.com\"",
        "\"local_account_id\":\"b\",\"local_account_id\":\"bo\",\"name\":\"Bob\"",
    )]);

    assert_eq!(told, ["changed Account/bob-home: local_account_id name username"]);
}

#[test]
fn layout_alone_is_said_and_is_no_difference() {
    for text in [
        people(&[("\"AT-ada-graph-0123456789\"", "\"\\u0041T-ada-graph-0123456789\"")]),
        people(&[("{\"credential_type\"", "{  \"credential_type\"")]),
        people(&[(
            "\"realm\":\"contoso-id\",\"local_account_id\":\"ada\"",
            "\"local_account_id\":\"ada\",\"realm\":\"contoso-id\"",
        )]),
    ] {
        let comparison = compare(&moment(PEOPLE), &moment(&text));

        assert_eq!(told(&comparison), nothing());
        assert!(comparison.is_layout && !comparison.is_same());
    }
}

#[test]
fn of_two_entries_of_one_key_the_one_that_went_is_named() {
    let two = r#"{"AccessToken":{"k":{"secret":"one","client_id":"c"},"k":{"secret":"two","client_id":"c"}}}"#;
    let one = r#"{"AccessToken":{"k":{"secret":"two","client_id":"c"}}}"#;

    let comparison = compare(&moment(two), &moment(one));

    let [gone] = comparison.differences.as_slice() else { panic!("{comparison:?}") };
    let print = gone.was.as_ref().and_then(|was| was.fingerprint).expect("a secret");
    assert_eq!(print.0, saltcellar::secret::Fingerprint::of("one"));
}

#[test]
fn unknown_sections_and_what_is_no_section_are_compared_too() {
    let told = between(
        r#"{"Extra":{"a":1,"b":{"x":1}},"version":1,"gone":"x","AccessToken":null}"#,
        r#"{"Extra":{"a":2,"b":{"x":2}},"version":2,"AccessToken":{}}"#,
    );

    assert_eq!(told, ["rotated Extra/a", "changed Extra/b: x", "rotated version/", "removed gone/"]);
}

#[test]
fn what_comes_back_with_the_secret_that_went_is_resurrected_once() {
    let without = people(&[(&line("ada-vault"), "")]);
    let mut history = History::default();
    let mut step = |old: &str, new: &str| {
        let mut comparison = compare(&moment(old), &moment(new));
        history.judge(&mut comparison);
        told(&comparison)
    };

    assert_eq!(step(PEOPLE, &without), ["removed AccessToken/ada-vault"]);
    assert_eq!(step(&without, PEOPLE), ["resurrected AccessToken/ada-vault"]);
    let other = people(&[("AT-ada-vault-0123456789", "AT-other")]);
    assert_eq!(step(PEOPLE, &other), ["rotated AccessToken/ada-vault"]);
    assert_eq!(step(&other, PEOPLE), ["resurrected AccessToken/ada-vault"], "an older token over a newer one");
    assert_eq!(step(PEOPLE, &without), ["removed AccessToken/ada-vault"]);
    let new = people(&[("AT-ada-vault-0123456789", "AT-never-seen")]);
    assert_eq!(step(&without, &new), ["added AccessToken/ada-vault"]);
}

#[test]
fn a_moment_holds_no_secret_and_reads_back_as_written() {
    let hidden = people(&[
        ("\"username\":\"bob@fabrikam.com\"", "\"username\":\"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl\""),
        (
            "\"AppMetadata\": {",
            "\"Cookies\":{\"refresh_token=0123456789abcdef\":\"0123456789abcdef\"},\"AppMetadata\": {",
        ),
    ]);
    let before = moment(&hidden);

    let written = serde_json::to_string(&before).expect("written");

    for secret in ["0123456789", "eyJzdWIiOiJhIn0"] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
    let read: Moment = serde_json::from_str(&written).expect("read");
    assert!(compare(&before, &read).is_same());
    assert_eq!(between(&hidden, &hidden), nothing());
}
