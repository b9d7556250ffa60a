//! Transcripts of the command line: each `cli/*.txt` is a story of commands and what they print, replayed in a home
//! of its own. Standard error is marked with `2> `, an exit code other than 0 stands in brackets.
//! After a wanted change: `SALTCELLAR_BLESS=1` writes the transcripts anew; read the difference before it is kept.

mod large;
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::home::Home;

const STORIES: &[&str] = &[
    "claims",
    "completions",
    "config",
    "copy",
    "copy-to",
    "demo",
    "diff",
    "discover",
    "doctor",
    "errors",
    "explain",
    "export",
    "forget",
    "help",
    "import",
    "list",
    "lock",
    "merge",
    "move",
    "partition",
    "people",
    "prune",
    "renew",
    "reserialise",
    "run",
    "salvage",
    "show",
    "sign-out",
    "signals",
    "snapshot",
    "stats",
    "status",
    "streams",
    "undo",
    "watch",
    "web-apps",
];

#[test]
fn every_story_is_told_again_word_for_word() {
    let told: Vec<_> = std::thread::scope(|scope| {
        let tellers: Vec<_> = STORIES.iter().map(|name| scope.spawn(|| replay(&story(name), &Home::new()))).collect();
        tellers.into_iter().map(|teller| teller.join().expect("a story has an end")).collect()
    });

    let failed: Vec<String> = told.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn no_story_is_left_out() {
    let folder = fs::read_dir(story("x").parent().expect("a folder")).expect("it is there");
    let found = folder.map(|entry| entry.expect("readable").path());
    let mut names: Vec<String> = found
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();

    assert_eq!(names, STORIES);
}

pub(crate) fn story(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cli/{name}.txt"))
}

/// Runs the commands of a story; what differs, if anything does.
fn replay(path: &Path, home: &Home) -> Option<String> {
    let wanted = fs::read_to_string(path).expect("the story can be read");
    let told = retold(&wanted, home);
    if told == wanted {
        return None;
    }
    if std::env::var_os("SALTCELLAR_BLESS").is_some() {
        fs::write(path, told).expect("the story can be written");
        return None;
    }
    Some(format!("{}:\n{}", path.display(), difference(&wanted, &told)))
}

/// The commands of a story and what they say now.
pub(crate) fn retold(story: &str, home: &Home) -> String {
    let mut told = String::new();
    for line in story.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            told.push_str(&format!("{line}\n{}", transcript(home, command)));
        } else if line.is_empty() || line.starts_with("# ") {
            told.push_str(&format!("{line}\n"));
        }
    }
    told
}

fn transcript(home: &Home, command: &str) -> String {
    let output = home.shell(command);
    // An empty line would end the command in the story.
    let marked = |mark: &str, bytes: &[u8]| {
        let text = home.scrub(&String::from_utf8_lossy(bytes));
        text.lines().map(|line| format!("{mark}{}\n", if line.is_empty() { "·" } else { line })).collect::<String>()
    };
    let code = output.status.code().filter(|code| *code != 0).map(|code| format!("[{code}]\n"));
    let said = evened(&marked("", &output.stdout));
    format!("{said}{}{}", evened(&marked("2> ", &output.stderr)), code.unwrap_or_default())
}

/// Process ids, times of holding a lock and the fingerprints of a redacted export differ from run to run.
fn evened(text: &str) -> String {
    let text = without_digits_behind("\"held_us\":", &without_digits_behind("(pid ", text));
    ["redacted:", "redacted-"].iter().fold(text, |text, mark| without_fingerprints_behind(mark, &text))
}

fn without_fingerprints_behind(mark: &str, text: &str) -> String {
    let mut parts = text.split(mark);
    let first = parts.next().unwrap_or_default().to_owned();
    let is_print = |part: &str| part.get(..12).is_some_and(|print| print.bytes().all(|byte| byte.is_ascii_hexdigit()));
    parts.fold(first, |text, part| match is_print(part) {
        true => text + mark + "N" + part.get(12..).unwrap_or_default(),
        false => text + mark + part,
    })
}

fn without_digits_behind(mark: &str, text: &str) -> String {
    let mut parts = text.split(mark);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + mark + "N" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

pub(crate) fn difference(wanted: &str, told: &str) -> String {
    let mut shown = String::new();
    let (mut wanted, mut told) = (wanted.lines(), told.lines());
    loop {
        match (wanted.next(), told.next()) {
            (None, None) => return shown,
            (Some(wanted), Some(told)) if wanted == told => {}
            (wanted, told) => {
                let line = |sign: &str, line: Option<&str>| line.map(|line| format!("{sign}{line}\n"));
                shown.extend([line("- ", wanted), line("+ ", told)].into_iter().flatten());
            }
        }
    }
}
