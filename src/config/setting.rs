//! The settings: one table with names, kinds, defaults and words, which feeds reading, `config show`, the commented
//! default file and the schema.

use std::fmt;

use super::warning::Concern;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name; a dot stands between a table and its key.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What counts if nothing is said, as TOML.
    pub default: &'static str,
    /// What it does, in words.
    pub words: &'static str,
    /// Whom it concerns.
    pub concern: Concern,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// true or false.
    Switch,
    /// One of these.
    Choice(&'static [&'static str]),
    /// One of these, or the path of a file.
    ChoiceOrFile(&'static [&'static str]),
    /// Whole seconds, 1 to this.
    Seconds(u64),
    /// Any text.
    Text,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// true or false.
    Switch(bool),
    /// A whole number.
    Number(u64),
    /// A text, as it was written.
    Text(String),
}

/// The names of the themes.
pub const THEMES: &[&str] = &["auto", "ansi", "light", "dark", "colour-blind", "mono"];

const fn row(name: &'static str, kind: Kind, default: &'static str, words: &'static str) -> Setting {
    Setting { name, kind, default, words, concern: Concern::Screen }
}

const fn shared(setting: Setting) -> Setting {
    Setting { concern: Concern::Everyone, ..setting }
}

/// Every setting but the keys and the places, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    row("preset", Kind::Choice(&["vim-lite", "plain"]), "\"vim-lite\"", "the keys to begin with; plain has no letters"),
    row("theme", Kind::ChoiceOrFile(THEMES), "\"auto\"", "the colours"),
    row("plain-ui", Kind::Switch, "false", "ASCII and one pane at a time, for a screen reader"),
    row("mouse", Kind::Switch, "true", "whether clicks and the wheel are taken; false leaves them to the terminal"),
    row("filter", Kind::Text, "\"\"", "the filter to begin with, as it is typed behind /"),
    shared(row("readonly", Kind::Switch, "false", "write nothing at all; --write lifts it for one run")),
    shared(row("audit", Kind::Text, "\"\"", "a file that gets one line for each change, without secrets or names")),
    shared(row(
        "clipboard.route",
        Kind::Choice(&["auto", "native", "osc52"]),
        "\"auto\"",
        "the system's clipboard, or the terminal's (OSC 52)",
    )),
    shared(row("clipboard.clear-seconds", Kind::Seconds(600), "10", "how long a copied secret stays there")),
];

impl Setting {
    /// The value that counts if nothing is said.
    #[must_use]
    pub fn default_value(&self) -> Value {
        match self.kind {
            Kind::Switch => Value::Switch(self.default == "true"),
            Kind::Seconds(_) => Value::Number(self.default.parse().unwrap_or(0)),
            Kind::Choice(_) | Kind::ChoiceOrFile(_) | Kind::Text => {
                Value::Text(self.default.trim_matches('"').to_owned())
            }
        }
    }

    /// What it takes, in words.
    #[must_use]
    pub fn takes(&self) -> String {
        match self.kind {
            Kind::Switch => "true or false".to_owned(),
            Kind::Choice(names) => names.join(", "),
            Kind::ChoiceOrFile(names) => format!("{}, or the path of a file", names.join(", ")),
            Kind::Seconds(most) => format!("whole seconds, 1 to {most}"),
            Kind::Text => "a text in quotes".to_owned(),
        }
    }
}

impl fmt::Display for Value {
    /// As TOML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => write!(f, "{on}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(&toml::Value::String(text.clone()).to_string()),
        }
    }
}
