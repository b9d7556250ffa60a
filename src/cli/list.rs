//! `list`: accounts, tokens and their expiry. For people in columns, for pipes one record a line, for scripts JSON.

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::{Serialize, Serializer};

use super::args::{Typed, place_parser};
use super::caches::{self, Content, Found, Looked};
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{complete, report};
use crate::cache::{Roster, Row};
use crate::ops::query::Query;
use crate::present::list::{CacheTitle, Tally, cache_lines, footer, records, title_line, title_record};
use crate::time::UnixSeconds;

/// List accounts, tokens and their expiry
///
/// Without a PLACE it opens the plaintext caches of your own at the well-known places, and names the sealed ones.
/// Piped, it prints one record a line with tabs between fields, and cuts nothing.
#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// Caches to list; none for those found here
    #[arg(value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    pub(super) places: Vec<Typed>,
    /// Only entries in which every word is found; !word must not be
    #[arg(long, short = 'q', value_name = "QUERY", default_value = "", hide_default_value = true, value_parser = query)]
    pub(super) query: Query,
}

fn query(text: &str) -> Result<Query, std::convert::Infallible> {
    Ok(Query::parse(text))
}

/// Runs the command.
///
/// # Errors
/// No cache was found, or nothing matches the query.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let mut looked = caches::read_all(session, &arguments.places)?;
    looked.iter_mut().for_each(|looked| keep_matching(looked, &arguments.query));
    if looked.iter().all(|looked| is_without_match(looked, &arguments.query)) {
        return Err(Failure::new(Kind::NoMatch, "no entry matches the query"));
    }
    match session.form {
        Form::Words => in_words(session, &looked),
        Form::Json => in_json(session, &looked, &arguments.query),
    }
    Ok(looked.iter().fold(Exit::Done, |worst, looked| worst.worse(looked.exit())))
}

/// Leaves of each account, and of the orphans, the rows that the query takes.
fn keep_matching(looked: &mut Looked, query: &Query) {
    let Found::Cache(content) = &mut looked.found else { return };
    if query.0.is_empty() {
        return;
    }
    let taken: Vec<bool> = content.roster.rows.iter().map(|row| query.takes(&content.roster, row)).collect();
    for account in &mut content.roster.accounts {
        account.rows.retain(|at| taken.get(*at).copied().unwrap_or(false));
    }
    for (row, is_taken) in content.roster.rows.iter_mut().zip(taken) {
        row.orphan &= is_taken;
    }
}

/// Whether this is a cache in which the query finds nothing. Without a query everything matches.
fn is_without_match(looked: &Looked, query: &Query) -> bool {
    let Found::Cache(content) = &looked.found else { return false };
    !query.0.is_empty() && !content.roster.rows.iter().any(|row| is_taken(query, &content.roster, row))
}

fn is_taken(query: &Query, roster: &Roster, row: &Row) -> bool {
    query.0.is_empty() || query.takes(roster, row)
}

fn in_words(session: &Session, looked: &[Looked]) {
    let to_person = session.io.borrow().shows_to_person();
    let mut tally = Tally::default();
    for one in looked {
        match &one.found {
            Found::Cache(content) => {
                tally.add(&content.roster, session.now);
                let title = title(session, one.app.as_deref(), content);
                session.say_all(&match to_person {
                    true => cache_lines(&title, &content.cache(), &content.roster, session.now),
                    false => records(&title, &content.roster, session.now),
                });
            }
            Found::Closed(state) => {
                tally.caches += 1;
                let title = closed_title(session, one, state);
                session.say(&if to_person { title_line(&title) } else { title_record(&title) });
            }
            Found::Failed(failure) => {
                session.report(failure);
            }
        }
    }
    if to_person && looked.iter().any(|one| !matches!(one.found, Found::Failed(_))) {
        session.say(&footer(&tally));
    }
}

fn title(session: &Session, app: Option<&str>, content: &Content) -> CacheTitle {
    let mode = content.loaded.mode.map(|mode| format!(" {:04o}", mode & 0o7777)).unwrap_or_default();
    CacheTitle {
        app: app.unwrap_or_else(|| content.roster.dialect.name()).to_owned(),
        place: content.source.place().short(session.home.as_deref()),
        protection: format!("{}{mode}", content.source.seal()),
        mode: if content.source.readonly().is_some() { "RO" } else { "RW" }.to_owned(),
    }
}

fn closed_title(session: &Session, one: &Looked, state: &str) -> CacheTitle {
    let place = session.short(&one.place);
    let protection = format!("{state}, not opened");
    CacheTitle { app: one.app.clone().unwrap_or_default(), place, protection, mode: String::new() }
}

/// `list --json`.
#[derive(Serialize)]
struct Listed<'a> {
    at: i64,
    caches: Vec<report::One<'a, Told<'a>>>,
}

/// What is told of one cache.
#[derive(Serialize)]
struct Told<'a> {
    dialect: &'static str,
    accounts: report::Accounts<'a>,
    entries: Entries<'a>,
}

/// The entries that the query takes, made while they are written.
struct Entries<'a> {
    roster: &'a Roster,
    query: &'a Query,
    now: UnixSeconds,
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let taken = self.roster.rows.iter().filter(|row| is_taken(self.query, self.roster, row));
        serializer.collect_seq(taken.map(|row| report::Entry::new(row, self.now)))
    }
}

fn in_json(session: &Session, looked: &[Looked], query: &Query) {
    let caches =
        looked.iter().map(|one| report::One::of(one, one.app.as_deref(), |content| told(session, content, query)));
    report::answer(session, &Listed { at: session.now.0, caches: caches.collect() });
}

fn told<'a>(session: &Session, content: &'a Content, query: &'a Query) -> Told<'a> {
    let (roster, now) = (&content.roster, session.now);
    let (accounts, entries) = (report::Accounts { roster, now }, Entries { roster, query, now });
    Told { dialect: roster.dialect.name(), accounts, entries }
}
