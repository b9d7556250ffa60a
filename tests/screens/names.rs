//! Names as people have them, and as an attacker would choose them: no column drifts, no border breaks.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use saltcellar::cache::demo::DEMO;
use unicode_width::UnicodeWidthStr as _;

use super::stage::Stage;

/// The demo with a name of another script.
pub(super) const FOREIGN: &str = include_str!("../data/foreign.json");

const NAMES: [&str; 12] = [
    "山田太郎さん@例え.テスト",
    "e\u{301}e\u{301}e\u{301}\u{302}@contoso.com",
    "שלום עולם@contoso.com",
    "مرحبا بالعالم",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦 family",
    "👍🏽🇩🇪❤\u{fe0f}",
    "\u{202e}moc.osotnoc@ada\u{202c}",
    "\u{1b}[31mred\u{1b}[0m\u{7}\r\n\ttab",
    "ﷺ﷽ﷺ﷽",
    "a\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
    "\u{feff}\u{200b}\u{2060}zero",
    "한국어 ｆｕｌｌｗｉｄｔｈ",
];

/// The demo in which ada has another name everywhere.
fn named(name: &str) -> String {
    let name = serde_json::to_string(name).expect("a string");
    DEMO.replace("\"ada@contoso.com\"", &name).replace("\"Ada Example\"", &name)
}

/// The columns that the cells of row `y` take on a terminal, which skips what a wide one covers.
fn columns(buffer: &Buffer, y: u16) -> usize {
    let (mut taken, mut covered) = (0, 0);
    for cell in (0..buffer.area.width).filter_map(|x| buffer.cell(Position { x, y })) {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        let width = cell.symbol().width();
        taken += width;
        covered = width.saturating_sub(1);
    }
    taken
}

fn edges_stand(buffer: &Buffer, pane: Rect, name: &str) {
    let symbol = |x, y| buffer.cell(Position { x, y }).map_or(" ", |cell| cell.symbol()).to_owned();
    for y in pane.top() + 1..pane.bottom() - 1 {
        for x in [pane.left(), pane.right() - 1] {
            assert_eq!(symbol(x, y), "│", "{name:?} at {x},{y} of {pane}");
        }
    }
}

#[test]
fn no_name_moves_a_border_or_a_column() {
    for (name, (width, height)) in
        NAMES.iter().flat_map(|name| [(140, 40), (80, 24), (61, 17)].map(|size| (name, size)))
    {
        for way in ["", "1j", "3", "E"] {
            let mut stage = Stage::of(&named(name), width, height);
            stage.press(way);
            let (buffer, _) = stage.painted();

            for y in 0..height {
                assert_eq!(columns(&buffer, y), usize::from(width), "{name:?} {way} row {y}\n{}", stage.screen());
            }
            let panes = stage.model.panes();
            let all = [panes.accounts, panes.tokens, panes.details, panes.timeline];
            all.into_iter().flatten().for_each(|pane| edges_stand(&buffer, pane, name));
        }
    }
}

#[test]
fn the_times_stand_under_one_another_whatever_stands_before_them() {
    for name in NAMES {
        let mut stage = Stage::of(&named(name), 80, 24);
        stage.press("sa");
        let (buffer, _) = stage.painted();

        let tokens = stage.model.panes().tokens.expect("the tokens are shown");
        let heading = tokens.top() + 1;
        let expires = (tokens.left()..tokens.right()).find(|x| starts(&buffer, *x, heading, "EXPIRES"));
        let expires = expires.expect("a heading");
        for y in heading + 1..tokens.bottom() - 1 {
            let before = buffer.cell(Position { x: expires - 1, y }).expect("inside");
            assert_eq!(before.symbol(), " ", "{name:?} runs into the times\n{}", stage.screen());
        }
    }
}

fn starts(buffer: &Buffer, x: u16, y: u16, word: &str) -> bool {
    (x..)
        .zip(word.chars())
        .all(|(x, c)| buffer.cell(Position { x, y }).is_some_and(|cell| cell.symbol().chars().eq(std::iter::once(c))))
}

#[test]
fn nothing_that_drives_a_terminal_reaches_a_cell() {
    for name in NAMES {
        let mut stage = Stage::of(&named(name), 140, 40);
        for way in ["", "H", "p", "S", "1jD"] {
            stage.press("<esc><esc><esc>").press(way);
            let screen = stage.screen();

            let is_odd = |c: &char| {
                (c.is_control() && *c != '\n')
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
            };
            assert_eq!(screen.chars().find(is_odd), None, "{name:?} {way}");
        }
    }
}
