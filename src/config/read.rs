//! Reads a settings file: what is right counts, what is wrong is said with its line, nothing stops.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::action::Action;
use super::bind::{Wish, bind};
use super::keys::spelt;
use super::setting::{Kind, SETTINGS, Setting, Value};
use super::settings::{OwnPlace, Settings};
use super::warning::{Concern, Warning, meant, quoted};

/// What takes all keys away from an action.
const DISABLED: &str = "<disabled>";

/// Reads `text`, in which keys can be chosen for `actions`.
#[must_use]
pub fn read(text: &str, actions: &[Action]) -> (Settings, Vec<Warning>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, settings: Settings::default(), warnings: Vec::new() };
    if let Some(error) = errors.first() {
        let says = format!("this is no TOML: {}; the defaults count", crate::text::Safe::new(error.message()));
        reader.warn(&error.span().unwrap_or(0..0), Concern::Everyone, says);
        // Where the rest is not to be trusted, a wish for read-only is still one.
        if let Some(at) = text.lines().position(wishes_for_readonly) {
            reader.settings.give("readonly", Value::Switch(true), at + 1);
        }
        return (reader.settings, reader.warnings);
    }
    reader.top(table.get_ref(), actions);
    (reader.settings, reader.warnings)
}

/// Whether `line` sets `readonly` to anything but a clear "false", wherever in a broken text it stands.
fn wishes_for_readonly(line: &str) -> bool {
    let name = line.trim_start().trim_start_matches(['"', '\'']);
    let rest = name.strip_prefix("readonly").map(|rest| rest.trim_start_matches(['"', '\'']).trim_start());
    let value = rest.and_then(|rest| rest.strip_prefix('='));
    value.is_some_and(|value| value.split('#').next().is_none_or(|value| value.trim() != "false"))
}

type Entry<'t, 'i> = (&'t Spanned<DeString<'i>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table as they stand in the file.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

struct Reader<'t> {
    text: &'t str,
    settings: Settings,
    warnings: Vec<Warning>,
}

impl Reader<'_> {
    fn warn(&mut self, span: &Range<usize>, concern: Concern, says: String) {
        self.warnings.push(Warning::at(self.text, span, concern, says));
    }

    fn line(&self, span: &Range<usize>) -> usize {
        Warning::at(self.text, span, Concern::Everyone, String::new()).line
    }

    fn top(&mut self, table: &DeTable<'_>, actions: &[Action]) {
        for (name, value) in in_order(table) {
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("keys", DeValue::Table(_)) => {}
                ("keys", _) => self.warn(&value.span(), Concern::Screen, "[keys] is a table of actions".to_owned()),
                ("places", DeValue::Array(places)) => places.iter().for_each(|place| self.place(place)),
                ("places", _) => {
                    self.warn(&value.span(), Concern::Everyone, "each place stands under [[places]]".to_owned());
                }
                (group, DeValue::Table(inner)) if is_group(group) => {
                    for (name, value) in in_order(inner) {
                        self.setting(&format!("{group}.{}", name.get_ref()), name, value);
                    }
                }
                (whole, _) => self.setting(whole, name, value),
            }
        }
        self.keys(table, actions);
        self.warnings.sort_by_key(|warning| (warning.line, warning.column));
    }

    fn setting(&mut self, whole: &str, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == whole) else {
            let known = SETTINGS.iter().map(|setting| setting.name).chain(["keys", "places"]);
            let says = format!("there is no setting {}{}", quoted(whole), meant(whole, known));
            return self.warn(&name.span(), Concern::Everyone, says);
        };
        if setting.name == "readonly" {
            return self.readonly(value);
        }
        match taken(setting, value.get_ref()) {
            Some(taken) => self.settings.give(setting.name, taken, self.line(&name.span())),
            None => {
                let says = format!("{} takes {}", setting.name, setting.takes());
                self.warn(&value.span(), setting.concern, says);
            }
        }
    }

    /// In doubt nothing is written: whatever is no clear "false" is a yes.
    fn readonly(&mut self, value: &Spanned<DeValue<'_>>) {
        let line = self.line(&value.span());
        let on = value.get_ref().as_bool().unwrap_or_else(|| {
            let says = "readonly takes true or false, and is on until it does".to_owned();
            self.warn(&value.span(), Concern::Everyone, says);
            true
        });
        self.settings.give("readonly", Value::Switch(on), line);
    }

    fn place(&mut self, place: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = place.get_ref() else {
            return self.warn(&place.span(), Concern::Everyone, "a place has an app and a path".to_owned());
        };
        let (mut app, mut made_by, mut paths) = (None, None, Vec::new());
        for (name, value) in in_order(table) {
            match (name.get_ref().as_ref(), texts(value)) {
                ("app", Some(texts)) => app = texts.into_iter().next().map(|(text, _)| text),
                ("made-by", Some(texts)) => made_by = texts.into_iter().next().map(|(text, _)| text),
                ("path", Some(texts)) => paths = texts,
                ("app" | "made-by" | "path", None) => {
                    self.warn(&value.span(), Concern::Everyone, format!("{} takes a text in quotes", name.get_ref()));
                }
                (other, _) => {
                    let says = format!("a place has no {}{}", quoted(other), meant(other, PLACE_KEYS.into_iter()));
                    self.warn(&name.span(), Concern::Everyone, says);
                }
            }
        }
        if paths.is_empty() {
            return self.warn(&place.span(), Concern::Everyone, "this place has no path".to_owned());
        }
        for (path, span) in paths {
            if !path.starts_with('/') && !path.starts_with("~/") {
                self.warn(&span, Concern::Everyone, "a path of a place begins with / or ~/".to_owned());
                continue;
            }
            let app = app.clone().unwrap_or_else(|| "own place".to_owned());
            self.settings.places.push(OwnPlace { app, path, made_by: made_by.clone() });
        }
    }

    fn keys(&mut self, table: &DeTable<'_>, actions: &[Action]) {
        let mut wishes = Vec::new();
        if let Some(DeValue::Table(keys)) = table.get("keys").map(Spanned::get_ref) {
            self.wishes(keys, "", actions, &mut wishes);
        }
        let (bindings, warnings) = bind(self.text, actions, &self.settings.preset(), &wishes);
        self.warnings.extend(warnings);
        self.settings.keys = Some(bindings);
    }

    /// `move.down = "j"` is a table within a table, `"move.down" = "j"` is not: both are the same.
    fn wishes(&mut self, table: &DeTable<'_>, before: &str, actions: &[Action], wishes: &mut Vec<Wish>) {
        for (name, value) in in_order(table) {
            let id = format!("{before}{}", name.get_ref());
            match (actions.iter().position(|action| action.id == id), value.get_ref()) {
                (Some(action), _) => {
                    if let Some(keys) = self.wish(value) {
                        wishes.push(Wish { action, keys, line: self.line(&name.span()) });
                    }
                }
                (None, DeValue::Table(inner)) => self.wishes(inner, &format!("{id}."), actions, wishes),
                (None, _) => {
                    let says =
                        format!("there is no action {}{}", quoted(&id), meant(&id, actions.iter().map(|a| a.id)));
                    self.warn(&name.span(), Concern::Screen, says);
                }
            }
        }
    }

    /// The keys of a wish; `None` if nothing in it counts, so that the preset's stay.
    fn wish(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Range<usize>)>> {
        let Some(texts) = texts(value) else {
            let says = format!("keys are \"x\", [\"x\", \"y y\"] or \"{DISABLED}\"");
            self.warn(&value.span(), Concern::Screen, says);
            return None;
        };
        if texts.is_empty() || texts.iter().any(|(text, _)| text == DISABLED) {
            if texts.len() > 1 {
                self.warn(&value.span(), Concern::Screen, format!("\"{DISABLED}\" takes the other keys away too"));
            }
            return Some(Vec::new());
        }
        let mut keys = Vec::new();
        for (text, span) in texts {
            match spelt(&text) {
                Ok(key) => keys.push((key, span)),
                Err(error) => self.warn(&span, Concern::Screen, error.to_string()),
            }
        }
        (!keys.is_empty()).then_some(keys)
    }
}

const PLACE_KEYS: [&str; 3] = ["app", "path", "made-by"];

fn is_group(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name.split_once('.').is_some_and(|(group, _)| group == name))
}

/// A text, or a list of them, each with its place.
fn texts(value: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Range<usize>)>> {
    let one = |one: &Spanned<DeValue<'_>>| Some((one.get_ref().as_str()?.to_owned(), one.span()));
    match value.get_ref().as_array() {
        Some(all) => all.iter().map(one).collect(),
        None => one(value).map(|one| vec![one]),
    }
}

/// The value, if it is one that `setting` takes.
fn taken(setting: &Setting, value: &DeValue<'_>) -> Option<Value> {
    let text = || value.as_str().map(str::to_owned);
    match setting.kind {
        Kind::Switch => value.as_bool().map(Value::Switch),
        Kind::Choice(names) => text().filter(|text| names.contains(&text.as_str())).map(Value::Text),
        Kind::ChoiceOrFile(names) => {
            let is_file = |text: &str| text.contains(['/', '\\']) || text.ends_with(".toml");
            text().filter(|text| names.contains(&text.as_str()) || is_file(text)).map(Value::Text)
        }
        Kind::Seconds(most) => {
            let number = value.as_integer()?.as_str().parse().ok();
            number.filter(|number| (1..=most).contains(number)).map(Value::Number)
        }
        Kind::Text => text().map(Value::Text),
    }
}

#[cfg(test)]
mod tests;
