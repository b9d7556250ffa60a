//! The terminal comes back: however a session ends, its modes are what they were, and nothing of a secret is left on
//! the screen or above it. And nothing ever asks for the network.

use rustix::process::Signal;
use std::time::{Duration, Instant};

use super::calls::{CALLS, Scene};
use super::home::{BINARY, finish};
use super::pty::Terminal;
use super::secrets::AT;
use super::snapshot::{traced, ways_out};
use super::stream::{Face, findings};
use super::walk::{back, page};

/// A session in which a secret was shown, and the modes of the terminal before it.
fn session(scene: &Scene) -> (Terminal, String) {
    let program = format!("read go; exec {BINARY} d/c.json --at {AT}");
    let mut terminal = Terminal::program(&scene.home, "sh", &["-c", &program], &[]);
    let modes = terminal.modes();
    terminal.send("\r");
    terminal.wait_for("Vault");
    assert_ne!(terminal.modes(), modes, "a session takes the terminal");
    page(&mut terminal, "[Summary]");
    terminal.press("2/Vault\r");
    terminal.press("3x");
    terminal.wait_for(&scene.secrets.of("opaque")[..12]);
    (terminal, modes)
}

/// Fails unless the terminal is as it was and holds no secret.
#[track_caller]
fn must_be_back(scene: &Scene, terminal: &Terminal, modes: &str, how: &str) {
    assert_eq!(terminal.modes(), modes, "{how}");
    terminal.state(|screen| {
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste(), "{how}");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "{how}");
    });
    let found = findings(&terminal.bytes(), Face::Screen);
    let (on, off) = (found.count("\u{1b}[?1004h"), found.count("\u{1b}[?1004l"));
    assert!(on > 0 && on == off, "{how}: reports of focus {on} {off}");
    scene.secrets.must_not_be_in(terminal.screen().as_bytes(), how);
    scene.secrets.must_not_be_in(&terminal.scrollback(), how);
}

#[test]
fn the_terminal_comes_back_however_it_ends() {
    for key in ["q", "\u{3}", "Q"] {
        let scene = Scene::new();
        let (mut terminal, modes) = session(&scene);
        back(&mut terminal);
        terminal.settle();
        terminal.send(key);

        assert_eq!(terminal.end(), 0, "{key:?}");
        must_be_back(&scene, &terminal, &modes, key);
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let scene = Scene::new();
        let (mut terminal, modes) = session(&scene);
        terminal.signal(signal);

        assert_eq!(terminal.end(), code, "{signal:?}");
        must_be_back(&scene, &terminal, &modes, &format!("{signal:?}"));
    }
}

#[test]
fn the_terminal_comes_back_while_suspended_and_is_taken_again_without_the_secret() {
    let scene = Scene::new();
    let (mut terminal, modes) = session(&scene);

    terminal.send("\u{1a}");
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", terminal.pid())).unwrap_or_default();
    let start = Instant::now();
    while !state().contains(") T ") {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not stop: {}", state());
        std::thread::sleep(Duration::from_millis(10));
    }
    terminal.settle();
    must_be_back(&scene, &terminal, &modes, "suspended");

    terminal.signal(Signal::CONT);
    terminal.wait_for("Vault");
    assert_ne!(terminal.modes(), modes);
    scene.secrets.must_not_be_in(terminal.screen().as_bytes(), "after the suspension");
    terminal.press("q");
    terminal.end();
    must_be_back(&scene, &terminal, &modes, "quit");
}

#[test]
fn nothing_asks_for_the_network() {
    let scene = Scene::new();
    let log = tempfile::NamedTempFile::new().expect("a log");
    let Some(strace) = traced(log.path()) else { return };

    for call in CALLS {
        let words = strace.iter().cloned().chain([BINARY.to_owned()]).chain(scene.words(call.words));
        finish(&mut scene.home.program("strace", words));

        let calls = std::fs::read_to_string(log.path()).expect("a log");
        assert_eq!(ways_out(&calls), Vec::<String>::new(), "{}", call.words);
    }
    let scene = Scene::new();
    let all: Vec<&str> = strace.iter().map(String::as_str).chain([BINARY, "d/c.json", "--at", AT]).collect();
    let mut terminal = Terminal::program(&scene.home, "strace", &all, &[]);
    terminal.wait_for("2 Tokens");
    for keys in ["P", "\rW", "zW", "ZW", "yi", "yy", "e\rW", "\u{1b}", "O\u{1b}", "?\u{1b}", "r", "q"] {
        terminal.press(keys);
    }
    terminal.end();

    let calls = std::fs::read_to_string(log.path()).expect("a log");
    assert!(calls.contains("openat("));
    assert_eq!(ways_out(&calls), Vec::<String>::new());
}
