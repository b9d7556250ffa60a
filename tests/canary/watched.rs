//! The terminal UI in a pseudo terminal, watched: hostile text and canaries on every screen, after every key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::bait::{Dress, bait};
use super::calls::Scene;
use super::corpus::hostile;
use super::home::{BINARY, Home};
use super::pty::Terminal;
use super::secrets::{ACCOUNT, AT};
use super::stream::{Face, Findings, findings};
use super::walk::{SCREENS, Screen, back, keys, page, walk};

/// Checks all that a terminal was sent in one session.
#[track_caller]
pub(super) fn must_be_ours(bytes: &[u8], what: &str) -> Findings {
    let (bytes, _) = without_copies(bytes);
    let found = findings(&bytes, Face::Screen);
    found.must_be_clean(what);
    for mode in ["?1049", "?2004", "?1004"] {
        let (on, off) = (found.count(&format!("\u{1b}[{mode}h")), found.count(&format!("\u{1b}[{mode}l")));
        assert!(
            on <= 1 + found.count("\u{1b}[?1049h") && off <= on + 1,
            "{what}: {mode} is set {on} times, reset {off}"
        );
    }
    assert_eq!(found.count("\u{1b}[?2026h"), found.count("\u{1b}[?2026l"), "{what}");
    found
}

/// The bytes without the sequences that hand a text to the clipboard, and those texts.
fn without_copies(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    const START: &[u8] = b"\x1b]52;c;";
    let (mut rest, mut others, mut copied) = (bytes, Vec::new(), Vec::new());
    while let Some(at) = rest.windows(START.len()).position(|window| window == START) {
        others.extend_from_slice(&rest[..at]);
        let body = &rest[at + START.len()..];
        let end = body.iter().position(|byte| *byte == 7).unwrap_or(body.len());
        copied.extend(STANDARD.decode(&body[..end]).expect("what is copied is base64"));
        rest = body.get(end + 1..).unwrap_or_default();
    }
    others.extend_from_slice(rest);
    (others, copied)
}

/// Every key but those that show or copy a secret, or answer yes to being asked that.
fn modest_keys() -> Vec<String> {
    keys().into_iter().filter(|key| !["x", "Y", "W", "yy", "yh"].contains(&key.as_str())).collect()
}

/// Walks over a part of the screens in a session of its own; all parts run side by side.
fn no_key_betrays_a_secret_on(screens: &[Screen]) {
    let scene = Scene::with_undo();
    let terminal = Terminal::start(&scene.home, &["d/c.json", "d/b.json", "--at", AT]);
    terminal.wait_for("Vault");
    press_all(&scene, terminal, screens);
}

fn press_all(scene: &Scene, mut terminal: Terminal, screens: &[Screen]) {
    let pressed = walk(&mut terminal, screens, &modest_keys());

    terminal.settle();
    let process = |name: &str| std::fs::read(format!("/proc/{}/{name}", terminal.pid())).unwrap_or_default();
    scene.secrets.must_not_be_in(&[process("cmdline"), process("environ")].concat(), "/proc");
    let bytes = terminal.bytes();
    let (others, copied) = without_copies(&bytes);
    scene.secrets.must_not_be_in(&others, "the screen");
    scene.secrets.must_not_be_in(&copied, "a copy of something that is no secret");
    must_be_ours(&bytes, "the walk");
    println!("{pressed} keys pressed");
}

#[test]
fn no_key_of_a_pane_betrays_a_secret() {
    no_key_betrays_a_secret_on(&SCREENS[..6]);
}

#[test]
fn no_key_of_a_field_or_popup_betrays_a_secret() {
    no_key_betrays_a_secret_on(&SCREENS[6..13]);
}

#[test]
fn no_key_of_a_dialog_betrays_a_secret() {
    no_key_betrays_a_secret_on(&SCREENS[13..]);
}

#[test]
fn no_key_of_a_small_screen_betrays_a_secret() {
    for size in ["rows 24 cols 80", "rows 16 cols 60", "rows 10 cols 40", "rows 3 cols 18"] {
        let scene = Scene::with_undo();
        let program = format!("stty {size}; exec {BINARY} d/c.json d/b.json --at {AT}");
        let terminal = Terminal::program(&scene.home, "sh", &["-c", &program], &[]);
        terminal.wait_for_one_of(&["Vault", "items"]);
        let some = [0, 2, 6, 8, 14, 16, 19].map(|at| Screen { keys: SCREENS[at].keys, words: "" });

        press_all(&scene, terminal, &some);
    }
}

#[test]
fn every_row_on_every_page_is_masked() {
    let scene = Scene::new();
    let mut terminal = Terminal::start(&scene.home, &["d/c.json", "--at", AT]);
    terminal.wait_for("Vault");

    for words in ["[Summary]", "[Claims]", "[Raw]"] {
        page(&mut terminal, words);
        for _ in 0..14 {
            (0..12).for_each(|_| terminal.send("j"));
            terminal.press("2j");
            terminal.press("3");
        }
        assert!(terminal.shows(words), "{}", terminal.screen());
    }

    scene.secrets.must_not_be_in(&terminal.bytes(), "the details");
}

#[test]
fn writing_from_the_screen_betrays_nothing() {
    let scene = Scene::new();
    let mut terminal = Terminal::start(&scene.home, &["d/c.json", "--at", AT]);
    terminal.wait_for("Vault");

    for keys in ["2ggP", "\r", "W", "z", "W", "R", "W", "e", "\rW", "\u{1b}", "1ggjD", ACCOUNT, "\r", "\r"] {
        terminal.press(keys);
        std::thread::sleep(std::time::Duration::from_millis(150));
    }

    assert!(scene.home.path("saltcellar-export.json").exists(), "{}", terminal.screen());
    assert!(
        !std::fs::read_to_string(scene.home.path("d/c.json")).expect("there").contains(ACCOUNT),
        "{}",
        terminal.screen()
    );
    scene.secrets.must_not_be_in(&terminal.bytes(), "writing");
    let export = std::fs::read(scene.home.path("saltcellar-export.json")).expect("readable");
    scene.secrets.must_not_be_in(&export, "the export");
}

#[test]
fn the_reveal_key_shows_the_secret_and_the_loss_of_focus_hides_it() {
    let scene = Scene::new();
    let mut terminal = Terminal::start(&scene.home, &["d/c.json", "--at", AT]);
    terminal.wait_for("Vault");
    let window = &scene.secrets.of("opaque")[..12];

    page(&mut terminal, "[Summary]");
    terminal.press("2/Vault\r");
    terminal.press("3x");
    terminal.wait_for(window);
    terminal.press("\u{1b}[O");

    assert!(!terminal.shows(window), "{}", terminal.screen());
    assert_eq!(scene.secrets.found_in(&terminal.bytes()), ["opaque"]);
}

#[test]
fn no_text_of_a_cache_drives_the_screen() {
    let home = Home::new();
    let corpus = hostile();
    home.put("escaped.json", bait(&corpus, Dress::Escaped).json);
    let mut terminal = Terminal::start(&home, &["escaped.json", "--at", AT]);
    terminal.wait_for("2 Tokens");
    terminal.wait_for("items");

    // Every line of the two lists, then single entries on all pages of their details.
    for pane in ["1gg", "2gg"] {
        terminal.press(pane);
        (0..70).for_each(|_| terminal.send("\u{1b}[6~"));
    }
    for words in ["[Summary]", "[Claims]", "[Raw]"] {
        page(&mut terminal, words);
        terminal.press("2gg");
        for _ in 0..corpus.len() {
            terminal.send("j");
        }
        terminal.press("3");
        (0..30).for_each(|_| terminal.send("j"));
    }
    for keys in
        ["2ggP", "jjjjjjjj\u{1b}", "1gg8jD", "\u{1b}", "2gg*d", "DjjjjjjjjjjjjjjjjW\u{1b}", "O\u{1b}", "yi", "yj"]
    {
        terminal.press(keys);
        back(&mut terminal);
    }

    must_be_ours(&terminal.bytes(), "a hostile cache");
    assert!(terminal.runs());
}

#[test]
fn no_name_and_nothing_typed_drives_the_screen() {
    let home = Home::new();
    let corpus = hostile();
    let names: Vec<String> = corpus.iter().filter_map(super::corpus::Hostile::file_name).step_by(9).collect();
    for (at, name) in names.iter().enumerate() {
        home.put(format!("d/{name}"), if at % 4 == 1 { "{\u{1b}[6n" } else { "{\"Account\": {\"\u{9b}6n\": {}}}" });
    }
    let places: Vec<String> =
        names.iter().map(|name| format!("d/{name}")).chain(["d/none\u{9b}6n".to_owned()]).collect();
    let words: Vec<&str> = places.iter().map(String::as_str).chain(["--at", AT]).collect();
    let mut terminal = Terminal::start(&home, &words);
    terminal.wait_for("saltcellar");
    terminal.settle();

    for _ in &places {
        terminal.press("Oj\r");
    }
    for text in corpus.iter().filter_map(|hostile| hostile.text.as_deref()).filter(|text| !text.contains("\u{1b}[201~"))
    {
        let paste: String = text.chars().take(200).collect();
        terminal.send(&format!("/\u{1b}[200~{paste}\u{1b}[201~"));
        back(&mut terminal);
    }
    for keys in ["e\u{1b}[200~\u{9b}6n\u{202e}\u{1b}[201~", "\rW", "\u{1b}", "?/\u{1b}[200~\u{9b}6n\u{1b}[201~", "L"] {
        terminal.press(keys);
    }

    must_be_ours(&terminal.bytes(), "hostile names");
    assert!(terminal.runs());
}

#[test]
fn commands_on_a_terminal_ask_and_list_without_being_driven() {
    let home = Home::new();
    home.put("c.json", bait(&hostile(), Dress::Bare).json);
    let calls = [
        "list c.json",
        "forget c.json --account u7.t",
        "prune c.json --expired",
        "show c.json Account-7",
        "stats c.json",
    ];

    for call in calls {
        let words: Vec<&str> = call.split(' ').chain(["--at", AT]).collect();
        let mut terminal = Terminal::program(&home, BINARY, &words, &[]);
        // It asks, or it has ended already: then nobody reads what is typed.
        std::thread::sleep(std::time::Duration::from_millis(500));
        if terminal.runs() {
            terminal.settle();
            terminal.type_ahead("n\r");
        }
        terminal.end();

        // The terminal's own line discipline puts a carriage return before each line feed.
        let bytes = String::from_utf8(terminal.bytes()).expect("UTF-8").replace("\r\n", "\n");
        findings(bytes.as_bytes(), Face::Coloured).must_be_clean(call);
    }
}
