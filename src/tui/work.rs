//! What the screen waits for: what it is, since when, and how it is stopped. Pure: workers do it, and look now and then
//! whether they are to go on.

use std::time::Duration;

use super::dialog::Dialog;
use super::model::{CacheId, Model, Places, ReadState};
use super::page::Topic;
use super::sieve::Need;
use crate::present::change;

/// Something that takes its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// The well-known places are looked at.
    Find,
    /// A cache is read.
    Read(CacheId),
    /// A question about a cache is answered.
    Answer(CacheId, Topic),
    /// A change is planned.
    Plan(CacheId),
    /// The whole difference of a plan is made.
    Differ(CacheId),
    /// The names and claims that a filter asks for are read.
    Filter(CacheId),
    /// The rows of a cache are sorted.
    Sort(CacheId),
    /// A change is written, or waits for a lock.
    Write,
    /// A copy is made.
    Export,
}

/// What is waited for, and since when after the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The work.
    pub work: Work,
    /// Its beginning.
    pub since: Duration,
    /// What it is, in words that are not safe yet.
    pub says: String,
}

/// What is quicker is not worth a word.
pub const WORTH_A_WORD: Duration = Duration::from_millis(200);
/// How long a picture of the spinner stands: ten of them are a second.
pub const TURN: Duration = Duration::from_millis(100);

/// What this screen waits for, the most pressing first: a write, a copy, a plan, its difference, an answer, a cache, what a filter asks
/// for, an order, the places.
#[must_use]
pub fn current(model: &Model) -> Option<Wait> {
    let waits = [write, export, plan, differ, answer, read, filter, sort, find];
    waits.into_iter().find_map(|wait| wait(model))
}

/// The same, once it has taken long enough for a word.
#[must_use]
pub fn shown(model: &Model) -> Option<Wait> {
    current(model).filter(|wait| wait.since + WORTH_A_WORD <= model.moment.elapsed)
}

/// When the screen changes next because of what it waits for, after the start; `None` if it does not.
#[must_use]
pub fn next_turn(model: &Model) -> Option<Duration> {
    let wait = current(model)?;
    let word = wait.since + WORTH_A_WORD;
    if model.moment.elapsed < word {
        return Some(word);
    }
    // A screen reader would read every picture aloud.
    (!model.theme.is_plain()).then(|| model.moment.elapsed + TURN)
}

/// A picture that turns, in ASCII; nothing on a plain screen.
#[must_use]
pub fn spinner(model: &Model) -> &'static str {
    if model.theme.is_plain() {
        return "";
    }
    match model.moment.elapsed.as_millis() / TURN.as_millis() % 4 {
        0 => "| ",
        1 => "/ ",
        2 => "- ",
        _ => "\\ ",
    }
}

fn write(model: &Model) -> Option<Wait> {
    let job = model.job.as_ref()?;
    let holder = job.holder.as_ref().map_or_else(String::new, |holder| format!(": waiting for {holder}"));
    Some(Wait { work: Work::Write, since: job.since, says: format!("{}{holder}", job.says) })
}

fn export(model: &Model) -> Option<Wait> {
    let since = model.exporting?;
    Some(Wait { work: Work::Export, since, says: "making the copy".to_owned() })
}

fn plan(model: &Model) -> Option<Wait> {
    let planning = model.planning.as_ref()?;
    let says = "planning the change".to_owned();
    Some(Wait { work: Work::Plan(planning.cache), since: planning.since, says })
}

fn differ(model: &Model) -> Option<Wait> {
    let Some(Dialog::Plan(open)) = &model.dialog else { return None };
    let says = "making the whole difference".to_owned();
    Some(Wait { work: Work::Differ(open.plan.cache), since: open.differing?, says })
}

fn filter(model: &Model) -> Option<Wait> {
    let cache = model.cache().filter(|_| model.reader().is_none())?;
    let says = match cache.browse.sieve.awaits()? {
        Need::Rows(_) => "searching for the filter".to_owned(),
        Need::Names(claims) if claims.is_empty() => "reading the names for the filter".to_owned(),
        Need::Names(claims) => format!("reading what the tokens say in {}", claims.join(", ")),
    };
    Some(Wait { work: Work::Filter(cache.id), since: cache.filter_since, says })
}

fn sort(model: &Model) -> Option<Wait> {
    let cache = model.cache().filter(|_| model.reader().is_none())?;
    let says = format!("sorting by {}", cache.browse.awaited?.key.name());
    Some(Wait { work: Work::Sort(cache.id), since: cache.sort_since, says })
}

fn answer(model: &Model) -> Option<Wait> {
    let reader = model.reader().filter(|reader| reader.page.is_none())?;
    let says = format!("{}: working it out", reader.topic.name());
    Some(Wait { work: Work::Answer(reader.cache, reader.topic.clone()), since: reader.asked_at, says })
}

fn read(model: &Model) -> Option<Wait> {
    let cache = model.cache().filter(|cache| cache.reading != ReadState::Idle)?;
    let size = cache.bytes.map(|bytes| format!(", {}", change::size(usize::try_from(bytes).unwrap_or(usize::MAX))));
    let says = format!("reading {}{}", cache.name, size.unwrap_or_default());
    Some(Wait { work: Work::Read(cache.id), since: cache.reading_since, says })
}

fn find(model: &Model) -> Option<Wait> {
    let is_empty = model.caches.is_empty() && matches!(model.places, Places::Searching);
    let says = "looking for token caches".to_owned();
    is_empty.then_some(Wait { work: Work::Find, since: Duration::ZERO, says })
}
