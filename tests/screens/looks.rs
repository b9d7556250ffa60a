//! What themes and the plain form do to every screen: no meaning in colour alone, ASCII for screen readers, and the
//! terminal's cursor where it is wanted.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use saltcellar::cache::demo::DEMO;
use saltcellar::present::Role;
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::Msg;
use saltcellar::tui::theme::{Depth, Drawing, Ground, NAMES, Theme, Tone, Wanted, chosen};

use super::laws::WAYS;
use super::names::FOREIGN;
use super::stage::Stage;

fn theme(name: &str) -> Theme {
    chosen(name, Wanted::Colours, &|path| panic!("{path:?} is read")).expect("a theme")
}

fn plain() -> Theme {
    let mut theme = Theme::ANSI;
    theme.drawing = Drawing::Plain;
    theme
}

fn at_depth(name: &str, depth: Depth) -> Theme {
    let mut theme = theme(name);
    (theme.depth, theme.ground) = (depth, Ground::Dark);
    theme
}

/// A stage that shows `text` in `theme`, after `way`.
fn stage(text: &str, way: &str, theme: Theme, size: (u16, u16)) -> Stage {
    let mut stage = Stage::with(text, size.0, size.1, Session::default());
    stage.model.theme = theme;
    stage.press(way);
    stage.wait(1);
    stage
}

fn row(buffer: &Buffer, y: u16) -> String {
    let cells = (0..buffer.area.width).filter_map(|x| buffer.cell(Position { x, y }));
    cells.map(Cell::symbol).collect()
}

/// The styles of a screen: a letter for each, in the order in which they come, and where they stand.
fn styles(buffer: &Buffer) -> String {
    let mut known: Vec<String> = Vec::new();
    let mut map = String::new();
    for (at, cell) in buffer.content().iter().enumerate() {
        let Cell { fg, bg, modifier, .. } = cell;
        let style = format!("{fg} on {bg} {modifier:?}");
        let place = known.iter().position(|other| *other == style).unwrap_or(known.len());
        if place == known.len() {
            known.push(style);
        }
        if at > 0 && at % usize::from(buffer.area.width) == 0 {
            map.push('\n');
        }
        map.push(char::from(b'a' + u8::try_from(place).expect("few styles")));
    }
    let legend = ('a'..).zip(known).map(|(letter, style)| format!("{letter} {style}\n"));
    legend.chain([map]).collect()
}

#[test]
fn the_styles_of_a_screen_at_each_depth() {
    let of = |depth| styles(&stage(DEMO, "j*", at_depth("dark", depth), (50, 12)).painted().0);

    insta::assert_snapshot!("styles_in_all_colours", of(Depth::True));
    insta::assert_snapshot!("styles_in_256_colours", of(Depth::Indexed));
    insta::assert_snapshot!("styles_in_16_colours", of(Depth::Sixteen));
    insta::assert_snapshot!("styles_in_no_colours", of(Depth::None));
}

#[test]
fn a_theme_with_a_ground_of_its_own_leaves_no_cell_to_the_terminal() {
    for (way, name) in WAYS.iter().flat_map(|way| ["light", "dark", "colour-blind"].map(|name| (way, name))) {
        let (buffer, _) = stage(DEMO, way, theme(name), (140, 40)).painted();

        let bare = buffer.content().iter().position(|cell| cell.fg == Color::Reset || cell.bg == Color::Reset);
        assert_eq!(bare, None, "{way} in {name}");
    }
}

/// The contrast of two colours as WCAG 2 counts it.
fn contrast(one: Color, other: Color) -> f64 {
    let luminance = |colour: Color| {
        let Color::Rgb(r, g, b) = colour else { panic!("{colour} is no colour of a theme") };
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_letter_on_every_screen_has_a_contrast_of_4_5() {
    for (way, name) in WAYS.iter().flat_map(|way| ["light", "dark", "colour-blind"].map(|name| (way, name))) {
        for size in [(140, 40), (80, 24)] {
            let (buffer, _) = stage(DEMO, way, theme(name), size).painted();
            let letters = buffer.content().iter().filter(|cell| cell.symbol().chars().any(char::is_alphanumeric));
            let faint = letters.min_by(|one, other| contrast(one.fg, one.bg).total_cmp(&contrast(other.fg, other.bg)));
            let faint = faint.expect("letters");
            let found = contrast(faint.fg, faint.bg);
            assert!(found >= 4.5, "{way} in {name}: {:?} {found:.1}", faint.symbol());
        }
    }
}

#[test]
fn no_theme_changes_a_word() {
    for (way, size) in WAYS.iter().flat_map(|way| [(140, 40), (80, 24), (60, 16)].map(|size| (way, size))) {
        let words =
            |theme| stage(DEMO, way, theme, size).screen().replace(['·', '▏', '▎', '▍', '▌', '▋', '▊', '▉'], "·");
        let first = words(Theme::ANSI);

        for name in NAMES.iter().filter(|name| **name != "mono") {
            assert_eq!(words(theme(name)), first, "{way} in {name}");
        }
    }
}

/// Words that say themselves what their colour says.
const SPEAKING: [&str; 7] = ["DEMO", "FROZEN", "RO", "expiring", "warning", "NEEDED", "theme"];

/// A run of one colour says in letters what the colour says: a sign stands in it or before it, or its words tell.
fn tells(before: &str, run: &str) -> bool {
    let signs = |text: &str| text.split_whitespace().any(|word| ["!", "x", "-", "+", "^", "*"].contains(&word));
    // A bar of the timeline may begin far behind its sign.
    let reach = if run.starts_with('━') { before.len() } else { 16 };
    let near: String = before.chars().rev().take(reach).collect::<Vec<_>>().into_iter().rev().collect();
    let words: Vec<&str> = run.split(|c: char| !c.is_alphanumeric()).collect();
    let is_said = |word: &&&str| word.len() > 2 && word.chars().all(char::is_lowercase);
    let is_sentence = words.iter().filter(is_said).count() > 1;
    // A column that is cut keeps its first letters.
    let is_cut = "VALID for".starts_with(run.split(" for").next().unwrap_or(run).trim_end());
    signs(run) || signs(&near) || is_sentence || is_cut || words.iter().any(|word| SPEAKING.contains(word))
}

#[test]
fn nothing_is_warned_of_in_colour_alone() {
    let mut theme = Theme::ANSI;
    theme.ground = Ground::Dark;
    let loud = [Role::Warn, Role::Bad].map(|role| theme.style(Tone::Word(role)).fg);
    let mut silent = Vec::new();
    for (way, size) in WAYS.iter().flat_map(|way| [(140, 40), (80, 24), (60, 16), (40, 10)].map(|size| (way, size))) {
        let stage = stage(DEMO, way, theme, size);
        let (buffer, _) = stage.painted();
        // Of what stands behind a dialog only parts are seen.
        let is_behind = |run: &str| stage.model.dialog.is_some() && !run.chars().any(char::is_alphanumeric);
        // Nor does a word speak that the edge of the screen cuts.
        let is_cut = |end: usize, run: &str| end + 2 >= usize::from(size.0) && run.chars().any(char::is_alphabetic);
        let mut above = Vec::new();
        for y in 0..size.1 {
            let cells: Vec<&Cell> = (0..size.0).filter_map(|x| buffer.cell(Position { x, y })).collect();
            let mut before = String::new();
            let mut told = Vec::new();
            for run in cells.chunk_by(|one, other| one.fg == other.fg) {
                let text: String = run.iter().map(|cell| cell.symbol()).collect();
                let is_loud = run.first().is_some_and(|cell| loud.contains(&Some(cell.fg)));
                let start = before.chars().count();
                if is_loud && !text.trim().is_empty() && !is_behind(&text) {
                    // A sentence may go on below its beginning.
                    let says = tells(&before, &text) || is_cut(start + run.len(), &text) || above.contains(&start);
                    if !says {
                        silent.push(format!("{way:?} at {size:?}: {text:?} after {before:?}"));
                    }
                    told.push(start);
                }
                before.push_str(&text);
            }
            above = told;
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn the_plain_form_is_ascii_on_every_screen_and_its_cursor_stands_on_what_is_chosen() {
    for (way, text) in WAYS.iter().flat_map(|way| [DEMO, FOREIGN].map(|text| (way, text))) {
        for size in [(140, 40), (80, 24), (60, 16), (40, 10), (19, 4)] {
            let (buffer, cursor) = stage(text, way, plain(), size).painted();

            let odd = buffer.content().iter().find(|cell| !cell.symbol().is_ascii());
            assert_eq!(odd.map(Cell::symbol), None, "{way} at {size:?}");
            let at = cursor.expect("the plain form always has a cursor");
            let is_reversed = |cell: &Cell| cell.modifier.contains(Modifier::REVERSED);
            let here = buffer.cell(at).expect("inside");
            // Elsewhere there is a cursor only where is typed.
            let is_typed = stage(text, way, Theme::ANSI, size).painted().1.is_some();
            let any = buffer.content().iter().any(is_reversed);
            assert!(is_typed || is_reversed(here) || !any, "{way} at {size:?}: {at}\n{}", row(&buffer, at.y));
        }
    }
}

#[test]
fn to_a_screen_reader_the_chosen_row_begins_with_its_sign() {
    for (way, begins) in [("jj", "> AT   Key Vault"), ("1j", "> ada@contoso.com"), ("Hj", ">")] {
        let (buffer, cursor) = stage(DEMO, way, plain(), (80, 24)).painted();

        let line = row(&buffer, cursor.expect("a cursor").y);
        assert!(line.trim_start().starts_with(begins), "{way}: {line}");
    }
}

#[test]
fn in_a_text_field_the_terminals_cursor_stands_behind_what_was_typed() {
    let cases = [("/gr", "/ gr"), ("?/x", "/ x"), ("H/no", "/ no"), ("1jDada", "ada"), ("/gr<left>", "/ g")];
    for (way, before) in cases {
        for size in [(140, 40), (80, 24), (60, 16)] {
            let (buffer, cursor) = stage(DEMO, way, Theme::ANSI, size).painted();

            let at = cursor.unwrap_or_else(|| panic!("a cursor after {way}"));
            let line: String = row(&buffer, at.y).chars().take(usize::from(at.x)).collect();
            assert!(line.ends_with(before), "{way} at {size:?}: {line:?}");
        }
    }
}

#[test]
fn where_nothing_is_typed_the_terminal_has_no_cursor() {
    for way in ["", "jj", "1j", "3]", "d", "H", "w", "?", "/gr<enter>", "P"] {
        assert_eq!(stage(DEMO, way, Theme::ANSI, (80, 24)).painted().1, None, "{way}");
    }
}

#[test]
fn a_key_goes_through_the_themes_and_says_which() {
    let mut stage = Stage::demo(80, 24);
    let mut seen = vec![stage.model.theme.name()];

    for _ in 0..5 {
        stage.press("T");
        let name = stage.model.theme.name();
        assert!(stage.shows(&format!("theme {name}")));
        seen.push(name);
    }

    assert_eq!(seen, ["ansi", "light", "dark", "colour-blind", "mono", "ansi"]);
}

#[test]
fn what_the_terminal_says_of_its_ground_changes_colours_and_no_words() {
    let mut stage = Stage::demo(80, 24);
    let before = stage.screen();
    let colours = |stage: &Stage| styles(&stage.painted().0);
    let unknown = colours(&stage);

    stage.send(Msg::Ground(Ground::Light));
    let light = colours(&stage);
    stage.send(Msg::Ground(Ground::Dark));

    assert_eq!(stage.screen(), before);
    assert!(unknown != light && light != colours(&stage));
    assert_eq!(stage.model.size, Size::new(80, 24));
}
