//! What is wrong in a settings file, where it stands, and whom it concerns. Says it safely: the text may come from
//! anywhere.

use std::fmt;
use std::ops::Range;

use crate::text::Safe;

/// Something in a settings file that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong; safe already.
    pub says: String,
    /// Whom it concerns.
    pub concern: Concern,
}

/// Whom a warning concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Every run.
    Everyone,
    /// The terminal UI: keys, looks, the mouse.
    Screen,
}

impl Warning {
    /// That `says` is wrong with what stands at `span` of `text`.
    pub(super) fn at(text: &str, span: &Range<usize>, concern: Concern, says: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { line, column, says, concern }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.says),
            line => write!(f, "line {line}, column {}: {}", self.column, self.says),
        }
    }
}

/// `text` in quotes, made safe and short.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", Safe::capped(text, 60))
}

/// "did you mean …", if something among `known` is close to `text`.
pub(super) fn meant<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(text, known).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// What is closest to `text` among `known`, if anything is close: what a person may have meant.
pub fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE: f64 = 0.8;
    let close = known.map(|name| (strsim::jaro_winkler(text, name), name)).filter(|(near, _)| *near > CLOSE);
    close.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}
