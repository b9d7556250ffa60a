//! What an import takes in: everything new as it is, nothing older over something newer, nothing of a redacted copy.

use saltcellar::cache::Cache;
use saltcellar::json::{Document, Step};
use saltcellar::ops::export::redacted;
use saltcellar::ops::import::{Fate, Import, ImportError, ImportOptions, Prefer, import};
use saltcellar::ops::merge::{MergeError, merge};
use saltcellar::secret::Pepper;

use super::caches::{PEOPLE, document, text, words};

fn took(mine: &Document, theirs: &Document, prefer: Prefer) -> Import {
    let options = ImportOptions { prefer, only: None };
    import(&Cache::of(mine), &Cache::of(theirs), &options).expect("nothing is refused")
}

fn after(mine: &Document, import: &Import) -> String {
    text(&mine.apply(&import.patch).expect("it fits").0)
}

fn fates(import: &Import) -> Vec<Fate> {
    import.arrivals.iter().map(|arrival| arrival.fate).collect()
}

/// A cache of one refresh token, changed at `at`.
fn token(secret: &str, at: &str) -> Document {
    document(&format!(
        r#"{{"RefreshToken":{{"k":{{"credential_type":"RefreshToken","secret":"{secret}","last_modification_time":{at}}}}}}}"#
    ))
}

#[test]
fn what_is_new_comes_byte_for_byte_in_the_layout_that_stands_there() {
    let mine = document("{\n    \"AccessToken\": {\n        \"a\": {}\n    }\n}");
    let theirs =
        document(r#"{"AccessToken":{"\u0062":{ "n" :1.50e+3,"s":"\ud800"},"b":[]},"Account":{"c":{"x":null}},"L":7}"#);

    let import = took(&mine, &theirs, Prefer::Later);

    assert_eq!(
        after(&mine, &import),
        "{\n    \"AccessToken\": {\n        \"a\": {},\n        \"\\u0062\": { \"n\" :1.50e+3,\"s\":\"\\ud800\"},\n        \
         \"b\": []\n    },\n    \"L\": 7,\n    \"Account\": {\n        \"c\": {\"x\":null}\n    }\n}"
    );
    assert_eq!(import.patch.title, "Import 4 items");
}

#[test]
fn a_cache_of_no_bytes_becomes_the_other_text() {
    let theirs = document("{\n  \"AccessToken\": {\n    \"é\": {\"s\":1}\n  },\n  \"E\": {}\n}");

    let import = took(&document(""), &theirs, Prefer::Later);

    assert_eq!(after(&document(""), &import), text(&theirs));
}

#[test]
fn the_same_value_is_left_alone_whatever_its_layout_and_escapes() {
    let mine = document(r#"{"A":{"k":{"a":"\u00e9","b":[1,{"c":2}]},"l":"1"}}"#);
    let theirs = document("{\"A\": {\"k\": {\"b\": [1, {\"c\": 2}], \"a\": \"é\"},\n \"l\": 1}}");

    let import = took(&mine, &theirs, Prefer::Later);

    assert_eq!(fates(&import), [Fate::Same, Fate::Stays("neither is known to be newer")]);
    assert!(import.patch.is_empty());
}

#[test]
fn an_older_token_never_takes_the_place_of_a_newer_one() {
    let (old, new) = (token("old", "\"100\""), token("new", "200"));

    for prefer in [Prefer::Later, Prefer::Mine, Prefer::Theirs] {
        let import = took(&new, &old, prefer);
        assert_eq!(fates(&import), [Fate::Stays("what stands here is newer")], "{prefer:?}");
        assert!(import.patch.is_empty());
    }
    assert_eq!(words(&took(&old, &new, Prefer::Later).patch), ["~ RefreshToken/k: it is newer"]);
    assert_eq!(after(&old, &took(&old, &new, Prefer::Theirs)), text(&new));
    assert_eq!(fates(&took(&old, &new, Prefer::Mine)), [Fate::Stays("this cache is preferred")]);
}

#[test]
fn where_no_time_tells_the_wish_decides() {
    let (mine, theirs) = (token("mine", "\"soon\""), token("theirs", "\"200\""));

    assert!(took(&mine, &theirs, Prefer::Later).patch.is_empty());
    assert!(took(&mine, &theirs, Prefer::Mine).patch.is_empty());
    assert_eq!(words(&took(&mine, &theirs, Prefer::Theirs).patch), ["~ RefreshToken/k: the other cache is preferred"]);
}

#[test]
fn of_members_of_one_name_the_last_counts() {
    let mine = document(r#"{"A":{"k":{"cached_at":"1"},"k":{"cached_at":"2"}}}"#);
    let theirs = document(r#"{"A":{"k":{"cached_at":"9"},"k":{"cached_at":"3"}}}"#);

    let import = took(&mine, &theirs, Prefer::Later);

    assert_eq!(words(&import.patch), ["~ A/k#2: it is newer"]);
    assert_eq!(after(&mine, &import), r#"{"A":{"k":{"cached_at":"1"},"k":{"cached_at":"3"}}}"#);
    assert!(matches!(fates(&import).as_slice(), [Fate::Stays(_), Fate::Replaces(_)]));
}

#[test]
fn an_ascii_cache_stays_ascii() {
    let (mine, theirs) = (document(r#"{"A":{"a":1}}"#), document(r#"{"A":{"é":{"n":"山🔑"}}}"#));

    assert_eq!(
        after(&mine, &took(&mine, &theirs, Prefer::Later)),
        r#"{"A":{"a":1,"\u00e9":{"n":"\u5c71\ud83d\udd11"}}}"#
    );
}

#[test]
fn accounts_that_are_new_here_are_named_once() {
    let mine = document(r#"{"Account":{"k":{"home_account_id":"ADA.contoso-id"}}}"#);

    let import = took(&mine, &document(PEOPLE), Prefer::Later);

    assert_eq!(import.new_accounts, ["bob@fabrikam.com"]);
}

#[test]
fn a_redacted_copy_is_refused() {
    let people = document(PEOPLE);
    let copy = document(&redacted(&Cache::of(&people), &Pepper::random()).expect("it can be redacted"));

    let into = |mine: &Document, theirs: &Document| {
        import(&Cache::of(mine), &Cache::of(theirs), &ImportOptions::default()).map(|_| ()).expect_err("it is refused")
    };

    assert_eq!(into(&people, &copy), ImportError::Redacted);
    let merged = |caches: &[Document]| merge(caches, &ImportOptions::default()).map(|_| ()).expect_err("it is refused");
    assert_eq!(merged(&[copy.clone(), people.clone()]), MergeError::Refused(0, ImportError::Redacted));
    assert_eq!(merged(&[people, copy]), MergeError::Refused(1, ImportError::Redacted));
}

#[test]
fn a_section_that_cannot_take_entries_is_refused() {
    let mine = document(r#"{"Account":null}"#);
    let theirs = document(r#"{"Account":{"k":{}}}"#);

    let refused = import(&Cache::of(&mine), &Cache::of(&theirs), &ImportOptions::default());

    assert_eq!(refused.map(|_| ()), Err(ImportError::NotAnObject("Account".to_owned())));
}

#[test]
fn of_two_sections_of_one_name_the_last_takes_what_comes() {
    let mine = document(r#"{"A":{"a":1},"A":{"b":2}}"#);

    let import = took(&mine, &document(r#"{"A":{"c":3}}"#), Prefer::Later);

    assert_eq!(after(&mine, &import), r#"{"A":{"a":1},"A":{"b":2,"c":3}}"#);
}

#[test]
fn only_what_was_chosen_comes_even_into_nothing() {
    let theirs = document(r#"{"A":{"a":1,"b":2},"E":{},"L":7}"#);
    let only = theirs.spot(&saltcellar::json::Path(vec![Step::first("A"), Step::first("b")]));
    let options = ImportOptions { prefer: Prefer::Later, only: Some(only.into_iter().collect()) };
    let into = |mine: &str| {
        let mine = document(mine);
        let import = import(&Cache::of(&mine), &Cache::of(&theirs), &options).expect("nothing is refused");
        after(&mine, &import).replace(char::is_whitespace, "")
    };

    assert_eq!(into(""), r#"{"A":{"b":2}}"#);
    assert_eq!(into("{}"), r#"{"A":{"b":2}}"#);
}

#[test]
fn an_id_token_is_as_new_as_it_says_itself() {
    let token = |iat: u32| {
        use base64::Engine as _;
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{{\"iat\":{iat}}}"));
        document(&format!(r#"{{"IdToken":{{"k":{{"credential_type":"IdToken","secret":"e30.{claims}.x"}}}}}}"#))
    };

    assert_eq!(fates(&took(&token(100), &token(200), Prefer::Later)), [Fate::Replaces("it is newer")]);
    assert_eq!(fates(&took(&token(200), &token(100), Prefer::Theirs)), [Fate::Stays("what stands here is newer")]);
}

#[test]
fn doubled_members_that_are_the_same_on_both_sides_are_left_alone() {
    let both = r#"{"A":{"k":{"x":1},"k":{"x":2}}}"#;

    let import = took(&document(both), &document(both), Prefer::Theirs);

    assert_eq!(fates(&import), [Fate::Same, Fate::Same]);
    assert!(import.patch.is_empty());
}

#[test]
fn a_merge_prefers_what_it_is_told_to_prefer() {
    let caches = [token("mine", "\"soon\""), token("theirs", "\"200\"")];
    let merged = |prefer| text(&merge(&caches, &ImportOptions { prefer, only: None }).expect("they fit").document);

    assert!(merged(Prefer::Later).contains("mine") && merged(Prefer::Theirs).contains("theirs"));
}

#[test]
fn nothing_comes_of_nothing() {
    let import = took(&document(""), &document(r#"{"A":{}}"#), Prefer::Later);

    assert!(import.patch.is_empty());
    // A section that takes nothing may be anything.
    assert!(took(&document(r#"{"A":7}"#), &document(r#"{"A":{}}"#), Prefer::Later).patch.is_empty());
}

#[test]
fn a_section_that_is_no_object_comes_only_with_the_whole_cache_and_where_none_stands() {
    let theirs = document(r#"{"A":{"a":1},"L":[1, 2]}"#);
    let only = theirs.spot(&saltcellar::json::Path(vec![Step::first("A"), Step::first("a")]));
    let some = ImportOptions { prefer: Prefer::Later, only: Some(only.into_iter().collect()) };

    let chosen = import(&Cache::of(&document("{}")), &Cache::of(&theirs), &some).expect("nothing is refused");
    assert_eq!(words(&chosen.patch), ["+ A: new here"]);
    assert_eq!(fates(&took(&document(r#"{"L":[1,2]}"#), &theirs, Prefer::Theirs)), [Fate::New, Fate::Same]);
    let other = fates(&took(&document(r#"{"L":[2,1]}"#), &theirs, Prefer::Theirs));
    assert_eq!(other, [Fate::New, Fate::Stays("a section of that name stands here")]);
}

#[test]
fn doubles_are_the_same_only_if_each_of_them_is() {
    let mine = document(r#"{"A":{"k":{"x":1},"k":{"x":2}}}"#);

    let fewer = took(&mine, &document(r#"{"A":{"k":{"x":1}}}"#), Prefer::Theirs);
    assert_eq!(words(&fewer.patch), ["~ A/k#2: the other cache is preferred"]);
    let turned = took(&mine, &document(r#"{"A":{"k":{"x":2},"k":{"x":3}}}"#), Prefer::Theirs);
    assert_eq!(fates(&turned), [Fate::Same, Fate::Replaces("the other cache is preferred")]);
}

#[test]
fn a_wish_never_brings_an_older_token_and_never_takes_mine_away() {
    let token = |secret: &str, times: &str| {
        document(&format!(
            r#"{{"AccessToken":{{"k":{{"credential_type":"AccessToken","secret":"{secret}",{times}}}}}}}"#
        ))
    };
    let fate = |mine: &str, theirs: &str, prefer| fates(&took(&token("m", mine), &token("t", theirs), prefer));
    let stays = |why| vec![Fate::Stays(why)];
    let (one, two) = (r#""cached_at":"1""#, r#""cached_at":"2""#);

    assert_eq!(fate(two, one, Prefer::Theirs), stays("what stands here is newer"));
    assert_eq!(fate(one, two, Prefer::Mine), stays("this cache is preferred"));
    assert_eq!(fate(one, one, Prefer::Mine), stays("this cache is preferred"));
    assert_eq!(fate(one, one, Prefer::Later), stays("neither is known to be newer"));
    assert_eq!(fate(one, one, Prefer::Theirs), [Fate::Replaces("the other cache is preferred")]);
    assert_eq!(fate(r#""x":1"#, r#""x":2"#, Prefer::Later), stays("neither is known to be newer"));
}

#[test]
fn the_first_time_that_differs_tells_the_change_then_the_birth_then_the_end() {
    let token = |modified: u8, cached: u8, expires: u8| {
        document(&format!(
            r#"{{"AccessToken":{{"k":{{"secret":"{modified}{cached}{expires}","last_modification_time":"{modified}","cached_at":"{cached}","expires_on":"{expires}"}}}}}}"#
        ))
    };
    let newer = |mine, theirs| fates(&took(&mine, &theirs, Prefer::Later)) == [Fate::Replaces("it is newer")];

    assert!(newer(token(1, 9, 9), token(2, 1, 1)) && !newer(token(2, 1, 1), token(1, 9, 9)));
    assert!(newer(token(1, 1, 9), token(1, 2, 1)) && !newer(token(1, 2, 1), token(1, 1, 9)));
    assert!(newer(token(1, 1, 1), token(1, 1, 2)) && !newer(token(1, 1, 2), token(1, 1, 1)));
}

#[test]
fn only_an_id_token_is_asked_when_it_was_issued() {
    let token =
        |section: &str, payload: &str| document(&format!(r#"{{"{section}":{{"k":{{"secret":"e30.{payload}.x"}}}}}}"#));
    // {"iat":1} and {"iat":2}
    let (one, two) = ("eyJpYXQiOjF9", "eyJpYXQiOjJ9");

    assert_eq!(
        fates(&took(&token("AccessToken", one), &token("AccessToken", two), Prefer::Later)),
        [Fate::Stays("neither is known to be newer")]
    );
    assert_eq!(
        fates(&took(&token("IdToken", one), &token("IdToken", two), Prefer::Later)),
        [Fate::Replaces("it is newer")]
    );
}

#[test]
fn a_cache_that_is_not_ascii_takes_letters_as_they_are() {
    let (mine, theirs) = (document(r#"{"A":{"ö":1}}"#), document(r#"{"A":{"é":1}}"#));

    assert_eq!(after(&mine, &took(&mine, &theirs, Prefer::Later)), r#"{"A":{"ö":1,"é":1}}"#);
}

#[test]
fn values_are_the_same_by_what_they_say_and_lists_by_their_order() {
    use saltcellar::ops::import::is_same;

    assert!(is_same(r#"{"a":1,"b":[1,2]}"#, r#"{ "b": [1, 2], "a": 1 }"#));
    assert!(is_same(r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":1,"c":2}}"#) && is_same("[]", "[ ]"));
    assert!(!is_same("[1,2]", "[2,1]") && !is_same(r#"{"a":"1"}"#, r#"{"a":1}"#) && !is_same(r#""1""#, "1"));
    assert!(!is_same(r#"{"a":[1,2,3,4]}"#, r#"{"a":[1,3,2,4]}"#));
    assert!(!is_same(r#"{"a":1}"#, r#"{"a":1,"b":2}"#) && !is_same(r#"{"a":[1],"b":2}"#, r#"{"a":[1,2],"b":2}"#));
}

#[test]
fn an_account_that_is_only_replaced_is_not_new_and_one_without_a_name_is_called_by_its_id() {
    let account = |id: &str, name: &str| {
        document(&format!(r#"{{"Account":{{"k-{id}":{{"home_account_id":"{id}","username":"{name}"}}}}}}"#))
    };

    assert_eq!(took(&document("{}"), &account("u.t", ""), Prefer::Later).new_accounts, ["u.t"]);
    let replaced = took(&account("u.t", "old"), &account("u.t", "new"), Prefer::Theirs);
    assert_eq!((replaced.new_accounts.len(), replaced.patch.title.as_str()), (0, "Import 1 item"));
    // A token of somebody makes nobody known.
    let token = document(r#"{"AccessToken":{"k":{"home_account_id":"u.t"}}}"#);
    assert_eq!(took(&token, &account("u.t", "ada"), Prefer::Later).new_accounts, ["ada"]);
    assert_eq!(took(&document("{}"), &token, Prefer::Later).new_accounts, <[String; 0]>::default());
}

#[test]
fn what_its_last_member_says_is_the_same_and_an_account_that_does_not_come_is_not_new() {
    let mine = document(r#"{"A":{"k":{"x":1},"k":{"x":2}}}"#);
    assert_eq!(fates(&took(&mine, &document(r#"{"A":{"k":{"x":2}}}"#), Prefer::Theirs)), [Fate::Same]);

    let account = |id: &str| document(&format!(r#"{{"Account":{{"k":{{"home_account_id":"{id}"}}}}}}"#));
    assert_eq!(took(&account("a"), &account("b"), Prefer::Later).new_accounts, <[String; 0]>::default());
}

#[test]
fn what_brings_users_and_apps_together_in_a_cache_of_msal_net_is_told() {
    let user = r#""RefreshToken":{"h.t-e-refreshtoken-c--":{"home_account_id":"h.t","environment":"e","client_id":"c","credential_type":"RefreshToken"}}"#;
    let app = |more: &str| {
        format!(
            r#""AccessToken":{{"-e-accesstoken-c-r-s":{{"environment":"e","client_id":"c","realm":"r","target":"s","credential_type":"AccessToken"{more}}}}}"#
        )
    };
    let dotnet = r#","ext_expires_on":"1""#;
    let mixes = |mine: &str, theirs: &str| {
        took(&document(&format!("{{{mine}}}")), &document(&format!("{{{theirs}}}")), Prefer::Later).mixes
    };
    let of_dotnet = app(dotnet);

    assert!(mixes(&of_dotnet, user));
    assert!(!mixes(&of_dotnet, &of_dotnet));
    // They stood together before.
    assert!(!mixes(&format!("{of_dotnet},{user}"), r#""Account":{"a":{"home_account_id":"h.t"}}"#));
    // MSAL Python keeps both in one file.
    assert!(!mixes(&app(r#","home_account_id":null"#), user));
}
