//! The timeline: what stands in it, how its cursor goes with the tokens', how it is entered and left.

use saltcellar::tui::layout::Pane;
use saltcellar::tui::msg::Msg;
use saltcellar::tui::wake;

use super::browsing::TWO_TOKENS;
use super::stage::Stage;

fn row_under_the_cursor(stage: &Stage) -> usize {
    stage.model.current_row().expect("a row")
}

#[test]
fn a_wide_screen_has_it_below_the_tokens() {
    let stage = Stage::demo(140, 40);

    let line = stage.line("4 Expiry timeline");
    assert!(line.contains("1/9  now 12:00Z"), "{line}");
    assert!(stage.line("Azure VM login     ").contains("55m"));
}

#[test]
fn it_fills_the_screen_and_three_ways_lead_out() {
    for (keys, focus) in [("E<esc>", Pane::Tokens), ("E1", Pane::Accounts), ("EE", Pane::Tokens), ("43", Pane::Details)]
    {
        for (width, height) in [(140, 40), (80, 24)] {
            let mut stage = Stage::demo(width, height);
            let (way, back) = keys.split_at(1);

            stage.press(way);
            assert_eq!(stage.model.focus, Pane::Timeline);
            assert!(stage.shows("4 Expiry timeline"));
            stage.press(back);

            assert_eq!((stage.model.focus, stage.model.zoom), (focus, None), "{keys} at {width}x{height}");
            assert!(stage.shows("1 Accounts") && stage.shows("3 Details"), "{keys}\n{}", stage.screen());
        }
    }
}

#[test]
fn its_cursor_is_that_of_the_tokens() {
    let mut stage = Stage::demo(140, 40);

    stage.press("jj4");
    assert!(stage.line("4 Expiry timeline").contains("3/9"));
    stage.press("j");
    let moved = row_under_the_cursor(&stage);
    stage.press("2");

    assert_eq!(row_under_the_cursor(&stage), moved);
    assert!(stage.line("2 Tokens").contains("4/25"), "{}", stage.screen());
}

#[test]
fn from_a_line_that_does_not_stand_in_it_the_next_step_leads_to_its_neighbour() {
    let mut stage = Stage::demo(140, 40);

    stage.press("seG");
    assert!(stage.line("2 Tokens").contains("25/25"), "{}", stage.screen());
    stage.press("4k");
    assert!(stage.line("2 Tokens").contains("9/25"), "the last of the access tokens");
    stage.press("G");

    assert!(stage.line("2 Tokens").contains("9/25"), "there is none behind it");
}

#[test]
fn sorted_by_expiry_the_ends_of_the_bars_never_go_back() {
    let mut stage = Stage::demo(140, 40);

    stage.press("Ese");

    let screen = stage.screen();
    let bars = screen.lines().filter(|line| line.contains("━━"));
    let ends: Vec<usize> =
        bars.filter_map(|line| line.chars().collect::<Vec<_>>().iter().rposition(|c| *c == '━')).collect();
    assert_eq!(ends.len(), 6, "{screen}");
    assert!(ends.is_sorted(), "{ends:?}\n{screen}");
}

#[test]
fn what_began_before_the_axis_and_what_ends_behind_it_is_marked() {
    let mut stage = Stage::of(TWO_TOKENS, 100, 30);

    stage.press("E");
    let usual = stage.line("Key Vault");
    stage.press("++");
    let close = stage.line("Key Vault");
    stage.press("---");
    let wide = stage.line("Key Vault");

    assert!(!usual.contains(['<']) && usual.contains('━'));
    assert!(close.contains('<') && close.contains('>'), "{close}");
    assert!(!wide.contains('<') && !wide.contains('>') || wide.contains('━'), "{wide}");
}

#[test]
fn the_tick_says_from_when_on_apps_renew() {
    let text = TWO_TOKENS.replace("\"secret\":\"s1\"", "\"secret\":\"s1\",\"refresh_on\":\"1795350000\"");
    let mut stage = Stage::of(&text, 100, 30);

    stage.press("E");

    assert!(
        stage.line("Microsoft Graph").contains('┿') && !stage.line("Key Vault").contains('┿'),
        "{}",
        stage.screen()
    );
}

#[test]
fn tokens_that_do_not_expire_are_said_to_be_elsewhere() {
    let mut stage = Stage::demo(140, 40);

    stage.press("]]");

    assert!(stage.shows("only access tokens expire"), "{}", stage.screen());
}

#[test]
fn the_axis_is_named_in_the_time_that_is_chosen() {
    let mut stage = Stage::demo(100, 30);

    stage.press("Ett");

    let axis = stage.line(" now ");
    assert!(stage.shows("12:15Z") && stage.shows("13:00Z"), "{axis}");
}

#[test]
fn a_small_screen_shows_it_alone_and_a_larger_one_beside_the_rest_again() {
    let mut stage = Stage::demo(140, 40);
    stage.press("4");

    stage.send(Msg::Resize(ratatui::layout::Size { width: 80, height: 24 }));
    assert!(stage.shows("4 Expiry timeline") && !stage.shows("1 Accounts"));
    stage.send(Msg::Resize(ratatui::layout::Size { width: 140, height: 40 }));

    assert!(stage.shows("4 Expiry timeline") && stage.shows("1 Accounts"));
}

#[test]
fn the_clock_runs_by_seconds_only_while_a_bar_on_the_screen_ends_within_the_hour() {
    let far = TWO_TOKENS.replace("1795351600", "1796351600");
    let sleeps = |text: &str| {
        let mut stage = Stage::of(text, 80, 24);
        stage.press("E");
        wake::next(&stage.model).as_secs()
    };

    let second_alone = TWO_TOKENS.replacen("1795351600", "1796351600", 1);
    assert_eq!((sleeps(TWO_TOKENS), sleeps(&second_alone)), (1, 1));
    assert!(sleeps(&far) > 1);
}

#[test]
fn an_entry_opened_in_it_leads_back_to_it() {
    for (width, height) in [(140, 40), (80, 24), (60, 20)] {
        for way in ["E", "4"] {
            let mut stage = Stage::demo(width, height);
            stage.press(way).press("j");
            let zoom = stage.model.zoom;

            stage.press("<enter>");
            assert!(stage.shows("[Summary]") && !stage.shows("4 Expiry timeline"), "{}", stage.screen());
            stage.press("<esc>");

            assert_eq!((stage.model.focus, stage.model.zoom), (Pane::Timeline, zoom), "{way} at {width}x{height}");
        }
    }
}
