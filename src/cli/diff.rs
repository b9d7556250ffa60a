//! `diff`: what differs between two caches, by meaning. Reads both, and changes nothing.

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::{OnePlace, Typed, place_parser};
use super::caches::{self, Content};
use super::differences::Differences;
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{complete, report, snapshot};
use crate::ops::{Comparison, Moment, compare};
use crate::present::{Line, difference};

/// Show what differs between two caches, by meaning
///
/// Says which entries were added, removed, rotated (another secret or expiry), re-keyed (the same secret under another
/// key) or changed otherwise, and what differs in layout alone. Secrets are told apart by their fingerprints.
/// A and B may each be the name of a snapshot, too.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The cache before
    #[arg(value_name = "A", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    before: Option<Typed>,
    /// The cache after
    #[arg(value_name = "B", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    after: Option<Typed>,
    /// Exit with 1 when anything differs
    #[arg(long)]
    exit_code: bool,
}

/// `diff --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    a: &'a str,
    b: &'a str,
    #[serde(flatten)]
    differences: Differences<'a>,
}

/// One side of a comparison.
pub(super) struct Side {
    /// What it is called in answers.
    pub(super) name: String,
    /// What was there.
    pub(super) moment: Moment,
}

impl Side {
    /// Reads the cache at `place`.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(session: &Session, place: &OnePlace) -> Result<Self, Failure> {
        let content = Content::read(caches::open_one(session, place, session.access())?)?;
        let moment = Moment::of(&content.cache(), &content.roster);
        Ok(Self { name: content.source.place().to_string(), moment })
    }
}

/// Runs the command.
///
/// # Errors
/// A cache is missing on the command line, or cannot be read.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let is_complete = arguments.after.is_some() || session.is_demo;
    if !is_complete {
        return Err(
            Failure::new(Kind::Usage, "A and B say which caches are compared").hint("see: saltcellar help places")
        );
    }
    let streams = [&arguments.before, &arguments.after].into_iter().flatten().filter(|typed| typed.place.is_stdin());
    if streams.count() > 1 {
        return Err(Failure::new(Kind::Usage, "standard input can be one of the two caches, not both"));
    }
    let a = side(session, arguments.before.as_ref())?;
    let b = side(session, arguments.after.as_ref())?;
    let comparison = compare(&a.moment, &b.moment);
    tell(session, &a, &b, &comparison);
    Ok(exit(&comparison, arguments.exit_code))
}

/// A cache, or a snapshot by its name.
fn side(session: &Session, typed: Option<&Typed>) -> Result<Side, Failure> {
    let kept = typed.and_then(|typed| snapshot::named(session, typed));
    kept.unwrap_or_else(|| Side::read(session, &OnePlace { place: typed.cloned() }))
}

/// How a comparison ends, if `exit_code` asks for that.
pub(super) fn exit(comparison: &Comparison, exit_code: bool) -> Exit {
    if exit_code && !comparison.is_same() { Exit::Differs } else { Exit::Done }
}

/// Says what differs between `a` and `b`.
pub(super) fn tell(session: &Session, a: &Side, b: &Side, comparison: &Comparison) {
    match session.form {
        Form::Words => {
            session.say_all(&difference::lines(&comparison.differences, session.now));
            session.say(&Line::plain(&difference::summary(comparison)));
        }
        Form::Json => {
            let differences = Differences::new(comparison);
            report::answer(session, &Report { at: session.now.0, a: &a.name, b: &b.name, differences });
        }
    }
}
