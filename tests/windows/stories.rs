//! The stories of the command line, told by the program of Windows: word for word, but for modes, which it has not.

use std::sync::Mutex;

use super::prepared;
use crate::cli::{difference, retold, story};
use crate::support::home::Home;

/// The stories that are the same on every system. The others tell of modes, links, signals, pipes and processes of Unix.
const STORIES: &[&str] = &[
    "claims",
    "demo",
    "diff",
    "explain",
    "forget",
    "list",
    "people",
    "prune",
    "renew",
    "reserialise",
    "show",
    "stats",
    "undo",
];

#[test]
fn the_stories_that_know_no_system_are_told_on_windows_too() {
    let Some(prepared) = prepared() else { return };
    let left = Mutex::new(STORIES.iter());
    let failed = Mutex::new(Vec::new());

    // Wine takes several processors for one program: two at a time.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(name) = { left.lock().expect("unharmed").next() } {
                    let wanted = std::fs::read_to_string(story(name)).expect("the story can be read");
                    let told = retold(&wanted, &Home::on_windows(prepared.clone()));
                    let differs = difference(&without_modes(&wanted), &told);
                    if !differs.is_empty() {
                        failed.lock().expect("unharmed").push(format!("{name}:\n{differs}"));
                    }
                }
            });
        }
    });

    let failed = failed.into_inner().expect("unharmed");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What a story says where files have no modes: `stat` of this machine tells what Wine gives a new file, and a line that
/// is cut after so many letters holds more of them.
fn without_modes(text: &str) -> String {
    let is_mode = |line: &str| line.strip_prefix('}').unwrap_or(line) == "600";
    let even = |line: &str| if is_mode(line) { line.replace("600", "644") } else { line.to_owned() } + "\n";
    let text: String = text.lines().map(even).collect();
    let text = text.replace("plaintext 0600\tRW\tada@\n", "plaintext 0600\tRW\tada@conto\n");
    ["0600", "0644", "0640", "0666"].iter().fold(text, |text, mode| {
        text.replace(&format!("plaintext {mode}"), "plaintext")
            .replace(&format!("\"mode\":\"{mode}\""), "\"mode\":null")
    })
}
