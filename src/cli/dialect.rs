//! `reserialise --dialect`: a cache as another runtime writes it, in place or beside. What that runtime would not take
//! or find is named; without `--drop-unfit` nothing is written then.

use std::path::Path as FilePath;

use serde::Serialize;

use super::args::{OnePlace, Writing};
use super::caches::{self, Content};
use super::change::{self, file_name, refuse_readonly};
use super::failure::{Exit, Failure, Kind};
use super::report::{self, Named};
use super::session::{Form, Session};
use super::{confirm, new_file};
use crate::cache::{Cache, Dialect};
use crate::json::Patch;
use crate::ops::dialect::{Conversion, Unfit, convert, into_patch};
use crate::ops::{self, Effect};
use crate::present::{self, Line, Role, arrival, change::size};
use crate::source::{Access, Committed};

/// What is asked for.
pub(super) struct Wanted<'a> {
    /// The cache.
    pub(super) place: &'a OnePlace,
    /// Whose hand it is to be in.
    pub(super) to: Dialect,
    /// Whether what cannot be carried over may be left out.
    pub(super) drop_unfit: bool,
    /// A new file to write instead.
    pub(super) out: Option<&'a FilePath>,
    /// How to go about it.
    pub(super) writing: &'a Writing,
    /// Whether no undo is kept.
    pub(super) no_undo: bool,
}

/// `reserialise --dialect --json`.
#[derive(Serialize)]
struct Report<'a> {
    place: String,
    dialect: &'static str,
    out: Option<String>,
    unfit: Vec<Named<'a>>,
    written: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(flatten)]
    outcome: Option<report::Outcome<'a>>,
}

/// Carries it out.
///
/// # Errors
/// Something cannot be carried over, nobody confirmed, or nothing could be written.
pub(super) fn run(session: &Session, wanted: &Wanted<'_>) -> Result<Exit, Failure> {
    let access = Access { no_undo: wanted.no_undo, ..session.access() };
    let content = Content::read(caches::open_one(session, wanted.place, access)?)?;
    if wanted.out.is_none() && !wanted.writing.dry_run {
        refuse_readonly(&content.source)?;
    }
    let conversion = converted(&content.cache(), wanted)?;
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&left_out(&content.cache(), &conversion.unfit, wanted.to));
    }
    match wanted.out {
        Some(out) => beside(session, wanted, &content, &conversion, out),
        None => in_place(session, wanted, &content, &conversion),
    }
}

fn converted(cache: &Cache<'_>, wanted: &Wanted<'_>) -> Result<Conversion, Failure> {
    let conversion = convert(cache, wanted.to).map_err(|error| Failure::from_error(Kind::Write, error))?;
    if conversion.unfit.is_empty() || wanted.drop_unfit {
        return Ok(conversion);
    }
    /// More reasons than these fill a screen.
    const MOST: usize = 20;
    let count = conversion.unfit.len();
    let (those, verb) = if count == 1 { ("entry", "cannot") } else { ("entries", "cannot") };
    let says = format!("{count} {those} {verb} be carried over to {}", wanted.to.name());
    let mut failure = Failure::new(Kind::Unfit, says);
    for unfit in conversion.unfit.iter().take(MOST) {
        failure = failure.shows(format!("{}: {}", named(unfit), unfit.why));
    }
    if count > MOST {
        failure = failure.shows(format!("and {} more", count - MOST));
    }
    Err(failure.hint("--drop-unfit leaves them out; the rest is carried over"))
}

fn named(unfit: &Unfit) -> String {
    let names: Vec<&str> = unfit.path.0.iter().map(|step| step.name.as_str()).collect();
    names.join("/")
}

fn left_out(cache: &Cache<'_>, unfit: &[Unfit], to: Dialect) -> Vec<Line> {
    if unfit.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::new().with(Role::Strong, &format!("Left out, for {} cannot use it", to.name()))];
    let told = unfit.iter().map(|unfit| (&unfit.path, ("- ", Role::Removed, unfit.why.as_ref())));
    lines.extend(arrival::entries(cache, told));
    lines
}

fn beside(
    session: &Session,
    wanted: &Wanted<'_>,
    content: &Content,
    conversion: &Conversion,
    out: &FilePath,
) -> Result<Exit, Failure> {
    let exit = new_file::put(session, wanted.writing.making(), out, &conversion.document)?;
    if session.form == Form::Json {
        answer(session, wanted, content, &conversion.unfit, None);
    }
    Ok(exit)
}

fn in_place(
    session: &Session,
    wanted: &Wanted<'_>,
    content: &Content,
    conversion: &Conversion,
) -> Result<Exit, Failure> {
    let cache = content.cache();
    let patch = into_patch(&cache, conversion);
    if patch.is_empty() || wanted.writing.dry_run {
        match (session.form, patch.is_empty()) {
            (Form::Json, _) => answer(session, wanted, content, &conversion.unfit, None),
            (Form::Words, true) => session.tell("The cache is written so already."),
            (Form::Words, false) => {
                session.talk_all(&plan(&patch, &ops::effect(&cache, &patch, session.now)));
                session.tell("Nothing was written: this was a dry run.");
            }
        }
        return Ok(Exit::Done);
    }
    let effect = ops::effect(&cache, &patch, session.now);
    if session.form == Form::Words || session.io.borrow().can_ask() {
        session.talk_all(&plan(&patch, &effect));
    }
    confirm::change(session, wanted.writing, &effect.severity, &file_name(&content.source))?;
    let propose = |cache: &Cache<'_>| Ok(into_patch(cache, &converted(cache, wanted)?));
    let committed = change::commit(session, &content.source, &propose, &effect.severity)?;
    let exit = change::note(session, &committed);
    match session.form {
        Form::Words => tell(session, wanted.to, &committed),
        Form::Json => answer(session, wanted, content, &conversion.unfit, Some(&committed)),
    }
    Ok(exit)
}

fn plan(patch: &Patch, effect: &Effect) -> Vec<Line> {
    let (before, after) = effect.bytes;
    let sizes =
        format!("{} -> {}. Apps of the runtime that it had will not find all of it.", size(before), size(after));
    vec![Line::new().with(Role::Strong, &patch.title), Line::plain(&sizes)]
}

fn tell(session: &Session, to: Dialect, committed: &Committed) {
    let says = format!("The cache is written as {} writes.", to.name());
    session.talk_all(&[Line::new().with(Role::Good, &says)]);
    session.talk_all(&present::place::committed(committed));
}

fn answer(session: &Session, wanted: &Wanted<'_>, content: &Content, unfit: &[Unfit], committed: Option<&Committed>) {
    let outcome = committed.filter(|committed| committed.written).map(report::Outcome::of);
    let is_new_file = wanted.out.is_some() && !wanted.writing.dry_run;
    let body = Report {
        place: content.source.place().to_string(),
        dialect: wanted.to.name(),
        out: wanted.out.map(|out| out.display().to_string()),
        unfit: unfit.iter().filter_map(|unfit| Named::new(&unfit.path, Some(&unfit.why))).collect(),
        written: outcome.is_some() || is_new_file,
        dry_run: wanted.writing.dry_run.then_some(true),
        outcome,
    };
    report::answer(session, &body);
}
