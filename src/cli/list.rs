//! `list`: accounts, tokens and their expiry. For people in columns, for pipes one record a line, for scripts JSON.

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::{Serialize, Serializer};

use super::args::{Typed, place_parser};
use super::caches::{self, Found, Listing, Looked, Need};
use super::failure::{Exit, Failure, Kind};
use super::query::QueryArgument;
use super::session::{Form, Session};
use super::{complete, report, rows};
use crate::cache::Roster;
use crate::ops::query::Query;
use crate::ops::tenure::{Early, early};
use crate::present::collection::{self, Standing};
use crate::present::list::{CacheTitle, Tally, cache_lines, footer, title_line};
use crate::present::record::{records, title_record};
use crate::present::{Line, Role};
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
    #[command(flatten)]
    pub(super) query: QueryArgument,
}

/// Runs the command.
///
/// # Errors
/// The query is none, no cache was found, or nothing matches the query.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let query = arguments.query.read()?;
    if !session.is_demo && arguments.places.iter().any(|typed| typed.place.is_collection()) {
        return rows::list(session, &arguments.places, query.as_ref().filter(|query| !query.is_empty()));
    }
    let need = match &query {
        Some(query) if !query.claims().is_empty() => Need::Tokens,
        None if session.form == Form::Words => Need::Brief,
        Some(_) | None => Need::Rows,
    };
    let mut looked = caches::list_all(session, &arguments.places, need)?;
    let taken: Vec<_> = looked.iter().map(|one| taken(session, one, query.as_ref())).collect();
    if taken.iter().all(|taken| taken.as_ref().is_some_and(|taken| !taken.contains(&true))) {
        return Err(Failure::new(Kind::NoMatch, "no entry matches the query"));
    }
    looked.iter_mut().zip(&taken).for_each(|(looked, taken)| keep(looked, taken.as_deref()));
    match session.form {
        Form::Words => in_words(session, &looked),
        Form::Json => in_json(session, &looked, &taken),
    }
    Ok(looked.iter().fold(Exit::Done, |worst, looked| worst.worse(looked.exit())))
}

/// Of each row of a cache whether the query takes it; `None` without a query, or where no cache was read.
pub(super) fn taken(session: &Session, looked: &Looked<Listing>, query: Option<&Query>) -> Option<Vec<bool>> {
    let query = query.filter(|query| !query.is_empty())?;
    let look = looked.content()?.look(session.now);
    Some(look.roster.rows.iter().map(|row| query.takes(&look, row)).collect())
}

/// Leaves of each account, and of the orphans, the rows that were taken.
pub(super) fn keep(looked: &mut Looked<Listing>, taken: Option<&[bool]>) {
    let (Found::Cache(content), Some(taken)) = (&mut looked.found, taken) else { return };
    keep_rows(&mut content.roster, taken);
}

/// The same of one cache.
pub(super) fn keep_rows(roster: &mut Roster, taken: &[bool]) {
    for account in &mut roster.accounts {
        account.rows.retain(|at| taken.get(*at).copied().unwrap_or(false));
    }
    for (row, is_taken) in roster.rows.iter_mut().zip(taken) {
        row.orphan &= is_taken;
    }
}

/// What is listed of places that hold one cache each.
pub(super) fn in_words(session: &Session, looked: &[Looked<Listing>]) {
    let to_person = session.io.borrow().shows_to_person();
    let mut tally = Tally::default();
    for one in looked {
        match &one.found {
            Found::Cache(content) => {
                tally.add(&content.roster, session.now);
                let title = title(session, one.app.as_deref(), content);
                match to_person {
                    true => {
                        session.say_all(&cache_lines(&title, &content.roster, session.now));
                        session.say_all(&early_lines(session, content));
                    }
                    false => records(&title, &content.roster, session.now, &mut |lines| session.say_lines(lines)),
                }
            }
            Found::Closed(shut) => {
                tally.caches += 1;
                let title = closed_title(session, one, &shut.state);
                session.say(&if to_person { title_line(&title) } else { title_record(&title) });
                let run = shut.run.as_ref().filter(|_| to_person);
                run.iter().for_each(|run| session.say(&Line::new().with(Role::Dim, &format!("  to open it: {run}"))));
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

fn title(session: &Session, app: Option<&str>, content: &Listing) -> CacheTitle {
    let mode = content.mode.map(|mode| format!(" {:04o}", mode & 0o7777)).unwrap_or_default();
    CacheTitle {
        app: app.unwrap_or_else(|| what(content)).to_owned(),
        place: content.source.place().short(session.home.as_deref()),
        protection: match content.among {
            Some(among) => collection::kept(content.seal, among.expires, session.now),
            None => format!("{}{mode}", content.seal),
        },
        mode: if content.source.readonly().is_some() { "RO" } else { "RW" }.to_owned(),
    }
}

/// Who wrote it; of one of many without a cache in it, what lies there.
fn what(content: &Listing) -> &'static str {
    let other = content.among.map(|among| among.standing).filter(|standing| *standing != Standing::Cache);
    other.map_or_else(|| content.roster.dialect.name(), Standing::name)
}

/// Whether one cache of many goes before its tokens do.
fn early_of(session: &Session, content: &Listing) -> Option<Early> {
    early(&content.roster, content.among?.expires, session.now)
}

fn early_lines(session: &Session, content: &Listing) -> Vec<Line> {
    let early = early_of(session, content);
    early.iter().map(|early| collection::early(content.source.place(), early)).collect()
}

fn closed_title(session: &Session, one: &Looked<Listing>, state: &str) -> CacheTitle {
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
pub(super) struct Told<'a> {
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    kept: Option<rows::Kept<'a>>,
    dialect: &'static str,
    accounts: report::Accounts<'a>,
    entries: Entries<'a>,
}

/// The entries that the query takes, made while they are written.
struct Entries<'a> {
    roster: &'a Roster,
    taken: Option<&'a [bool]>,
    now: UnixSeconds,
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_taken = |at: usize| self.taken.is_none_or(|taken| taken.get(at).copied().unwrap_or(false));
        let taken = self.roster.rows.iter().enumerate().filter(|(at, _)| is_taken(*at));
        serializer.collect_seq(taken.map(|(_, row)| report::Entry::new(row, self.now)))
    }
}

fn in_json(session: &Session, looked: &[Looked<Listing>], taken: &[Option<Vec<bool>>]) {
    let caches = looked.iter().zip(taken).map(|(one, taken)| {
        report::One::of(one, one.app.as_deref(), |content| told(session, content, taken.as_deref()))
    });
    report::answer(session, &Listed { at: session.now.0, caches: caches.collect() });
}

/// What is told of the cache at a place of its own.
pub(super) fn told<'a>(session: &Session, content: &'a Listing, taken: Option<&'a [bool]>) -> Told<'a> {
    let kept = content.among.map(|among| {
        let key = content.source.place().slot.as_deref().unwrap_or_default();
        rows::Kept::new(key, among.standing, among.expires, early_of(session, content).as_ref())
    });
    Told { kept, ..told_of(&content.roster, taken, session.now) }
}

/// What is told of the cache of `roster`, of which the rows that were `taken` are listed.
pub(super) fn told_of<'a>(roster: &'a Roster, taken: Option<&'a [bool]>, now: UnixSeconds) -> Told<'a> {
    let (accounts, entries) = (report::Accounts { roster, now }, Entries { roster, taken, now });
    Told { kept: None, dialect: roster.dialect.name(), accounts, entries }
}
