//! Changes from the screen: plans, confirmation, what is written, what is said.

use std::sync::Arc;

use saltcellar::cache::demo::DEMO;
use saltcellar::clipboard::Route;
use saltcellar::json::Layout;
use saltcellar::source::SourceError;
use saltcellar::tui::dialog::{CopyKind, ExportSecrets, Proposal};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::Session;
use saltcellar::tui::msg::{Copied, Msg};

use super::stage::{CACHE, Stage};

fn patch_size(effect: &Effect) -> usize {
    let Effect::Commit { proposal: Proposal::Patch(patch), .. } = effect else { panic!("a commit was expected") };
    patch.changes.len()
}

fn readonly() -> Session {
    Session { readonly: Some("--readonly".to_owned()), ..Session::default() }
}

#[test]
fn a_mild_change_is_asked_about_in_one_line() {
    let mut stage = Stage::demo(80, 24);

    stage.press("P<enter>");
    let asked = stage.line("Prune 3 items?");
    assert!(asked.starts_with(" Prune 3 items?  What goes was of no use any more  "), "{asked}");
    assert_eq!(stage.screen().matches("W write").count(), 1, "each key is told once");
    stage.press("W");

    assert_eq!(stage.effects.len(), 1);
    assert_eq!(stage.effects.first().map(patch_size), Some(3));
}

#[test]
fn the_key_that_asks_never_confirms() {
    for key in ["d", "D", "P", "R", "e", "x", "yy", "z", "Z"] {
        let mut stage = Stage::demo(80, 24);
        stage.press("]]").press(key).press(key).press(key);

        assert!(
            !stage
                .effects
                .iter()
                .any(|effect| matches!(effect, Effect::Commit { .. } | Effect::Copy { .. } | Effect::Export { .. })),
            "{key}"
        );
    }
}

#[test]
fn enter_on_a_fresh_plan_cancels_it() {
    let mut stage = Stage::demo(80, 24);

    stage.press("d");
    assert!(stage.shows("> Cancel <"));
    stage.press("<enter>");

    assert!(stage.effects.is_empty() && stage.model.dialog.is_none());
}

#[test]
fn a_live_token_is_pruned_after_its_plan() {
    let mut stage = Stage::demo(80, 24);

    stage.press("dW");

    assert_eq!(stage.effects.first().map(patch_size), Some(1));
}

#[test]
fn an_account_is_forgotten_only_after_its_name_is_typed() {
    let mut stage = Stage::demo(80, 24);
    stage.press("1jD");
    assert!(stage.shows("Forget ada@contoso.com?"));
    assert!(stage.shows("must sign in"));

    stage.press("ada@con<tab><tab><tab><enter>");
    assert!(stage.effects.is_empty() && stage.shows("type the name first"));
    stage.press("<tab><tab><tab>toso.com<enter><enter>");

    assert_eq!(stage.effects.first().map(patch_size), Some(13));
}

#[test]
fn marked_entries_are_pruned_together() {
    let mut stage = Stage::demo(80, 24);

    stage.press("<space><space><space>dW");

    assert_eq!(stage.effects.first().map(patch_size), Some(3));
}

#[test]
fn renewing_drops_the_access_token_and_no_other() {
    let mut stage = Stage::demo(80, 24);

    stage.press("RW");

    assert_eq!(stage.effects.first().map(patch_size), Some(1));
}

#[test]
fn a_cache_that_changes_under_a_plan_is_planned_anew() {
    let mut stage = Stage::demo(100, 40);
    stage.press("<space><space>d");

    stage.load(&DEMO.replace("FutureSection", "OtherSection"));

    assert!(stage.shows("The cache changed while this was open: look again."));
}

#[test]
fn what_another_process_crossed_is_asked_about_again() {
    let mut stage = Stage::demo(100, 40);
    stage.press("dW");

    stage.send(Msg::Written { cache: CACHE, result: Err(SourceError::Changed { place: "cache".to_owned() }) });
    assert!(matches!(stage.effects.last(), Some(Effect::Load { .. })));
    stage.load(DEMO);

    assert!(stage.shows("nothing was written: look again"));
}

#[test]
fn a_waiting_write_names_the_holder_and_esc_cancels_it() {
    let mut stage = Stage::demo(100, 24);
    stage.press("dW");

    stage.send(Msg::Waiting("python (pid 4242), for 3s".to_owned()));
    assert!(stage.shows("waiting for python (pid 4242)"));
    stage.press("q");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    stage.press("<esc>");

    assert!(matches!(stage.effects.last(), Some(Effect::CancelWrite)));
}

#[test]
fn read_only_leaves_no_way_to_write() {
    let mut stage = Stage::with(DEMO, 80, 24, readonly());

    stage.press("d");
    assert!(stage.shows("d: read-only (--readonly)"));
    assert!(stage.shows("RO"));
    stage.press("P<enter>W").press("DW").press("RW").press("zW").press("ZW").press("e<enter><enter>W");

    assert!(stage.effects.is_empty());
}

#[test]
fn a_refresh_token_asks_before_it_is_copied_or_shown() {
    let mut stage = Stage::demo(80, 24);

    stage.press("]]yy");
    assert!(stage.shows("Copy a refresh token?") && stage.effects.is_empty());
    stage.press("Y");
    assert!(matches!(stage.effects.as_slice(), [Effect::Copy { kind: CopyKind::Secret, .. }]));
    stage.press("x<esc>");

    assert!(stage.model.reveal.is_none());
}

#[test]
fn a_copied_secret_is_cleared_after_ten_seconds() {
    let mut stage = Stage::demo(120, 24);
    let copied = |route| Copied { route, bytes: 1842, sequence: Vec::new().into() };

    stage.send(Msg::Copied { kind: CopyKind::Secret, result: Ok(copied(Route::Native)) });
    assert!(stage.shows("1842 bytes, to the clipboard: cleared in 10 s"));
    stage.wait(10);
    assert!(matches!(stage.effects.as_slice(), [Effect::ClearCopy]));
    stage.send(Msg::Copied { kind: CopyKind::Secret, result: Ok(copied(Route::Osc52 { tmux: false })) });

    assert!(stage.shows("OSC 52") && stage.shows("cannot be cleared"));
}

#[test]
fn a_copy_that_is_too_long_names_the_key_that_writes_it_to_a_file() {
    let mut stage = Stage::demo(120, 24);

    let says = "80000 bytes are too long for a terminal's clipboard sequence: {export} writes it to a file instead";
    stage.send(Msg::Copied { kind: CopyKind::Secret, result: Err(says.to_owned()) });

    assert!(stage.shows("clipboard sequence: e writes it to a file instead"));
}

#[test]
fn a_secret_is_shown_for_ten_seconds_and_never_without_the_focus() {
    let secret = Arc::new("s3cr3t-in-full");
    let text = format!(
        r#"{{"AccessToken":{{"k":{{"secret":"{secret}","target":"r"}},"l":{{"secret":"other","target":"r"}}}}}}"#
    );
    let mut stage = Stage::of(&text, 80, 30);

    stage.press("x");
    assert!(stage.shows(*secret));
    stage.wait(10);
    assert!(!stage.shows(*secret));
    stage.press("x");
    stage.send(Msg::FocusLost);
    assert!(!stage.shows(*secret));
    stage.press("xjk");

    assert!(!stage.shows(*secret));
}

#[test]
fn an_export_is_redacted_unless_chosen_otherwise() {
    let mut stage = Stage::demo(80, 24);

    stage.press("e<enter><enter>");
    stage.send(Msg::Exported(Err("no room".to_owned())));
    stage.press("<esc>e<tab><space><tab><tab><tab><enter>");

    let secrets: Vec<_> = stage
        .effects
        .iter()
        .filter_map(|effect| if let Effect::Export { secrets, .. } = effect { Some(*secrets) } else { None })
        .collect();
    assert_eq!(secrets, [ExportSecrets::Redacted, ExportSecrets::WithAccessTokens]);
}

#[test]
fn refresh_tokens_go_out_only_after_a_name_is_typed() {
    let mut stage = Stage::demo(100, 30);

    stage.press("e<tab><space><space>");
    assert!(stage.shows("with access, id and refresh tokens") && stage.shows("Write (name first)"));
    stage.press("<tab><tab><tab><tab><enter>");
    assert!(stage.effects.is_empty() && stage.shows("only after the name is typed"));
    stage.press("<tab><tab><tab>ada@contoso.com<enter><enter>");

    assert!(matches!(stage.effects.as_slice(), [Effect::Export { secrets: ExportSecrets::All, .. }]));
}

#[test]
fn a_copy_without_refresh_tokens_offers_none() {
    let mut stage = Stage::of(r#"{"AccessToken":{"k":{"secret":"s3cr3t-in-full","target":"r"}}}"#, 100, 30);

    stage.press("e<tab><space>");
    assert!(stage.shows("with access and id tokens"));
    assert!(stage.shows("Redacted, an entry looks like this:") && !stage.shows("s3cr3t"), "{}", stage.screen());
    stage.press("<space>");

    assert!(stage.line("Secrets").contains("redacted"));
}

#[test]
fn the_layout_of_a_copy_is_chosen_and_seen() {
    let mut stage = Stage::demo(100, 30);

    stage.press("e<tab><tab><space>");
    assert!(stage.line("Layout").contains("pretty"));
    assert!(stage.shows("\"credential_type\": \"AccessToken\""), "{}", stage.screen());
    stage.press("<tab><tab><enter>");

    assert!(matches!(stage.effects.as_slice(), [Effect::Export { layout: Layout::Pretty, .. }]));
}

#[test]
fn a_failed_export_stays_open_and_says_why() {
    let mut stage = Stage::demo(80, 24);
    stage.press("e<enter><enter>");

    stage.send(Msg::Exported(Err("a.json: file exists".to_owned())));

    assert!(stage.shows("x a.json: file exists"));
}

#[test]
fn help_finds_a_key_by_its_words_and_runs_it() {
    let mut stage = Stage::demo(80, 24);

    stage.press("?/prune.rule<enter>");
    assert!(stage.shows("prune by rule"));
    stage.press("<enter>");

    assert!(stage.shows("Prune by rule"));
}

#[test]
fn help_under_read_only_lists_what_writes_with_the_reason() {
    let mut stage = Stage::with(DEMO, 100, 60, readonly());

    stage.press("?/prune<enter>");

    assert!(stage.line("prune by rule").contains("read-only (--readonly)"));
}

#[test]
fn the_plan_of_a_forgotten_account() {
    let mut stage = Stage::demo(80, 24);
    stage.press("1jD");

    insta::assert_snapshot!(stage.screen());
}
