//! What goes to another place, what is found there again, and what may then be taken out here.

use saltcellar::cache::Cache;
use saltcellar::json::{Document, Path};
use saltcellar::ops::transfer::{Gone, Load, LoadOptions, Remains, arrived, choose, leave, paths, remain};
use saltcellar::time::UnixSeconds;

use super::caches::{NOW, PEOPLE, document, people_with, roster, text, words};

fn chosen(document: &Document, account: &str, until: Option<UnixSeconds>) -> Load {
    choose(&Cache::of(document), &LoadOptions { account: Some(account.to_owned()), until }, NOW)
}

/// The keys of what goes.
fn keys(document: &Document, load: &Load) -> Vec<String> {
    let cache = Cache::of(document);
    paths(&cache, load).iter().map(|path| path.to_string().rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

fn left(load: &Load) -> Vec<String> {
    load.left.iter().map(|(path, why)| format!("{path}: {why}")).collect()
}

#[test]
fn a_box_holds_access_tokens_that_end_in_time_with_their_account_and_app_alone() {
    let people = document(PEOPLE);

    let load = chosen(&people, "ada@contoso.com", Some(NOW.plus(1000)));

    assert_eq!(keys(&people, &load), ["ada-guest", "ada-home", "ada-guest", "appmetadata-code"]);
    assert_eq!(load.tokens, 1);
    assert_eq!(
        left(&load),
        [
            "/AccessToken/ada-graph: good for 52m, longer than asked for",
            "/AccessToken/ada-vault: expired 3d ago",
            "/AccessToken/ada-odd: no expiry that can be read",
        ]
    );
}

#[test]
fn an_account_takes_the_metadata_of_its_apps_along_and_of_no_other_cloud() {
    let people = document(PEOPLE);
    let bob = chosen(&people, "bob@fabrikam.com", None);
    assert_eq!(keys(&people, &bob), ["bob-graph", "bob-home", "appmetadata-mine"]);

    let elsewhere = people_with(
        r#"{"client_id":"my-app","environment":"login.microsoftonline.com"}"#,
        r#"{"client_id":"my-app","environment":"login.microsoftonline.us"}"#,
    );
    let bob = chosen(&elsewhere, "bob@fabrikam.com", None);
    assert_eq!(keys(&elsewhere, &bob), ["bob-graph", "bob-home"]);
}

/// What went of `from` to `to`, and what did not come.
fn went(from: &Document, to: &Document) -> (Vec<Gone>, Vec<Path>) {
    let cache = Cache::of(from);
    arrived(&cache, &Cache::of(to), &paths(&cache, &Load::default()))
}

#[test]
fn only_what_stands_there_with_the_same_value_has_arrived() {
    let people = document(PEOPLE);
    let altered = people_with("AT-bob-graph-0123456789", "AT-bob-graph-other");

    let (gone, missing) = went(&people, &altered);

    let all = Cache::of(&people).entries().count();
    assert_eq!((gone.len(), missing.len()), (all - 1, 1));
    assert_eq!(missing.first().map(ToString::to_string).as_deref(), Some("/AccessToken/bob-graph"));
    assert_eq!(went(&people, &document("{}")).1.len(), all);
}

#[test]
fn what_was_written_here_meanwhile_is_not_taken_out_nor_the_account_that_it_is_for() {
    let people = document(PEOPLE);
    let (gone, _) = went(&people, &people);
    let renewed = people_with("AT-bob-graph-0123456789", "AT-bob-graph-renewed");

    let patch = leave(&Cache::of(&renewed), &gone);

    let words = words(&patch);
    assert!(!words.iter().any(|word| word.contains("bob-graph")), "{words:?}");
    // Its token stays, and so does its account, and what is said of its app.
    assert!(!words.iter().any(|word| word.contains("bob-home")), "{words:?}");
    assert!(words.iter().any(|word| word.contains("ada-home")), "{words:?}");
    let remains = remain(&Cache::of(&renewed), &gone);
    assert_eq!(remains, [Remains { account: "bob@fabrikam.com".to_owned(), tokens: 1 }]);
    assert_eq!(remain(&Cache::of(&people), &gone), []);
    assert!(!words.iter().any(|word| word.contains("appmetadata-mine")), "{words:?}");
    assert!(words.iter().any(|word| word.contains("appmetadata-az")), "{words:?}");
}

/// Two tokens of one app, one of them good until `NOW` + 60, with their account and metadata.
const APP: &str = r#"{"AccessToken":{
  "soon":{"secret":"a","home_account_id":"u.t","environment":"login.windows.net","client_id":"C","realm":"t","target":"s","expires_on":"1700000060"},
  "late":{"secret":"b","home_account_id":"u.t","environment":"login.windows.net","client_id":"C","realm":"t","target":"s2","expires_on":"1700009999"}},
"RefreshToken":{"rt":{"secret":"r","home_account_id":"u.t","environment":"login.windows.net","client_id":"C"}},
"Account":{"acc":{"home_account_id":"u.t","environment":"login.windows.net","realm":"t","username":"ada"},
  "other":{"home_account_id":"v.t","environment":"login.windows.net","realm":"t","username":"bob","client_id":"z"}},
"AppMetadata":{"am":{"client_id":"c","environment":"login.microsoftonline.com"},"am-z":{"client_id":"z","environment":"login.windows.net"}}}"#;

#[test]
fn a_token_that_ends_at_the_very_moment_goes_and_its_app_is_known_by_any_name_of_its_cloud() {
    let app = document(APP);

    let load = chosen(&app, "ada", Some(NOW.plus(60)));

    assert_eq!((keys(&app, &load), load.tokens), (vec!["soon".to_owned(), "acc".to_owned(), "am".to_owned()], 1));
    assert_eq!(left(&load), ["/AccessToken/late: good for 2h46, longer than asked for"]);
    let all = chosen(&app, "ada", None);
    assert_eq!((keys(&app, &all).len(), all.tokens), (5, 3));
}

#[test]
fn without_an_account_a_time_takes_the_tokens_of_all_and_nothing_takes_all() {
    let app = document(APP);
    let choose = |options: &LoadOptions| choose(&Cache::of(&app), options, NOW);

    let timed = choose(&LoadOptions { account: None, until: Some(NOW.plus(60)) });
    assert_eq!(keys(&app, &timed), ["soon", "acc", "other", "am"]);
    let whole = choose(&LoadOptions::default());
    assert!(whole.spots.is_none() && whole.tokens == 3, "{whole:?}");
    assert_eq!(keys(&app, &whole).len(), 7);
}

#[test]
fn a_section_that_is_no_object_goes_with_the_whole_cache_and_is_found_by_its_name() {
    let odd = document(r#"{"L":[1],"A":{"k":1},"L":7}"#);
    let cache = Cache::of(&odd);
    let told = |load: &Load| paths(&cache, load).iter().map(ToString::to_string).collect::<Vec<_>>();

    assert_eq!(told(&Load::default()), ["/L", "/A/k", "/L#2"]);
    let only = Load { spots: Some(std::collections::BTreeSet::default()), ..Load::default() };
    assert_eq!(told(&only), <[String; 0]>::default());
    let (gone, missing) = went(&odd, &document(r#"{"A":{"j":0},"A":{"k":0,"k":1},"L":0,"L":[1]}"#));
    assert_eq!(gone.iter().map(|one| one.path.to_string()).collect::<Vec<_>>(), ["/L", "/A/k"]);
    assert_eq!(missing.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/L#2"]);
}

#[test]
fn an_entry_leaves_even_if_its_app_stays_and_metadata_leaves_once_no_token_is_left() {
    let app = document(APP);
    let (gone, _) = went(&app, &app);

    assert_eq!(leave(&Cache::of(&app), &gone).changes.len(), 7);
    let one: Vec<Gone> = gone.iter().filter(|one| one.path.to_string().ends_with("/soon")).cloned().collect();
    assert_eq!(words(&leave(&Cache::of(&app), &one)), ["- AccessToken/soon: it stands at the other place now"]);
    let but_one: Vec<Gone> = gone.into_iter().filter(|one| !one.path.to_string().ends_with("/rt")).collect();
    let words = words(&leave(&Cache::of(&app), &but_one));
    let stays = ["- AppMetadata/am:", "- Account/acc:", "- RefreshToken/rt:"];
    assert!(words.len() == 4 && !words.iter().any(|word| stays.iter().any(|it| word.starts_with(it))), "{words:?}");
    assert!(words.iter().any(|word| word.starts_with("- Account/other:")), "{words:?}");
}

#[test]
fn no_token_that_stays_becomes_an_orphan_whichever_went() {
    let people = document(PEOPLE);
    let orphans = |document: &Document| roster(document).rows.iter().filter(|row| row.orphan).count();
    let (all, before) = (went(&people, &people).0, orphans(&people));

    for stays in &all {
        let gone: Vec<Gone> = all.iter().filter(|one| one.path != stays.path).cloned().collect();
        let (after, _) = people.apply(&leave(&Cache::of(&people), &gone)).expect("it fits");

        let known = usize::from(stays.path.to_string() == "/AccessToken/orphan");
        assert_eq!(orphans(&after), known * before, "without {}: {}", stays.path, text(&after));
    }
}

#[test]
fn an_account_of_which_another_library_says_more_has_arrived_and_leaves_with_its_tokens() {
    let app = document(APP);
    let (here, there) =
        (Cache::of(&app), document(&APP.replace("\"username\":\"ada\"", "\"username\":\"ada\",\"name\":\"Ada\"")));
    let renamed = document(&APP.replacen(
        "\"Account\":{\"acc\":{\"home_account_id\":\"u.t\"",
        "\"Account\":{\"acc\":{\"home_account_id\":\"w.t\"",
        1,
    ));

    let (gone, missing) = went(&app, &there);
    assert_eq!((gone.len(), missing.len()), (7, 0));
    assert_eq!(leave(&here, &gone).changes.len(), 7);
    // Of another person's nothing has arrived.
    assert_eq!(went(&app, &renamed).1.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/Account/acc"]);
}
