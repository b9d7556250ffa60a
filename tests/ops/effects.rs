//! What a patch means: severity, names to type, who must sign in.

use saltcellar::cache::Cache;
use saltcellar::json::{Document, Layout, Patch};
use saltcellar::ops::{
    Effect, Filter, ForgetOptions, PruneOptions, RenewOptions, Severity, TokenType, effect, effect_while, forget,
    prune, renew, reserialise,
};

use super::caches::{AZ, NOW, PEOPLE, document, people_with};

fn pruning(document: &Document, filter: Filter) -> Effect {
    let cache = Cache::of(document);
    effect(&cache, &prune(&cache, &PruneOptions { filter, now: NOW }), NOW)
}

fn forgetting(document: &Document, options: &ForgetOptions) -> Effect {
    let cache = Cache::of(document);
    effect(&cache, &forget(&cache, options), NOW)
}

fn named(names: &[&str]) -> Severity {
    Severity::Severe { names: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn expired_tokens_are_a_mild_matter() {
    let effect = pruning(&document(PEOPLE), Filter { expired: true, ..Filter::default() });

    assert_eq!(effect.severity, Severity::Mild);
    assert_eq!(effect.counts.first(), Some(&("AT".to_owned(), 2, 5)));
    assert_eq!((effect.live_tokens_gone, effect.refresh_tokens_gone), (0, 0));
    assert!(effect.bytes.1 < effect.bytes.0);
}

#[test]
fn a_live_token_an_id_token_or_a_new_layout_is_a_moderate_matter() {
    let document = document(PEOPLE);
    let graph = Filter { resources: vec!["graph".to_owned()], ..Filter::default() };
    let ids = Filter { types: vec![TokenType::IdToken], ..Filter::default() };
    let cache = Cache::of(&document);

    assert_eq!(pruning(&document, graph).severity, Severity::Moderate);
    assert_eq!(pruning(&document, ids).severity, Severity::Moderate);
    assert_eq!(effect(&cache, &reserialise(&cache, Layout::Compact), NOW).severity, Severity::Moderate);
}

#[test]
fn renewing_live_tokens_is_a_mild_matter() {
    let document = document(PEOPLE);
    let cache = Cache::of(&document);
    let options = RenewOptions { accounts: Vec::new(), resources: Vec::new(), clients: Vec::new(), now: NOW };

    let effect = effect(&cache, &renew(&cache, &options), NOW);

    assert_eq!(effect.severity, Severity::Mild);
    assert_eq!((effect.live_tokens_gone, effect.renews), (2, true));
}

#[test]
fn forgetting_an_account_takes_one_of_its_names_and_tells_who_shares_its_family() {
    let options = ForgetOptions { accounts: vec!["ada@contoso.com".to_owned()], ..ForgetOptions::default() };

    let effect = forgetting(&document(PEOPLE), &options);

    assert_eq!(effect.severity, named(&["Ada@Contoso.com", "ada.contoso-id"]));
    assert_eq!(effect.accounts_gone, ["Ada@Contoso.com"]);
    assert_eq!(effect.refresh_tokens_gone, 1);
    assert_eq!(effect.family_apps, ["Visual Studio Code"]);
    assert!(!effect.renews);
}

#[test]
fn a_family_that_keeps_a_refresh_token_still_renews() {
    let second = r#""RefreshToken": {"other-refreshtoken-my-app": {"credential_type":"RefreshToken","secret":"RT2","home_account_id":"ada.contoso-id","environment":"login.windows.net","client_id":"my-app","family_id":"1"},"#;
    let document = people_with(r#""RefreshToken": {"#, second);
    let options = ForgetOptions { clients: vec![AZ.to_owned()], ..ForgetOptions::default() };

    let effect = forgetting(&document, &options);

    assert_eq!(effect.family_apps, [""; 0]);
    assert!(effect.renews);
    assert_eq!(effect.severity, named(&["Ada@Contoso.com", "ada.contoso-id"]));
}

#[test]
fn several_accounts_are_named_by_what_they_have_in_common() {
    let document = document(PEOPLE);
    let both = ForgetOptions {
        accounts: vec!["ada@contoso.com".to_owned(), "bob@fabrikam.com".to_owned()],
        ..ForgetOptions::default()
    };

    assert_eq!(forgetting(&document, &both).severity, named(&[]));

    let twins = people_with(r#""username":"bob@fabrikam.com""#, r#""username":"Ada@Contoso.com""#);
    let name = ForgetOptions { accounts: vec!["ada@contoso.com".to_owned()], ..ForgetOptions::default() };
    assert_eq!(forgetting(&twins, &name).severity, named(&["Ada@Contoso.com"]));
}

#[test]
fn an_account_with_an_entry_left_is_not_gone() {
    let filter =
        Filter { types: vec![TokenType::Account], tenants: vec!["fabrikam-id".to_owned()], ..Filter::default() };
    let document = document(PEOPLE);

    let effect = pruning(&document, Filter { accounts: vec!["ada.contoso-id".to_owned()], ..filter });

    assert_eq!(effect.accounts_gone, [""; 0]);
    assert_eq!(effect.severity, Severity::Moderate);
}

#[test]
fn an_empty_patch_does_nothing_to_anyone() {
    let document = document(PEOPLE);

    let effect = effect(&Cache::of(&document), &Patch::new("Nothing"), NOW);

    assert_eq!(effect.severity, Severity::Mild);
    assert_eq!(effect.resurrecting, [""; 0]);
    assert_eq!(effect.bytes.0, effect.bytes.1);
}

#[test]
fn what_a_change_means_is_left_in_the_middle_as_soon_as_nobody_waits_for_it() {
    let token = |at: u32| format!(r#""k{at}":{{"home_account_id":"u.t","environment":"h","secret":"s{at}"}}"#);
    let tokens: Vec<String> = (0..100).map(token).collect();
    let document = document(&format!(r#"{{"IdToken":{{{}}}}}"#, tokens.join(",")));
    let cache = Cache::of(&document);
    let filter = Filter { types: vec![TokenType::IdToken], ..Filter::default() };
    let patch = prune(&cache, &PruneOptions { filter, now: NOW });
    let asked = |last: usize| {
        let count = std::cell::Cell::new(0);
        let found = effect_while(&cache, &patch, NOW, &|| {
            count.set(count.get() + 1);
            count.get() <= last
        });
        (found.is_some(), count.get())
    };
    let (is_told, all) = asked(usize::MAX);

    assert_eq!(patch.changes.len(), 100);
    assert!(is_told && all > 100, "it is asked for each entry: {all}");
    for last in 0..all {
        let (is_told, count) = asked(last);
        assert!(!is_told && count <= last + 6, "stopped at {last} of {all}, it asked {count} times");
    }
}
