//! What has changed: since a cache was opened, since a snapshot, against another cache; and what happened when.

use std::sync::Arc;

use saltcellar::cache::Cache;
use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::ops::{Moment, Snapshot};
use saltcellar::tui::model::{CacheId, Content, Reading, Session};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::page::{Around, Asked, Block, Page, Question, Target, Topic};
use saltcellar::tui::pages;

use super::browsing::TWO_TOKENS;
use super::stage::{CACHE, Stage, reading};

fn moment(reading: &Reading) -> Moment {
    Moment::of(&Cache::of(&reading.document), &reading.roster)
}

fn rotated() -> String {
    TWO_TOKENS.replace("\"s2\"", "\"s3\"")
}

fn asked(id: usize, text: &str) -> Asked {
    let name = format!("cache{id}.json");
    Asked { id: CacheId(id), name, path: Some("/c.json".into()), since: None, content: Content::Ready(reading(text)) }
}

fn answer(topic: Topic, around: &Around) -> Page {
    let caches = vec![asked(0, &rotated()), asked(1, TWO_TOKENS)];
    pages::page(&Question { cache: CACHE, topic, caches, log: Vec::new(), now: DEMO_NOW }, around)
}

fn text(page: &Page) -> String {
    let lines = page.blocks.iter().flat_map(|block| &block.lines);
    lines.map(|line| line.text() + "\n").collect()
}

fn targets(page: &Page) -> Vec<&Target> {
    page.blocks.iter().filter_map(|block: &Block| block.opens.as_ref()).collect()
}

#[test]
fn changes_since_the_opening_are_told_by_meaning_and_lead_to_their_entries() {
    let around = Around { first: Some(Arc::new(moment(&reading(TWO_TOKENS)))), ..Around::default() };

    let page = answer(Topic::Changes, &around);

    assert!(text(&page).contains("~ AccessToken  Key Vault  ada@contoso.com  rotated"), "{}", text(&page));
    assert!(text(&page).contains("1 difference: 1 rotated."));
    assert!(matches!(targets(&page).as_slice(), [Target::Entry(_), Target::Topic(Topic::Against(CacheId(1)))]));
}

#[test]
fn a_snapshot_is_offered_and_compared() {
    let kept = Snapshot::new("file:/c.json".to_owned(), DEMO_NOW.plus(-7200), moment(&reading(TWO_TOKENS)));
    let around = Around { snapshots: vec![("before-pim".to_owned(), kept)], ..Around::default() };

    let offered = answer(Topic::Changes, &around);
    let compared = answer(Topic::Since("before-pim".to_owned()), &around);
    let gone = answer(Topic::Since("other".to_owned()), &around);

    assert!(text(&offered).contains("  before-pim  2h00 ago  3 entries"), "{}", text(&offered));
    assert!(text(&compared).contains("Since before-pim, taken 2h00 ago") && text(&compared).contains("rotated"));
    assert!(text(&gone).contains("no snapshot of cache0.json is called other any more"));
}

#[test]
fn without_a_snapshot_the_command_that_keeps_one_is_named() {
    let page = answer(Topic::Changes, &Around::default());

    assert!(text(&page).contains("saltcellar snapshot save /c.json"), "{}", text(&page));
    assert!(text(&page).contains("No difference"));
}

#[test]
fn two_opened_caches_are_compared() {
    let page = answer(Topic::Against(CacheId(1)), &Around::default());

    assert!(text(&page).contains("From cache1.json to cache0.json") && text(&page).contains("rotated"));
}

#[test]
fn the_log_leads_to_what_another_process_wrote_and_grows_while_it_is_read() {
    let mut stage = Stage::of(TWO_TOKENS, 100, 30);
    stage.press("L");
    assert!(stage.shows("Nothing has happened yet"), "{}", stage.screen());

    stage.rewrite(&rotated());
    assert!(stage.line("rotated").contains("12:00:00Z  ~ AccessToken  Key Vault"), "{}", stage.screen());
    stage.press("<enter>");

    assert!(stage.model.readers.is_empty() && stage.line("> AT").contains("Key Vault"), "{}", stage.screen());
}

#[test]
fn enter_on_an_account_among_people_chooses_it_in_the_browser() {
    let mut stage = Stage::demo(100, 30);

    stage.press("pj<enter>");

    assert!(stage.model.readers.is_empty(), "{}", stage.screen());
    assert!(stage.line("> bob@fabr").contains('3'), "{}", stage.screen());
}

#[test]
fn changes_of_a_cache_that_is_no_file_are_told_all_the_same() {
    let mut stage = Stage::with(DEMO, 100, 30, Session::default());

    stage.press("C");

    assert!(stage.shows("Since it was opened") && stage.shows("none can be kept"), "{}", stage.screen());
}

#[test]
fn what_happened_can_be_read_before_any_cache_is_open() {
    let mut stage = Stage::empty(80, 24, Session::default());
    stage.send(Msg::Places(Vec::new()));

    stage.press("L");
    assert!(stage.shows("Activity  0 events"), "{}", stage.screen());
    stage.press("<esc>");

    assert!(stage.shows("No plaintext token cache is found here."));
}

#[test]
fn what_is_noted_while_the_log_is_read_stands_in_it_at_once() {
    let mut stage = Stage::demo(80, 24);
    stage.press("L");

    stage.send(Msg::CopyCleared(Some("the clipboard is cleared".to_owned())));

    assert!(stage.line("Activity").contains("1 event"), "{}", stage.screen());
    assert!(stage.shows("12:00:00Z  the clipboard is cleared"));
}
