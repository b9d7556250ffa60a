//! `lock`: who holds the locks of a cache, and clearing those that a dead process left. Looking takes nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::args::{OnePlace, Writing};
use super::change::refuse_readonly;
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{caches, confirm, report};
use crate::present;
use crate::source::{ClearError, Holder, Liveness, LockState, LockStatus, Source};

/// See or clear the locks of a cache
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say who holds the locks of a cache
    Status {
        #[command(flatten)]
        place: OnePlace,
    },
    /// Remove locks that a dead process left, with proof
    Clear {
        #[command(flatten)]
        place: OnePlace,
        #[command(flatten)]
        writing: Writing,
    },
}

/// `lock status --json`.
#[derive(Serialize)]
struct Report<'a> {
    place: String,
    locks: Vec<Lock<'a>>,
}

#[derive(Serialize)]
struct Lock<'a> {
    path: String,
    state: &'static str,
    holder: Option<Who<'a>>,
}

/// A holder in JSON.
#[derive(Serialize)]
pub(super) struct Who<'a> {
    pid: Option<u32>,
    program: Option<&'a str>,
    since: Option<i64>,
}

/// `lock clear --json`.
#[derive(Serialize)]
struct Cleared {
    place: String,
    cleared: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// The place cannot be opened, or a lock cannot be cleared.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.what {
        What::Status { place } => {
            let source = caches::open_one(session, place, session.access())?;
            status(session, &source);
            Ok(Exit::Done)
        }
        What::Clear { place, writing } => {
            let source = caches::open_one(session, place, session.access())?;
            clear(session, writing, &source)
        }
    }
}

fn status(session: &Session, source: &Source) {
    let locks = source.lock_status();
    match session.form {
        Form::Words if locks.is_empty() => session.say(&present::Line::plain("This place has no locks.")),
        Form::Words => locks.iter().for_each(|lock| session.say(&present::lock::line(lock))),
        Form::Json => {
            let locks = locks.iter().map(in_json).collect();
            report::answer(session, &Report { place: source.place().to_string(), locks });
        }
    }
}

fn in_json(lock: &LockStatus) -> Lock<'_> {
    Lock { path: lock.path.display().to_string(), state: present::lock::name(&lock.state), holder: holder(lock) }
}

/// Who holds `lock`, or left it, as JSON names them.
pub(super) fn holder(lock: &LockStatus) -> Option<Who<'_>> {
    match &lock.state {
        LockState::Held { holder, .. } | LockState::LeftOver { holder, .. } => Some(who(holder)),
        LockState::Free | LockState::NotAFile | LockState::Unreadable { .. } => None,
    }
}

/// `holder` as JSON names it.
pub(super) fn who(holder: &Holder) -> Who<'_> {
    Who { pid: holder.pid, program: holder.program.as_deref(), since: holder.since.map(|since| since.0) }
}

fn clear(session: &Session, writing: &Writing, source: &Source) -> Result<Exit, Failure> {
    let locks = source.lock_status();
    let is_there = locks.iter().any(|lock| !matches!(lock.state, LockState::Free));
    if session.form == Form::Words || session.io.borrow().can_ask() {
        let lines: Vec<_> = locks.iter().map(present::lock::line).collect();
        session.talk_all(&lines);
    }
    if writing.dry_run || !is_there {
        tell(session, source, &[]);
        return Ok(Exit::Done);
    }
    refuse_readonly(source)?;
    if let Some(held) = held_alone(&locks) {
        return Err(Failure::new(Kind::Locked, held));
    }
    if !writing.yes {
        confirm::yes(
            session,
            "Remove what a dead process left?",
            "--yes goes on without asking; --dry-run only looks",
        )?;
    }
    let cleared = session.patiently(|patience| source.clear_locks(patience));
    let (cleared, refusal) = cleared.map_err(|error| Failure::at(source.place(), error))?;
    match refusal {
        Some(refusal) => Err(refused(refusal, &cleared)),
        None => {
            tell(session, source, &cleared);
            Ok(Exit::Done)
        }
    }
}

/// Who is seen to hold a lock, where none was left over: nobody is asked about that.
fn held_alone(locks: &[LockStatus]) -> Option<String> {
    let is_left = |lock: &LockStatus| matches!(lock.state, LockState::LeftOver { .. });
    let held = |lock: &LockStatus| match &lock.state {
        LockState::Held { holder, .. } if holder.alive == Liveness::Alive => {
            Some(format!("{} {}", lock.path.display(), holder.does()))
        }
        LockState::Held { .. }
        | LockState::Free
        | LockState::LeftOver { .. }
        | LockState::NotAFile
        | LockState::Unreadable { .. } => None,
    };
    if locks.iter().any(is_left) { None } else { locks.iter().find_map(held) }
}

fn refused(refusal: ClearError, cleared: &[PathBuf]) -> Failure {
    let hint = matches!(refusal, ClearError::Young { .. }).then_some("try again when it is 2 minutes old");
    let kind = match &refusal {
        ClearError::Held { .. }
        | ClearError::Young { .. }
        | ClearError::Foreign { .. }
        | ClearError::Unproven { .. } => Kind::Locked,
        ClearError::Missing { .. } => Kind::NoMatch,
        ClearError::Symlink { .. } | ClearError::Open { .. } | ClearError::Remove { .. } => Kind::Write,
    };
    let removed = cleared.iter().map(|path| format!("removed before that: {}", path.display()));
    let hints = hint.map(str::to_owned).into_iter().chain(removed);
    hints.fold(Failure::from_error(kind, refusal), Failure::hint)
}

fn tell(session: &Session, source: &Source, cleared: &[PathBuf]) {
    let cleared: Vec<String> = cleared.iter().map(|path| path.display().to_string()).collect();
    match session.form {
        Form::Words if cleared.is_empty() => session.tell("Nothing was removed."),
        Form::Words => cleared.iter().for_each(|path| session.tell(&format!("Removed {path}."))),
        Form::Json => report::answer(session, &Cleared { place: source.place().to_string(), cleared }),
    }
}
