//! What is left of a damaged cache and what is lost, in words with offsets. Shows keys and counts, never a value.

use super::words::{Line, Role, quoted};
use crate::json::salvage::{Conflict, Damage, Loss, Salvage, Why};
use crate::json::{ParseErrorKind, Span};
use crate::source::Place;

/// The most lines of one sort.
const MOST: usize = 20;

/// What to do about a cache at `place` that is damaged in the way of `kind`. What begins otherwise may never have been one.
#[must_use]
pub fn hint(place: &Place, kind: ParseErrorKind) -> String {
    let doubt = if kind == ParseErrorKind::NotAnObject { "if a cache stands in it, " } else { "" };
    format!("{doubt}its whole entries can be recovered: saltcellar salvage {} --out FILE", quoted(&place.to_string()))
}

/// The name of a damage in JSON.
#[must_use]
pub fn name(damage: &Damage) -> &'static str {
    match damage {
        Damage::Empty => "empty",
        Damage::Utf16 => "utf-16",
        Damage::ByteOrderMark => "byte-order-mark",
        Damage::NotUtf8 { .. } => "not-utf-8",
        Damage::Nul { .. } => "nul-bytes",
        Damage::Truncated { .. } => "truncated",
        Damage::ExtraData { .. } => "extra-data",
        Damage::SecondDocument { .. } => "second-document",
        Damage::Broken { .. } => "broken",
        Damage::Hopeless { .. } => "hopeless",
    }
}

/// The byte at which a damage begins, where it has a place.
#[must_use]
pub fn place(damage: &Damage) -> Option<usize> {
    match damage {
        Damage::Empty | Damage::Utf16 | Damage::ByteOrderMark => None,
        Damage::NotUtf8 { at, .. }
        | Damage::Nul { at, .. }
        | Damage::Truncated { at }
        | Damage::ExtraData { at, .. }
        | Damage::SecondDocument { at }
        | Damage::Broken { at }
        | Damage::Hopeless { at } => Some(*at),
    }
}

/// A damage in words, with its usual cause.
#[must_use]
pub fn damage(damage: &Damage) -> String {
    match damage {
        Damage::Empty => "there is nothing in it".to_owned(),
        Damage::Utf16 => "it is in UTF-16, which no runtime reads".to_owned(),
        Damage::ByteOrderMark => "a byte order mark stands before it, which most runtimes refuse".to_owned(),
        Damage::NotUtf8 { at, count } => format!("{} no UTF-8, the first at byte {at}", are(*count)),
        Damage::Nul { at, count } => {
            format!("{} zero, the first at byte {at}: a crash left room that was never written", are(*count))
        }
        Damage::Truncated { at } => format!("the text ends too early, at byte {at}: its writer was stopped"),
        Damage::ExtraData { at, bytes } => format!(
            "extra data at byte {at}: {bytes} bytes of an older text follow a whole document, as when two processes \
             write in place"
        ),
        Damage::SecondDocument { at } => format!("another document begins at byte {at}"),
        Damage::Broken { at } => format!("no JSON at byte {at}"),
        Damage::Hopeless { at } => format!("the search was given up at byte {at}: there is too much damage"),
    }
}

fn are(count: usize) -> String {
    if count == 1 { "1 byte is".to_owned() } else { format!("{count} bytes are") }
}

/// Why a range is lost: a word for JSON, and words for people.
#[must_use]
pub fn why(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::CutOff => ("cut-off", "the text ends in it"),
        Why::BadBytes => ("bad-bytes", "it holds bytes that no text has"),
        Why::Syntax => ("syntax", "it is no JSON"),
        Why::Leftover => ("leftover", "the rest of something older"),
    }
}

/// How many entries of each section are kept, in the order of the clean copy.
#[must_use]
pub fn counts(salvage: &Salvage) -> Vec<(&str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for piece in &salvage.kept {
        match counts.iter_mut().find(|(name, _)| *name == piece.section) {
            Some((_, count)) => *count += 1,
            None => counts.push((&piece.section, 1)),
        }
    }
    counts
}

/// The whole report: what is wrong, what is kept, what is lost, what is said twice.
#[must_use]
pub fn lines(salvage: &Salvage) -> Vec<Line> {
    let wrong = |one: &Damage| Line::new().with(Role::Bad, "damage  ").with(Role::Plain, &damage(one));
    let mut lines = some(&salvage.damage, "damage  ", wrong);
    for (section, count) in counts(salvage) {
        let whole = format!("{count} of {section}");
        lines.push(
            Line::new()
                .with(Role::Good, "kept    ")
                .with(Role::Plain, &whole)
                .with(Role::Dim, &span_of(salvage, section)),
        );
    }
    lines.extend(older(salvage));
    lines.extend(some(&salvage.lost, "lost    ", lost));
    lines.extend(some(&salvage.conflicts, "twice   ", twice));
    lines
}

/// What the leading document does not hold: it may be gone from there because somebody signed out.
fn older(salvage: &Salvage) -> Option<Line> {
    let leader = salvage.kept.first()?.document;
    let count = salvage.kept.iter().filter(|piece| piece.document != leader).count();
    let says = match count {
        0 => return None,
        1 => "1 entry stands in another document alone: an app may have removed it on purpose".to_owned(),
        many => format!("{many} entries stand in another document alone: an app may have removed them on purpose"),
    };
    Some(Line::new().with(Role::Warn, "older   ").with(Role::Plain, &says))
}

fn some<T>(items: &[T], label: &str, line: impl Fn(&T) -> Line) -> Vec<Line> {
    let mut lines: Vec<Line> = items.iter().take(MOST).map(line).collect();
    if let Some(more) = items.len().checked_sub(MOST).filter(|more| *more > 0) {
        lines.push(Line::new().with(Role::Dim, &format!("{label}… and {more} more")));
    }
    lines
}

/// ", bytes 18 to 977": from the first entry of a section to its last.
fn span_of(salvage: &Salvage, section: &str) -> String {
    let places = || salvage.kept.iter().filter(|piece| piece.section == section).map(|piece| piece.at);
    let (start, end) = (places().map(|at| at.start).min(), places().map(|at| at.end).max());
    start.zip(end).map_or_else(String::new, |(start, end)| format!(", {}", bytes(Span { start, end })))
}

fn bytes(at: Span) -> String {
    format!("bytes {} to {}", at.start, at.end)
}

fn lost(loss: &Loss) -> Line {
    let inside = match (&loss.section, &loss.key) {
        (Some(section), Some(key)) => format!(", from {section}/{key} on"),
        (Some(section), None) => format!(", in {section}"),
        (None, Some(key)) => format!(", from {key} on"),
        (None, None) => String::new(),
    };
    let line = Line::new().with(Role::Removed, "lost    ").with(Role::Plain, &bytes(loss.at));
    line.with(Role::Plain, &inside).with(Role::Dim, &format!(": {}", why(loss.why).1))
}

fn twice(conflict: &Conflict) -> Line {
    let name =
        conflict.key.as_ref().map_or_else(|| conflict.section.clone(), |key| format!("{}/{key}", conflict.section));
    let line = Line::new().with(Role::Warn, "twice   ").with(Role::Plain, &name);
    line.with(Role::Dim, &format!(": kept from {}, not from {}", bytes(conflict.kept), bytes(conflict.dropped)))
}

/// "12 entries are whole, and 1 piece of 340 bytes is lost."
#[must_use]
pub fn sum(salvage: &Salvage) -> String {
    let lost: usize = salvage.lost.iter().map(|loss| loss.at.end - loss.at.start).sum();
    let kept = match salvage.kept.len() {
        1 => "1 entry is whole".to_owned(),
        many => format!("{many} entries are whole"),
    };
    match salvage.lost.len() {
        0 => format!("{kept}; nothing is lost."),
        1 => format!("{kept}; 1 piece of {lost} bytes is lost."),
        many => format!("{kept}; {many} pieces of {lost} bytes together are lost."),
    }
}
