//! `status`: which accounts need a sign-in, now or soon, for scripts and prompts. Local data only: nothing is renewed.

mod many;

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::{Typed, place_parser, span};
use super::caches::{self, Found, Listing, Looked, Need};
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{complete, report};
use crate::cache::{AccountRow, Health, Roster};
use crate::present::{Line, Role};
use crate::source::SealTrouble;
use crate::time::UnixSeconds;

/// Say which accounts need a sign-in, for scripts
///
/// Exit code 10: an account needs a sign-in now; 11: one will within --within, and nothing renews it.
/// Judged by what lies in the caches: no renewal is tried.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Caches to look at; none for those found here
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    places: Vec<Typed>,
    /// Print nothing; the exit code tells
    #[arg(long, short = 's')]
    pub(super) silent: bool,
    /// How soon is soon: a number with s, m, h or d
    #[arg(long, value_name = "SPAN", default_value = "15m", value_parser = span)]
    within: i64,
}

/// The moments of interest, in Unix seconds.
#[derive(Clone, Copy)]
struct Times {
    now: UnixSeconds,
    soon: UnixSeconds,
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    health: Health,
    dies_soon: bool,
}

/// Runs the command.
///
/// # Errors
/// No cache was found that can be looked at.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let times = Times { now: session.now, soon: session.now.plus(arguments.within) };
    if !session.is_demo && arguments.places.iter().any(|typed| typed.place.is_collection()) {
        return Ok(many::run(session, arguments, times));
    }
    let looked = caches::list_all(session, &arguments.places, Need::Rows)?;
    if looked.iter().all(|one| matches!(one.found, Found::Closed(_))) {
        return Err(Failure::new(Kind::Sealed(SealTrouble::Closed), "every cache found here is closed to us"));
    }
    let exit = looked.iter().fold(Exit::Done, |worst, one| worst.worse(judged(one, times)));
    match session.form {
        _ if arguments.silent => {}
        Form::Words => looked.iter().for_each(|one| in_words(session, one, times)),
        Form::Json => in_json(session, &looked, times, exit),
    }
    Ok(exit)
}

/// An account dies soon if it stands now but, if nothing is renewed until then, needs a sign-in.
fn standing(roster: &Roster, account: usize, times: Times) -> Standing {
    let health = roster.health(account, None, times.now);
    let later = roster.health(account, None, times.soon);
    Standing { health, dies_soon: health != Health::SignInNeeded && later == Health::SignInNeeded }
}

/// The accounts of people; what apps get with a credential of their own needs no sign-in.
fn standings(roster: &Roster, times: Times) -> impl Iterator<Item = (&AccountRow, Standing)> {
    let people = roster.accounts.iter().enumerate().filter(|(_, account)| !account.is_app_only());
    people.map(move |(at, account)| (account, standing(roster, at, times)))
}

fn judged(one: &Looked<Listing>, times: Times) -> Exit {
    let content = match &one.found {
        Found::Cache(content) => content,
        Found::Closed(_) => return Exit::Done,
        Found::Failed(failure) => return failure.kind().exit(),
    };
    exit_of(&content.roster, times)
}

fn exit_of(roster: &Roster, times: Times) -> Exit {
    let exits = standings(roster, times).map(|(_, standing)| match standing {
        Standing { health: Health::SignInNeeded, .. } => Exit::SignInNeeded,
        Standing { dies_soon: true, .. } => Exit::DiesSoon,
        Standing { health: Health::Ok | Health::Renews | Health::Unknown, dies_soon: false } => Exit::Done,
    });
    exits.fold(Exit::Done, Exit::worse)
}

fn in_words(session: &Session, one: &Looked<Listing>, times: Times) {
    match &one.found {
        Found::Cache(content) => {
            let place = session.named(content.source.place());
            of_roster(session, &place, &content.roster, times);
        }
        Found::Closed(shut) => session
            .say(&Line::new().with(Role::Dim, &format!("{}  {}, not opened", session.short(&one.place), shut.state))),
        Found::Failed(failure) => {
            session.report(failure);
        }
    }
}

/// A line for each account of a cache at `place`.
fn of_roster(session: &Session, place: &str, roster: &Roster, times: Times) {
    for (account, standing) in standings(roster, times) {
        let (words, role) = words(standing);
        let line = Line::new().with(Role::Dim, place).with(Role::Plain, "  ").with(Role::Strong, account.label());
        session.say(&line.with(Role::Plain, "  ").with(role, words));
    }
}

fn words(standing: Standing) -> (&'static str, Role) {
    match standing {
        Standing { dies_soon: true, .. } => ("needs a sign-in soon", Role::Warn),
        Standing { health: Health::Ok, .. } => ("ok", Role::Good),
        Standing { health: Health::Renews, .. } => ("renews itself", Role::Good),
        Standing { health: Health::SignInNeeded, .. } => ("SIGN-IN NEEDED", Role::Bad),
        Standing { health: Health::Unknown, .. } => ("unknown", Role::Dim),
    }
}

/// `status --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    within: i64,
    caches: Vec<report::One<'a, Told<'a>>>,
    exit: u8,
}

/// What is told of one cache.
#[derive(Serialize)]
struct Told<'a> {
    accounts: Vec<Account<'a>>,
}

#[derive(Serialize)]
struct Account<'a> {
    home_account_id: &'a str,
    username: Option<&'a str>,
    health: &'static str,
    dies_soon: bool,
}

fn in_json(session: &Session, looked: &[Looked<Listing>], times: Times, exit: Exit) {
    let caches = looked.iter().map(|one| report::One::of(one, None, |content| told_of(content, times))).collect();
    let within = times.soon.since(times.now);
    report::answer(session, &Report { at: times.now.0, within, caches, exit: exit.code() });
}

fn told_of(content: &Listing, times: Times) -> Told<'_> {
    Told { accounts: accounts_of(&content.roster, times).collect() }
}

fn accounts_of(roster: &Roster, times: Times) -> impl Iterator<Item = Account<'_>> {
    standings(roster, times).map(|(account, standing)| Account {
        home_account_id: &account.home_account_id,
        username: account.username.as_deref(),
        health: standing.health.name(),
        dies_soon: standing.dies_soon,
    })
}
