//! Caches as each runtime would write them, in full: what stands in these pictures was read beside each library's source.
//! And what a cache that is in its own hand keeps.

use std::fmt::Write as _;

use saltcellar::cache::{Cache, Dialect};
use saltcellar::json::{Document, Layout};
use saltcellar::ops::dialect::{convert, into_patch};
use saltcellar::ops::reserialise;

use super::caches::{document, text};

/// One user in two tenants, an app, a family, and what only some runtimes write.
const PYTHON: &str = r#"{"AccessToken":{
 "u.t-login.microsoftonline.com-accesstoken-c-t-b a":{"credential_type":"AccessToken","secret":"AT","home_account_id":"u.t","environment":"login.microsoftonline.com","client_id":"c","target":"b a","realm":"t","token_type":"Bearer","cached_at":"1","expires_on":2,"extended_expires_on":"3","refresh_on":"1","key_id":"","user_assertion_hash":"","client_info":"eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ","x":1.50},
 "-login.microsoftonline.com-accesstoken-D-t-s":{"credential_type":"AccessToken","secret":"APP","home_account_id":null,"environment":"login.microsoftonline.com","client_id":"D","target":"s","realm":"t","token_type":"","cached_at":"1","expires_on":"2","family_id":""}},
"RefreshToken":{"u.t-login.microsoftonline.com-refreshtoken-c--a":{"credential_type":"RefreshToken","secret":"RT","home_account_id":"u.t","environment":"login.microsoftonline.com","client_id":"c","target":"a","last_modification_time":"1","family_id":"1"}},
"IdToken":{"u.t-login.microsoftonline.com-idtoken-c-t-":{"credential_type":"IdToken","secret":"e30.eyJuYW1lIjoiQWRhIn0.x","home_account_id":"u.t","environment":"login.microsoftonline.com","realm":"t","client_id":"c"}},
"Account":{"u.t-login.microsoftonline.com-t":{"home_account_id":"u.t","environment":"login.microsoftonline.com","realm":"t","local_account_id":"u","username":"ada","authority_type":"MSSTS","account_source":"broker"},
 "u.t-login.microsoftonline.com-g":{"home_account_id":"u.t","environment":"login.microsoftonline.com","realm":"g","local_account_id":"x","username":"ada-g","authority_type":"MSSTS"},
 "v.t-login.microsoftonline.us-t":{"home_account_id":"v.t","environment":"login.microsoftonline.us","realm":"t","username":"","authority_type":""},
 "w.adfs-sts.contoso.com-adfs":{"home_account_id":"w","environment":"sts.contoso.com","realm":"adfs","username":"w"}},
"AppMetadata":{"appmetadata-login.microsoftonline.com-c":{"client_id":"c","environment":"login.microsoftonline.com","family_id":"1"}},
"Later":{"k":1.50}}"#;

/// The same user as Node keeps them, and an app's token, which is nobody's.
const NODE: &str = r#"{"Account":{"u.t-login.windows.net-t":{"home_account_id":"u.t","environment":"login.windows.net","realm":"t","local_account_id":"u","username":"ada","authority_type":"MSSTS","name":"Ada","client_info":"eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ","tenantProfiles":["{\"tenantId\":\"T\",\"localAccountId\":\"u\",\"name\":\"Ada\",\"username\":\"ada\",\"isHomeTenant\":true}","{\"tenantId\":\"g\",\"localAccountId\":\"x\",\"name\":\"Guest\",\"username\":\"\",\"isHomeTenant\":false}","{\"tenantId\":\"h\"}","{\"tenantId\":\"\"}"]}},
"IdToken":{"u.t-login.windows.net-idtoken-c-t---":{"home_account_id":"u.t","environment":"login.windows.net","credential_type":"IdToken","client_id":"c","secret":"e30.e30.x","realm":"t"}},
"AccessToken":{"-login.windows.net-accesstoken-c-t-s--":{"home_account_id":"","environment":"login.windows.net","credential_type":"AccessToken","client_id":"c","secret":"APP","realm":"t","target":"s","cached_at":"1","expires_on":"2","extended_expires_on":"3","tokenType":"Bearer"}},
"RefreshToken":{"u.t-login.windows.net-refreshtoken-c----":{"home_account_id":"u.t","environment":"login.windows.net","credential_type":"RefreshToken","client_id":"c","secret":"RT"}},
"AppMetadata":{}}"#;

/// Every entry in a line of its own, then what cannot be carried over.
fn picture(old: &str, to: Dialect) -> String {
    let old = document(old);
    let conversion = convert(&Cache::of(&old), to).expect("it is a cache");
    let mut lines = String::new();
    for entry in Cache::of(&conversion.document).entries() {
        let value: String = entry.raw().lines().map(str::trim_start).collect();
        _ = writeln!(lines, "{} {} {value}", entry.section_name(), entry.raw_key());
    }
    for unfit in &conversion.unfit {
        _ = writeln!(lines, "unfit {}: {}", unfit.path, unfit.why);
    }
    lines
}

fn pictures(old: &str) -> String {
    let known = Dialect::KNOWN.into_iter();
    known.map(|to| format!("{}\n{}\n", to.name(), picture(old, to))).collect()
}

#[test]
fn what_python_keeps_in_every_hand() {
    insta::assert_snapshot!(pictures(PYTHON));
}

#[test]
fn what_node_keeps_in_every_hand() {
    insta::assert_snapshot!(pictures(NODE));
}

fn in_hand(old: &str, to: Dialect) -> Document {
    convert(&Cache::of(&document(old)), to).expect("it is a cache").document
}

#[test]
fn the_null_home_account_id_of_an_app_is_nulls_in_pythons_hand_wherever_it_comes_from() {
    let apps = r#"{"AccessToken":{"-login.microsoftonline.com-accesstoken-c-t-s":{"secret":"APP","home_account_id":null,"environment":"login.microsoftonline.com","client_id":"c","target":"s","realm":"t","cached_at":"1","expires_on":"2","credential_type":"AccessToken"}}}"#;
    for (from, cache) in
        [(Dialect::Node, PYTHON), (Dialect::Go, PYTHON), (Dialect::Java, PYTHON), (Dialect::DotNet, apps)]
    {
        let there = text(&in_hand(cache, from));
        assert!(!there.contains("null"), "{from:?}: {there}");

        let back = text(&in_hand(&there, Dialect::Python));

        assert_eq!(back.matches("\"home_account_id\": null").count(), 1, "{from:?}: {back}");
    }
}

/// Python's own: a number for a time, members in an order of its own, white space, an entry that lacks what it needs.
const OWN: &str = r#"{"AccessToken":{
 "-login.microsoftonline.com-accesstoken-c-t-s":{"expires_on":2,"secret":"APP","home_account_id":null,"environment":"login.microsoftonline.com","client_id":"c","target":"s","realm":"t","credential_type":"AccessToken"},
 "lacks":{"home_account_id":null,"secret":"LACKS"}},
"RefreshToken":{"u.t-login.microsoftonline.com-refreshtoken-c--a":{"last_modification_time":1,"secret":"RT","home_account_id":"u.t","environment":"login.microsoftonline.com","client_id":"c","target":"a","credential_type":"RefreshToken"}},
"Account":{"u.t-login.microsoftonline.com-t":{"username":"ada","home_account_id":"u.t","environment":"login.microsoftonline.com","realm":"t"},
 "lacks":{"username":"nobody","home_account_id":"w.t","number":1.50}}}"#;

#[test]
fn a_cache_in_its_own_hand_keeps_every_entry_as_it_wrote_it() {
    let own = document(OWN);
    assert_eq!(Cache::of(&own).dialect(), Dialect::Python);

    let pretty = own.apply(&reserialise(&Cache::of(&own), Layout::Pretty)).expect("it fits").0;

    let entries = |document: &Document| -> Vec<String> {
        Cache::of(document).entries().map(|entry| format!("{} {}", entry.path(), entry.raw())).collect()
    };
    assert_eq!(entries(&in_hand(OWN, Dialect::Python)), entries(&pretty));
}

#[test]
fn an_entry_of_its_own_hand_under_a_strange_key_gets_its_key_and_the_others_stay() {
    let strange = OWN.replace("-refreshtoken-c--a", "-refreshtoken-c--other");

    let made = text(&in_hand(&strange, Dialect::Python));

    assert!(
        made.contains("\"u.t-login.microsoftonline.com-refreshtoken-c--a\"") && !made.contains("--other"),
        "{made}"
    );
    assert!(made.contains("\"expires_on\": 2,") && made.contains("LACKS"), "{made}");
}

#[test]
fn go_is_not_told_of_apps_in_a_cache_of_its_own_and_of_each_app_once() {
    let go = in_hand(PYTHON, Dialect::Go);
    let apps = |document: &Document| text(document).matches("\"appmetadata-").count();
    assert_eq!(apps(&go), 2, "{}", text(&go));

    let forgotten = text(&go).replace(
        r#","appmetadata-login.microsoftonline.com-d":{"client_id":"d","environment":"login.microsoftonline.com"}"#,
        "",
    );
    assert_eq!(apps(&document(&forgotten)), 1, "{forgotten}");
    assert_eq!(apps(&in_hand(&forgotten, Dialect::Go)), 1);

    // One app, whatever its case and whichever name its cloud has.
    let known = PYTHON.replace(
        r#"{"client_id":"c","environment":"login.microsoftonline.com","family_id":"1"}"#,
        r#"{"client_id":"C","environment":"LOGIN.windows.net","family_id":"1"}"#,
    );
    assert_eq!(apps(&in_hand(&known, Dialect::Go)), 2);
}

#[test]
fn of_doubles_nothing_is_said_where_nothing_is_lost() {
    let token = |secret: &str| {
        format!(
            r#"{{"credential_type":"RefreshToken","secret":"{secret}","home_account_id":"u.t","environment":"h","client_id":"c"}}"#
        )
    };
    let both = |a: &str, b: &str| format!(r#"{{"RefreshToken":{{"x":{},"y":{}}},"IdToken":null}}"#, token(a), token(b));
    let made = |text: &str| convert(&Cache::of(&document(text)), Dialect::Java).expect("a cache");

    assert_eq!(made(&both("A", "A")).unfit, []);
    // No time tells: the first stays, and the other is named.
    let differ = made(&both("A", "B"));
    assert_eq!(differ.unfit.iter().map(|unfit| unfit.path.to_string()).collect::<Vec<_>>(), ["/RefreshToken/y"]);
    assert!(text(&differ.document).contains("\"A\""));
}

#[test]
fn what_is_written_so_already_makes_no_change() {
    let go = in_hand(PYTHON, Dialect::Go);
    let patch = |document: &Document| {
        let cache = Cache::of(document);
        into_patch(&cache, &convert(&cache, Dialect::Go).expect("a cache"))
    };

    assert!(patch(&go).is_empty());
    assert!(patch(&document("")).is_empty());
    assert!(!patch(&document(PYTHON)).is_empty());
}

#[test]
fn each_field_that_an_entry_is_found_by_is_missed() {
    let whole = [
        (
            "AccessToken",
            r#""environment":"h","client_id":"c","realm":"t","secret":"s","expires_on":"2","home_account_id":"u.t""#,
        ),
        ("RefreshToken", r#""home_account_id":"u.t","environment":"h","client_id":"c","secret":"s""#),
        ("IdToken", r#""home_account_id":"u.t","environment":"h","client_id":"c","realm":"t","secret":"s""#),
        ("AppMetadata", r#""environment":"h","client_id":"c""#),
    ];
    let reasons = |section: &str, fields: &str| {
        let text = format!(r#"{{"{section}":{{"k":{{{fields}}}}}}}"#);
        let unfit = convert(&Cache::of(&document(&text)), Dialect::Java).expect("a cache").unfit;
        unfit.into_iter().map(|unfit| unfit.why.into_owned()).collect::<Vec<_>>()
    };
    for (section, fields) in whole {
        assert_eq!(reasons(section, fields), <[String; 0]>::default(), "{section}");
        for field in ["home_account_id", "environment", "client_id", "realm"] {
            // The token of an app is nobody's.
            if !fields.contains(field) || (section, field) == ("AccessToken", "home_account_id") {
                continue;
            }
            let without = fields.replace(field, "other");
            assert_eq!(reasons(section, &without), [format!("it has no {field}")], "{section}");
        }
    }
}

/// A cache of one refresh token with these members besides, in Java's hand.
fn refresh_token(more: &str, to: Dialect) -> String {
    let text = format!(
        r#"{{"RefreshToken":{{"k":{{"secret":"s","home_account_id":"u.t","environment":"h","client_id":"c",{more}}}}}}}"#
    );
    picture(&text, to)
}

#[test]
fn what_says_nothing_is_in_nobodys_way_and_what_says_more_stays() {
    let made = refresh_token(r#""credential_type":"refreshtoken","realm":null,"client_info":"other""#, Dialect::Java);

    assert!(made.contains(r#""credential_type":"RefreshToken""#) && !made.contains("null"), "{made}");
    assert!(made.contains(r#""client_info":"other""#), "{made}");
    for nothing in [r#""additionalCacheKeyComponents":{}"#, r#""ext_cache_key":"""#, r#""requestedClaimsHash":"""#] {
        assert!(!refresh_token(nothing, Dialect::Go).contains("unfit"), "{nothing}");
    }
}

#[test]
fn what_is_no_object_is_called_so_in_the_sections_of_the_schema_alone() {
    assert_eq!(
        picture(r#"{"AccessToken":{"k":[]},"Later":7}"#, Dialect::Go),
        "unfit /AccessToken/k: it is no object\n"
    );
}

#[test]
fn scopes_that_are_sorted_already_keep_their_spelling_and_a_number_is_nobodys_home() {
    let token = r#"{"AccessToken":{"k":{"secret":"s","home_account_id":5,"environment":"h","client_id":"c","realm":"t","target":"a \u0062","expires_on":"2"}}}"#;

    let made = picture(token, Dialect::Python);

    assert!(made.contains(r#""target": "a \u0062""#), "{made}");
    assert!(made.contains(r#""home_account_id": null"#), "{made}");
}

#[test]
fn what_its_own_hand_wrote_and_could_not_be_carried_over_stays_where_it_is() {
    let bound = OWN.replace(
        r#""lacks":{"#,
        r#""strange":{"token_type":"ssh-cert","environment":"h","client_id":"c","realm":"t","target":"s","credential_type":"AccessToken","expires_on":"2","#,
    );
    let twice = OWN.replace(
        r#""RefreshToken":{"#,
        r#""RefreshToken":{"u.t-login.microsoftonline.com-refreshtoken-c--a":{"last_modification_time":1,"secret":"OLD","home_account_id":"u.t","environment":"login.microsoftonline.com","client_id":"c","target":"a","credential_type":"RefreshToken"},"#,
    );

    assert!(picture(&bound, Dialect::Python).contains(r#"AccessToken "strange" {"token_type": "ssh-cert","#));
    assert!(!picture(&bound, Dialect::Python).contains("unfit"));
    // Of two under one key its reader sees one: that is said.
    assert_eq!(picture(&twice, Dialect::Python).matches("unfit").count(), 1);
}

#[test]
fn what_every_entry_has_is_added_where_it_lacks() {
    assert!(refresh_token(r#""x":1"#, Dialect::Go).contains(r#""credential_type":"RefreshToken""#));
    let token =
        r#"{"AccessToken":{"k":{"secret":"s","environment":"h","client_id":"c","realm":"t","expires_on":"2"}}}"#;
    let made = picture(token, Dialect::Node);
    assert!(made.contains(r#""target":"""#) && made.contains(r#""token_type":"Bearer""#), "{made}");
}

/// Accounts as Node keeps them: key, home tenant first, and how many tenants are inside.
fn accounts(entries: &[(&str, &str, &str)]) -> Vec<(String, usize)> {
    let entry = |(at, (home, host, realm)): (usize, &(&str, &str, &str))| {
        format!(r#""{at}":{{"home_account_id":"{home}","environment":"{host}","realm":"{realm}","username":"n{at}"}}"#)
    };
    let all: Vec<String> = entries.iter().enumerate().map(entry).collect();
    let made = in_hand(&format!(r#"{{"Account":{{{}}}}}"#, all.join(",")), Dialect::Node);
    let cache = Cache::of(&made);
    let of = |entry: saltcellar::cache::Entry<'_>| {
        let value = entry.raw();
        assert!(value.contains(r#""authority_type":"MSSTS""#), "{value}");
        let name = value.split("\"username\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        (format!("{} {name}", entry.key()), value.matches("tenantId").count())
    };
    cache.entries().map(of).collect()
}

#[test]
fn node_gathers_the_tenants_of_one_user_in_one_cloud_and_of_no_other() {
    let (here, gov) = ("login.windows.net", "login.microsoftonline.us");
    let one = |key: &str, tenants| (format!("u.t-{key}"), tenants);

    assert_eq!(accounts(&[("u.t", here, "g"), ("u.t", here, "t")]), [one("login.windows.net-t n1", 2)]);
    assert_eq!(accounts(&[("u.t", here, "t"), ("U.T", here, "T")]), [one("login.windows.net-t n0", 1)]);
    let clouds = accounts(&[("u.t", here, "t"), ("u.t", gov, "t")]);
    assert_eq!(clouds, [one("login.windows.net-t n0", 1), one("login.microsoftonline.us-t n1", 1)]);
    let users = accounts(&[("u.t", here, "t"), ("v.t", here, "t")]);
    assert_eq!(users, [one("login.windows.net-t n0", 1), ("v.t-login.windows.net-t n1".to_owned(), 1)]);
    // A tenant called adfs in a cloud is no server of AD FS.
    assert_eq!(accounts(&[("u.adfs", here, "adfs")]).len(), 1);
}
