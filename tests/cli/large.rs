//! A large file is listed in parts, standard input as a whole: both tell the same.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use crate::support::binary::{Run, command};
use crate::support::home::Home;

/// Two megabytes of MSAL Python's hand: people, a guest with a name of its own, tokens of all kinds, a stranger.
fn cache() -> String {
    let mut sections: [String; 4] = Default::default();
    for at in 0..400 {
        let id = format!("oid{at}.tid{}", at % 7);
        let token = format!("{at}{}", "tok-en_".repeat(500));
        let common = format!(r#""home_account_id": "{id}", "environment": "login.microsoftonline.com""#);
        let both = format!(r#"{common}, "client_id": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "secret": "{token}""#);
        let [access, people, ids, refresh] = &mut sections;
        let times = r#""cached_at": "1795340000", "expires_on": "1795349999""#;
        write!(access, r#", "{id}-at": {{{both}, "realm": "tid", "target": "s{at}/.default x", {times}}}"#)
            .expect("text");
        write!(
            people,
            r#", "{id}-a": {{{common}, "realm": "tid", "username": "u{at}@x{}.example", "name": "Zoë"}}"#,
            at % 7
        )
        .expect("text");
        write!(ids, r#", "{id}-id": {{{both}, "realm": "host{at}"}}"#).expect("text");
        write!(refresh, r#", "{id}-rt": {{{both}, "family_id": "1"}}"#).expect("text");
    }
    let named = ["AccessToken", "Account", "IdToken", "RefreshToken"].into_iter().zip(&sections);
    let whole = named.map(|(name, entries)| format!(r#""{name}": {{{}}}, "#, entries.trim_start_matches(", ")));
    format!(r#"{{{}"Stranger": {{"a": {{}}, "b": 1}}, "Empty": {{}}}}"#, whole.collect::<String>())
}

/// What `words` tell of `file`, and of its text on standard input.
fn both(file: &Path, words: &[&str]) -> [Run; 2] {
    let whole = || File::open(file).expect("readable");
    let path = file.to_str().expect("a plain name");
    [(path, None), ("-", Some(whole()))].map(|(place, input)| {
        let mut command = command([words[0], place].iter().chain(&words[1..]).chain(&["--at", "1795348800"]));
        input.into_iter().for_each(|input| _ = command.stdin(input));
        let mut run = Run::of(command.output().expect("it runs"));
        for text in [&mut run.out, &mut run.err] {
            let said = [&format!("file:{path}"), path, "\"-\"", "error: - ", "salvage - ", "says\":\"- "];
            let same = [
                "standard input",
                "standard input",
                "\"standard input\"",
                "error: standard input ",
                "salvage standard input ",
                "says\":\"standard input ",
            ];
            *text = said.iter().zip(same).fold(std::mem::take(text), |text, (said, same)| text.replace(said, same));
            *text = text.replace(" 0600", "").replace("RW", "RO");
        }
        run
    })
}

fn agree(home: &Home, text: &str, code: i32) {
    let file = home.put("c.json", text);
    for words in [
        &["list"][..],
        &["list", "-q", "s17"],
        &["list", "-q", "s17 !claim.oid:x"],
        &["status"],
        &["status", "--json"],
        &["list", "--json"],
    ] {
        let [parts, whole] = both(&file, words);

        assert_eq!(parts.code, Some(code), "{words:?} {}", parts.err);
        assert_eq!(whole.code, Some(code), "{words:?} {}", whole.err);
        let told = |run: &Run| format!("{}{}", run.out, run.err);
        assert!(told(&parts) == told(&whole), "{words:?}:\n{:.300}\n{:.300}", told(&parts), told(&whole));
    }
}

#[test]
fn a_large_cache_is_listed_in_parts_as_it_is_as_a_whole() {
    agree(&Home::new(), &cache(), 0);
}

#[test]
fn tokens_with_escapes_are_listed_too() {
    let odd = cache().replacen("tok-en_", "tok\\u002den_", 1);

    agree(&Home::new(), &odd, 0);
}

/// Sixty refresh tokens so long that a few fill a stretch; any runtime may have written the first ones, Node the others.
#[test]
fn the_hand_of_a_cache_is_told_by_its_first_entries_wherever_they_lie() {
    let secret = "x".repeat(30 << 10);
    let entry = |at: usize| {
        let tail = if at < 16 { "--" } else { "---" };
        format!(
            r#""u{at}.t-h-refreshtoken-c{tail}": {{"credential_type": "RefreshToken", "environment": "h", "secret": "{secret}",
                "home_account_id": "u{at}.t", "client_id": "c"}}"#
        )
    };
    let entries: Vec<_> = (0..60).map(entry).collect();
    let home = Home::new();
    let file = home.put("c.json", &format!(r#"{{"RefreshToken": {{{}}}}}"#, entries.join(", ")));

    let [parts, whole] = both(&file, &["list"]);

    assert!(parts.out.starts_with("node\t"), "{:.200}", parts.out);
    assert!(parts.out == whole.out, "{:.200}\n{:.200}", parts.out, whole.out);
}

#[test]
fn a_large_damaged_cache_is_refused_with_the_same_words() {
    let whole = cache();
    let cut = whole[..whole.len() - 9].to_owned();

    for damaged in
        [cut, whole.clone() + "}", whole.replacen(": {", ": {,", 3), whole.replacen("\"b\": 1", "\"b\": hunter2", 1)]
    {
        agree(&Home::new(), &damaged, 1);
    }
}
