//! `prune`, `forget` and `renew` over a place with one cache per user: a plan with counts, one question, then cache after
//! cache. What was done is told exactly, also when it was stopped; a run again does the rest, since it plans anew.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::args::{OnePlace, Typed, Writing};
use super::change::{Keeps, Wish, change};
use super::confirm::{self, Stake};
use super::failure::{Exit, Failure, Kind, readonly_hint};
use super::filter::{again, refuse_unmatched, shows};
use super::session::{Form, Session};
use super::sweep::{self, Deed, Errand, Outcome, Plan};
use super::{each, report};
use crate::cache::{Cache, Roster};
use crate::json::Patch;
use crate::ops::Severity;
use crate::present::bulk::{self, Done, Planned};
use crate::present::collection::noun;
use crate::present::words;
use crate::source::{Collection, SourceError};

/// So many caches that failed are told by name; the others are counted.
const TOLD: usize = 20;

/// Options of a command over a place with one cache per user.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Over a place with one cache per user (see: saltcellar help web-apps)")]
pub(super) struct Many {
    /// Also remove the keys of caches in which nothing is left
    #[arg(long)]
    pub(super) drop_empty: bool,
    /// Change no more than N caches a second
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
}

/// What a command wants to do to one cache, or to many.
pub(super) struct Request<'a> {
    /// Where.
    pub(super) place: &'a OnePlace,
    /// How to go about it.
    pub(super) writing: &'a Writing,
    /// How to go about many.
    pub(super) many: &'a Many,
    /// Whether an undo of a change to one cache is kept.
    pub(super) keeps: Keeps,
    /// "Prune", for the title of the plan.
    pub(super) verb: &'static str,
    /// The change.
    pub(super) propose: &'a dyn Fn(&Cache<'_>) -> Patch,
    /// Names of the command line that nothing in a cache bears.
    pub(super) unmatched: &'a dyn Fn(&Roster) -> Vec<(&'static str, String)>,
    /// What to say when nothing is to be done.
    pub(super) nothing: &'a str,
}

/// Carries the request out, on one cache or on many.
///
/// # Errors
/// Why nothing was written.
pub(super) fn run(session: &Session, request: &Request<'_>) -> Result<Exit, Failure> {
    let served = request.place.place.as_ref().filter(|typed| !session.is_demo && typed.place.is_served());
    let is_many = |typed: &&Typed| typed.place.is_collection() || request.many.drop_empty;
    if let Some(typed) = served.filter(is_many) {
        return over_many(session, typed, request);
    }
    if request.many.drop_empty || request.many.rate.is_some() {
        let failure = Failure::new(Kind::Usage, "--drop-empty and --rate are for places with one cache per user");
        return Err(failure.hint("see: saltcellar help web-apps"));
    }
    let here = again(session, request.place.place.as_ref());
    let propose = |cache: &Cache<'_>| {
        refuse_unmatched((request.unmatched)(&Roster::shared(cache)), &here)?;
        Ok((request.propose)(cache))
    };
    let Request { place, writing, keeps, nothing, .. } = *request;
    change(session, &Wish { place, writing, keeps, propose: &propose, nothing })
}

fn over_many(session: &Session, typed: &Typed, request: &Request<'_>) -> Result<Exit, Failure> {
    let collection = each::open(typed, session.access())?;
    if !request.writing.dry_run {
        refuse_readonly(&collection)?;
    }
    let errand = Errand {
        propose: request.propose,
        unmatched: request.unmatched,
        drops_empty: request.many.drop_empty,
        now: session.now,
    };
    let one: Option<Vec<String>> = typed.place.slot.clone().map(|key| vec![key]);
    let seen = &mut |plan: &Plan| progress(session, &bulk::looking(&plan.count));
    let plan = Plan::make(&collection, one.as_deref(), &errand, seen);
    session.io.borrow().progress(None);
    let plan = plan.map_err(|error| Failure::at(&typed.place, error))?;
    if let Some((option, value)) = plan.unmatched.iter().flatten().next() {
        let says = format!("{option} {value} matches nothing in any cache of {}", collection.place());
        return Err(Failure::new(Kind::NoMatch, says).hint(shows(option, &again(session, Some(typed)))));
    }
    let run = Run { session, collection: &collection, request, errand: &errand, plan: &plan };
    let Some(severity) = &plan.severity else { return Ok(run.nothing_to_do()) };
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&bulk::plan(request.verb, &collection.place().to_string(), &run.planned()));
    }
    if request.writing.dry_run {
        return Ok(run.only_planned());
    }
    run.confirm(severity)?;
    Ok(run.carry_out())
}

/// Refuses before anybody is asked.
///
/// # Errors
/// The place is open read-only.
pub(super) fn refuse_readonly(collection: &Collection) -> Result<(), Failure> {
    let Some(by) = collection.readonly() else { return Ok(()) };
    let failure = Failure::new(Kind::ReadOnly, format!("{} is open read-only, by {by}", collection.place()));
    Err(failure.hint(readonly_hint(&by)))
}

/// Says how far it is, on a terminal.
fn progress(session: &Session, says: &str) {
    if session.form == Form::Words {
        session.io.borrow().progress(Some(says));
    }
}

/// One request over one collection.
struct Run<'a> {
    session: &'a Session,
    collection: &'a Collection,
    request: &'a Request<'a>,
    errand: &'a Errand<'a>,
    plan: &'a Plan,
}

impl Run<'_> {
    fn planned(&self) -> Planned<'_> {
        Planned {
            noun: noun(self.collection.place()),
            count: &self.plan.count,
            touched: self.plan.keys.len(),
            removed: &self.plan.removed,
            accounts: self.plan.accounts,
            live: self.plan.live,
            emptied: self.plan.emptied,
            emptied_in_sessions: self.plan.emptied_in_sessions,
            dropped: self.plan.dropped,
            in_sessions: self.plan.in_sessions,
            drops_empty: self.errand.drops_empty,
        }
    }

    fn nothing_to_do(&self) -> Exit {
        match self.session.form {
            Form::Words => self.session.tell(self.request.nothing),
            Form::Json => self.answer(&Outcome::default(), &[], false),
        }
        Exit::Done
    }

    fn only_planned(&self) -> Exit {
        match self.session.form {
            Form::Words => self.session.tell("Nothing was written: this was a dry run."),
            Form::Json => self.answer(&Outcome::default(), &[], true),
        }
        Exit::Done
    }

    fn confirm(&self, severity: &Severity) -> Result<(), Failure> {
        let place = self.collection.place().to_string();
        match severity {
            Severity::Severe { names } => {
                let names: Vec<String> = names.iter().cloned().chain([place]).collect();
                confirm::name(self.session, self.request.writing, &names, Stake::SignIn)
            }
            Severity::Mild | Severity::Moderate => {
                confirm::change(self.session, self.request.writing, severity, &place)
            }
        }
    }

    fn carry_out(&self) -> Exit {
        let (session, total) = (self.session, self.plan.keys.len());
        let exit = Cell::new(Exit::Done);
        let failed: RefCell<Vec<(String, Failure)>> = RefCell::default();
        let mut done = 0;
        let began = session.elapsed();
        let hear = &mut |key: &str, deed: &Deed| {
            done += 1;
            exit.set(exit.get().worse(self.heard(key, deed, &failed)));
            progress(session, &bulk::going(done, total));
            self.keep_to_rate(began, done);
        };
        let outcome =
            session.patiently(|patience| sweep::carry_out(self.collection, self.plan, self.errand, patience, hear));
        session.io.borrow().progress(None);
        let exit = match session.signal().filter(|_| outcome.left > 0) {
            Some(signal) => Exit::Signal(signal),
            None => exit.get(),
        };
        // Not before: from then on a second signal ends the process, whatever it is about.
        if outcome.changed + outcome.dropped > 0 {
            session.note_write(exit);
        }
        let failed = failed.into_inner();
        match session.form {
            Form::Words => self.tell(&outcome, failed.len()),
            Form::Json => self.answer(&outcome, &failed, false),
        }
        exit
    }

    /// What came of one cache; how a run ends that had this one alone.
    fn heard(&self, key: &str, deed: &Deed, failed: &RefCell<Vec<(String, Failure)>>) -> Exit {
        let session = self.session;
        match deed {
            Deed::Changed { durable, trouble } => {
                trouble.iter().for_each(|trouble| session.tell(trouble));
                if *durable { Exit::Done } else { Exit::NotDurable }
            }
            Deed::Dropped | Deed::Untouched | Deed::Gone => Exit::Done,
            Deed::Failed(error) => {
                let failure = failure_of(error);
                let exit = failure.kind().exit();
                let mut failed = failed.borrow_mut();
                if failed.len() < TOLD {
                    session.io.borrow().progress(None);
                    session.talk_all(&failure.lines());
                    failed.push((self.collection.place().with_slot(key).to_string(), failure));
                }
                exit
            }
        }
    }

    fn keep_to_rate(&self, began: Duration, done: usize) {
        let Some(rate) = self.request.many.rate else { return };
        let due = began + Duration::from_secs_f64(done as f64 / f64::from(rate.get()));
        let ahead = due.saturating_sub(self.session.elapsed());
        if !ahead.is_zero() {
            self.session.linger(ahead);
        }
    }

    fn tell(&self, outcome: &Outcome, told: usize) {
        let Outcome { changed, dropped, untouched, failed, written_since, put_back, left } = *outcome;
        let one = noun(self.collection.place());
        let done = Done {
            noun: one,
            changed,
            dropped,
            untouched,
            failed,
            untold: failed - told.min(failed),
            written_since,
            put_back,
            left,
        };
        self.session.talk_all(&bulk::done(&done));
    }

    fn answer(&self, outcome: &Outcome, failed: &[(String, Failure)], dry_run: bool) {
        let count = &self.plan.count;
        let told = failed.iter().map(|(place, failure)| report::Failed::new(Some(place), failure));
        let body = Report {
            place: self.collection.place().to_string(),
            caches: count.tally.caches + count.empty,
            touched: self.plan.keys.len(),
            removes: &self.plan.removed,
            empties: self.plan.emptied,
            drops: self.plan.dropped,
            left_alone: LeftAlone { no_cache: count.no_cache, sealed: count.sealed, unreadable: count.unreadable },
            changed: outcome.changed,
            dropped: outcome.dropped,
            untouched: outcome.untouched,
            failed: outcome.failed,
            errors: told.collect(),
            written_since: outcome.written_since,
            put_back: outcome.put_back,
            not_reached: outcome.left,
            written: outcome.changed + outcome.dropped > 0,
            dry_run: dry_run.then_some(true),
        };
        report::answer(self.session, &body);
    }
}

/// A failure of one cache, in words that name it.
fn failure_of(error: &SourceError) -> Failure {
    let is_conflict = matches!(error, SourceError::Changed { .. } | SourceError::Locked { .. });
    let is_policy = matches!(error, SourceError::Forbidden(_));
    let kind = match (is_conflict, is_policy) {
        (true, _) => Kind::Changed,
        (_, true) => Kind::Policy,
        (false, false) => Kind::Write,
    };
    Failure::new(kind, words::error(error))
}

/// `prune`, `forget` and `renew` with `--json` over many caches.
#[derive(Serialize)]
struct Report<'a> {
    place: String,
    caches: usize,
    touched: usize,
    removes: &'a BTreeMap<String, usize>,
    empties: usize,
    drops: usize,
    left_alone: LeftAlone,
    changed: usize,
    dropped: usize,
    untouched: usize,
    failed: usize,
    errors: Vec<report::Failed<'a>>,
    written_since: usize,
    put_back: usize,
    not_reached: usize,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
struct LeftAlone {
    no_cache: usize,
    sealed: usize,
    unreadable: usize,
}
