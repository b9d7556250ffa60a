//! The filter line: what it takes, what it says, how it is typed, and what waits for a worker.

use std::fmt::Write as _;

use ratatui::style::Modifier;
use saltcellar::cache::demo::DEMO;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::Msg;
use saltcellar::tui::sieve::{Found, prepare};

use super::browsing::TWO_TOKENS;
use super::stage::{CACHE, Stage, reading};

/// The filter and the list, without what tells local times.
fn filtered(keys: &str) -> String {
    let mut stage = Stage::demo(80, 24);
    stage.press("3]]2").press(keys);
    stage.screen()
}

#[test]
fn words_narrow_while_they_are_typed() {
    insta::assert_snapshot!(filtered("/graph"));
}

#[test]
fn keys_and_times_narrow_as_words_do() {
    insta::assert_snapshot!(filtered("/type:at expires<15m"));
}

#[test]
fn what_is_no_query_is_marked_and_the_last_result_stays() {
    insta::assert_snapshot!(filtered("/tenant:conto("));
}

#[test]
fn a_filter_kept_stays_in_its_line() {
    insta::assert_snapshot!(filtered("/aud:vault !user:bob<enter>"));
}

fn count(stage: &Stage) -> usize {
    stage.model.cache().expect("a cache").browse.shown.len()
}

#[test]
fn an_error_names_its_column_and_leaves_the_last_good_rows() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/type:rt !");

    assert_eq!(count(&stage), 2);
    assert!(stage.line(" / type:rt").contains("at 10"), "{}", stage.screen());
    stage.press("<backspace>");
    assert!(!stage.line(" / type:rt").contains("at 10"));
}

#[test]
fn esc_goes_back_to_the_filter_that_was_kept_and_then_drops_it() {
    let mut stage = Stage::demo(80, 24);
    stage.press("/graph<enter>/ bob");
    assert_eq!(count(&stage), 1);

    stage.press("<esc>");
    assert_eq!(count(&stage), 3);
    stage.press("<esc>");

    assert_eq!(count(&stage), 25);
}

#[test]
fn filters_kept_before_come_back_with_up_and_what_was_typed_with_down() {
    let mut stage = Stage::demo(80, 24);
    stage.press("/graph<enter><esc>/type:rt<enter><esc>/bo");

    stage.press("<up>");
    assert!(stage.shows(" / type:rt"));
    stage.press("<up><up>");
    assert!(stage.shows(" / graph"));
    stage.press("<down><down><down>");

    assert!(stage.shows(" / bo "), "{}", stage.screen());
}

#[test]
fn the_line_is_edited_in_the_middle_and_by_words() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/vault<home>key <end> x<ctrl-w><left><right>");
    assert!(stage.shows(" / key vault "));
    assert_eq!(count(&stage), 1);
    stage.press("<ctrl-u>");
    stage.send(Msg::Paste("type:\nrt".to_owned()));

    assert_eq!(count(&stage), 2);
}

#[test]
fn the_end_that_is_typed_is_seen_however_long_the_filter_is() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/").press(&"ada or ".repeat(20)).press("theend");

    assert!(stage.line("theend").contains("of 25"), "{}", stage.screen());
}

#[test]
fn bare_words_are_marked_in_the_rows() {
    let mut stage = Stage::demo(80, 24);
    stage.press("/vault !bob<enter>G");
    stage.model.theme = saltcellar::tui::theme::Theme::MONO;
    let (buffer, _) = stage.painted();

    let line = stage.screen().lines().position(|line| line.contains("AT   Key Vault")).expect("the row");
    let row = buffer.content().chunks(80).nth(line).expect("a line");
    let marked = row.iter().filter(|cell| cell.modifier.contains(Modifier::UNDERLINED));
    assert_eq!(marked.map(ratatui::buffer::Cell::symbol).collect::<String>(), "Vault");
}

#[test]
fn tabs_count_what_the_filter_leaves() {
    let mut stage = Stage::demo(80, 24);

    stage.press("/ada<enter>]]");

    assert!(stage.line("2 Tokens").contains("[RT 2]"));
    assert!(stage.line("2 Tokens").contains("2/2") || stage.line("2 Tokens").contains("1/2"));
}

#[test]
fn what_time_changes_is_judged_again_when_the_minute_turns() {
    let mut stage = Stage::demo(80, 24);
    stage.press("/expired<enter>");
    assert_eq!(count(&stage), 3);

    stage.wait(241);

    assert_eq!(count(&stage), 4, "the token that had four minutes");
}

#[test]
fn a_reload_keeps_the_filter() {
    let mut stage = Stage::of(TWO_TOKENS, 80, 24);
    stage.press("/vault<enter>");

    stage.load(&TWO_TOKENS.replace("\"one\":{", "\"zero\":{\"target\":\"https://vault.azure.net/x\"},\"one\":{"));

    assert_eq!(count(&stage), 2);
}

#[test]
fn every_cache_opens_with_the_filter_that_a_setting_asks_for() {
    let mut stage = Stage::empty(80, 24, Session::default());
    assert!(stage.model.start_filter("type:").is_err());

    stage.model.start_filter("type:rt").expect("a query");
    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });
    stage.load(DEMO);

    assert_eq!(count(&stage), 2);
    assert!(stage.shows(" / type:rt"));
}

/// More rows than are searched without a worker.
fn large(rows: usize) -> String {
    let mut entries = String::new();
    for at in 0..rows {
        write!(entries, r#""k{at}":{{"client_id":"c{at}","target":"https://vault.azure.net/x","secret":"s"}},"#)
            .expect("a string");
    }
    format!(r#"{{"AccessToken":{{{}}}}}"#, entries.trim_end_matches(','))
}

#[test]
fn a_large_cache_shows_the_last_result_until_a_worker_has_read_its_names() {
    let mut stage = Stage::of(&large(1200), 80, 24);

    stage.press("/");
    assert!(matches!(stage.effects.pop(), Some(Effect::Index { .. })), "the names are read ahead");
    stage.press("c11");
    assert_eq!(count(&stage), 1200);
    assert!(stage.shows("searching …; last result shown"));
    let asked: Vec<_> = stage.effects.drain(..).collect();
    let [Effect::Index { reading, claims, .. }] = asked.as_slice() else { panic!("asked once, for one reading") };
    assert!(claims.is_empty());
    prepare(reading, &[]);
    stage.send(Msg::Indexed(CACHE));

    assert_eq!(count(&stage), 111);
    stage.press("9<enter>");
    assert_eq!(count(&stage), 11);
    assert!(stage.effects.is_empty(), "nothing more is to be read");
}

#[test]
fn what_a_filter_does_not_answer_for_yet_is_not_marked() {
    let mut stage = Stage::of(&large(1200), 80, 24);

    stage.press("/c119<enter>*");

    assert!(stage.shows("the filter is still searching"), "{}", stage.screen());
    assert!(!stage.shows("1200 marked"));
}

#[test]
fn another_reading_that_is_not_filtered_yet_shows_nothing() {
    let mut stage = Stage::empty(80, 24, Session::default());
    stage.model.start_filter("c11").expect("a query");
    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });

    stage.load(&large(1200));

    assert_eq!(count(&stage), 0);
    assert!(stage.shows("searching …") && !stage.shows("last result") && !stage.shows("nothing matches"));
}

#[test]
fn words_are_marked_in_the_accounts_too() {
    let mut stage = Stage::demo(140, 40);
    stage.press("/contoso.com<enter>");

    let (buffer, _) = stage.painted();
    let row = buffer
        .content()
        .chunks(140)
        .find(|row| row.iter().take(28).map(|cell| cell.symbol()).collect::<String>().contains("ada@contoso.com"));
    let row = row.expect("the account's line");
    let found: String =
        row.iter().take(28).filter(|cell| cell.bg != ratatui::style::Color::Reset).map(|cell| cell.symbol()).collect();

    assert_eq!(found, "contoso.com");
}

#[test]
fn a_filter_of_many_words_that_comes_at_once_is_searched_by_a_worker() {
    let mut stage = Stage::of(&large(1200), 80, 24);
    prepare(stage.model.reading().expect("a reading"), &[]);
    let words: Vec<_> = (0..2000).map(|at| format!("!w{at}")).collect();

    stage.press("/");
    stage.send(Msg::Paste(format!("c11 {}", words.join(" "))));
    let asked = stage.effects.pop();
    let Some(Effect::Search { cache, reading, query, memory, now }) = asked else { panic!("a worker is asked") };
    assert_eq!(count(&stage), 1200);
    let found = Box::new(Found::of(query, memory, &reading, now).expect("its names are read"));
    stage.send(Msg::Searched { cache, reading, found });

    assert_eq!(count(&stage), 111);
    stage.press("9");
    assert!(stage.effects.is_empty(), "what is typed on is found at once");
}

#[test]
fn claims_of_a_large_cache_are_asked_for_once_more() {
    let mut stage = Stage::of(&large(1200), 80, 24);
    prepare(stage.model.reading().expect("a reading"), &[]);

    stage.press("/claim.oid:x");
    let asked = stage.effects.pop();
    let Some(Effect::Index { reading, claims, .. }) = asked else { panic!("the claim is asked for") };
    assert_eq!(claims, ["oid"]);
    prepare(&reading, &["oid"]);
    stage.send(Msg::Indexed(CACHE));

    assert!(stage.shows("nothing matches"));
}

#[test]
fn first_rows_are_not_shown_to_whoever_filters_and_nothing_is_counted_of_them() {
    let mut stage = Stage::empty(100, 24, Session::default());
    stage.model.start_filter("vault").expect("a query");
    stage.send(Msg::Opened { cache: CACHE, name: "cache.json".to_owned(), path: None, readonly: None });

    stage.send(Msg::Glimpsed { cache: CACHE, reading: reading(TWO_TOKENS) });
    assert!(!stage.shows("Microsoft Graph") && !stage.shows("Key Vault"), "{}", stage.screen());
    assert!(stage.line("/ vault").contains("reading …"), "{}", stage.screen());
    stage.load(TWO_TOKENS);

    assert!(stage.shows("Key Vault") && stage.line("/ vault").contains("1 of 3 shown"), "{}", stage.screen());
}
