//! Whatever ends or stops the program, the terminal is given back as it was, and every mode is undone.

use std::io::Read as _;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::Signal;

use super::{Home, home};

/// What is set and how it is undone: the alternate screen, clicks, their coordinates, pastes, the focus, the cursor, the
/// window's title.
const MODES: [(&str, &str); 7] = [
    ("?1049h", "?1049l"),
    ("?1000h", "?1000l"),
    ("?1006h", "?1006l"),
    ("?2004h", "?2004l"),
    ("?1004h", "?1004l"),
    ("?25l", "?25h"),
    ("[22;2t", "[23;2t"),
];

/// Asserts that every mode was set and that the last word on each of them undoes it.
fn assert_undone(bytes: &[u8], how: &str) {
    let text = String::from_utf8_lossy(bytes);
    for (on, off) in MODES {
        assert!(text.contains(on), "{on} is never set, {how}");
        assert!(text.rfind(off) > text.rfind(on), "{on} stays, {how}");
    }
    // Nobody sets the keyboard protocol of kitty; whoever does must pop it.
    assert_eq!(text.matches("\x1b[>1u").count(), text.matches("\x1b[<1u").count(), "{how}");
}

#[test]
fn quitting_gives_the_terminal_back() {
    let home = home();
    for key in ["q", "Q", "\x03"] {
        let mut pty = home.start();
        pty.send(key);
        let (code, bytes) = pty.end();

        assert_eq!(code, 0, "{key:?}");
        assert_undone(&bytes, &format!("after {key:?}"));
    }
}

#[test]
fn signals_give_the_terminal_back() {
    let home = home();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let pty = home.start();
        pty.signal(signal);
        let (exit, bytes) = pty.end();

        assert_eq!(exit, code, "{signal:?}");
        assert_undone(&bytes, &format!("after {signal:?}"));
    }
}

#[test]
fn a_terminal_that_is_gone_ends_the_program_though_its_first_program_hears_of_it_alone() {
    let home = home();
    let pair = native_pty_system().openpty(PtySize::default()).expect("a pty");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", r#"trap '' HUP; "$0" msal.json"#, env!("CARGO_BIN_EXE_saltcellar")]);
    command.env("TERM", "xterm-256color");
    command.env("HOME", home.folder.path());
    command.cwd(home.folder.path());
    let mut child = pair.slave.spawn_command(command).expect("a shell starts");
    drop(pair.slave);
    let mut screen = pair.master.try_clone_reader().expect("the first reader");
    let (mut seen, mut room) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("Key Vault") {
        let read = screen.read(&mut room).expect("it draws");
        seen.extend_from_slice(&room[..read]);
    }

    drop((screen, pair.master));

    let start = Instant::now();
    while child.try_wait().expect("known").is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().expect("it ends");
            panic!("it runs on without a terminal");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn start_faulty(home: &Home, fault: &str) -> super::Pty {
    let mut pty = home.start_with(&[("SALTCELLAR_FAULT", fault)]);
    pty.send("j");
    pty
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_and_says_where_but_not_what() {
    let home = home();
    for fault in ["view", "update"] {
        let pty = start_faulty(&home, fault);
        let (code, bytes) = pty.end();

        assert_eq!(code, 1, "{fault}");
        assert_undone(&bytes, &format!("after a panic in {fault}"));
        let text = String::from_utf8_lossy(&bytes);
        let end = text.rsplit("?1049l").next().unwrap_or_default();
        assert!(end.contains("saltcellar stopped at src/tui/fault.rs:"), "{end}");
        assert!(!end.contains("asked for"), "{end}");
    }
}

#[test]
fn a_panic_of_a_worker_leaves_the_screen_at_work() {
    let home = home();
    let mut pty = start_faulty(&home, "worker");

    pty.wait_for("a part of saltcellar stopped at src/tui/fault.rs:");
    pty.send("1");
    pty.wait_without("a part of saltcellar stopped");
    pty.send("q");
    let (code, bytes) = pty.end();

    assert_eq!(code, 0);
    assert_undone(&bytes, "after a panic of a worker");
}

#[test]
fn a_stopped_program_gives_the_terminal_back_and_takes_it_again_each_time() {
    let home = home();
    let mut pty = home.start();

    for way in ["ctrl-z", "SIGTSTP from outside", "ctrl-z once more"] {
        if way.starts_with("ctrl-z") {
            pty.send("\x1a");
        } else {
            pty.signal(Signal::TSTP);
        }
        assert_undone(&pty.given_back(), way);
        pty.wait_stopped();
        pty.signal(Signal::CONT);
        pty.wait_for("Key Vault");
    }
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}
