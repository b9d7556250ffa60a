//! A cache to which a sign-out goes: what it has of the account, what became of that, and both in JSON.
//! Plans and writes nothing: that is `sign_out.rs`'s.

use std::collections::BTreeSet;

use serde::Serialize;

use super::caches::Shut;
use super::change::names_gone;
use super::failure::{Exit, Failure};
use super::report::{self, One};
use super::session::Session;
use crate::cache::Cache;
use crate::json::Patch;
use crate::ops::{Effect, Left};
use crate::present::{self, Line};
use crate::source::{Committed, Loaded, Source, siblings};

/// A cache that was looked for.
pub(super) struct Visit {
    /// The place as JSON names it.
    pub(super) place: String,
    /// The app that keeps its cache there, if the cache was found and not named.
    pub(super) app: Option<String>,
    /// What it has of the account, or what became of that.
    pub(super) at: At,
}

/// What was found there of the account.
pub(super) enum At {
    /// Something, and a plan.
    Knows(Box<Knows>),
    /// Something, until a moment ago.
    Done(Box<Done>),
    /// Nothing.
    Without,
    /// Nobody knows: it is not opened unasked; why.
    Closed(Shut),
    /// Nobody knows, or it stays: why.
    Failed(Failure),
}

impl At {
    /// How a run ends that came here alone.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Done(done) => done.exit,
            Self::Failed(failure) => failure.kind().exit(),
            Self::Knows(_) | Self::Without | Self::Closed(_) => Exit::Done,
        }
    }
}

/// A cache that has something of the account, and the plan for it.
pub(super) struct Knows {
    /// Where it is.
    pub(super) source: Source,
    /// What was read.
    pub(super) loaded: Loaded,
    /// The plan.
    pub(super) patch: Patch,
    /// What the plan does.
    pub(super) effect: Effect,
}

/// A cache from which the account was taken.
pub(super) struct Done {
    /// Where it is.
    pub(super) source: Source,
    /// What was written.
    pub(super) committed: Committed,
    /// How a run ends that did this alone.
    pub(super) exit: Exit,
}

impl Visit {
    /// What beside the cache still names the account that goes.
    pub(super) fn siblings(&self) -> Vec<Beside> {
        let (source, before, patch) = match &self.at {
            At::Knows(knows) => (&knows.source, &knows.loaded.document, &knows.patch),
            At::Done(done) => (&done.source, &done.committed.before, &done.committed.patch),
            At::Without | At::Closed(_) | At::Failed(_) => return Vec::new(),
        };
        let found = siblings(source.place(), &names_gone(&Cache::of(before), patch));
        found.into_iter().map(|(file, command)| Beside { file: file.display().to_string(), command }).collect()
    }

    /// Copies beside a cache from which the account goes: they keep it.
    pub(super) fn copies(&self) -> Vec<String> {
        let source = match &self.at {
            At::Knows(knows) => &knows.source,
            At::Done(done) => &done.source,
            At::Without | At::Closed(_) | At::Failed(_) => return Vec::new(),
        };
        let Some(path) = source.path() else { return Vec::new() };
        let copies = source.vicinity().copies;
        copies.iter().map(|copy| path.with_file_name(&copy.name).display().to_string()).collect()
    }
}

/// The caches that have a plan.
pub(super) fn known(visits: &[Visit]) -> impl Iterator<Item = (&Visit, &Knows)> {
    visits.iter().filter_map(|visit| match &visit.at {
        At::Knows(knows) => Some((visit, knows.as_ref())),
        At::Done(_) | At::Without | At::Closed(_) | At::Failed(_) => None,
    })
}

/// What all the plans together leave at work.
pub(super) fn left(session: &Session, visits: &[Visit]) -> Left {
    known(visits).fold(Left::default(), |left, (_, knows)| {
        left.with(&Cache::of(&knows.loaded.document), &knows.patch, &knows.effect, session.now)
    })
}

/// `sign-out --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    account: &'a str,
    caches: Vec<One<'a, Told<'a>>>,
    still_valid: StillValid<'a>,
    /// Never: that is the issuer's to do.
    revoked: bool,
}

/// What goes on working.
#[derive(Serialize)]
struct StillValid<'a> {
    access_tokens: usize,
    until: Option<i64>,
    refresh_tokens: usize,
    broker: bool,
    put_back_by: &'a BTreeSet<&'static str>,
}

/// What is told of one cache.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    change: report::Change<'a>,
    siblings: Vec<Beside>,
    /// Files that look like copies of the cache and stay as they are.
    copies: Vec<String>,
}

/// A file beside a cache that still names the account.
#[derive(Serialize)]
pub(super) struct Beside {
    file: String,
    command: Option<String>,
}

impl Beside {
    /// As a sentence.
    pub(super) fn line(&self) -> Line {
        present::sign_out::sibling(&self.file, self.command.as_deref())
    }
}

/// Answers with what was planned or done at each place.
pub(super) fn answer(session: &Session, account: &str, visits: &[Visit], left: &Left) {
    let Left { access_tokens, until, refresh_tokens, broker, put_back_by } = left;
    let still_valid = StillValid {
        access_tokens: *access_tokens,
        until: until.map(|until| until.0),
        refresh_tokens: *refresh_tokens,
        broker: *broker,
        put_back_by,
    };
    let caches = visits.iter().map(one_in_json).collect();
    report::answer(session, &Report { at: session.now.0, account, caches, still_valid, revoked: false });
}

fn one_in_json(visit: &Visit) -> One<'_, Told<'_>> {
    let (place, app) = (visit.place.as_str(), visit.app.as_deref());
    let change = match &visit.at {
        At::Knows(knows) => report::Change::planned(&knows.patch),
        At::Done(done) => report::Change::done(&done.committed),
        At::Without => report::Change::nothing(),
        At::Closed(shut) => return One::Failed(report::Failed::closed(place, shut)),
        At::Failed(failure) => return One::Failed(report::Failed::new(Some(place), failure)),
    };
    One::Cache { place, app, told: Told { change, siblings: visit.siblings(), copies: visit.copies() } }
}
