//! Laws over random caches: pruning twice is pruning once, and what does not match stays, byte for byte.

use proptest::prelude::*;
use saltcellar::cache::Cache;
use saltcellar::ops::{Filter, PruneOptions, RenewOptions, TokenType, prune, renew};
use serde_json::Value;

use super::caches::{NOW, document, text};

const SECTIONS: [&str; 6] = ["AccessToken", "RefreshToken", "IdToken", "Account", "AppMetadata", "Later"];

fn entry() -> impl Strategy<Value = String> {
    let account = prop::sample::select(vec![r#""a.t""#, r#""B.t""#, "null", r#""""#]);
    let client = prop::sample::select(vec!["c1", "C1", "c2"]);
    let expires =
        prop::sample::select(vec![r#""1""#, "1", r#""1700000000""#, r#""1700000001""#, r#""x""#, "null", "[]"]);
    let family = prop::sample::select(vec!["", r#","family_id":"1""#]);
    (account, client, expires, family).prop_map(|(account, client, expires, family)| {
        format!(r#"{{"home_account_id":{account},"client_id":"{client}","environment":"login.windows.net","expires_on":{expires}{family}}}"#)
    })
}

fn cache() -> impl Strategy<Value = String> {
    let section = prop::collection::vec((0..4usize, entry()), 0..5).prop_map(|entries| {
        let items: Vec<String> = entries.iter().map(|(key, entry)| format!(r#""k{key}": {entry}"#)).collect();
        format!("{{ {} }}", items.join(" , "))
    });
    prop::collection::vec(section, 6).prop_map(|sections| {
        let named = SECTIONS.iter().zip(sections).map(|(name, section)| format!("\"{name}\":{section}"));
        format!("{{{}}}", named.collect::<Vec<_>>().join(",\n"))
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let accounts = prop::sample::subsequence(vec!["A.T".to_owned(), "b.t".to_owned()], 0..=2);
    let clients = prop::sample::subsequence(vec!["c1".to_owned(), "c3".to_owned()], 0..=2);
    let types =
        prop::sample::subsequence(vec![TokenType::AccessToken, TokenType::RefreshToken, TokenType::Account], 0..=3);
    (any::<bool>(), any::<bool>(), accounts, clients, types).prop_map(
        |(expired, app_only, accounts, clients, types)| Filter {
            expired,
            app_only,
            accounts,
            clients,
            types,
            ..Filter::default()
        },
    )
}

/// Whether the filter means the entry: written anew from `features.md`, on plain JSON.
fn is_meant(filter: &Filter, section: &str, entry: &Value) -> bool {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or("").to_lowercase();
    let seconds = entry.get("expires_on").and_then(|at| at.as_i64().or_else(|| at.as_str()?.parse().ok()));
    let is_token = section == "AccessToken";
    let named =
        |list: &[String], value: String| list.is_empty() || list.iter().any(|name| name.to_lowercase() == value);
    let typed = filter.types.is_empty() || filter.types.iter().any(|kind| format!("{:?}", kind.section()) == section);
    !filter.is_empty()
        && (!filter.expired || (is_token && seconds.is_some_and(|at| at <= NOW.0)))
        && (!filter.app_only || (is_token && text("home_account_id").is_empty()))
        && named(&filter.accounts, text("home_account_id"))
        && named(&filter.clients, text("client_id"))
        && typed
}

/// Section, key and verbatim value of every entry, in order.
fn entries(text: &str) -> Vec<(String, String, String)> {
    let document = document(text);
    let cache = Cache::of(&document);
    let raw = |spot| document.node(spot).map(|node| node.raw().into_owned()).unwrap_or_default();
    cache.entries().map(|e| (e.section_name().into_owned(), e.key().into_owned(), raw(e.spot()))).collect()
}

proptest! {
    #[test]
    fn pruning_takes_exactly_what_the_filter_means(old in cache(), filter in filter()) {
        let document = document(&old);

        let patch = prune(&Cache::of(&document), &PruneOptions { filter: filter.clone(), now: NOW });
        let (after, _) = document.apply(&patch).expect("it fits");

        let stays = |(section, _, raw): &(String, String, String)| {
            !is_meant(&filter, section, &serde_json::from_str(raw).expect("an entry"))
        };
        let expected: Vec<_> = entries(&old).into_iter().filter(stays).collect();
        prop_assert_eq!(entries(&text(&after)), expected);
    }

    #[test]
    fn pruning_twice_is_pruning_once(old in cache(), filter in filter()) {
        let document = document(&old);
        let options = PruneOptions { filter, now: NOW };

        let (once, _) = document.apply(&prune(&Cache::of(&document), &options)).expect("it fits");

        // Entries of a forgotten account stay orphans: only that option may find more the second time.
        prop_assert!(prune(&Cache::of(&once), &options).is_empty());
    }

    #[test]
    fn renewing_never_takes_anything_but_access_tokens(old in cache()) {
        let document = document(&old);
        let options = RenewOptions { accounts: Vec::new(), resources: Vec::new(), clients: Vec::new(), now: NOW };

        let patch = renew(&Cache::of(&document), &options);

        let names: Vec<_> = patch.paths().filter_map(|path| path.0.first()).map(|step| step.name.clone()).collect();
        prop_assert!(names.iter().all(|name| name == "AccessToken"));
    }
}
