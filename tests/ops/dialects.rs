//! A cache as another runtime writes it: keys, spellings, hosts, accounts, layout; and what cannot be carried over.

use std::collections::{BTreeMap, BTreeSet};

use saltcellar::cache::{Cache, Dialect, Field, Section, key};
use saltcellar::json::Document;
use saltcellar::ops::dialect::{Conversion, convert};
use serde_json::Value;

use super::super::support::peers::shared;
use super::caches::{PEOPLE, document, text};

const PYTHON: &str = r#"{
    "AccessToken": {
        "u.t-login.microsoftonline.com-accesstoken-c-t-a b": {"credential_type": "AccessToken", "secret": "AT", "home_account_id": "u.t", "environment": "login.microsoftonline.com", "client_id": "c", "target": "a b", "realm": "t", "token_type": "Bearer", "cached_at": "1", "expires_on": 2, "extended_expires_on": "3"},
        "-login.microsoftonline.com-accesstoken-c-t-s": {"credential_type": "AccessToken", "secret": "APP", "home_account_id": null, "environment": "login.microsoftonline.com", "client_id": "c", "target": "s", "realm": "t", "token_type": "Bearer", "cached_at": "1", "expires_on": "2", "extended_expires_on": "3"}
    },
    "RefreshToken": {
        "u.t-login.microsoftonline.com-refreshtoken-c--a": {"credential_type": "RefreshToken", "secret": "RT", "home_account_id": "u.t", "environment": "login.microsoftonline.com", "client_id": "c", "target": "a", "last_modification_time": "1", "family_id": "1"}
    },
    "Account": {
        "u.t-login.microsoftonline.com-t": {"home_account_id": "u.t", "environment": "login.microsoftonline.com", "realm": "t", "local_account_id": "u", "username": "\u00e9", "authority_type": "MSSTS"},
        "u.t-login.microsoftonline.com-g": {"home_account_id": "u.t", "environment": "login.microsoftonline.com", "realm": "g", "local_account_id": "x", "username": "e", "authority_type": "MSSTS"}
    },
    "AppMetadata": {
        "appmetadata-login.microsoftonline.com-c": {"client_id": "c", "environment": "login.microsoftonline.com", "family_id": "1"}
    },
    "Later": {"k": 1.50}
}"#;

fn made(text: &str, to: Dialect) -> Conversion {
    convert(&Cache::of(&document(text)), to).expect("it is a cache")
}

fn reasons(text: &str, to: Dialect) -> Vec<String> {
    made(text, to).unfit.iter().map(|unfit| format!("{}: {}", unfit.path, unfit.why)).collect()
}

#[test]
fn dotnet_is_written_as_dotnet_writes() {
    let conversion = made(PYTHON, Dialect::DotNet);

    let info = "eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ";
    assert_eq!(
        text(&conversion.document),
        [
            r#"{"AccessToken":{"u.t-login.windows.net-accesstoken-c-t-a b":{"home_account_id":"u.t","environment":"login.windows.net","client_info":"INFO","client_id":"c","secret":"AT","credential_type":"AccessToken","realm":"t","target":"a b","cached_at":"1","expires_on":"2","extended_expires_on":"3","ext_expires_on":"3"}},"#,
            r#""RefreshToken":{"u.t-login.windows.net-refreshtoken-1--":{"home_account_id":"u.t","environment":"login.windows.net","client_info":"INFO","client_id":"c","secret":"RT","credential_type":"RefreshToken","target":"a","family_id":"1","last_modification_time":"1"}},"#,
            r#""IdToken":{},"Account":{"u.t-login.windows.net-t":{"home_account_id":"u.t","environment":"login.windows.net","realm":"t","local_account_id":"u","username":"\u00e9","authority_type":"MSSTS","client_info":"INFO"},"#,
            r#""u.t-login.windows.net-g":{"home_account_id":"u.t","environment":"login.windows.net","realm":"g","local_account_id":"x","username":"e","authority_type":"MSSTS","client_info":"INFO"}},"#,
            r#""AppMetadata":{"appmetadata-login.windows.net-c":{"environment":"login.windows.net","client_id":"c","family_id":"1"}},"Later":{"k":1.50}}"#,
        ]
        .concat()
        .replace("INFO", info)
    );
    assert_eq!(conversion.unfit.len(), 1, "MSAL.NET deletes a file of users and apps");
}

#[test]
fn dotnet_takes_tokens_of_apps_where_no_user_stands_and_leaves_its_own_cache_as_it_is() {
    let app = r#"{"AccessToken": {"-login.microsoftonline.com-accesstoken-c-t-s": {"credential_type": "AccessToken", "secret": "APP", "home_account_id": null, "environment": "login.microsoftonline.com", "client_id": "c", "target": "s", "realm": "t", "cached_at": "1", "expires_on": "2"}}}"#;
    let alone = made(app, Dialect::DotNet);

    let token = r#"{"AccessToken":{"-login.windows.net-accesstoken-c-t-s":{"environment":"login.windows.net","client_id":"c","secret":"APP","credential_type":"AccessToken","realm":"t","target":"s","cached_at":"1","expires_on":"2"}}"#;
    assert!(text(&alone.document).starts_with(token), "{}", text(&alone.document));
    assert!(alone.unfit.is_empty());
    let beside = reasons(PYTHON, Dialect::DotNet);
    assert_eq!(beside.len(), 1, "{beside:?}");
    assert!(
        beside[0].contains("/AccessToken/-login.microsoftonline.com-accesstoken-c-t-s: MSAL.NET deletes a file"),
        "{beside:?}"
    );
}

#[test]
fn dotnet_gets_no_member_that_its_own_caches_lack() {
    let Some(folder) = shared("caches") else { return };
    let names = |document: &Document| -> BTreeMap<String, BTreeSet<String>> {
        let cache = Cache::of(document);
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for entry in cache.entries() {
            let of_section = names.entry(entry.section_name().into_owned()).or_default();
            of_section.extend(entry.fields().into_iter().map(|(name, _)| name.into_owned()));
        }
        names
    };
    let own = std::fs::read_to_string(folder.join("dotnet-Resources_SingleCloudTokenCache.json")).expect("readable");
    let own = names(&document(&own));
    // What Python alone notes; MSAL.NET keeps it among what it does not know.
    let kept = ["last_modification_time", "target", "account_source"];

    let ours = names(&made(PYTHON, Dialect::DotNet).document);

    for (section, members) in ours.iter().filter(|(section, _)| own.contains_key(*section)) {
        let strange: Vec<_> = members.difference(&own[section]).filter(|name| !kept.contains(&name.as_str())).collect();
        assert!(strange.is_empty(), "{section}: {strange:?}");
    }
}

#[test]
fn node_keeps_one_account_with_its_tenants_inside_and_the_others_one_each() {
    let node = made(PYTHON, Dialect::Node).document;
    let read: Value = serde_json::from_str(&text(&node)).expect("JSON");

    let account = &read["Account"]["u.t-login.windows.net-t"];
    assert_eq!(
        account["tenantProfiles"][1],
        r#"{"tenantId":"g","localAccountId":"x","username":"e","isHomeTenant":false}"#
    );
    assert_eq!(read["Account"].as_object().map(serde_json::Map::len), Some(1));
    let back = convert(&Cache::of(&node), Dialect::Python).expect("a cache").document;
    let back: Value = serde_json::from_str(&text(&back)).expect("JSON");
    assert_eq!(back["Account"]["u.t-login.microsoftonline.com-g"]["local_account_id"], "x");
    assert_eq!(back["Account"]["u.t-login.microsoftonline.com-t"]["username"], "é");
    assert!(!back["Account"].to_string().contains("tenantProfiles"));
}

#[test]
fn tokens_of_apps_are_nobodys_in_each_runtimes_way() {
    let home = |to| {
        let document = made(PYTHON, to).document;
        let read: Value = serde_json::from_str(&text(&document)).expect("JSON");
        let entries = read["AccessToken"].as_object().expect("entries");
        let app = entries.values().find(|entry| entry["secret"] == "APP").expect("it is there");
        app.get("home_account_id").map(Value::to_string)
    };

    assert_eq!(home(Dialect::Python).as_deref(), Some("null"));
    assert_eq!(home(Dialect::Node).as_deref(), Some("\"\""));
    assert_eq!([Dialect::Java, Dialect::Go].map(home), [None, None]);
}

#[test]
fn from_hand_to_hand_no_token_is_lost_and_no_hand_is_taken_for_another() {
    let secrets = |document: &Document| -> BTreeSet<String> {
        let cache = Cache::of(document);
        cache.entries().filter_map(|entry| Some(entry.secret()?.fingerprint().to_string())).collect()
    };
    let (before, app) = PYTHON.split_once(",\n        \"-login").expect("an app");
    let users = format!("{before}{}", app.split_once('}').expect("its end").1);
    let mut hand = document(PYTHON);
    for to in [Dialect::Go, Dialect::Node, Dialect::Java, Dialect::Python, Dialect::DotNet, Dialect::Node, Dialect::Go]
    {
        if to == Dialect::DotNet {
            hand = document(&users);
        }
        let all = secrets(&hand);
        let next = convert(&Cache::of(&hand), to).expect("a cache");

        let cache = Cache::of(&next.document);
        assert_eq!((next.unfit.len(), &secrets(&next.document)), (0, &all), "{to:?}");
        // A handful of entries may leave doubts, for what Python alone notes goes along; never a wrong answer.
        assert!([to, Dialect::Unknown].contains(&cache.dialect()), "{to:?}");
        let known = |entry: &saltcellar::cache::Entry<'_>| key::forms(entry, to).contains(&entry.key().into_owned());
        assert!(cache.entries().filter(|entry| entry.section() != Section::Other).all(|entry| known(&entry)), "{to:?}");
        assert!(
            cache
                .entries()
                .all(|entry| entry.text(Field::ExpiresOn).is_some() || !entry.is_written_as(Field::ExpiresOn))
        );
        let again = convert(&cache, to).expect("a cache");
        assert_eq!(text(&again.document), text(&next.document), "{to:?} twice");
        hand = next.document;
    }
}

#[test]
fn python_stays_ascii_and_pretty() {
    let go = made(PYTHON, Dialect::Go).document;
    let wide = text(&go).replace("\\u00e9", "é");

    let python = text(&made(&wide, Dialect::Python).document);

    assert!(
        python.is_ascii() && python.contains("\\u00e9") && python.starts_with("{\n    \"AccessToken\": {\n        \"")
    );
}

#[test]
fn what_cannot_be_carried_over_is_named_with_the_reason() {
    let entry = |fields: &str| {
        format!(
            r#"{{"AccessToken":{{"k":{{"credential_type":"AccessToken","secret":"s","home_account_id":"u.t","environment":"h","client_id":"c","realm":"t","target":"x","expires_on":"2",{fields}}}}}}}"#
        )
    };
    let says = |fields: &str, to| reasons(&entry(fields), to).join("; ");

    assert!(says(r#""token_type":"ssh-cert""#, Dialect::Java).contains("bound to a key"));
    assert!(says(r#""key_id":"k""#, Dialect::Go).contains("bound to a key"));
    assert!(says(r#""ext_cache_key":"h""#, Dialect::Node).contains("MSAL Node spells otherwise"));
    assert!(says(r#""user_assertion_hash":"h""#, Dialect::Python).contains("on behalf of"));
    assert!(says(r#""requestedClaimsHash":"h""#, Dialect::DotNet).contains("certain claims"));
    assert!(says(r#""credential_type":"ATExt""#, Dialect::Node).contains("credential_type is not one"));
    assert!(says(r#""refresh_on":"soon""#, Dialect::Node).contains("refresh_on cannot be read"));
    assert!(says(r#""x":1"#, Dialect::Go).contains("no cached_at"));
    assert_eq!(says(r#""x":1"#, Dialect::Java), "");
    assert_eq!(reasons(r#"{"IdToken":{"k":[]},"Account":7}"#, Dialect::Go).len(), 2);
}

#[test]
fn of_several_under_one_key_the_newest_stays_and_the_others_are_named() {
    let two = r#"{"RefreshToken":{
      "u.t-h-refreshtoken-c--a":{"credential_type":"RefreshToken","secret":"OLD","home_account_id":"u.t","environment":"h","client_id":"c","target":"a","last_modification_time":"1"},
      "u.t-h-refreshtoken-c--b":{"credential_type":"RefreshToken","secret":"NEW","home_account_id":"u.t","environment":"h","client_id":"c","target":"b","last_modification_time":"2"}}}"#;

    let conversion = made(two, Dialect::Java);

    assert!(text(&conversion.document).contains("NEW") && !text(&conversion.document).contains("OLD"));
    assert_eq!(
        reasons(two, Dialect::Java),
        ["/RefreshToken/u.t-h-refreshtoken-c--a: MSAL4J keeps one of these, and another one is not older"]
    );
}

#[test]
fn a_cache_in_its_own_hand_keeps_every_value_even_odd_ones() {
    let odd = PYTHON.replace(r#""Later": {"k": 1.50}"#, r#""IdToken": {"odd": {"x": 1.50}}"#);
    let old = document(&odd);
    assert_eq!(Cache::of(&old).dialect(), Dialect::Python);

    let conversion = made(&odd, Dialect::Python);

    assert!(conversion.unfit.is_empty());
    assert_eq!(Cache::of(&conversion.document).entries().count(), Cache::of(&old).entries().count());
    let people = convert(&Cache::of(&document(PEOPLE)), Dialect::Node).expect("a cache");
    assert!(people.unfit.iter().all(|unfit| !unfit.why.is_empty()));
}

#[test]
fn what_lacks_what_it_is_found_or_used_by_is_named() {
    let token = |fields: &str| format!(r#"{{"AccessToken":{{"k":{{{fields}}}}}}}"#);
    let says = |fields: &str, to| reasons(&token(fields), to).join("; ");
    let found = r#""home_account_id":"u.t","environment":"h","client_id":"c","realm":"t","target":"x""#;

    assert!(says(&format!(r#"{found},"secret":"","expires_on":"2""#), Dialect::Java).contains("no secret"));
    assert!(says(&format!(r#"{found},"secret":"s""#), Dialect::Java).contains("no expires_on"));
    let homeless = found.replace(r#""realm":"t","#, "");
    assert!(says(&format!(r#"{homeless},"secret":"s","expires_on":"2""#), Dialect::Java).contains("no realm"));
    let account = r#"{"Account":{"k":{"environment":"h","realm":"t","username":"ada"}}}"#;
    assert_eq!(reasons(account, Dialect::Go), ["/Account/k: it says of no account and cloud that it is theirs"]);
}

#[test]
fn of_two_spellings_of_one_member_the_first_counts_and_python_sorts_scopes() {
    let text = r#"{"AccessToken":{"k":{"credential_type":"AccessToken","secret":"s","home_account_id":"u.t","environment":"h",
        "client_id":"c","realm":"t","target":"b a","expires_on":"2","extended_expires_on":"3","ext_expires_on":"9","x":1.50}}}"#;

    let made = text_of(text, Dialect::Python);

    assert_eq!(made.matches("extended_expires_on").count(), 1, "{made}");
    assert!(made.contains("\"3\"") && !made.contains("\"9\""), "{made}");
    assert!(made.contains("\"a b\"") && made.contains("1.50"), "{made}");
}

#[test]
fn go_is_told_of_every_app_and_only_of_those_that_it_does_not_know() {
    let python = PYTHON.replace(
        r#""appmetadata-login.microsoftonline.com-c": {"client_id": "c", "environment": "login.microsoftonline.com", "family_id": "1"}"#,
        "",
    );
    assert!(text_of(&python, Dialect::Go).contains(r#""AppMetadata":{"appmetadata-login.microsoftonline.com-c""#));
    assert!(!text_of(&python, Dialect::Node).contains("appmetadata-"));
    assert_eq!(text_of(PYTHON, Dialect::Go).matches("\"appmetadata-").count(), 1);
}

fn text_of(old: &str, to: Dialect) -> String {
    text(&made(old, to).document)
}
