//! One cache for each account, and all of them together again: every entry comes back byte for byte, as often and in
//! the order of its name, or the cache is refused with the reason. Judged here and by `check_parts.py`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use saltcellar::cache::Cache;
use saltcellar::json::Document;
use saltcellar::ops::import::ImportOptions;
use saltcellar::ops::merge::merge;
use saltcellar::ops::partition::{Owner, Part, partition};

use super::super::support::caches::made;
use super::super::support::peers::agrees;
use super::caches::{PEOPLE, document, text};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/check_parts.py");

fn parts(document: &Document) -> Vec<Part> {
    partition(&Cache::of(document)).expect("it can be parted")
}

fn together(parts: &[Part]) -> Document {
    let documents: Vec<Document> = parts.iter().map(|part| part.document.clone()).collect();
    merge(&documents, &ImportOptions::default()).expect("they fit together").document
}

/// What stands under each name of a section, byte for byte and in order; sections that are no object by their name.
fn entries(document: &Document) -> BTreeMap<(String, String), Vec<(String, String)>> {
    let mut found: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    for section in document.sections() {
        let name = document.section_name(section).into_owned();
        for spot in document.entries(section) {
            let node = document.node(spot).expect("it is there").raw().into_owned();
            let entry = (document.raw_key(spot).into_owned(), node);
            found.entry((name.clone(), document.key(spot).into_owned())).or_default().push(entry);
        }
        let value = document.section_node(section).expect("it is there").raw().into_owned();
        if !value.starts_with('{') {
            found.entry((name, String::new())).or_default().push((String::new(), value));
        }
    }
    found
}

/// Several people, apps and strangers in one file, as a web app may keep them.
fn crowd() -> impl Strategy<Value = String> {
    let home = prop::sample::select(vec!["\"a.t\"", "\"A.T\"", "\"b.t\"", "null", "\"\"", "7"]);
    let fields = (home, prop::sample::select(vec!["c1", "C1", "c2"]), prop::sample::select(vec!["t", "u"]), 0..3u8);
    let host = prop::sample::select(vec!["login.windows.net", "login.microsoftonline.com", "login.microsoftonline.us"]);
    let entry = (fields, host).prop_map(|((home, client, realm, at), host)| {
        format!(
            "{{\"home_account_id\": {home}, \"environment\":\"{host}\",\"client_id\":\"{client}\",\"realm\":\"{realm}\",\
             \"username\":\"\\u00e9 é\",\"secret\":\"s{at}\",\"cached_at\":\"{at}\"}}"
        )
    });
    let entry = prop_oneof![9 => entry, 1 => Just("[1]".to_owned())];
    let section = prop::collection::vec((0..4usize, entry), 0..6);
    let sections = ["AccessToken", "RefreshToken", "IdToken", "Account", "AppMetadata", "Later"];
    prop::collection::vec(section, 6).prop_map(move |all| {
        let member = |(key, entry): &(usize, String)| format!("\n  \"k{key}\" : {entry}");
        let section = |(name, entries): (&&str, &Vec<(usize, String)>)| {
            format!("\"{name}\": {{{}\n}}", entries.iter().map(member).collect::<Vec<_>>().join(","))
        };
        let written = sections.iter().zip(&all).map(section).collect::<Vec<_>>().join(",\n ");
        format!("{{{written}, \"Scalar\":1.50e+3}}")
    })
}

proptest! {
    #[test]
    fn partition_and_merge_give_every_entry_back(old in crowd()) {
        let old = document(&old);

        let parts = parts(&old);

        prop_assert_eq!(entries(&together(&parts)), entries(&old));
    }

    #[test]
    fn whatever_can_be_parted_comes_back_whole(old in made()) {
        let old = document(&old.text);

        if let Ok(parts) = partition(&Cache::of(&old)) && !parts.is_empty() {
            prop_assert_eq!(entries(&together(&parts)), entries(&old));
        }
    }
}

#[test]
fn each_account_gets_its_own_and_the_apps_that_it_uses() {
    let old = document(PEOPLE);

    let told: Vec<String> = parts(&old)
        .iter()
        .map(|part| {
            let keys = Cache::of(&part.document).entries().map(|entry| entry.key().into_owned()).collect::<Vec<_>>();
            format!("{:?} {}: {}", part.owner, part.username.as_deref().unwrap_or("-"), keys.join(" "))
        })
        .collect();

    let ada = "ada-graph ada-vault ada-guest ada-odd \
               ada.contoso-id-login.microsoftonline.com-refreshtoken-04b07795-8ddb-461a-bbee-02f9e1bf7b46-- ada-id \
               ada-home ada-guest appmetadata-az appmetadata-code appmetadata-mine";
    assert_eq!(
        told,
        [
            format!("Account {{ home_account_id: \"ada.contoso-id\" }} Ada@Contoso.com: {ada}"),
            "Account { home_account_id: \"bob.fabrikam-id\" } bob@fabrikam.com: bob-graph bob-home appmetadata-mine"
                .to_owned(),
            "Account { home_account_id: \"gone.contoso-id\" } -: orphan appmetadata-mine".to_owned(),
            "App { client_id: \"my-service\", realm: \"contoso-id\" } -: -app".to_owned(),
        ]
    );
}

#[test]
fn a_part_is_laid_out_as_the_whole_was() {
    let old = document(PEOPLE);

    let bob = parts(&old).into_iter().find(|part| part.username.as_deref() == Some("bob@fabrikam.com"));

    let text = text(&bob.expect("Bob is there").document);
    assert!(text.starts_with("{\n  \"AccessToken\": {\n    \"bob-graph\": {\"credential_type\""), "{text}");
    assert!(text.ends_with("\n  }\n}"), "{text}");
}

#[test]
fn what_could_not_be_put_together_again_is_refused() {
    let says = |text: &str| partition(&Cache::of(&document(text))).expect_err(text).to_string();

    assert_eq!(says(r#"{"IdToken":{},"IdToken":{"k":{}}}"#), "the section IdToken stands there twice");
    assert_eq!(says(r#"{"Account":null}"#), "the section Account is no object");
    assert_eq!(says(r#"{"\ud800":{}}"#), "the name of a section is no text");
    assert!(says(r#"{"saltcellar":{}}"#).contains("redacted"));
    assert!(parts(&document("{}")).is_empty());
}

#[test]
fn accounts_are_one_whatever_their_case_and_metadata_stays_in_its_cloud() {
    let old = document(
        r#"{"AccessToken":{"k":{"home_account_id":"A.T","environment":"login.microsoftonline.com","client_id":"c"}},
            "Account":{"a":{"home_account_id":"a.t"}},
            "AppMetadata":{"m":{"client_id":"c","environment":"login.windows.net"},
                           "u":{"client_id":"c","environment":"login.microsoftonline.us"}}}"#,
    );

    let told: Vec<_> = parts(&old).into_iter().map(|part| (part.owner, part.entries)).collect();

    let ada = Owner::Account { home_account_id: "a.t".to_owned() };
    assert_eq!(told, [(ada, 3), (Owner::Nobody, 1)]);
}

#[test]
fn members_of_one_name_go_to_whom_the_last_of_them_names() {
    let old = document(r#"{"Account":{"k":{"home_account_id":"a.t"},"k":{"home_account_id":"b.t"}}}"#);

    let told: Vec<_> = parts(&old).into_iter().map(|part| (part.owner, part.entries)).collect();

    assert_eq!(told, [(Owner::Account { home_account_id: "b.t".to_owned() }, 2)]);
}

/// One line for the script.
fn case(old: &Document, parts: &[Part], merged: &str) -> String {
    let coded = |document: &Document| STANDARD.encode(text(document));
    let parts: Vec<String> = parts.iter().map(|part| coded(&part.document)).collect();
    serde_json::json!({"old": coded(old), "parts": parts, "merged": STANDARD.encode(merged)}).to_string()
}

#[test]
fn python_finds_every_entry_in_the_parts_and_in_the_whole() {
    let mut runner = TestRunner::deterministic();
    let mut next = || document(&crowd().new_tree(&mut runner).expect("a cache").current());
    let judged = |old: Document| {
        let parts = parts(&old);
        case(&old, &parts, &text(&together(&parts)))
    };

    let cases: Vec<String> = std::iter::once(document(PEOPLE)).chain((0..60).map(|_| next())).map(judged).collect();

    assert_ne!(agrees(SCRIPT, &cases), Some(false));
}

#[test]
fn python_notices_what_is_lost_doubled_or_altered() {
    let old = document(r#"{"Account":{"k":{"home_account_id":"a.t"},"k":{"home_account_id":"a.t","x":1.50}}}"#);
    let parts = parts(&old);
    assert!(matches!(parts.as_slice(), [Part { owner: Owner::Account { .. }, entries: 2, .. }]));
    let merged = text(&together(&parts));

    assert_ne!(agrees(SCRIPT, &[case(&old, &parts, &merged)]), Some(false));
    assert_ne!(agrees(SCRIPT, &[case(&old, &[], &merged)]), Some(true));
    let twice = [parts.clone(), parts.clone()].concat();
    assert_ne!(agrees(SCRIPT, &[case(&old, &twice, &merged)]), Some(true));
    for (from, to) in [("1.50", "1.5"), (",\"x\":1.50", ""), ("\"k\":{\"home_account_id\":\"a.t\"},", "")] {
        assert_ne!(agrees(SCRIPT, &[case(&old, &parts, &merged.replacen(from, to, 1))]), Some(true), "{from}");
    }
}
