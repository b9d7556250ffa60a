//! The settings that count: what was given, else the defaults of the table.

use super::bind::Bindings;
use super::setting::{SETTINGS, Setting, Value};

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(super) given: Vec<Given>,
    /// The user's own places.
    pub places: Vec<OwnPlace>,
    /// The keys, where the file says something of them.
    pub keys: Option<Bindings>,
}

/// A setting that the file gives.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) value: Value,
    pub(super) line: usize,
}

/// A place of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPlace {
    /// The app that keeps its cache there.
    pub app: String,
    /// Its path: absolute, or with ~/ before it.
    pub path: String,
    /// The app's command that makes the cache.
    pub made_by: Option<String>,
}

impl Settings {
    /// The value of the setting called `name`, and the line that gives it, if one does.
    #[must_use]
    pub fn get(&self, setting: &Setting) -> (Value, Option<usize>) {
        match self.given.iter().find(|given| given.name == setting.name) {
            Some(given) => (given.value.clone(), Some(given.line)),
            None => (setting.default_value(), None),
        }
    }

    fn value(&self, name: &str) -> Option<Value> {
        SETTINGS.iter().find(|setting| setting.name == name).map(|setting| self.get(setting).0)
    }

    fn text(&self, name: &str) -> String {
        match self.value(name) {
            Some(Value::Text(text)) => text,
            Some(Value::Switch(_) | Value::Number(_)) | None => String::new(),
        }
    }

    fn is_on(&self, name: &str) -> bool {
        self.value(name) == Some(Value::Switch(true))
    }

    /// Whether nothing may be written.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        self.is_on("readonly")
    }

    /// Whether the mouse is wanted.
    #[must_use]
    pub fn wants_mouse(&self) -> bool {
        self.is_on("mouse")
    }

    /// Whether a screen reader reads the screen.
    #[must_use]
    pub fn wants_plain_ui(&self) -> bool {
        self.is_on("plain-ui")
    }

    /// The name of the theme, or its path, if the file gives one.
    #[must_use]
    pub fn theme(&self) -> Option<String> {
        self.given.iter().any(|given| given.name == "theme").then(|| self.text("theme"))
    }

    /// The way of the clipboard.
    #[must_use]
    pub fn clipboard_route(&self) -> String {
        self.text("clipboard.route")
    }

    /// How long a copied secret stays, in seconds.
    #[must_use]
    pub fn clear_seconds(&self) -> u64 {
        match self.value("clipboard.clear-seconds") {
            Some(Value::Number(seconds)) => seconds,
            Some(Value::Switch(_) | Value::Text(_)) | None => 10,
        }
    }

    /// The file to which changes are noted, if one is wanted.
    #[must_use]
    pub fn audit(&self) -> Option<String> {
        Some(self.text("audit")).filter(|path| !path.is_empty())
    }

    /// The filter to begin with.
    #[must_use]
    pub fn filter(&self) -> String {
        self.text("filter")
    }

    /// The preset of keys.
    #[must_use]
    pub fn preset(&self) -> String {
        self.text("preset")
    }

    /// Takes in what stands on `line`.
    pub(super) fn give(&mut self, name: &'static str, value: Value, line: usize) {
        self.given.push(Given { name, value, line });
    }
}
