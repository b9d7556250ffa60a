//! `snapshot`: a cache's moments kept in the state folder, and what has changed since. Keeps no secret: fingerprints,
//! ids, scopes and times alone.

use clap::{Args, Subcommand};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use serde::Serialize;

use super::args::{OnePlace, Typed, Writing};
use super::diff::{self, Side};
use super::failure::{Exit, Failure, Kind, readonly_hint};
use super::session::{Form, Session};
use super::{confirm, report};
use crate::ops::{Snapshot, compare};
use crate::present::{Line, Role, when};
use crate::source::{Access, Place, Shelf, SourceError};
use crate::time::UnixSeconds;

/// Keep what stands in a cache, without its secrets, and compare later
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Keep what stands in a cache now
    Save {
        #[command(flatten)]
        place: OnePlace,
        /// What to call it; the file's name and the time if left out
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Show what is kept
    List,
    /// Show what differs since
    Diff {
        /// What it was called
        #[arg(value_name = "NAME", add = ArgValueCandidates::new(candidates))]
        name: String,
        /// Compare with this cache instead of the one that was kept
        #[command(flatten)]
        place: OnePlace,
        /// Exit with 1 when anything differs
        #[arg(long)]
        exit_code: bool,
    },
    /// Remove snapshots
    Drop {
        /// What they were called
        #[arg(value_name = "NAME", required = true, add = ArgValueCandidates::new(candidates))]
        names: Vec<String>,
        #[command(flatten)]
        writing: Writing,
    },
}

/// One snapshot in JSON.
#[derive(Serialize)]
struct Kept {
    name: String,
    taken_at: i64,
    place: String,
    entries: usize,
    path: String,
}

/// `snapshot save --json`.
#[derive(Serialize)]
struct Saved {
    #[serde(flatten)]
    kept: Kept,
    written: bool,
}

/// `snapshot list --json`.
#[derive(Serialize)]
struct Listed {
    at: i64,
    snapshots: Vec<Kept>,
}

/// `snapshot drop --json`.
#[derive(Serialize)]
struct Dropped<'a> {
    dropped: &'a [String],
    written: bool,
}

/// Runs the command.
///
/// # Errors
/// A cache or snapshot cannot be read, or nothing may be written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.what {
        What::Save { place, name } => save(session, place, name.as_deref()),
        What::List => list(session),
        What::Diff { name, place, exit_code } => since(session, name, place, *exit_code),
        What::Drop { names, writing } => discard(session, names, writing),
    }
}

/// The snapshots of this user.
///
/// # Errors
/// Nothing says where they would lie.
fn shelf(access: &Access) -> Result<Shelf, Failure> {
    let failure = || Failure::new(Kind::Usage, "neither HOME nor XDG_STATE_HOME says where snapshots lie");
    Shelf::of_snapshots(access).ok_or_else(failure)
}

/// The names of what is kept, for completion.
fn candidates() -> Vec<CompletionCandidate> {
    let names = shelf(&Access::default()).ok().and_then(|shelf| shelf.names().ok()).unwrap_or_default();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// What `typed` names on the shelf: a snapshot's name where no file is called so.
pub(super) fn named(session: &Session, typed: &Typed) -> Option<Result<Side, Failure>> {
    let is_file = typed.place.path().is_none_or(|path| path.symlink_metadata().is_ok());
    let shelf = shelf(&session.access()).ok().filter(|shelf| !is_file && shelf.has(&typed.text))?;
    Some(read(&shelf, &typed.text).map(|kept| side(&typed.text, kept)))
}

fn side(name: &str, kept: Snapshot) -> Side {
    Side { name: format!("snapshot {name}"), moment: kept.moment }
}

fn read(shelf: &Shelf, name: &str) -> Result<Snapshot, Failure> {
    if !shelf.has(name) {
        return Err(unknown(name));
    }
    let text = shelf.read(name).map_err(|error| failed(shelf, name, error))?;
    Snapshot::parse(&text).map_err(|error| {
        let path = shelf.path(name).display().to_string();
        Failure::new(Kind::Unreadable, format!("cannot read {path}: {}", crate::present::words::error(&error)))
    })
}

fn failed(shelf: &Shelf, name: &str, error: SourceError) -> Failure {
    Failure::at(&Place::file(&shelf.path(name)), error)
}

fn save(session: &Session, place: &OnePlace, name: Option<&str>) -> Result<Exit, Failure> {
    let side = Side::read(session, place)?;
    let at = session.wall();
    let name = name.map_or_else(|| proposed(place, at), str::to_owned);
    let entries = side.moment.entries.len();
    let shelf = shelf(&session.access())?;
    let snapshot = Snapshot::new(side.name.clone(), at, side.moment);
    let kept = session.patiently(|_| shelf.keep(&name, snapshot.to_text()));
    let path = kept.map_err(|error| match failed(&shelf, &name, error) {
        failure if failure.kind() == Kind::Write => failure.hint("--name calls it otherwise; nothing is replaced"),
        failure => failure,
    })?;
    session.note_write(Exit::Done);
    match session.form {
        Form::Words => {
            let place = session.short(&side.name);
            session.tell(&format!("Kept {entries} entries of {place} as {name}, without their secrets."))
        }
        Form::Json => {
            let path = path.display().to_string();
            let kept = Kept { name, taken_at: at.0, place: side.name, entries, path };
            report::answer(session, &Saved { kept, written: true });
        }
    }
    Ok(Exit::Done)
}

/// "msal_token_cache-20261125-211503".
fn proposed(place: &OnePlace, at: UnixSeconds) -> String {
    let path = place.place.as_ref().and_then(|typed| typed.place.path());
    let stem =
        path.and_then(|path| path.file_stem()).map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let plain: String = stem.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(40).collect();
    let stem = Some(plain.trim_start_matches('-')).filter(|stem| !stem.is_empty()).unwrap_or("cache");
    let digits: String = when::utc(at).chars().filter(char::is_ascii_digit).collect();
    let (day, time) = digits.split_at(digits.len().min(8));
    format!("{stem}-{day}-{time}")
}

fn list(session: &Session) -> Result<Exit, Failure> {
    let shelf = shelf(&session.access())?;
    let names = shelf.names().map_err(|error| failed(&shelf, "", error))?;
    let mut exit = Exit::Done;
    let mut kept = Vec::new();
    for name in names {
        match read(&shelf, &name) {
            Ok(snapshot) => kept.push(Kept {
                taken_at: snapshot.at().0,
                entries: snapshot.moment.entries.len(),
                path: shelf.path(&name).display().to_string(),
                place: snapshot.place,
                name,
            }),
            Err(failure) => exit = exit.worse(session.report(&failure)),
        }
    }
    match session.form {
        Form::Words if kept.is_empty() => session.tell("No snapshot is kept."),
        Form::Words => kept.iter().for_each(|kept| session.say(&in_words(session, kept))),
        Form::Json => report::answer(session, &Listed { at: session.now.0, snapshots: kept }),
    }
    Ok(exit)
}

/// "before-pim  2h ago  9 entries of ~/.azure/msal_token_cache.json".
fn in_words(session: &Session, kept: &Kept) -> Line {
    let taken = when::relative(UnixSeconds(kept.taken_at), session.now);
    let place = session.short(&kept.place);
    let line = Line::new().with(Role::Strong, &kept.name).with(Role::Dim, &format!("  {taken}  "));
    line.with(Role::Plain, &format!("{} entries of {place}", kept.entries))
}

fn since(session: &Session, name: &str, place: &OnePlace, exit_code: bool) -> Result<Exit, Failure> {
    let kept = read(&shelf(&session.access())?, name)?;
    let place = match &place.place {
        Some(_) => place.clone(),
        None if session.is_demo => OnePlace::default(),
        None => OnePlace { place: Some(place_of(&kept)?) },
    };
    let now = Side::read(session, &place)?;
    let before = side(name, kept);
    let comparison = compare(&before.moment, &now.moment);
    diff::tell(session, &before, &now, &comparison);
    Ok(diff::exit(&comparison, exit_code))
}

/// Removes all that is named, or nothing if one of them is not kept.
fn discard(session: &Session, names: &[String], writing: &Writing) -> Result<Exit, Failure> {
    let shelf = shelf(&session.access())?;
    if let Some(missing) = names.iter().find(|name| !shelf.has(name)) {
        return Err(unknown(missing));
    }
    let says = match names {
        [name] => format!("snapshot {name}"),
        names => format!("{} snapshots ({})", names.len(), names.join(", ")),
    };
    if writing.dry_run {
        told(session, &format!("Nothing was written: this would remove {says}."), names, false);
        return Ok(Exit::Done);
    }
    if let Some(by) = session.access().readonly {
        let failure = Failure::new(Kind::ReadOnly, format!("{says} is not removed: read-only, by {by}"));
        return Err(failure.hint(readonly_hint(&by)));
    }
    if !writing.yes {
        confirm::yes(session, &format!("Remove {says}?"), "--yes goes on without asking; --dry-run only looks")?;
    }
    for name in names {
        session.patiently(|_| shelf.discard(name)).map_err(|error| failed(&shelf, name, error))?;
        session.note_write(Exit::Done);
    }
    told(session, &format!("Removed {says}."), names, true);
    Ok(Exit::Done)
}

fn told(session: &Session, says: &str, names: &[String], written: bool) {
    match session.form {
        Form::Words => session.tell(says),
        Form::Json => report::answer(session, &Dropped { dropped: names, written }),
    }
}

fn unknown(name: &str) -> Failure {
    Failure::new(Kind::NoMatch, format!("no snapshot is called {name}"))
        .hint("`saltcellar snapshot list` shows what is kept")
}

/// The cache of which `kept` was taken.
fn place_of(kept: &Snapshot) -> Result<Typed, Failure> {
    // What was read from a pipe, or is the demo's, bears a name that is no place.
    let place = kept.place.parse::<Place>().ok().filter(|_| kept.place.starts_with("file:"));
    let failure =
        || Failure::new(Kind::Usage, format!("the snapshot is of {}, which cannot be read again", kept.place));
    let place = place.ok_or_else(|| failure().hint("name the PLACE to compare it with"))?;
    Ok(Typed { text: kept.place.clone(), place })
}
