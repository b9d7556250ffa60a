//! A demo on a clock of the tests: which frames hold the details back.

use std::sync::Arc;

use ratatui::layout::Size;

use super::*;
use crate::cache::demo::{DEMO, DEMO_NOW};
use crate::cache::{Cache, Roster};
use crate::json::Document;
use crate::secret::SecretBytes;
use crate::tui::model::{Content, Moment, OpenCache, Reading, Session};
use crate::tui::msg::Msg;
use crate::tui::theme::Theme;
use crate::tui::update::update;

/// A model that shows the demo, its cursor on the first entry.
fn demo() -> Model {
    let document = Document::parse(SecretBytes::new(DEMO.as_bytes().to_vec())).expect("the demo is a cache");
    let roster = Roster::of(&Cache::of(&document));
    let reading = Arc::new(Reading::new(document, roster, None));
    let moment = Moment { now: DEMO_NOW, elapsed: Duration::from_secs(1) };
    let mut model = Model::new(Size::new(140, 40), moment, Theme::ANSI, Session::default());
    let mut cache = OpenCache::new(CacheId(0), "demo".to_owned(), None, None);
    cache.browse.take_in(&reading, (None, None), DEMO_NOW);
    cache.content = Content::Ready(reading);
    model.caches.push(cache);
    model
}

fn press(model: &mut Model, key: char) {
    let key = crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(key));
    update(model, Msg::Key(key));
}

fn pass(model: &mut Model, milliseconds: u64) {
    model.moment.elapsed += Duration::from_millis(milliseconds);
}

#[test]
fn the_details_stay_while_the_cursor_moves_and_follow_once_it_rests() {
    let (mut model, mut rest) = (demo(), Rest::default());
    assert_eq!(rest.holds(&model), None, "the first frame is whole");

    press(&mut model, 'j');
    assert_eq!(rest.holds(&model), model.panes().details);
    pass(&mut model, 30);
    press(&mut model, 'j');
    assert!(rest.holds(&model).is_some());
    assert_eq!(rest.due(), Some(model.moment.elapsed + REST));
    pass(&mut model, 40);

    assert_eq!((rest.holds(&model), rest.due()), (None, None));
}

#[test]
fn under_a_key_that_is_held_down_the_details_follow_now_and_then() {
    let (mut model, mut rest) = (demo(), Rest::default());
    rest.holds(&model);
    let frames = (0..20).map(|_| {
        press(&mut model, 'j');
        pass(&mut model, 30);
        rest.holds(&model).is_none()
    });

    let whole: Vec<_> = frames.enumerate().filter(|(_, is_whole)| *is_whole).map(|(at, _)| at).collect();

    assert_eq!(whole, [7, 15], "each after 200 ms");
}

#[test]
fn a_secret_in_clear_goes_in_the_frame_in_which_the_cursor_leaves_it() {
    let (mut model, mut rest) = (demo(), Rest::default());
    press(&mut model, 'x');
    assert!(model.grant().is_some());
    rest.holds(&model);

    press(&mut model, 'j');

    assert_eq!(rest.holds(&model), None);
}

#[test]
fn what_stands_over_the_details_or_changes_their_place_is_drawn_at_once() {
    for keys in ["j?", "jl]", "jl", "j/", "j+", "jy"] {
        let (mut model, mut rest) = (demo(), Rest::default());
        rest.holds(&model);
        keys.chars().for_each(|key| press(&mut model, key));

        assert_eq!(rest.holds(&model), None, "{keys}");
    }
}
