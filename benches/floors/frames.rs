//! How long a frame takes to build at 200x60, by the number of entries: a cursor move each, as `update` and
//! `view` do it. Nothing is written to a terminal.
//!
//!     cargo run --release --example frames

mod people;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;
use saltcellar::tui::fresh::Fresh;
use saltcellar::tui::model::{CacheId, Model, Moment, Reading, Session};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::theme::Theme;
use saltcellar::tui::update::update;
use saltcellar::tui::view::paint;

use people::{NOW, text};

const SIZE: Size = Size { width: 200, height: 60 };
const FRAMES: usize = 500;

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "frame build at {}x{}, {FRAMES} cursor moves, in microseconds", SIZE.width, SIZE.height)?;
    writeln!(out, "{:>9}  {:>10} {:>10}  {:>10} {:>10}", "entries", "key p50", "key p99", "frame p50", "frame p99")?;
    for entries in [1_000, 10_000, 160_000] {
        let mut model = shown(entries);
        let (keys, frames): (Vec<_>, Vec<_>) = (0..FRAMES).map(|at| one(&mut model, at)).unzip();
        let [key, frame] = [keys, frames].map(percentiles);
        writeln!(out, "{entries:>9}  {:>10} {:>10}  {:>10} {:>10}", key.0, key.1, frame.0, frame.1)?;
    }
    Ok(())
}

/// A cursor move and its frame: how long each took. Every tenth goes half a page.
fn one(model: &mut Model, at: usize) -> (Duration, Duration) {
    let (code, modifiers) = if at % 10 == 9 { ('d', KeyModifiers::CONTROL) } else { ('j', KeyModifiers::NONE) };
    let start = Instant::now();
    update(model, Msg::Key(KeyEvent::new(KeyCode::Char(code), modifiers)));
    let key = start.elapsed();
    let area = Rect::new(0, 0, SIZE.width, SIZE.height);
    let mut buffer = Buffer::empty(area);
    let start = Instant::now();
    _ = paint(model, area, &mut buffer);
    (key, start.elapsed())
}

fn percentiles(mut times: Vec<Duration>) -> (u128, u128) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0, Duration::as_micros);
    (at(50), at(99))
}

/// A model that shows a cache of `entries` access tokens of many people.
fn shown(entries: usize) -> Model {
    let moment = Moment { now: UnixSeconds(NOW), elapsed: Duration::from_secs(1) };
    let mut model = Model::new(SIZE, moment, Theme::ANSI, Session::default());
    let document = Document::parse(SecretBytes::new(text(entries, 0, 0).into_bytes())).expect("invented JSON is JSON");
    let roster = Roster::of(&Cache::of(&document));
    let reading = Arc::new(Reading::new(document, roster, Some(0o600)));
    let (cache, name) = (CacheId(0), "cache.json".to_owned());
    update(&mut model, Msg::Opened { cache, name, path: None, readonly: None });
    update(&mut model, Msg::Loaded { cache, result: Ok(Fresh::of(reading)) });
    model
}
