//! Caches that go from one place with many into another, in words. Counts; names no account.

use super::bulk::above;
use super::change::counted;
use super::words::{Line, Role};

/// What is to go.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// Caches.
    pub caches: usize,
    /// Their entries.
    pub entries: usize,
    /// Values that stay: no caches, nothing in them, encrypted, or of others.
    pub passed: usize,
}

/// The plan. What leaves its place is lost there for good.
#[must_use]
pub fn plan(from: &str, to: &str, leaves: bool, planned: &Planned) -> Vec<Line> {
    let Planned { caches, entries, passed } = *planned;
    let title = format!("{} from {from} to {to}", if leaves { "Move" } else { "Copy" });
    let goes = format!(
        "{}, {}, one cache for each account there.",
        counted(caches, "cache", "caches"),
        counted(entries, "entry", "entries")
    );
    let mut lines = vec![Line::new().with(Role::Strong, &title), Line::plain(&goes)];
    if passed > 0 {
        let says = counted(passed, "value stays", "values stay");
        lines.push(Line::new().with(Role::Dim, &format!("{says}: empty, no cache, encrypted, or of others.")));
    }
    if leaves {
        let says = "Each is read back there before it is taken out here. No undo is kept; `copy-to` takes nothing out.";
        lines.push(Line::new().with(Role::Dim, says));
    }
    lines.push(above());
    lines
}

/// How far the look is.
#[must_use]
pub fn looking(caches: usize) -> String {
    format!("found {}", counted(caches, "cache", "caches"))
}

/// How far it is.
#[must_use]
pub fn going(done: usize, total: usize) -> String {
    format!("{done} of {total}")
}

/// How many caches went at the first place whole, and of how many only a part.
#[must_use]
pub fn left(whole: usize, parted: usize, from: &str) -> Vec<Line> {
    let took = format!("Took {} out at {from}.", counted(whole, "cache", "caches"));
    let is_still = counted(
        parted,
        "cache is still here, with the tokens that stay and their account.",
        "caches are still here, with the tokens that stay and their accounts.",
    );
    let still = Line::new().with(Role::Warn, &is_still);
    [Line::new().with(Role::Good, &took)].into_iter().chain((parted > 0).then_some(still)).collect()
}

/// What an app wrote meanwhile.
#[must_use]
pub fn changed(caches: usize) -> String {
    let says = counted(
        caches,
        "cache was written by an app meanwhile and is",
        "caches were written by apps meanwhile and are",
    );
    format!("{says} at both places: run it again.")
}
