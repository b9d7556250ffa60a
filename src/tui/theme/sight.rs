//! How colours look to eyes: contrast as WCAG 2 counts it, and what eyes without one kind of cone see. For tests.

use ratatui::style::{Color, Style};

use super::{Depth, TONES, Theme, Tone, indexed};

/// Linear light.
type Light = [f64; 3];

/// The colour that `colour` is on every terminal; the sixteen are their users' own.
fn light(colour: Color) -> Option<Light> {
    let of = |parts: [u8; 3]| parts.map(|part| linear(f64::from(part) / 255.0));
    if let Color::Rgb(r, g, b) = colour {
        return Some(of([r, g, b]));
    }
    let Color::Indexed(index @ 16..) = colour else { return None };
    let cube = index - 16;
    let level = |at: u8| if at == 0 { 0 } else { 55 + 40 * at };
    let is_grey = index >= 232;
    Some(of(if is_grey { [8 + 10 * (index - 232); 3] } else { [cube / 36, cube / 6 % 6, cube % 6].map(level) }))
}

fn linear(part: f64) -> f64 {
    if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn luminance([r, g, b]: Light) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: Light, other: Light) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn hex(text: &str) -> Light {
    let at = |from: usize| u8::from_str_radix(text.get(from..from + 2).expect("six digits"), 16).expect("hexadecimal");
    light(Color::Rgb(at(0), at(2), at(4))).expect("a colour")
}

/// The themes that bring a ground of their own, on each ground and at each depth that has fixed colours.
fn painted() -> Vec<Theme> {
    let names = ["light", "dark", "colour-blind"];
    let named = names.map(super::tests::theme).into_iter();
    let grounded = named.flat_map(|theme| super::tests::GROUNDS.map(|ground| Theme { ground, ..theme }));
    grounded.flat_map(|theme| [Depth::True, Depth::Indexed].map(|depth| Theme { depth, ..theme })).collect()
}

/// What a cell shows that was painted with `styles`, one over another.
fn cell(theme: Theme, styles: &[Tone]) -> (Light, Light) {
    let (text, ground) = theme.base();
    let style = styles.iter().fold(Style::new().fg(text).bg(ground), |below, tone| below.patch(theme.style(*tone)));
    let of = |colour: Option<Color>, base| light(colour.filter(|c| *c != Color::Reset).unwrap_or(base));
    let faint = ratatui::style::Modifier::DIM | ratatui::style::Modifier::REVERSED;
    assert!(!style.add_modifier.intersects(faint), "{}: how faint that is only the terminal knows", theme.name());
    let pair = of(style.fg, text).zip(of(style.bg, ground));
    pair.expect("the themes with a ground of their own have colours that are the same everywhere")
}

#[test]
fn every_text_of_a_theme_with_its_own_ground_has_a_contrast_of_4_5_on_every_line_it_can_stand_on() {
    let lines = [None, Some(Tone::Cursor), Some(Tone::CursorElsewhere), Some(Tone::Changed), Some(Tone::Found)];
    for theme in painted() {
        for (name, tone) in TONES.into_iter().filter(|(_, tone)| *tone != Tone::Border) {
            for line in lines {
                let mut tones: Vec<Tone> = [Some(tone), line].into_iter().flatten().collect();
                // What was found is painted last, over the line under the cursor too.
                tones.sort_by_key(|tone| *tone == Tone::Found);
                let (text, ground) = cell(theme, &tones);
                let found = contrast(text, ground);
                assert!(
                    found >= 4.5,
                    "{} {:?} {:?}: {name} on {line:?}: {found:.2}",
                    theme.name(),
                    theme.ground,
                    theme.depth
                );
            }
        }
    }
}

#[test]
fn borders_can_be_seen_and_the_chosen_line_differs_from_its_ground() {
    for theme in painted() {
        let (border, ground) = cell(theme, &[Tone::Border]);
        assert!(contrast(border, ground) >= 3.0, "{}", theme.name());

        for line in [Tone::Cursor, Tone::CursorElsewhere, Tone::Found] {
            let (_, chosen) = cell(theme, &[line]);
            assert!(
                contrast(chosen, ground) >= 1.1,
                "{} {:?} {line:?} {:.2}",
                theme.name(),
                theme.depth,
                contrast(chosen, ground)
            );
        }
    }
}

/// The sixteen colours of usual terminals with the grounds that they come with.
const TERMINALS: [(&str, &str, &[&str]); 9] = [
    (
        "VGA",
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
        &["000000"],
    ),
    (
        "xterm",
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
        &["000000", "ffffff"],
    ),
    (
        "Windows Terminal",
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc 767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
        &["0c0c0c", "ffffff"],
    ),
    (
        "Tango",
        "2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf 555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
        &["300a24", "000000", "ffffff"],
    ),
    (
        "macOS",
        "000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf 666666 e50000 00d900 e5e500 0000ff e500e5 00e5e5 e5e5e5",
        &["000000", "ffffff"],
    ),
    (
        "VS Code dark",
        "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db e5e5e5",
        &["1e1e1e"],
    ),
    (
        "VS Code light",
        "000000 cd3131 00bc00 949800 0451a5 bc05bc 0598bc 555555 666666 cd3131 14ce14 b5ba00 0451a5 bc05bc 0598bc a5a5a5",
        &["ffffff"],
    ),
    (
        "Solarized",
        "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
        &["002b36", "fdf6e3"],
    ),
    (
        "GNOME",
        "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc 5e5c64 f66151 33da7a e9ad0c 2a7bde c061cb 33c7de ffffff",
        &["171421", "ffffff"],
    ),
];

/// The colour of the sixteen in a terminal's palette.
fn own(colour: Color, palette: &str) -> Option<Light> {
    use Color::{
        Black, Blue, Cyan, DarkGray, Gray, Green, LightBlue, LightCyan, LightGreen, LightMagenta, LightRed,
        LightYellow, Magenta, Red, White, Yellow,
    };
    let order = [
        Black,
        Red,
        Green,
        Yellow,
        Blue,
        Magenta,
        Cyan,
        Gray,
        DarkGray,
        LightRed,
        LightGreen,
        LightYellow,
        LightBlue,
        LightMagenta,
        LightCyan,
        White,
    ];
    let at = order.into_iter().position(|one| one == colour)?;
    palette.split(' ').nth(at).map(hex)
}

/// What a tone of the default theme has for contrast on `ground`; nothing where it leaves the terminal's own colours.
fn contrast_of_own(tone: Tone, palette: &str, told: super::Ground, ground: Light) -> Option<f64> {
    let style = Theme { ground: told, ..Theme::ANSI }.style(tone);
    let behind = style.bg.and_then(|colour| own(colour, palette)).unwrap_or(ground);
    Some(contrast(style.fg.and_then(|colour| own(colour, palette))?, behind))
}

#[test]
fn the_default_theme_can_be_read_on_the_usual_terminals_dark_or_light_whether_they_answer_or_not() {
    use super::Ground::{Dark, Light, Unknown};
    for (terminal, palette, grounds) in TERMINALS {
        for ground in grounds.iter().map(|ground| hex(ground)) {
            let is = if luminance(ground) > 0.5 { Light } else { Dark };
            for (told, (name, tone)) in [is, Unknown].into_iter().flat_map(|told| TONES.map(|tone| (told, tone))) {
                let Some(found) = contrast_of_own(tone, palette, told, ground) else { continue };
                // What a terminal's user chose is theirs; the floor is WCAG's for bold text and signs.
                assert!(found >= 3.0, "{terminal}, told {told:?}: {name} {found:.2}");
            }
        }
    }
}

/// What eyes without green or red cones see (Viénot, Brettel and Mollon 1999), in linear light.
const EYES: [(&str, [Light; 3]); 3] = [
    ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("deuteranopia", [[0.292_75, 0.707_25, 0.0], [0.292_75, 0.707_25, 0.0], [-0.022_34, 0.022_34, 1.0]]),
    ("protanopia", [[0.112_38, 0.887_62, 0.0], [0.112_38, 0.887_62, 0.0], [0.004_01, -0.004_01, 1.0]]),
];

fn seen(light: Light, eye: &[Light; 3]) -> Light {
    eye.map(|row| row.iter().zip(light).map(|(share, part)| share * part).sum::<f64>().clamp(0.0, 1.0))
}

/// CIE L*a*b*, in which equal steps look equal.
fn lab([r, g, b]: Light) -> Light {
    let bend = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let x = bend((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
    let y = bend(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = bend((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn apart(one: Light, other: Light) -> f64 {
    lab(one).iter().zip(lab(other)).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

/// A step that nobody overlooks; 2 can just be seen.
const PLAIN_TO_SEE: f64 = 20.0;

#[test]
fn good_warn_and_bad_stay_apart_for_eyes_that_lack_a_cone() {
    let roles = [crate::present::Role::Good, crate::present::Role::Warn, crate::present::Role::Bad];
    for theme in painted().into_iter().filter(|theme| theme.name() == "colour-blind") {
        for (eyes, eye) in &EYES {
            let looks = roles.map(|role| seen(cell(theme, &[Tone::Word(role)]).0, eye));
            for (one, other) in [(0, 1), (1, 2), (0, 2)] {
                let pair = looks.get(one).zip(looks.get(other));
                let found = pair.map_or(0.0, |(one, other)| apart(*one, *other));
                assert!(
                    found >= PLAIN_TO_SEE,
                    "{eyes} {:?} {:?}: {one} {other}: {found:.1}",
                    theme.ground,
                    theme.depth
                );
            }
        }
    }
}

#[test]
fn the_measures_are_the_known_ones() {
    let white = hex("ffffff");
    let [grey, red, green] = ["777777", "ff0000", "00a000"].map(hex);

    assert!((contrast(white, hex("000000")) - 21.0).abs() < 0.01);
    assert!((contrast(white, grey) - 4.48).abs() < 0.01);
    assert!(apart(red, green) > 100.0);
    let [one, other] = [hex("a05000"), hex("4a7000")].map(|colour| seen(colour, &EYES.last().expect("three").1));
    assert!(apart(one, other) < PLAIN_TO_SEE, "red and green of one brightness are one colour without red cones");
    assert_eq!(light(indexed(Color::Rgb(95, 135, 175))), light(Color::Rgb(95, 135, 175)));
}
