//! What counts of a settings file, and what is said of the rest.

use super::super::{Leads, schema};
use super::*;

fn action(id: &'static str, keys: &[&'static str], screens: &[&'static str]) -> Action {
    Action {
        id,
        words: "words",
        heading: "HEADING",
        place: "everywhere",
        keys: keys.to_vec(),
        plain: vec![],
        screens: screens.to_vec(),
        leads: Leads::On,
    }
}

fn actions() -> Vec<Action> {
    vec![
        action("move.down", &["j", "down"], &["browser", "answers"]),
        action("reveal", &["x"], &["browser"]),
        action("copy.secret", &["y y"], &["browser"]),
        action("copy.json", &["y j"], &["browser"]),
        action("demo", &["d"], &["start"]),
        action("prune", &["d"], &["browser"]),
        Action { leads: Leads::Out, ..action("quit", &["q"], &["browser", "answers", "start"]) },
        Action { leads: Leads::Back, ..action("back", &["esc"], &["browser"]) },
    ]
}

fn said(text: &str) -> Vec<String> {
    read(text, &actions()).1.iter().map(ToString::to_string).collect()
}

fn keys(text: &str, id: &str) -> Vec<String> {
    read(text, &actions()).0.keys.expect("the file was read").of(id).to_vec()
}

#[test]
fn settings_count_with_their_lines() {
    let text = "theme = \"dark\"\nmouse = false\n\n[clipboard]\nroute = \"osc52\"\nclear-seconds = 30\n";

    let (settings, warnings) = read(text, &actions());

    assert_eq!(warnings, []);
    assert!(!settings.wants_mouse());
    assert_eq!((settings.theme().as_deref(), settings.clear_seconds()), (Some("dark"), 30));
    let lines: Vec<_> = super::super::shown(&settings).into_iter().filter_map(|shown| shown.line).collect();
    assert_eq!(lines, [1, 2, 5, 6]);
}

#[test]
fn what_is_unknown_or_wrong_is_said_with_its_line_and_column_and_nothing_else_suffers() {
    let text = "moose = true\nmouse = \"no\"\n  theme = \"pink\"\nfilter = \"graph\"\n[clipboard]\nclear-seconds = 0\n";

    assert_eq!(
        said(text),
        [
            "line 1, column 1: there is no setting \"moose\"; did you mean mouse?",
            "line 2, column 9: mouse takes true or false",
            "line 3, column 11: theme takes auto, ansi, light, dark, colour-blind, mono, or the path of a file",
            "line 6, column 17: clipboard.clear-seconds takes whole seconds, 1 to 600",
        ]
    );
    assert_eq!(read(text, &actions()).0.filter(), "graph");
}

#[test]
fn a_file_that_is_no_toml_leaves_the_defaults_but_not_without_read_only() {
    let (settings, warnings) = read("mouse = false\nreadonly = true\n[keys\n", &actions());

    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(warning.line == 3 && warning.says.starts_with("this is no TOML: "), "{warning}");
    assert!(settings.wants_mouse() && settings.is_readonly());
}

#[test]
fn a_broken_file_grants_a_wish_for_read_only_wherever_it_stands() {
    let is_readonly = |text: &str| read(text, &actions()).0.is_readonly();

    for text in ["x = [\nreadonly = true", "readonly = false\nreadonly = true", "[keys\n  \"readonly\"=1 # false"] {
        assert!(is_readonly(text), "{text}");
    }
    for text in ["[keys\nreadonly = false # true", "[keys\n# readonly = true", "[keys\nreadonly-places = true"] {
        assert!(!is_readonly(text), "{text}");
    }
}

#[test]
fn a_wish_for_read_only_that_is_not_understood_is_granted() {
    assert!(read("readonly = \"yes\"", &actions()).0.is_readonly());
    assert!(!read("readonly = false", &actions()).0.is_readonly());
}

#[test]
fn an_action_takes_a_key_a_list_a_sequence_or_nothing() {
    assert_eq!(keys("[keys]\nreveal = \"X\"", "reveal"), ["X"]);
    assert_eq!(keys("[keys]\nmove.down = [\"n\", \"Ctrl-N\"]", "move.down"), ["n", "ctrl-n"]);
    assert_eq!(keys("[keys]\n\"move.down\" = \"g  j\"", "move.down"), ["g j"]);
    assert_eq!(keys("[keys]\nreveal = \"<disabled>\"", "reveal"), <[&str; 0]>::default());
    assert_eq!(keys("[keys]\nreveal = \"ctrl-i\"", "reveal"), ["x"], "what does not count leaves the default");
}

#[test]
fn keys_that_get_in_each_others_way_are_said() {
    for (text, says) in [
        (
            "reveal = \"j\"",
            "line 2, column 10: \"j\" takes move.down its key: give move.down another, or \"<disabled>\"",
        ),
        ("reveal = \"q\"\nquit = \"q\"", "line 3, column 8: \"q\" is the key of reveal already"),
        ("reveal = [\"z\", \"z\"]", "line 2, column 16: \"z\" stands here twice"),
        ("reveal = \"z\"\nprune = \"z z\"", "line 3, column 9: \"z z\" cannot be reached: \"z\" is reveal"),
        ("reveal = \"z z\"\nprune = \"z\"", "line 3, column 9: \"z\" begins \"z z\", which is reveal"),
        (
            "reveal = \"y\"\ncopy.json = \"J\"",
            "line 2, column 10: \"y\" takes \"y y\" of copy.secret its key: give copy.secret another, or \"<disabled>\"",
        ),
        ("reveal = \"ctrl-m\"", "line 2, column 10: terminals cannot tell \"ctrl-m\" from enter"),
        ("reveal = \"ctrl-c\"", "line 2, column 10: ctrl-c always quits"),
        ("reveal = \"esc\"", "line 2, column 10: esc always leads back"),
        ("revel = \"X\"", "line 2, column 1: there is no action \"revel\"; did you mean reveal?"),
        ("reveal = 3", "line 2, column 10: keys are \"x\", [\"x\", \"y y\"] or \"<disabled>\""),
    ] {
        assert_eq!(said(&format!("[keys]\n{text}")), [says]);
    }
}

#[test]
fn keys_of_different_screens_and_keys_that_moved_away_are_in_nobodys_way() {
    assert_eq!(said("[keys]\nreveal = \"j\"\nmove.down = \"J\"\nprune = \"P\"\ndemo = \"P\""), <[&str; 0]>::default());
    assert_eq!(said("[keys]\nreveal = \"d\"\nprune = \"x\""), <[&str; 0]>::default());
}

#[test]
fn hostile_text_is_quoted_without_its_power() {
    let text = "\"\\u001b[2J\\u202e\" = 1\n[keys]\n\"\\u009d0;x\" = \"x\"\nreveal = \"\\u001b\"\n";

    let said = said(text).join("\n");

    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(!said.contains(['\u{1b}', '\u{9d}', '\u{202e}']), "{said:?}");
    let broken = read("a = \u{1b}[2J\u{202e}", &actions()).1.iter().map(ToString::to_string).collect::<String>();
    assert!(!broken.contains(['\u{1b}', '\u{202e}']), "{broken:?}");
}

#[test]
fn places_of_ones_own_need_a_path_that_stands_on_its_own() {
    let text =
        "[[places]]\napp = \"My app\"\npath = [\"~/a.json\", \"b.json\"]\n[[places]]\napp = \"x\"\nfile = \"/c\"\n";

    let (settings, _) = read(text, &actions());

    let place = OwnPlace { app: "My app".to_owned(), path: "~/a.json".to_owned(), made_by: None };
    assert_eq!(settings.places, [place]);
    assert_eq!(
        said(text),
        [
            "line 3, column 21: a path of a place begins with / or ~/",
            "line 4, column 1: this place has no path",
            "line 6, column 1: a place has no \"file\"",
        ]
    );
}

#[test]
fn the_file_of_defaults_says_nothing_and_with_its_comments_gone_it_is_right() {
    let text = super::super::example("/home/ada/config.toml", &actions());
    let is_setting = |line: &&str| line.contains(" = ") && line.starts_with("# ");
    let bare: String = text
        .lines()
        .filter(|line| !line.starts_with("# ") || is_setting(line) || line.starts_with("# [["))
        .map(|line| format!("{}\n", line.trim_start_matches("# ")))
        .collect();

    assert_eq!(said(&text), <[&str; 0]>::default());
    assert_eq!(said(&bare), <[&str; 0]>::default(), "{bare}");
    assert_eq!(text.lines().next(), Some("# /home/ada/config.toml"));
    assert_eq!(read(&bare, &actions()).0.places.len(), 1);
}

#[test]
fn the_schema_knows_every_setting_and_action() {
    let schema = schema(&actions());

    let at = |path: &str| schema.pointer(path).is_some();
    assert!(at("/properties/clipboard/properties/clear-seconds") && at("/properties/theme"));
    assert!(at("/properties/keys/properties/move/properties/down") && at("/properties/keys/properties/quit"));
}
