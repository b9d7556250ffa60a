//! `discover`: every known place of this machine, how it is wrapped, what is in it where that can be read without
//! asking. Unseals nothing, asks nobody, writes nothing.

use clap::Args;
use serde::Serialize;

use super::caches::{Listing, none_found};
use super::failure::{Exit, Failure};
use super::lock::{self, Who};
use super::report;
use super::session::{DEMO_NAME, Form, Session};
use crate::ops::summary::{Standing, standing};
use crate::present::discover::{Inside, Sight, absent, command, footer, lines, record};
use crate::present::{self, Line};
use crate::source::{Access, Known, LockState, LockStatus, Place, Source, WhyNot, discover};

/// List every known place of token caches on this machine
///
/// It looks where Azure CLI, azure-identity, Azure PowerShell and other apps keep their caches, and at places of the
/// settings. Plaintext files of your own are read and counted; what is sealed is named with the command that opens
/// it. Nothing is unsealed, nobody is asked, nothing is written. Piped, it prints one record a line with tabs.
#[derive(Debug, Args)]
pub struct Arguments {
    /// List the well-known places that hold nothing too
    #[arg(long)]
    all: bool,
}

/// One place after the look.
struct Row {
    app: String,
    /// The place as JSON names it.
    place: String,
    short: String,
    known: Option<Known>,
    locks: Vec<LockStatus>,
    content: Content,
}

/// What is in a place.
enum Content {
    Read { entries: usize, standing: Standing },
    Closed(WhyNot),
    Failed(Failure),
}

/// Runs the command.
///
/// # Errors
/// No place holds a cache.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let (rows, nothing) = match session.is_demo {
        true => (vec![Row::demo(session)], Vec::new()),
        false => {
            let (there, nothing): (Vec<_>, Vec<_>) =
                discover(&session.config().settings.places).into_iter().partition(|known| known.exists);
            if there.is_empty() && !arguments.all {
                return Err(none_found(&nothing));
            }
            (there.into_iter().map(|known| Row::of(session, known)).collect(), nothing)
        }
    };
    match session.form {
        Form::Words => in_words(session, &rows, &nothing, arguments.all),
        Form::Json => in_json(session, &rows, &nothing, arguments.all),
    }
    Ok(if rows.is_empty() { Exit::NoMatch } else { Exit::Done })
}

impl Row {
    fn of(session: &Session, known: Known) -> Self {
        let content = match &known.why_not {
            Some(why_not) => Content::Closed(why_not.clone()),
            None => Content::read(session, &known),
        };
        Self {
            app: known.app.clone(),
            place: known.place.to_string(),
            short: Place::file(&known.path).short(session.home.as_deref()),
            locks: known.locks(),
            content,
            known: Some(known),
        }
    }

    fn demo(session: &Session) -> Self {
        let source = session.demo(session.access());
        let (place, app) = (source.place().to_string(), DEMO_NAME.to_owned());
        let content = Content::of(session, Listing::skim(source));
        Self { app, short: place.clone(), place, known: None, locks: Vec::new(), content }
    }

    fn state(&self) -> &str {
        self.known.as_ref().map_or("in memory", |known| &known.state)
    }

    fn seal(&self) -> Option<&'static str> {
        self.known.as_ref().map_or(Some("plaintext"), |known| known.seal)
    }

    fn sight(&self) -> Sight<'_> {
        Sight {
            app: &self.app,
            place: self.short.clone(),
            state: self.state(),
            is_bare: self.known.as_ref().is_some_and(Known::is_bare),
            inside: match &self.content {
                Content::Read { entries, standing } => Inside::Read(*entries, *standing),
                Content::Closed(why_not) => Inside::Closed(why_not.clone(), self.place.clone()),
                Content::Failed(failure) => Inside::Failed(failure.says()),
            },
            bytes: self.known.as_ref().and_then(|known| known.bytes),
            modified: self.known.as_ref().and_then(|known| known.modified),
            locks: &self.locks,
        }
    }
}

impl Content {
    /// Reads a plaintext cache of the own user without a trace.
    fn read(session: &Session, known: &Known) -> Self {
        let access = Access { readonly: Some("discover".to_owned()), ..session.access() };
        let source = Source::open(&known.place, access).map_err(|error| Failure::at(&known.place, error));
        Self::of(session, source.and_then(Listing::skim))
    }

    fn of(session: &Session, listing: Result<Listing, Failure>) -> Self {
        match listing {
            Ok(Listing { roster, .. }) => {
                Self::Read { entries: roster.rows.len(), standing: standing(&roster, session.now) }
            }
            Err(failure) => Self::Failed(failure),
        }
    }
}

fn in_words(session: &Session, rows: &[Row], nothing: &[Known], all: bool) {
    let to_person = session.io.borrow().shows_to_person();
    for row in rows {
        match to_person {
            true => session.say_all(&[&lines(&row.sight(), session.now)[..], &[Line::new()]].concat()),
            false => session.say(&record(&row.sight())),
        }
    }
    if all {
        for known in nothing {
            let place = session.named(&known.place);
            session.say(&absent(&known.app, &place, known.made_by.as_deref()));
        }
    }
    if to_person {
        let opened = rows.iter().filter(|row| matches!(row.content, Content::Read { .. })).count();
        session.say(&footer(rows.len(), opened, nothing.len()));
    }
}

/// `discover --json`.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    places: Vec<Told<'a>>,
    absent: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    nothing_at: Option<Vec<Absent<'a>>>,
}

#[derive(Serialize)]
struct Told<'a> {
    app: &'a str,
    place: &'a str,
    path: Option<String>,
    says: &'a str,
    seal: Option<&'static str>,
    opened: bool,
    why_not: Option<Why>,
    entries: Option<usize>,
    accounts: Option<Accounts>,
    bytes: Option<u64>,
    modified: Option<i64>,
    lock: &'static str,
    holder: Option<Who<'a>>,
}

#[derive(Serialize)]
struct Why {
    kind: &'static str,
    says: String,
    /// The command that opens it, where one does.
    run: Option<String>,
    /// What to do, where something is in the way.
    hint: Option<String>,
}

#[derive(Serialize)]
struct Accounts {
    ok: usize,
    renews: usize,
    sign_in_needed: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Absent<'a> {
    app: &'a str,
    place: String,
    made_by: Option<&'a str>,
}

fn in_json(session: &Session, rows: &[Row], nothing: &[Known], all: bool) {
    let named = nothing.iter().map(|known| Absent {
        app: &known.app,
        place: known.place.to_string(),
        made_by: known.made_by.as_deref(),
    });
    let nothing_at = all.then(|| named.collect());
    let places = rows.iter().map(told).collect();
    report::answer(session, &Report { at: session.now.0, places, absent: nothing.len(), nothing_at });
}

fn told(row: &Row) -> Told<'_> {
    let (entries, standing) = match &row.content {
        Content::Read { entries, standing } => (Some(*entries), Some(standing)),
        Content::Closed(_) | Content::Failed(_) => (None, None),
    };
    let taken = row.locks.iter().find(|lock| !matches!(lock.state, LockState::Free));
    Told {
        app: &row.app,
        place: &row.place,
        path: row.known.as_ref().map(|known| known.path.display().to_string()),
        says: row.state(),
        seal: row.seal(),
        opened: entries.is_some(),
        why_not: why_not(row),
        entries,
        accounts: standing.map(accounts),
        bytes: row.known.as_ref().and_then(|known| known.bytes),
        modified: row.known.as_ref().and_then(|known| known.modified).map(|at| at.0),
        lock: taken.map_or("free", |lock| present::lock::name(&lock.state)),
        holder: taken.and_then(lock::holder),
    }
}

fn why_not(row: &Row) -> Option<Why> {
    match &row.content {
        Content::Read { .. } => None,
        Content::Closed(why_not) => {
            let run = why_not.opens_when_asked().then(|| command(&row.place));
            let hint = why_not.obstacle().map(present::obstacle::advice);
            Some(Why { kind: why_not.name(), says: says(row, why_not), run, hint })
        }
        Content::Failed(failure) => Some(Why {
            kind: failure.kind().name(),
            says: failure.says(),
            run: None,
            hint: failure.hints().first().cloned(),
        }),
    }
}

/// What is in the way, or what was seen.
fn says(row: &Row, why_not: &WhyNot) -> String {
    why_not.obstacle().map_or_else(|| row.state().to_owned(), ToString::to_string)
}

fn accounts(standing: &Standing) -> Accounts {
    let Standing { ok, renews, sign_in_needed, unknown } = *standing;
    Accounts { ok, renews, sign_in_needed, unknown }
}
