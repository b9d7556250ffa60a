//! Copied secrets on a real X server and in a real tmux: they arrive, they are marked as secret, they go again.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::peers::installed;

const BINARY: &str = env!("CARGO_BIN_EXE_saltcellar");
/// Starts the access token for Microsoft Graph of the demo: every JWT does.
const TOKEN_START: &str = "eyJ";
/// Longer than a loaded machine needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// One X server at a time: two that start at once may choose the same number.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// An X server without a screen, ended by its pid.
struct Display {
    server: Child,
    name: String,
    _alone: MutexGuard<'static, ()>,
}

impl Display {
    fn start() -> Option<Self> {
        if !installed("Xvfb") || !installed("xclip") {
            return None;
        }
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let out = server.stdout.as_mut().expect("piped");
        let mut byte = [0];
        while out.read(&mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
            number.push(char::from(byte[0]));
        }
        Some(Self { server, name: format!(":{number}"), _alone: alone })
    }

    /// What a paste gives: the text, or the list of targets.
    fn paste(&self, target: &str) -> String {
        // Whoever is asked may be killed before it answers: then xclip would wait for ever.
        let output = Command::new("timeout")
            .args(["5", "xclip", "-o", "-selection", "clipboard", "-t", target])
            .env("DISPLAY", &self.name)
            .output()
            .expect("xclip runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Whether a token can be pasted soon.
    fn has_token(&self) -> bool {
        within(PATIENCE, || self.paste("UTF8_STRING").starts_with(TOKEN_START))
    }

    /// Whether no token can be pasted soon.
    fn has_no_token(&self) -> bool {
        within(PATIENCE, || !self.paste("UTF8_STRING").starts_with(TOKEN_START))
    }

    fn copy(&self, text: &str) {
        let command = format!("printf %s '{text}' | xclip -selection clipboard");
        let status = Command::new("sh").args(["-c", &command]).env("DISPLAY", &self.name).status();
        assert!(status.expect("xclip runs").success());
    }

    fn copying(&self, seconds: &str) -> Child {
        Command::new(BINARY)
            .args(["copy", "--demo", graph_token().as_str(), "--clear-after", seconds, "--yes"])
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("SSH_TTY")
            .env_remove("SSH_CONNECTION")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("saltcellar starts")
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The fingerprint of an access token of the demo.
fn graph_token() -> String {
    let output = Command::new(BINARY).args(["list", "--demo", "--json"]).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let listed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let entries = listed.pointer("/caches/0/entries").and_then(|entries| entries.as_array()).expect("entries");
    let says =
        |entry: &serde_json::Value, field: &str| entry.get(field).and_then(|text| text.as_str().map(str::to_owned));
    let is_graph = |entry: &&serde_json::Value| says(entry, "target").is_some_and(|target| target.contains("graph"));
    let mut tokens = entries.iter().filter(|entry| says(entry, "section").as_deref() == Some("AccessToken"));
    says(tokens.find(is_graph).expect("the demo has one"), "fingerprint").expect("a token has one")
}

fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_copied_token_is_marked_secret_and_gone_in_time() {
    let Some(display) = Display::start() else { return };

    let mut copying = display.copying("2");
    let arrived = display.has_token();
    let targets = display.paste("TARGETS");
    let hint = display.paste("x-kde-passwordManagerHint");
    let ended = copying.wait().expect("it ends");

    assert!(arrived, "the token can be pasted");
    assert!(targets.contains("x-kde-passwordManagerHint"), "{targets}");
    assert_eq!(hint, "secret");
    assert!(ended.success());
    assert!(!display.paste("UTF8_STRING").starts_with(TOKEN_START), "it is gone after its time");
}

#[test]
fn what_the_user_copies_meanwhile_stays() {
    let Some(display) = Display::start() else { return };

    let mut copying = display.copying("2");
    assert!(display.has_token());
    display.copy("something else");
    copying.wait().expect("it ends");

    assert_eq!(display.paste("UTF8_STRING"), "something else");
}

/// A tmux server of the test's own, with its socket in a folder of the test's own.
struct Tmux(TempDir);

impl Tmux {
    /// A server with a session and the clipboard on; `None` where tmux is not installed.
    fn start() -> Option<Self> {
        let tmux = installed("tmux").then(|| Self(tempfile::tempdir().expect("a folder")))?;
        tmux.run(&["new-session", "-d", "-x", "100", "-y", "30", "sleep 60"]);
        tmux.run(&["set", "-s", "set-clipboard", "on"]);
        Some(tmux)
    }

    /// Runs `command` in a window, with a home of its own.
    fn open(&self, surroundings: &str, command: &str) {
        let home = self.0.path().display();
        self.run(&["new-window", &format!("env {surroundings} HOME={home} {BINARY} {command}")]);
    }

    fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    fn run(&self, args: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(self.0.path().join("socket"))
            .args(["-f", "/dev/null"])
            .args(args)
            .output();
        String::from_utf8_lossy(&output.expect("tmux runs").stdout).into_owned()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-session"]);
    }
}

/// What keeps every display out of reach.
const NO_DISPLAY: &str = "-u DISPLAY -u WAYLAND_DISPLAY";

#[test]
fn without_a_display_the_terminal_is_asked_by_osc_52() {
    let Some(tmux) = Tmux::start() else { return };

    tmux.open(NO_DISPLAY, &format!("copy --demo {} --clear-after 3 --yes; sleep 5", graph_token()));
    let arrived = within(PATIENCE, || tmux.run(&["show-buffer"]).starts_with(TOKEN_START));

    assert!(arrived, "the token is in tmux's buffer");
}

/// Starts the terminal UI on the demo in `tmux`, and copies the first token: Microsoft Graph's.
fn copy_in_the_ui(tmux: &Tmux, surroundings: &str) {
    tmux.open(surroundings, "--demo");
    assert!(within(PATIENCE, || tmux.screen().contains("Key Vault")), "{}", tmux.screen());
    tmux.run(&["send-keys", "l", "y", "y"]);
}

/// A terminal UI and the display on which it has put a token; `None` where the machine has no such things.
fn copied_in_the_ui() -> Option<(Tmux, Display)> {
    let (tmux, display) = Tmux::start().zip(Display::start())?;
    copy_in_the_ui(&tmux, &format!("-u WAYLAND_DISPLAY DISPLAY={}", display.name));
    assert!(display.has_token());
    Some((tmux, display))
}

#[test]
fn the_terminal_ui_copies_to_the_display_and_clears_when_it_ends() {
    let Some((tmux, display)) = copied_in_the_ui() else { return };

    let hint = display.paste("x-kde-passwordManagerHint");
    tmux.run(&["send-keys", "Q"]);

    assert!(display.has_no_token());
    assert_eq!(hint, "secret");
}

#[test]
fn the_terminal_ui_copies_by_osc_52_where_there_is_no_display() {
    let Some(tmux) = Tmux::start() else { return };

    copy_in_the_ui(&tmux, NO_DISPLAY);
    let arrived = within(PATIENCE, || tmux.run(&["show-buffer"]).starts_with(TOKEN_START));
    let told = within(PATIENCE, || tmux.screen().contains("bytes, through tmux (OSC 52)"));

    assert!(arrived && told, "the token is in tmux's buffer: {arrived}, the toast names the way: {told}");
}

/// The program in `tmux` that the test started, by its own environment.
fn ui_pid(tmux: &Tmux) -> Option<rustix::process::Pid> {
    let shell = tmux.run(&["display-message", "-p", "#{pane_pid}"]);
    shell.trim().parse().ok().and_then(rustix::process::Pid::from_raw)
}

#[test]
fn a_killed_terminal_ui_takes_the_secret_with_it() {
    let Some((tmux, display)) = copied_in_the_ui() else { return };

    // The window runs the program itself: `env` has made room for it.
    let pid = ui_pid(&tmux).expect("it runs");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it can be killed");

    assert!(display.has_no_token());
}

#[test]
fn the_terminal_ui_names_the_way_and_clears_after_ten_seconds_only_what_is_its_own() {
    let Some((tmux, display)) = copied_in_the_ui() else { return };
    let told = within(PATIENCE, || tmux.screen().contains("bytes, to the clipboard: cleared in 10 s"));
    let began = Instant::now();

    let gone = display.has_no_token();
    let taken = began.elapsed();
    tmux.run(&["send-keys", "y", "y"]);
    assert!(display.has_token());
    display.copy("something else");
    std::thread::sleep(Duration::from_secs(11));

    assert!(told && gone, "told: {told}, gone: {gone}");
    assert!(taken > Duration::from_secs(7), "{taken:?}");
    assert_eq!(display.paste("UTF8_STRING"), "something else");
}
