//! What a frame costs, counted in lines built.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::paint;
use super::paint::BUILT;
use crate::cache::{Cache, Roster};
use crate::json::Document;
use crate::secret::SecretBytes;
use crate::source::{Row, SourceError};
use crate::time::UnixSeconds;
use crate::tui::fresh::Fresh;
use crate::tui::model::{CacheId, Model, Moment, Reading, Session};
use crate::tui::msg::{Msg, Scanning};
use crate::tui::theme::Theme;
use crate::tui::update::update;
use crate::tui::users::UserRow;

const SIZE: Size = Size { width: 200, height: 60 };

/// A model that shows a cache of so many access tokens, each of its own account.
fn shown(entries: usize) -> Model {
    let token = |at: usize| format!(r#""k{at}":{{"home_account_id":"u{at}","secret":"s","expires_on":"1795351600"}}"#);
    let account = |at: usize| format!(r#""a{at}":{{"home_account_id":"u{at}"}}"#);
    let [tokens, accounts]: [Vec<String>; 2] = [(0..entries).map(token).collect(), (0..entries).map(account).collect()];
    let text = format!(r#"{{"AccessToken":{{{}}},"Account":{{{}}}}}"#, tokens.join(","), accounts.join(","));
    let document = Document::parse(SecretBytes::new(text.into_bytes())).expect("a cache");
    let roster = Roster::of(&Cache::of(&document));
    let moment = Moment { now: UnixSeconds(1_795_348_800), elapsed: Duration::ZERO };
    let mut model = Model::new(SIZE, moment, Theme::ANSI, Session::default());
    let (cache, reading) = (CacheId(0), Arc::new(Reading::new(document, roster, None)));
    update(&mut model, Msg::Opened { cache, name: "c".to_owned(), path: None, readonly: None });
    update(&mut model, Msg::Loaded { cache, result: Ok(Fresh::of(reading)) });
    model
}

/// A list of so many users.
fn listed(users: usize) -> Model {
    let moment = Moment { now: UnixSeconds(1_795_348_800), elapsed: Duration::ZERO };
    let mut model = Model::new(SIZE, moment, Theme::ANSI, Session::default());
    let (cache, number) = (CacheId(0), 1);
    let refused = || Err(SourceError::Refused("no cache in this session".to_owned()));
    let row = |at: usize| UserRow::of(&Row { key: format!("session:{at:06}"), expires: None, cache: refused() });
    update(&mut model, Msg::Listed { cache, name: "redis://127.0.0.1/0".to_owned(), readonly: None });
    let rows = (0..users).map(row).collect();
    update(&mut model, Msg::Scanned { cache, number, step: Scanning::Rows(rows, Arc::default()) });
    update(&mut model, Msg::Scanned { cache, number, step: Scanning::Ended(Ok(())) });
    model
}

/// How many lines are built for the frame after `keys`.
fn built(model: &mut Model, keys: &str) -> usize {
    for key in keys.chars() {
        update(model, Msg::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE)));
    }
    BUILT.set(0);
    let area = Rect::new(0, 0, SIZE.width, SIZE.height);
    _ = paint(model, area, &mut Buffer::empty(area));
    BUILT.get()
}

#[test]
fn a_frame_of_160_000_entries_builds_the_lines_on_the_screen_and_no_more() {
    let (mut small, mut large) = (shown(1_000), shown(160_000));

    for keys in ["", "G", "1jj", "1G", "4", "E", "2+"] {
        let lines = built(&mut large, keys);

        assert_eq!(lines, built(&mut small, keys), "after {keys:?}");
        assert!(lines <= 3 * usize::from(SIZE.height), "{lines} lines after {keys:?}");
    }
}

#[test]
fn a_frame_of_100_000_users_builds_the_lines_on_the_screen_and_no_more() {
    let (mut small, mut large) = (listed(1_000), listed(100_000));

    for keys in ["", "G", "gg", "5j", "sk"] {
        let lines = built(&mut large, keys);

        assert_eq!(lines, built(&mut small, keys), "after {keys:?}");
        assert!(lines <= 2 * usize::from(SIZE.height), "{lines} lines after {keys:?}");
    }
}
