//! Settings and keys from the real table of actions: the schema and the page on keys that are checked in, and what
//! holds of every remapping. `SALTCELLAR_BLESS=1` writes both files anew.

use std::path::Path;

use proptest::prelude::*;
use saltcellar::config::{self, Action, Bindings, listed, schema};
use saltcellar::tui::keymap::{Ground, Keymap, Meaning, actions};

/// Fails if the file at `path` is not `text`; with `SALTCELLAR_BLESS` it becomes it.
fn checked_in(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("SALTCELLAR_BLESS").is_some() {
        std::fs::write(&path, text).expect("it can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{} is not what the table makes: SALTCELLAR_BLESS=1 writes it anew", path.display());
}

#[test]
fn the_schema_that_is_checked_in_is_that_of_the_tables() {
    let schema = serde_json::to_string_pretty(&schema(&actions())).expect("it is JSON");

    checked_in("assets/config.schema.json", &format!("{schema}\n"));
}

#[test]
fn the_page_on_keys_that_is_checked_in_is_that_of_the_table() {
    let keys = |action: &Action| action.keys.iter().map(|key| (*key).to_owned()).collect();

    checked_in("assets/help/keys.md", &listed(&actions(), &keys));
}

#[test]
fn what_the_example_in_help_sets_is_right() {
    let page = include_str!("../assets/help/config.md");
    let toml: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let bare: String = toml.iter().map(|line| format!("{}\n", line.split("   ").next().unwrap_or(""))).collect();

    let (settings, warnings) = config::read(&bare, &actions());

    assert_eq!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), <[&str; 0]>::default(), "{bare}");
    assert_eq!((settings.preset(), settings.places.len()), ("plain".to_owned(), 1));
}

#[test]
fn settings_know_the_themes_that_there_are() {
    assert_eq!(config::THEMES, saltcellar::tui::theme::NAMES);
}

/// Keys that a person may choose, good ones and bad ones.
fn key() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        "[a-zA-Z0-9/?:*é]".prop_map(|key| key),
        prop::sample::select(vec![
            "ctrl-a",
            "ctrl-i",
            "ctrl-m",
            "Ctrl-X",
            "space",
            "esc",
            "enter",
            "tab",
            "up",
            "f5",
            "f99",
            "shift-down",
            "ctrl-c",
            "alt-j",
            "shift-a",
            "",
            "\u{1b}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(one, 1..3).prop_map(|keys| keys.join(" "))
}

fn remaps() -> impl Strategy<Value = Vec<(usize, Vec<String>)>> {
    let ids = 0..actions().len();
    prop::collection::vec((ids, prop::collection::vec(key(), 0..3)), 1..12)
}

/// The file that asks for `remaps`, the last one of each action counting.
fn file(preset: &str, remaps: &[(usize, Vec<String>)]) -> String {
    let mut lines = std::collections::BTreeMap::new();
    for (at, keys) in remaps {
        lines.insert(actions()[*at].id, toml::Value::from(keys.clone()).to_string());
    }
    let lines: String = lines.iter().map(|(id, keys)| format!("{id} = {keys}\n")).collect();
    format!("preset = \"{preset}\"\n[keys]\n{lines}")
}

fn typed(keys: &str) -> Vec<String> {
    keys.split(' ').map(str::to_owned).collect()
}

/// The keys of `action` that do not lead to it on one of its screens.
fn lost(keymap: &Keymap, bindings: &Bindings, action: &Action) -> Vec<String> {
    let grounds = || Ground::ALL.into_iter().filter(|ground| action.screens.contains(&ground.name()));
    let leads = |key: &String, ground| {
        let typed = typed(key);
        let whole = matches!(keymap.meaning(ground, &typed), Meaning::Full(row) if row.id == action.id);
        let starts = (1..typed.len()).all(|count| matches!(keymap.meaning(ground, &typed[..count]), Meaning::Part));
        whole && starts
    };
    bindings.of(action.id).iter().filter(|key| !grounds().all(|ground| leads(key, ground))).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_remap_works_wholly_or_is_warned_of(remaps in remaps(), plain in any::<bool>()) {
        let preset = if plain { "plain" } else { "vim-lite" };
        let text = file(preset, &remaps);

        let (settings, warnings) = config::read(&text, &actions());
        let bindings = settings.keys.expect("the file is TOML");
        let keymap = Keymap::from(&bindings);

        for action in actions() {
            prop_assert_eq!(lost(&keymap, &bindings, &action), <[String; 0]>::default(), "{} in\n{}", action.id, text);
        }
        if warnings.is_empty() {
            for action in actions() {
                let wished = remaps.iter().rev().find(|(at, _)| actions()[*at].id == action.id);
                let wanted: Vec<String> = match wished {
                    Some((_, keys)) => keys.iter().filter_map(|key| config::spelt(key).ok()).collect(),
                    None => action.keys_in(preset).iter().map(|key| (*key).to_owned()).collect(),
                };
                prop_assert_eq!(bindings.of(action.id), wanted, "{} in\n{}", action.id, text);
            }
        }
        for warning in warnings {
            prop_assert!(warning.line > 1 && !warning.says.contains('\u{1b}'), "{}", warning);
        }
    }
}
