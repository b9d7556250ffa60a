//! `--readonly` writes nothing at all: every command and every key on every screen, judged by the folder as it was and
//! by the calls that were made. It says what made it read-only, and nothing inside lifts it.

use std::process::Stdio;
use std::time::Duration;

use super::calls::{CALLS, Does, Scene, with_options};
use super::home::{BINARY, code, finish, wait};
use super::pty::Terminal;
use super::secrets::AT;
use super::snapshot::{Snapshot, offences, traced};
use super::walk::{SCREENS, Screen, back, keys, walk};

/// The ways in which read-only is asked for, and the word that a refusal names.
const WAYS: [(&str, &str); 3] = [
    ("--readonly", "--readonly"),
    ("SALTCELLAR_READONLY=1", "SALTCELLAR_READONLY"),
    ("SALTCELLAR_READONLY=1 --write", "SALTCELLAR_READONLY"),
];

/// The words of `call`, read-only in this way, with the environment that belongs to it.
fn words(scene: &Scene, call: &str, way: &str) -> (Vec<String>, Option<(String, String)>) {
    let mut words = scene.words(call);
    let mut environment = None;
    for word in way.split(' ') {
        match word.split_once('=') {
            Some((name, value)) => environment = Some((name.to_owned(), value.to_owned())),
            None => words = with_options(words, &[word]),
        }
    }
    (words, environment)
}

#[test]
fn no_command_writes_under_readonly() {
    let scene = Scene::with_undo();
    let mut refused = 0;

    for (at, call) in CALLS.iter().enumerate() {
        // Those that only look need one way to show it.
        let ways = if call.does == Does::Writes { &WAYS[..] } else { &WAYS[at % 3..][..1] };
        for (way, by) in ways {
            let (words, environment) = words(&scene, call.words, way);
            let before = Snapshot::of(&scene.home.path(""));
            let mut command = scene.home.command(&words);
            let output = finish(command.envs(environment));

            assert_eq!(before.changes(), Vec::<String>::new(), "{way} {words:?}");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if call.does == Does::Writes {
                assert_eq!(code(&output), 1, "{way} {words:?}: {said}");
                assert!(said.contains(by), "{way} {words:?} says {said}");
                refused += 1;
            }
        }
    }

    assert!(refused >= 36, "{refused}");
}

#[test]
fn no_command_even_tries_to_write_under_readonly() {
    let scene = Scene::with_undo();
    let log = tempfile::NamedTempFile::new().expect("a log outside of the home");
    let Some(strace) = traced(log.path()) else { return };

    for call in CALLS {
        let (words, _) = words(&scene, call.words, "--readonly");
        let words = strace.iter().cloned().chain([BINARY.to_owned()]).chain(words);
        let output = finish(&mut scene.home.program("strace", words));

        assert!(code(&output) < 100, "{}: {}", call.words, String::from_utf8_lossy(&output.stderr));
        let calls = std::fs::read_to_string(log.path()).expect("a log");
        assert_eq!(offences(&calls), Vec::<String>::new(), "{}", call.words);
        assert!(calls.contains("openat("), "strace saw nothing of {}", call.words);
    }
}

/// Every key on some screens, in a session of their own under strace.
fn no_key_writes_on(screens: &[Screen]) {
    let scene = Scene::with_undo();
    let log = tempfile::NamedTempFile::new().expect("a log outside of the home");
    let strace = traced(log.path());
    let before = Snapshot::of(&scene.home.path(""));
    let words = ["d/c.json", "d/l.json", "--at", AT, "--readonly"];
    let mut terminal = match &strace {
        Some(strace) => {
            let all: Vec<&str> = strace.iter().map(String::as_str).chain([BINARY]).chain(words).collect();
            Terminal::program(&scene.home, "strace", &all, &[])
        }
        None => Terminal::start(&scene.home, &words),
    };
    terminal.wait_for("Vault");

    let pressed = walk(&mut terminal, screens, &keys());
    for more in
        ["2ggP\t\r", "2ggPW", "2gg*d\t\rW", "2ggR\t\rW", "2gge\r\r", "2gge\r\rW", "zW", "1ggjDada@contoso.com\r\r"]
    {
        back(&mut terminal);
        terminal.send(more);
    }
    back(&mut terminal);
    terminal.settle();
    terminal.press("q");
    terminal.end();

    assert_eq!(before.changes(), Vec::<String>::new());
    let calls = std::fs::read_to_string(log.path()).expect("a log");
    assert_eq!(offences(&calls), Vec::<String>::new());
    println!("{pressed} keys pressed");
}

#[test]
fn no_key_of_a_pane_writes_under_readonly() {
    no_key_writes_on(&SCREENS[..6]);
}

#[test]
fn no_key_of_a_field_or_popup_writes_under_readonly() {
    no_key_writes_on(&SCREENS[6..13]);
}

#[test]
fn no_key_of_a_dialog_writes_under_readonly() {
    no_key_writes_on(&SCREENS[13..]);
}

#[test]
fn the_kernel_holds_it_too_where_it_can() {
    let scene = Scene::with_undo();
    let walled = |more: &[&str]| {
        let mut command = scene.home.command(["list", "-", "--at", AT].iter().chain(more));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(300));
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        drop(child.stdin.take());
        wait(&mut child, Duration::from_secs(10)).expect("it ends with its input");
        // Who builds such a wall gives up gaining rights.
        status.lines().any(|line| line == "NoNewPrivs:\t1")
    };

    assert!(!walled(&[]));
    assert!(walled(&["--readonly"]));
}

#[test]
fn the_screen_says_that_and_why_it_is_read_only() {
    let scene = Scene::with_undo();
    let mut terminal =
        Terminal::program(&scene.home, BINARY, &["d/c.json", "--at", AT], &[("SALTCELLAR_READONLY", "1")]);
    terminal.wait_for("Vault");

    assert!(terminal.shows("RO"), "{}", terminal.screen());
    terminal.press("P");

    assert!(terminal.shows("read-only (SALTCELLAR_READONLY)"), "{}", terminal.screen());
}

#[test]
fn nothing_found_and_nothing_readable_is_left_alone_too() {
    let scene = Scene::with_undo();
    let before = Snapshot::of(&scene.home.path(""));

    for place in
        [&["--readonly"][..], &["d/b.json", "--readonly"], &["d/none.json", "--readonly"], &["--demo", "--readonly"]]
    {
        let mut terminal = Terminal::start(&scene.home, place);
        terminal.wait_for("saltcellar");
        for key in keys().iter().filter(|key| key.chars().count() == 1) {
            terminal.send(key);
        }
        assert!(terminal.runs());
    }

    assert_eq!(before.changes(), Vec::<String>::new());
}
