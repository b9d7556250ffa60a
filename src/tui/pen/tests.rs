//! Screens are sent to a terminal that interprets what it gets, and compared.

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::*;

const WIDTH: u16 = 24;
const HEIGHT: u16 = 5;

fn screen(words: &[(u16, u16, &str, Style)]) -> Buffer {
    let mut screen = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    for (x, y, text, style) in words {
        // What stood there gives nothing on: the terminal of the tests knows bold or dim, never both.
        screen.set_style(Rect { x: *x, y: *y, width: WIDTH - x, height: 1 }, Style::reset());
        screen.set_stringn(*x, *y, text, usize::from(WIDTH - x), *style);
    }
    plain_blanks(&mut screen);
    screen
}

/// What is sent to go from one screen to the other.
fn sent(shown: &Buffer, next: &Buffer) -> Vec<u8> {
    let mut out = Vec::new();
    draw(Some(shown), next, &mut out);
    out
}

fn colour() -> impl Strategy<Value = Color> {
    let number = any::<u8>();
    prop_oneof![
        Just(Color::Reset),
        Just(Color::Red),
        Just(Color::White),
        Just(Color::DarkGray),
        number.prop_map(Color::Indexed),
        any::<(u8, u8, u8)>().prop_map(|(red, green, blue)| Color::Rgb(red, green, blue)),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::BOLD | Modifier::UNDERLINED,
        Modifier::REVERSED,
        Modifier::ITALIC | Modifier::DIM,
    ]);
    (colour(), colour(), modifier).prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

fn any_screen() -> impl Strategy<Value = Buffer> {
    let text =
        prop::sample::select(vec!["", " ", "          ", "graph", "vault  x", "山田 a", "│", "e\u{301}tat", "━━━"]);
    let word = (0..WIDTH, 0..HEIGHT, text, style());
    prop::collection::vec(word, 0..12).prop_map(|words| screen(&words))
}

/// What a terminal shows after `bytes`: each cell's letter, colours and attributes.
fn shown(bytes: &[u8]) -> Vec<String> {
    let mut parser = vt100::Parser::new(HEIGHT, WIDTH, 0);
    parser.process(bytes);
    let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (y, x)));
    let cells = places.filter_map(|(y, x)| parser.screen().cell(y, x));
    cells.map(look).collect()
}

fn look(cell: &vt100::Cell) -> String {
    let is_blank = cell.contents().trim().is_empty();
    let (fg, bold) = if is_blank { (vt100::Color::Default, false) } else { (cell.fgcolor(), cell.bold()) };
    let seen = (cell.bgcolor(), cell.underline(), cell.inverse(), !is_blank && cell.italic(), !is_blank && cell.dim());
    format!("{:?} {fg:?} {bold} {seen:?}", cell.contents().trim())
}

proptest! {
    #[test]
    fn a_terminal_shows_the_next_screen_whatever_it_showed_before(first in any_screen(), next in any_screen()) {
        let empty = Buffer::empty(first.area);
        let mut bytes = sent(&empty, &first);
        bytes.extend(sent(&first, &next));

        let cells = shown(&bytes).into_iter().zip(shown(&sent(&empty, &next))).enumerate();
        let differing: Vec<_> = cells.filter(|(_, (through, at_once))| through != at_once).collect();
        prop_assert_eq!(differing, vec![]);
        prop_assert_eq!(sent(&next, &next), Vec::<u8>::new());
        prop_assert!(bytes.iter().all(|byte| *byte >= b' ' || *byte == 0x1b), "no control but escape");
    }
}

#[test]
fn what_a_terminal_shows_is_what_was_painted() {
    let style = Style::new().fg(Color::Red).bg(Color::Indexed(238)).add_modifier(Modifier::BOLD);
    let mut parser = vt100::Parser::new(HEIGHT, WIDTH, 0);
    parser.process(&sent(&screen(&[]), &screen(&[(3, 2, "x expired", style)])));

    let cell = parser.screen().cell(2, 3).expect("a cell");
    assert_eq!(parser.screen().contents().trim(), "x expired");
    assert_eq!((cell.fgcolor(), cell.bgcolor()), (vt100::Color::Idx(1), vt100::Color::Idx(238)));
    assert!(cell.bold() && !cell.inverse());
}

#[test]
fn a_style_changes_by_what_differs_or_anew_whichever_is_shorter() {
    let (bold, dim) = (Style::new().add_modifier(Modifier::BOLD), Style::new().add_modifier(Modifier::DIM));
    let cases = [
        (Style::new(), Style::new().red(), "\x1b[1HA\x1b[31mB\x1b[0m"),
        (bold, bold.red(), "\x1b[1H\x1b[1mA\x1b[31mB\x1b[0m"),
        (bold, dim, "\x1b[1H\x1b[1mA\x1b[0;2mB\x1b[0m"),
        (bold.on_blue(), dim.on_blue(), "\x1b[1H\x1b[1;44mA\x1b[22;2mB\x1b[0m"),
        (bold.red(), Style::new(), "\x1b[1H\x1b[1;31mA\x1b[0mB"),
    ];
    for (first, second, bytes) in cases {
        let next = screen(&[(0, 0, "A", first), (1, 0, "B", second)]);
        assert_eq!(String::from_utf8_lossy(&sent(&screen(&[]), &next)), bytes);
    }
}

#[test]
fn short_gaps_are_written_again_and_long_ones_passed_over() {
    let plain = Style::new();
    let first = screen(&[(0, 0, "a.b.....c", plain), (0, 1, "d", plain)]);
    let next = screen(&[(0, 0, "A.B.....C", plain), (0, 1, "D", plain)]);

    assert_eq!(String::from_utf8_lossy(&sent(&first, &next)), "\x1b[1HA.B\x1b[5CC\x1b[2HD");
}

#[test]
fn what_goes_is_wiped_rather_than_written_over() {
    let plain = Style::new();
    let first = screen(&[(0, 0, "0123456789abcdef  |", plain), (0, 1, "0123456789", plain)]);
    let next = screen(&[(0, 0, "0", plain), (18, 0, "|", plain)]);

    assert_eq!(String::from_utf8_lossy(&sent(&first, &next)), "\x1b[1;2H\x1b[15X\x1b[2H\x1b[K");
}

#[test]
fn what_cannot_be_seen_costs_nothing() {
    let seen = Style::new().on_red();
    let first = screen(&[(0, 0, "a   b", Style::new())]);

    assert_eq!(
        sent(
            &first,
            &screen(&[(0, 0, "a", Style::new()), (1, 0, "   ", Style::new().red().bold()), (4, 0, "b", Style::new())])
        ),
        b""
    );
    assert_ne!(
        sent(&first, &screen(&[(0, 0, "a", Style::new()), (1, 0, "   ", seen), (4, 0, "b", Style::new())])),
        b""
    );
}
