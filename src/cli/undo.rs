//! `undo`: puts back what the last change took, after showing it. Undo swaps: a second undo is a redo.

use clap::Args;
use serde::Serialize;

use super::args::{OnePlace, Writing};
use super::caches;
use super::failure::{Exit, Failure};
use super::session::{Form, Session};
use super::{confirm, report};
use crate::cache::Cache;
use crate::json::{Change, Edit, Patch, Path};
use crate::ops::{self, Severity};
use crate::present::undo::{Difference, difference, lines};
use crate::present::{Line, Role};
use crate::source::{Access, Source, Turn, Undone};

/// Undo the last change
///
/// If nobody has written since, the exact bytes come back; otherwise the entries one by one, never an older
/// refresh token over a newer one. An undo is kept for an hour, and a second undo is a redo.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// Remove the undo file now, which holds live tokens, and change nothing else
    #[arg(long)]
    drop: bool,
    #[command(flatten)]
    writing: Writing,
    /// Keep no undo file, so that there is no redo
    #[arg(long, help_heading = "Before writing")]
    no_undo: bool,
}

/// `undo --json`.
#[derive(Serialize)]
struct Report<'a> {
    exact: bool,
    restored: Vec<report::Named<'a>>,
    removed: Vec<report::Named<'a>>,
    changed: Vec<report::Named<'a>>,
    skipped: Vec<report::Named<'a>>,
    written: bool,
    durable: bool,
}

/// `undo --drop --json`.
#[derive(Serialize)]
struct Dropped {
    dropped: bool,
}

/// Runs the command.
///
/// # Errors
/// There is nothing to undo, or why nothing was written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let access = Access { no_undo: arguments.no_undo, ..session.access() };
    let source = caches::open_one(session, &arguments.place, access)?;
    if arguments.drop {
        return drop_undo(session, arguments, &source);
    }
    let failed = |error| Failure::at(source.place(), error);
    let plan = source.plan_undo(&ops::restore).map_err(failed)?;
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&lines(&plan));
    }
    let is_nothing = plan.before.hash() == plan.after.hash();
    if arguments.writing.dry_run || is_nothing {
        tell(session, &plan, Outcome::Planned);
        // What was asked for did not happen, and the lines above say why.
        let is_refused = is_nothing && !plan.skipped.is_empty() && !arguments.writing.dry_run;
        return Ok(if is_refused { Exit::Failed } else { Exit::Done });
    }
    super::change::refuse_readonly(&source)?;
    confirm::change(session, &arguments.writing, &severity(session, &plan), &super::change::file_name(&source))?;
    let undone = session.patiently(|patience| source.undo(patience, &ops::restore)).map_err(failed)?;
    let exit = if undone.durable { Exit::Done } else { Exit::NotDurable };
    session.note_write(exit);
    tell(session, &undone, Outcome::Written);
    Ok(exit)
}

/// Whether an undo was carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Planned,
    Written,
}

/// A redo may take a sign-in away: then it needs the same confirmation as the change itself.
fn severity(session: &Session, plan: &Undone) -> Severity {
    let gone = difference(&plan.before, &plan.after).gone;
    let remove = |(path, _): (Path, _)| Change { edit: Edit::Remove(path), why: "undone".into() };
    let patch = Patch { title: String::new(), changes: gone.into_iter().map(remove).collect() };
    if patch.is_empty() {
        return Severity::Mild;
    }
    ops::effect(&Cache::of(&plan.before), &patch, session.now).severity
}

fn tell(session: &Session, undone: &Undone, outcome: Outcome) {
    let difference = difference(&undone.before, &undone.after);
    match session.form {
        Form::Json => in_json(session, undone, &difference, outcome),
        Form::Words => in_words(session, undone, &difference, outcome),
    }
}

fn in_words(session: &Session, undone: &Undone, difference: &Difference, outcome: Outcome) {
    if outcome == Outcome::Planned {
        session.tell("Nothing was written.");
        return;
    }
    let Difference { back, gone, changed } = difference;
    let how = if undone.exact { "the exact text of before" } else { "entry by entry, beside what others wrote since" };
    let done = match undone.turn {
        Turn::Undo => "Undone",
        Turn::Redo => "Done again",
    };
    let says = format!("{done}, {how}: {} back, {} gone, {} changed.", back.len(), gone.len(), changed.len());
    session.talk_all(&[Line::new().with(Role::Good, &says)]);
    if !undone.durable {
        session.tell("Written, but the folder could not be synced: a power cut may bring the other text back.");
    }
}

fn in_json(session: &Session, undone: &Undone, difference: &Difference, outcome: Outcome) {
    fn named<T>(entries: &[(Path, T)]) -> Vec<report::Named<'_>> {
        entries.iter().filter_map(|(path, _)| report::Named::new(path, None)).collect()
    }
    let skipped = undone.skipped.iter().filter_map(|(path, why)| report::Named::new(path, Some(why)));
    let report = Report {
        exact: undone.exact,
        restored: named(&difference.back),
        removed: named(&difference.gone),
        changed: named(&difference.changed),
        skipped: skipped.collect(),
        written: outcome == Outcome::Written,
        durable: undone.durable,
    };
    report::answer(session, &report);
}

fn drop_undo(session: &Session, arguments: &Arguments, source: &Source) -> Result<Exit, Failure> {
    if arguments.writing.dry_run {
        session.tell("The undo file would be removed, if there is one.");
        return Ok(Exit::Done);
    }
    let dropped = source.drop_undo().map_err(|error| Failure::at(source.place(), error))?;
    match session.form {
        Form::Words if dropped => session.tell("Removed the undo file."),
        Form::Words => session.tell("There is no undo file."),
        Form::Json => report::answer(session, &Dropped { dropped }),
    }
    Ok(Exit::Done)
}
