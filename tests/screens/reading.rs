//! Answers over the whole screen: how they are read, searched and left, and where their lines lead.

use saltcellar::cache::demo::DEMO;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::Session;

use super::stage::Stage;

#[test]
fn why_leads_to_every_check_of_a_library_and_back() {
    let mut stage = Stage::demo(80, 24);

    stage.press("w<enter>");
    assert!(stage.shows("Every check") && stage.shows("MSAL Python"), "{}", stage.screen());
    stage.press("<esc>");
    assert!(stage.line("> MSAL Python").contains("uses the cached token"));
    stage.press("w");

    assert!(stage.model.readers.is_empty());
}

#[test]
fn why_is_asked_of_the_entry_that_a_page_names_and_esc_leads_back_to_the_page() {
    let mut stage = Stage::demo(80, 24);

    stage.press("Hjw");
    assert!(stage.shows("Why") && stage.shows("asks for"), "{}", stage.screen());
    stage.press("<esc>");

    assert!(stage.shows("Health"));
}

#[test]
fn only_an_access_token_can_be_asked_about() {
    let mut stage = Stage::demo(80, 24);

    stage.press("]]w");

    assert!(stage.model.readers.is_empty() && stage.shows("w: only an access token"), "{}", stage.screen());
}

#[test]
fn enter_on_an_entry_of_a_finding_goes_to_it_whatever_hid_it() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/graph<enter>Hj<enter>");

    assert!(stage.model.readers.is_empty());
    assert!(stage.line("> AT").contains("EXP 9d"), "{}", stage.screen());
}

#[test]
fn enter_on_a_finding_tells_its_rule_and_esc_leads_back_to_it() {
    let mut stage = Stage::demo(80, 24);

    stage.press("H<enter>");
    assert!(stage.shows("Tokens of an account that no app can see") && stage.shows("See  https://"));
    stage.press("<esc>");
    assert!(stage.line("> ! Tokens of").contains("orphan"), "{}", stage.screen());
    stage.press("<esc>");

    assert!(stage.shows("1 Accounts"));
}

#[test]
fn a_fix_is_planned_shown_and_written_like_any_change() {
    let mut stage = Stage::demo(80, 24);

    stage.press("HF");
    assert!(stage.shows("1 entry") || stage.shows("Prune 1"), "{}", stage.screen());
    stage.press("W");

    assert!(matches!(stage.effects.as_slice(), [Effect::Commit { .. }]));
}

#[test]
fn under_read_only_a_fix_says_what_forbids_it() {
    let session = Session { readonly: Some("--readonly".to_owned()), ..Session::default() };
    let mut stage = Stage::with(DEMO, 80, 24, session);

    stage.press("HF");

    assert!(stage.shows("F: read-only (--readonly)") && stage.model.dialog.is_none(), "{}", stage.screen());
}

#[test]
fn a_finding_that_is_mended_goes_and_an_open_fix_goes_with_it() {
    let mut stage = Stage::demo(80, 24);
    stage.press("HF");

    stage.load(r#"{"AccessToken":{}}"#);

    assert!(stage.shows("Nothing is wrong"), "{}", stage.screen());
    assert!(stage.model.dialog.is_none() && stage.shows("nothing is left to do"));
}

#[test]
fn a_search_counts_marks_and_goes_round() {
    let mut stage = Stage::demo(80, 24);

    stage.press("S/azure<enter>");
    assert!(stage.line(" / azure").contains("1 of"), "{}", stage.screen());
    stage.press("n");
    assert!(stage.line(" / azure").contains("2 of"));
    stage.press("N");
    assert!(stage.line(" / azure").contains("1 of"));
    stage.press("<esc>");
    assert!(!stage.shows(" / azure") && stage.shows("Stats"));
    stage.press("n");

    assert!(stage.shows("/ begins a search"));
}

#[test]
fn the_key_of_an_answer_leaves_it_and_another_takes_its_place() {
    let mut stage = Stage::demo(80, 24);

    stage.press("HS");
    assert!(stage.shows("Stats") && !stage.shows("Health"));
    stage.press("<esc>");
    assert!(stage.model.readers.is_empty());
    stage.press("HH");
    assert!(stage.model.readers.is_empty());
    stage.press("Hq");

    assert!(stage.model.readers.is_empty() && stage.effects.is_empty(), "q leads back, it does not quit");
}

#[test]
fn small_screens_and_screens_without_borders_keep_the_title_and_the_place() {
    for (width, height) in [(60, 20), (40, 14), (40, 10)] {
        let mut stage = Stage::demo(width, height);

        for (key, title) in [("S", "Stats"), ("w", "Why"), ("H", "Health")] {
            stage.press(key);

            assert!(stage.line(title).contains(" 1-"), "{width}x{height}\n{}", stage.screen());
            stage.press("<esc>");
        }
    }
}

#[test]
fn an_answer_that_tells_time_is_asked_for_again_at_the_turn_of_a_minute() {
    let mut stage = Stage::demo(80, 24);
    stage.press("S");
    let before = stage.line("access tokens");

    stage.wait(300);

    assert_ne!(stage.line("access tokens"), before);
}
