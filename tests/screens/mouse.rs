//! The mouse: the wheel moves the view, a click chooses, two open, and the names of tabs can be hit.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::layout::Pane;
use saltcellar::tui::msg::Msg;

use super::stage::Stage;

fn turn(stage: &mut Stage, kind: MouseEventKind, column: u16, row: u16) {
    stage.send(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

/// Clicks on the first character of `part`, wherever that stands.
fn click(stage: &mut Stage, part: &str) {
    let screen = stage.screen();
    let found = screen.lines().enumerate().find_map(|(row, line)| Some((row, line.find(part)?, line)));
    let (row, at, line) = found.unwrap_or_else(|| panic!("no {part:?} in\n{screen}"));
    let column = unicode_width::UnicodeWidthStr::width(&line[..at]);
    let small = |number: usize| u16::try_from(number).expect("a place on the screen");
    turn(stage, MouseEventKind::Down(MouseButton::Left), small(column), small(row));
}

#[test]
fn the_names_of_tabs_show_their_tabs() {
    for (width, height) in [(140, 40), (80, 24)] {
        let mut stage = Stage::demo(width, height);

        click(&mut stage, "RT ");
        assert!(stage.line("2 Tokens").contains("[RT 2]"), "{}", stage.screen());
        click(&mut stage, "Claims");
        assert!(stage.line("3 Details").contains("[Claims]"), "{}", stage.screen());
        click(&mut stage, "All");

        assert!(stage.line("2 Tokens").contains("[All 25]"), "{}", stage.screen());
    }
}

#[test]
fn a_click_chooses_the_claim_that_it_hits() {
    let mut stage = Stage::demo(140, 40);
    stage.press("3]");

    for claim in ["iss ", "ver "] {
        click(&mut stage, claim);
        stage.press("yv");

        let Some(Effect::Copy { document, spot, claim: at, .. }) = stage.effects.pop() else {
            panic!("a copy of {claim}")
        };
        let claims = saltcellar::present::entry::claim_values(&saltcellar::cache::Cache::of(&document), spot);
        assert_eq!(claims.get(at).map(|(name, _)| name.as_str()), Some(claim.trim()), "{}", stage.screen());
    }
}

#[test]
fn the_names_of_panes_show_their_panes_where_there_is_room_for_one() {
    let mut stage = Stage::demo(60, 20);

    for (name, pane) in [
        ("4 Expiry", Pane::Timeline),
        ("1 Accounts", Pane::Accounts),
        ("3 Details", Pane::Details),
        ("2 Tok", Pane::Tokens),
    ] {
        click(&mut stage, name);

        assert_eq!(stage.model.focus, pane);
    }
}

#[test]
fn two_clicks_open_and_two_slow_ones_do_not() {
    let mut stage = Stage::demo(80, 24);

    click(&mut stage, "Key Vault");
    stage.wait(1);
    click(&mut stage, "Key Vault");
    assert_eq!(stage.model.zoom, None);
    click(&mut stage, "Key Vault");

    assert_eq!(stage.model.zoom, Some(Pane::Details));
    assert!(stage.shows("Access token  Key Vault"), "{}", stage.screen());
}

#[test]
fn every_heading_orders_by_its_column_and_turns_round_when_hit_again() {
    let mut stage = Stage::demo(140, 40);

    for (heading, key) in [
        ("TYPE TARGET", "type"),
        ("TARGET  ", "target"),
        ("SCOPE", "scopes"),
        ("TENANT", "tenant"),
        ("EXPIRES", "expiry"),
        ("LIFETIME", "lifetime"),
    ] {
        click(&mut stage, heading);
        assert!(stage.line("2 Tokens").contains(&format!("sort: {key} ^")), "{}", stage.screen());
        let first = stage.model.current_row();
        click(&mut stage, heading);

        assert!(stage.line("2 Tokens").contains(&format!("sort: {key} v")), "{}", stage.screen());
        assert_eq!(stage.model.current_row(), first, "the cursor stays on its entry");
    }
}

#[test]
fn headings_order_by_what_their_columns_show() {
    let mut stage = Stage::demo(140, 40);
    let mut column = |heading: &str, from: usize, to: usize| {
        click(&mut stage, heading);
        stage.press("gg");
        let screen = stage.screen();
        let rows = screen.lines().skip(3).take(18).filter_map(|line| line.split('│').nth(3));
        rows.map(|row| row.chars().skip(from).take(to - from).collect::<String>().trim().to_owned()).collect::<Vec<_>>()
    };

    let kinds = column("TYPE TARGET", 2, 7);
    let targets = column("TARGET  ", 7, 26);
    let tenants = column("TENANT", 35, 45);

    assert!(
        kinds.starts_with(&["AT".to_owned()])
            && kinds.is_sorted_by_key(|kind| ["AT", "RT", "ID", "Acct", "App", "?"].iter().position(|one| one == kind)),
        "{kinds:?}"
    );
    assert!(targets.is_sorted_by_key(|target| target.to_lowercase()), "{targets:?}");
    assert!(tenants.is_sorted_by_key(|tenant| tenant.replace('-', "")), "{tenants:?}");
}

#[test]
fn a_click_in_the_timeline_chooses_its_token_in_the_list_too() {
    let mut stage = Stage::demo(140, 40);

    click(&mut stage, "Azure VM login      ·");

    assert!(stage.line("2 Tokens").contains("6/25"), "{}", stage.screen());
}

#[test]
fn the_wheel_leaves_every_cursor_where_it_is() {
    let mut stage = Stage::demo(140, 32);
    let places = |stage: &Stage| {
        let browse = &stage.model.cache().expect("a cache").browse;
        (browse.cursor, browse.whose)
    };
    let before = places(&stage);

    for (column, row) in [(3, 3), (40, 5), (40, 20), (120, 10)] {
        turn(&mut stage, MouseEventKind::ScrollDown, column, row);
    }

    let browse = &stage.model.cache().expect("a cache").browse;
    assert_eq!(places(&stage), before);
    assert!(browse.scroll > 0 && browse.timeline_scroll > 0 && stage.model.detail.line > 0);
}
