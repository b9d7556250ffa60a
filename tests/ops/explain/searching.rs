//! Which access token is found: one test a rule.

use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::explain::{Cached, Extent, Request, Runtime, Scheme, Who, explain};

use super::super::caches::{NOW, document};
use super::{KEY, asked, cache, cached_by, course, explained, one_cached_by, token};

#[test]
fn letters_of_scopes_count_for_python_alone() {
    assert_eq!(one_cached_by(r#"{"target":"API://X/READ"}"#), ["dotnet", "node", "java", "go"]);
}

#[test]
fn a_scope_that_is_there_twice_confuses_go() {
    assert_eq!(one_cached_by(r#"{"target":"api://x/Read api://x/read"}"#), ["python", "dotnet", "node", "java"]);
}

#[test]
fn letters_of_ids_and_tenants_count_differently() {
    assert_eq!(one_cached_by(r#"{"client_id":"APP"}"#), ["dotnet"]);
    assert_eq!(one_cached_by(r#"{"realm":"CONTOSO"}"#), ["dotnet", "node"]);
}

#[test]
fn python_finds_what_an_alias_holds_only_beside_a_refresh_token_of_that_alias() {
    let alias = r#"{"environment":"login.windows.net"}"#;
    let text = cache(&[(KEY, token(alias))], &[]);
    let with_token = cache(
        &[(KEY, token(alias))],
        &[("r", super::refresh(r#"{"environment":"login.windows.net","client_id":"other"}"#))],
    );

    assert_eq!(cached_by(&text, &asked()), ["dotnet", "node", "java", "go"]);
    assert_eq!(course(&with_token, &asked(), Runtime::Python), format!("cache {KEY}"));
}

#[test]
fn five_minutes_are_too_few_and_not_quite_for_all() {
    assert_eq!(one_cached_by(r#"{"expires_on":"1700000299"}"#), [""; 0]);
    assert_eq!(one_cached_by(r#"{"expires_on":"1700000300"}"#), ["python", "node", "java", "go"]);
    assert_eq!(one_cached_by(r#"{"expires_on":"1700000301"}"#).len(), 5);
}

#[test]
fn what_was_cached_in_the_future_is_refused_by_node_and_go() {
    assert_eq!(one_cached_by(r#"{"cached_at":"1700000001"}"#), ["python", "dotnet", "java"]);
    assert_eq!(one_cached_by(r#"{"cached_at":"absent"}"#), ["python", "dotnet", "node", "java"]);
}

#[test]
fn a_bound_token_is_no_bearer_token_to_dotnet_and_go() {
    assert_eq!(one_cached_by(r#"{"token_type":"ssh-cert"}"#), ["python", "node", "java"]);
}

#[test]
fn a_key_id_has_three_names() {
    let asks = Request { scheme: Scheme::SshCert, key_id: Some("k1".to_owned()), ..asked() };
    let of = |field: &str| cache(&[(KEY, token(&format!(r#"{{"token_type":"ssh-cert","{field}":"k1"}}"#)))], &[]);

    // Node and MSAL4J are asked for Bearer instead, and do not look at the type.
    assert_eq!(cached_by(&of("key_id"), &asks), ["python", "node", "java"]);
    assert_eq!(cached_by(&of("keyid"), &asks), ["node", "java", "go"]);
    assert_eq!(cached_by(&of("kid"), &asks), ["dotnet", "node", "java"]);
}

#[test]
fn node_looks_into_the_key() {
    let text = cache(&[("some-key", token("{}"))], &[]);

    assert_eq!(cached_by(&text, &asked()), ["python", "dotnet", "java", "go"]);
}

#[test]
fn several_that_fit_are_taken_in_order_dropped_raised_or_any() {
    let other = format!("{KEY}2");
    let text = cache(&[(KEY, token("{}")), (&other, token(r#"{"secret":"AT-other"}"#))], &[]);

    assert_eq!(course(&text, &asked(), Runtime::Python), format!("cache {KEY}"));
    assert_eq!(course(&text, &asked(), Runtime::Java), format!("cache {KEY}"));
    assert_eq!(course(&text, &asked(), Runtime::Dotnet), "error");
    assert_eq!(explained(&text, &asked(), Runtime::Node).deletes.len(), 2);
    assert_eq!(explained(&text, &asked(), Runtime::Go).also_possible.len(), 1);
}

#[test]
fn python_looks_under_the_very_key_first() {
    let very = KEY.trim_end_matches('-');
    let text = cache(&[("k", token("{}")), (very, token(r#"{"secret":"AT-other"}"#))], &[]);

    assert_eq!(course(&text, &asked(), Runtime::Python), format!("cache {very}"));
}

#[test]
fn python_drops_what_has_expired_only_when_nothing_fits() {
    let old = token(r#"{"expires_on":"1699999999","target":"api://y/Read"}"#);
    let very = "ada.contoso-login.microsoftonline.com-accesstoken-app-contoso-api://y/read";
    let alone = cache(&[(very, old.clone())], &[]);
    let beside = cache(&[(very, old), (KEY, token("{}"))], &[]);

    assert_eq!(explained(&alone, &asked(), Runtime::Python).deletes.len(), 1);
    assert_eq!(explained(&beside, &asked(), Runtime::Python).deletes, []);
}

#[test]
fn an_expired_token_of_another_type_makes_python_raise() {
    let text = cache(&[("k", token(r#"{"expires_on":"1","credential_type":"ATExt"}"#))], &[]);

    let answer = explained(&text, &asked(), Runtime::Python).answer;

    assert!(answer.why.is_some_and(|why| why.starts_with("AssertionError")));
}

#[test]
fn extra_data_keeps_tokens_apart_by_five_names() {
    let hash = "hai-va57u1u3bj1elra_dz5bpghftdmyv5vuyfopbqo";
    let asks = Request { data: vec![("fmi_path".to_owned(), "SomeFmiPath/Path".to_owned())], ..asked() };
    let python = cache(&[(KEY, token(&format!(r#"{{"ext_cache_key":"{hash}"}}"#)))], &[]);

    assert_eq!(course(&python, &asks, Runtime::Python), format!("cache {KEY}"));
    // Node and MSAL4J write other fields, and do not see that this token is not for everyone.
    assert_eq!(cached_by(&python, &asked()), ["dotnet", "node", "java"]);
}

#[test]
fn node_compares_the_parts_of_extra_data_themselves() {
    let components = r#"{"home_account_id":"","additionalCacheKeyComponents":{"fmi_path":"a"}}"#;
    let text = cache(&[(KEY, token(components))], &[]);
    let asks = |path: &str| Request { who: Who::App, data: vec![("fmi_path".to_owned(), path.to_owned())], ..asked() };

    assert_eq!(course(&text, &asks("a"), Runtime::Node), format!("cache {KEY}"));
    assert_eq!(course(&text, &asks("b"), Runtime::Node), "refresh");
    assert_eq!(course(&text, &Request { who: Who::App, ..asked() }, Runtime::Node), "refresh");
}

#[test]
fn an_app_has_no_account_and_each_library_writes_that_differently() {
    let app = Request { who: Who::App, ..asked() };
    let of = |home: &str| cached_by(&cache(&[(KEY, token(&format!(r#"{{"home_account_id":{home}}}"#)))], &[]), &app);

    assert_eq!(of("null"), ["python", "dotnet", "java", "go"]);
    assert_eq!(of("\"\""), ["dotnet", "node", "java", "go"]);
    // MSAL4J gives a person's token to the app.
    assert_eq!(of("\"ada.contoso\""), ["java"]);
}

#[test]
fn numbers_and_nulls_raise_where_they_are_read() {
    let of = |changes: &str, runtime| course(&cache(&[(KEY, token(changes))], &[]), &asked(), runtime);

    assert_eq!(of(r#"{"expires_on":"soon"}"#, Runtime::Python), "error");
    assert_eq!(of(r#"{"expires_on":"soon"}"#, Runtime::Go), "error");
    assert_eq!(of(r#"{"expires_on":1700003600}"#, Runtime::Dotnet), "error");
    assert_eq!(of(r#"{"realm":null}"#, Runtime::Java), "error");
    assert_eq!(of(r#"{"realm":null}"#, Runtime::Node), "interaction");
}

#[test]
fn a_wish_for_a_new_token_is_not_known_to_go() {
    let text = cache(&[(KEY, token("{}"))], &[]);
    let forced = Request { cached: Cached::Refused, ..asked() };
    let claims = Request { claims: Some(r#"{"access_token":{}}"#.to_owned()), ..asked() };

    assert_eq!(cached_by(&text, &forced), ["go"]);
    assert_eq!(cached_by(&text, &claims), [""; 0]);
    assert_eq!(explained(&text, &forced, Runtime::Go).notes.len(), 1);
}

#[test]
fn of_anothers_tokens_few_are_told_one_by_one_and_all_are_counted() {
    let others = |changes: &str| -> Vec<(String, String)> {
        (0..50).map(|nth| (format!("{KEY}-{}-{nth}", changes.len()), token(changes))).collect()
    };
    let far = others(r#"{"client_id":"other"}"#);
    let farther = others(r#"{"client_id":"other","home_account_id":"bob.contoso","target":"api://y/Read"}"#);
    let own = (KEY.to_owned(), token(r#"{"expires_on":"1690000000"}"#));
    let told = |entries: &[(String, String)]| {
        let entries: Vec<(&str, String)> = entries.iter().map(|(key, entry)| (key.as_str(), entry.clone())).collect();
        let document = document(&cache(&entries, &[]));
        let cache = Cache::of(&document);
        let extent = Extent::Nearest(3);
        let told = explain(&cache, &Roster::of(&cache), &asked(), Runtime::Dotnet, NOW, extent);
        (told.candidates.len(), told.others, told.candidates.iter().any(|one| one.named.key == own.0))
    };

    assert_eq!(told(&[far.clone(), vec![own.clone()], farther.clone()].concat()), (4, 97, true));
    assert_eq!(told(&[farther.clone(), vec![own.clone()]].concat()), (4, 47, true));
    // As long as others are not nearer, each may be one of the nearest.
    assert_eq!(told(&[farther, far, vec![own.clone()]].concat()), (7, 94, true));
}
