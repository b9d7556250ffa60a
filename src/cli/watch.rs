//! `watch`: what happens to a cache while one looks, and who likely did it. Takes no lock and writes nothing; each event
//! is sent as soon as it is known.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::args::{OnePlace, seconds};
use super::differences::Differences;
use super::failure::{Exit, Failure, Kind};
use super::lock::{Who, who};
use super::session::{Form, Session};
use super::{caches, report};
use crate::cache::{Cache, Roster};
use crate::json::Document;
use crate::ops::{Comparison, History, Moment, compare};
use crate::present::{Line, Role, difference, when, words};
use crate::source::{Follow, Holder, Loaded, Seen, Source};
use crate::time::UnixSeconds;

/// Follow a cache and say what changes, and who likely wrote
///
/// Says which entries are added, removed, rotated, re-keyed or resurrected: back with the secret that went before.
/// The likely writer is who held the cache's lock at the change or just before. Ctrl-c ends it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// End after so many seconds
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    duration: Option<Duration>,
    /// End after so many events
    #[arg(long, value_name = "N")]
    count: Option<usize>,
}

/// One line of `watch --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    place: &'a str,
    event: &'static str,
    writer: Option<Who<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<&'a str>,
    #[serde(flatten)]
    differences: Differences<'a>,
}

/// How often a signal is looked for.
const STEP: Duration = Duration::from_millis(100);

/// Runs the command.
///
/// # Errors
/// The cache is no file, or cannot be read at the beginning.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let source = caches::open_one(session, &arguments.place, session.access())?;
    let started = Follow::start(&source).map_err(|error| Failure::at(source.place(), error))?;
    let Some((mut follow, loaded)) = started else {
        let failure = Failure::new(Kind::Usage, format!("{} is no file: nothing changes there", source.place()));
        return Err(failure.hint("a PLACE to watch is a path or a file: place"));
    };
    let mut watched = Watched::new(session, &source, &loaded);
    let end = arguments.duration.map(|duration| session.elapsed() + duration);
    session.listen();
    loop {
        if let Some(signal) = session.signal() {
            return Ok(Exit::Signal(signal));
        }
        let left = end.map_or(STEP, |end| end.saturating_sub(session.elapsed()).min(STEP));
        let is_over = left.is_zero() || arguments.count.is_some_and(|count| watched.events >= count);
        if is_over || !session.io.borrow_mut().send() {
            return Ok(Exit::Done);
        }
        if let Some(seen) = follow.next(left) {
            watched.tell(&seen);
        }
    }
}

/// What is known of the cache so far.
struct Watched<'s> {
    session: &'s Session,
    place: String,
    last: Moment,
    history: History,
    events: usize,
}

/// What happened, once it is known what differs.
struct Event<'e> {
    name: &'static str,
    writer: Option<&'e Holder>,
    says: Option<String>,
    comparison: Comparison,
}

impl<'s> Watched<'s> {
    fn new(session: &'s Session, source: &Source, loaded: &Loaded) -> Self {
        let last = moment(&loaded.document);
        let place = source.place().to_string();
        if session.form == Form::Words {
            let short = session.named(source.place());
            session.tell(&format!("Watching {short} with {} entries; ctrl-c ends it.", last.entries.len()));
        }
        let history = gone_by_us(source, &last);
        Self { session, place, last, history, events: 0 }
    }

    fn tell(&mut self, seen: &Seen) {
        let event = match seen {
            Seen::Whole { loaded, writer } => {
                let comparison = self.come_to(moment(&loaded.document));
                let name = if comparison.is_same() { "mended" } else { "changed" };
                Event { name, writer: writer.as_ref(), says: None, comparison }
            }
            Seen::Broken(error) => {
                let says = Some(words::error(error));
                Event { name: "broken", writer: None, says, comparison: Comparison::default() }
            }
            Seen::Gone => {
                let comparison = self.come_to(Moment::empty());
                Event { name: "gone", writer: None, says: Some("the file is gone".to_owned()), comparison }
            }
        };
        self.events += 1;
        let at = self.session.wall();
        match self.session.form {
            Form::Words => self.in_words(&event, at),
            Form::Json => self.in_json(&event, at),
        }
    }

    /// What differs from the state before, now that the cache is `next`.
    fn come_to(&mut self, next: Moment) -> Comparison {
        let mut comparison = compare(&self.last, &next);
        self.history.judge(&mut comparison);
        self.last = next;
        comparison
    }

    fn in_words(&self, event: &Event<'_>, at: UnixSeconds) {
        let session = self.session;
        session.say(&match &event.says {
            Some(says) => Line::new().with(Role::Strong, &when::local(at)).with(Role::Bad, &format!("  {says}")),
            None => difference::head(at, event.writer),
        });
        let indented = |line: Line| Line([Line::plain("  ").0, line.0].concat());
        let now = session.at.unwrap_or(at);
        let lines = difference::lines(&event.comparison.differences, now);
        session.say_all(&lines.into_iter().map(indented).collect::<Vec<_>>());
        if event.says.is_none() && event.comparison.differences.is_empty() {
            let says =
                if event.name == "mended" { "whole again, as it was" } else { "only the layout of the text differs" };
            session.say(&indented(Line::new().with(Role::Dim, says)));
        }
    }

    fn in_json(&self, event: &Event<'_>, at: UnixSeconds) {
        let report = Report {
            at: at.0,
            place: &self.place,
            event: event.name,
            writer: event.writer.map(who),
            says: event.says.as_deref(),
            differences: Differences::new(&event.comparison),
        };
        report::answer(self.session, &report);
    }
}

/// What our own last change took out of the cache that is now `last`: an app may put it back.
fn gone_by_us(source: &Source, last: &Moment) -> History {
    let mut history = History::default();
    if let Some(before) = source.before_our_change() {
        history.judge(&mut compare(&moment(&before), last));
    }
    history
}

fn moment(document: &Document) -> Moment {
    let cache = Cache::of(document);
    Moment::of(&cache, &Roster::of(&cache))
}
