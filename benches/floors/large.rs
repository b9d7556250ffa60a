//! What a large cache costs the thread that draws: how long each message and the frame behind it take, in
//! milliseconds. What workers do meanwhile is not counted. Nothing is written to a terminal.
//!
//!     cargo run --release --example large [ENTRIES]

mod people;
mod workers;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::ops::{Comparison, Moment as Seen, compare};
use saltcellar::secret::SecretBytes;
use saltcellar::time::UnixSeconds;
use saltcellar::tui::effect::Effect;
use saltcellar::tui::fresh::{Fresh, Was};
use saltcellar::tui::model::{CacheId, Model, Moment, Reading, Session};
use saltcellar::tui::msg::Msg;
use saltcellar::tui::theme::Theme;
use saltcellar::tui::update::update;
use saltcellar::tui::view::paint;

use people::{NOW, text};
use workers::worked;

const CACHE: CacheId = CacheId(0);
const AREA: Rect = Rect::new(0, 0, 140, 40);

fn main() -> io::Result<()> {
    let entries = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(160_000);
    let mut out = io::stdout();
    let mut stage = Stage::new();
    let [old, one, all] = [text(entries, 0, 0), text(entries, 0, 1), text(entries, 0, entries)].map(|text| read(&text));
    writeln!(out, "{entries} entries, milliseconds on the thread that draws")?;
    let mut tell = |what: &str, took: Duration| writeln!(out, "{what:<44} {:>9.2}", took.as_secs_f64() * 1000.0);
    tell("first rows", stage.load(Arc::clone(&old), None))?;
    tell("another account", stage.press("1j3"))?;
    tell("everybody again", stage.press("1k3"))?;
    tell("another tab", stage.press("]"))?;
    tell("back", stage.press("["))?;
    tell("one entry changed", stage.load(Arc::clone(&one), Some(&old)))?;
    tell("all entries changed", stage.load(Arc::clone(&all), Some(&one)))?;
    for (keys, by) in [
        ("st", "target"),
        ("se", "expiry"),
        ("sl", "lifetime"),
        ("sa", "account"),
        ("sk", "type"),
        ("sc", "cached"),
        ("sS", "size"),
    ] {
        tell(&format!("sort by {by}"), stage.press(keys))?;
    }
    tell("sort by target", stage.press("st"))?;
    tell("reload, sorted by target", stage.load(Arc::clone(&one), Some(&all)))?;
    tell("the filter e", stage.press("/e\n"))?;
    tell("reload with it", stage.load(Arc::clone(&all), Some(&one)))?;
    tell("mark all shown", stage.press("*"))?;
    tell("reload with all marked", stage.load(old, Some(&all)))?;
    tell("invert the marks", stage.press("I"))?;
    tell("mark the last", stage.press("G "))?;
    drop((one, all));
    Ok(())
}

/// A model on a screen that is not there.
struct Stage {
    model: Model,
    buffer: Buffer,
}

impl Stage {
    fn new() -> Self {
        let moment = Moment { now: UnixSeconds(NOW), elapsed: Duration::from_secs(1) };
        let size = Size { width: AREA.width, height: AREA.height };
        let mut model = Model::new(size, moment, Theme::ANSI, Session::default());
        let (cache, name) = (CACHE, "cache.json".to_owned());
        update(&mut model, Msg::Opened { cache, name, path: None, readonly: None });
        Self { model, buffer: Buffer::empty(AREA) }
    }

    /// Presses `keys`, lets workers do what they ask for, and tells the longest time that the screen stood still.
    fn press(&mut self, keys: &str) -> Duration {
        let code = |c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        let keys = keys.chars().map(|c| Msg::Key(KeyEvent::new(code(c), KeyModifiers::NONE)));
        keys.map(|key| self.take(key)).max().unwrap_or_default()
    }

    fn load(&mut self, reading: Arc<Reading>, was: Option<&Arc<Reading>>) -> Duration {
        let fresh = match was {
            Some(was) => Fresh::after(&self.was(was), Arc::clone(&reading), &changes(was, &reading)),
            None => Fresh::of(reading),
        };
        self.take(Msg::Loaded { cache: CACHE, result: Ok(fresh) })
    }

    fn was(&self, reading: &Arc<Reading>) -> Was {
        let browse = self.model.cache().map(|cache| cache.browse.clone()).unwrap_or_default();
        let (query, key) = (browse.sieve.query().clone(), browse.wanted().key);
        Was { reading: Arc::clone(reading), query, key, now: UnixSeconds(NOW) }
    }

    fn take(&mut self, msg: Msg) -> Duration {
        let (mut effects, mut longest) = self.one(msg);
        while let Some(effect) = effects.pop() {
            if let Some(msg) = worked(effect) {
                let (more, took) = self.one(msg);
                effects.extend(more);
                longest = longest.max(took);
            }
        }
        longest
    }

    fn one(&mut self, msg: Msg) -> (Vec<Effect>, Duration) {
        let began = Instant::now();
        let effects = update(&mut self.model, msg);
        _ = paint(&self.model, AREA, &mut self.buffer);
        (effects, began.elapsed())
    }
}

fn changes(was: &Reading, now: &Reading) -> Comparison {
    let moment = |reading: &Reading| Seen::of(&Cache::of(&reading.document), &reading.roster);
    _ = (was.document.hash(), now.document.hash());
    compare(&moment(was), &moment(now))
}

fn read(text: &str) -> Arc<Reading> {
    let document = Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("invented JSON is JSON");
    let roster = Roster::of(&Cache::of(&document));
    Arc::new(Reading::new(document, roster, Some(0o600)))
}
