//! Finding, querying, counting.

use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::query::{Look, Query};
use saltcellar::ops::summary::summary;
use saltcellar::ops::{FindError, entry_label, find_entry};

use super::caches::{AZ, NOW, PEOPLE, document};

#[test]
fn a_key_is_found_by_itself_by_section_by_count_and_by_fingerprint() {
    let document = document(r#"{"A":{"k":{"secret":""},"k":{},"/x#2":{}},"B":{"/x":{},"-app":{"secret":"s"}}}"#);
    let cache = Cache::of(&document);
    let found =
        |key: &str| find_entry(&cache, key).map(|spot| entry_label(&cache, spot)).map_err(|error| error.to_string());

    assert_eq!(found("-app"), Ok("B/-app".to_owned()));
    assert_eq!(found("/x"), Ok("B//x".to_owned()));
    assert_eq!(found("B//x"), Ok("B//x".to_owned()));
    assert_eq!(found("A/k#2"), Ok("A/k#2".to_owned()));
    assert_eq!(found("/x#2"), Ok("A//x#2".to_owned()));
    assert_eq!(found("A//x#2"), Ok("A//x#2".to_owned()));
    assert_eq!(found("E3B0C4"), Err("no entry matches E3B0C4".to_owned()));
    assert_eq!(found("043A71"), Ok("B/-app".to_owned()));
    assert_eq!(found("043a7"), Err("no entry matches 043a7".to_owned()));
    assert_eq!(found("A/k#3"), Err("no entry matches A/k#3".to_owned()));
}

#[test]
fn what_names_two_entries_names_none_and_tells_both() {
    let document = document(r#"{"A":{"k":{},"k":{}},"B":{"k":{}}}"#);
    let cache = Cache::of(&document);

    let Err(FindError::Several(_, candidates)) = find_entry(&cache, "k") else { panic!("several match") };

    assert_eq!(candidates, ["A/k#1", "A/k#2", "B/k"]);
    assert!(candidates.iter().all(|key| find_entry(&cache, key).is_ok()));
}

fn queried(query: &str) -> String {
    let document = document(PEOPLE);
    let roster = Roster::of(&Cache::of(&document));
    let query = Query::parse(query).expect("a query");
    let look = Look { cache: Some(Cache::of(&document)), roster: &roster, now: NOW };
    let rows = roster.rows.iter().filter(|row| query.takes(&look, row));
    rows.map(|row| row.key.chars().take(14).collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_query_finds_names_ids_and_known_names_in_any_case() {
    assert_eq!(queried("GRAPH !bob !refresh openid"), "ada-graph");
    assert_eq!(queried(r#""key vault""#), "ada-vault");
    assert_eq!(queried("bob"), "bob-graph bob-home");
    assert_eq!(queried("visual studio"), "ada-guest appmetadata-co");
    assert_eq!(queried("fabrikam ada"), "ada-guest ada-guest");
    assert_eq!(queried("nothing-like-it"), "");
    assert_eq!(queried("").split(' ').count(), 15);
}

#[test]
fn a_summary_counts_entries_bytes_and_states() {
    let document = document(PEOPLE);
    let cache = Cache::of(&document);

    let summary = summary(&cache, &Roster::of(&cache), NOW);

    assert_eq!((summary.entries, summary.accounts, summary.bytes), (15, 2, PEOPLE.len()));
    assert_eq!((summary.live, summary.expiring, summary.expired), (3, 1, 2));
    assert_eq!(summary.sections.first().map(|(name, entries, _)| (name.as_str(), *entries)), Some(("AccessToken", 7)));
    assert!(summary.clients.iter().any(|(name, entries, _)| name == "Azure CLI" && *entries == 5));
    assert!(summary.resources.iter().any(|(name, entries, _)| name == "Microsoft Graph" && *entries == 2));
    assert!(summary.clients.is_sorted_by(|a, b| a.2 >= b.2));
    assert!(!summary.clients.iter().any(|(name, ..)| name == AZ));
}
