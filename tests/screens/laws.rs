//! What holds on every screen, at every size, for every key.

use std::sync::Arc;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use saltcellar::cache::demo::DEMO;
use saltcellar::tui::dialog::{Keeps, Proposal};
use saltcellar::tui::effect::{Effect, Writes, permitted};
use saltcellar::tui::keymap::BINDINGS;
use saltcellar::tui::model::{Model, Session};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::theme::{Drawing, Theme, Wanted, chosen};
use saltcellar::tui::view::paint;

use super::stage::{CACHE, Stage, document, named_key};

/// Keys that lead to each screen and dialog.
pub(super) const WAYS: &[&str] = &[
    "",
    "<enter>",
    "3]",
    "3]]",
    "1j",
    "/gr",
    "/type:",
    "3]]/secret",
    "3]/ver<enter>nN",
    "/ada<enter>/x<up>",
    "/expired or claim.oid:b<enter>",
    "/nothing<enter>",
    "v5j",
    "*",
    "d",
    "<space><space>d",
    "1jD",
    "P",
    "P<enter>",
    "Pj3",
    "dD",
    "ds",
    "1jDs",
    "1jD<tab>",
    "e",
    "?",
    "?/x",
    ":",
    ":prune",
    ":undo",
    ":export",
    "H:fix",
    "L",
    "]]yy",
    "H",
    "HjF",
    "H<enter>",
    "H/no",
    "S",
    "S/e<enter>n",
    "w",
    "w<enter>",
    "w/node<enter>j",
    "p",
    "E",
    "C",
    "p<enter>",
    "4j",
    "E+j<enter>",
    "1jj+",
    "3]+",
    "O",
    "Oj",
];

fn keys() -> Vec<&'static str> {
    let bound = BINDINGS.iter().flat_map(|binding| binding.keys.iter()).flat_map(|keys| keys.split(' '));
    bound.chain(["W", "Y", "n", "tab", "shift-tab", "enter", "esc", "backspace", "delete", "7", "0", "é"]).collect()
}

/// Every look that draws in a way of its own.
pub(super) fn looks() -> Vec<Theme> {
    let named = ["ansi", "light", "colour-blind", "mono"];
    let named = named.map(|name| chosen(name, Wanted::Colours, &|path| panic!("{path:?}")).expect("a theme"));
    let mut plain = Theme::MONO;
    plain.drawing = Drawing::Plain;
    named.into_iter().chain([plain]).collect()
}

/// The screen on a sheet with a margin, none of which may be touched.
pub(super) fn stays_inside(model: &Model, way: &str) {
    const MARGIN: u16 = 2;
    let Size { width, height } = model.size;
    let mut sheet = Buffer::filled(Rect::new(0, 0, width + MARGIN, height + MARGIN), Cell::new("#"));
    let screen = Rect::new(0, 0, width, height);
    let cursor = paint(model, screen, &mut sheet);

    let outside = |at: &Position| !screen.contains(*at);
    let spilt = sheet.area.positions().filter(outside).find(|at| sheet.cell(*at) != Some(&Cell::new("#")));
    assert_eq!(spilt, None, "{way} at {width}x{height} in {}", model.theme.name());
    assert!(cursor.is_none_or(|at| screen.contains(at)), "{way} at {width}x{height}: the cursor stands at {cursor:?}");
}

#[test]
fn no_size_of_any_screen_in_any_look_panics_or_paints_outside() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        u16::try_from(random % below).expect("a small number")
    };
    let odd = [(0, 0), (1, 1), (0, 9), (9, 0), (19, 4), (20, 5), (500, 3), (3, 200), (500, 200)];
    // Most screens are small; a few are as large as any.
    let random = (0..200).map(|at| if at % 100 == 0 { (next(501), next(201)) } else { (next(160), next(50)) });
    let sizes: Vec<_> = odd.into_iter().chain(random).collect();

    for way in WAYS {
        let mut stage = Stage::demo(80, 24);
        stage.press(way);
        stage.wait(1);
        for ((width, height), theme) in sizes.iter().zip(looks().into_iter().cycle()) {
            stage.model.theme = theme;
            stage.send(Msg::Resize(Size { width: *width, height: *height }));
            stays_inside(&stage.model, way);
        }
    }
}

#[test]
fn no_page_runs_over_its_frame_and_no_palette_changes_its_words() {
    for way in ["H", "H<enter>", "S", "w", "w<enter>", "p", "C", "L"] {
        let mut stage = Stage::demo(80, 24);
        stage.press(way).press("/e<enter>n");
        for (width, height) in [(140, 40), (101, 33), (80, 24), (67, 17), (50, 14)] {
            stage.send(Msg::Resize(Size { width, height }));
            let screen = stage.screen();
            stage.model.theme = Theme::MONO;
            let mono = stage.screen();
            stage.model.theme = Theme::ANSI;

            assert_eq!(screen, mono, "{way}");
            let body: Vec<_> = screen.lines().skip_while(|line| !line.starts_with('╭')).collect();
            let framed = body.iter().take(usize::from(height) - 4);
            let edges = framed.filter(|line| line.ends_with(['╮', '│', '╯'])).count();
            assert_eq!(edges, usize::from(height) - 4, "{way} at {width}x{height}\n{screen}");
        }
    }
}

#[test]
fn under_read_only_no_key_on_any_screen_asks_for_a_write() {
    let session = Session { readonly: Some("--readonly".to_owned()), ..Session::default() };

    for way in WAYS {
        for key in keys() {
            let mut stage = Stage::with(DEMO, 80, 24, session.clone());
            stage.press(way);
            stage.send(Msg::Key(named_key(key)));
            stage.press("W<enter>Y");
            let writes = |effect: &Effect| effect.writes() != Writes::Nothing;
            assert!(!stage.effects.iter().any(writes), "{way} then {key}");
        }
    }
}

#[test]
fn what_writes_is_dropped_in_one_place_whoever_asked_for_it() {
    let saves = || Effect::SavePlan { text: String::new(), whole: None, path: "/nowhere".into() };
    let commits = || {
        let (proposal, shown) = (Proposal::Patch(Arc::default()), document(DEMO));
        Effect::Commit { cache: CACHE, proposal, shown, keeps: Keeps::Undo }
    };
    let left = |stage: &Stage| permitted(&stage.model, vec![saves(), Effect::ClearCopy, commits()]).len();

    let mut stage = Stage::of(DEMO, 80, 24);
    assert_eq!(left(&stage), 3);
    stage.model.cache_mut().expect("a cache").readonly = Some("mode 0400".to_owned());
    assert_eq!(left(&stage), 2, "of a cache that cannot be written a plan may be saved");
    stage.model.session.readonly = Some("--readonly".to_owned());

    assert!(matches!(
        permitted(&stage.model, vec![saves(), Effect::ClearCopy, commits()]).as_slice(),
        [Effect::ClearCopy]
    ));
}

#[test]
fn no_single_key_on_any_screen_writes_but_the_write_key_and_a_focused_button() {
    for way in WAYS {
        for key in keys().into_iter().filter(|key| *key != "W") {
            let mut stage = Stage::demo(80, 24);
            stage.press(way);
            stage.send(Msg::Key(named_key(key)));
            assert!(!stage.effects.iter().any(|effect| effect.writes() != Writes::Nothing), "{way} then {key}");
        }
    }
}

#[test]
fn esc_leads_home_from_everywhere_and_never_quits() {
    for way in WAYS {
        let mut stage = Stage::demo(80, 24);
        stage.press(way).press("<esc><esc><esc><esc><esc>");

        let Model { dialog, zoom, readers, .. } = &stage.model;
        assert!(dialog.is_none() && zoom.is_none() && readers.is_empty(), "{way}");
        assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)), "{way}");
    }
}
