//! The settings for a person: each with its value and where that comes from, and the commented file of defaults.

use super::action::Action;
use super::setting::{Kind, SETTINGS};
use super::settings::Settings;

/// A setting, or the keys of an action, with what counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// Its value, as TOML.
    pub value: String,
    /// The line of the file that gives it; `None` for a default.
    pub line: Option<usize>,
}

/// Every setting but the keys, in the order of the table.
#[must_use]
pub fn shown(settings: &Settings) -> Vec<Shown> {
    let of = |setting| {
        let (value, line) = settings.get(setting);
        Shown { name: setting.name.to_owned(), value: value.to_string(), line }
    };
    SETTINGS.iter().map(of).collect()
}

/// A file in which every line is a default, for the file at `path`.
#[must_use]
pub fn example(path: &str, actions: &[Action]) -> String {
    let mut text = format!(
        "# {path}\n# Settings of saltcellar. What stands here are the defaults: take away a # to change one.\n\
         # saltcellar config check tells what is wrong with it, saltcellar config show what counts.\n"
    );
    let mut group = "";
    for setting in SETTINGS {
        let (table, name) = setting.name.split_once('.').unwrap_or(("", setting.name));
        if table != group {
            group = table;
            text.push_str(&format!("\n[{table}]\n"));
        }
        let takes = match setting.kind {
            Kind::Switch | Kind::Text => String::new(),
            Kind::Choice(_) | Kind::ChoiceOrFile(_) | Kind::Seconds(_) => format!(": {}", setting.takes()),
        };
        text.push_str(&format!("\n# {}{takes}\n# {name} = {}\n", setting.words, setting.default));
    }
    text.push_str(PLACES);
    text.push_str(&keys(actions));
    text
}

const PLACES: &str = "
# Places of your own, looked at beside the well-known ones.
# [[places]]
# app = \"My app\"
# path = \"~/my app/cache.json\"
# made-by = \"my-app login\"
";

fn keys(actions: &[Action]) -> String {
    let mut text = "\n# Keys: one, a list, a sequence with spaces (\"y y\"), or \"<disabled>\".\n[keys]\n".to_owned();
    for heading in headings(actions) {
        text.push_str(&format!("\n# {heading}\n"));
        for action in actions.iter().filter(|action| action.heading == heading) {
            let keys = as_toml(&action.keys);
            text.push_str(&format!("# {} = {keys}  # {}\n", action.id, action.words));
        }
    }
    text
}

/// `keys` as TOML.
#[must_use]
pub fn as_toml<K: AsRef<str>>(keys: &[K]) -> String {
    let quoted = |key: &K| toml::Value::String(key.as_ref().to_owned()).to_string();
    match keys {
        [] => "\"<disabled>\"".to_owned(),
        [key] => quoted(key),
        [_, ..] => format!("[{}]", keys.iter().map(quoted).collect::<Vec<_>>().join(", ")),
    }
}

/// The headings of `actions`, each once.
fn headings(actions: &[Action]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for action in actions {
        if !found.contains(&action.heading) {
            found.push(action.heading);
        }
    }
    found
}

/// The page on keys: every action by its heading, with the keys that `keys` gives it.
#[must_use]
pub fn listed(actions: &[Action], keys: &dyn Fn(&Action) -> Vec<String>) -> String {
    let mut text = KEYS.to_owned();
    for heading in headings(actions) {
        text.push_str(&format!("\n{heading}\n"));
        for action in actions.iter().filter(|action| action.heading == heading) {
            let keys = keys(action).join("  ");
            let keys = if keys.is_empty() { "(no key)" } else { keys.as_str() };
            text.push_str(format!("  {keys:<20} {:<20} {}", action.id, action.words).trim_end());
            text.push('\n');
        }
    }
    text
}

const KEYS: &str = "KEYS: what each key of the terminal UI does

The second column is the action's name in the settings: `saltcellar help config` tells how to choose
other keys. `:` or ctrl-p finds and runs every action by its words; a number before a movement repeats it.
";
