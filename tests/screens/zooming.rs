//! Panes over the whole screen, and back.

use saltcellar::tui::layout::Pane;

use super::stage::Stage;

#[test]
fn each_pane_fills_the_screen_and_goes_back_to_its_place() {
    for (key, title, pane) in
        [("1", "1 Accounts", Pane::Accounts), ("2", "2 Tokens", Pane::Tokens), ("3", "3 Details", Pane::Details)]
    {
        for back in ["_", "<esc>"] {
            let mut stage = Stage::demo(100, 30);

            stage.press(key).press("+");
            assert!(stage.shows(title) && !stage.shows("──╮╭"), "{title} alone\n{}", stage.screen());
            stage.press(back);

            assert!(stage.model.zoom.is_none() && stage.shows("1 Accounts") && stage.shows("2 Tokens"));
            assert!(back == "<esc>" || stage.model.focus == pane);
        }
    }
}

#[test]
fn tabs_turn_over_the_whole_screen_as_in_the_pane() {
    let mut stage = Stage::demo(80, 24);

    stage.press("<enter>]");
    assert!(stage.line("3 Details").contains("[Claims]") && stage.shows("signature not verified"));
    stage.press("]");
    assert!(stage.shows("\"credential_type\""));
    stage.press("[[");

    assert!(stage.line("3 Details").contains("[Summary]"));
}

#[test]
fn a_claim_under_the_cursor_tells_its_time_in_words() {
    let mut stage = Stage::demo(100, 50);

    stage.press("<enter>]");

    assert!(stage.line("  exp ").contains("2026-11-22 12:52:00Z (in 52m"), "{}", stage.screen());
    assert!(stage.line("  tid ").contains("contoso") || stage.line("  tid ").contains("tenant"), "{}", stage.screen());
}

#[test]
fn only_the_timeline_has_a_measure_to_widen() {
    let mut stage = Stage::demo(80, 24);

    stage.press("-");

    assert!(stage.shows("only the timeline has a measure"), "{}", stage.screen());
}
