//! A stage for the TUI without a terminal: a cache, keys in, the screen as text out. Effects are
//! kept, not carried out, but for reading.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use saltcellar::cache::demo::{DEMO, DEMO_NOW};
use saltcellar::cache::{Cache, Roster};
use saltcellar::json::Document;
use saltcellar::ops::export::sample;
use saltcellar::ops::{Comparison, compare};
use saltcellar::present::Line;
use saltcellar::secret::{Pepper, SecretBytes};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::fresh::{Fresh, Was};
use saltcellar::tui::model::{CacheId, Demo, Model, Moment, Reading, Session};
use saltcellar::tui::msg::{Msg, OfPlan};
use saltcellar::tui::page::{Around, Question};
use saltcellar::tui::pages;
use saltcellar::tui::theme::Theme;
use saltcellar::tui::update::update;
use saltcellar::tui::view::paint;

pub(crate) const CACHE: CacheId = CacheId(0);

/// A model on a stage, with the effects that it asked for.
pub(crate) struct Stage {
    pub(crate) model: Model,
    pub(crate) effects: Vec<Effect>,
    /// What a worker says of the apps to close before a change.
    pub(crate) apps: Vec<Line>,
}

pub(crate) fn document(text: &str) -> Document {
    Document::parse(SecretBytes::new(text.as_bytes().to_vec())).expect("a cache")
}

/// What was read of `text`; the demo is read once for all tests.
pub(crate) fn reading(text: &str) -> Arc<Reading> {
    static OF_DEMO: OnceLock<Arc<Reading>> = OnceLock::new();
    if text == DEMO { OF_DEMO.get_or_init(|| read(DEMO)).clone() } else { read(text) }
}

fn read(text: &str) -> Arc<Reading> {
    let document = document(text);
    let roster = Roster::of(&Cache::of(&document));
    Arc::new(Reading::new(document, roster, Some(0o600)))
}

/// How two readings differ by meaning.
pub(crate) fn compared(was: &Reading, now: &Reading) -> Comparison {
    let moment = |reading: &Reading| saltcellar::ops::Moment::of(&Cache::of(&reading.document), &reading.roster);
    compare(&moment(was), &moment(now))
}

impl Stage {
    /// An empty stage of `width` by `height`.
    pub(crate) fn empty(width: u16, height: u16, session: Session) -> Self {
        let moment = Moment { now: DEMO_NOW, elapsed: Duration::from_secs(1) };
        let model = Model::new(Size { width, height }, moment, Theme::ANSI, session);
        Self { model, effects: Vec::new(), apps: Vec::new() }
    }

    /// A stage that shows `text` as a cache that can be written.
    pub(crate) fn of(text: &str, width: u16, height: u16) -> Self {
        Self::with(text, width, height, Session::default())
    }

    /// A stage that shows `text` under the wishes of `session`.
    pub(crate) fn with(text: &str, width: u16, height: u16, session: Session) -> Self {
        let mut stage = Self::empty(width, height, session);
        stage.send(Msg::Opened {
            cache: CACHE,
            name: "~/.azure/msal_token_cache.json".to_owned(),
            path: None,
            readonly: None,
        });
        stage.load(text);
        stage.effects.clear();
        stage
    }

    /// The demo.
    pub(crate) fn demo(width: u16, height: u16) -> Self {
        Self::with(DEMO, width, height, Session { demo: Some(Demo), ..Session::default() })
    }

    /// Says that the cache was read and is now `text`.
    pub(crate) fn load(&mut self, text: &str) {
        self.reload(reading(text), &Comparison::default());
    }

    /// Says that the cache was read, is now `reading`, and differs by `meaning`.
    pub(crate) fn reload(&mut self, reading: Arc<Reading>, meaning: &Comparison) {
        let fresh = self.was().map(|was| Fresh::after(&was, Arc::clone(&reading), meaning));
        let fresh = fresh.unwrap_or_else(|| Fresh::of(reading));
        self.send(Msg::Loaded { cache: CACHE, result: Ok(fresh) });
    }

    /// Says that the cache is now `text`, which another process has written.
    pub(crate) fn rewrite(&mut self, text: &str) {
        let now = reading(text);
        let meaning = compared(self.model.reading().expect("a cache is shown"), &now);
        self.reload(now, &meaning);
    }

    /// Says that the cache is now `text`, by a worker who was told of the screen as it `was`.
    pub(crate) fn reload_from(&mut self, was: &Was, text: &str) {
        let fresh = Fresh::after(was, reading(text), &Comparison::default());
        self.send(Msg::Loaded { cache: CACHE, result: Ok(fresh) });
    }

    /// What a worker is told of the screen when it reads the cache again.
    pub(crate) fn was(&self) -> Option<Was> {
        let (cache, now) = (self.model.caches.iter().find(|cache| cache.id == CACHE)?, self.model.moment.now);
        let (reading, query) = (cache.reading()?.clone(), cache.browse.sieve.query().clone());
        Some(Was { reading, query, key: cache.browse.wanted().key, now })
    }

    pub(crate) fn send(&mut self, msg: Msg) {
        for effect in update(&mut self.model, msg) {
            if let Effect::Answer(question) = effect {
                self.answer(*question);
            } else if let Effect::Count { cache, reading, rules, now } = effect {
                for rule in rules {
                    let takes = rule.patch(&reading, now).changes.len();
                    self.send(Msg::Counted { cache, rule, takes });
                }
            } else if let Effect::Preview { document, spot, layout } = effect {
                let text = sample(&Cache::of(&document), spot, layout, &Pepper::random()).expect("nothing leaks");
                self.send(Msg::Previewed { layout, lines: text.lines().skip(2).take(3).map(str::to_owned).collect() });
            } else if let Effect::LookForApps(cache) = effect {
                self.send(Msg::OfPlan(OfPlan::CloseFirst { cache, says: self.apps.clone() }));
            } else {
                self.effects.push(effect);
            }
        }
    }

    /// Answers a question as a worker would, but at once.
    fn answer(&mut self, question: Question) {
        let page = pages::page(&question, &Around::default());
        self.send(Msg::Answered { cache: question.cache, topic: question.topic, page });
    }

    /// Lets `seconds` go by.
    pub(crate) fn wait(&mut self, seconds: u64) {
        let Moment { now, elapsed } = self.model.moment;
        let now = now.plus(i64::try_from(seconds).expect("a short wait"));
        self.send(Msg::Tick(Moment { now, elapsed: elapsed + Duration::from_secs(seconds) }));
    }

    /// Presses `keys`: characters, and names in angle brackets ("jj<enter>").
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for key in parsed(keys) {
            self.send(Msg::Key(key));
        }
        self
    }

    /// The screen as cells, and where the terminal's cursor stands.
    pub(crate) fn painted(&self) -> (Buffer, Option<Position>) {
        let area = Rect::from((Position::ORIGIN, self.model.size));
        let mut buffer = Buffer::empty(area);
        let cursor = paint(&self.model, area, &mut buffer);
        (buffer, cursor)
    }

    /// The screen as text, without the blanks at the ends of lines.
    pub(crate) fn screen(&self) -> String {
        let width = self.model.size.width;
        let (buffer, _) = self.painted();
        let rows = buffer.content().chunks(usize::from(width.max(1)));
        let text = |row: &[ratatui::buffer::Cell]| {
            let mut line = String::new();
            let mut skip = 0;
            for cell in row {
                if skip == 0 {
                    line.push_str(cell.symbol());
                    skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).max(1);
                }
                skip -= 1;
            }
            line.trim_end().to_owned()
        };
        rows.map(text).collect::<Vec<_>>().join("\n")
    }

    /// The line of the screen that holds `part`.
    pub(crate) fn line(&self, part: &str) -> String {
        let screen = self.screen();
        let found = screen.lines().find(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("no {part:?} in\n{screen}")).to_owned()
    }

    pub(crate) fn shows(&self, part: &str) -> bool {
        self.screen().contains(part)
    }
}

fn parsed(keys: &str) -> Vec<KeyEvent> {
    let mut found = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        match named {
            Some((name, behind)) => {
                found.push(named_key(name));
                rest = behind;
            }
            None => {
                found.push(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
                rest = rest.get(c.len_utf8()..).unwrap_or("");
            }
        }
    }
    found
}

/// The event of a key as the key table spells it.
pub(crate) fn named_key(name: &str) -> KeyEvent {
    let (modifiers, base) = match name.split_once('-') {
        Some(("ctrl", base)) => (KeyModifiers::CONTROL, base),
        Some(("shift", "tab")) => return KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT),
        Some(("shift", base)) => (KeyModifiers::SHIFT, base),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match base {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "f1" => KeyCode::F(1),
        "f3" => KeyCode::F(3),
        other => KeyCode::Char(other.chars().next().expect("a key")),
    };
    KeyEvent::new(code, modifiers)
}
