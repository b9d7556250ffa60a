//! The command line on a terminal: columns, colours, questions and the clipboard of the terminal.
//! Each run has a pseudo terminal and a home of its own.

use std::io::{Read as _, Write as _};
use std::sync::mpsc::channel;
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::support::home::Home;

const TWO: &str = include_str!("../data/two_people.json");
const AT: &str = "--at=1795348800";

/// What a run on a terminal showed, and how it ended.
struct Shown {
    text: String,
    code: u32,
}

/// Runs `words`; as soon as `cue` is on the screen, `answer` is typed.
fn on_terminal(home: &Home, words: &[&str], variables: &[(&str, &str)], cue: &str, answer: &str) -> Shown {
    let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).expect("a pseudo terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_saltcellar"));
    command.args(words);
    command.cwd(home.path());
    command.env_clear();
    home.environment().into_iter().for_each(|(name, value)| command.env(name, value));
    command.env("TERM", "xterm-256color");
    variables.iter().for_each(|(name, value)| command.env(name, value));
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let mut writer = pair.master.take_writer().expect("a writer");
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(read @ 1..) = reader.read(&mut chunk) {
            if send.send(chunk.iter().take(read).copied().collect::<Vec<u8>>()).is_err() {
                return;
            }
        }
    });
    let mut text = String::new();
    let mut answer = Some(answer).filter(|answer| !answer.is_empty());
    while let Ok(chunk) = receive.recv_timeout(Duration::from_secs(20)) {
        text.push_str(&String::from_utf8_lossy(&chunk));
        if text.contains(cue)
            && let Some(answer) = answer.take()
        {
            writer.write_all(answer.as_bytes()).expect("typed");
        }
    }
    let code = child.wait().expect("it ends").exit_code();
    Shown { text: home.scrub(&text).replace('\r', ""), code }
}

fn with_cache() -> Home {
    let home = Home::new();
    home.put("c.json", TWO);
    home
}

fn cache(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("c.json")).expect("the cache is there")
}

#[test]
fn a_list_on_a_terminal_is_in_columns() {
    let home = with_cache();

    let shown = on_terminal(&home, &["list", "c.json", AT], &[("NO_COLOR", "1")], "never", "");

    insta::assert_snapshot!(shown.text);
}

#[test]
fn one_cache_of_many_says_on_a_terminal_too_when_it_goes() {
    let home = with_cache();
    let made = home.shell("python3 \"$DATA/users.py\" app.db ada=c.json=1795350000 bob=c.json=");
    assert!(made.status.success(), "{made:?}");
    let list = |slot: &str| on_terminal(&home, &["list", &format!("sqlite:app.db#{slot}"), AT], &[], "never", "").text;

    let (ada, bob) = (list("ada"), list("bob"));

    assert!(ada.contains("goes in 20m") && ada.contains("the row goes in 20m, the token lives 30m"), "{ada}");
    assert!(bob.contains("no expiry") && !bob.contains("the row goes"), "{bob}");
}

#[test]
fn a_terminal_gets_colours_unless_it_is_dumb() {
    let home = with_cache();

    let usual = on_terminal(&home, &["status", "c.json", AT], &[], "never", "");
    let dumb = on_terminal(&home, &["status", "c.json", AT], &[("TERM", "dumb")], "never", "");

    assert!(usual.text.contains("\u{1b}[31mSIGN-IN NEEDED\u{1b}[0m"), "{}", usual.text);
    assert!(!dumb.text.contains('\u{1b}'), "{}", dumb.text);
}

#[test]
fn the_default_answer_is_no() {
    let home = with_cache();

    let shown = on_terminal(&home, &["prune", "c.json", "--expired", AT], &[], "[y/N]", "\n");

    assert_eq!((shown.code, cache(&home) == TWO), (1, true), "{}", shown.text);
}

#[test]
fn a_yes_at_the_question_writes() {
    let home = with_cache();

    let shown = on_terminal(&home, &["prune", "c.json", "--expired", AT], &[], "[y/N]", "y\n");

    assert_eq!((shown.code, cache(&home).contains("vault")), (0, false), "{}", shown.text);
}

#[test]
fn a_whole_account_takes_its_name_and_no_yes() {
    let words = ["forget", "c.json", "--account", "ada@contoso.com", AT];
    let (yes, name) = (with_cache(), with_cache());

    let refused = on_terminal(&yes, &words, &[], "to go on:", "y\n");
    let done = on_terminal(&name, &words, &[], "to go on:", "ada@contoso.com\n");

    assert_eq!((refused.code, cache(&yes) == TWO), (1, true), "{}", refused.text);
    assert_eq!((done.code, cache(&name).contains("ada@contoso.com")), (0, false), "{}", done.text);
}

#[test]
fn ctrl_c_at_the_question_leaves_everything() {
    let home = with_cache();

    let shown = on_terminal(&home, &["prune", "c.json", "--expired", AT], &[], "[y/N]", "\u{3}");

    assert_eq!((shown.code, cache(&home) == TWO), (130, true), "{}", shown.text);
}

#[test]
fn over_ssh_a_copy_goes_to_the_terminal_and_says_so() {
    let home = with_cache();

    let shown = on_terminal(&home, &["copy", "c.json", "12e4c3"], &[("SSH_TTY", "/dev/pts/0")], "never", "");

    assert!(shown.text.contains("\u{1b}]52;c;"), "{}", shown.text);
    assert!(shown.text.contains("cannot be cleared"), "{}", shown.text);
    assert_eq!(shown.code, 0);
}

#[test]
fn without_a_command_a_terminal_gets_the_screen() {
    let home = with_cache();

    let shown = on_terminal(&home, &["c.json", AT], &[], "ada@contoso.com", "q");

    assert!(shown.text.contains("\u{1b}[?1049h") && shown.text.contains("\u{1b}[?1049l"), "{}", shown.text);
    assert_eq!(shown.code, 0);
}
