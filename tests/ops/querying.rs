//! The filter language on the demo: what each key hits and just misses, what is no query, and laws: typing on finds
//! what searching anew finds, and a query printed is read as itself.

use std::sync::OnceLock;

use proptest::prelude::*;
use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::ops::query::{Index, Look, Memory, Query};

use super::caches::document;

fn demo() -> &'static (Document, Roster) {
    static READ: OnceLock<(Document, Roster)> = OnceLock::new();
    READ.get_or_init(|| {
        let document = document(DEMO);
        let roster = Roster::of(&Cache::of(&document));
        (document, roster)
    })
}

/// The rows of the demo that `query` takes, one by one.
fn taken(query: &Query) -> Vec<usize> {
    let (document, roster) = demo();
    let look = Look { cache: Some(Cache::of(document)), roster, now: DEMO_NOW };
    let rows = roster.rows.iter().enumerate();
    rows.filter(|(_, row)| query.takes(&look, row)).map(|(at, _)| at).collect()
}

fn found(text: &str) -> Vec<usize> {
    taken(&Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")))
}

/// Rows 0 to 8 are access tokens, then 3 accounts, 4 id tokens, 2 refresh tokens, 6 apps and one of another section.
const HITS: [(&str, &[usize]); 37] = [
    ("graph !bob", &[0, 4]),
    ("OUTLOOK", &[3, 17]),
    ("\"key vault\"", &[2]),
    ("type:at", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ("type:RT,account", &[9, 10, 11, 16, 17]),
    ("!type:at,account,id,rt,app", &[24]),
    ("type:other", &[24]),
    ("account:bob", &[6, 11, 15]),
    ("user=ada@contoso.com type:at", &[0, 1, 2, 3, 4, 5]),
    ("tenant:fabri type:at", &[4, 6]),
    ("tenant=fabrikam type:at", &[4, 6]),
    ("realm:fab21 type:at", &[4, 6]),
    ("client:\"azure cli\" type:id", &[12, 13]),
    ("client=04b07795-8ddb-461a-bbee-02f9e1bf7b46 type:rt", &[16]),
    ("aud:vault", &[2]),
    ("aud:outlook,vault", &[2, 3]),
    ("aud=arm", &[1, 7, 8]),
    ("resource=https://vault.azure.net", &[2]),
    ("scope:readbasic", &[0, 4]),
    ("scope=user.read !tenant:contoso", &[4, 6]),
    ("env:microsoftonline type:rt", &[16, 17]),
    ("env=login.microsoftonline.com type:rt", &[16, 17]),
    ("claim.oid:b0b2", &[6, 15]),
    ("claim.aud=https://vault.azure.net", &[2]),
    ("expires<15m", &[1, 2, 6, 8]),
    ("expires>1h", &[3]),
    ("expires>=62m", &[3]),
    ("expires<2026-11-14", &[8]),
    ("expires>2026-11-22T13:00:00Z", &[3]),
    ("cached>7d", &[8]),
    ("cached<6m", &[5]),
    ("cached<2026-11-14", &[8]),
    ("expired", &[2, 6, 8]),
    ("expiring", &[1]),
    ("orphan", &[8]),
    ("app-only", &[7]),
    ("ada or bob type:at", &[0, 1, 2, 3, 4, 5, 6]),
];

#[test]
fn each_key_hits_what_it_names() {
    for (query, rows) in HITS {
        assert_eq!(found(query), rows, "{query}");
    }
}

#[test]
fn each_key_misses_what_it_nearly_names() {
    for query in [
        "graphs",
        "\"key  vault\"",
        "type:rt graph",
        "account:bobby",
        "user=ada@contoso.co",
        "tenant=fabri",
        "realm:fabrikam",
        "client=\"azure cl\"",
        "aud:vaults",
        "aud=https://vault.azure",
        "scope=user.rea",
        "env=microsoftonline",
        "claim.oid:b0b3",
        "claim.OID:b0b2",
        "claim.oid=b0b20000",
        "expires>62m",
        "expires<2026-11-13",
        "cached>10d",
        "cached<5m",
        "expired expiring",
        "orphan !aud:arm",
        "apponly user:ada",
        "orphans tenant:fabrikam",
    ] {
        assert!(found(query).is_empty(), "{query}");
    }
}

#[test]
fn or_binds_tighter_than_standing_side_by_side_and_parentheses_hold_together() {
    assert_eq!(found("bob or ada type:rt"), found("(bob or ada) type:rt"));
    assert_eq!(found("bob or (ada type:rt)"), [6, 11, 15, 16, 17]);
    assert_eq!(found("!(ada or bob) type:at"), [7, 8]);
    assert_eq!(found("graph and bob"), [6]);
}

#[test]
fn blanks_ask_for_nothing_and_take_everything() {
    assert!(Query::parse("  ").is_ok_and(|query| query.is_empty() && taken(&query).len() == 25));
}

#[test]
fn what_is_no_query_is_told_with_its_column_and_what_would_stand_there() {
    let told = |text: &str| Query::parse(text).map_or_else(|error| error.to_string(), |query| query.to_string());

    assert_eq!(told("tenant:conto("), "unclosed \"(\" at column 13");
    assert_eq!(told("graph !"), "expected a term right behind \"!\" at column 8");
    assert_eq!(told("a )"), "no \"(\" is open here at column 3");
    assert_eq!(told("()"), "expected a term at column 2");
    assert_eq!(told("日本 or"), "expected a term behind \"or\" at column 6");
    assert_eq!(told("or x"), "\"or\" stands between two terms; in quotes it is a word, at column 1");
    assert_eq!(told("tennant:x"), "no key is called \"tennant\"; in quotes it is a word, at column 1");
    assert_eq!(told("type:at,"), "expected a value for type at column 9");
    assert_eq!(told("type:token"), "expected at, rt, id, account, app or other at column 6");
    assert_eq!(told("tenant<x"), "expected \":\" or \"=\" behind tenant at column 7");
    assert_eq!(told("expires:15m"), "expected \"<\" or \">\" behind expires at column 8");
    assert_eq!(told("expires<15"), "expected a span such as 15m, 2h or 7d, or a date such as 2026-11-22 at column 9");
    assert_eq!(told("\"\""), "expected a word in the quotes at column 2");
    assert!(told(&"(".repeat(1000)).starts_with("too many"));
}

#[test]
fn a_scope_is_one_of_the_target_whole_or_by_its_end_whatever_white_space_parts_them() {
    let target = "api://app/User.Read\\topenid\\u00a0api://app//Mail.Send api://app/read.all";
    let document = document(&format!(r#"{{"AccessToken":{{"k":{{"target":"{target}"}}}}}}"#));
    let roster = Roster::of(&Cache::of(&document));
    let index = Index::of(&roster);

    for (text, takes) in [
        ("scope=user.read", true),
        ("scope=openid", true),
        ("scope=mail.send", true),
        ("scope=api://app/read.all", true),
        ("scope=app/read.all", false),
        ("scope=read", false),
        ("scope=mail", false),
        ("scope=\"openid api://app//mail.send\"", false),
        ("scope:\"openid api\"", true),
    ] {
        let query = Query::parse(text).expect("a query");
        let look = Look { cache: None, roster: &roster, now: DEMO_NOW };
        let one_by_one = roster.rows.iter().any(|row| query.takes(&look, row));
        let found = Memory::default().search(&index, &query, DEMO_NOW).count() == 1;
        assert_eq!((found, one_by_one), (takes, takes), "{text}");
    }
}

#[test]
fn claims_read_in_part_are_not_known() {
    let (document, roster) = demo();
    let (index, left) = (Index::of(roster), std::cell::Cell::new(3usize));
    let go_on = || left.replace(left.get().saturating_sub(1)) > 0;

    index.learn_while(&Cache::of(document), roster, &["oid"], &go_on);

    assert!(!index.has_claim("oid"));
}

#[test]
fn urls_and_quoted_keys_are_words() {
    assert_eq!(found("https://vault.azure.net"), [2]);
    assert!(found("\"tenant:contoso\"").is_empty());
    assert_eq!(found("\"or\" microsoft"), found("\"or\" and MICROSOFT"));
}

#[test]
fn a_query_says_what_to_highlight_and_whether_time_moves_it() {
    let query = Query::parse("Graph !bob (tenant:x or vault)").expect("a query");

    assert_eq!(query.words(), ["graph", "vault"]);
    assert!(!query.depends_on_time());
    for text in ["expired", "!expiring", "x or expires<1h"] {
        assert!(Query::parse(text).is_ok_and(|query| query.depends_on_time()), "{text}");
    }
    assert!(Query::parse("expires<2026-11-22").is_ok_and(|query| !query.depends_on_time()));
}

#[test]
fn what_is_remembered_of_a_term_is_forgotten_when_time_changes_it() {
    let (_, roster) = demo();
    let (index, mut memory) = (Index::of(roster), Memory::default());
    let query = Query::parse("expired or expires<3m").expect("a query");
    let mut found = |seconds| memory.search(&index, &query, DEMO_NOW.plus(seconds)).iter().collect::<Vec<_>>();

    assert_eq!(found(0), [2, 6, 8]);
    assert_eq!(found(61), [1, 2, 6, 8]);
}

/// Pieces of which queries, and nearly queries, are made.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "ada",
        "GRAPH",
        "o",
        "r",
        "fab",
        "日",
        "ΟΔΟΣ",
        "İ",
        "!",
        "(",
        ")",
        " ",
        " ",
        " or ",
        " and ",
        "\"",
        "\"key vault\"",
        "type:",
        "at",
        "rt",
        ",",
        "tenant:",
        "account=",
        "user:",
        "aud:",
        "scope=",
        "claim.oid:",
        "b0b",
        "expires<",
        "cached>",
        "15m",
        "2026-11-22",
        "1795348800",
        "expired",
        "orphan",
        "apponly",
        ":",
        "=",
        "<",
        "?",
        "\u{1f}",
        "foo:",
        "https://",
    ])
}

fn typed() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_panics_and_an_error_points_into_it(text in prop_oneof![any::<String>(), typed()]) {
        if let Err(error) = Query::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.column), "{error}");
        }
    }

    #[test]
    fn a_query_printed_is_read_as_itself(text in typed()) {
        if let Ok(query) = Query::parse(&text) {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed), Ok(query), "{}", printed);
        }
    }
}

proptest! {
    // Each case types many lines, and looks at each row for each.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn typing_on_finds_what_searching_anew_finds(texts in prop::collection::vec(typed(), 1..4), cuts in prop::collection::vec(0..9usize, 0..4)) {
        let (document, roster) = demo();
        typed_finds(document, roster, &lines(&texts, &cuts))?;
    }

    #[test]
    fn typing_on_finds_the_same_among_many_names(
        texts in prop::collection::vec("[a-d0-3]{0,3}( |!| or |\\(|\\) | tenant[:=]| client=c| scope[:=]| aud[:=]| realm[:=])[a-d0-3,/]{1,4}", 1..4),
        cuts in prop::collection::vec(0..6usize, 0..4),
    ) {
        let (document, roster) = many();
        typed_finds(document, roster, &lines(&texts, &cuts))?;
    }
}

/// A cache of 300 entries whose names repeat at random.
fn many() -> &'static (Document, Roster) {
    static READ: OnceLock<(Document, Roster)> = OnceLock::new();
    READ.get_or_init(|| {
        let name = |at: usize, many: usize| format!("{:x}{:x}", at * at % many, at * 7 % many);
        let entry = |at: usize| {
            let (client, realm, target) = (name(at, 13), name(at, 29), name(at, 211));
            format!(r#""k{at}":{{"home_account_id":"a.t","client_id":"c{client}","realm":"{realm}","target":"{target}/b {realm}/d"}}"#)
        };
        let entries: Vec<_> = (0..300).map(entry).collect();
        let document = document(&format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(",")));
        let roster = Roster::of(&Cache::of(&document));
        (document, roster)
    })
}

/// Each state of the line while one text after another is typed, some characters taken back in between.
fn lines(texts: &[String], cuts: &[usize]) -> Vec<String> {
    let (mut line, mut states) = (String::new(), Vec::new());
    for (at, text) in texts.iter().enumerate() {
        for c in text.chars() {
            line.push(c);
            states.push(line.clone());
        }
        for _ in 0..cuts.get(at).copied().unwrap_or(0) {
            _ = line.pop();
            states.push(line.clone());
        }
    }
    states
}

/// Holds the index, with what it remembers from state to state, against a look at each row.
fn typed_finds(document: &Document, roster: &Roster, states: &[String]) -> Result<(), TestCaseError> {
    let (index, mut memory) = (Index::of(roster), Memory::default());
    for (minute, text) in states.iter().enumerate() {
        let Ok(query) = Query::parse(text) else { continue };
        let now = DEMO_NOW.plus(i64::try_from(minute / 3).expect("few") * 600);
        index.learn(&Cache::of(document), roster, &query.claims());

        let found: Vec<_> = memory.search(&index, &query, now).iter().collect();

        let look = Look { cache: Some(Cache::of(document)), roster, now };
        let expected: Vec<_> = (0..roster.rows.len()).filter(|at| query.takes(&look, &roster.rows[*at])).collect();
        prop_assert_eq!(found, expected, "{}", text);
    }
    Ok(())
}
