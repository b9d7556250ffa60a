//! What holds of the whole table of keys.

use std::collections::HashSet;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;

#[test]
fn no_two_actions_of_a_screen_share_a_key_or_a_prefix() {
    let keymap = Keymap::default();
    for ground in Ground::ALL {
        let keys: Vec<_> = keymap.on(ground).flat_map(|binding| binding.keys.iter()).collect();

        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        for key in &keys {
            assert!(!keys.iter().any(|other| other.starts_with(&format!("{key} "))), "{key} begins another");
        }
    }
}

#[test]
fn every_action_has_a_key_in_the_plain_preset_too() {
    let settings = crate::config::Config::of(
        "/config.toml".into(),
        crate::config::Origin::Usual,
        Ok("preset = \"plain\"".to_owned()),
        &actions,
    );
    let keys = settings.settings.keys.expect("a preset");
    let without: Vec<_> = BINDINGS.iter().map(|row| row.id).filter(|id| keys.of(id).is_empty()).collect();

    // Half a page is a letter's thing: page keys move there.
    assert_eq!(without, ["move.half-down", "move.half-up"], "without a key");
}

#[test]
fn every_id_is_given_once() {
    let ids: HashSet<_> = BINDINGS.iter().map(|binding| binding.id).collect();

    assert_eq!(ids.len(), BINDINGS.len());
}

#[test]
fn no_key_is_one_that_terminals_cannot_tell_from_another() {
    for key in BINDINGS.iter().flat_map(|binding| binding.keys.iter()) {
        assert!(!["ctrl-h", "ctrl-i", "ctrl-m", "ctrl-j"].contains(key) && !key.contains("alt-"), "{key}");
    }
}

#[test]
fn keys_are_named_as_the_table_spells_them() {
    let named = |code, modifiers| name(&KeyEvent::new(code, modifiers));

    assert_eq!(named(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(), Some("G"));
    assert_eq!(named(KeyCode::Char('d'), KeyModifiers::CONTROL).as_deref(), Some("ctrl-d"));
    assert_eq!(named(KeyCode::Down, KeyModifiers::SHIFT).as_deref(), Some("shift-down"));
    assert_eq!(named(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(), Some("shift-tab"));
}

#[test]
fn a_sequence_is_known_by_its_start() {
    let keymap = Keymap::default();
    let typed = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();

    assert!(matches!(keymap.meaning(Ground::Browser, &typed(&["y"])), Meaning::Part));
    assert!(matches!(keymap.meaning(Ground::Browser, &typed(&["y", "j"])), Meaning::Full(b) if b.id == "copy.json"));
    assert!(matches!(keymap.meaning(Ground::Browser, &typed(&["y", "z"])), Meaning::Nothing));
    assert!(matches!(keymap.meaning(Ground::Start, &typed(&["y"])), Meaning::Nothing));
}

#[test]
fn no_name_of_an_action_is_a_table_of_others() {
    for row in BINDINGS {
        let inner = format!("{}.", row.id);
        assert!(!BINDINGS.iter().any(|other| other.id.starts_with(&inner)), "{} could not be written in TOML", row.id);
        assert!(row.id.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '-'), "{}", row.id);
    }
}

#[test]
fn both_presets_are_without_conflicts_and_the_plain_one_has_no_letter_alone() {
    for preset in ["vim-lite", "plain"] {
        let spelt: String = BINDINGS
            .iter()
            .zip(actions())
            .map(|(row, action)| format!("\"{}\" = {:?}\n", row.id, action.keys_in(preset)))
            .collect();
        let (_, warnings) = config::read(&format!("[keys]\n{spelt}"), &actions());

        assert_eq!(warnings, [], "{preset}");
    }
    let typed = |key: &str| key.split(' ').any(|one| one.chars().count() == 1);
    for action in actions() {
        assert!(!action.plain.iter().any(|key| typed(key)), "{}", action.id);
    }
}

#[test]
fn every_row_of_the_plain_preset_is_of_an_action() {
    for (id, _) in plain::PLAIN {
        assert!(BINDINGS.iter().any(|row| row.id == *id), "{id}");
    }
}

#[test]
fn keys_of_every_action_are_spelt_as_settings_spell_them() {
    for key in actions().iter().flat_map(|action| action.keys.iter().chain(&action.plain)) {
        assert_eq!(config::spelt(key).as_deref(), Ok(*key));
    }
}
