//! What a server and the environment say comes from strangers: it neither drives the terminal nor brings back a password
//! that was typed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use super::home::{BINARY, Home, both};
use super::pty::Terminal;
use super::stream::{Face, findings};

const PASSWORD: &str = "correct-horse-battery-staple";
/// What drives a terminal, as far as it fits into a line.
const HOSTILE: &str = "\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\u{200b}\u{e0041}";

/// A server that wants a password, and answers with hostile words and with the last word that it was told.
fn hostile_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    // It ends with the test's process: a few connections come.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten().take(16) {
            std::thread::spawn(move || answer(&stream));
        }
    });
    port
}

/// Answers each command of `stream` with a refusal.
fn answer(mut stream: &TcpStream) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    loop {
        let words: usize = lines.next()?.ok()?.strip_prefix('*')?.parse().ok()?;
        let mut told = Vec::new();
        for _ in 0..words {
            lines.next()?.ok()?;
            told.push(lines.next()?.ok()?);
        }
        let last = told.last().cloned().unwrap_or_default();
        let refusal = match told.iter().any(|word| word == PASSWORD) {
            true => format!("-WRONGPASS {HOSTILE} {last}\r\n"),
            false => format!("-NOAUTH {HOSTILE} {last}\r\n"),
        };
        stream.write_all(refusal.as_bytes()).ok()?;
    }
}

#[cfg(feature = "redis")]
#[test]
fn a_server_that_wants_a_password_neither_drives_the_terminal_nor_brings_it_back() {
    let home = Home::new();
    let place = format!("redis://app@127.0.0.1:{}#session:1", hostile_server());
    for words in [&["list", place.as_str()][..], &["show", &place, "x"], &["prune", &place, "--expired"]] {
        let mut terminal = Terminal::program(&home, BINARY, words, &[]);
        terminal.wait_for("password of redis://app@127.0.0.1:");
        terminal.type_ahead(&format!("{PASSWORD}\r"));
        // It may ask again: then nothing is known, and it is broken off.
        std::thread::sleep(std::time::Duration::from_millis(700));
        if terminal.runs() {
            terminal.type_ahead("\u{3}");
        }
        terminal.end();

        let bytes = String::from_utf8(terminal.bytes()).expect("UTF-8").replace("\r\n", "\n");
        assert!(!PASSWORD.as_bytes().windows(12).any(|part| bytes.contains(std::str::from_utf8(part).expect("ASCII"))));
        findings(bytes.as_bytes(), Face::Coloured).must_be_clean(words[0]);
    }
}

#[cfg(all(feature = "secret-service", target_os = "linux"))]
#[test]
fn names_in_the_environment_of_a_session_drive_no_terminal() {
    let home = Home::new();
    let place = "secret-service:schema=a-schema";
    let bus = home.path(format!("bus{HOSTILE}"));
    let listener = std::os::unix::net::UnixListener::bind(&bus);
    drop(listener);
    let hostile =
        [("SUDO_USER", format!("ada{HOSTILE}")), ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()))];

    for words in
        [&["list", place][..], &["doctor", place], &["doctor", place, "--json"], &["show", place, "x"], &["discover"]]
    {
        for (name, value) in &hostile {
            let output = super::home::finish(home.command(words).env(name, value));

            findings(&output.stdout, Face::Plain).must_be_clean(&format!("{name} {words:?}, standard output"));
            findings(&output.stderr, Face::Plain).must_be_clean(&format!("{name} {words:?}, standard error"));
            assert!(!both(&output).is_empty(), "{words:?}");
        }
    }
}

/// A bus that refuses whoever comes, in hostile words, and hangs up: what another user's does.
#[cfg(all(feature = "secret-service", target_os = "linux"))]
#[test]
fn a_bus_that_hangs_up_is_told_and_drives_no_terminal() {
    let home = Home::new();
    let (place, bus) = ("secret-service:schema=a-schema", home.path("bus"));
    let listener = std::os::unix::net::UnixListener::bind(&bus).expect("a socket");
    // It ends with the test's process: a few connections come.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten().take(32) {
            _ = stream.read(&mut [0; 512]);
            _ = stream.write_all(format!("REJECTED {HOSTILE}\r\n").as_bytes());
        }
    });
    let address = format!("unix:path={}", bus.display());

    for (words, says) in [
        (&["list", place, "--json"][..], "\"bus-closed\""),
        (&["doctor", place, "--json"], "\"bus-closed\""),
        (&["list", place], "bus"),
        (&["show", place, "x"], "bus"),
        (&["prune", place, "--expired", "--yes"], "bus"),
    ] {
        let output = super::home::finish(home.command(words).env("DBUS_SESSION_BUS_ADDRESS", &address));

        let told = both(&output);
        findings(&told, Face::Plain).must_be_clean(&format!("{words:?}"));
        assert!(String::from_utf8_lossy(&told).contains(says), "{words:?}: {}", String::from_utf8_lossy(&told));
    }
}

/// `doctor` names the two sorts of trouble that a session's bus can have for who runs as another user.
#[cfg(all(feature = "secret-service", target_os = "linux"))]
#[test]
fn an_elevated_run_is_told_apart_from_a_closed_bus() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can be root by sudo");
        return;
    }
    let home = Home::new();
    let told = |name: &str, value: &str| {
        let mut command = home.command(["doctor", "secret-service:schema=a-schema", "--json"]);
        String::from_utf8_lossy(&both(&super::home::finish(command.env(name, value)))).into_owned()
    };

    assert!(told("SUDO_USER", "ada").contains("\"elevated\""), "{}", told("SUDO_USER", "ada"));
    assert!(!told("SUDO_USER", "root").contains("\"elevated\""));
}
