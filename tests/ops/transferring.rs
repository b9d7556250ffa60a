//! What goes to another place, what is found there again, and what may then be taken out here.

use saltcellar::cache::Cache;
use saltcellar::json::{Document, Path};
use saltcellar::ops::transfer::{Gone, Load, LoadOptions, arrived, choose, leave, paths};
use saltcellar::time::UnixSeconds;

use super::caches::{NOW, PEOPLE, document, people_with, words};

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
fn what_was_written_here_meanwhile_is_not_taken_out() {
    let people = document(PEOPLE);
    let (gone, _) = went(&people, &people);
    let renewed = people_with("AT-bob-graph-0123456789", "AT-bob-graph-renewed");

    let patch = leave(&Cache::of(&renewed), &gone);

    let words = words(&patch);
    assert!(!words.iter().any(|word| word.contains("bob-graph")), "{words:?}");
    assert!(words.iter().any(|word| word.contains("bob-home")), "{words:?}");
    // Its token stays, and so does what is said of its app.
    assert!(!words.iter().any(|word| word.contains("appmetadata-mine")), "{words:?}");
    assert!(words.iter().any(|word| word.contains("appmetadata-az")), "{words:?}");
}
