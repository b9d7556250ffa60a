//! What a key means on a screen: one table feeds routing, the foot and help, with the keys that the
//! user chose. Knows what a key means, not what the meaning does.
//! A top: the rows, their words and the names of keys stand in files of their own.

mod binding;
mod name;
mod plain;
mod table;

use std::ops::Deref;

use super::action::{Action, Go, View};
use crate::config::{self, Bindings, Leads};

pub use binding::{Binding, Ground, Group, Scope};
pub use name::name;
pub use table::BINDINGS;

/// A row of the table with the keys that it has now.
#[derive(Clone, Debug)]
pub struct Bound {
    row: &'static Binding,
    /// Its keys; a sequence has spaces between its keys. None if it can only be chosen from a list.
    pub keys: Vec<String>,
}

impl Bound {
    /// The row of the table.
    #[must_use]
    pub fn row(&self) -> &'static Binding {
        self.row
    }

    /// Its first key, or nothing.
    #[must_use]
    pub fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }
}

impl Deref for Bound {
    type Target = Binding;

    fn deref(&self) -> &Binding {
        self.row
    }
}

/// Every action with its keys.
#[derive(Clone, Debug)]
pub struct Keymap(Vec<Bound>);

impl Default for Keymap {
    /// The keys of the table.
    fn default() -> Self {
        Self::with(|row| row.keys.iter().map(|keys| (*keys).to_owned()).collect())
    }
}

/// Every action, as settings know it.
#[must_use]
pub fn actions() -> Vec<config::Action> {
    let of = |row: &'static Binding| config::Action {
        id: row.id,
        words: row.words,
        heading: row.group.heading(),
        place: row.scope.words(),
        keys: row.keys.to_vec(),
        plain: plain_keys(row),
        screens: Ground::ALL.into_iter().filter(|ground| row.scope.is_on(*ground)).map(Ground::name).collect(),
        leads: match row.action {
            Action::Go(Go::Back) => Leads::Back,
            Action::View(View::Quit | View::QuitNow) => Leads::Out,
            Action::Go(_) | Action::View(_) | Action::Mark(_) | Action::Do(_) | Action::Tell(_) => Leads::On,
        },
    };
    BINDINGS.iter().map(of).collect()
}

fn plain_keys(row: &'static Binding) -> Vec<&'static str> {
    let is_plain = |key: &&&str| key.split(' ').all(|one| one.chars().nth(1).is_some());
    match plain::PLAIN.iter().find(|(id, _)| *id == row.id) {
        Some((_, keys)) => keys.to_vec(),
        None => row.keys.iter().filter(is_plain).copied().collect(),
    }
}

impl From<&Bindings> for Keymap {
    fn from(bindings: &Bindings) -> Self {
        Self::with(|row| bindings.of(row.id).to_vec())
    }
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// This.
    Full(&'static Binding),
    /// The start of a sequence.
    Part,
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// Every action, each with the keys that `keys` gives it.
    #[must_use]
    pub fn with(keys: impl Fn(&Binding) -> Vec<String>) -> Self {
        Self(BINDINGS.iter().map(|row| Bound { row, keys: keys(row) }).collect())
    }

    /// Every action.
    #[must_use]
    pub fn all(&self) -> &[Bound] {
        &self.0
    }

    /// The actions that count on `ground`.
    pub fn on(&self, ground: Ground) -> impl Iterator<Item = &Bound> {
        self.0.iter().filter(move |bound| bound.scope.is_on(ground))
    }

    /// The first key of the action called `id`, or nothing.
    #[must_use]
    pub fn key(&self, id: &str) -> &str {
        self.0.iter().find(|bound| bound.id == id).map_or("", Bound::key)
    }

    /// `text` with the key of each action that it names in braces: "{help} helps" becomes "? helps".
    #[must_use]
    pub fn spell(&self, text: &str) -> String {
        let mut spelt = String::new();
        let mut rest = text;
        while let Some((before, (id, behind))) = rest.split_once('{').and_then(|(a, b)| Some((a, b.split_once('}')?))) {
            let key = Some(self.key(id)).filter(|key| !key.is_empty()).unwrap_or(id);
            spelt.push_str(before);
            spelt.push_str(key);
            rest = behind;
        }
        spelt.push_str(rest);
        spelt
    }

    /// Looks `keys` up on `ground`.
    #[must_use]
    pub fn meaning(&self, ground: Ground, keys: &[String]) -> Meaning {
        let typed = keys.join(" ");
        let prefix = format!("{typed} ");
        let mut part = Meaning::Nothing;
        for bound in self.on(ground) {
            if bound.keys.contains(&typed) {
                return Meaning::Full(bound.row);
            }
            if bound.keys.iter().any(|key| key.starts_with(&prefix)) {
                part = Meaning::Part;
            }
        }
        part
    }
}

#[cfg(test)]
mod tests;
