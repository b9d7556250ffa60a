//! Exports: redacted by default, verbatim when asked.

use saltcellar::cache::Cache;
use saltcellar::cache::demo::DEMO;
use saltcellar::json::Document;
use saltcellar::ops::export::{Secrets, entry_json, export, is_redacted};
use saltcellar::secret::Pepper;
use serde_json::Value;

use crate::support::peers;

use super::caches::{PEOPLE, document, people_with, roster, text};

fn exported(document: &Document, secrets: Secrets) -> String {
    export(&Cache::of(document), None, secrets, &Pepper::random()).expect("nothing leaks").reveal().to_owned()
}

fn redacted(document: &Document) -> String {
    exported(document, Secrets::Redacted)
}

/// The kinds of JSON values and the names of members, in order: what a redacted text must keep.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (if value.is_object() { "…" } else { name }.to_owned() + name, shape(value)))
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => Value::Null,
    }
}

#[test]
fn a_redacted_export_names_nobody() {
    let redacted = redacted(&document(PEOPLE)).to_lowercase();

    for name in
        ["ada@", "ada.", "ada-", "bob", "contoso", "fabrikam", "my-app", "my-service", "0123456789", "api://odd"]
    {
        assert!(!redacted.contains(name), "{name}");
    }
}

#[test]
fn a_redacted_export_keeps_what_a_bug_report_needs() {
    let redacted = redacted(&document(PEOPLE));

    for kept in [
        "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "login.windows.net",
        "1699740000",
        "https://vault.azure.net/.default",
        "MSSTS",
    ] {
        assert!(redacted.contains(kept), "{kept}");
    }
    assert!(redacted.contains("redacted:") && redacted.contains(":23\""), "fingerprint and length of a secret");
}

#[test]
fn stand_ins_are_the_same_in_fields_keys_and_other_exports() {
    let document = document(DEMO);
    let all: Value = serde_json::from_str(&redacted(&document)).expect("JSON");

    for (section, fields) in [("Account", ["home_account_id", "realm"]), ("IdToken", ["home_account_id", "client_id"])]
    {
        for (key, entry) in all[section].as_object().expect("a section") {
            assert!(fields.iter().all(|field| key.contains(entry[*field].as_str().expect("text"))), "{key}");
        }
    }
    let last = roster(&document).rows.last().expect("rows").spot;
    let one =
        export(&Cache::of(&document), Some(&[last]), Secrets::Redacted, &Pepper::random()).expect("nothing leaks");
    let one: Value = serde_json::from_str(one.reveal()).expect("JSON");
    assert_eq!(one["FutureSection"], all["FutureSection"]);
    assert_eq!(one.as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn the_structure_stays() {
    let before: Value = serde_json::from_str(DEMO).expect("JSON");
    let mut after: Value = serde_json::from_str(&redacted(&document(DEMO))).expect("JSON");
    after.as_object_mut().expect("an object").shift_remove("saltcellar");

    let sections = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(sections(&before), sections(&after));
    for name in ["AccessToken", "RefreshToken", "Account"] {
        let fields =
            |value: &Value| value[name].as_object().expect("a section").values().map(shape).collect::<Vec<_>>();
        assert_eq!(fields(&before), fields(&after), "{name}");
    }
}

#[test]
fn what_hides_in_odd_places_does_not_pass() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.c2ln";
    let odd = [
        (r#""target":"User.Read""#.to_owned(), format!(r#""target":"User.Read {token} canary.sharepoint.com/x""#)),
        (
            r#""username":"bob@fabrikam.com""#.to_owned(),
            format!(r#""username":"bob@fabrikam.com","{token}":["canary",{{"canary@x":4915123456789}}]"#),
        ),
        (r#""bob-home""#.to_owned(), r#""canary@canary.example-login.windows.net""#.to_owned()),
        (r#""token_type""#.to_owned(), String::new()),
        (r#""authority_type":"MSSTS""#.to_owned(), r#""authority_type":"canary""#.to_owned()),
        (r#""expires_on":"soon""#.to_owned(), r#""expires_on":"canary""#.to_owned()),
        (r#""AppMetadata": {"#.to_owned(), format!(r#""Canary 7": "{token}", "AppMetadata": {{"#)),
    ];
    let mut text = PEOPLE.to_owned();
    for (from, to) in odd.iter().filter(|(_, to)| !to.is_empty()) {
        assert!(text.contains(from.as_str()), "{from}");
        text = text.replace(from.as_str(), to);
    }

    let redacted = redacted(&document(&text)).to_lowercase();

    assert!(!redacted.contains("canary"), "{redacted}");
    assert!(!redacted.contains("eyj") && !redacted.contains("4915123456789"), "{redacted}");
}

#[test]
fn a_stand_in_is_never_somebody_s_name() {
    let document = people_with("bob@fabrikam.com", "user1@example.invalid");

    let redacted = redacted(&document);

    assert!(!redacted.contains("user1@example.invalid"), "{redacted}");
}

#[test]
fn a_redacted_text_says_so_and_redacts_to_itself_again() {
    let once = redacted(&document(PEOPLE));
    let again = document(&once);

    assert!(is_redacted(&again));
    assert!(!is_redacted(&document(PEOPLE)));
    let twice: Value = serde_json::from_str(&redacted(&again)).expect("JSON");
    assert_eq!(twice.as_object().map(serde_json::Map::len), Some(6));
}

#[test]
fn every_real_cache_can_be_redacted() {
    let Some(folder) = peers::shared("caches") else { return };
    let folder = std::fs::read_dir(folder).expect("a folder");
    let bytes = folder.flatten().filter_map(|file| std::fs::read(file.path()).ok());
    let caches = bytes.filter_map(|bytes| Document::parse(saltcellar::secret::SecretBytes::new(bytes)).ok());

    let count = caches.map(|cache| redacted(&cache)).inspect(|text| assert!(is_redacted(&document(text)))).count();

    assert!(count >= 10, "{count}");
}

#[test]
fn an_export_with_everything_is_the_text_itself() {
    let document = document(PEOPLE);

    assert_eq!(exported(&document, Secrets::All), PEOPLE);
}

#[test]
fn an_export_without_refresh_tokens_masks_them_and_leaves_unknown_sections_out() {
    let later = r#""Later": {"x": {"secret": "RT-elsewhere"}}, "IdToken": {"#;
    let document = people_with(r#""IdToken": {"#, later);

    let text = exported(&document, Secrets::WithoutRefreshTokens);

    assert!(!text.contains("RT-ada-az") && !text.contains("RT-elsewhere"));
    assert!(text.contains("AT-ada-graph-0123456789") && text.contains("ID-ada-0123456789"));
    assert!(text.contains("Ada@Contoso.com"));
}

#[test]
fn an_export_of_chosen_entries_leaves_the_rest_out() {
    let document = document(PEOPLE);
    let chosen: Vec<_> = roster(&document).rows.iter().take(2).map(|row| row.spot).collect();

    let copy = export(&Cache::of(&document), Some(&chosen), Secrets::All, &Pepper::random()).expect("it can be cut");
    let copy = super::caches::document(copy.reveal());

    assert_eq!(copy.sections().count(), 1);
    assert_eq!(
        Cache::of(&copy).entries().map(|e| e.key().into_owned()).collect::<Vec<_>>(),
        ["ada-graph", "ada-vault"]
    );
    assert!(PEOPLE.contains(text(&copy).lines().nth(2).expect("a line").trim_end_matches(',')));
}

#[test]
fn one_entry_goes_to_the_clipboard_redacted() {
    let document = document(PEOPLE);
    let spot = roster(&document).rows.first().expect("rows").spot;

    let json = entry_json(&Cache::of(&document), spot, &Pepper::random()).expect("it is there");

    assert!(json.contains("redacted:") && !json.contains("ada") && !json.contains("saltcellar"), "{json}");
    let nowhere = saltcellar::json::EntrySpot { section: 9, entry: 0 };
    assert_eq!(entry_json(&Cache::of(&document), nowhere, &Pepper::random()), None);
}
