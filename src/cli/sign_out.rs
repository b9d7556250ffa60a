//! `sign-out`: takes one account out of every cache found here. One plan, one confirmation, then each cache by itself:
//! a failure in one hides no other. Keeps no undo unless asked: it would hold the forgotten tokens.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::args::{Forgetting, Typed, place_parser};
use super::caches::{self, Content, Found, Looked};
use super::change::{DIFF_LINES, Propose, commit, note, refuse_readonly, tell_in_words};
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::visit::{At, Done, Knows, Visit, answer, known, left};
use super::{complete, confirm};
use crate::cache::{Cache, Roster};
use crate::ops::{self, ForgetOptions, Left, Severity};
use crate::present::{self, Line, Role};

/// Remove an account from every cache found here
///
/// Each cache is changed as `forget` does. This is local: it revokes nothing, and says what goes on working.
/// Sealed caches are not opened, and named.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The account: its user name or home_account_id
    #[arg(value_name = "ACCOUNT", add = ArgValueCompleter::new(complete::accounts))]
    account: String,
    /// A cache or folder to look into, instead of those found here
    #[arg(long = "place", value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    places: Vec<Typed>,
    #[command(flatten)]
    forgetting: Forgetting,
}

/// Runs the command.
///
/// # Errors
/// No cache was found, or nobody confirmed: nothing was written then.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let looked = caches::read_all(session, &arguments.places)?;
    let ids = ops::home_ids(looked.iter().filter_map(roster_of), &arguments.account);
    let names: Vec<String> = [&arguments.account].into_iter().chain(&ids).cloned().collect();
    let options = ForgetOptions { accounts: names, ..ForgetOptions::default() };
    let visits: Vec<Visit> = looked.into_iter().map(|looked| visit(session, arguments, looked, &options)).collect();
    let failed = report_failures(session, &visits);
    let Some(severity) = gravest(&visits) else { return Ok(nobody(session, arguments, &visits).worse(failed)) };
    let left = left(session, &visits);
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&plan(session, arguments, &visits, &ids, &left));
    }
    if arguments.forgetting.writing.dry_run {
        only_planned(session, arguments, &visits, &left);
        return Ok(failed);
    }
    confirm::change(session, &arguments.forgetting.writing, &named(severity, &arguments.account), &arguments.account)?;
    Ok(carry_out(session, arguments, visits, &options, &left))
}

fn roster_of(looked: &Looked) -> Option<&Roster> {
    match &looked.found {
        Found::Cache(content) => Some(&content.roster),
        Found::Closed(_) | Found::Failed(_) => None,
    }
}

fn visit(session: &Session, arguments: &Arguments, looked: Looked, options: &ForgetOptions) -> Visit {
    let at = match looked.found {
        Found::Cache(content) => look_for(session, arguments, *content, options).unwrap_or_else(At::Failed),
        Found::Closed(shut) => At::Closed(shut),
        Found::Failed(failure) => At::Failed(failure),
    };
    Visit { place: looked.place, app: looked.app, at }
}

fn look_for(
    session: &Session,
    arguments: &Arguments,
    content: Content,
    options: &ForgetOptions,
) -> Result<At, Failure> {
    let Content { source, loaded, .. } = content;
    let cache = Cache::of(&loaded.document);
    let patch = ops::forget(&cache, options);
    if patch.is_empty() {
        return Ok(At::Without);
    }
    if !arguments.forgetting.writing.dry_run {
        refuse_readonly(&source)?;
    }
    let effect = ops::effect(&cache, &patch, session.now);
    let source = if arguments.forgetting.keep_undo { source } else { source.without_undo() };
    Ok(At::Knows(Box::new(Knows { source, loaded, patch, effect })))
}

/// Says what could not be read, before anything else; how bad it is.
fn report_failures(session: &Session, visits: &[Visit]) -> Exit {
    let failures = visits.iter().filter_map(|visit| match &visit.at {
        At::Failed(failure) => Some(failure),
        At::Knows(_) | At::Done(_) | At::Without | At::Closed(_) => None,
    });
    failures.fold(Exit::Done, |worst, failure| worst.worse(session.report(failure)))
}

/// The one confirmation that serves all caches; `None` where no cache knows the account.
fn gravest(visits: &[Visit]) -> Option<Severity> {
    let mut severities = known(visits).map(|(_, knows)| &knows.effect.severity);
    let first = severities.next()?.clone();
    Some(severities.fold(first, |gravest, severity| match (gravest, severity) {
        (Severity::Severe { names }, Severity::Severe { names: more }) => {
            Severity::Severe { names: shared(names, more) }
        }
        (Severity::Severe { names }, Severity::Mild | Severity::Moderate) => Severity::Severe { names },
        (Severity::Mild | Severity::Moderate, Severity::Severe { names }) => Severity::Severe { names: names.clone() },
        (Severity::Mild, Severity::Mild) => Severity::Mild,
        (Severity::Mild | Severity::Moderate, Severity::Mild | Severity::Moderate) => Severity::Moderate,
    }))
}

/// What was asked for confirms it: a cache without an account entry cannot tell how its owner is called.
fn named(severity: Severity, account: &str) -> Severity {
    match severity {
        Severity::Severe { names } => {
            Severity::Severe { names: [account.to_owned()].into_iter().chain(names).collect() }
        }
        Severity::Mild | Severity::Moderate => severity,
    }
}

/// The names that both caches have for what goes.
fn shared(names: Vec<String>, more: &[String]) -> Vec<String> {
    let is_there = |name: &String| more.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    names.into_iter().filter(is_there).collect()
}

/// What will happen in each cache, what beside it names the account, and what none of it does.
fn plan(session: &Session, arguments: &Arguments, visits: &[Visit], ids: &[String], left: &Left) -> Vec<Line> {
    let mut lines = vec![Line::new().with(Role::Strong, &format!("Sign {} out", arguments.account))];
    if ids.len() > 1 {
        lines.push(present::sign_out::several(&arguments.account, ids));
    }
    for (visit, knows) in known(visits) {
        let cache = Cache::of(&knows.loaded.document);
        lines.extend([Line::new(), head(session, visit)]);
        lines.extend(present::change::changes(&cache, &knows.patch));
        lines.push(Line::new());
        lines.extend(present::change::diff(&cache, &knows.patch, DIFF_LINES));
        lines.push(Line::new());
        lines.extend(present::change::consequences(&knows.effect));
        lines.extend(visit.copies().iter().map(|copy| present::sign_out::copy(&session.short(copy))));
    }
    lines.push(Line::new());
    lines.extend(present::sign_out::left(left, session.now));
    lines.extend(not_looked_into(session, visits));
    lines
}

fn head(session: &Session, visit: &Visit) -> Line {
    let line = Line::new().with(Role::Strong, &session.short(&visit.place));
    match &visit.app {
        Some(app) => line.with(Role::Dim, &format!("  {app}")),
        None => line,
    }
}

fn not_looked_into(session: &Session, visits: &[Visit]) -> Vec<Line> {
    let closed = visits.iter().filter_map(|visit| match &visit.at {
        At::Closed(shut) => Some((visit, &shut.state)),
        At::Knows(_) | At::Done(_) | At::Without | At::Failed(_) => None,
    });
    let app = |visit: &Visit| visit.app.clone().unwrap_or_default();
    let line = |(visit, state): (&Visit, &String)| {
        present::sign_out::not_looked_into(&app(visit), &session.short(&visit.place), state)
    };
    closed.map(line).collect()
}

/// No plan: the account is in none of the caches, or only in those that may not be changed, which was said.
fn nobody(session: &Session, arguments: &Arguments, visits: &[Visit]) -> Exit {
    let is_refused = |visit: &Visit| matches!(&visit.at, At::Failed(failure) if failure.kind() == Kind::ReadOnly);
    let exit = match visits.iter().any(is_refused) {
        true => Exit::Failed,
        false => {
            let says = format!("no cache that was opened knows {}", arguments.account);
            let hint = "`saltcellar list` shows the accounts of the caches found here";
            session.report(&Failure::new(Kind::NoMatch, says).hint(hint))
        }
    };
    session.talk_all(&not_looked_into(session, visits));
    if session.form == Form::Json {
        answer(session, &arguments.account, visits, &Left::default());
    }
    exit
}

fn only_planned(session: &Session, arguments: &Arguments, visits: &[Visit], left: &Left) {
    let beside = visits.iter().flat_map(Visit::siblings);
    match session.form {
        Form::Words => {
            session.talk_all(&beside.map(|beside| beside.line()).collect::<Vec<_>>());
            session.tell("Nothing was written: this was a dry run.");
        }
        Form::Json => answer(session, &arguments.account, visits, left),
    }
}

/// Commits each plan by itself, and says what became of it; the worst of the exits.
fn carry_out(
    session: &Session,
    arguments: &Arguments,
    visits: Vec<Visit>,
    options: &ForgetOptions,
    left: &Left,
) -> Exit {
    let propose = |cache: &Cache<'_>| Ok(ops::forget(cache, options));
    let mut exit = Exit::Done;
    let mut done = Vec::new();
    for Visit { place, app, at } in visits {
        let at = match at {
            At::Knows(knows) => commit_one(session, &place, *knows, &propose),
            At::Without | At::Closed(_) | At::Failed(_) | At::Done(_) => at,
        };
        exit = exit.worse(at.exit());
        done.push(Visit { place, app, at });
    }
    if session.form == Form::Json {
        answer(session, &arguments.account, &done, left);
    }
    match session.signal() {
        Some(signal) if !session.has_written() => Exit::Signal(signal),
        Some(_) | None => exit,
    }
}

fn commit_one(session: &Session, place: &str, knows: Knows, propose: &Propose<'_>) -> At {
    match commit(session, &knows.source, propose, &knows.effect.severity) {
        Ok(committed) => {
            let exit = note(session, &committed);
            if session.form == Form::Words {
                session.talk_all(&[Line::new(), Line::new().with(Role::Strong, &session.short(place))]);
                tell_in_words(session, &knows.source, &committed);
            }
            At::Done(Box::new(Done { source: knows.source, committed, exit }))
        }
        Err(failure) => {
            session.report(&failure);
            At::Failed(failure)
        }
    }
}
