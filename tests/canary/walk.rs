//! Every key on every screen of the terminal UI: the screens and how they are reached, the keys, and the walk over
//! them. Presses nothing that ends or suspends the program; the caller leaves out what its test forbids.

use saltcellar::tui::keymap::BINDINGS;

use super::pty::Terminal;

/// A screen, and the keys that lead to it from the browser at rest.
pub(crate) struct Screen {
    pub(crate) keys: &'static str,
    /// Words that show that it is there; none where nothing but a mode changes.
    pub(crate) words: &'static str,
}

impl Screen {
    /// Whether `key` would copy a secret here, by completing the sequence, or close the cache that is walked over.
    fn is_forbidden(&self, key: &str) -> bool {
        (self.keys.ends_with('y') && key.starts_with(['y', 'h'])) || (self.keys.ends_with('O') && key.contains('c'))
    }
}

const fn screen(keys: &'static str, words: &'static str) -> Screen {
    Screen { keys, words }
}

/// What stands over the browser with its cursor on an access token, and its panes.
pub(crate) const SCREENS: &[Screen] = &[
    screen("2gg", "2 Tokens"),
    screen("1gg", "1 Accounts"),
    screen("2gg3", "[Summary]"),
    screen("2gg3", "[Claims]"),
    screen("2gg3", "[Raw]"),
    screen("2gg3\r", "[Summary]"),
    screen("2gg/", "/"),
    screen("2gg/a", "/"),
    screen("2gg?", "Help"),
    screen("2gg?/", "Help"),
    screen("2ggv", ""),
    screen("2ggy", ""),
    screen("2ggs", ""),
    screen("2ggP", "Prune by rule"),
    screen("2gg*d", "Prune"),
    screen("1ggjD", "Forget"),
    screen("2ggR", "Renew"),
    screen("2gge", "Export"),
    screen("2gge\t", ""),
    screen("2ggO", "Sources"),
    screen("2ggz", "Undo"),
    screen("2ggH", "Health"),
    screen("2ggH\r", "Rule"),
    screen("2ggS", "By section"),
    screen("2ggS/a", "of "),
    // All accounts, in the order of the file: an access token comes first.
    screen("1gg2stsfggw", "Why"),
    screen("1gg2stsfggw\r", "Every check"),
    screen("2ggp", "People"),
];

/// The list of a place with one cache per user, and what stands over it.
pub(crate) const USERS: &[Screen] = &[
    screen("gg", "Users "),
    screen("gg\r", ""),
    screen("gg/", "/"),
    screen("gg/se", "shown"),
    screen("gg?", "Help: users"),
    screen("ggv", ""),
    screen("ggs", ""),
    screen("gg:", "Commands"),
    screen("ggO", "Sources"),
    screen("ggL", ""),
    screen("gg*d", ""),
    screen("ggD", ""),
];

/// Keys that end or suspend the program: tests of their own press them.
const ENDS: &[&str] = &["q", "Q", "\u{3}", "\u{1a}"];

/// Keys whose answer a worker finds: the undo, and what is read over the whole screen.
const ASKS: [char; 5] = ['z', 'H', 'w', 'S', 'p'];

/// The tabs of the tokens.
const TABS: usize = 5;

/// The escape key as terminals with the newer protocol send it: what follows at once is another key.
const ESCAPE: &str = "\u{1b}[27u";

/// Every key that a terminal sends, and every key of the program's own table.
pub(crate) fn keys() -> Vec<String> {
    let mut keys: Vec<String> = (' '..='~').chain('\u{1}'..='\u{1f}').map(String::from).collect();
    let special =
        "[A [B [C [D [H [F [Z [1;2A [1;2B [2~ [3~ [5~ [6~ OP OQ [15~ [24~ [I [O [<0;30;5M [<0;30;5m [<65;30;5M";
    keys.extend(special.split(' ').map(|key| format!("\u{1b}{key}")));
    keys.extend(["\u{7f}".to_owned(), "\u{1b}[200~pasted\ntext\u{1b}[201~".to_owned(), "\u{1b}x".to_owned()]);
    let table = BINDINGS.iter().flat_map(|binding| binding.keys.iter().map(|keys| typed(keys)));
    keys.extend(table.filter(|keys| keys.chars().count() > 1));
    keys.retain(|key| !ENDS.contains(&key.as_str()));
    keys.dedup();
    keys
}

/// What a terminal sends for the keys that the table spells as `keys`.
fn typed(keys: &str) -> String {
    keys.split(' ').map(one).collect()
}

fn one(key: &str) -> String {
    let sequence = match key {
        "space" => " ",
        "enter" => "\r",
        "esc" => "\u{1b}",
        "tab" => "\t",
        "shift-tab" => "\u{1b}[Z",
        "backspace" => "\u{7f}",
        "delete" => "\u{1b}[3~",
        "up" => "\u{1b}[A",
        "down" => "\u{1b}[B",
        "right" => "\u{1b}[C",
        "left" => "\u{1b}[D",
        "home" => "\u{1b}[H",
        "end" => "\u{1b}[F",
        "pgup" => "\u{1b}[5~",
        "pgdn" => "\u{1b}[6~",
        "shift-up" => "\u{1b}[1;2A",
        "shift-down" => "\u{1b}[1;2B",
        "f1" => "\u{1b}OP",
        key => return control(key).unwrap_or_else(|| key.to_owned()),
    };
    sequence.to_owned()
}

fn control(key: &str) -> Option<String> {
    let letter = key.strip_prefix("ctrl-")?.bytes().next()?;
    Some(char::from(letter & 0x1f).to_string())
}

/// Presses each of `keys` on each of `screens`; returns how many that were.
///
/// # Panics
/// A screen does not come, or the program ends.
#[track_caller]
pub(crate) fn walk(terminal: &mut Terminal, screens: &[Screen], keys: &[String]) -> usize {
    for screen in screens {
        open(terminal, screen);
        for key in keys.iter().filter(|key| !screen.is_forbidden(key)) {
            let keys = format!("{ESCAPE}{ESCAPE}{}", screen.keys);
            if screen.keys.contains(ASKS) {
                // What is asked of a worker has to come before the next key means anything.
                go(terminal, &keys);
                terminal.send(key);
            } else {
                terminal.send(&format!("{keys}{key}"));
            }
            if matches!(key.as_str(), "[" | "]") {
                open(terminal, screen);
            }
        }
        terminal.settle();
        assert!(terminal.runs(), "{:?} has a key that ends the program", screen.keys);
    }
    back(terminal);
    screens.len() * keys.len()
}

/// Brings the screen up from wherever.
#[track_caller]
fn open(terminal: &mut Terminal, screen: &Screen) {
    // What is refused does not open: it says so instead.
    let words = [screen.words, "read-only ("];
    // On a busy machine the program may still be at keys of the screen before, which lead away again.
    for _ in 0..4 {
        reach(terminal, screen);
        for _ in 0..25 {
            if words.iter().any(|words| terminal.shows(words)) {
                return terminal.settle();
            }
            terminal.settle();
        }
    }
    terminal.wait_for_one_of(&words);
}

fn reach(terminal: &mut Terminal, screen: &Screen) {
    back(terminal);
    // The keys of the screen before may have turned to the other cache, of which there is nothing to open.
    terminal.settle();
    if terminal.shows(" d/b.json ") {
        terminal.press("}");
    }
    // And a key that came before what was asked of a worker may have turned to another tab, of which not everything opens.
    for _ in 0..TABS {
        if terminal.shows("2 Tokens") && !terminal.shows("2 Tokens [All") {
            terminal.press("2]");
        }
    }
    if screen.words.starts_with('[') {
        page(terminal, screen.words);
    }
    go(terminal, screen.keys);
}

/// Presses `keys`, and waits behind each that asks a worker.
fn go(terminal: &mut Terminal, keys: &str) {
    for part in keys.split_inclusive(ASKS) {
        if part.ends_with(ASKS) {
            terminal.press(part);
            while terminal.runs() && terminal.shows("looking …") {
                terminal.settle();
            }
        } else {
            terminal.send(part);
        }
    }
}

/// Turns the details to the page that is marked by `words`.
pub(crate) fn page(terminal: &mut Terminal, words: &str) {
    terminal.press("2gg3");
    for _ in 0..3 {
        if terminal.shows(words) {
            return;
        }
        let before = shown_page(terminal);
        terminal.press("]");
        // On a busy machine the screen may be still for a moment before it turns.
        for _ in 0..50 {
            if shown_page(terminal) != before {
                break;
            }
            terminal.settle();
        }
    }
}

/// Which page the details show.
fn shown_page(terminal: &Terminal) -> Option<&'static str> {
    ["[Summary]", "[Claims]", "[Raw]"].into_iter().find(|page| terminal.shows(page))
}

/// From wherever to the browser at rest: out of a field, a dialog, a filter, a zoom.
pub(crate) fn back(terminal: &mut Terminal) {
    for _ in 0..2 {
        // Bare, it and the next key could arrive as one, which is Alt and that key.
        terminal.send(ESCAPE);
    }
}

#[test]
fn the_keys_are_all_there() {
    let keys = keys();

    assert!(keys.len() > 140, "{}", keys.len());
    assert!(["d", "W", "\t", "y j", "g g"].iter().all(|key| keys.contains(&typed(key))));
}
