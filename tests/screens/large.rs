//! A cache too large to be walked through between a key and its frame: workers count, sort and search it, and the screen
//! takes in what they bring.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use saltcellar::tui::browse::{Direction, Order, SortKey};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::{Model, Moment};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::order::Ranked;
use saltcellar::tui::sieve::{Found, prepare};
use saltcellar::tui::work::Work;

use super::stage::{CACHE, Stage};

/// More access tokens than are sorted before a frame; `odd` is in the secrets of some.
fn many(odd: &str) -> String {
    let mut text = r#"{"AccessToken":{"#.to_owned();
    for at in 0..1200 {
        let secret = if at % 3 == 0 { odd } else { "s" };
        let comma = if at > 0 { "," } else { "" };
        let of = format!(r#""home_account_id":"a.t","client_id":"c","realm":"t","target":"r{:04}""#, at * 7 % 1200);
        write!(text, r#"{comma}"k{at}":{{{of},"secret":"{secret}{at}"}}"#).expect("a string takes every text");
    }
    text + "}}"
}

fn shown() -> Stage {
    Stage::of(&many("s"), 100, 24)
}

/// Does what the stage asked workers for, except for reading.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is done elsewhere stays as it is, whatever it is")]
fn work(stage: &mut Stage) {
    for effect in std::mem::take(&mut stage.effects) {
        match effect {
            Effect::Rank { cache, reading, key, now } => {
                let ranked = Ranked::of(&reading, key, now);
                stage.send(Msg::Ranked { cache, reading, ranked });
            }
            Effect::Index { cache, reading, claims } => {
                prepare(&reading, &claims.iter().map(String::as_str).collect::<Vec<_>>());
                stage.send(Msg::Indexed(cache));
            }
            Effect::Search { cache, reading, query, memory, now } => {
                let found = Found::of(query, memory, &reading, now).expect("its names are read");
                stage.send(Msg::Searched { cache, reading, found: Box::new(found) });
            }
            other => stage.effects.push(other),
        }
    }
}

fn order(model: &Model) -> Order {
    model.cache().expect("it is open").browse.order
}

fn first_row(model: &Model) -> usize {
    let cache = model.cache().expect("it is open");
    cache.browse.row_at(0).expect("a row")
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only what takes long is named")]
fn asks(stage: &Stage) -> Vec<&'static str> {
    let name = |effect: &Effect| match effect {
        Effect::Rank { .. } => Some("rank"),
        Effect::Index { .. } => Some("index"),
        Effect::Search { .. } => Some("search"),
        Effect::Free(_) => Some("free"),
        _ => None,
    };
    stage.effects.iter().filter_map(name).collect()
}

#[test]
fn a_large_cache_is_sorted_by_a_worker_and_the_order_before_stays_until_then() {
    let mut stage = shown();

    stage.press("st");
    assert_eq!((asks(&stage), order(&stage.model), first_row(&stage.model)), (vec!["rank"], Order::default(), 0));
    work(&mut stage);
    assert_eq!(order(&stage.model).key, SortKey::Target);
    let first = stage.model.cache().and_then(|cache| Some(cache.reading()?.roster.rows.first()?.title()));
    assert!(first.is_some_and(|title| stage.shows(&title)), "{}", stage.screen());
    stage.press("st");

    assert_eq!(order(&stage.model), Order { key: SortKey::Target, direction: Direction::Down });
    assert!(asks(&stage).is_empty(), "turned round, it need not be sorted again");
}

#[test]
fn sorting_that_takes_long_is_named_and_esc_leaves_the_order_as_it_was() {
    let mut stage = shown();
    stage.press("se");
    let Moment { now, elapsed } = stage.model.moment;
    stage.send(Msg::Tick(Moment { now, elapsed: elapsed + Duration::from_millis(300) }));
    assert!(stage.line("sorting by expiry").contains("esc stops it"), "{}", stage.screen());

    stage.press("<esc>");
    assert!(matches!(stage.effects.last(), Some(Effect::Stop(Work::Sort(CACHE)))));
    work(&mut stage);

    assert_eq!(order(&stage.model), Order::default(), "what comes too late is not taken in");
    assert!(!stage.shows("sorting by"));
}

#[test]
fn what_is_counted_of_a_cache_is_counted_by_whoever_reads_it() {
    let stage = shown();

    let cache = stage.model.cache().expect("it is open");
    let reading = cache.reading().expect("it is read");

    assert!(Arc::ptr_eq(&cache.browse.tally, &reading.tally));
    assert!(reading.known_index().is_none(), "names are read when somebody filters");
}

#[test]
fn a_large_cache_that_is_read_again_comes_filtered_and_sorted_and_the_old_one_is_freed_beside_the_screen() {
    let mut stage = shown();
    stage.press("st");
    work(&mut stage);
    stage.press("/r000<enter>");
    for _ in 0..4 {
        work(&mut stage);
    }
    let seen = |stage: &Stage| stage.model.cache().expect("it is open").browse.shown.clone();
    let before = seen(&stage);
    assert_eq!(before.len(), 10);
    stage.effects.clear();

    stage.rewrite(&many("new"));

    assert_eq!(asks(&stage), ["free"], "nothing is left to be worked out");
    assert_eq!((seen(&stage), order(&stage.model).key), (before, SortKey::Target));
    assert_eq!(stage.model.cache().expect("it is open").browse.tinted.count(), 400);
}

#[test]
fn an_order_wished_for_while_a_cache_is_read_again_is_sorted_in_what_was_read() {
    let mut stage = shown();
    let was = stage.was().expect("it is shown");
    stage.press("st");
    let early = std::mem::take(&mut stage.effects);
    stage.reload_from(&was, &many("new"));
    assert_eq!((asks(&stage), order(&stage.model)), (vec!["rank", "free"], Order::default()));
    let late = std::mem::replace(&mut stage.effects, early);

    work(&mut stage);
    assert_eq!(order(&stage.model), Order::default(), "the old rows are not those that are shown");
    stage.effects = late;
    work(&mut stage);

    assert_eq!(order(&stage.model).key, SortKey::Target);
}
