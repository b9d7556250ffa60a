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
