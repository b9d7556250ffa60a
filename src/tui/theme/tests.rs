//! Themes as tables: nothing is missing, nothing is too faint, nothing is told by colour alone.

use std::path::Path;

use super::*;

pub(super) const GROUNDS: [Ground; 3] = [Ground::Unknown, Ground::Dark, Ground::Light];

pub(super) fn theme(name: &str) -> Theme {
    chosen(name, Wanted::Colours, &|path: &Path| panic!("{path:?} is read")).expect("a theme")
}

fn sheet(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/themes").join(name).with_extension("toml");
    std::fs::read_to_string(path).expect("a theme file")
}

#[test]
fn the_themes_without_a_file_look_as_their_files_say() {
    for (name, theme) in [("ansi", Theme::ANSI), ("mono", Theme::MONO)] {
        let sheet = Sheet::read(name, &sheet(name)).expect("a theme file");

        for (tone, ground) in TONES.iter().flat_map(|(_, tone)| GROUNDS.map(|ground| (*tone, ground))) {
            let style = unmarked(Theme { ground, ..theme }.style(tone));
            assert_eq!(style, sheet.style(tone, ground), "{name} {tone:?} {ground:?}");
        }
    }
}

/// As it looks once the view has read its marks.
fn unmarked(style: Style) -> Style {
    Style { add_modifier: style.add_modifier.difference(CHOSEN_HERE | TYPED_HERE), ..style }
}

#[test]
fn every_theme_file_has_a_line_for_every_tone() {
    for name in NAMES.iter().filter(|name| **name != "auto") {
        let text = sheet(name);
        let first = text.split("\n\n").next().expect("a table");
        for (tone, _) in TONES {
            assert!(first.lines().any(|line| line.starts_with(&format!("{tone} = "))), "{name}: {tone}");
        }
    }
}

#[test]
fn the_mono_theme_and_a_terminal_without_colours_set_no_colour_at_all() {
    let colourless = Theme { depth: Depth::None, ..theme("dark") };

    for (_, tone) in TONES {
        for theme in [Theme::MONO, colourless] {
            let style = theme.style(tone);
            assert_eq!((style.fg, style.bg), (None, None), "{tone:?}");
        }
    }
}

#[test]
fn a_name_leads_to_its_theme_and_no_colour_yields_to_a_name() {
    let asked = |wish, wanted| chosen(wish, wanted, &|_: &Path| Err(std::io::Error::other("none"))).expect("a theme");

    assert_eq!(asked("auto", Wanted::Colours), Theme::ANSI);
    assert_eq!(asked("auto", Wanted::NoColours), Theme::MONO);
    assert_eq!(asked("dark", Wanted::NoColours).name(), "dark");
    assert_eq!(asked("color-blind", Wanted::Colours).name(), "colour-blind");
}

#[test]
fn what_is_no_theme_is_refused_with_the_names_of_all() {
    let none = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    let says = |wish| chosen(wish, Wanted::Colours, &none).expect_err("no theme").to_string();

    assert_eq!(
        says("darc"),
        "there is no theme \"darc\": auto, ansi, light, dark, colour-blind, mono, or the path of a theme file"
    );
    assert_eq!(says("./mine.toml"), "cannot read the theme ./mine.toml");
}

#[test]
fn a_file_of_the_users_is_a_theme_and_joins_the_round() {
    let read = |_: &Path| Ok("[any]\nbase = \"#ffffff on #000080\"\nwarn = \"light-yellow bold\"\n".to_owned());
    let mine = chosen("./mine.toml", Wanted::Colours, &read).expect("a theme");

    assert_eq!(mine.base(), (Color::Rgb(255, 255, 255), Color::Rgb(0, 0, 128)));
    assert_eq!(mine.style(Tone::Key), Theme::ANSI.style(Tone::Key));
    let round: Vec<_> =
        std::iter::successors(Some(mine), |theme| Some(theme.next())).take(7).map(Theme::name).collect();
    assert_eq!(round, ["./mine.toml", "ansi", "light", "dark", "colour-blind", "mono", "./mine.toml"]);
}

#[test]
fn what_a_theme_file_says_wrongly_is_named() {
    let says = |text: &str| Sheet::read("x", text).expect_err("no theme").to_string();

    assert!(says("[any]\nwarm = \"red\"").starts_with("there is no tone \"warm\": base, plain, "));
    assert!(says("[any]\nwarn = \"redd bold\"").starts_with("warn: \"redd\" is neither a colour"));
    assert!(says("[any]\nwarn = \"17\"").starts_with("warn: \"17\" is neither"));
    assert_eq!(says("[night]\nwarn = \"red\""), "there is no table [night]: any, dark, light");
    assert!(says("warn = 3").starts_with("this is no theme file: "));
}
