//! `run`: runs a command, and says what it did with the caches and why it asked to sign in or not. Only looks: the
//! command's streams, exit code and umask are its own.

use std::ffi::OsString;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::{OnePlace, Typed, place_parser};
use super::caches;
use super::differences::Differences;
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{complete, report};
use crate::cache::{Cache, Roster};
use crate::json::Document;
use crate::ops::deed::{Deed, Stand, deeds};
use crate::ops::{Comparison, Moment, compare};
use crate::present::{Line, Role, deed};
use crate::secret::SecretBytes;
use crate::source::{Place, Source, SourceError, discover};
use crate::system;
use crate::time::UnixSeconds;

/// Run a command and say what it did with the caches, and why it asked to sign in or not
///
/// Looks at the plaintext caches found here before and after. What is said goes to standard error, behind the
/// command's own words; the exit code is the command's. Core dumps stay off for it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A cache to look at, instead of those found here
    #[arg(long = "place", value_name = "PLACE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    places: Vec<Typed>,
    /// The command and its arguments
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// A cache before the command.
struct Before {
    source: Source,
    document: Document,
    roster: Roster,
}

/// A cache after it, if it can be read.
struct After<'b> {
    before: &'b Before,
    roster: Roster,
    comparison: Comparison,
    deeds: Vec<Deed>,
}

/// `run --json`, on standard error.
#[derive(Serialize)]
struct Report<'a> {
    at: i64,
    command: String,
    exit: u8,
    caches: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    place: String,
    deeds: Vec<Done<'a>>,
    #[serde(flatten)]
    differences: Differences<'a>,
}

#[derive(Serialize)]
struct Done<'a> {
    what: &'static str,
    account: Option<&'a str>,
    client: Option<&'a str>,
    tokens: &'a [String],
    refresh_token: Option<String>,
    why: Option<&'a str>,
    entries: usize,
}

/// Runs the command.
///
/// # Errors
/// A named cache cannot be read: the command does not run then.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let Some((program, words)) = arguments.command.split_first() else {
        return Err(Failure::new(Kind::Usage, "a COMMAND is missing"));
    };
    let caches = look(session, &arguments.places)?;
    let began = session.at.unwrap_or_else(|| session.wall());
    session.hold_signals();
    let mut command = Command::new(program);
    let spawned = session.with_own_umask(|| command.args(words).spawn());
    let name = std::path::Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
    let exit = match spawned {
        Ok(child) => ended(&wait(session, child)),
        Err(error) => {
            session.report(&Failure::new(Kind::Missing, format!("cannot run {}: {error}", program.to_string_lossy())));
            // As every shell says it.
            return Ok(Exit::Command(if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 }));
        }
    };
    let after: Vec<After<'_>> = caches.iter().filter_map(|before| compared(session, before, began)).collect();
    match session.form {
        Form::Words => in_words(session, &name, exit, &after, began),
        Form::Json => in_json(session, name, exit, &after),
    }
    Ok(exit)
}

/// The caches as they are now: those named, else those that may be opened unasked; what is not there yet is empty.
fn look(session: &Session, places: &[Typed]) -> Result<Vec<Before>, Failure> {
    let named = |typed: &Typed| {
        let source = caches::open_one(session, &OnePlace { place: Some(typed.clone()) }, session.access())?;
        if source.path().is_none() && !session.is_demo {
            let failure = Failure::new(Kind::Usage, format!("{} is no file: no command changes it", source.place()));
            return Err(failure.hint("--place takes a path or a file: place"));
        }
        let place = source.place().clone();
        Before::read(source).map_err(|error| Failure::at(&place, error))
    };
    if !places.is_empty() || session.is_demo {
        return places.iter().map(named).collect();
    }
    let may_open =
        discover(&session.config().settings.places).into_iter().filter(|known| known.plaintext || !known.exists);
    // One that cannot be read is no reason to keep the command from running.
    let open = |place: &Place| Before::read(Source::open(place, session.access()).ok()?).ok();
    Ok(may_open.filter_map(|known| open(&known.place)).collect())
}

impl Before {
    fn read(source: Source) -> Result<Self, SourceError> {
        let document = read(&source)?;
        let roster = Roster::of(&Cache::of(&document));
        Ok(Self { source, document, roster })
    }
}

/// The cache of `source`; where nothing is, an empty one.
fn read(source: &Source) -> Result<Document, SourceError> {
    match source.load() {
        Ok(loaded) => Ok(loaded.document),
        Err(SourceError::Missing { place }) => {
            Document::parse(SecretBytes::default()).map_err(|cause| SourceError::NotACache { place, cause })
        }
        Err(error) => Err(error),
    }
}

fn compared<'b>(session: &Session, before: &'b Before, began: UnixSeconds) -> Option<After<'b>> {
    let document = match read(&before.source) {
        Ok(document) => document,
        Err(error) => {
            session.report(&Failure::at(before.source.place(), error));
            return None;
        }
    };
    let (old, new) = (Cache::of(&before.document), Cache::of(&document));
    let roster = Roster::of(&new);
    let comparison = compare(&Moment::of(&old, &before.roster), &Moment::of(&new, &roster));
    let stands = (Stand { cache: &old, roster: &before.roster }, Stand { cache: &new, roster: &roster });
    let deeds = deeds(stands.0, stands.1, &comparison, began);
    Some(After { before, roster, comparison, deeds })
}

/// Waits for `child`, and hands on what asks us to end; what the terminal sends, it hears itself.
fn wait(session: &Session, mut child: Child) -> std::io::Result<ExitStatus> {
    let mut handed_on = None;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let signal = session.signal().filter(|signal| handed_on != Some(*signal));
        if let Some(number) = signal {
            handed_on = signal;
            system::hand_on(number, &child);
        }
        session.pause(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn ended(status: &std::io::Result<ExitStatus>) -> Exit {
    status.as_ref().ok().and_then(system::code_of).map_or(Exit::Failed, Exit::Command)
}

fn in_words(session: &Session, name: &str, exit: Exit, after: &[After<'_>], began: UnixSeconds) {
    let mut lines = Vec::new();
    for one in after.iter().filter(|one| !one.comparison.is_same()) {
        let place = session.named(one.before.source.place());
        let said = match one.deeds.as_slice() {
            [] => vec![Line::plain("only the layout of the text differs")],
            deeds => deeds.iter().map(deed::line).collect(),
        };
        lines.extend(said.into_iter().map(|line| (Some(place.clone()), line)));
    }
    if lines.is_empty() {
        let rosters: Vec<&Roster> =
            after.iter().filter(|one| !one.roster.rows.is_empty()).map(|one| &one.roster).collect();
        let said = match rosters.as_slice() {
            [] => vec![Line::plain("nothing is cached here, neither before it nor after")],
            rosters => deed::unchanged(rosters, exit.code(), began),
        };
        lines.extend(said.into_iter().map(|line| (None, line)));
    }
    let told = lines.into_iter().map(|(place, line)| {
        let head = Line::new().with(Role::Dim, &format!("saltcellar: {name}: "));
        let tail = place.map(|place| Line::new().with(Role::Dim, &format!("  in {place}"))).unwrap_or_default();
        Line([head.0, line.0, tail.0].concat())
    });
    session.talk_all(&told.collect::<Vec<_>>());
}

fn in_json(session: &Session, name: String, exit: Exit, after: &[After<'_>]) {
    let caches = after.iter().map(one).collect();
    report::aside(session, &Report { at: session.wall().0, command: name, exit: exit.code(), caches });
}

fn one<'a>(after: &'a After<'_>) -> One<'a> {
    One {
        place: after.before.source.place().to_string(),
        deeds: after.deeds.iter().map(done).collect(),
        differences: Differences::new(&after.comparison),
    }
}

fn done(deed: &Deed) -> Done<'_> {
    Done {
        what: deed::name(deed.what),
        account: deed.account.as_deref(),
        client: deed.client.as_deref(),
        tokens: &deed.tokens,
        refresh_token: deed.renewed_by.map(|(print, _)| print.to_string()),
        why: deed.why.as_deref(),
        entries: deed.entries,
    }
}
