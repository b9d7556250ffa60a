//! The program at a Redis: the question for a password, exit codes and hints. A password shows nowhere: neither on the
//! screen nor among the words and variables of the process.

use std::io::{Read as _, Write as _};
use std::sync::mpsc::channel;
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::support::binary::run;
use crate::support::home::Home;
use crate::support::redis::{NOBODY, Server, tell};

const PASSWORD: &str = "correct-horse-battery";
const TWO: &str = include_str!("../data/two_people.json");

/// What a run on a terminal showed, what the system told of it when it asked, and how it ended.
struct Shown {
    screen: String,
    process: String,
    code: u32,
}

/// Runs `words` on a terminal and types `answer` to the question for a password.
fn asked(words: &[&str], answer: &str) -> Shown {
    let pair = native_pty_system().openpty(PtySize { rows: 40, cols: 120, ..PtySize::default() }).expect("a terminal");
    let home = Home::new();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_saltcellar"));
    command.args(words);
    command.cwd(home.path());
    command.env_clear();
    home.environment().into_iter().for_each(|(name, value)| command.env(name, value));
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    drop(pair.slave);
    let (mut reader, mut writer) = (pair.master.try_clone_reader().expect("a reader"), pair.master.take_writer());
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(read @ 1..) = reader.read(&mut chunk) {
            if send.send(chunk[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    let (mut screen, mut process) = (String::new(), String::new());
    while let Ok(chunk) = receive.recv_timeout(Duration::from_secs(20)) {
        screen.push_str(&String::from_utf8_lossy(&chunk));
        if screen.contains("password of redis://") && process.is_empty() {
            let writer = writer.as_mut().expect("a writer");
            writer.write_all(answer.as_bytes()).expect("typed");
            std::thread::sleep(Duration::from_millis(100));
            let pid = child.process_id().expect("it runs");
            let told = ["cmdline", "environ"].map(|name| std::fs::read(format!("/proc/{pid}/{name}")));
            process = told.into_iter().flatten().map(|told| String::from_utf8_lossy(&told).into_owned()).collect();
            process.push('.');
        }
    }
    let code = child.wait().expect("it ends").exit_code();
    Shown { screen, process, code }
}

fn with_password() -> Option<Server> {
    let server = Server::start(&[])?;
    let mut client = server.client();
    tell(&mut client, &[b"SET", b"session:1", TWO.as_bytes()]);
    tell(&mut client, &[b"ACL", b"SETUSER", b"app", b"on", b">correct-horse-battery", b"~*", b"+@all"]);
    tell(&mut client, &[b"ACL", b"SETUSER", b"default", b"resetpass", b">correct-horse-battery"]);
    Some(server)
}

#[test]
fn a_password_typed_at_the_terminal_opens_the_place_and_shows_nowhere() {
    let Some(server) = with_password() else { return };
    let place = format!("redis://app@127.0.0.1:{}#session:1", server.port);

    // With a letter too many, taken back.
    let shown = asked(&["list", &place], &format!("{PASSWORD}x\u{7f}\r"));

    assert_eq!(shown.code, 0, "{}", shown.screen);
    assert!(shown.screen.contains(&format!("password of redis://app@127.0.0.1:{}: ", server.port)), "{}", shown.screen);
    assert!(shown.screen.contains("@contoso.com"), "{}", shown.screen);
    for told in [&shown.screen, &shown.process] {
        assert!(!told.contains("correct") && !told.contains("battery"), "{told}");
    }
}

#[test]
fn ctrl_c_at_the_question_ends_the_program() {
    let Some(server) = with_password() else { return };

    let shown = asked(&["list", &format!("redis://127.0.0.1:{}#session:1", server.port)], "half\u{3}");

    assert_eq!(shown.code, 130, "{}", shown.screen);
    assert!(!shown.screen.contains("half"), "{}", shown.screen);
}

#[test]
fn what_is_in_the_way_is_said_with_what_to_do_and_exit_code_4() {
    let Some(server) = with_password() else { return };
    let at = |behind: &str| format!("redis://127.0.0.1:{}{behind}", server.port);
    let cases = [
        (at("#session:1"), "the server wants a password", "?password-file=PATH"),
        (at("?password-file=/nonexistent/p#session:1"), "cannot be read", "chmod 600"),
        (format!("redis://127.0.0.1:{NOBODY}#a"), "nobody listens there", "whether the server runs"),
        ("redis://cache.example#a".to_owned(), "would not be encrypted", "rediss:"),
    ];

    for (place, says, hint) in cases {
        let run = run(["list", &place]);

        assert_eq!(run.code, Some(4), "{place}: {run:?}");
        assert!(run.err.contains(says) && run.err.contains("hint: ") && run.err.contains(hint), "{place}: {run:?}");
    }
    for scheme in ["redis", "postgresql", "postgresql+psycopg", "redis+unix", "REDIS"] {
        let refused = run(["list", &format!("{scheme}://app:{PASSWORD}@127.0.0.1/app")]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(!format!("{refused:?}").contains(PASSWORD), "{refused:?}");
    }
}
