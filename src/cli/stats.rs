//! `stats`: counts and sizes of one cache, what it costs the apps that use it, and what makes it grow.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::args::{OnePlace, Typed};
use super::caches;
use super::failure::{Exit, Failure};
use super::session::{Form, Session};
use super::{each, report};
use crate::cache::{Cache, Roster};
use crate::ops::cost::{Cost, Suspect, cost};
use crate::ops::summary::{Share, Summary, summary};
use crate::ops::tenure::{Holds, holds};
use crate::ops::totals::Totals;
use crate::present::Line;
use crate::source::Source;
use crate::{ops, present};

/// Show counts and sizes by section, account, client, tenant and resource
///
/// Then what a look-up costs the runtime that wrote the cache, what makes it grow, each with the command that would
/// trim it, and the largest entries. --timing adds how long reading it took here.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// Say how long reading and understanding the cache took
    #[arg(long)]
    timing: bool,
}

/// `stats --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    place: String,
    #[serde(flatten)]
    sums: Sums<'a>,
    by_account: Vec<Part<'a>>,
    clients: Vec<Part<'a>>,
    tenants: Vec<Part<'a>>,
    resources: Vec<Part<'a>>,
    cost: Toll<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<Timing>,
}

/// What is counted in one cache as in many.
#[derive(Serialize)]
struct Sums<'a> {
    bytes: usize,
    entries: usize,
    accounts: usize,
    live: usize,
    expiring: usize,
    expired: usize,
    sections: Vec<Part<'a>>,
}

impl<'a> Sums<'a> {
    fn of(summary: &'a Summary) -> Self {
        let Summary { bytes, entries, accounts, live, expiring, expired, .. } = *summary;
        Self { bytes, entries, accounts, live, expiring, expired, sections: parts(&summary.sections) }
    }
}

/// What the cache costs the apps that use it.
#[derive(Serialize)]
struct Toll<'a> {
    load_bytes: usize,
    access_tokens: usize,
    expired: Heap,
    runtimes: Vec<Runtime>,
    growth: Vec<Growth<'a>>,
    largest: Vec<Large<'a>>,
}

#[derive(Serialize)]
struct Runtime {
    runtime: &'static str,
    says: String,
}

#[derive(Serialize)]
struct Heap {
    entries: usize,
    bytes: usize,
}

/// What makes the cache grow, and what would trim it.
#[derive(Serialize)]
struct Growth<'a> {
    cause: &'static str,
    of: &'a str,
    entries: usize,
    bytes: usize,
    command: Option<String>,
}

#[derive(Serialize)]
struct Large<'a> {
    section: Cow<'a, str>,
    key: Cow<'a, str>,
    bytes: usize,
}

/// How long this run took for each step, in microseconds.
#[derive(Clone, Copy, Serialize)]
struct Timing {
    /// From the disk to an index of every entry.
    load_us: u64,
    /// From the index to rows and accounts; every token is hashed.
    roster_us: u64,
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    entries: usize,
    bytes: usize,
}

/// Runs the command.
///
/// # Errors
/// The cache cannot be read.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(typed) = arguments.place.place.as_ref().filter(|typed| !session.is_demo && typed.place.is_collection())
    {
        return of_many(session, typed);
    }
    let source = caches::open_one(session, &arguments.place, session.access())?;
    let began = session.elapsed();
    let loaded = source.load().map_err(|error| Failure::at(source.place(), error))?;
    let indexed = session.elapsed();
    let cache = Cache::of(&loaded.document);
    let roster = Roster::of(&cache);
    let micros = |from: Duration, to: Duration| u64::try_from(to.saturating_sub(from).as_micros()).unwrap_or(u64::MAX);
    let timing = Timing { load_us: micros(began, indexed), roster_us: micros(indexed, session.elapsed()) };
    let timing = arguments.timing.then_some(timing);
    let (summary, cost) = (summary(&cache, &roster, session.now), cost(&cache, &roster, session.now));
    let counted = Counted { source: &source, cache: &cache, summary: &summary, cost: &cost, timing };
    match session.form {
        Form::Words => in_words(session, &counted),
        Form::Json => in_json(session, &counted),
    }
    Ok(Exit::Done)
}

/// Counts all caches of a place with one per user.
fn of_many(session: &Session, typed: &Typed) -> Result<Exit, Failure> {
    let mut totals = Totals::default();
    each::page(session, typed, &mut |_, rows| {
        for row in rows {
            let Ok(loaded) = &row.cache else { continue };
            let cache = Cache::of(&loaded.document);
            let roster = Roster::of(&cache);
            if holds(&cache, &roster) != Holds::Other {
                totals.add(&row.key, &summary(&cache, &roster, session.now));
            }
        }
        ControlFlow::Continue(())
    })?;
    let totals = totals.finish();
    match session.form {
        Form::Words => session.say_all(&present::stats::many(&totals)),
        Form::Json => many_in_json(session, typed, &totals),
    }
    Ok(Exit::Done)
}

/// `stats --json` of a place with one cache per user.
#[derive(Serialize)]
struct Many<'a> {
    at: i64,
    place: String,
    caches: usize,
    #[serde(flatten)]
    sums: Sums<'a>,
    clients: Vec<Part<'a>>,
    tenants: Vec<Part<'a>>,
    resources: Vec<Part<'a>>,
    largest: Vec<Part<'a>>,
}

fn many_in_json(session: &Session, typed: &Typed, totals: &Totals) {
    let summary = &totals.summary;
    let body = Many {
        at: session.now.0,
        place: typed.place.to_string(),
        caches: totals.caches,
        sums: Sums::of(summary),
        clients: parts(&summary.clients),
        tenants: parts(&summary.tenants),
        resources: parts(&summary.resources),
        largest: parts(&totals.largest),
    };
    report::answer(session, &body);
}

/// A cache and all that was counted in it.
struct Counted<'a> {
    source: &'a Source,
    cache: &'a Cache<'a>,
    summary: &'a Summary,
    cost: &'a Cost,
    timing: Option<Timing>,
}

fn in_words(session: &Session, counted: &Counted<'_>) {
    let Counted { source, cache, summary, cost, timing } = *counted;
    session.say_all(&present::stats::lines(summary));
    session.say_all(&present::cost::lines(cache, cost, &argument(session, source)));
    if let Some(Timing { load_us, roster_us }) = timing {
        let says =
            format!("Here it took {load_us} µs to load and index it, {roster_us} µs to hash and sort its entries.");
        session.say_all(&[Line::new(), Line::plain(&says)]);
    }
}

/// The place as a command takes it.
fn argument(session: &Session, source: &Source) -> String {
    let path = source.path().map(|path| path.display().to_string());
    match session.is_demo {
        true => "--demo".to_owned(),
        false => path.unwrap_or_else(|| source.place().to_string()),
    }
}

fn toll<'a>(session: &Session, source: &Source, cache: &Cache<'a>, cost: &'a Cost) -> Toll<'a> {
    let place = argument(session, source);
    let growth = |suspect: &'a Suspect| Growth {
        cause: suspect.cause.name(),
        of: &suspect.of,
        entries: suspect.pile.entries,
        bytes: suspect.pile.bytes,
        command: present::cost::command(suspect, &place),
    };
    let large = |large: &ops::cost::Large| {
        let entry = cache.entry(large.spot)?;
        Some(Large { section: entry.section_name(), key: entry.key(), bytes: large.bytes })
    };
    let runtime = |toll: present::cost::Toll| Runtime { runtime: toll.runtime.name(), says: toll.says };
    Toll {
        load_bytes: cost.bytes,
        access_tokens: cost.access_tokens,
        expired: Heap { entries: cost.expired.entries, bytes: cost.expired.bytes },
        runtimes: present::cost::tolls(cost).into_iter().map(runtime).collect(),
        growth: cost.suspects.iter().map(growth).collect(),
        largest: cost.largest.iter().filter_map(large).collect(),
    }
}

fn in_json(session: &Session, counted: &Counted<'_>) {
    let Counted { source, cache, summary, cost, timing } = *counted;
    let report = Report {
        at: session.now.0,
        place: source.place().to_string(),
        sums: Sums::of(summary),
        by_account: parts(&summary.by_account),
        clients: parts(&summary.clients),
        tenants: parts(&summary.tenants),
        resources: parts(&summary.resources),
        cost: toll(session, source, cache, cost),
        timing,
    };
    report::answer(session, &report);
}

fn parts(shares: &[Share]) -> Vec<Part<'_>> {
    shares.iter().map(|(name, entries, bytes)| Part { name, entries: *entries, bytes: *bytes }).collect()
}
