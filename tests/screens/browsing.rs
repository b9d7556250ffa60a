//! Looking about: panes, filter, order, marks, details, reloads.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Size;
use saltcellar::cache::demo::DEMO;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::Msg;

use super::stage::{CACHE, Stage, reading};

pub(crate) const TWO_TOKENS: &str = r#"{"AccessToken":{
    "one":{"home_account_id":"a.t","client_id":"c1","realm":"t","target":"https://graph.microsoft.com/User.Read","secret":"s1","cached_at":"1795348000","expires_on":"1795351600"},
    "two":{"home_account_id":"a.t","client_id":"c2","realm":"t","target":"https://vault.azure.net/.default","secret":"s2","cached_at":"1795348000","expires_on":"1795351600"}
  },"Account":{"acc":{"home_account_id":"a.t","environment":"login.microsoftonline.com","realm":"t","username":"ada@contoso.com"}}}"#;

#[test]
fn the_first_frame_comes_before_any_data() {
    let mut stage = Stage::empty(80, 24, Session::default());
    assert!(stage.shows("saltcellar"));

    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });

    assert!(matches!(stage.effects.as_slice(), [Effect::Load { was: None, .. }]));
    assert!(stage.shows("reading …"));
}

#[test]
fn the_first_rows_of_a_large_cache_are_shown_and_nothing_can_be_done_with_them() {
    let mut stage = Stage::empty(140, 40, Session::default());
    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });

    stage.send(Msg::Glimpsed { cache: CACHE, reading: reading(TWO_TOKENS) });
    let rows_stand = stage.shows("Microsoft Graph") && stage.shows("Key Vault");
    let says_so = stage.line("2 Tokens").contains("first 3 of …, reading") && !stage.shows("0/0");
    let nobody = stage.shows("reading …") && stage.line("2 Tokens").contains("[All] AT");
    let waits = stage.shows("this cache is still loading") && !stage.shows("no entry is under the cursor");
    stage.press("jjv dDxRyYcEpP<enter>y<esc><esc>");
    let done: Vec<_> = stage.effects.iter().filter(|effect| !matches!(effect, Effect::Load { .. })).collect();

    assert!(rows_stand && says_so && nobody && waits, "{}", stage.screen());
    assert!(done.is_empty() && stage.model.dialog.is_none() && stage.model.reveal.is_none());
    assert!(!stage.shows("(orphans)") && !stage.shows("All accounts"), "{}", stage.screen());
}

#[test]
fn a_cache_read_whole_takes_the_place_of_its_first_rows() {
    let mut stage = Stage::empty(140, 40, Session::default());
    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });
    stage.send(Msg::Glimpsed { cache: CACHE, reading: reading(TWO_TOKENS) });

    stage.load(DEMO);
    stage.send(Msg::Glimpsed { cache: CACHE, reading: reading(TWO_TOKENS) });

    assert!(stage.shows("25 items") && stage.shows("bob@fabrikam.com"), "{}", stage.screen());
}

#[test]
fn smaller_screens_show_one_pane_then_a_table_then_a_line() {
    assert!(Stage::demo(60, 20).line("2 Tokens").contains(" 1 Accounts [2 Tokens] 3 Details  4 Expiry"));
    assert!(Stage::demo(40, 10).line("Key Vault").starts_with("  AT   Key Vault"));
    assert_eq!(Stage::of(TWO_TOKENS, 60, 4).screen().trim(), "3 items, 0 expired - enlarge");
}

#[test]
fn the_demo_says_so_on_every_size() {
    for (width, height) in [(200, 60), (120, 32), (80, 24), (50, 14), (49, 13), (20, 5), (60, 1)] {
        assert!(Stage::demo(width, height).shows("DEMO, invented data"), "{width}x{height}");
    }
}

#[test]
fn an_old_token_that_renews_is_not_called_expired() {
    let stage = Stage::demo(80, 24);

    assert!(stage.line("Key Vault").contains("old 3d "));
    assert!(stage.line("EXP 9d").contains('x'));
    assert!(stage.line("bob@fabrikam").contains('x'));
}

#[test]
fn the_cursor_moves_by_lines_counts_pages_and_ends() {
    let mut stage = Stage::demo(80, 24);
    let mut cursor_after = |keys: &str| {
        stage.press(keys);
        stage.model.cache().expect("a cache").browse.cursor
    };

    assert_eq!(cursor_after("jj"), 2);
    assert_eq!(cursor_after("5j"), 7);
    assert_eq!(cursor_after("k"), 6);
    assert_eq!(cursor_after("G"), 24);
    assert_eq!(cursor_after("<pgup>"), 15);
    assert_eq!(cursor_after("gg"), 0);
    assert_eq!(cursor_after("50j"), 24);
}

#[test]
fn an_account_chosen_narrows_the_tokens() {
    let mut stage = Stage::demo(80, 24);

    stage.press("1jjjj");

    assert!(stage.line("2 Tokens").contains("[All 3]"));
    assert!(stage.line("3 Details").contains("AT Microsoft Graph"));
}

#[test]
fn a_tenant_chosen_shows_what_the_account_has_in_it_and_refresh_tokens_at_home() {
    let mut stage = Stage::demo(140, 40);
    assert!(stage.shows("contoso    home  AT5 RT2") && stage.shows("fabrikam   guest AT1"), "{}", stage.screen());

    stage.press("1jj");
    assert!(stage.line("2 Tokens").contains("[All 10] AT 5 RT 2"), "{}", stage.screen());
    stage.press("j");

    assert!(stage.line("2 Tokens").contains("[All 3] AT 1 RT ID 1"), "{}", stage.screen());
}

#[test]
fn a_tenant_chosen_stays_chosen_when_the_cache_is_read_anew_and_its_account_when_the_tenant_goes() {
    let mut stage = Stage::demo(140, 40);
    stage.press("1jjj");

    stage.load(&DEMO.replacen("\"AccessToken\": {", "\"AccessToken\": {\"new\": {},", 1));
    assert!(stage.line(">   fabrikam").contains("guest"), "{}", stage.screen());
    stage.load(TWO_TOKENS);

    assert!(stage.line("> All accounts").contains('3'), "{}", stage.screen());
}

#[test]
fn tabs_show_one_kind_of_entry() {
    let mut stage = Stage::demo(80, 24);

    stage.press("]]");

    assert!(stage.line("2 Tokens").contains("[RT 2]"));
    assert!(stage.shows("family 1") && !stage.shows("Key Vault"));
}

#[test]
fn the_filter_narrows_as_it_is_typed_and_esc_clears_it() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/graph");
    assert!(stage.shows("3 of 25 shown"));
    stage.press(" !bob<enter>");
    assert!(stage.shows("2 of 25 shown"));
    stage.press("<esc>");

    assert!(stage.line("2 Tokens").contains("1/25"));
}

#[test]
fn orders_turn_round_when_asked_again() {
    let mut stage = Stage::demo(80, 24);

    stage.press("st");
    assert!(stage.line("2 Tokens").contains("target ^"));
    stage.press("st");

    assert!(stage.line("2 Tokens").contains("target v"));
}

#[test]
fn marks_survive_the_filter_and_are_counted() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/graph<enter>*<esc>");

    assert!(stage.line("3 marked").contains("d prune"));
    assert!(stage.line("Outlook").starts_with("│"), "the line of another token");
    stage.press("u");
    assert!(!stage.shows("marked"));
}

#[test]
fn a_range_marks_what_it_passes() {
    let mut stage = Stage::demo(80, 24);

    stage.press("jvjj");
    assert!(stage.shows("* 3 marked"));
    stage.press("<esc>");
    assert!(!stage.shows("marked"));
    stage.press("v<shift-down>v");

    assert!(stage.shows("* 2 marked"));
}

#[test]
fn claims_are_read_and_one_can_be_copied() {
    let mut stage = Stage::demo(80, 60);

    stage.press("3]jj");
    assert!(stage.shows("signature not verified"));
    stage.press("yc");

    assert!(matches!(stage.effects.as_slice(), [Effect::Copy { claim: 2, .. }]));
}

#[test]
fn enter_fills_the_screen_with_details_and_esc_leads_back() {
    let mut stage = Stage::demo(80, 24);

    stage.press("<enter>");
    assert!(!stage.shows("1 Accounts"));
    stage.press("<esc>");

    assert!(stage.shows("1 Accounts"));
}

#[test]
fn a_sequence_begun_shows_its_keys_after_a_moment() {
    let mut stage = Stage::demo(80, 24);

    stage.press("y");
    assert!(!stage.shows("copy the scopes"));
    stage.wait(1);
    assert!(stage.shows("copy the scopes"));
    stage.press("<esc>");

    assert!(!stage.shows("copy the scopes"));
}

#[test]
fn a_disabled_key_says_why() {
    let mut stage = Stage::demo(80, 24);

    stage.press("yc");

    assert!(stage.shows("choose a claim first"));
}

#[test]
fn a_reload_keeps_cursor_and_marks_by_name() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);
    stage.press("j<space>k");
    let one_first = TWO_TOKENS.replace("\"one\":{", "\"zero\":{\"secret\":\"s0\"},\"one\":{");

    stage.load(&one_first);

    assert!(stage.line("Key Vault").contains(">*AT"), "the cursor and mark stay on the same token");
    assert!(stage.shows("* 1 marked"));
}

#[test]
fn the_mouse_chooses_scrolls_and_orders() {
    let mut stage = Stage::demo(80, 24);
    let event = |kind, column, row| Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });

    stage.send(event(MouseEventKind::Down(MouseButton::Left), 30, 5));
    assert!(stage.line("Key Vault").contains("> AT"));
    stage.send(event(MouseEventKind::ScrollDown, 30, 5));
    assert!(!stage.shows("> AT"), "the wheel moves the view, not the cursor");
    stage.send(event(MouseEventKind::Down(MouseButton::Left), 33, 2));
    assert!(stage.line("2 Tokens").contains("target ^"));
    stage.send(event(MouseEventKind::Down(MouseButton::Left), 3, 6));

    assert!(stage.line("2 Tokens").contains("[All 3]"), "the account under the click");
}

#[test]
fn a_frozen_screen_reads_nothing_until_it_thaws() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);

    stage.press("f");
    stage.send(Msg::Changed(CACHE));
    assert!(stage.shows("FROZEN") && stage.effects.is_empty());
    stage.press("f");

    assert!(matches!(stage.effects.as_slice(), [Effect::Load { .. }]));
}

#[test]
fn a_change_during_a_reading_is_read_afterwards() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);

    stage.send(Msg::Changed(CACHE));
    stage.send(Msg::Changed(CACHE));
    assert_eq!(stage.effects.len(), 1);
    stage.load(TWO_TOKENS);

    assert_eq!(stage.effects.len(), 2);
}

#[test]
fn without_a_cache_the_start_screen_offers_the_demo() {
    let mut stage = Stage::empty(80, 24, Session::default());

    stage.send(Msg::Places(Vec::new()));
    assert!(stage.shows("No plaintext token cache is found here."));
    stage.press("d");

    assert!(matches!(stage.effects.as_slice(), [Effect::OpenDemo(_)]));
}

#[test]
fn a_countdown_goes_on_by_itself() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);
    let before = stage.line("Key Vault");

    stage.wait(120);

    assert_ne!(stage.line("Key Vault"), before);
}

#[test]
fn ten_thousand_entries_draw_only_what_is_seen() {
    let entry = |at: usize| format!(r#""k{at}":{{"secret":"s{at}","target":"r{at}","expires_on":"1795351600"}}"#);
    let entries: Vec<_> = (0..10_000).map(entry).collect();
    let mut stage = Stage::of(&format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(",")), 120, 40);

    stage.press("G");

    assert!(stage.line("2 Tokens").contains("10000/10000"));
    assert!(stage.shows("r9999") && !stage.shows("r9900 "));
}

#[test]
fn names_from_the_cache_cannot_drive_the_terminal() {
    let hostile = "\\u001b[31m\\u202e\\u0007\\u009b2J";
    let text =
        TWO_TOKENS.replace("ada@contoso.com", hostile).replace("\"realm\":\"t\"", &format!("\"realm\":\"{hostile}\""));
    let mut stage = Stage::of(&text, 140, 40);

    for keys in ["", "3]", "]", "D", "<esc>", "e", "<esc>", "2w", "<enter>", "1H", "S", "p", "<esc>", "L"] {
        let screen = stage.press(keys).screen();
        let bad = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!screen.contains(bad), "after {keys:?}\n{screen}");
    }
}

#[test]
fn a_resize_keeps_the_cursor_on_the_screen() {
    let mut stage = Stage::demo(80, 40);
    stage.press("G");

    stage.send(Msg::Resize(Size { width: 80, height: 24 }));

    assert!(stage.shows("FutureSection"));
}

#[test]
fn the_demo_holds_no_secret_on_any_page() {
    let mut stage = Stage::with(DEMO, 140, 40, Session::default());
    let secrets: Vec<&str> = DEMO.split("\"secret\": \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!secrets.is_empty());

    for keys in ["jjjjjj", "3]", "]", "d", "D", "<esc>", "e"] {
        let screen = stage.press(keys).screen().replace(['\n', '│'], "");
        for secret in &secrets {
            // The head of a JWT is common text; its tail is not.
            let tail = secret.get(secret.len().saturating_sub(12)..).unwrap_or(secret);
            assert!(!screen.contains(tail), "after {keys:?}");
        }
    }
}
