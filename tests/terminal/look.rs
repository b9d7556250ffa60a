//! What the looks cost a real terminal, byte by byte: colours, the question for its ground, titles, the cursor.

use std::time::Duration;

use super::pty::{Pty, Start};
use super::{Home, home};

/// What the program asks the terminal.
const QUESTION: &str = "\x1b]11;?\x1b\\";

/// The parameters of every `ESC [ … m`.
fn colours(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let codes = text.split("\x1b[").filter_map(|rest| rest.split_once('m')).map(|(code, _)| code.to_owned());
    codes.filter(|code| code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';')).collect()
}

fn ended(mut pty: Pty) -> Vec<u8> {
    pty.send("q");
    let (exit, bytes) = pty.end();
    assert_eq!(exit, 0);
    bytes
}

fn holds(bytes: &[u8], part: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(part)
}

#[test]
fn without_colour_no_colour_is_sent_and_the_cursor_line_is_still_reversed() {
    let home = home();
    for env in [&[("NO_COLOR", "1")][..], &[("CLICOLOR", "0")], &[("TERM", "vt220")]] {
        let mut pty = home.start_with(env);
        let moved = pty.count();
        pty.send("jj");
        pty.wait_for("> AT   Key Vault");
        assert!(pty.has_inverse("Key Vault"), "the cursor line is reversed on the screen");
        pty.send("1jD");
        pty.wait_for("Cancel");
        pty.send("\x1b");
        pty.wait_without("Cancel");
        let bytes = ended(pty);

        let codes = colours(&bytes);
        assert!(!codes.iter().any(|code| code.is_empty() || code.starts_with(';')), "no empty colour resets the rest");
        assert!(colours(bytes.get(moved..).unwrap_or_default()).contains(&"7".to_owned()), "reversed by its own code");
        let is_colour = |part: &str| {
            matches!(part.len(), 2 | 3) && "3491".contains(part.get(..1).unwrap_or("")) && !["39", "49"].contains(&part)
        };
        let found: Vec<_> = codes.iter().filter(|code| code.split(';').any(is_colour)).collect();
        assert_eq!(found, Vec::<&String>::new(), "{env:?}");
    }
}

#[test]
fn a_terminal_that_never_answers_delays_nothing_and_gets_what_can_be_read_on_any_ground() {
    let home = home();
    let pty = home.start();
    pty.wait_for_bytes(QUESTION);
    let bytes = ended(pty);

    let text = String::from_utf8_lossy(&bytes).into_owned();
    let first_frame = text.find("\x1b[?2026l").expect("the end of a frame");
    assert!(Some(first_frame) < text.find(QUESTION), "it is asked after the first frame");
    assert_eq!(text.matches(QUESTION).count(), 1);
    assert!(
        !colours(&bytes).iter().any(|code| code.split(';').any(|part| part == "33")),
        "no yellow on who knows what"
    );
}

#[test]
fn an_answer_that_comes_late_or_in_pieces_changes_colours_and_types_nothing() {
    let home = home();
    for pieces in [&["\x1b]11;rgb:ffff/ffff/ffff\x1b\\"][..], &["\x1b", "]11;rg", "b:ff/ff/ff", "\x07"]] {
        let mut pty = home.start();
        pty.wait_for_bytes(QUESTION);
        std::thread::sleep(Duration::from_millis(300));
        // Times go on meanwhile.
        let letters = |pty: &Pty| pty.contents().replace(|c: char| !c.is_alphabetic(), "");
        let before = letters(&pty);
        for piece in pieces {
            pty.send(piece);
            std::thread::sleep(Duration::from_millis(4));
        }
        pty.wait_for_bytes("34m");

        assert_eq!(letters(&pty), before, "not a letter of the screen changed");
        pty.send("j/vault\r");
        pty.wait_for("1 of 25 shown");
        ended(pty);
    }
}

#[test]
fn a_theme_without_grounds_asks_nothing() {
    let home = home();
    for theme in ["dark", "light", "mono"] {
        let bytes = ended(home.start_with(&[("SALTCELLAR_THEME", theme)]));
        assert!(!holds(&bytes, QUESTION), "{theme}");
    }
}

/// Whether some sequence for looks holds the numbers `code`, alone or among others.
fn sets(bytes: &[u8], code: &str) -> bool {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let numbers =
        text.split("\x1b[").filter_map(|rest| rest.split_once('m')).map(|(numbers, _)| format!(";{numbers};"));
    let is_look = |numbers: &String| numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
    numbers.filter(is_look).any(|numbers| numbers.contains(&format!(";{code};")))
}

#[test]
fn all_colours_256_and_16_are_sent_to_who_has_them() {
    let home = home();
    let dark = ("SALTCELLAR_THEME", "dark");
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[dark, ("COLORTERM", "truecolor")], "48;2;23;27;34"),
        (&[dark], "48;5;234"),
        // Reversed: the only ground that sixteen colours have for a cursor line.
        (&[("TERM", "xterm")], "7"),
    ];
    for (env, code) in cases {
        let bytes = ended(home.start_with(env));
        assert!(sets(&bytes, code), "{env:?}");
        assert_eq!(holds(&bytes, "48;2;"), env.len() == 2, "{env:?}");
    }
}

#[test]
fn a_theme_that_is_none_is_refused_before_the_screen_is_touched() {
    let home = home();
    let cache = home.cache.to_str().expect("a plain path");
    let pty = Pty::start(&Start { args: &["--theme", "darc", cache], home: home.folder.path(), env: &[] });

    pty.wait_for("there is no theme \"darc\": auto, ansi, light, dark, colour-blind, mono");
    assert_eq!(pty.end().0, 2);
}

#[test]
fn the_window_is_named_after_the_cache_and_gets_its_name_back() {
    let home = home();
    let bytes = ended(home.start());

    let text = String::from_utf8_lossy(&bytes).into_owned();
    let [kept, named, back] =
        ["\x1b[22;2t", "\x1b]2;saltcellar - ~/msal.json\x1b\\", "\x1b[23;2t"].map(|part| text.find(part));
    assert!(kept.is_some() && kept < named && named < back, "{kept:?} {named:?} {back:?}");
}

#[test]
fn the_plain_form_sends_ascii_no_title_and_leaves_the_cursor_on_the_chosen_row() {
    let home = home();
    let start = |args: &[&str], env: &[(&str, &str)]| {
        let cache = home.cache.to_str().expect("a plain path");
        let args: Vec<&str> = [cache, "--at", super::AT].into_iter().chain(args.iter().copied()).collect();
        let pty = Pty::start(&Start { args: &args, home: home.folder.path(), env });
        pty.wait_for("Key Vault");
        pty
    };
    for mut pty in [start(&["--plain-ui"], &[]), start(&[], &[("SALTCELLAR_PLAIN_UI", "1")])] {
        pty.send("jj");
        pty.wait_for("> AT   Key Vault");
        assert!(pty.line_at_cursor().starts_with("> AT   Key Vault"), "{}", pty.line_at_cursor());
        let bytes = ended(pty);
        assert!(bytes.is_ascii() && !holds(&bytes, "\x1b]2;") && !holds(&bytes, ";2t"));
    }
    assert!(!ended(start(&[], &[("SALTCELLAR_PLAIN_UI", "0")])).is_ascii(), "0 means no");
}

#[test]
fn in_the_filter_the_terminals_cursor_stands_where_is_typed() {
    let home: Home = home();
    let mut pty = home.start();
    pty.send("/va");
    pty.wait_for(" / va");

    pty.wait_for_cursor((1, 5));
    pty.send("\r");
    pty.wait_hidden();
    ended(pty);
}

#[test]
fn keys_of_the_settings_count_and_the_ones_before_no_longer_do() {
    let home = home();
    let folder = home.folder.path().join(".config/saltcellar");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("config.toml"), "[keys]\nfilter = \"ctrl-f\"\nhelp = [\"g h\", \"f1\"]\n")
        .expect("settings");
    let mut pty = home.start();

    pty.wait_for("ctrl-f filter");
    pty.send("/");
    pty.send("\x06outlook\r");
    pty.wait_for("2 of 25 shown");
    pty.send("gh");
    pty.wait_for("this pane first");
    pty.send("\x1b");
    pty.wait_without("this pane first");
    pty.send("q");

    assert_eq!(pty.end().0, 0);
}
