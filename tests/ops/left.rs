//! What goes on working after accounts were taken out.

use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::{ForgetOptions, Left, effect, forget, home_ids};
use saltcellar::time::UnixSeconds;

use super::caches::{NOW, PEOPLE, document, people_with, roster};

fn left_of(document: &saltcellar::json::Document, account: &str) -> Left {
    let cache = Cache::of(document);
    let patch = forget(&cache, &ForgetOptions { accounts: vec![account.to_owned()], ..ForgetOptions::default() });
    Left::default().with(&cache, &patch, &effect(&cache, &patch, NOW), NOW)
}

#[test]
fn what_works_on_is_counted_with_the_moment_when_it_ends() {
    let left = left_of(&document(PEOPLE), "ada@contoso.com");

    assert_eq!((left.access_tokens, left.refresh_tokens), (2, 1));
    assert_eq!(left.until, Some(UnixSeconds(1_700_003_120)));
    assert!(!left.broker);
}

#[test]
fn dead_tokens_leave_nothing_at_work() {
    let left = left_of(&document(PEOPLE), "bob@fabrikam.com");

    assert_eq!((left.access_tokens, left.refresh_tokens, left.until), (0, 0, None));
}

#[test]
fn a_broker_is_named_even_while_an_access_token_lives() {
    let brokered = r#""username":"bob@fabrikam.com","account_source":"broker""#;
    let live = PEOPLE.replace(r#""1699996400""#, r#""1700003600""#);
    let bob = document(&live.replace(r#""username":"bob@fabrikam.com""#, brokered));

    let left = left_of(&bob, "bob@fabrikam.com");

    assert_eq!(left.access_tokens, 1);
    assert!(left.broker);
    assert!(!left_of(&document(&live), "bob@fabrikam.com").broker);
}

#[test]
fn several_caches_add_up_to_the_latest_moment() {
    let first = document(PEOPLE);
    let second = people_with("1700003120", "1700009999");
    let cache = Cache::of(&second);
    let patch = forget(&cache, &ForgetOptions { accounts: vec!["ada.contoso-id".into()], ..ForgetOptions::default() });

    let both = left_of(&first, "ada.contoso-id").with(&cache, &patch, &effect(&cache, &patch, NOW), NOW);

    assert_eq!((both.access_tokens, both.refresh_tokens), (4, 2));
    assert_eq!(both.until, Some(UnixSeconds(1_700_009_999)));
}

#[test]
fn a_user_name_leads_to_the_ids_under_which_its_tokens_lie_elsewhere() {
    let rosters: [Roster; 1] = [roster(&document(PEOPLE))];

    assert_eq!(home_ids(&rosters, "ADA@contoso.com"), ["ada.contoso-id"]);
    assert_eq!(home_ids(&rosters, "ada.CONTOSO-id"), ["ada.contoso-id"]);
    assert!(home_ids(&rosters, "nobody").is_empty());
}
