//! A change over many caches in memory: what is touched, what another process does meanwhile, what stays.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;
use crate::ops::{Filter, ForgetOptions, PruneOptions, forget, prune};
use crate::secret::SecretBytes;
use crate::source::{Access, Holder};
use crate::time::ManualClock;

const NOW: UnixSeconds = UnixSeconds(1000);

/// A cache of `user` with an access token that expires at `expires`.
fn cache(user: &str, expires: u32) -> SecretBytes {
    bytes(&cache_text(user, expires))
}

fn cache_text(user: &str, expires: u32) -> String {
    format!(
        r#"{{"AccessToken":{{"a":{{"credential_type":"AccessToken","home_account_id":"{user}","environment":"e","client_id":"c","realm":"t","target":"s","secret":"at-{user}","cached_at":"1","expires_on":"{expires}"}}}},"RefreshToken":{{"r":{{"credential_type":"RefreshToken","home_account_id":"{user}","environment":"e","client_id":"c","target":"","secret":"rt-{user}"}}}},"Account":{{"u":{{"home_account_id":"{user}","environment":"e","realm":"t","username":"{user}"}}}}}}"#
    )
}

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

/// Two old caches, a fresh one, an empty one, a value that is none.
fn stocked() -> Collection {
    stocked_with(Vec::new())
}

fn stocked_with(more: Vec<(&str, SecretBytes)>) -> Collection {
    let mut caches = vec![
        ("ada", cache("ada", 900)),
        ("bob", cache("bob", 900)),
        ("eve", cache("eve", 9000)),
        ("gone", bytes(r#"{"AccessToken":{},"Account":{}}"#)),
        ("odd", bytes("\u{1}no cache")),
    ];
    caches.extend(more);
    Collection::memory(&"redis://127.0.0.1".parse().expect("a place"), caches)
}

/// An app writes its cache anew.
fn put(collection: &Collection, key: &str, bytes: &SecretBytes) {
    let (clock, cancel) = (ManualClock::at(NOW), AtomicBool::new(false));
    let patience = Patience { clock: &clock, wait: Duration::ZERO, cancel: &cancel, waiting: &|_: &Holder| {} };
    let loaded = collection.cache(key).load().expect("it is there");
    collection.remove(key, &loaded, &patience).expect("it is what was read");
    collection.create(key, bytes, None).expect("it is not there any more");
}

fn expired(cache: &Cache<'_>) -> Patch {
    prune(cache, &PruneOptions { filter: Filter { expired: true, ..Filter::default() }, now: NOW })
}

fn without_ada(cache: &Cache<'_>) -> Patch {
    forget(cache, &ForgetOptions { accounts: vec!["ada".to_owned()], clients: Vec::new() })
}

fn errand<'a>(propose: &'a dyn Fn(&Cache<'_>) -> Patch, drops_empty: bool) -> Errand<'a> {
    Errand { propose, unmatched: &|_| Vec::new(), drops_empty, now: NOW }
}

fn plan(collection: &Collection, errand: &Errand<'_>) -> Plan {
    Plan::make(collection, None, errand, &mut |_| {}).expect("memory can be read")
}

fn run(collection: &Collection, plan: &Plan, errand: &Errand<'_>, done: &mut dyn FnMut(&str, &Deed)) -> Outcome {
    run_until(collection, plan, errand, &AtomicBool::new(false), done)
}

fn run_until(
    collection: &Collection,
    plan: &Plan,
    errand: &Errand<'_>,
    cancel: &AtomicBool,
    done: &mut dyn FnMut(&str, &Deed),
) -> Outcome {
    let clock = ManualClock::at(NOW);
    let waiting = |_: &Holder| {};
    let patience = Patience { clock: &clock, wait: Duration::ZERO, cancel, waiting: &waiting };
    carry_out(collection, plan, errand, &patience, done)
}

fn text(collection: &Collection, key: &str) -> String {
    let mut text = Vec::new();
    let loaded = collection.cache(key).load().expect("it is there");
    loaded.document.write_to(&mut text).expect("memory");
    String::from_utf8(text).expect("text")
}

#[test]
fn a_plan_touches_the_caches_that_change_and_counts_the_others() {
    let collection = stocked();

    let plan = plan(&collection, &errand(&expired, false));

    assert_eq!(plan.keys.iter().collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(plan.removed, BTreeMap::from([("AT".to_owned(), 2)]));
    assert_eq!((plan.count.tally.caches, plan.count.empty, plan.count.no_cache), (3, 1, 1));
    assert_eq!(plan.severity, Some(Severity::Mild));
}

#[test]
fn each_cache_is_changed_and_nothing_else() {
    let collection = stocked();
    let errand = errand(&expired, false);
    let eve = text(&collection, "eve");

    let outcome = run(&collection, &plan(&collection, &errand), &errand, &mut |_, _| {});

    assert_eq!((outcome.changed, outcome.failed, outcome.left), (2, 0, 0));
    assert!(!text(&collection, "ada").contains("at-ada") && text(&collection, "ada").contains("rt-ada"));
    assert_eq!(text(&collection, "eve"), eve);
    assert!(plan(&collection, &errand).keys.len() == 0, "a second run finds nothing left to do");
}

#[test]
fn a_cache_that_another_process_renewed_meanwhile_keeps_its_new_token() {
    let collection = stocked();
    let errand = errand(&expired, false);
    let plan = plan(&collection, &errand);
    put(&collection, "bob", &cache("bob", 9000));

    let outcome = run(&collection, &plan, &errand, &mut |_, _| {});

    assert_eq!((outcome.changed, outcome.untouched), (1, 1));
    assert!(text(&collection, "bob").contains("at-bob"));
}

#[test]
fn a_cache_in_which_more_would_go_than_was_confirmed_stays() {
    let collection = stocked();
    let everything = |cache: &Cache<'_>| {
        let filter = Filter { accounts: vec!["bob".to_owned()], ..Filter::default() };
        let all = prune(cache, &PruneOptions { filter, now: NOW });
        if cache.document().sections().count() > 3 { all } else { expired(cache) }
    };
    let errand = errand(&everything, false);
    let plan = plan(&collection, &errand);
    put(&collection, "bob", &bytes(&text(&collection, "bob").replacen('{', r#"{"IdToken":{},"#, 1)));

    let outcome = run(&collection, &plan, &errand, &mut |_, _| {});

    assert_eq!((outcome.changed, outcome.failed), (1, 1));
    assert!(text(&collection, "bob").contains("rt-bob"));
}

#[test]
fn a_stop_comes_between_two_caches_and_the_next_run_does_the_rest() {
    let collection = stocked();
    let errand = errand(&expired, false);
    let cancel = AtomicBool::new(false);

    let stop = &mut |_: &str, _: &Deed| cancel.store(true, Ordering::Relaxed);
    let outcome = run_until(&collection, &plan(&collection, &errand), &errand, &cancel, stop);

    assert_eq!((outcome.changed, outcome.left), (1, 1));
    assert_eq!(plan(&collection, &errand).keys.iter().collect::<Vec<_>>(), ["bob"]);
}

#[test]
fn keys_go_when_nothing_is_left_and_only_when_asked_for() {
    let collection = stocked();
    let keep = errand(&without_ada, false);
    let kept = plan(&collection, &keep);
    assert_eq!((kept.emptied, kept.dropped, kept.keys.len()), (1, 0, 1));
    assert_eq!(kept.severity, Some(Severity::Severe { names: vec!["ada".to_owned(), "ada".to_owned()] }));

    let errand = errand(&without_ada, true);
    let plan = plan(&collection, &errand);
    assert_eq!((plan.emptied, plan.dropped, plan.keys.len()), (1, 2, 2));
    let outcome = run(&collection, &plan, &errand, &mut |_, _| {});

    assert_eq!((outcome.dropped, outcome.changed), (2, 0));
    let left: Vec<String> = collection.keys().map(|key| key.expect("memory")).collect();
    assert_eq!(left, ["bob", "eve", "odd"]);
}

#[test]
fn a_key_into_which_somebody_signed_in_meanwhile_stays() {
    let collection = stocked();
    let errand = errand(&expired, true);
    let plan = plan(&collection, &errand);
    put(&collection, "gone", &cache("zoe", 9000));

    let outcome = run(&collection, &plan, &errand, &mut |_, _| {});

    assert_eq!((outcome.dropped, outcome.untouched), (0, 1));
    assert!(text(&collection, "gone").contains("rt-zoe"));
}

#[test]
fn entries_that_an_app_puts_back_are_counted() {
    let collection = stocked();
    let errand = errand(&expired, false);

    let put_back = &mut |key: &str, _: &Deed| put(&collection, key, &cache(key, 900));
    let outcome = run(&collection, &plan(&collection, &errand), &errand, put_back);

    assert_eq!((outcome.changed, outcome.put_back, outcome.written_since), (2, 2, 0));
}

#[test]
fn a_name_that_one_cache_bears_is_matched_for_all() {
    let collection = stocked();
    let options = ForgetOptions { accounts: vec!["ada".to_owned(), "nobody".to_owned()], clients: Vec::new() };
    let unmatched = |roster: &Roster| options.unmatched(roster);
    let errand = Errand { unmatched: &unmatched, ..errand(&without_ada, false) };

    assert_eq!(plan(&collection, &errand).unmatched, Some(vec![("--account", "nobody".to_owned())]));
}

#[test]
fn a_place_that_refuses_one_after_another_is_not_asked_for_every_cache() {
    let keys: Vec<String> = (0..40).map(|user| format!("u{user}")).collect();
    let refused = Access { readonly: Some("the test".to_owned()), ..Access::default() };
    let collection = stocked_with(keys.iter().map(|key| (key.as_str(), cache("u", 900))).collect()).under(refused);
    let errand = errand(&expired, false);

    let outcome = run(&collection, &plan(&collection, &errand), &errand, &mut |_, _| {});

    assert_eq!((outcome.changed, outcome.failed, outcome.left), (0, IN_A_ROW, 42 - IN_A_ROW));
}

#[test]
fn a_session_keeps_the_rest_of_it_though_nothing_is_left_of_its_cache() {
    let session = serde_json::json!({ "user": "ada", "token_cache": cache_text("ada", 900) }).to_string();
    let collection = stocked_with(vec![("session", bytes(&session))]);
    let errand = errand(&without_ada, true);
    let plan = plan(&collection, &errand);

    let outcome = run(&collection, &plan, &errand, &mut |_, _| {});

    assert_eq!((plan.dropped, plan.in_sessions), (2, 1));
    assert_eq!((plan.emptied, plan.emptied_in_sessions), (2, 1));
    assert_eq!((outcome.dropped, outcome.changed), (2, 1));
    assert_ne!(collection.cache("session").load().expect("it is there").seal(), PLAINTEXT);
}

#[test]
fn a_value_that_only_looks_empty_is_nobodys_to_remove() {
    let collection = stocked_with(vec![("lock", bytes("")), ("settings", bytes("{}"))]);
    let errand = errand(&expired, true);

    let plan = plan(&collection, &errand);
    run(&collection, &plan, &errand, &mut |_, _| {});

    assert_eq!((plan.dropped, plan.in_sessions), (1, 0));
    let left: Vec<String> = collection.keys().map(|key| key.expect("memory")).collect();
    assert_eq!(left, ["ada", "bob", "eve", "lock", "odd", "settings"]);
}
