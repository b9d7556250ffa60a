//! The menu of rules and the dialog of a plan: what they show, what they refuse, what they leave behind.

use std::sync::Arc;

use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::cache::{Cache, Roster};
use saltcellar::ops::{Comparison, Severity};
use saltcellar::present::Line;
use saltcellar::present::place::close_first;
use saltcellar::source::{Apps, Holder, Liveness, SourceError, Turn, Undone};
use saltcellar::tui::dialog::{Dialog, Keeps, Proposal};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::farewell;
use saltcellar::tui::model::{Above, Reading};
use saltcellar::tui::msg::{Msg, OfPlan};
use saltcellar::tui::outlook::Outlook;

use super::stage::{CACHE, Stage, document};

/// The button with the focus.
fn focused(stage: &Stage) -> String {
    let row = stage.line("Full diff");
    let behind = row.split("> ").nth(1).expect("a button has it");
    behind.split(" <").next().expect("its words").to_owned()
}

fn commit(stage: &Stage) -> (usize, Keeps) {
    let Some(Effect::Commit { proposal: Proposal::Patch(patch), keeps, .. }) = stage.effects.last() else {
        panic!("a commit was expected")
    };
    (patch.changes.len(), *keeps)
}

#[test]
fn the_menu_of_rules_counts_what_each_would_take() {
    let mut stage = Stage::demo(80, 24);

    stage.press("P");

    insta::assert_snapshot!(stage.screen());
}

#[test]
fn a_plan_says_how_old_the_file_is_that_it_is_for() {
    let mut stage = Stage::demo(100, 30);
    let text = document(&DEMO.replace("ada@contoso.com", "eve@contoso.com"));
    let roster = Roster::of(&Cache::of(&text));
    let reading = Reading::new(text, roster, Some(0o600)).modified_at(Some(DEMO_NOW.plus(-180)));
    stage.reload(Arc::new(reading), &Comparison::default());

    stage.press("1jD");

    assert!(stage.line("File").contains("msal_token_cache.json  changed 3m ago  sha256 "), "{}", stage.screen());
}

#[test]
fn a_plan_for_a_cache_on_a_server_says_which_apps_may_not_see_it_at_once() {
    for (above, says) in [(Above::Nothing, false), (Above::Apps, true)] {
        let mut stage = Stage::demo(100, 40);
        let text = document(&DEMO.replace("ada@contoso.com", "eve@contoso.com"));
        let roster = Roster::of(&Cache::of(&text));
        let reading = Reading::new(text, roster, None).below(above);
        stage.reload(Arc::new(reading), &Comparison::default());

        stage.press("1jD");

        assert_eq!(stage.shows("An app that holds caches in its own memory too"), says, "{}", stage.screen());
    }
}

/// What a worker says of a cache that no known app keeps, and that `open_in` have open.
fn to_close(open_in: Vec<Holder>) -> Vec<Line> {
    close_first(&Apps { open_in, is_of_a_known_one: false })
}

fn hermit() -> Holder {
    Holder { pid: Some(4242), program: Some("hermit".to_owned()), since: None, alive: Liveness::Alive }
}

#[test]
fn a_plan_says_which_apps_to_close_first() {
    let mut stage = Stage::demo(100, 30);
    stage.apps = to_close(vec![hermit()]);

    stage.press("1jD");

    insta::assert_snapshot!(stage.screen());
}

#[test]
fn an_app_that_has_the_cache_open_is_no_matter_of_one_line() {
    let lines = |apps| {
        let mut stage = Stage::demo(80, 24);
        stage.apps = apps;
        stage.press("P<enter>");
        (stage.shows("hermit (pid 4242) has it open"), stage.shows("Full diff"), stage.shows("W write"))
    };

    assert_eq!(lines(to_close(Vec::new())), (false, false, true), "what may be so needs no box");
    assert_eq!(lines(to_close(vec![hermit()])), (true, true, true));
}

#[test]
fn an_undo_says_which_apps_to_close_first() {
    let mut stage = Stage::demo(80, 24);
    stage.apps = to_close(vec![hermit()]);
    let outlook = Outlook {
        turn: Turn::Undo,
        before: document(DEMO),
        changes: Vec::new(),
        effect: "It is as it was.",
        severity: Severity::Moderate,
    };

    stage.send(Msg::UndoPlanned { cache: CACHE, asked: Turn::Undo, result: Ok(Box::new(outlook)) });

    assert!(stage.shows("hermit (pid 4242) has it open: close that first."), "{}", stage.screen());
}

#[test]
fn a_rule_that_takes_nothing_says_why() {
    let mut stage = Stage::of(r#"{"AccessToken":{"k":{"secret":"s","expires_on":"1"}}}"#, 80, 24);

    stage.press("Pjj");
    assert!(stage.shows("every token has its account"));
    stage.press("<enter>");

    assert!(matches!(stage.model.dialog, Some(Dialog::Prune(_))) && stage.effects.is_empty());
}

#[test]
fn enter_is_remembered_until_its_rule_is_counted() {
    let mut stage = Stage::demo(80, 24);
    stage.press("P");
    let Some(Dialog::Prune(menu)) = &mut stage.model.dialog else { panic!("a menu") };
    menu.counts.fill(None);
    let (cache, rule) = (menu.cache, menu.rules.first().expect("a rule").clone());

    stage.press("<enter>");
    assert!(stage.shows("planned as soon as it is counted"), "{}", stage.screen());
    stage.press("j").send(Msg::Counted { cache, rule: rule.clone(), takes: 3 });
    assert!(matches!(stage.model.dialog, Some(Dialog::Prune(_))), "another key took it back");
    let Some(Dialog::Prune(menu)) = &mut stage.model.dialog else { panic!("a menu") };
    menu.counts.fill(None);
    stage.press("k<enter>").send(Msg::Counted { cache, rule, takes: 3 });

    assert!(matches!(stage.model.dialog, Some(Dialog::Plan(_))));
}

#[test]
fn the_foot_under_a_dialog_shows_the_dialogs_keys() {
    for (keys, foot) in [
        ("P", " enter plan  j/k choose  0-9 days  esc close"),
        ("O", " enter open  c close it  j/k choose"),
        ("?", " / find  enter run"),
        ("gg*d", " tab focus"),
    ] {
        let mut stage = Stage::demo(80, 24);
        stage.press(keys);
        let screen = stage.screen();
        let last = screen.lines().last().expect("a foot");

        assert!(last.starts_with(foot) && last.contains("esc "), "{keys}: {last:?}");
        assert!(!last.contains("q quit"), "{last:?}");
    }
}

#[test]
fn days_are_typed_and_counted_anew() {
    let mut stage = Stage::demo(80, 24);

    stage.press("P0");
    let wide = stage.line("expired for more than");
    stage.press("<backspace><backspace>9999");
    let narrow = stage.line("expired for more than");
    stage.press("<enter>");

    assert!(wide.contains("70 days") && narrow.contains("9999 days") && narrow.contains("none"), "{wide}\n{narrow}");
    assert!(stage.shows("no access token expired that long ago"));
}

#[test]
fn a_twin_is_pruned_and_the_other_one_stays() {
    let token = |key: &str, scopes: &str| {
        format!(
            r#""{key}":{{"secret":"s{key}","credential_type":"AccessToken","home_account_id":"u.t","client_id":"c",
               "environment":"login.microsoftonline.com","realm":"t","target":"{scopes}","expires_on":"1795352400"}}"#
        )
    };
    let text = format!(r#"{{"AccessToken":{{{},{}}}}}"#, token("one", "a b"), token("two", "b a"));
    let mut stage = Stage::of(&text, 80, 24);

    stage.press("Pjjj<enter>W");

    assert_eq!(commit(&stage).0, 1);
}

#[test]
fn everything_of_an_app_takes_its_name() {
    let mut stage = Stage::demo(80, 30);

    stage.press("Pjjjj");
    assert!(stage.shows("a name is to be typed"));
    stage.press("<enter>");

    assert!(stage.shows("Type ") && stage.shows("name first"));
}

#[test]
fn tab_goes_round_the_buttons_and_back() {
    let mut stage = Stage::demo(100, 30);
    stage.press("d");

    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(focused(&stage));
        stage.press("<tab>");
    }
    stage.press("<shift-tab>");

    assert_eq!(seen, ["Cancel", "Write (W)", "Full diff (D)", "Save plan (s)"]);
    assert!(stage.shows("> Save plan (s) <"));
}

#[test]
fn the_whole_difference_is_read_and_left() {
    let mut stage = Stage::demo(100, 30);

    stage.press("*d<tab><tab>D");
    assert!(stage.shows("The whole difference") && stage.shows("<redacted"));
    stage.press("G");
    assert!(stage.shows("the end"));
    stage.press("<esc>");

    assert!(!stage.shows("The whole difference") && stage.shows("Full diff (D)"));
}

#[test]
fn a_saved_plan_holds_no_secret_and_leaves_the_dialog_open() {
    let text = r#"{"AccessToken":{"k":{"secret":"s3cr3t-in-full","target":"r"}}}"#;
    let mut stage = Stage::of(text, 100, 30);

    stage.press("ds<enter><enter>");
    let Some(Effect::SavePlan { text, whole, path }) = stage.effects.last() else { panic!("it is saved") };
    let whole = whole.as_ref().map(|whole| whole.lines(&|| true)).unwrap_or_default();
    let text = text.clone() + &whole.iter().map(Line::text).collect::<String>();
    assert!(text.contains("Prune 1 item") && text.contains("<redacted 14>") && !text.contains("s3cr3t"), "{text}");
    assert!(path.to_str().is_some_and(|path| path.starts_with("saltcellar-plan-2026")), "{path:?}");
    stage.send(Msg::OfPlan(OfPlan::Saved(Ok("plan.txt".to_owned()))));

    assert!(stage.shows("Saved the plan to plan.txt") && stage.shows("> Cancel <"));
}

#[test]
fn forgetting_keeps_no_undo_unless_asked_for() {
    let (mut plain, mut asked) = (Stage::demo(100, 40), Stage::demo(100, 40));

    plain.press("1jD");
    assert!(plain.shows("[ ] keep an undo") && plain.shows("none: it would hold the tokens"));
    plain.press("ada@contoso.com<tab><tab><tab><enter>");
    asked.press("1jDada@contoso.com<tab><space><tab><tab><enter>");

    assert_eq!((commit(&plain).1, commit(&asked).1), (Keeps::Nothing, Keeps::Undo));
}

fn undone(turn: Turn, before: &str, after: &str) -> Undone {
    let (before, after) = (document(before), document(after));
    Undone { turn, exact: true, before, after, skipped: Vec::new(), durable: true }
}

#[test]
fn undo_takes_back_and_redo_does_again_and_neither_does_the_others_work() {
    const LESS: &str = r#"{"AccessToken":{}}"#;
    const MORE: &str = r#"{"AccessToken":{"k":{"secret":"s"}}}"#;
    let mut stage = Stage::of(LESS, 100, 30);
    let answer = |stage: &mut Stage, turn| {
        let Some(Effect::PlanUndo(_, asked)) = stage.effects.pop() else { panic!("it is asked about") };
        let (before, after) = if turn == Turn::Undo { (LESS, MORE) } else { (MORE, LESS) };
        stage.send(Msg::UndoPlanned {
            cache: CACHE,
            asked,
            result: Ok(Box::new(Outlook::of(undone(turn, before, after)))),
        });
    };

    stage.press("Z");
    answer(&mut stage, Turn::Undo);
    assert!(stage.shows("nothing was taken back since the last write: z takes it back"));
    stage.press("z");
    answer(&mut stage, Turn::Undo);
    assert!(stage.shows("Undo the last write?") && stage.shows("Undo (W)"));
    stage.press("<esc>z");
    answer(&mut stage, Turn::Redo);
    assert!(stage.shows("taken back already: Z does it again"));
    stage.press("Z");
    answer(&mut stage, Turn::Redo);

    assert!(stage.shows("Do again what was taken back?") && stage.shows("Redo (W)"));
}

#[test]
fn an_unwritten_plan_is_named_by_q_and_after_the_end() {
    let mut stage = Stage::demo(100, 30);

    stage.press("dq");
    assert!(stage.shows("not written yet: Prune 1 item; W writes it, esc drops it"));
    let said = farewell::words_of(&stage.model, std::iter::empty());

    assert_eq!(said, ["not written: Prune 1 item (~/.azure/msal_token_cache.json)"]);
}

#[test]
fn a_write_under_way_is_named_by_q_and_its_end_after_the_end() {
    let mut stage = Stage::demo(100, 30);
    stage.press("dWq");
    assert!(stage.shows("Prune 1 item is under way"));

    let end = Msg::Written { cache: CACHE, result: Err(SourceError::Cancelled { place: "c.json".to_owned() }) };
    let said = farewell::words_of(&stage.model, [saltcellar::tui::msg::Event::Msg(end)].into_iter());

    assert_eq!(said, ["Prune 1 item: not written: cancelled: c.json is as it was"]);
}

#[test]
fn an_undo_that_the_cache_overtook_is_planned_anew_and_says_so() {
    let mut stage = Stage::demo(100, 30);
    stage.press("z");
    stage.send(Msg::UndoPlanned {
        cache: CACHE,
        asked: Turn::Undo,
        result: Ok(Box::new(Outlook::of(undone(Turn::Undo, DEMO, DEMO)))),
    });
    stage.effects.clear();

    stage.load(&DEMO.replace("FutureSection", "OtherSection"));
    assert!(matches!(stage.effects.last(), Some(Effect::PlanUndo(_, Turn::Undo))));
    stage.send(Msg::UndoPlanned {
        cache: CACHE,
        asked: Turn::Undo,
        result: Ok(Box::new(Outlook::of(undone(Turn::Undo, DEMO, DEMO)))),
    });

    assert!(stage.shows("The cache changed while this was open: look again."));
}
