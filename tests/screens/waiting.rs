//! What takes its time: nothing is said of what is quick, the rest is named and can be stopped.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use saltcellar::source::SourceError;
use saltcellar::tui::dialog::{Dialog, Intent};
use saltcellar::tui::draft::Draft;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::Moment;
use saltcellar::tui::msg::{Msg, OfPlan};
use saltcellar::tui::theme::{Drawing, Theme};
use saltcellar::tui::work::Work;

use super::stage::{CACHE, Stage};

fn wait(stage: &mut Stage, millis: u64) {
    let Moment { now, elapsed } = stage.model.moment;
    stage.send(Msg::Tick(Moment { now, elapsed: elapsed + Duration::from_millis(millis) }));
}

/// A cache of so many access tokens that a change of it is planned by a worker, of the clients from `first` on.
fn many(first: usize) -> String {
    let entry =
        |at: usize| format!(r#""k{at}":{{"home_account_id":"a.t","client_id":"c{at}","realm":"t","secret":"s"}}"#);
    let entries: Vec<_> = (first..first + 1100).map(entry).collect();
    format!(r#"{{"AccessToken":{{{}}}}}"#, entries.join(","))
}

/// What a worker is asked to plan.
fn draft(stage: &mut Stage) -> Draft {
    let asked = stage
        .effects
        .drain(..)
        .rev()
        .find_map(|effect| if let Effect::Plan(draft) = effect { Some(*draft) } else { None });
    asked.expect("a plan is asked for")
}

/// What a worker says then.
fn planned(draft: &Draft) -> Msg {
    let plan = draft.plan(&AtomicBool::new(false)).map(Box::new);
    Msg::Planned { cache: draft.cache, since: draft.since, plan }
}

/// The demo, being read anew.
fn rereading() -> Stage {
    let mut stage = Stage::demo(100, 24);
    stage.press("r");
    stage.send(Msg::Sized { cache: CACHE, bytes: 54_600_000 });
    stage.effects.clear();
    stage
}

#[test]
fn a_slow_reading_is_named_with_its_size_and_a_quick_one_is_not() {
    let mut stage = rereading();

    wait(&mut stage, 150);
    assert!(!stage.shows("reading ~"));
    wait(&mut stage, 100);

    let line = stage.line("reading ~/.azure/msal_token_cache.json, 52.1 MiB");
    assert!(line.contains("esc stops it"), "{line}");
}

#[test]
fn the_spinner_turns_and_a_plain_screen_has_none() {
    let mut stage = rereading();
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..8 {
        wait(&mut stage, 100);
        seen.extend(stage.screen().lines().find(|line| line.contains("reading ~")).map(|line| line[..3].to_owned()));
    }
    let mut plain = Theme::MONO;
    plain.drawing = Drawing::Plain;
    stage.model.theme = plain;

    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, [" - ", " / ", " \\ ", " | "]);
    assert!(stage.line("reading ~").trim_start().starts_with("reading"), "{}", stage.screen());
}

#[test]
fn a_stopped_reading_leaves_the_view_and_says_how_to_go_on() {
    let mut stage = rereading();
    wait(&mut stage, 300);

    stage.press("<esc>");
    assert!(matches!(stage.effects.as_slice(), [Effect::Stop(Work::Read(CACHE))]));
    stage.send(Msg::Changed(CACHE));
    let stopped = SourceError::Cancelled { place: "c.json".to_owned() };
    stage.send(Msg::Loaded { cache: CACHE, result: Err(stopped) });

    assert!(stage.shows("stopped reading: r reads it again") && stage.shows("Key Vault"));
    assert!(stage.effects.len() == 1, "it is not read again by itself");
}

#[test]
fn an_answer_on_its_way_is_named_and_left_with_its_work() {
    let mut stage = Stage::demo(100, 24);
    stage.press("H");
    let (reader, now) = (stage.model.readers.last_mut().expect("a page"), stage.model.moment.elapsed);
    (reader.page, reader.asked_at) = (None, now);

    wait(&mut stage, 300);
    assert!(stage.line("Health: working it out").contains("esc stops it"));
    stage.press("<esc>");

    assert!(matches!(stage.effects.as_slice(), [Effect::Stop(Work::Answer(CACHE, _))]));
    assert!(stage.model.readers.is_empty());
}

#[test]
fn a_copy_on_its_way_is_named_and_stopped_and_its_dialog_stays() {
    let mut stage = Stage::demo(100, 24);
    stage.press("e<enter><enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::Export { .. })));

    wait(&mut stage, 300);
    assert!(stage.shows("making the copy"));
    stage.press("<esc>");
    assert!(matches!(stage.effects.last(), Some(Effect::Stop(Work::Export))));
    stage.send(Msg::Exported(Err("stopped: nothing was written".to_owned())));

    assert!(matches!(stage.model.dialog, Some(Dialog::Export(_))) && stage.shows("x stopped: nothing was written"));
    assert!(!stage.shows("making the copy"));
}

#[test]
fn a_change_of_a_large_cache_is_planned_by_a_worker_and_then_asked_about() {
    let mut stage = Stage::of(&many(0), 100, 24);
    stage.press("*d");
    assert!(stage.model.dialog.is_none(), "nothing waits for it");

    wait(&mut stage, 300);
    assert!(stage.line("planning the change").contains("esc stops it"));
    let draft = draft(&mut stage);
    stage.send(planned(&draft));

    assert!(stage.shows("Prune 1100 items?") && !stage.shows("planning the change"), "{}", stage.screen());
}

#[test]
fn a_stopped_plan_is_not_asked_about_when_it_comes_late() {
    let mut stage = Stage::of(&many(0), 100, 24);
    stage.press("*d");
    wait(&mut stage, 300);
    let draft = draft(&mut stage);

    stage.press("<esc>");
    assert!(matches!(stage.effects.as_slice(), [Effect::Stop(Work::Plan(CACHE))]));
    stage.send(planned(&draft));

    assert!(stage.model.dialog.is_none());
    assert!(draft.plan(&AtomicBool::new(true)).is_none(), "who is stopped plans nothing");
}

#[test]
fn a_plan_under_way_is_made_anew_for_a_cache_that_changed_and_of_the_same_entries() {
    let mut stage = Stage::of(&many(0), 100, 24);
    stage.press("jjd");
    let old = draft(&mut stage);

    stage.load(&many(2));
    wait(&mut stage, 300);
    let new = draft(&mut stage);
    stage.send(planned(&new));

    let Some(Dialog::Plan(open)) = &stage.model.dialog else { panic!("a plan") };
    let Intent::Prune(paths) = &open.plan.intent else { panic!("of entries") };
    assert!(paths.iter().all(|path| path.to_string().contains("k2")) && paths.len() == 1, "{paths:?}");
    assert!(old.reading.document.hash() != new.reading.document.hash());
}

#[test]
fn claims_that_are_read_for_a_filter_are_named_and_esc_stops_it() {
    let mut stage = Stage::of(&many(0), 100, 24);
    stage.press("/claim.oid:a");
    wait(&mut stage, 300);
    assert!(stage.line("reading what the tokens say in oid").contains("esc stops it"));

    stage.effects.clear();
    stage.press("<enter><esc>");

    assert!(matches!(stage.effects.as_slice(), [Effect::Stop(Work::Filter(CACHE))]));
    assert!(!stage.shows("reading what") && !stage.shows("claim.oid"));
}

#[test]
fn leaving_the_line_stops_the_reading_of_claims_too() {
    let mut stage = Stage::of(&many(0), 100, 24);
    stage.press("/claim.oid:a");
    stage.effects.clear();

    stage.press("<esc>");

    assert!(matches!(stage.effects.as_slice(), [Effect::Stop(Work::Filter(CACHE))]));
}

#[test]
fn the_whole_difference_of_a_large_change_is_made_by_a_worker_and_esc_stops_it() {
    let mut stage = Stage::of(&many(0), 100, 24);
    stage.press("*d");
    let draft = draft(&mut stage);
    stage.send(planned(&draft));
    stage.press("D");
    let Some(Effect::Differ(CACHE, whole)) = stage.effects.pop() else { panic!("a worker is asked") };
    wait(&mut stage, 300);
    assert!(stage.line("making the whole difference").contains("esc stops it"));

    stage.press("<esc>");
    let stopped = stage.effects.pop();
    stage.send(Msg::OfPlan(OfPlan::Differs { patch: Arc::clone(&whole.patch), lines: whole.lines(&|| true) }));
    assert!(matches!(stopped, Some(Effect::Stop(Work::Differ(CACHE)))) && stage.shows("Full diff (D)"));
    stage.press("D");
    stage.send(Msg::OfPlan(OfPlan::Differs { patch: Arc::clone(&whole.patch), lines: whole.lines(&|| true) }));

    assert!(stage.shows("The whole difference") && !stage.shows("making the whole"), "{}", stage.screen());
    assert!(whole.lines(&|| false).is_empty(), "who is stopped makes nothing");
}
