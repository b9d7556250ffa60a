//! What has changed in a cache since it was opened or since a snapshot, and how it differs from another
//! opened cache: by meaning, entry by entry.

use std::collections::HashMap;

use crate::cache::Cache;
use crate::json::EntrySpot;
use crate::ops::{Comparison, Difference, Moment, Snapshot, compare};
use crate::present::{Line, Role, difference, when, words};
use crate::time::UnixSeconds;
use crate::tui::model::{CacheId, Content, Reading};
use crate::tui::page::{Around, Asked, Block, Page, Question, Target, Topic};

/// Asked before each long step: once it says no, what was found until then is dropped.
type GoOn<'g> = &'g dyn Fn() -> bool;

/// What has changed since `asked` was opened; then what else it can be compared with.
pub(super) fn page(question: &Question, asked: &Asked, reading: &Reading, around: &Around, go_on: GoOn<'_>) -> Page {
    let now = moment(reading);
    let comparison = around.first.as_ref().map(|first| compare(first, &now)).unwrap_or_default();
    let since = asked.since.map_or_else(String::new, |at| format!(", {}", when::utc(at)));
    let mut blocks = vec![heading(&format!("Since it was opened{since}"))];
    blocks.extend(told(&comparison, reading, question.now, go_on));
    blocks.extend([gap(), heading("Since a snapshot")]);
    blocks.extend(around.snapshots.iter().map(|(name, snapshot)| kept(name, snapshot, question.now)));
    if around.snapshots.is_empty() {
        blocks.push(Block::of(vec![none_kept(asked)]));
    }
    let others: Vec<Block> = question.caches.iter().filter(|other| other.id != asked.id).map(other).collect();
    if !others.is_empty() {
        blocks.extend([gap(), heading("Against another cache")]);
        blocks.extend(others);
    }
    Page { sum: sum(&comparison), blocks }
}

/// What has changed since the snapshot called `name`.
pub(super) fn since(
    (asked, reading): (&Asked, &Reading),
    around: &Around,
    name: &str,
    now: UnixSeconds,
    go_on: GoOn<'_>,
) -> Page {
    let Some((_, snapshot)) = around.snapshots.iter().find(|(known, _)| known == name) else {
        let says = format!("no snapshot of {} is called {name} any more", asked.name);
        return super::only(Line::new().with(Role::Warn, &says));
    };
    let comparison = compare(&snapshot.moment, &moment(reading));
    let taken = format!("Since {name}, taken {}", when::relative(snapshot.at(), now));
    compared(&comparison, &taken, reading, now, go_on)
}

/// How `asked` differs from the opened cache called `other`: what is added is here and not there.
pub(super) fn against(
    question: &Question,
    (asked, reading): (&Asked, &Reading),
    other: CacheId,
    go_on: GoOn<'_>,
) -> Page {
    let found = question.caches.iter().find(|open| open.id == other);
    let Some((other, Content::Ready(there))) = found.map(|open| (open, &open.content)) else {
        return super::only(Line::new().with(Role::Warn, "the other cache cannot be read now"));
    };
    let [there, here] = [&**there, reading].map(|reading| go_on().then(|| moment(reading)));
    let Some((there, here)) = there.zip(here).filter(|_| go_on()) else { return Page::default() };
    let comparison = compare(&there, &here);
    compared(&comparison, &format!("From {} to {}", other.name, asked.name), reading, question.now, go_on)
}

fn compared(comparison: &Comparison, title: &str, reading: &Reading, now: UnixSeconds, go_on: GoOn<'_>) -> Page {
    let mut blocks = vec![heading(title)];
    blocks.extend(told(comparison, reading, now, go_on));
    Page { sum: sum(comparison), blocks }
}

fn moment(reading: &Reading) -> Moment {
    Moment::of(&Cache::of(&reading.document), &reading.roster)
}

/// One line an entry that differs, leading to it where it still stands; last the sum of them.
fn told(comparison: &Comparison, reading: &Reading, now: UnixSeconds, go_on: GoOn<'_>) -> Vec<Block> {
    let rows = reading.roster.rows.iter();
    let spots: HashMap<(&str, &str), EntrySpot> =
        rows.map(|row| ((&*row.section_name, row.key.as_str()), row.spot)).collect();
    let spot = |difference: &Difference| {
        let item = difference.is.as_ref()?;
        spots.get(&(&*item.section.0, item.key.as_str())).copied()
    };
    let lines = difference::lines(&comparison.differences, now);
    let block = |(line, difference): (Line, &Difference)| match spot(difference) {
        Some(spot) => Block::to(Target::Entry(reading.document.path(spot)), indented(line)),
        None => Block::of(vec![indented(line)]),
    };
    let blocks = lines.into_iter().zip(&comparison.differences).take_while(|_| go_on()).map(block);
    blocks.chain([Block::of(vec![indented(Line::new().with(Role::Dim, &difference::summary(comparison)))])]).collect()
}

/// "before-pim  2h ago  9 entries".
fn kept(name: &str, snapshot: &Snapshot, now: UnixSeconds) -> Block {
    let facts = format!("  {}  {} entries", when::relative(snapshot.at(), now), snapshot.moment.entries.len());
    let line = Line::plain("  ").with(Role::Strong, name).with(Role::Dim, &facts);
    Block::to(Target::Topic(Topic::Since(name.to_owned())), line)
}

fn none_kept(asked: &Asked) -> Line {
    let Some(path) = &asked.path else {
        return Line::new().with(Role::Dim, "  of a cache that is no file none can be kept");
    };
    let command = format!("saltcellar snapshot save {}", words::quoted(&path.display().to_string()));
    Line::new().with(Role::Dim, "  none is kept of this cache; one is by  ").with(Role::Plain, &command)
}

fn other(open: &Asked) -> Block {
    Block::to(Target::Topic(Topic::Against(open.id)), Line::plain("  ").with(Role::Plain, &open.name))
}

fn heading(text: &str) -> Block {
    Block::of(vec![Line::new().with(Role::Strong, text)])
}

fn indented(mut line: Line) -> Line {
    line.0.splice(0..0, Line::plain("  ").0);
    line
}

fn gap() -> Block {
    Block::of(vec![Line::new()])
}

/// "3 differences", or that there is none.
fn sum(comparison: &Comparison) -> Line {
    match comparison.differences.len() {
        0 => Line::new().with(Role::Dim, "none"),
        1 => Line::new().with(Role::Warn, "1 difference"),
        many => Line::new().with(Role::Warn, &format!("{many} differences")),
    }
}
