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
use saltcellar::secret::{Pepper, SecretBytes};
use saltcellar::tui::effect::Effect;
use saltcellar::tui::model::{CacheId, Demo, Model, Moment, Reading, Session};
use saltcellar::tui::msg::{Changes, Fresh, Msg};
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

impl Stage {
    /// An empty stage of `width` by `height`.
    pub(crate) fn empty(width: u16, height: u16, session: Session) -> Self {
        let moment = Moment { now: DEMO_NOW, elapsed: Duration::from_secs(1) };
        let model = Model::new(Size { width, height }, moment, Theme::ANSI, session);
        Self { model, effects: Vec::new() }
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
        let fresh = Fresh { reading: reading(text), changes: Changes::default() };
        self.send(Msg::Loaded { cache: CACHE, result: Ok(fresh) });
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
