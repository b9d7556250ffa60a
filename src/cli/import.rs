//! `import`: entries of another cache into this one, under its locks. The other cache is only read.

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::args::{OnePlace, Typed, Writing, place_parser};
use super::caches::{self, Content};
use super::change::{self, file_name, refuse_readonly};
use super::failure::{Exit, Failure, Kind};
use super::report::{self, Named};
use super::session::{Form, Session};
use super::target::Target;
use super::{complete, confirm};
use crate::cache::{Cache, Dialect};
use crate::ops::import::{Fate, Import, ImportError, ImportOptions, Prefer, import};
use crate::ops::{self, Effect};
use crate::present::{self, Line, Role, arrival};
use crate::source::{Access, Committed, Place};

/// Take the entries of another cache in
///
/// Every entry comes as it is. What stands in both with the same value stays; of two different values of one key the
/// later one stays and the other is named: never an older token over a newer. Nothing is removed.
/// A PLACE that is a file and not there yet is made, 0600.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// The other cache
    #[arg(value_name = "FILE", value_parser = place_parser(), add = ArgValueCompleter::new(complete::places))]
    file: Option<Typed>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    writing: Writing,
    /// Keep no undo file
    #[arg(long, help_heading = "Before writing")]
    no_undo: bool,
}

/// Which of two values stays.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Choice {
    /// Whose value stays where the times of both do not tell; with mine, where this one is older too
    #[arg(long, value_name = "WHOSE")]
    prefer: Option<Whose>,
}

/// Whose value stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Whose {
    Mine,
    Theirs,
}

impl Choice {
    /// What was asked for.
    pub(super) fn prefer(&self) -> Prefer {
        match self.prefer {
            None => Prefer::Later,
            Some(Whose::Mine) => Prefer::Mine,
            Some(Whose::Theirs) => Prefer::Theirs,
        }
    }
}

/// `import --json`.
#[derive(Serialize)]
struct Report<'a> {
    place: String,
    from: &'a str,
    #[serde(flatten)]
    told: Told<'a>,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(flatten)]
    outcome: Option<report::Outcome<'a>>,
}

/// What became of the entries of another cache.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    /// What is new.
    pub(super) added: Vec<Named<'a>>,
    /// What took the place of something else.
    pub(super) replaced: Vec<Named<'a>>,
    /// What did not come, for something else stays.
    pub(super) kept: Vec<Named<'a>>,
    /// How many entries are the same in both.
    pub(super) same: usize,
    /// Labels of the accounts that came.
    pub(super) new_accounts: &'a [String],
    /// Whether MSAL.NET loses the cache with what comes; left out where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mixes: Option<bool>,
}

impl<'a> Told<'a> {
    /// What `import` does.
    pub(super) fn new(import: &'a Import) -> Self {
        let named = |is_it: fn(Fate) -> bool| {
            let named = |one: &'a ops::import::Arrival| Named::new(&one.path, why(one.fate));
            import.of(is_it).filter_map(named).collect()
        };
        Self {
            added: named(|fate| fate == Fate::New),
            replaced: named(|fate| matches!(fate, Fate::Replaces(_))),
            kept: named(|fate| matches!(fate, Fate::Stays(_))),
            same: import.same(),
            new_accounts: &import.new_accounts,
            mixes: import.mixes.then_some(true),
        }
    }
}

fn why(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Replaces(why) | Fate::Stays(why) => Some(why),
        Fate::New | Fate::Same => None,
    }
}

/// Runs the command.
///
/// # Errors
/// The other cache is refused, nobody confirmed, or nothing could be written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let (Some(place), Some(file)) = (&arguments.place.place, &arguments.file) else {
        let failure = Failure::new(Kind::Usage, "PLACE and FILE say into which cache, and from which");
        return Err(failure.hint("see: saltcellar help import"));
    };
    let access = Access { no_undo: arguments.no_undo, ..session.access() };
    let target = Target::open(session, place, access)?;
    if !arguments.writing.dry_run {
        refuse_readonly(&target.source)?;
    }
    let open = Access { readonly: Some("its being read only here".to_owned()), ..session.access() };
    let theirs = Content::read(caches::open_one(session, &OnePlace { place: Some(file.clone()) }, open)?)?;
    let theirs = Theirs { content: theirs, options: ImportOptions { prefer: arguments.choice.prefer(), only: None } };
    carry_out(session, &target, &theirs, &arguments.writing)
}

/// Another cache, and how it is taken in.
struct Theirs {
    content: Content,
    options: ImportOptions,
}

impl Theirs {
    fn into(&self, mine: &Cache<'_>) -> Result<Import, Failure> {
        let found = import(mine, &self.content.cache(), &self.options);
        found.map_err(|error| refused(self.content.source.place(), error))
    }
}

/// Why a cache is not taken in.
pub(super) fn refused(place: &Place, error: ImportError) -> Failure {
    let failure = Failure::new(Kind::NotACache, format!("{place} is not taken in: {error}"));
    match error {
        ImportError::Redacted => failure.hint("export --with-secrets makes a copy that can be"),
        ImportError::Nothing | ImportError::NotAnObject(_) => failure,
    }
}

fn carry_out(session: &Session, target: &Target, theirs: &Theirs, writing: &Writing) -> Result<Exit, Failure> {
    let mine = target.cache();
    let planned = theirs.into(&mine)?;
    let effect = ops::effect(&mine, &planned.patch, session.now);
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&plan(session, target, theirs, &planned, &effect));
    }
    if planned.patch.is_empty() || writing.dry_run {
        return Ok(nothing_written(session, target, theirs, &planned, writing));
    }
    confirm::change(session, writing, &effect.severity, &file_name(&target.source))?;
    let committed = target.commit(session, &|mine| Ok(theirs.into(mine)?.patch), &effect.severity)?;
    // What another process wrote meanwhile may have changed what came.
    let done = theirs.into(&Cache::of(&committed.before))?;
    let exit = change::note(session, &committed);
    match session.form {
        Form::Words => {
            session.talk_all(&[Line::new().with(Role::Good, &arrival::done(&done))]);
            session.talk_all(&present::place::committed(&committed));
        }
        Form::Json => report(session, target, theirs, &done, Some(&committed), None),
    }
    Ok(exit)
}

fn plan(session: &Session, target: &Target, theirs: &Theirs, planned: &Import, effect: &Effect) -> Vec<Line> {
    let (from, into) = (session.named(theirs.content.source.place()), session.named(target.source.place()));
    let title = format!("{} from {from} into {into}", planned.patch.title);
    let mut lines = vec![Line::new().with(Role::Strong, &title)];
    lines.extend(arrival::lines(&theirs.content.cache(), planned));
    lines.extend(cautions(&target.cache(), &theirs.content.cache(), planned));
    if !planned.patch.is_empty() {
        lines.push(arrival::after(&target.cache(), planned, effect.bytes));
    }
    lines
}

/// What an app may not bear of what comes.
pub(super) fn cautions(mine: &Cache<'_>, theirs: &Cache<'_>, import: &Import) -> Vec<Line> {
    foreign_hand(mine, theirs).into_iter().chain(import.mixes.then(arrival::mixes)).collect()
}

/// Keys of another runtime are found by few: says so, and what to do.
fn foreign_hand(mine: &Cache<'_>, theirs: &Cache<'_>) -> Option<Line> {
    let (to, from) = (mine.dialect(), theirs.dialect());
    let differ = to != from && to != Dialect::Unknown && from != Dialect::Unknown;
    differ.then(|| {
        let (to, from) = (to.name(), from.name());
        let says = format!(
            "These are written as {from} writes, the cache as {to} does, and its app may not find them: \
             saltcellar reserialise … --dialect {to} --out FILE converts them first."
        );
        Line::new().with(Role::Warn, &says)
    })
}

fn nothing_written(session: &Session, target: &Target, theirs: &Theirs, planned: &Import, writing: &Writing) -> Exit {
    match session.form {
        Form::Words if planned.patch.is_empty() => session.tell("Nothing to take in."),
        Form::Words => session.tell("Nothing was written: this was a dry run."),
        Form::Json => report(session, target, theirs, planned, None, writing.dry_run.then_some(true)),
    }
    Exit::Done
}

fn report(
    session: &Session,
    target: &Target,
    theirs: &Theirs,
    import: &Import,
    committed: Option<&Committed>,
    dry_run: Option<bool>,
) {
    let from = theirs.content.source.place().to_string();
    let outcome = committed.filter(|committed| committed.written).map(report::Outcome::of);
    let body = Report {
        place: target.source.place().to_string(),
        from: &from,
        told: Told::new(import),
        written: outcome.is_some(),
        dry_run,
        outcome,
    };
    report::answer(session, &body);
}
