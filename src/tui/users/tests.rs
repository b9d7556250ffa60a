//! Rows and their order: health as time goes by, what is cut short, batches that come into an order.

use super::*;
use crate::cache::Health;
use crate::secret::SecretBytes;
use crate::source::{Access, Row, Source};

fn row(key: &str, text: &str, expires: Option<i64>) -> UserRow {
    let cache = Source::memory("m", SecretBytes::new(text.as_bytes().to_vec()), Access::default()).load();
    UserRow::of(&Row { key: key.to_owned(), expires: expires.map(UnixSeconds), cache })
}

/// A name, until when its access token lives, and whether a refresh token is there.
type Person<'a> = (&'a str, i64, bool);

/// A cache in which each account has an access token until some moment, and a refresh token or none.
fn cache(accounts: &[Person<'_>]) -> String {
    let id = |name: &str| format!(r#""home_account_id":"{name}.t","environment":"e","client_id":"c""#);
    let list = |of: &dyn Fn(&Person<'_>) -> Option<String>| {
        accounts
            .iter()
            .filter_map(|account| of(account).map(|text| format!(r#""{}":{{{text}}}"#, account.0)))
            .collect::<Vec<_>>()
            .join(",")
    };
    let access =
        list(&|(name, until, _)| Some(format!(r#"{},"realm":"t","secret":"s","expires_on":"{until}""#, id(name))));
    let refresh = list(&|(name, _, renews)| renews.then(|| format!(r#"{},"secret":"s""#, id(name))));
    let people = list(&|(name, ..)| Some(format!(r#"{},"realm":"t","username":"{name}""#, id(name))));
    format!(r#"{{"AccessToken":{{{access}}},"RefreshToken":{{{refresh}}},"Account":{{{people}}}}}"#)
}

#[test]
fn a_cache_stands_as_its_account_that_is_worst_off_at_each_moment() {
    let row = row("k", &cache(&[("ada", 100, true), ("bob", 200, false)]), None);

    let health = |now| row.health(UnixSeconds(now));
    assert_eq!(health(50), Some(Health::Ok));
    assert_eq!(health(150), Some(Health::Renews));
    assert_eq!(health(250), Some(Health::SignInNeeded));
    assert_eq!(row.accounts().collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(row.sum().map(|sum| sum.live(UnixSeconds(150))), Some(1));
}

#[test]
fn a_place_that_drops_a_cache_before_its_last_token_ends_cuts_it_short() {
    let text = cache(&[("ada", 100, true)]);

    assert!(row("k", &text, Some(99)).is_cut_short());
    assert!(!row("k", &text, Some(100)).is_cut_short() && !row("k", &text, None).is_cut_short());
    assert!(!row("k", "{}", Some(1)).is_cut_short());
}

#[test]
fn what_comes_in_batches_stands_in_the_same_order_as_what_comes_at_once() {
    let now = UnixSeconds(0);
    let names = ["m", "c", "Z", "a", "q", "b", "B", "y"];
    let rows =
        |names: &[&str]| names.iter().map(|name| row(name, &cache(&[(*name, 5, true)]), None)).collect::<Vec<_>>();
    for key in [UserSort::Came, UserSort::Key, UserSort::Account, UserSort::Size] {
        for direction in [Direction::Up, Direction::Down] {
            let order = UserOrder { key, direction };
            let shown = |batch: usize| {
                let (mut users, mut browse) = (Users { order, ..Users::default() }, Browse::default());
                names.chunks(batch).for_each(|names| users.extend(rows(names), &mut browse, now));
                browse.shown
            };
            assert_eq!(shown(3), shown(names.len()), "{order:?}");
            assert_eq!(shown(1), shown(names.len()), "{order:?}");
        }
    }
}

#[test]
fn a_line_of_the_list_is_small() {
    assert!(size_of::<UserRow>() <= 128, "{}", size_of::<UserRow>());
}
