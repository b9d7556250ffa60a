//! `stats`: counts and sizes of one cache.

use clap::Args;
use serde::Serialize;

use super::args::OnePlace;
use super::caches::{self, Content};
use super::failure::{Exit, Failure};
use super::report;
use super::session::{Form, Session};
use crate::ops::summary::{Share, Summary, summary};
use crate::present;

/// Show counts and sizes by section, account, client, tenant and resource
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
}

/// `stats --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    place: String,
    bytes: usize,
    entries: usize,
    accounts: usize,
    live: usize,
    expiring: usize,
    expired: usize,
    sections: Vec<Part<'a>>,
    by_account: Vec<Part<'a>>,
    clients: Vec<Part<'a>>,
    tenants: Vec<Part<'a>>,
    resources: Vec<Part<'a>>,
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
    let content = Content::read(caches::open_one(session, &arguments.place, session.access())?)?;
    let summary = summary(&content.cache(), &content.roster, session.now);
    match session.form {
        Form::Words => session.say_all(&present::stats::lines(&summary)),
        Form::Json => in_json(session, content.source.place().to_string(), &summary),
    }
    Ok(Exit::Done)
}

fn in_json(session: &Session, place: String, summary: &Summary) {
    let report = Report {
        at: session.now.0,
        place,
        bytes: summary.bytes,
        entries: summary.entries,
        accounts: summary.accounts,
        live: summary.live,
        expiring: summary.expiring,
        expired: summary.expired,
        sections: parts(&summary.sections),
        by_account: parts(&summary.by_account),
        clients: parts(&summary.clients),
        tenants: parts(&summary.tenants),
        resources: parts(&summary.resources),
    };
    report::answer(session, &report);
}

fn parts(shares: &[Share]) -> Vec<Part<'_>> {
    shares.iter().map(|(name, entries, bytes)| Part { name, entries: *entries, bytes: *bytes }).collect()
}
