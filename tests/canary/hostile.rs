//! No byte of a cache, a name or an argument drives the terminal: every command on caches full of hostile text, its
//! streams read byte by byte.

use std::process::Output;

use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::present;
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;

use super::bait::{Bait, Dress, bait, heavy};
use super::corpus::{bare, endless, hostile};
use super::home::{Home, both, code};
use super::stream::{Face, findings};

/// Commands on one cache; `{c}` is the cache.
const LOOKS: &[&str] = &[
    "list {c}",
    "list {c} -q h1",
    "status {c}",
    "stats {c}",
    "export {c}",
    "prune {c} --expired --dry-run",
    "prune {c} --type RT,ID,ACCOUNT,APP --dry-run",
    "prune {c} --orphans --dry-run",
    "renew {c} --dry-run",
    "forget {c} --account u7.t --dry-run",
    "forget {c} --account u7.t",
    "reserialise {c} --style compact --dry-run",
    "lock status {c}",
    "undo {c} --dry-run",
    "show {c} Account-7",
    "show {c} AccessToken-7 --reveal",
    "claims {c} AccessToken-7",
    "show {c} b",
];

/// Checks both streams of `output`.
#[track_caller]
fn must_be_clean(output: &Output, face: Face, what: &str) {
    findings(&output.stdout, face).must_be_clean(&format!("{what}, standard output"));
    findings(&output.stderr, face).must_be_clean(&format!("{what}, standard error"));
    assert!(code(output) < 100, "{what} ended with {}", code(output));
}

/// Runs `words` in words with and without colour, and as JSON, which is ASCII.
#[track_caller]
fn run_clean(home: &Home, words: &[String]) {
    run_as(home, words, &[("--color=always", Face::Coloured), ("--color=never", Face::Plain), ("--json", Face::Plain)]);
}

#[track_caller]
fn run_as(home: &Home, words: &[String], faces: &[(&str, Face)]) {
    let what = words.join(" ").chars().take(200).collect::<String>();
    for (more, face) in faces.iter().copied() {
        let output = home.run(words.iter().map(String::as_str).chain([more]));

        must_be_clean(&output, face, &format!("{what} {more}"));
        let is_ascii = more != "--json" || output.stdout.is_ascii();
        assert!(is_ascii, "{what} {more} is not ASCII");
    }
}

fn on(command: &str, cache: &str) -> Vec<String> {
    let words = command.split(' ').map(|word| word.replace("{c}", cache));
    words.chain(["--at".to_owned(), "1700000000".to_owned()]).collect()
}

#[test]
fn no_text_of_a_cache_drives_the_terminal() {
    let home = Home::new();
    let corpus = hostile();
    let Bait { json, places } = bait(&corpus, Dress::Escaped);
    home.put("escaped.json", json);
    home.put("bare.json", bait(&corpus, Dress::Bare).json);

    // Without colour the words are the same: every third command shows it.
    let faces = [("--color=always", Face::Coloured), ("--json", Face::Plain), ("--color=never", Face::Plain)];
    for (at, command) in LOOKS.iter().enumerate() {
        run_as(&home, &on(command, "escaped.json"), &faces[..1 + at % 3]);
        if at % 4 == 0 {
            run_as(&home, &on(command, "bare.json"), &faces[2 - at / 4 % 3..][..1]);
        }
    }

    assert!(corpus.len() >= 200 && places >= 40 * corpus.len());
    println!("{} texts in {places} places", corpus.len());
}

#[test]
fn every_entry_in_words_is_clean() {
    let json = bait(&hostile(), Dress::Escaped).json;
    let document = Document::parse(SecretBytes::new(json.into_bytes())).expect("a cache");
    let cache = Cache::of(&document);
    let now = UnixSeconds(1_700_000_000);
    let roster = Roster::of(&cache);
    let mut lines = 0;

    for entry in cache.entries() {
        let spot = entry.spot();
        let told = [
            present::entry::summary(&cache, &roster, spot, now, None),
            present::entry::claims(&cache, spot, now),
            present::entry::raw(&cache, spot, None),
        ];
        for line in told.concat() {
            let text = line.text();
            findings(text.as_bytes(), Face::Plain).must_be_clean("a line");
            assert!(!text.contains('\n') && !text.contains('\t'), "{text:?}");
            lines += 1;
        }
    }

    assert!(lines > 20_000, "{lines}");
}

#[test]
fn no_name_of_a_file_drives_the_terminal() {
    let home = Home::new();
    let names: Vec<String> = hostile().iter().filter_map(super::corpus::Hostile::file_name).collect();
    for (at, name) in names.iter().enumerate() {
        // What is broken is read again after a moment, and longer where a lock stands: few of them are.
        let text = if at % 32 == 1 { "{\"Account\": \u{1b}[6n" } else { "{\"Account\": {}}" };
        home.put(format!("d/{name}"), text);
        if at % 8 == 4 {
            home.put(format!("d/{name}.lockfile"), format!("4194303 {}\n{name}", bare(name)));
        }
    }
    use std::os::unix::ffi::OsStrExt as _;
    home.put(std::path::Path::new("d").join(std::ffi::OsStr::from_bytes(b"raw\x9b6n\xff")), "{}");
    let all = |folder: &str| -> Vec<String> { names.iter().map(|name| format!("{folder}/{name}")).collect() };

    run_clean(&home, &["list".to_owned(), "d".to_owned()]);
    run_clean(&home, &["status".to_owned(), "d".to_owned()]);
    run_clean(&home, &[vec!["list".to_owned()], all("d")].concat());
    run_clean(&home, &[vec!["list".to_owned()], all("missing")].concat());
    for (at, place) in all("d").into_iter().enumerate().filter(|(at, _)| at % 9 == 0) {
        let command = [&["lock", "status"][..], &["stats"], &["prune", "--expired", "--yes"]][at / 9 % 3];
        run_clean(&home, &[command.iter().map(|word| (*word).to_owned()).collect(), vec![place]].concat());
    }
}

#[test]
fn no_argument_drives_the_terminal() {
    let home = Home::new();
    home.put("c.json", "{\"Account\": {}}");
    let forms = [
        "show c.json {}",
        "list c.json -q {}",
        "forget c.json --account {}",
        "help {}",
        "man {}",
        "list --at {}",
        "{}",
        "completions {}",
        "prune c.json --type {}",
        "prune c.json --expires-before {}",
        "list --wait {}",
        "list --color {}",
        "export c.json --out {}/x",
        "status --within {}",
        "list --{}",
        "reserialise c.json --style {}",
        "list file:{}",
    ];
    let texts = hostile().into_iter().filter_map(|hostile| hostile.text).filter(|text| !text.contains('\0'));
    for (at, text) in texts.enumerate() {
        let text: String = text.chars().take(2000).collect();
        let words: Vec<String> = forms[at % forms.len()].split(' ').map(|word| word.replace("{}", &text)).collect();

        let output = home.run(&words);

        must_be_clean(&output, Face::Plain, &format!("{words:?}").chars().take(300).collect::<String>());
    }
}

#[test]
fn a_text_of_megabytes_is_cut_on_the_way_to_the_terminal() {
    let home = Home::new();
    home.put("c.json", heavy(&bare(&endless())));

    for command in ["list {c}", "stats {c}", "show {c} a"] {
        let words = on(command, "c.json");
        let output = home.run(&words);

        must_be_clean(&output, Face::Plain, command);
        assert!(both(&output).len() < 1 << 20, "{command} says {} bytes", both(&output).len());
    }
}
