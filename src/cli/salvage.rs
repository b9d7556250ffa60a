//! `salvage`: what is left of a damaged cache, into a clean copy beside it. Never touches the damaged file.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::args::{Making, OnePlace};
use super::failure::{Exit, Failure, Kind};
use super::session::{Form, Session};
use super::{caches, new_file, report};
use crate::json::Span;
use crate::json::salvage::{self, Salvage};
use crate::ops;
use crate::present::salvage as words;
use crate::source::{Source, Standing};

/// Recover the whole entries of a damaged cache
///
/// Finds every entry that stands whole in a text that is cut off, followed by the rest of another ("Extra data"),
/// doubled, or hit by stray bytes, says what is kept and what is lost, and writes a clean copy to a new file.
/// The damaged file stays as it is. To use the copy, stop the apps that share the cache and put it in place:
/// saltcellar salvage PLACE --out FILE, then mv FILE over the cache.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: OnePlace,
    /// Write the clean copy to a new file, which must not exist yet; without it there is only the report
    #[arg(long, value_name = "FILE", value_parser = new_file::path_parser())]
    out: Option<PathBuf>,
    #[command(flatten)]
    making: Making,
}

/// `salvage --json`.
#[derive(Serialize)]
struct Report<'a> {
    place: String,
    bytes: usize,
    damage: Vec<Damage>,
    documents: Vec<Part>,
    sections: Vec<Count<'a>>,
    kept: Vec<Member<'a>>,
    lost: Vec<Loss<'a>>,
    conflicts: Vec<Conflict<'a>>,
    out: Option<String>,
    written: bool,
}

#[derive(Serialize)]
struct Damage {
    name: &'static str,
    at: Option<usize>,
    says: String,
}

#[derive(Serialize)]
struct Part {
    start: usize,
    end: usize,
    whole: bool,
}

#[derive(Serialize)]
struct Count<'a> {
    name: &'a str,
    entries: usize,
}

#[derive(Serialize)]
struct Member<'a> {
    section: &'a str,
    key: Option<&'a str>,
    document: usize,
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct Loss<'a> {
    start: usize,
    end: usize,
    why: &'static str,
    section: Option<&'a str>,
    key: Option<&'a str>,
}

#[derive(Serialize)]
struct Conflict<'a> {
    section: &'a str,
    key: Option<&'a str>,
    kept: [usize; 2],
    dropped: [usize; 2],
}

/// Runs the command.
///
/// # Errors
/// The text cannot be read, nothing is left of it, or the copy cannot be written.
pub(super) fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    let source = caches::open_one(session, &arguments.place, session.access())?;
    let salvage = look(&source)?;
    if salvage.is_healthy() {
        return Ok(nothing_to_do(session, &source, &salvage));
    }
    if session.form == Form::Words {
        session.say_all(&words::lines(&salvage));
    }
    if salvage.kept.is_empty() {
        return Err(Failure::new(Kind::NotACache, format!("no whole entry is left in {}", source.place())));
    }
    let exit = write(session, arguments, &salvage)?;
    match session.form {
        Form::Words => in_words(session, arguments, &salvage),
        Form::Json => in_json(session, &source, arguments, &salvage),
    }
    Ok(exit)
}

fn look(source: &Source) -> Result<Salvage, Failure> {
    let standing = source.load_damaged().map_err(|error| Failure::at(source.place(), error))?;
    let bytes = match standing {
        Standing::Whole(loaded) => loaded.document.to_bytes(),
        Standing::Damaged { bytes, .. } => bytes,
    };
    Ok(ops::salvage(bytes))
}

fn nothing_to_do(session: &Session, source: &Source, salvage: &Salvage) -> Exit {
    match session.form {
        Form::Words => {
            let place = session.named(source.place());
            session.tell(&format!("{place} is a healthy cache: there is nothing to salvage."))
        }
        Form::Json => report::answer(session, &whole_report(source, salvage, None, false)),
    }
    Exit::Done
}

fn write(session: &Session, arguments: &Arguments, salvage: &Salvage) -> Result<Exit, Failure> {
    let Some(out) = &arguments.out else { return Ok(Exit::Done) };
    // What goes out must itself be a cache: parsed again before anybody gets it.
    let document = salvage.document().map_err(|error| Failure::from_error(Kind::Write, error))?;
    new_file::put(session, arguments.making, out, &document)
}

fn in_words(session: &Session, arguments: &Arguments, salvage: &Salvage) {
    session.tell(&words::sum(salvage));
    match &arguments.out {
        Some(_) => session.tell("The damaged file is as it was."),
        None => session.tell("Nothing was written; --out FILE writes the clean copy."),
    }
}

fn in_json(session: &Session, source: &Source, arguments: &Arguments, salvage: &Salvage) {
    let out = arguments.out.as_ref().map(|out| out.display().to_string());
    let written = out.is_some() && !arguments.making.dry_run;
    report::answer(session, &whole_report(source, salvage, out, written));
}

fn whole_report<'a>(source: &Source, salvage: &'a Salvage, out: Option<String>, written: bool) -> Report<'a> {
    let ends = |at: Span| [at.start, at.end];
    let sections = words::counts(salvage).into_iter().map(|(name, entries)| Count { name, entries });
    let damage = salvage.damage.iter().map(|damage| Damage {
        name: words::name(damage),
        at: words::place(damage),
        says: words::damage(damage),
    });
    let part = |part: &salvage::Part| Part { start: part.at.start, end: part.at.end, whole: part.whole };
    let kept = salvage.kept.iter().map(|piece| Member {
        section: &piece.section,
        key: piece.key.as_deref(),
        document: piece.document,
        start: piece.at.start,
        end: piece.at.end,
    });
    let conflicts = salvage.conflicts.iter().map(|conflict| Conflict {
        section: &conflict.section,
        key: conflict.key.as_deref(),
        kept: ends(conflict.kept),
        dropped: ends(conflict.dropped),
    });
    Report {
        place: source.place().to_string(),
        bytes: salvage.bytes,
        damage: damage.collect(),
        documents: salvage.documents.iter().map(part).collect(),
        sections: sections.collect(),
        kept: kept.collect(),
        lost: salvage.lost.iter().map(loss).collect(),
        conflicts: conflicts.collect(),
        out,
        written,
    }
}

fn loss(loss: &salvage::Loss) -> Loss<'_> {
    Loss {
        start: loss.at.start,
        end: loss.at.end,
        why: words::why(loss.why).0,
        section: loss.section.as_deref(),
        key: loss.key.as_deref(),
    }
}
