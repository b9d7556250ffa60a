//! What an undo, or a redo, would do, in words. Pure, but not quick of a large cache: a worker finds it.

use crate::cache::{Cache, Roster};
use crate::json::{Change, Document, Edit, Patch};
use crate::ops::{self, Severity};
use crate::present::{Line, Role};
use crate::source::{Turn, Undone};
use crate::time::UnixSeconds;

/// An undo that is to be asked about.
pub struct Outlook {
    /// Which way it goes.
    pub turn: Turn,
    /// The text that it would replace.
    pub before: Document,
    /// One line for each entry that comes, goes or cannot come back.
    pub changes: Vec<Line>,
    /// What it means.
    pub effect: &'static str,
    /// How much confirmation it needs.
    pub severity: Severity,
}

impl Outlook {
    /// What `undone` would do.
    #[must_use]
    pub fn of(undone: Undone) -> Self {
        let severity = severity(&undone);
        let Undone { turn, exact, before, after, skipped, .. } = undone;
        let mut changes = only_in(&after, &before, "+ ", Role::Added);
        changes.extend(only_in(&before, &after, "- ", Role::Removed));
        let skipped = skipped.iter().map(|(path, why)| {
            Line::new()
                .with(Role::Warn, "not put back: ")
                .with(Role::Plain, &path.to_string())
                .with(Role::Dim, " ")
                .with(Role::Dim, why)
        });
        changes.extend(skipped);
        let effect = match (turn, exact) {
            (Turn::Undo, true) => "The text before our last write comes back, byte for byte.",
            (Turn::Redo, true) => "The text that our last write made comes back, byte for byte.",
            (_, false) => "Others wrote since: only what we took out comes back, beside what they wrote.",
        };
        Self { turn, before, changes, effect, severity }
    }
}

/// What takes a sign-in away takes its name, also when it is done again.
fn severity(undone: &Undone) -> Severity {
    let (before, after) = (&undone.before, &undone.after);
    let cache = Cache::of(before);
    let entries = before.sections().flat_map(|section| before.entries(section).collect::<Vec<_>>());
    let gone = entries.map(|spot| before.path(spot)).filter(|path| after.spot(path).is_none());
    let changes = gone.map(|path| Change { edit: Edit::Remove(path), why: "undone".into() }).collect();
    let patch = Patch { title: String::new(), changes };
    // The moment tells only the mild from the moderate, and even where nothing goes there is something to look at.
    match ops::effect(&cache, &patch, UnixSeconds(0)).severity {
        Severity::Mild | Severity::Moderate => Severity::Moderate,
        severe @ Severity::Severe { .. } => severe,
    }
}

/// A line for each entry of `one` that `other` lacks.
fn only_in(one: &Document, other: &Document, sign: &str, role: Role) -> Vec<Line> {
    let roster = Roster::of(&Cache::of(one));
    let rows = roster.rows.iter().filter(|row| other.spot(&one.path(row.spot)).is_none());
    rows.map(|row| {
        let head = format!("{sign}{}  ", row.section_name);
        Line::new().with(role, &head).with(Role::Plain, &row.title())
    })
    .collect()
}
