//! The palette, help, and keys that the user chose: one table feeds them all.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use saltcellar::cache::demo::DEMO;
use saltcellar::config::{self, Config, Found};
use saltcellar::tui::dialog::Dialog;
use saltcellar::tui::effect::{Effect, Writes};
use saltcellar::tui::keymap::{BINDINGS, actions};
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::Msg;

use super::stage::Stage;

/// The demo under the settings of `text`.
fn chosen(text: &str, width: u16, height: u16) -> Stage {
    let (settings, warnings) = config::read(text, &actions());
    assert_eq!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), <[&str; 0]>::default());
    let config =
        Config { path: Some("/home/ada/config.toml".into()), found: Found::Read, settings, ..Config::default() };
    Stage::with(DEMO, width, height, Session { config, ..Session::default() })
}

fn click(stage: &mut Stage, part: &str) {
    let screen = stage.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(part)).expect("it is on the screen");
    let column = line.split(part).next().expect("before it").chars().count();
    let kind = MouseEventKind::Down(MouseButton::Left);
    let at = |number: usize| u16::try_from(number).expect("a screen is small");
    stage.send(Msg::Mouse(MouseEvent { kind, column: at(column), row: at(row), modifiers: KeyModifiers::NONE }));
}

fn is_palette(stage: &Stage) -> bool {
    matches!(stage.model.dialog, Some(Dialog::Palette(_)))
}

#[test]
fn the_palette_of_80_by_24() {
    let mut stage = Stage::demo(80, 24);
    stage.press(":ord exp");

    insta::assert_snapshot!(stage.screen());
}

#[test]
fn help_of_80_by_24() {
    let mut stage = Stage::demo(80, 24);
    stage.press("?/copy");

    insta::assert_snapshot!(stage.screen());
}

#[test]
fn every_action_is_found_by_its_name_on_every_screen() {
    for way in ["", "H", "w"] {
        for row in BINDINGS {
            let mut stage = Stage::demo(140, 40);
            stage.press(way).press(":").press(row.id);

            let Some(Dialog::Palette(open)) = &stage.model.dialog else { panic!("the palette is open") };
            let found = open.found(&stage.model);
            assert_eq!(found.first().map(|found| found.bound.id), Some(row.id), "{way}");
        }
    }
}

#[test]
fn every_action_has_a_key_on_each_of_its_screens() {
    for action in actions() {
        assert!(!action.keys.is_empty() && !action.screens.is_empty(), "{}", action.id);
    }
}

#[test]
fn enter_runs_what_the_letters_found_and_it_stands_first_the_next_time() {
    let mut stage = Stage::demo(140, 40);

    stage.press(":health<enter>");
    assert!(stage.shows("Health") && stage.model.reader().is_some());
    stage.press("<esc>:");

    let Some(Dialog::Palette(open)) = &stage.model.dialog else { panic!("the palette is open") };
    assert_eq!(open.found(&stage.model).first().map(|found| found.bound.id), Some("health"));
}

#[test]
fn what_can_do_nothing_stays_listed_says_why_and_leaves_the_palette_open() {
    let session = Session { readonly: Some("--readonly".to_owned()), ..Session::default() };
    let mut stage = Stage::with(DEMO, 140, 40, session);

    stage.press(":prune by rule");
    assert!(stage.line("prune by rule: expired").contains("read-only (--readonly)"), "{}", stage.screen());
    stage.press("<enter>");

    assert!(is_palette(&stage) && stage.shows("read-only (--readonly)"));
    assert!(stage.effects.iter().all(|effect: &Effect| effect.writes() == Writes::Nothing));
}

#[test]
fn the_palette_takes_pasted_text_and_clicks() {
    let mut stage = Stage::demo(140, 40);

    stage.press("<ctrl-p>");
    stage.send(Msg::Paste("who is\nwho".to_owned()));
    click(&mut stage, "people: who is who");

    assert!(!is_palette(&stage) && stage.shows("People"), "{}", stage.screen());
    stage.press("<esc>:");
    stage.send(Msg::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 0,
        row: 0,
        modifiers: KeyModifiers::NONE,
    }));
    assert!(!is_palette(&stage), "a click outside closes");
}

#[test]
fn a_click_in_help_runs_the_binding() {
    let mut stage = Stage::demo(140, 40);

    stage.press("?/stats");
    click(&mut stage, "stats: what it holds");

    assert!(stage.model.dialog.is_none() && stage.shows("By section"));
}

#[test]
fn a_key_of_ones_own_works_and_shows_in_the_foot_in_help_in_the_palette_and_after_its_prefix() {
    let text = "[keys]\nhealth = \"c h\"\nexport = [\"E\", \"c e\"]\ntimeline = \"<disabled>\"\nwhy = \"<disabled>\"";
    let mut stage = chosen(text, 140, 40);

    assert!(stage.shows(" c health"), "{}", stage.screen());
    stage.press("H");
    assert!(stage.model.reader().is_none());
    stage.press("c");
    stage.wait(1);
    assert!(stage.line("health: what is wrong").contains(" h "), "{}", stage.screen());
    assert!(stage.line("export a redacted").contains(" e "));
    stage.press("h");
    assert!(stage.shows("Health"));
    stage.press("<esc>?/redacted copy<enter>");
    assert!(stage.line("export a redacted").contains("E  c e"), "{}", stage.screen());
    assert!(stage.shows("Settings /home/ada/config.toml (read)"));
    stage.press("<esc><esc>:redacted copy");
    assert!(stage.line("export a redacted").contains("E  c e"));
    stage.press("<esc>:why:<enter>");
    assert!(stage.shows("Why"), "what has no key is run from the palette\n{}", stage.screen());
}

#[test]
fn the_plain_preset_needs_no_letter() {
    let mut stage = chosen("preset = \"plain\"", 140, 40);

    stage.press("jkdxyP?");
    assert!(stage.model.dialog.is_none() && stage.model.pending.keys.is_empty());
    stage.press("<f3>");
    assert!(stage.shows("Health"));
    stage.press("<esc><ctrl-s><ctrl-l>");
    assert!(stage.model.pending.keys.is_empty() && stage.effects.is_empty(), "the end of a sequence is no other key");
}

#[test]
fn what_is_wrong_with_the_settings_is_said_at_the_foot_and_in_the_log() {
    let mut stage = Stage::demo(140, 40);

    stage.send(Msg::Advice(vec!["config.toml:1:1: one".to_owned(), "config.toml:2:1: two".to_owned()]));

    assert!(stage.shows("2 things are wrong with the settings: L tells"), "{}", stage.screen());
    assert!(stage.shows("config.toml:1:1: one") && stage.shows("config.toml:2:1: two"));
}

#[test]
fn the_filter_to_begin_with_is_that_of_every_cache() {
    let mut stage = Stage::empty(140, 40, Session::default());

    assert!(stage.model.start_filter("vault").is_ok() && stage.model.start_filter("type:(").is_err());
    stage.send(Msg::Opened { cache: super::stage::CACHE, name: "c.json".to_owned(), path: None, readonly: None });
    stage.load(DEMO);

    assert!(stage.shows("Key Vault") && !stage.shows("Outlook"), "{}", stage.screen());
}
